//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const RING: NumberSetting = NumberSetting {
    name: "ring",
    about: "where the outer ring of points begins; the inner one ends at 1, the outer one at 2.5",
    unit: "",
    default: zoo_toys::points::OUTER_RING,
    range: [1.0, 2.4],
    example: 1.1,
};

pub(super) const UNITS: WholeSetting = WholeSetting {
    name: "units",
    about: "the hidden units of the network whose border goes between the rings, which the figure rings.svg alone shows",
    unit: "units",
    default: 12,
    range: [1, 200],
    divides: None,
    example: 3,
};

pub(super) const WIDTH: WholeSetting = WholeSetting {
    name: "width",
    about: "the width of the hidden layers of the networks of growing depth",
    unit: "units",
    default: 16,
    range: [1, 128],
    divides: None,
    example: 4,
};

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(RING), ExperimentSetting::Whole(UNITS), ExperimentSetting::Whole(WIDTH)];
