//! How the zoo was tested, in numbers that the testing programs wrote: the files of `results/testing/`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::ReportError;
use crate::report::{read_as, write_as};

/// The version of the form of [`FuzzReport`] and [`CountsReport`].
pub const TESTING_SCHEMA: u32 = 1;

/// What became of files that were changed at random.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FuzzReport {
    /// [`TESTING_SCHEMA`].
    pub schema: u32,
    /// As in [`Report::commit`](crate::Report::commit).
    pub commit: Option<String>,
    /// How long all of it took.
    pub seconds: u64,
    /// One entry per kind of file.
    pub kinds: Vec<FuzzedKind>,
}

/// What became of one kind's inputs. None panicked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FuzzedKind {
    /// `table`.
    pub kind: String,
    /// How many there were.
    pub inputs: u64,
    /// How many of them were used; the others were refused.
    pub used: u64,
    /// How long the slowest took.
    pub slowest_seconds: f64,
    /// The most memory that the whole process held meanwhile, where the system says it.
    pub peak_mebibytes: Option<f64>,
}

/// What a script counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountsReport {
    /// [`TESTING_SCHEMA`].
    pub schema: u32,
    /// As in [`Report::commit`](crate::Report::commit).
    pub commit: Option<String>,
    /// In the order to tell them: 200 "kills", 0 "dead ends".
    pub counts: Vec<(u64, String)>,
}

impl FuzzReport {
    /// The one in a file.
    ///
    /// # Errors
    ///
    /// [`ReportError::Read`], [`ReportError::Schema`] or [`ReportError::Parse`].
    pub fn read(path: &Path) -> Result<Self, ReportError> {
        read_as(path, TESTING_SCHEMA)
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

impl CountsReport {
    /// The one in a file.
    ///
    /// # Errors
    ///
    /// As [`FuzzReport::read`].
    pub fn read(path: &Path) -> Result<Self, ReportError> {
        read_as(path, TESTING_SCHEMA)
    }
}
