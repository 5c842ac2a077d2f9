//! The weights file: safetensors whose metadata holds all that predicting needs, so that it cannot drift from training.

use crate::files::{Flush, write_atomically};
use crate::network::NamedTensor;
use anyhow::{Context, Result, bail};
use burn::tensor::TensorData;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;
use zoo_data::{Normalizer, sha256_hex};

/// What a model needs besides its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The recipe, as TOML.
    pub recipe: String,
    /// The shape of one example: `[channels, height, width]` or `[columns]`.
    pub input_shape: Vec<usize>,
    /// The classes in the order of the logits; for one logit the negative, then the positive class.
    pub class_names: Vec<String>,
    /// A table's columns; none for images.
    pub columns: Vec<String>,
    /// How raw values become inputs.
    pub normalizer: Normalizer,
}

/// The metadata key under which [`Facts`] are stored, as JSON.
const FACTS: &str = "zoo";

/// The bytes of a weights file, the same for the same content.
///
/// # Errors
/// If a tensor is not f32.
pub fn to_bytes(tensors: &[NamedTensor], facts: &Facts) -> Result<Vec<u8>> {
    let metadata = HashMap::from([(FACTS.to_string(), serde_json::to_string(facts)?)]);
    Ok(safetensors::serialize(views(tensors)?, Some(metadata))?)
}

/// Writes a weights file and returns its sha256.
///
/// # Errors
/// If it cannot be written.
pub fn save(path: &Path, tensors: &[NamedTensor], facts: &Facts) -> Result<String> {
    let bytes = to_bytes(tensors, facts)?;
    write_atomically(path, &bytes, Flush::ToDisk)?;
    Ok(sha256_hex(&bytes))
}

/// Reads a weights file.
///
/// # Errors
/// If it is not there, not safetensors, or was not written by this trainer.
pub fn load(path: &Path) -> Result<(Vec<NamedTensor>, Facts)> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the weights {}", path.display()))?;
    let (tensors, metadata) = deserialize(&bytes).with_context(|| {
        format!(
            "{} ({} bytes) is not a whole safetensors file; train again or copy it again",
            path.display(),
            bytes.len()
        )
    })?;
    let Some(facts) = metadata.get(FACTS) else {
        bail!("{} has no metadata {FACTS:?}: it is not a weights file of this trainer", path.display());
    };
    let facts = serde_json::from_str(facts)
        .with_context(|| format!("{}: cannot read its metadata {FACTS:?}", path.display()))?;
    Ok((tensors, facts))
}

/// Named f32 tensors as safetensors wants them.
pub(crate) fn views(tensors: &[NamedTensor]) -> Result<Vec<(&str, TensorView<'_>)>> {
    tensors
        .iter()
        .map(|(name, data)| {
            let view = TensorView::new(Dtype::F32, data.shape().to_vec(), data.as_bytes())
                .with_context(|| format!("the tensor {name} is not f32"))?;
            Ok((name.as_str(), view))
        })
        .collect()
}

/// The named f32 tensors and the metadata of safetensors.
pub(crate) fn deserialize(bytes: &[u8]) -> Result<(Vec<NamedTensor>, HashMap<String, String>)> {
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let metadata = header.metadata().clone().unwrap_or_default();
    let file = SafeTensors::deserialize(bytes)?;
    let tensors =
        file.iter().map(|(name, view)| Ok((name.to_string(), tensor(name, &view)?))).collect::<Result<_>>()?;
    Ok((tensors, metadata))
}

/// One f32 tensor of a safetensors file.
pub(crate) fn tensor(name: &str, view: &TensorView<'_>) -> Result<TensorData> {
    if view.dtype() != Dtype::F32 {
        bail!("the tensor {name} is {:?}, expected F32", view.dtype());
    }
    let value = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let values: Vec<f32> = view.data().chunks_exact(4).map(value).collect();
    Ok(TensorData::new(values, view.shape().to_vec()))
}
