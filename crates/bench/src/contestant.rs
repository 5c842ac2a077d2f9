//! A network with its loss and optimizer, ready to be timed.

use crate::family::Family;
use crate::protocol::Variant;
use crate::step::{DeviceBatch, Step};
use crate::stock::{self, StockNetwork};
use anyhow::Result;
use burn::tensor::{Device, TensorData};
use trainer::loss::loss;
use trainer::network::Network;
use trainer::optimizer::optimizer;
use trainer::schedule::learning_rate;
use zoo_recipe::Recipe;

/// What a variant of a family can be asked to do.
pub trait Contestant {
    /// Forward, loss, backward, optimizer; returns the loss before the step, read by the host.
    ///
    /// # Errors
    /// If the device fails.
    fn train_step(&mut self, batch: &DeviceBatch) -> Result<f32>;

    /// The logits of a batch, read by the host.
    fn infer(&self, batch: &DeviceBatch) -> TensorData;

    /// Makes [`infer`](Self::infer) see what the training steps so far have learned.
    fn settle(&mut self);
}

/// The device a variant runs on.
pub fn device(variant: Variant) -> Device {
    match variant {
        Variant::Zoo | Variant::Flex => Device::flex(),
        #[expect(deprecated, reason = "the last Burn that has it, kept as a peer")]
        Variant::Ndarray => Device::ndarray(),
    }
}

/// The variant of a family at the start of a training: the same weights for every variant.
///
/// # Errors
/// If the recipe has become one that the stock network cannot follow.
pub fn contestant(family: Family, variant: Variant) -> Result<Box<dyn Contestant>> {
    let recipe = family.recipe()?;
    let device = device(variant);
    let network = family.network(&device.clone().autodiff())?;
    Ok(match variant {
        Variant::Zoo | Variant::Ndarray => Box::new(zoo(recipe, network, &device)),
        Variant::Flex => {
            let network = StockNetwork::copy(&recipe, &network, &device.clone().autodiff())?;
            Box::new(burn(recipe, network)?)
        }
    })
}

/// As the trainer puts them together.
fn zoo(recipe: Recipe, network: Network, device: &Device) -> Step<Network> {
    let optimizer = optimizer(&recipe.optimizer, &recipe.regularization.weight_decay, device);
    let rate = learning_rate(&recipe.schedule, 0, 1, usize::MAX);
    Step::new(
        network,
        Network::forward,
        move |logits, labels| Ok(loss(&recipe.loss, logits, labels)),
        (optimizer, rate),
    )
}

/// As Burn's book does.
fn burn(recipe: Recipe, network: StockNetwork) -> Result<Step<StockNetwork>> {
    let optimizer = stock::optimizer(&recipe)?;
    let rate = learning_rate(&recipe.schedule, 0, 1, usize::MAX);
    let loss = move |logits, labels| stock::loss(&recipe.loss, logits, labels);
    Ok(Step::new(network, StockNetwork::forward, loss, (optimizer, rate)))
}
