//! The running mean of the weights over the steps of a training.

use crate::network::Network;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;
use std::collections::VecDeque;
use zoo_core::weights::{NamedTensor, WeightsError};
use zoo_recipe::Ema;

/// The mean so far, if the recipe asks for one.
#[derive(Debug)]
pub struct Average {
    decay: Option<f64>,
    /// On the device of the weights, outside any autodiff graph.
    mean: Option<Network>,
}

impl Average {
    /// Before the first step.
    pub fn new(recipe: Ema) -> Self {
        let decay = match recipe {
            Ema::None => None,
            Ema::Exponential { decay } => Some(decay),
        };
        Self { decay, mean: None }
    }

    /// Takes in the weights after step `step`, the first being 0. A mean of few steps forgets faster, as its start is of little worth.
    pub fn update(&mut self, network: &Network, step: usize) {
        let Some(decay) = self.decay else { return };
        // A network of its own, whose running statistics are not the trained one's either.
        let network = network.valid();
        let decay = decay.min((1 + step) as f64 / (10 + step) as f64) as f32;
        self.mean = Some(match self.mean.take() {
            None => network,
            Some(mean) => {
                let mut weights = FlatWeights::default();
                network.visit(&mut weights);
                mean.map(&mut TowardWeights { weights, part: 1.0 - decay })
            }
        });
    }

    /// The network whose weights are validated and kept: `network` itself, or one with the mean of its weights.
    pub fn network(&self, network: &Network) -> Network {
        self.mean.as_ref().unwrap_or(network).clone()
    }

    /// What a checkpoint keeps; nothing without averaging.
    pub fn tensors(&self) -> Vec<NamedTensor> {
        self.mean.as_ref().map(Network::named_tensors).unwrap_or_default()
    }

    /// Goes on from what a checkpoint kept of a network like this one.
    ///
    /// # Errors
    /// If it is another network's.
    pub fn restore(&mut self, network: &Network, tensors: &[NamedTensor]) -> Result<(), WeightsError> {
        if !tensors.is_empty() {
            self.mean = Some(network.valid().install(tensors)?);
        }
        Ok(())
    }
}

/// All tensors of a network, flat, in its order.
#[derive(Default)]
struct FlatWeights(VecDeque<Tensor<1>>);

impl ModuleVisitor for FlatWeights {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.0.push_back(parameter.val().flatten(0, D - 1));
    }
}

/// Moves each tensor of a mean by `part` of the way to the weights.
struct TowardWeights {
    weights: FlatWeights,
    part: f32,
}

impl ModuleMapper for TowardWeights {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let weights = self.weights.0.pop_front().expect("the mean is one of the same network");
        parameter.map(|mean| {
            let distance = weights.reshape(mean.dims()) - mean.clone();
            mean + distance * self.part
        })
    }
}
