//! The weights file on disk: [`zoo_weights`] knows its form.

use crate::network::NamedTensor;
use anyhow::{Context, Result, anyhow};
use burn::tensor::TensorData;
use safetensors::{Dtype, tensor::TensorView};
use std::path::Path;
use zoo_core::sha256_hex;
use zoo_core::{Flush, write_atomically};
use zoo_weights::{Facts, Weights};

/// Writes a weights file and returns its sha256.
///
/// # Errors
/// If it cannot be written.
pub fn save(path: &Path, tensors: &[NamedTensor], facts: &Facts) -> Result<String> {
    let tensors = tensors.iter().map(plain).collect::<Result<_>>()?;
    let bytes = Weights { tensors, facts: facts.clone() }.to_bytes();
    write_atomically(path, &bytes, Flush::ToDisk)?;
    Ok(sha256_hex(&bytes))
}

/// Reads a weights file.
///
/// # Errors
/// If it is not there, not safetensors, or was not written by this trainer.
pub fn load(path: &Path) -> Result<(Vec<NamedTensor>, Facts)> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the weights {}", path.display()))?;
    let weights = Weights::parse(&bytes).with_context(|| format!("cannot use the weights {}", path.display()))?;
    Ok((weights.tensors.into_iter().map(NamedTensor::from).collect(), weights.facts))
}

fn plain((name, data): &NamedTensor) -> Result<zoo_weights::NamedTensor> {
    let values = data.as_slice::<f32>().map_err(|error| anyhow!("the tensor {name} is not f32: {error:?}"))?;
    Ok(zoo_weights::NamedTensor { name: name.clone(), shape: data.shape().to_vec(), values: values.to_vec() })
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

/// One f32 tensor of a safetensors file.
pub(crate) fn tensor(name: &str, view: &TensorView<'_>) -> Result<TensorData> {
    let (_, data) = zoo_weights::NamedTensor::from_view(name, view)?.into();
    Ok(data)
}
