//! The shipped models in integers of 8 bits, beside what they were made from: `results/int8.json`.

use std::path::Path;

use serde::{Deserialize, Serialize};
use zoo_core::{Provenance, Scores};

use crate::ReportError;
use crate::report::{read_as, write_as};

/// The version of the form of [`Int8Record`].
pub const INT8_SCHEMA: u32 = 1;

/// The shipped models in integers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Int8Record {
    /// [`INT8_SCHEMA`].
    pub schema: u32,
    /// As in [`Report::commit`](crate::Report::commit).
    pub commit: Option<String>,
    /// The vector instructions that decided the bits of the scores in `f32`.
    pub instruction_set: Option<String>,
    /// One entry per weights file, in alphabetical order.
    pub models: Vec<Int8Model>,
}

/// One of them on the test split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Int8Model {
    /// The recipe's name.
    pub name: String,
    /// Of the weights file.
    pub weights_sha256: String,
    /// The data set.
    pub data: String,
    /// Whether its files were the published ones.
    pub provenance: Provenance,
    /// Test examples.
    pub examples: usize,
    /// In `f32`.
    pub scores: Scores,
    /// In integers.
    pub int8: Int8Scores,
}

/// A network in integers beside the one it was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Int8Scores {
    /// Training examples it was calibrated on.
    pub calibration_examples: usize,
    /// Of the network in integers.
    pub scores: Scores,
    /// Examples for which it predicts another class; `None` for regression.
    pub changed: Option<usize>,
    /// The largest magnitude by which a logit differs.
    pub largest_difference: f32,
    /// The largest magnitude of a logit in `f32`, to hold the difference against.
    pub largest_logit: f32,
    /// The length of its ONNX file.
    pub bytes: usize,
    /// The length of the one in `f32`.
    pub f32_bytes: usize,
}

impl Int8Record {
    /// The one in a file.
    ///
    /// # Errors
    ///
    /// [`ReportError::Read`], [`ReportError::Schema`] or [`ReportError::Parse`].
    pub fn read(path: &Path) -> Result<Self, ReportError> {
        read_as(path, INT8_SCHEMA)
    }

    /// Writes it whole or not at all.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        write_as(path, self)
    }
}
