//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const RING: NumberSetting = NumberSetting::new(
    "ring",
    "where the outer ring of points begins; the inner one ends at 1, the outer one at 2.5",
    zoo_toys::points::OUTER_RING,
    [1.0, 2.4],
    1.1,
);

pub(super) const UNITS: WholeSetting = WholeSetting::new(
    "units",
    "the hidden units of the network whose border goes between the rings, which the figure rings.svg alone shows",
    12,
    [1, 200],
    3,
)
.in_units("units");

pub(super) const WIDTH: WholeSetting =
    WholeSetting::new("width", "the width of the hidden layers of the networks of growing depth", 16, [1, 128], 4)
        .in_units("units");

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(RING), ExperimentSetting::Whole(UNITS), ExperimentSetting::Whole(WIDTH)];
