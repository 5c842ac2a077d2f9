//! The same few steps on every backend compiled in: the same start, losses and weights within the stated tolerance. And how often a
//! training waits for its device.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests fail by panicking")]

use burn::tensor::TensorData;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use trainer::data::{Splits, prepare};
use trainer::device::DeviceName;
use trainer::interrupt::StopFlag;
use trainer::observer::Silent;
use trainer::state::Identity;
use trainer::train::{Fit, fit};
use trainer::training::FitOptions;
use zoo_core::weights::NamedTensor;
use zoo_core::{Progress, Store};
use zoo_recipe::Recipe;

/// Relative, on the mean loss of an epoch of three steps.
const LOSS_TOLERANCE: f64 = 1e-4;
/// Absolute, on weights of size 0.01 to 0.5: f32 sums in another order, three times over.
const WEIGHT_TOLERANCE: f32 = 1e-4;

/// A model's short training: plain gradient descent, whose steps do not magnify differences as Adam's do.
fn recipe(name: &str) -> Recipe {
    let changes = [
        ("optimizer", "{ momentum = { momentum = 0.9, dampening = 0.0 } }"),
        ("schedule", "{ constant = { learning_rate = 0.01, warmup_steps = 0 } }"),
        ("regularization.weight_decay", "{ l2 = { rate = 1e-3 } }"),
        // A sum over nothing but background would be zero, where ReLU has no derivative and rounding chooses one.
        ("model.biases", "{ constant = { value = 0.05 } }"),
        ("model.dropout", "0.0"), // its masks come from each device's own generator
        ("training.epochs", "2"),
        ("training.batch_size", "8"),
        ("training.keep", "\"last\""),
        ("early_stopping", "none"),
    ]
    .map(|(key, value)| (key.to_string(), value.to_string()));
    trainer::registry::recipe(name).unwrap().with_overrides(&changes).unwrap()
}

/// Training examples: three steps an epoch, the last with half a batch.
const EXAMPLES: u32 = 20;

fn few_examples(recipe: &Recipe) -> Splits {
    let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).unwrap();
    let mut splits = prepare(recipe, &store, 1).unwrap();
    splits.train = splits.train.select(&(0..EXAMPLES).collect::<Vec<u32>>());
    splits.valid = splits.valid.select(&(0..5).collect::<Vec<u32>>());
    splits
}

/// The losses of every epoch and the weights after the last.
fn train(recipe: &Recipe, splits: &Splits, device: DeviceName) -> (Vec<f64>, Vec<NamedTensor>) {
    let stop = StopFlag::default();
    let identity = Identity { seed: 1, ..Identity::default() };
    let device = device.open().unwrap();
    let options = FitOptions { identity, device, folder: None, resume: None, init: None, stop: &stop };
    let Fit::Finished(fitted) = fit(recipe, splits, &options, &mut Silent).unwrap() else {
        panic!("nobody stopped it");
    };
    let losses = fitted.state.history.iter().flat_map(|row| [row.train_loss, row.valid_loss]).collect();
    (losses, fitted.network.named_tensors())
}

fn largest_difference(left: &TensorData, right: &TensorData) -> f32 {
    left.iter::<f32>().zip(right.iter::<f32>()).map(|(left, right)| (left - right).abs()).fold(0.0, f32::max)
}

fn assert_devices_agree(name: &str) {
    let recipe = recipe(name);
    let splits = few_examples(&recipe);
    let (flex_losses, flex_weights) = train(&recipe, &splits, DeviceName::Flex);
    for device in [DeviceName::Ndarray, DeviceName::Wgpu] {
        let (losses, weights) = train(&recipe, &splits, device);
        for (loss, expected) in losses.iter().zip(&flex_losses) {
            let difference = (loss - expected).abs() / expected;
            assert!(difference < LOSS_TOLERANCE, "{name} on {device}: loss {loss}, on flex {expected}");
        }
        for ((name_here, here), (name_there, there)) in weights.iter().zip(&flex_weights) {
            assert_eq!(name_here, name_there);
            let difference = largest_difference(here, there);
            assert!(difference < WEIGHT_TOLERANCE, "{name} on {device}: {name_here} differs by {difference}");
        }
    }
}

#[test]
fn the_convolutional_network_trains_alike_on_every_device() {
    assert_devices_agree("cnn_digits");
}

#[test]
fn the_perceptron_trains_alike_on_every_device() {
    assert_devices_agree("mlp_breast_cancer");
}

/// Counts the events in which `zoo_core::read_back` says that it reads.
#[derive(Clone, Default)]
struct Reads(Arc<AtomicUsize>);

impl Subscriber for Reads {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "zoo_core::readback"
    }

    fn event(&self, _event: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

/// Reads of a training whose one epoch has so many steps; with a running mean of the weights, which changes with each of them.
fn reads(steps: u32) -> usize {
    let changes =
        [("training.epochs", "1"), ("training.batch_size", "2"), ("training.ema", "{exponential={decay=0.9}}")];
    let changes = changes.map(|(key, value)| (key.to_string(), value.to_string()));
    let recipe = recipe("mlp_breast_cancer").with_overrides(&changes).unwrap();
    let mut splits = few_examples(&recipe);
    splits.train = splits.train.select(&(0..2 * steps).map(|example| example % EXAMPLES).collect::<Vec<_>>());
    let reads = Reads::default();
    tracing::subscriber::with_default(reads.clone(), || train(&recipe, &splits, DeviceName::Wgpu));
    reads.0.load(Ordering::Relaxed)
}

#[test]
fn of_fifty_steps_on_a_gpu_at_most_one_waits_for_it() {
    // The first event of its kind is missed where another test sends one just then.
    reads(2);
    // What a run and an epoch read besides, as the weights they keep, is in both.
    let (few, many) = (reads(50), reads(350));
    assert!(few > 0 && many > few, "{few} and {many} reads");
    assert!((many - few) * 50 <= 300, "{} reads in 300 steps", many - few);
}
