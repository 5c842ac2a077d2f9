//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const GAIN: NumberSetting = NumberSetting {
    name: "gain",
    about: "the gain of Xavier's weights with which tanh networks keep a level of their own",
    unit: "",
    default: 5.0 / 3.0,
    range: [0.1, 10.0],
    example: 1.2,
};

pub(super) const RATE: NumberSetting = NumberSetting {
    name: "rate",
    about: "Adam's learning rate from every start",
    unit: "",
    default: 0.005,
    range: [1e-5, 0.1],
    example: 0.02,
};

pub(super) const NEURONS: WholeSetting = WholeSetting {
    name: "neurons",
    about: "the width of the layers whose neurons stay equal, or part",
    unit: "neurons",
    default: 16,
    range: [2, 200],
    divides: None,
    example: 4,
};

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(GAIN), ExperimentSetting::Number(RATE), ExperimentSetting::Whole(NEURONS)];
