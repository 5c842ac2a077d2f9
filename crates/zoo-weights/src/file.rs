//! The weights file.

use crate::{Difference, Preprocessing, WeightsError};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use zoo_core::Normalizer;

/// The metadata key under which [`Facts`] are stored, as JSON.
const FACTS: &str = "zoo";

/// What a weights file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Parameters and running statistics; read from a file they are in alphabetical order.
    pub tensors: Vec<NamedTensor>,
    /// What a model needs besides.
    pub facts: Facts,
}

/// A parameter by its name in the module: `conv1.weight`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// Fields joined by dots.
    pub name: String,
    /// As in Burn: a linear layer's weight is `[inputs, outputs]`, a convolution's `[outputs, inputs, height, width]`.
    pub shape: Vec<usize>,
    /// Row by row.
    pub values: Vec<f32>,
}

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

impl Weights {
    /// Reads the bytes of a weights file.
    ///
    /// # Errors
    /// [`WeightsError::NotSafetensors`], [`WeightsError::NoFacts`], [`WeightsError::Facts`] or [`WeightsError::Dtype`].
    pub fn parse(bytes: &[u8]) -> Result<Self, WeightsError> {
        let damaged = |reason: safetensors::SafeTensorError| WeightsError::NotSafetensors {
            bytes: bytes.len(),
            reason: reason.to_string(),
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let facts = header.metadata().as_ref().and_then(|metadata| metadata.get(FACTS));
        let facts = serde_json::from_str(facts.ok_or(WeightsError::NoFacts { key: FACTS })?)
            .map_err(|reason| WeightsError::Facts { key: FACTS, reason: reason.to_string() })?;
        let tensors = file.iter().map(|(name, view)| NamedTensor::from_view(name, &view));
        let mut tensors = tensors.collect::<Result<Vec<_>, _>>()?;
        tensors.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(Self { tensors, facts })
    }

    /// The bytes of a weights file, the same for the same content.
    ///
    /// # Panics
    /// If a tensor has not as many values as its shape says.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes: Vec<Vec<u8>> = self.tensors.iter().map(NamedTensor::bytes).collect();
        let views = self.tensors.iter().zip(&bytes).map(|(tensor, bytes)| (tensor.name.as_str(), tensor.view(bytes)));
        let facts = serde_json::to_string(&self.facts).expect("facts are texts and numbers");
        let metadata = HashMap::from([(FACTS.to_string(), facts)]);
        safetensors::serialize(views, Some(metadata)).expect("every tensor has the bytes its shape asks for")
    }

    /// The length of one side of a tensor, from which a model's sizes follow.
    ///
    /// # Errors
    /// [`WeightsError::Misfit`] if there is no such tensor or side.
    pub fn side(&self, name: &str, side: usize) -> Result<usize, WeightsError> {
        let tensor = self.tensors.iter().find(|tensor| tensor.name == name);
        let missing = || WeightsError::Misfit { first: Difference::Missing { name: name.to_string() }, count: 1 };
        tensor.and_then(|tensor| tensor.shape.get(side).copied()).ok_or_else(missing)
    }
}

impl NamedTensor {
    /// One f32 tensor of a safetensors file.
    ///
    /// # Errors
    /// [`WeightsError::Dtype`].
    pub fn from_view(name: &str, view: &TensorView<'_>) -> Result<Self, WeightsError> {
        if view.dtype() != Dtype::F32 {
            return Err(WeightsError::Dtype { name: name.to_string(), found: format!("{:?}", view.dtype()) });
        }
        let value = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let values = view.data().chunks_exact(4).map(value).collect();
        Ok(Self { name: name.to_string(), shape: view.shape().to_vec(), values })
    }

    fn bytes(&self) -> Vec<u8> {
        self.values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn view<'a>(&self, bytes: &'a [u8]) -> TensorView<'a> {
        let Self { name, shape, values } = self;
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        view.unwrap_or_else(|_| panic!("the tensor {name} of shape {shape:?} has {} values", values.len()))
    }
}

impl Facts {
    /// How raw values become inputs.
    pub fn preprocessing(&self) -> Preprocessing<'_> {
        Preprocessing { input_shape: &self.input_shape, columns: &self.columns, normalizer: &self.normalizer }
    }

    /// A text in the recipe by its key: `model.activation`. `None` if it is not there or no text.
    pub fn recipe_text(&self, key: &str) -> Option<String> {
        let recipe: toml::Table = self.recipe.parse().ok()?;
        let (last, tables) =
            key.split('.').collect::<Vec<_>>().split_last().map(|(last, rest)| (*last, rest.to_vec()))?;
        let table = tables.iter().try_fold(&recipe, |table, name| table.get(*name)?.as_table())?;
        table.get(last)?.as_str().map(str::to_string)
    }
}

#[cfg(test)]
mod tests;
