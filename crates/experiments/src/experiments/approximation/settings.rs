//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const RATE: NumberSetting = NumberSetting {
    name: "rate",
    about: "Adam's first learning rate for the zoo's perceptron",
    unit: "",
    default: 0.02,
    range: [1e-4, 1.0],
    example: 0.002,
};

pub(super) const BATCH: WholeSetting = WholeSetting {
    name: "batch",
    about: "the batch size for the zoo's perceptron",
    unit: "points",
    default: 250,
    range: [10, 2000],
    divides: Some(2000),
    example: 1000,
};

pub(super) const COORDINATES: WholeSetting = WholeSetting {
    name: "coordinates",
    about: "in how many of 64 principal coordinates a digit's nearest neighbor is looked for",
    unit: "coordinates",
    default: 15,
    range: [1, 64],
    divides: None,
    example: 4,
};

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(RATE), ExperimentSetting::Whole(BATCH), ExperimentSetting::Whole(COORDINATES)];
