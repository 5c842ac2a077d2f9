//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const RATE: NumberSetting =
    NumberSetting::new("rate", "Adam's first learning rate for the zoo's perceptron", 0.02, [1e-4, 1.0], 0.002);

pub(super) const BATCH: WholeSetting = WholeSetting {
    name: "batch",
    about: "the batch size for the zoo's perceptron",
    unit: "points",
    default: 250,
    range: [10, 2000],
    divides: Some(2000),
    example: 1000,
};

pub(super) const COORDINATES: WholeSetting = WholeSetting::new(
    "coordinates",
    "in how many of 64 principal coordinates a digit's nearest neighbor is looked for",
    15,
    [1, 64],
    4,
)
.in_units("coordinates");

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(RATE), ExperimentSetting::Whole(BATCH), ExperimentSetting::Whole(COORDINATES)];
