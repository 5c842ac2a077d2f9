//! The weights file.

use super::error::{Difference, LoadError, WeightsError};
use super::half::shortest;
use super::module::{NamedTensor, Numbering, install};
use super::preprocessing::Preprocessing;
use crate::files::read_file_at_most;
use crate::{ModelConfig, NormalizationError, Normalizer, Preparation, Sizes, Standardization, undrawn};
use burn::tensor::{DType, Device, TensorData, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// The metadata key under which [`Facts`] are stored, as JSON.
const FACTS: &str = "zoo";

/// The tensor from which a model's number of logits follows.
const OUTPUT: &str = "output.bias";

/// What a run folder calls its weights.
pub const RUN_WEIGHTS_FILE: &str = "model.safetensors";

/// The most values of one example: far above any model of the zoo, and no product of sizes made from it overflows.
const MOST_VALUES: usize = 1 << 28;

/// Of a file: twice what the largest network of the zoo has.
const MOST_BYTES: u64 = 2 << 30;

/// The version of the form of [`Facts`] that is written: see [the policy](super#versions).
pub const WEIGHTS_SCHEMA: u32 = 2;

/// The oldest that is read.
pub const OLDEST_WEIGHTS_SCHEMA: u32 = 1;

/// What a weights file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Parameters and running statistics; read from a file they are in alphabetical order.
    pub tensors: Vec<NamedTensor>,
    /// What a model needs besides.
    pub facts: Facts,
}

/// What a model needs besides its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// [`WEIGHTS_SCHEMA`], also of what was read from an older file.
    pub schema: u32,
    /// The recipe, as TOML.
    pub recipe: String,
    /// The recipe's `[model]`, as JSON: `{ "mlp": { "hidden": [16, 16], ... } }`.
    pub model: serde_json::Value,
    /// The shape of one example: `[channels, height, width]` or `[columns]`.
    pub input_shape: Vec<usize>,
    /// The classes in the order of the logits; for one logit the negative, then the positive class; none for regression.
    pub class_names: Vec<String>,
    /// A table's columns; none for images.
    pub columns: Vec<String>,
    /// How a user's picture becomes an image of the training data, which stands in the middle of black where the model's inputs are
    /// larger; `None` for tables, and where nobody has said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Preparation>,
    /// How raw values become inputs.
    pub normalizer: Normalizer,
    /// For regression the unit of the one output; absent where there are classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Standardization>,
    /// What stands in for a missing value, one per column; none where no value may be missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fill: Vec<f32>,
}

impl Weights {
    /// Reads a weights file: [`parse`](Self::parse) says what has to be in it.
    ///
    /// # Errors
    /// If it is not there, a pipe or longer than any weights file, not safetensors, or was not written by the zoo's trainer.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        Ok(Self::read_with_bytes(path)?.0)
    }

    /// As [`read`](Self::read), with the bytes of the file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with_bytes(path: &Path) -> Result<(Self, Vec<u8>), LoadError> {
        let refused = |source| LoadError::Read { path: path.to_owned(), source };
        let bytes = read_file_at_most(path, MOST_BYTES).map_err(refused)?;
        let weights = Self::parse(&bytes).map_err(|reason| LoadError::Use { path: path.to_owned(), reason })?;
        Ok((weights, bytes))
    }

    /// Reads the bytes of a weights file whose facts and tensors can be used and fit each other.
    ///
    /// # Errors
    /// [`WeightsError::NotSafetensors`], [`WeightsError::NoFacts`], [`WeightsError::Facts`], [`WeightsError::Dtype`],
    /// [`WeightsError::NotFinite`] or [`WeightsError::Normalizer`].
    pub fn parse(bytes: &[u8]) -> Result<Self, WeightsError> {
        let damaged = |reason: safetensors::SafeTensorError| WeightsError::NotSafetensors {
            bytes: bytes.len(),
            reason: reason.to_string(),
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let facts = header.metadata().as_ref().and_then(|metadata| metadata.get(FACTS));
        let facts = Facts::parse(facts.ok_or(WeightsError::NoFacts { key: FACTS })?)?;
        let tensors = file.iter().map(|(name, view)| tensor_of_view(name, &view));
        let mut tensors = tensors.collect::<Result<Vec<_>, _>>()?;
        tensors.sort_by(|(left, _), (right, _)| left.cmp(right));
        let weights = Self { tensors, facts };
        weights.check()?;
        Ok(weights)
    }

    /// Whether facts and tensors can be used and fit each other, as far as that can be told of any model.
    fn check(&self) -> Result<(), WeightsError> {
        self.facts.check()?;
        let is_finite = |(_, data): &&NamedTensor| data.iter::<f32>().all(f32::is_finite);
        if let Some((name, _)) = self.tensors.iter().find(|tensor| !is_finite(tensor)) {
            return Err(WeightsError::NotFinite { name: name.clone() });
        }
        let classes = if self.facts.target.is_some() { 1 } else { self.facts.class_names.len() };
        match (self.side(OUTPUT, 0), classes) {
            (Ok(outputs), classes) if outputs != classes && (outputs, classes) != (1, 2) => {
                let reason = format!("{classes} class_names do not fit {OUTPUT}, which has {outputs} values");
                Err(WeightsError::Facts { key: FACTS, reason })
            }
            _ => Ok(()),
        }
    }

    /// The bytes of a weights file, the same for the same content: see [`rounded_to_16_bits`](super::rounded_to_16_bits) for what has
    /// 16 bits in it.
    ///
    /// # Panics
    /// If a tensor is neither f32 nor exact in 16 bits.
    pub fn to_bytes(&self) -> Vec<u8> {
        let stored: Vec<NamedTensor> = self.tensors.iter().map(|(name, data)| (name.clone(), shortest(data))).collect();
        let views = stored.iter().map(|tensor| (tensor.0.as_str(), view_of(tensor)));
        let facts = serde_json::to_string(&self.facts).expect("facts are texts and numbers");
        let metadata = HashMap::from([(FACTS.to_string(), facts)]);
        safetensors::serialize(views, Some(metadata)).expect("every tensor has the bytes its shape asks for")
    }

    /// The model these weights are of, ready for inference; [`Module::train`](burn::module::Module::train) makes it trainable on a
    /// device with autodiff.
    ///
    /// # Errors
    /// [`WeightsError::Facts`] if they are another model's or do not describe one, [`WeightsError::Misfit`] if the tensors are not
    /// those it has.
    pub fn build<C: ModelConfig>(self, device: &Device) -> Result<C::Model, WeightsError> {
        let fault = |reason: String| WeightsError::Facts { key: FACTS, reason };
        let config = self.facts.model.get(C::KEY).ok_or_else(|| fault(format!("it is not of a model {}", C::KEY)))?;
        let config: C = serde_json::from_value(config.clone()).map_err(|error| fault(error.to_string()))?;
        let sizes = Sizes { input: self.facts.input_shape.clone(), outputs: self.side(OUTPUT, 0)? };
        config.check(&sizes).map_err(|misfit| fault(format!("{} is not {}", misfit.key, misfit.accepted)))?;
        install(undrawn(|| config.init(&sizes, device)), &self.tensors, Numbering::Kept)
    }

    /// The length of one side of a tensor, from which a model's sizes follow.
    ///
    /// # Errors
    /// [`WeightsError::Misfit`] if there is no such tensor or side.
    pub fn side(&self, name: &str, side: usize) -> Result<usize, WeightsError> {
        let tensor = self.tensors.iter().find(|(known, _)| known == name);
        let missing = || WeightsError::Misfit { first: Difference::Missing { name: name.to_string() }, count: 1 };
        tensor.and_then(|(_, data)| data.shape().get(side).copied()).ok_or_else(missing)
    }
}

/// One tensor of a safetensors file, of 32 or of 16 bits.
///
/// # Errors
/// [`WeightsError::Dtype`].
pub fn tensor_of_view(name: &str, view: &TensorView<'_>) -> Result<NamedTensor, WeightsError> {
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Dtype::F16 => view.data().as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect(),
        other => return Err(WeightsError::Dtype { name: name.to_string(), found: format!("{other:?}") }),
    };
    Ok((name.to_string(), TensorData::new(values, view.shape().to_vec())))
}

/// A named tensor as safetensors wants it.
///
/// # Panics
/// If it is neither f32 nor f16.
pub fn view_of((name, data): &NamedTensor) -> TensorView<'_> {
    let dtype = if data.dtype() == DType::F16 { Dtype::F16 } else { Dtype::F32 };
    let view = TensorView::new(dtype, data.shape().to_vec(), data.as_bytes());
    view.unwrap_or_else(|error| panic!("the tensor {name} is neither f32 nor f16: {error}"))
}

impl Facts {
    /// How raw values become inputs.
    pub fn preprocessing(&self) -> Preprocessing<'_> {
        Preprocessing { input_shape: &self.input_shape, columns: &self.columns, normalizer: &self.normalizer }
    }

    /// Whether they can be used, and agree with each other.
    fn check(&self) -> Result<(), WeightsError> {
        let Self { input_shape: shape, class_names, columns, normalizer, target, fill, .. } = self;
        let fault = |reason| Err(WeightsError::Facts { key: FACTS, reason });
        let values = shape.iter().try_fold(1, |values: usize, side| values.checked_mul(*side));
        if !matches!(shape.len(), 1 | 3) || !values.is_some_and(|values| (1..=MOST_VALUES).contains(&values)) {
            return fault(format!(
                "input_shape is {shape:?}, expected [channels, height, width] or [columns] of 1 to {MOST_VALUES} values"
            ));
        }
        let expected = if let [columns] = **shape { columns } else { 0 };
        if columns.len() != expected {
            let found = columns.len();
            return fault(format!("there are {found} columns, expected {expected}, as input_shape is {shape:?}"));
        }
        match (target, class_names.len()) {
            (None, classes @ 0..2) => return fault(format!("there are {classes} class_names, expected at least 2")),
            (Some(_), classes @ 1..) => {
                return fault(format!("there are {classes} class_names, expected none, as there is a target"));
            }
            (Some(unit), 0) if !unit.is_usable() => {
                return fault(format!(
                    "the target's mean is {} and its std {}, expected finite numbers and an std above 0",
                    unit.mean, unit.std
                ));
            }
            _ => {}
        }
        if !(fill.is_empty() || fill.len() == columns.len()) || !fill.iter().all(|value| value.is_finite()) {
            return fault(format!("fill is {fill:?}, expected a finite number per column or none"));
        }
        if let Some(name) = class_names.iter().chain(columns).find(|name| name.contains(char::is_control)) {
            return fault(format!("the name {name:?} of a class or column holds a control character"));
        }
        if let Some(reason) = self.picture.as_ref().and_then(|picture| misfit(picture, shape)) {
            return fault(reason);
        }
        let unusable =
            |error: NormalizationError| WeightsError::Normalizer { shape: shape.clone(), reason: error.to_string() };
        normalizer.check(shape).map_err(unusable)
    }

    fn parse(text: &str) -> Result<Self, WeightsError> {
        #[derive(Deserialize)]
        struct Version {
            schema: Option<u32>,
        }
        let fault = |reason: serde_json::Error| WeightsError::Facts { key: FACTS, reason: reason.to_string() };
        let Version { schema } = serde_json::from_str(text).map_err(fault)?;
        match schema {
            Some(OLDEST_WEIGHTS_SCHEMA..=WEIGHTS_SCHEMA) => {
                let facts: Self = serde_json::from_str(text).map_err(fault)?;
                Ok(Self { schema: WEIGHTS_SCHEMA, ..facts })
            }
            found => Err(WeightsError::Schema {
                found: found.unwrap_or(0),
                oldest: OLDEST_WEIGHTS_SCHEMA,
                newest: WEIGHTS_SCHEMA,
            }),
        }
    }
}

/// Why images so prepared are no inputs of that shape, if they are not.
fn misfit(picture: &Preparation, shape: &[usize]) -> Option<String> {
    let Preparation { kind, shape: image @ [channels, height, width] } = *picture;
    if !picture.is_possible() {
        return Some(format!("picture is a {kind} of shape {image:?}, expected {}", kind.shapes()));
    }
    let is_framed = |side: usize| height <= side && width <= side;
    match *shape {
        [of, rows, columns] if of == channels && [rows, columns] == [height, width] => None,
        [of, rows, columns] if of == channels && rows == columns && is_framed(rows) => None,
        _ => Some(format!("picture has the shape {image:?}, which does not fit input_shape {shape:?}")),
    }
}

#[cfg(test)]
mod tests;
