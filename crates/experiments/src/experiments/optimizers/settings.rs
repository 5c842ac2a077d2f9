//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const STEEP: NumberSetting = NumberSetting {
    name: "steep",
    about: "the curvature across the ravine of the zig-zag; along it is 1",
    unit: "",
    default: 50.0,
    range: [2.0, 400.0],
    example: 10.0,
};

pub(super) const ALPHA: NumberSetting = NumberSetting {
    name: "alpha",
    about: "the momentum coefficient of the two momenta under a schedule",
    unit: "",
    default: 0.9,
    range: [0.01, 0.99],
    example: 0.5,
};

pub(super) const RATE: NumberSetting = NumberSetting {
    name: "rate",
    about: "the learning rate of stochastic descent, or its first",
    unit: "",
    default: 0.1,
    range: [0.005, 0.3],
    example: 0.03,
};

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
