//! The running mean of the weights over the steps of a training.

use crate::error::TrainError;
use crate::network::Network;
use burn::tensor::TensorData;
use zoo_core::weights::NamedTensor;
use zoo_recipe::Ema;

/// The mean so far, if the recipe asks for one.
#[derive(Debug)]
pub struct Average {
    decay: Option<f64>,
    tensors: Vec<NamedTensor>,
}

impl Average {
    /// Before the first step.
    pub fn new(recipe: Ema) -> Self {
        let decay = match recipe {
            Ema::None => None,
            Ema::Exponential { decay } => Some(decay),
        };
        Self { decay, tensors: Vec::new() }
    }

    /// Takes in the weights after step `step`, the first being 0. A mean of few steps forgets faster, as its start is of little worth.
    ///
    /// # Errors
    /// If the weights are not those of the network before.
    pub fn update(&mut self, network: &Network, step: usize) -> Result<(), TrainError> {
        let Some(decay) = self.decay else { return Ok(()) };
        let weights = network.named_tensors();
        if self.tensors.is_empty() {
            self.tensors = weights;
            return Ok(());
        }
        let decay = decay.min((1 + step) as f64 / (10 + step) as f64) as f32;
        // By name: a checkpoint hands the mean back in an order of its own.
        for (name, mean) in &mut self.tensors {
            let weight = weights.iter().find(|(other, _)| other == name);
            let unknown = || TrainError::Average(format!("their mean knows {name}, the network does not"));
            let (_, weight) = weight.ok_or_else(unknown)?;
            blend(mean, weight, decay)?;
        }
        Ok(())
    }

    /// The network whose weights are validated and kept: `network` itself, or one with the mean of its weights.
    ///
    /// # Errors
    /// If the mean is another network's.
    pub fn network(&self, network: &Network) -> Result<Network, TrainError> {
        match self.tensors.as_slice() {
            [] => Ok(network.clone()),
            tensors => Ok(network.clone().install(tensors)?),
        }
    }

    /// What a checkpoint keeps; nothing without averaging.
    pub fn tensors(&self) -> &[NamedTensor] {
        &self.tensors
    }

    /// Goes on from what a checkpoint kept.
    pub fn restore(&mut self, tensors: Vec<NamedTensor>) {
        self.tensors = tensors;
    }
}

fn blend(mean: &mut TensorData, weight: &TensorData, decay: f32) -> Result<(), TrainError> {
    let failed = |error| TrainError::Average(format!("{error:?}"));
    let weight = weight.as_slice::<f32>().map_err(failed)?;
    for (mean, weight) in mean.as_mut_slice::<f32>().map_err(failed)?.iter_mut().zip(weight) {
        *mean += (weight - *mean) * (1.0 - decay);
    }
    Ok(())
}
