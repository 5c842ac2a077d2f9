//! What PyTorch wrote, and the numbers both programs start from.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use burn::tensor::{Device, Int, Tensor, TensorData};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zoo_mlp::Activation;
use zoo_recipe::{Loss, Optimizer, Regularization, Schedule};

/// How far a value may be from PyTorch's, relative to the largest of its tensor. Found on x86-64: at most 4e-6.
pub(crate) const TOLERANCE: f64 = 1e-4;
/// The same after ten steps of the CNN. With so few images one ReLU or maximum whose choice rounding decides moves a gradient by
/// that much; found: 5e-4 with AVX-512, 1e-5 where no choice fell otherwise.
pub(crate) const TOLERANCE_OF_STEPS: f64 = 2e-3;

/// Examples a batch.
const BATCH: usize = 4;

/// Values by the name of their tensor; of each at most 64, evenly spread.
pub(crate) type Samples = BTreeMap<String, Vec<f64>>;

/// One network.
#[derive(Deserialize)]
pub(crate) struct Family {
    features: usize,
    outputs: usize,
    pub(crate) logits: Vec<f64>,
    pub(crate) losses: Vec<LossCase>,
    pub(crate) steps: Vec<StepsCase>,
}

/// A loss on the first batch.
#[derive(Deserialize)]
pub(crate) struct LossCase {
    pub(crate) loss: Loss,
    pub(crate) value: f64,
    pub(crate) gradients: Samples,
}

/// The parameters after ten steps on the first loss.
#[derive(Deserialize)]
pub(crate) struct StepsCase {
    pub(crate) learning_rate: f64,
    pub(crate) optimizer: Optimizer,
    pub(crate) regularization: Regularization,
    pub(crate) after: Samples,
}

#[derive(Deserialize)]
pub(crate) struct Activations {
    pub(crate) activations: HashMap<Activation, Family>,
}

#[derive(Deserialize)]
pub(crate) struct Schedules {
    pub(crate) schedules: Vec<ScheduleCase>,
}

/// The learning rate of every step.
#[derive(Deserialize)]
pub(crate) struct ScheduleCase {
    pub(crate) schedule: Schedule,
    pub(crate) steps_per_epoch: usize,
    pub(crate) total_steps: usize,
    pub(crate) rates: Vec<f64>,
}

/// Reads `fixtures/pytorch/NAME.json`.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = fixtures().join("pytorch").join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

impl Family {
    /// Inputs `[4, features]` and class indices `[4]` of batch `index`.
    pub(crate) fn batch(&self, index: u32, device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
        let inputs = values(1 + index, BATCH * self.features).map(|value| value as f32);
        let classes = self.outputs.max(2) as f64;
        let labels = values(50 + index, BATCH).map(|value| ((value + 1.0) / 2.0 * classes) as i32);
        let inputs = TensorData::new(inputs.collect::<Vec<_>>(), [BATCH, self.features]);
        let labels = TensorData::new(labels.collect::<Vec<_>>(), [BATCH]);
        (Tensor::from_data(inputs, device), Tensor::from_data(labels, device))
    }
}

/// Numbers in -1..1 from an integer hash: `values` of `fixtures/make_fixtures.py`.
pub(crate) fn values(seed: u32, count: usize) -> impl Iterator<Item = f64> {
    (0..count as u32).map(move |index| {
        let mut x = (index + seed * 7919 + 1).wrapping_mul(2_654_435_761);
        x = (x ^ (x >> 16)).wrapping_mul(2_246_822_519);
        x ^= x >> 13;
        f64::from(x) / 2.0_f64.powi(31) - 1.0
    })
}

/// At most 64 values, evenly spread: `sample` of `fixtures/make_fixtures.py`.
fn sample(values: &[f32]) -> Vec<f64> {
    values.iter().step_by(values.len().div_ceil(64)).map(|value| f64::from(*value)).collect()
}

pub(crate) fn assert_all_close(what: &str, found: &BTreeMap<String, Vec<f32>>, expected: &Samples, tolerance: f64) {
    assert!(found.keys().eq(expected.keys()), "{what}: {:?} is not {:?}", found.keys(), expected.keys());
    for (name, expected) in expected {
        assert_within(&format!("{what} of {name}"), &found[name], expected, tolerance);
    }
}

pub(crate) fn assert_close(what: &str, found: &[f32], expected: &[f64]) {
    assert_within(what, found, expected, TOLERANCE);
}

fn assert_within(what: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    let found = sample(found);
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = largest(expected.iter().copied());
    let error = largest(found.iter().zip(expected).map(|(found, expected)| found - expected));
    // A gradient that is zero in exact arithmetic, as a bias has before batch norm, is rounding noise here.
    assert!(error <= tolerance * scale + 1e-7, "{what}: off by {error:e} of {scale}: {found:?} is not {expected:?}");
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.map(f64::abs).fold(0.0, f64::max)
}
