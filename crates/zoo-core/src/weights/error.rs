//! What can be wrong with weights.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why weights could not be read, checked or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// Cut off, damaged, or something else.
    #[error("not a whole safetensors file ({bytes} bytes): {reason}; train again or copy it again")]
    NotSafetensors {
        /// The length of what was read.
        bytes: usize,
        /// What the reader stumbled over.
        reason: String,
    },
    /// A safetensors file from elsewhere.
    #[error("no metadata {key:?}: not a weights file of the zoo's trainer")]
    NoFacts {
        /// Where the facts should be.
        key: &'static str,
    },
    /// The facts are of another form than this version reads.
    #[error(
        "the weights have schema {found}, expected {oldest} to {newest}: read them with the version that wrote them"
    )]
    Schema {
        /// The schema they name; 0 if they name none.
        found: u32,
        /// [`OLDEST_WEIGHTS_SCHEMA`](super::OLDEST_WEIGHTS_SCHEMA).
        oldest: u32,
        /// [`WEIGHTS_SCHEMA`](super::WEIGHTS_SCHEMA).
        newest: u32,
    },
    /// The facts are not what this version writes.
    #[error("cannot read the metadata {key:?}: {reason}")]
    Facts {
        /// Where the facts are.
        key: &'static str,
        /// What is wrong with them.
        reason: String,
    },
    /// Another number format than the zoo's.
    #[error("the tensor {name} is {found}, expected F32 or F16")]
    Dtype {
        /// The tensor.
        name: String,
        /// Its type.
        found: String,
    },
    /// Training has diverged, or the file was changed.
    #[error("the tensor {name:?} holds values that are not finite; train again or copy the file again")]
    NotFinite {
        /// The tensor.
        name: String,
    },
    /// The bytes are not the ones that were recorded.
    #[error(
        "the weights {name} have the sha256 {found}, expected {expected}: they were damaged or exchanged; restore the file that index.json lists"
    )]
    Sha256 {
        /// The weights.
        name: String,
        /// Of the bytes at hand.
        found: String,
        /// From the index.
        expected: String,
    },
    /// Another model's weights.
    #[error("the weights do not fit the model: {first} ({count} differences in all)")]
    Misfit {
        /// One of the differences.
        first: Difference,
        /// How many there are.
        count: usize,
    },
    /// Raw values that are not whole examples of the model.
    #[error("{found} values are no whole number of examples of shape {shape:?}, which have {features} each")]
    Input {
        /// How many values were given.
        found: usize,
        /// The shape of one example.
        shape: Vec<usize>,
        /// The values of one example.
        features: usize,
    },
    /// A normalization that cannot be calculated with, or is for another number of channels or columns.
    #[error("the normalization in the weights does not fit examples of shape {shape:?}: {reason}")]
    Normalizer {
        /// The shape of one example.
        shape: Vec<usize>,
        /// What is wrong.
        reason: String,
    },
    /// The index does not list these weights.
    #[error("index.json does not list the weights {name}")]
    Unlisted {
        /// The weights.
        name: String,
    },
    /// The index is not one.
    #[error("index.json is no list of weights: {reason}")]
    Index {
        /// What is wrong, with line and column.
        reason: String,
    },
    /// The index has another form than this version reads.
    #[error("index.json has schema {found}, expected {expected}: read it with the version that wrote it")]
    IndexSchema {
        /// The schema it names.
        found: u32,
        /// The schema this version reads.
        expected: u32,
    },
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] crate::WriteError),
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// A weights file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The system refused.
    #[error("cannot read the weights {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// It is not one, or another version's.
    #[error("cannot use the weights {}: {reason}", path.display())]
    Use {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: WeightsError,
    },
}

/// How one tensor differs from what the model wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The model has it, the weights do not.
    Missing {
        /// The tensor.
        name: String,
    },
    /// The weights have it, the model does not.
    LeftOver {
        /// The tensor.
        name: String,
    },
    /// Both have it, in different shapes.
    Shape {
        /// The tensor.
        name: String,
        /// In the weights.
        found: Vec<usize>,
        /// In the model.
        expected: Vec<usize>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => write!(formatter, "{name} is missing"),
            Self::LeftOver { name } => write!(formatter, "{name} is not part of this model"),
            Self::Shape { name, found, expected } => {
                write!(formatter, "{name} has shape {found:?}, expected {expected:?}")
            }
        }
    }
}
