//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const STEP: NumberSetting = NumberSetting {
    name: "step",
    about: "the step of central differences; the cube root of epsilon is best",
    unit: "",
    default: 1e-5,
    range: [1e-12, 0.1],
    example: 1e-3,
};

pub(super) const LAYERS: WholeSetting = WholeSetting {
    name: "layers",
    about: "the depth of the networks that (3.5.26) is multiplied out for",
    unit: "layers",
    default: 5,
    range: [1, 10],
    divides: None,
    example: 3,
};

pub(super) const UNITS: WholeSetting = WholeSetting {
    name: "units",
    about: "the width of each of their layers",
    unit: "units",
    default: 8,
    range: [1, 20],
    divides: None,
    example: 4,
};

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(STEP), ExperimentSetting::Whole(LAYERS), ExperimentSetting::Whole(UNITS)];
