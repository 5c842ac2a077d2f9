//! What `--set` changes of it.

use crate::prelude::*;

const COORDINATE: [f64; 2] = [0.0, 1.0];

pub(super) const POINTS: PointsSetting = PointsSetting {
    name: "points",
    about: "the points that are learned, with their classes",
    default: "the thesis's ten",
    columns: &[
        PointColumn::Number { name: "x1", range: COORDINATE, apart: 0.0 },
        PointColumn::Number { name: "x2", range: COORDINATE, apart: 0.0 },
        PointColumn::Number { name: "x3", range: COORDINATE, apart: 0.0 },
        PointColumn::Class { name: "class", count: 2 },
    ],
    rows: [2, 1000],
};

pub(super) const RATE: NumberSetting = NumberSetting::new("rate", "the learning rate", 0.05, [1e-4, 10.0], 0.5);

pub(super) const SCALE: NumberSetting =
    NumberSetting::new("scale", "the standard deviation of the first weights and biases", 0.5, [0.0, 10.0], 2.0);

pub(super) const DECLARED: &[ExperimentSetting] =
    &[ExperimentSetting::Points(POINTS), ExperimentSetting::Number(RATE), ExperimentSetting::Number(SCALE)];
