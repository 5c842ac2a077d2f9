//! Which layers of a network training changes, and how fast: a recipe's `init.freeze` and `init.rates`.

use crate::error::TrainError;
use crate::network::Network;
use burn::lr_scheduler::module_lr_scheduler::{ModuleLearningRate, ModuleLrScheduler};
use burn::module::{Module, ParamGroup};
use zoo_core::nearest;
use zoo_core::weights::NamedTensor;
use zoo_recipe::{Init, RateFactor, Recipe, is_in_layer};

/// The learning rates of layers, as multiples of a common one.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerRates(Vec<(ParamGroup, f64)>);

impl LayerRates {
    pub(crate) fn new(recipe: &Recipe) -> Self {
        let mut rates: Vec<_> = recipe.init.iter().flat_map(|init| &init.rates).collect();
        // The last group that fits counts, so the longest names come last.
        rates.sort_by_key(|(layer, _)| layer.len());
        Self(rates.into_iter().map(|(layer, RateFactor(factor))| (group(layer), *factor)).collect())
    }

    pub(crate) fn at(&self, learning_rate: f64) -> ModuleLearningRate {
        if self.0.is_empty() {
            return learning_rate.into();
        }
        let common = ModuleLrScheduler::new(learning_rate);
        let with = |all: ModuleLrScheduler, (group, factor): &(ParamGroup, f64)| {
            all.with_group(group.clone(), learning_rate * factor)
        };
        self.0.iter().fold(common, with).step()
    }
}

/// The network without gradients for the frozen layers: so nothing, no rule, decay or penalty, changes them. Batch normalization in
/// them goes by its running statistics, which stay, as the trained layers behind it will see it at inference.
pub(crate) fn freeze(network: Network, recipe: &Recipe) -> Network {
    let frozen = recipe.init.iter().flat_map(|init| &init.freeze);
    frozen.fold(network, |network, layer| network.freeze_group(group(layer)))
}

/// Refuses names that are no layer's of the network, and a network that is frozen as a whole.
pub(crate) fn check(init: &Init, network: &Network) -> Result<(), TrainError> {
    let tensors = network.named_tensors();
    let keys = [("init.freeze", init.freeze.iter().collect::<Vec<_>>()), ("init.rates", init.rates.keys().collect())];
    for (key, names) in keys {
        let is_unknown = |layer: &&&String| !tensors.iter().any(|(name, _)| is_in_layer(name, layer));
        if let Some(unknown) = names.iter().find(is_unknown) {
            let layers = layers(&tensors);
            let parts = |layer| std::iter::successors(Some(layer), |part: &&str| Some(part.rsplit_once('.')?.0));
            let near = nearest(unknown, layers.iter().copied().flat_map(parts));
            let hint = near.first().map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
            return Err(TrainError::Init(format!(
                "{key} names {unknown:?}, which is no layer of this model{hint}; its layers are {}",
                layers.join(", ")
            )));
        }
    }
    let is_frozen = |name: &str| init.freeze.iter().any(|layer| is_in_layer(name, layer));
    match tensors.iter().all(|(name, _)| is_frozen(name)) {
        true => {
            Err(TrainError::Init("init.freeze names every layer, so nothing is left to train; leave one out".into()))
        }
        false => Ok(()),
    }
}

/// The names of the layers that have these tensors: `conv1` of `conv1.weight` and `conv1.bias`.
pub(crate) fn layers(tensors: &[NamedTensor]) -> Vec<&str> {
    let mut layers: Vec<&str> = tensors.iter().map(|(name, _)| layer_of(name)).collect();
    layers.dedup();
    layers
}

/// The layer of a tensor: its name without the last word.
pub(crate) fn layer_of(tensor: &str) -> &str {
    tensor.rsplit_once('.').map_or(tensor, |(layer, _)| layer)
}

/// What is in the layer of that name. Paths begin with the name of the network's variant.
fn group(layer: &str) -> ParamGroup {
    let escaped: String =
        layer.chars().flat_map(|letter| if letter == '.' { vec!['\\', '.'] } else { vec![letter] }).collect();
    ParamGroup::from_regex(format!("^[^.]+\\.{escaped}(\\.|$)")).unwrap_or_else(|_| ParamGroup::from_path(layer))
}
