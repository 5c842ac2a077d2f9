//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const GAIN: NumberSetting = NumberSetting::new(
    "gain",
    "the gain of Xavier's weights with which tanh networks keep a level of their own",
    5.0 / 3.0,
    [0.1, 10.0],
    1.2,
);

pub(super) const RATE: NumberSetting =
    NumberSetting::new("rate", "Adam's learning rate from every start", 0.005, [1e-5, 0.1], 0.02);

pub(super) const NEURONS: WholeSetting =
    WholeSetting::new("neurons", "the width of the layers whose neurons stay equal, or part", 16, [2, 200], 4)
        .in_units("neurons");

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Number(GAIN), ExperimentSetting::Number(RATE), ExperimentSetting::Whole(NEURONS)];
