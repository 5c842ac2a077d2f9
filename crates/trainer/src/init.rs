//! Trained weights as the start of a training: a recipe's `init.weights`.

use crate::data::Splits;
use crate::error::TrainError;
use crate::layers::{layer_of, layers};
use crate::network::Network;
use burn::module::Module;
use std::path::Path;
use zoo_core::sha256_hex;
use zoo_core::weights::{NamedTensor, Weights};
use zoo_recipe::{Init, Recipe};

/// The layer whose meaning depends on the classes, not only on their number.
const OUTPUT: &str = "output";

/// The settings of a model that change how it is trained, and not what trained layers compute.
const OF_TRAINING: [&str; 3] = ["weights", "biases", "dropout"];

/// Weights to start from.
#[derive(Clone, Debug)]
pub struct InitWeights {
    /// As the user named them.
    pub source: String,
    /// What they are.
    pub weights: Weights,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Which of a network's layers start from trained weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Their tensors, in forward order.
    pub tensors: Vec<NamedTensor>,
    /// Their names.
    pub layers: Vec<String>,
    /// The other layers, each with the reason: `output (10 -> 3)`.
    pub new: Vec<String>,
    /// What the network does otherwise than the one that the weights were trained in: `model.mlp.activation "relu" -> "tanh"`.
    pub changes: Vec<String>,
}

impl InitWeights {
    /// The weights in a file, by the name they go by.
    ///
    /// # Errors
    /// If it cannot be read, is damaged or was not written by the zoo.
    pub fn read(source: &str, path: &Path) -> Result<Self, TrainError> {
        let (weights, bytes) = Weights::read_with_bytes(path)?;
        Ok(Self { source: source.to_string(), weights, bytes })
    }

    /// The weights in the bytes of a file.
    ///
    /// # Errors
    /// If they are not those of a weights file.
    pub fn parse(source: &str, bytes: Vec<u8>) -> Result<Self, TrainError> {
        Ok(Self { source: source.to_string(), weights: Weights::parse(&bytes)?, bytes })
    }

    /// These weights, as if they had been read from a file.
    pub fn of(source: &str, weights: Weights) -> Self {
        Self { source: source.to_string(), bytes: weights.to_bytes(), weights }
    }

    /// The sha256 of the file, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        sha256_hex(&self.bytes)
    }

    /// Refuses weights that are not the ones the recipe names.
    ///
    /// # Errors
    /// If their sha256 is another than `init.sha256`.
    pub fn check_sha256(&self, init: &Init) -> Result<(), TrainError> {
        let found = self.sha256();
        match &init.sha256 {
            Some(expected) if *expected != found => Err(TrainError::Init(format!(
                "the weights {} have the sha256 {found}, expected {expected} by init.sha256; put the file back or change the key",
                self.source
            ))),
            _ => Ok(()),
        }
    }

    /// Normalizes the inputs as these weights have learned to read them, where they are of the same shape and columns: whether it did.
    /// The few examples that one fine-tunes on would fit another scale badly, and taken layers would have to learn it first.
    pub fn normalize(&self, splits: &mut Splits) -> bool {
        let facts = &self.weights.facts;
        let fits = facts.input_shape == splits.train.inputs.shape() && facts.columns == splits.columns;
        if fits {
            splits.batcher.normalizer = facts.normalizer.clone();
        }
        fits
    }

    /// Which layers of `network`, made by `recipe` for these classes, start from the weights: those of the same name whose tensors
    /// have the same shapes. The output layer is taken only where the classes are the same.
    ///
    /// # Errors
    /// If the weights are of another kind of model, or no layer fits.
    pub fn fit(&self, network: &Network, recipe: &Recipe, class_names: &[String]) -> Result<Taken, TrainError> {
        let (wanted, facts) = (recipe.model.key(), &self.weights.facts);
        let found = facts.model.as_object().and_then(|model| model.keys().next());
        let Some(found) = found.filter(|found| *found == wanted) else {
            let Some(found) = found else {
                return Err(self.misfit("they do not say of which model they are"));
            };
            return Err(self.misfit(&format!(
                "they are of the model {found}, and {} trains the model {wanted} (--set model={found} takes theirs, with its usual settings)",
                recipe.name
            )));
        };
        let own = network.named_tensors();
        let (mut taken, mut new) = (Vec::new(), Vec::new());
        for layer in layers(&own) {
            match self.difference(layer, &own) {
                Some(difference) => new.push(format!("{layer} ({difference})")),
                None if layer == OUTPUT && facts.class_names != class_names => {
                    let is_regression = facts.class_names.is_empty() || class_names.is_empty();
                    new.push(format!("{layer} (other {})", if is_regression { "target" } else { "classes" }))
                }
                None => taken.push(layer.to_string()),
            }
        }
        if taken.is_empty() {
            return Err(self.misfit(&format!("of the model {found} none of the layers fits: {}", new.join(", "))));
        }
        let is_taken = |(name, _): &&NamedTensor| taken.iter().any(|layer| layer_of(name) == layer);
        let named =
            own.iter().filter(is_taken).filter_map(|(name, _)| Some((name.clone(), self.tensor(name)?.1.clone())));
        Ok(Taken { tensors: named.collect(), layers: taken, new, changes: self.changes(recipe) })
    }

    /// What `recipe` says otherwise of the model than the recipe of the weights, as far as it decides what they compute.
    fn changes(&self, recipe: &Recipe) -> Vec<String> {
        let Ok(before) = Recipe::parse(&self.weights.facts.recipe, &self.source) else { return Vec::new() };
        let key = format!("model.{}.", recipe.model.key());
        let computes = |setting: &str| !OF_TRAINING.iter().any(|one| setting.split('.').next() == Some(one));
        let counts = |(name, ..): &(String, String, String)| name.strip_prefix(&key).is_some_and(computes);
        let changes = before.diff(recipe).into_iter().filter(counts);
        changes.map(|(name, before, after)| format!("{name} {before} -> {after}")).collect()
    }

    /// How the weights' layer of that name differs from the network's, if it does.
    fn difference(&self, layer: &str, own: &[NamedTensor]) -> Option<String> {
        own.iter().filter(|(name, _)| layer_of(name) == layer).find_map(|(name, expected)| {
            let Some((_, found)) = self.tensor(name) else {
                return Some("not in the weights".to_string());
            };
            let (found, expected) = (found.shape().to_vec(), expected.shape().to_vec());
            let sides: Vec<_> = found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
            match sides.as_slice() {
                [] if found.len() == expected.len() => None,
                [(found, expected)] => Some(format!("{found} -> {expected}")),
                _ => Some(format!("{found:?} -> {expected:?}")),
            }
        })
    }

    fn tensor(&self, name: &str) -> Option<&NamedTensor> {
        self.weights.tensors.iter().find(|(known, _)| known == name)
    }

    fn misfit(&self, reason: &str) -> TrainError {
        TrainError::Init(format!(
            "the weights {} cannot be started from: {reason}; name others, or another model",
            self.source
        ))
    }
}

impl Taken {
    /// The network with them in place of its own.
    pub(crate) fn put_into(&self, network: Network) -> Result<Network, TrainError> {
        let mut tensors = network.named_tensors();
        for (name, data) in &mut tensors {
            if let Some((_, taken)) = self.tensors.iter().find(|(taken, _)| taken == name) {
                *data = taken.clone();
            }
        }
        Ok(network.install(&tensors)?.train())
    }

    /// `taken: 8 tensors (conv1, conv2, conv3, conv4); new: output (10 -> 3)`.
    pub(crate) fn in_words(&self) -> String {
        let new = if self.new.is_empty() { "nothing".to_string() } else { self.new.join(", ") };
        format!("taken: {} tensors ({}); new: {new}", self.tensors.len(), self.layers.join(", "))
    }
}
