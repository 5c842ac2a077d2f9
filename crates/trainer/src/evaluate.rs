//! One pass of a model over a part of the data.

use crate::loss::loss;
use crate::network::Network;
use anyhow::{Result, anyhow};
use burn::tensor::{Device, Int, Tensor, TensorData};
use zoo_core::{Batch, Batcher, Evaluated, Examples};
use zoo_recipe::Loss;

/// Examples in a batch: large enough for inference speed, small enough for memory.
const BATCH: usize = 500;

/// The logits of every example, in order, and the mean loss.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// `[examples, width]`, row by row.
    pub logits: Vec<f32>,
    /// Logits an example.
    pub width: usize,
    /// Mean of the loss over the examples.
    pub loss: f64,
}

/// Runs `network` over all `examples`; `progress` hears how many are done.
///
/// # Errors
/// If the device cannot hand its results back.
pub fn predict(
    network: &Network,
    kind: &Loss,
    batcher: &Batcher,
    examples: &Examples,
    device: &Device,
    mut progress: impl FnMut(usize),
) -> Result<Predictions> {
    let progress = |done| {
        progress(done);
        Ok(())
    };
    predict_while(network, kind, batcher, examples, device, progress)
}

/// As [`predict`], for as long as `progress` is content.
///
/// # Errors
/// If the device cannot hand its results back, or with the first error of `progress`.
pub fn predict_while(
    network: &Network,
    kind: &Loss,
    batcher: &Batcher,
    examples: &Examples,
    device: &Device,
    mut progress: impl FnMut(usize) -> Result<()>,
) -> Result<Predictions> {
    let mut logits = Vec::new();
    let mut loss_sum = 0.0;
    for start in (0..examples.len()).step_by(BATCH) {
        let end = (start + BATCH).min(examples.len());
        let batch = batcher.eval_batch(examples, start..end);
        let (inputs, labels) = tensors(batch, device);
        let output = network.forward(inputs);
        loss_sum += scalar(loss(kind, output.clone(), labels))? * (end - start) as f64;
        logits.extend(values(output)?);
        progress(end)?;
    }
    Ok(Predictions { width: logits.len() / examples.len(), logits, loss: loss_sum / examples.len() as f64 })
}

impl Predictions {
    /// The logits example by example.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.logits.chunks_exact(self.width)
    }

    /// The mean of these and `other` predictions for the examples with these labels, logit by logit.
    ///
    /// # Errors
    /// If the device cannot hand its results back.
    pub fn averaged_with(mut self, other: &Self, kind: &Loss, labels: &[u8], device: &Device) -> Result<Self> {
        let pairs = self.logits.iter_mut().zip(&other.logits);
        pairs.for_each(|(own, other)| *own = (*own + other) / 2.0);
        let batch = Batch { values: self.logits.clone(), labels: labels.to_vec(), features: self.width };
        let (logits, labels) = tensors(batch, device);
        self.loss = scalar(loss(kind, logits, labels))?;
        Ok(self)
    }

    /// Scores against the labels the examples carry.
    pub fn evaluate(&self, labels: &[u8], classes: usize) -> Evaluated {
        zoo_core::evaluate(&self.logits, self.width, labels, classes, self.loss)
    }
}

/// A batch on the device: inputs `[batch, features]` and labels `[batch]`.
pub fn tensors(batch: Batch, device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
    let count = batch.labels.len();
    let labels: Vec<i32> = batch.labels.into_iter().map(i32::from).collect();
    let inputs = Tensor::from_data(TensorData::new(batch.values, [count, batch.features]), device);
    (inputs, Tensor::from_data(TensorData::new(labels, [count]), device))
}

/// A tensor's values on the host.
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data().convert::<f32>();
    data.try_into_vec().map_err(|error| anyhow!("the device did not hand its result back: {error:?}"))
}

/// The value of a one-element tensor.
pub(crate) fn scalar(tensor: Tensor<1>) -> Result<f64> {
    let values = values(tensor)?;
    values.first().map(|value| f64::from(*value)).ok_or_else(|| anyhow!("the device handed back an empty result"))
}
