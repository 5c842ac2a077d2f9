//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const FILTER: ListSetting = ListSetting::new(
    "filter",
    "the filter of the worked sum, row after row: Sobel's across",
    &[-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0],
    [-100.0, 100.0],
    &[0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0],
);

pub(super) const RATE: NumberSetting =
    NumberSetting::new("rate", "Adam's learning rate of the networks that pool", 0.003, [1e-4, 0.1], 0.03);

pub(super) const BATCH: WholeSetting =
    WholeSetting::new("batch", "the batch size of the networks that pool", 50, [1, 500], 10).in_units("digits");

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::List(FILTER), ExperimentSetting::Number(RATE), ExperimentSetting::Whole(BATCH)];
