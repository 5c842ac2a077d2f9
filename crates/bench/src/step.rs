//! One training step and one inference, the same for every network.

use crate::contestant::Contestant;
use crate::family::Family;
use anyhow::{Result, bail};
use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData};

/// Examples on a device.
pub struct DeviceBatch {
    /// `[batch, features]`.
    pub inputs: Tensor<2>,
    /// `[batch]`.
    pub labels: Tensor<1, Int>,
}

/// Random examples on the host: numbers of `0.0..1.0` and classes, the same ones for the same `index`.
pub struct HostBatch {
    /// `[batch, features]`.
    pub inputs: Vec<f32>,
    /// `[batch]`.
    pub labels: Vec<i32>,
}

impl HostBatch {
    /// `batch` examples of a family's shape and classes.
    pub fn random(family: Family, batch: usize, index: u64) -> Self {
        let mut state = index + 1;
        let inputs =
            (0..batch * family.features()).map(|_| (next(&mut state) >> 40) as f32 / (1 << 24) as f32).collect();
        let labels = (0..batch).map(|_| (next(&mut state) >> 33) as i32 % family.classes() as i32).collect();
        Self { inputs, labels }
    }

    /// The batch on `device`.
    pub fn to_device(&self, device: &Device) -> DeviceBatch {
        let batch = self.labels.len();
        let features = self.inputs.len() / batch;
        DeviceBatch {
            inputs: Tensor::from_data(TensorData::new(self.inputs.clone(), [batch, features]), device),
            labels: Tensor::from_data(TensorData::new(self.labels.clone(), [batch]), device),
        }
    }
}

/// `SplitMix64` by S. Vigna: <https://prng.di.unimi.it/splitmix64.c>.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

type Loss = Box<dyn Fn(Tensor<2>, Tensor<1, Int>) -> Result<Tensor<1>>>;

/// A network, its loss and its optimizer.
pub(crate) struct Step<M> {
    /// Absent only while a step has it.
    network: Option<M>,
    settled: M,
    forward: fn(&M, Tensor<2>) -> Tensor<2>,
    loss: Loss,
    optimizer: ModuleOptimizer,
    learning_rate: f64,
}

impl<M: Module> Step<M> {
    pub(crate) fn new(
        network: M,
        forward: fn(&M, Tensor<2>) -> Tensor<2>,
        loss: impl Fn(Tensor<2>, Tensor<1, Int>) -> Result<Tensor<1>> + 'static,
        (optimizer, learning_rate): (ModuleOptimizer, f64),
    ) -> Self {
        let settled = network.valid();
        Self { network: Some(network), settled, forward, loss: Box::new(loss), optimizer, learning_rate }
    }
}

impl<M: Module> Contestant for Step<M> {
    fn train_step(&mut self, batch: &DeviceBatch) -> Result<f32> {
        let Some(network) = self.network.take() else {
            bail!("an earlier step failed and left no network");
        };
        let logits = (self.forward)(&network, batch.inputs.clone());
        let loss = (self.loss)(logits, batch.labels.clone())?;
        let value = loss.clone().inner().into_scalar::<f32>();
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        self.network = Some(self.optimizer.step(self.learning_rate, network, gradients));
        Ok(value)
    }

    fn infer(&self, batch: &DeviceBatch) -> TensorData {
        (self.forward)(&self.settled, batch.inputs.clone()).into_data()
    }

    fn settle(&mut self) {
        if let Some(network) = &self.network {
            self.settled = network.valid();
        }
    }
}
