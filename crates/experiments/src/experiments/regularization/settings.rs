//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const NOISE: NumberSetting = NumberSetting {
    name: "noise",
    about: "the standard deviation of the noise of the points that polynomials are fitted to",
    unit: "",
    default: 0.3,
    range: [0.01, 2.0],
    example: 0.1,
};

pub(super) const POINTS: WholeSetting = WholeSetting {
    name: "points",
    about: "how many points polynomials of degree 0 to 15 are fitted to",
    unit: "points",
    default: 20,
    range: [18, 200],
    divides: None,
    example: 60,
};

pub(super) const L2: NumberSetting = NumberSetting {
    name: "l2",
    about: "the strength of L2 among the cures",
    unit: "",
    default: 0.03,
    range: [0.0, 10.0],
    example: 0.3,
};

pub(super) const DROPOUT: NumberSetting = NumberSetting {
    name: "dropout",
    about: "the fraction that dropout drops among the cures",
    unit: "",
    default: 0.5,
    range: [0.0, 0.9],
    example: 0.2,
};

pub(super) const PATIENCE: WholeSetting = WholeSetting {
    name: "patience",
    about: "how long early stopping waits for a new minimum, looking every ten steps",
    unit: "looks",
    default: 10,
    range: [1, 50],
    divides: None,
    example: 2,
};

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(NOISE),
    ExperimentSetting::Whole(POINTS),
    ExperimentSetting::Number(L2),
    ExperimentSetting::Number(DROPOUT),
    ExperimentSetting::Whole(PATIENCE),
];
