//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const RATE: NumberSetting =
    NumberSetting::new("rate", "the learning rate at which ReLU and tanh are compared as well", 0.1, [0.01, 3.0], 0.3);

pub(super) const BATCH: WholeSetting =
    WholeSetting::new("batch", "the batch size of the descent that is compared", 32, [1, 500], 100).in_units("digits");

pub(super) const WIDTH: WholeSetting =
    WholeSetting::new("width", "the width of both hidden layers", 32, [2, 128], 8).in_units("units");

pub(super) const DIGITS: WholeSetting =
    WholeSetting::new("digits", "how many digits are learned from", 500, [50, 1500], 100).in_units("digits");

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(RATE),
    ExperimentSetting::Whole(BATCH),
    ExperimentSetting::Whole(WIDTH),
    ExperimentSetting::Whole(DIGITS),
];
