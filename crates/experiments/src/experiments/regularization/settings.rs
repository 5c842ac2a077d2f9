//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const NOISE: NumberSetting = NumberSetting::new(
    "noise",
    "the standard deviation of the noise of the points that polynomials are fitted to",
    0.3,
    [0.01, 2.0],
    0.1,
);

pub(super) const POINTS: WholeSetting =
    WholeSetting::new("points", "how many points polynomials of degree 0 to 15 are fitted to", 20, [18, 200], 60)
        .in_units("points");

pub(super) const L2: NumberSetting =
    NumberSetting::new("l2", "the strength of L2 among the cures", 0.03, [0.0, 10.0], 0.3);

pub(super) const DROPOUT: NumberSetting =
    NumberSetting::new("dropout", "the fraction that dropout drops among the cures", 0.5, [0.0, 0.9], 0.2);

pub(super) const PATIENCE: WholeSetting = WholeSetting::new(
    "patience",
    "how long early stopping waits for a new minimum, looking every ten steps",
    10,
    [1, 50],
    1,
)
.in_units("looks");

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(NOISE),
    ExperimentSetting::Whole(POINTS),
    ExperimentSetting::Number(L2),
    ExperimentSetting::Number(DROPOUT),
    ExperimentSetting::Whole(PATIENCE),
];
