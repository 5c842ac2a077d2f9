//! What `--set` changes of it.

use crate::prelude::*;
use zoo_toys::gabor::EXAMPLES;

pub(super) const NOISE: NumberSetting = NumberSetting::new(
    "noise",
    "the standard deviation of the targets' noise",
    zoo_toys::gabor::NOISE,
    [0.01, 0.5],
    0.3,
);

/// Nearest to Prince's five of what divides 28.
pub(super) const BATCH: WholeSetting = WholeSetting {
    name: "batch",
    about: "the mini-batches that the claims are about",
    unit: "examples",
    default: 4,
    range: [1, 14],
    divides: Some(EXAMPLES),
    example: 2,
};

pub(super) const DECLARED: &[ExperimentSetting] = &[ExperimentSetting::Number(NOISE), ExperimentSetting::Whole(BATCH)];
