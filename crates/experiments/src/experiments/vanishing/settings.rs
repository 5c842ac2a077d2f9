//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const VARIANCE: NumberSetting = NumberSetting {
    name: "variance",
    about: "the variance of the too large weights; He's is 2 / width",
    unit: "/ width",
    default: 8.0,
    range: [0.1, 100.0],
    example: 3.0,
};

pub(super) const LARGE_RATE: NumberSetting = NumberSetting {
    name: "large_rate",
    about: "Adam's learning rate that is too large for ReLU, sixty times the one that trains these networks well",
    unit: "",
    default: 0.3,
    range: [1e-4, 10.0],
    example: 0.03,
};

pub(super) const SMALL_RATE: NumberSetting = NumberSetting {
    name: "small_rate",
    about: "Adam's learning rate after that, which the figure dying.svg and the table below it alone show",
    unit: "",
    default: 0.005,
    range: [1e-5, 1.0],
    example: 0.05,
};

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(VARIANCE),
    ExperimentSetting::Number(LARGE_RATE),
    ExperimentSetting::Number(SMALL_RATE),
];
