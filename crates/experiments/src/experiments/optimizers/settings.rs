//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const STEEP: NumberSetting = NumberSetting::new(
    "steep",
    "the curvature across the ravine of the zig-zag; along it is 1",
    50.0,
    [2.0, 400.0],
    10.0,
);

pub(super) const ALPHA: NumberSetting =
    NumberSetting::new("alpha", "the momentum coefficient of the two momenta under a schedule", 0.9, [0.01, 0.99], 0.5);

pub(super) const RATE: NumberSetting =
    NumberSetting::new("rate", "the learning rate of stochastic descent, or its first", 0.1, [0.005, 0.3], 0.03);

pub(super) const BATCH: WholeSetting = WholeSetting {
    name: "batch",
    about: "the mini-batches of its 100 examples",
    unit: "examples",
    default: 10,
    range: [2, 50],
    divides: Some(100),
    example: 25,
};

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(STEEP),
    ExperimentSetting::Number(ALPHA),
    ExperimentSetting::Number(RATE),
    ExperimentSetting::Whole(BATCH),
];
