//! One training step and one inference, the same for every network.

use anyhow::{Result, bail};
use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Int, Tensor, TensorData};
use zoo_core::InputBatch;

/// Examples on a device, and their classes `[batch]`.
pub(super) type DeviceBatch = (InputBatch, Tensor<1, Int>);

/// A network with its loss and optimizer, ready to be timed.
pub(super) trait TimedNetwork {
    /// Forward, loss, backward, optimizer; returns the loss before the step, read by the host.
    fn train_step(&mut self, batch: &DeviceBatch) -> Result<f32>;

    /// The logits of a batch, read by the host.
    fn infer(&self, batch: &DeviceBatch) -> TensorData;

    /// Makes [`infer`](Self::infer) see what the training steps so far have learned.
    fn settle(&mut self);
}

type LossFunction = Box<dyn Fn(Tensor<2>, Tensor<1, Int>) -> Result<Tensor<1>>>;

/// A network, its loss and its optimizer.
pub(super) struct NetworkStep<M> {
    /// Absent only while a step has it.
    network: Option<M>,
    settled: M,
    forward: fn(&M, InputBatch) -> Tensor<2>,
    loss: LossFunction,
    optimizer: ModuleOptimizer,
    learning_rate: f64,
}

impl<M: Module> NetworkStep<M> {
    pub(super) fn new(
        network: M,
        forward: fn(&M, InputBatch) -> Tensor<2>,
        loss: impl Fn(Tensor<2>, Tensor<1, Int>) -> Result<Tensor<1>> + 'static,
        (optimizer, learning_rate): (ModuleOptimizer, f64),
    ) -> Self {
        let settled = network.valid();
        Self { network: Some(network), settled, forward, loss: Box::new(loss), optimizer, learning_rate }
    }
}

impl<M: Module> TimedNetwork for NetworkStep<M> {
    fn train_step(&mut self, (inputs, labels): &DeviceBatch) -> Result<f32> {
        let Some(network) = self.network.take() else {
            bail!("an earlier step failed and left no network");
        };
        let logits = (self.forward)(&network, inputs.clone());
        let loss = (self.loss)(logits, labels.clone())?;
        let value = loss.clone().inner().into_scalar::<f32>();
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        self.network = Some(self.optimizer.step(self.learning_rate, network, gradients));
        Ok(value)
    }

    fn infer(&self, (inputs, _): &DeviceBatch) -> TensorData {
        (self.forward)(&self.settled, inputs.clone()).into_data()
    }

    fn settle(&mut self) {
        if let Some(network) = &self.network {
            self.settled = network.valid();
        }
    }
}
