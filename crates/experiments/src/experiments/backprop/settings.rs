//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const STEP: NumberSetting = NumberSetting::new(
    "step",
    "the step of central differences; the cube root of epsilon is best",
    1e-5,
    [1e-12, 0.1],
    1e-3,
);

pub(super) const LAYERS: WholeSetting =
    WholeSetting::new("layers", "the depth of the networks that (3.5.26) is multiplied out for", 5, [1, 10], 3)
        .in_units("layers");

pub(super) const UNITS: WholeSetting =
    WholeSetting::new("units", "the width of each of their layers", 8, [1, 20], 4).in_units("units");

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(STEP), ExperimentSetting::Whole(LAYERS), ExperimentSetting::Whole(UNITS)];
