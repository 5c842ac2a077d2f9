//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const RATE: NumberSetting = NumberSetting {
    name: "rate",
    about: "the learning rate at which ReLU and tanh are compared as well",
    unit: "",
    default: 0.1,
    range: [0.01, 3.0],
    example: 0.3,
};

pub(super) const BATCH: WholeSetting = WholeSetting {
    name: "batch",
    about: "the batch size of the descent that is compared",
    unit: "digits",
    default: 32,
    range: [1, 500],
    divides: None,
    example: 100,
};

pub(super) const WIDTH: WholeSetting = WholeSetting {
    name: "width",
    about: "the width of both hidden layers",
    unit: "units",
    default: 32,
    range: [2, 128],
    divides: None,
    example: 8,
};

pub(super) const DIGITS: WholeSetting = WholeSetting {
    name: "digits",
    about: "how many digits are learned from",
    unit: "digits",
    default: 500,
    range: [50, 1500],
    divides: None,
    example: 100,
};

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(RATE),
    ExperimentSetting::Whole(BATCH),
    ExperimentSetting::Whole(WIDTH),
    ExperimentSetting::Whole(DIGITS),
];
