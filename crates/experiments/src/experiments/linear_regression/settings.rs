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

pub(super) const EXAMPLES: WholeSetting =
    WholeSetting::new("examples", "how many examples every random problem has", 100, [10, 2000], 30)
        .in_units("examples");

pub(super) const NOISE: NumberSetting =
    NumberSetting::new("noise", "the standard deviation of the targets' noise", 0.3, [0.0, 3.0], 1.0);

pub(super) const RATE: NumberSetting =
    NumberSetting::new("rate", "the learning rate; descent diverges from 2 on", 1.0, [0.05, 1.95], 0.5)
        .in_units("times 1 / lambda_max");

pub(super) const DECLARED: &[ExperimentSetting] = &[
    ExperimentSetting::Points(POINTS),
    ExperimentSetting::Whole(EXAMPLES),
    ExperimentSetting::Number(NOISE),
    ExperimentSetting::Number(RATE),
];
