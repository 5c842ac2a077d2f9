//! The zoo as the trainer puts it together. All that the benchmark wants of the trainer's library is here.

use super::network::{DeviceBatch, NetworkStep};
use crate::cases::{BenchFamily, Macs, NetworkSize};
use anyhow::{Context, Result};
use burn::tensor::{Device, TensorData};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use trainer::data::Splits;
use trainer::network::Network;
use trainer::trained::TrainedModel;
use trainer::{data, evaluate, loss, onnx, optimizer, registry, schedule};
use zoo_core::weights::{Facts, WEIGHTS_SCHEMA};
use zoo_core::{Batch, Layer, Normalizer, Progress, Sizes, Store};
use zoo_kernels::PreparedNetwork;
use zoo_recipe::Recipe;

pub(crate) use trainer::{BURN_VERSION, commit};

static DRAWING: Mutex<()> = Mutex::new(());

/// The recipe that stands for a family.
pub(super) fn recipe(family: BenchFamily) -> Result<Recipe> {
    Ok(registry::recipe(family.task().recipe)?)
}

/// The shape of one example of a recipe's data.
pub(super) fn shape(recipe: &Recipe) -> &[usize] {
    recipe.data.shape()
}

/// The network at the start of a training, on `device`.
fn network(family: BenchFamily, device: &Device) -> Result<Network> {
    let recipe = recipe(family)?;
    let sizes = Sizes { input: shape(&recipe).to_vec(), outputs: recipe.logits_of(recipe.classes()) };
    // Burn's generator is one for all threads: two networks drawn at once would share its numbers.
    let _drawing = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Network::init(&recipe.model, &sizes, 1, device)?)
}

/// The weights at the start of a training, in forward order.
pub(super) fn initial_weights(family: BenchFamily) -> Result<Vec<(String, TensorData)>> {
    Ok(network(family, &Device::flex())?.named_tensors())
}

/// The network of [`initial_weights`] made ready to answer.
pub(super) fn prepared(family: BenchFamily) -> Result<PreparedNetwork> {
    let prepared = network(family, &Device::flex())?.prepare(shape(&recipe(family)?));
    prepared.with_context(|| format!("the kernels are not for the network of {family}"))
}

/// The same network as an ONNX file, without any preprocessing.
pub(super) fn onnx(family: BenchFamily) -> Result<Vec<u8>> {
    let (recipe, network) = (recipe(family)?, network(family, &Device::flex())?);
    let facts = Facts {
        schema: WEIGHTS_SCHEMA,
        recipe: recipe.to_toml(),
        model: serde_json::to_value(&recipe.model)?,
        input_shape: shape(&recipe).to_vec(),
        class_names: Vec::new(),
        columns: Vec::new(),
        picture: None,
        normalizer: Normalizer { scale: 1.0, mean: Vec::new(), std: Vec::new() },
        target: None,
        fill: Vec::new(),
    };
    onnx::to_bytes(&TrainedModel::of_parts(network, recipe, facts, Device::flex()))
}

/// A network with the loss and the optimizer of its recipe.
pub(super) fn step(family: BenchFamily, device: &Device) -> Result<NetworkStep<Network>> {
    let (recipe, network) = (recipe(family)?, network(family, &device.clone().autodiff())?);
    let optimizer = optimizer::optimizer(&recipe.optimizer, &recipe.regularization.weight_decay, device);
    let rate = learning_rate(&recipe);
    let loss = move |logits, labels| Ok(loss::loss(&recipe.loss, logits, labels));
    Ok(NetworkStep::new(network, Network::forward, loss, (optimizer, rate)))
}

/// The learning rate of the first step.
pub(super) fn learning_rate(recipe: &Recipe) -> f64 {
    schedule::learning_rate(&recipe.schedule, 0, 1, usize::MAX)
}

/// Parameters and arithmetic. Biases, activations and pooling are left out of the latter, as is usual.
pub(crate) fn size(family: BenchFamily) -> Result<NetworkSize> {
    let (recipe, network) = (recipe(family)?, network(family, &Device::flex())?);
    let forward = network.macs(shape(&recipe));
    // Filters that whiten are not trained.
    let spared = if family == BenchFamily::Speednet { 2 } else { 1 };
    let macs = Macs { forward, train: 3 * forward - spared * first_macs(&network, shape(&recipe)) };
    Ok(NetworkSize { family, recipe: recipe.name, parameters: network.parameters(), macs })
}

fn first_macs(network: &Network, input: &[usize]) -> u64 {
    let tensors = network.named_tensors();
    let weight = tensors.first().map(|(_, weight)| weight.shape().to_vec()).unwrap_or_default();
    let places = match network.layers().first() {
        Some(Layer::Convolution { padding, .. }) => (input[1] + 2 * padding + 1 - weight[2]).pow(2),
        _ => 1,
    };
    (weight.iter().product::<usize>() * places) as u64
}

/// Random examples: numbers of `0.0..1.0` and classes, the same ones for the same `index`.
pub(super) fn random_batch(family: BenchFamily, batch: usize, index: u64) -> Result<Batch> {
    let recipe = recipe(family)?;
    let (shape, classes) = (shape(&recipe).to_vec(), recipe.classes());
    let mut state = index + 1;
    let values = (0..batch * shape.iter().product::<usize>()).map(|_| uniform(&mut state)).collect();
    let labels = (0..batch).map(|_| ((next(&mut state) >> 33) % classes as u64) as u8).collect();
    Ok(Batch { values, labels, targets: Vec::new(), shape })
}

/// The next number of `0.0..1.0`.
pub(super) fn uniform(state: &mut u64) -> f32 {
    (next(state) >> 40) as f32 / (1 << 24) as f32
}

/// `SplitMix64` by S. Vigna: <https://prng.di.unimi.it/splitmix64.c>.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A batch on the device, as the trainer puts it there.
pub(super) fn on_device(batch: Batch, device: &Device) -> DeviceBatch {
    evaluate::tensors(batch, device)
}

/// The data of a family's recipe; nothing is downloaded.
pub(super) fn splits(family: BenchFamily, data_dir: Option<PathBuf>) -> Result<Splits> {
    Ok(data::prepare(&recipe(family)?, &Store::new(data_dir, true, Progress::Hidden)?, 1)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::cases::RUN_EPOCHS;

    #[test]
    fn the_first_layer_goes_back_once_and_the_others_twice() {
        let macs = |family| size(family).unwrap().macs;
        let convolutions = [32 * 32 * 75 * 32, 16 * 16 * 800 * 32, 8 * 8 * 800 * 64, 1024 * 64, 640];
        let forward = convolutions.iter().sum();
        assert_eq!(macs(BenchFamily::Cnn), Macs { forward, train: 3 * forward - convolutions[0] });
        assert_eq!(macs(BenchFamily::Cnn), Macs { forward: 12_354_176, train: 34_604_928 });
        let [first, second, third] = [784 * 16, 16 * 16, 16 * 26];
        let (forward, train) = (first + second + third, 2 * first + 3 * (second + third));
        assert_eq!(macs(BenchFamily::Mlp), Macs { forward, train });
        assert_eq!(macs(BenchFamily::Logistic), Macs { forward: 30, train: 60 });
        let Macs { forward, train } = macs(BenchFamily::Speednet);
        assert_eq!(3 * forward - train, 2 * 288 * 31 * 31);
    }

    #[test]
    fn epochs_timed_at_once_are_those_of_the_recipes() {
        let epochs = |family| recipe(family).unwrap().training.epochs as usize;
        assert_eq!(epochs(BenchFamily::Cnn), RUN_EPOCHS);
        assert_eq!(epochs(BenchFamily::Logistic), BenchFamily::Logistic.task().epochs);
    }
}
