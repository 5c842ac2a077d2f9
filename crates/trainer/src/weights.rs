//! The weights file on disk: [`zoo_core::weights`] knows its form.

use std::path::{Path, PathBuf};
use zoo_core::weights::{Facts, NamedTensor, WEIGHTS_SCHEMA, Weights, WeightsError};
use zoo_core::{Flush, WriteError, sha256_hex, write_atomically};
use zoo_recipe::Recipe;

use crate::data::Splits;

/// A weights file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the weights {}: {reason}", path.display())]
pub struct LoadError {
    path: PathBuf,
    reason: WeightsError,
}

/// What a model trained by a recipe on this data needs besides its parameters.
pub fn facts(recipe: &Recipe, splits: &Splits) -> Facts {
    Facts {
        schema: WEIGHTS_SCHEMA,
        recipe: recipe.to_toml(),
        model: serde_json::to_value(&recipe.model).expect("a recipe is texts and numbers"),
        input_shape: splits.train.inputs.shape(),
        class_names: splits.class_names.clone(),
        columns: splits.columns.clone(),
        normalizer: splits.batcher.normalizer.clone(),
    }
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
    let fault = |reason| LoadError { path: path.to_owned(), reason };
    let bytes = std::fs::read(path).map_err(|source| fault(WeightsError::File { path: path.to_owned(), source }))?;
    Weights::parse(&bytes).map_err(fault)
}
