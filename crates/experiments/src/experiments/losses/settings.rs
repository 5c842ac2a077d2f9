//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const HEADS: NumberSetting = NumberSetting {
    name: "heads",
    about: "how often the coin that is estimated shows heads",
    unit: "",
    default: 0.3,
    range: [0.02, 0.98],
    example: 0.8,
};

pub(super) const OUTLIER: NumberSetting = NumberSetting {
    name: "outlier",
    about: "the wrong measurement among the 201 that estimates are made of, which the \
            table of the constant nearest to 201 numbers alone shows",
    unit: "",
    default: 1000.0,
    range: [25.0, 1e6],
    example: 50.0,
};

pub(super) const RATE: NumberSetting = NumberSetting {
    name: "rate",
    about: "the learning rate of softmax on two classes; one neuron takes twice as much",
    unit: "",
    default: 0.2,
    range: [0.01, 1.0],
    example: 0.05,
};

pub(super) const WIDTH: WholeSetting = WholeSetting {
    name: "width",
    about: "the width of both hidden layers of the networks with fewer outputs",
    unit: "units",
    default: 16,
    range: [1, 128],
    divides: None,
    example: 4,
};

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Number(HEADS),
    ExperimentSetting::Number(OUTLIER),
    ExperimentSetting::Number(RATE),
    ExperimentSetting::Whole(WIDTH),
];
