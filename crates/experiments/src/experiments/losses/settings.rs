//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const HEADS: NumberSetting =
    NumberSetting::new("heads", "how often the coin that is estimated shows heads", 0.3, [0.02, 0.98], 0.8);

pub(super) const OUTLIER: NumberSetting = NumberSetting::new(
    "outlier",
    "the wrong measurement among the 201 that estimates are made of, which the \
            table of the constant nearest to 201 numbers alone shows",
    1000.0,
    [25.0, 1e6],
    50.0,
);

pub(super) const RATE: NumberSetting = NumberSetting::new(
    "rate",
    "the learning rate of softmax on two classes; one neuron takes twice as much",
    0.2,
    [0.01, 1.0],
    0.05,
);

pub(super) const WIDTH: WholeSetting =
    WholeSetting::new("width", "the width of both hidden layers of the networks with fewer outputs", 16, [1, 128], 4)
        .in_units("units");

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(HEADS),
    ExperimentSetting::Number(OUTLIER),
    ExperimentSetting::Number(RATE),
    ExperimentSetting::Whole(WIDTH),
];
