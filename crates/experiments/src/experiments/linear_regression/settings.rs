//! What `--set` changes of it.

use crate::prelude::*;

pub(super) const POINTS: PointsSetting = PointsSetting {
    name: "points",
    about: "the examples of the drawn line, of its level lines and of the stop rule",
    default: "100 drawn at random",
    columns: &[
        // Nearer ones leave no slope that double precision finds, and level lines without an end.
        PointColumn::Number { name: "x", range: [-10.0, 10.0], apart: 1e-4 },
        PointColumn::Number { name: "y", range: [-100.0, 100.0], apart: 0.0 },
    ],
    rows: [3, 200],
};

pub(super) const EXAMPLES: WholeSetting = WholeSetting {
    name: "examples",
    about: "how many examples every random problem has",
    unit: "examples",
    default: 100,
    range: [10, 2000],
    divides: None,
    example: 30,
};

pub(super) const NOISE: NumberSetting = NumberSetting {
    name: "noise",
    about: "the standard deviation of the targets' noise",
    unit: "",
    default: 0.3,
    range: [0.0, 3.0],
    example: 1.0,
};

pub(super) const RATE: NumberSetting = NumberSetting {
    name: "rate",
    about: "the learning rate; descent diverges from 2 on",
    unit: "times 1 / lambda_max",
    default: 1.0,
    range: [0.05, 1.95],
    example: 0.5,
};

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Points(POINTS),
    ExperimentSetting::Whole(EXAMPLES),
    ExperimentSetting::Number(NOISE),
    ExperimentSetting::Number(RATE),
];
