//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const FILTER: ListSetting = ListSetting {
    name: "filter",
    about: "the filter of the worked sum, row after row: Sobel's across",
    unit: "",
    default: &[-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0],
    range: [-100.0, 100.0],
    example: &[0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0],
};

pub(super) const RATE: NumberSetting = NumberSetting {
    name: "rate",
    about: "Adam's learning rate of the networks that pool",
    unit: "",
    default: 0.003,
    range: [1e-4, 0.1],
    example: 0.03,
};

pub(super) const BATCH: WholeSetting = WholeSetting {
    name: "batch",
    about: "the batch size of the networks that pool",
    unit: "digits",
    default: 50,
    range: [1, 500],
    divides: None,
    example: 10,
};

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::List(FILTER), ExperimentSetting::Number(RATE), ExperimentSetting::Whole(BATCH)];
