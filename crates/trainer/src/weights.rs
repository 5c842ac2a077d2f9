//! The weights file on disk: [`zoo_core::weights`] knows its form.

use std::path::Path;
use zoo_core::weights::{Facts, NamedTensor, Weights};
use zoo_core::{Flush, WriteError, sha256_hex, write_atomically};

/// Writes a weights file and returns its sha256.
///
/// # Errors
/// If it cannot be written.
pub fn save(path: &Path, tensors: &[NamedTensor], facts: &Facts) -> Result<String, WriteError> {
    let bytes = Weights { tensors: tensors.to_vec(), facts: facts.clone() }.to_bytes();
    write_atomically(path, &bytes, Flush::ToDisk)?;
    Ok(sha256_hex(&bytes))
}
