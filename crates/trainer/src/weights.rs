//! The weights file on disk: [`zoo_core::weights`] knows its form.

use std::io;
use std::path::{Path, PathBuf};
use zoo_core::weights::{Facts, NamedTensor, Weights, WeightsError};
use zoo_core::{Flush, WriteError, sha256_hex, write_atomically};

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

/// Writes a weights file and returns its sha256.
///
/// # Errors
/// If it cannot be written.
pub fn save(path: &Path, tensors: &[NamedTensor], facts: &Facts) -> Result<String, WriteError> {
    let bytes = Weights { tensors: tensors.to_vec(), facts: facts.clone() }.to_bytes();
    write_atomically(path, &bytes, Flush::ToDisk)?;
    Ok(sha256_hex(&bytes))
}

/// Reads a weights file.
///
/// # Errors
/// If it is not there, not safetensors, or was not written by this trainer.
pub fn load(path: &Path) -> Result<Weights, LoadError> {
    let bytes = std::fs::read(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    Weights::parse(&bytes).map_err(|reason| LoadError::Use { path: path.to_owned(), reason })
}
