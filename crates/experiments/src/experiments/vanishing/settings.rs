//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const VARIANCE: NumberSetting =
    NumberSetting::new("variance", "the variance of the too large weights; He's is 2 / width", 8.0, [0.1, 100.0], 3.0)
        .in_units("/ width");

pub(super) const LARGE_RATE: NumberSetting = NumberSetting::new(
    "large_rate",
    "Adam's learning rate that is too large for ReLU, sixty times the one that trains these networks well",
    0.3,
    [1e-4, 10.0],
    0.03,
);

pub(super) const SMALL_RATE: NumberSetting = NumberSetting::new(
    "small_rate",
    "Adam's learning rate after that, which the figure dying.svg and the table below it alone show",
    0.005,
    [1e-5, 1.0],
    0.05,
);

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(VARIANCE),
    ExperimentSetting::Number(LARGE_RATE),
    ExperimentSetting::Number(SMALL_RATE),
];
