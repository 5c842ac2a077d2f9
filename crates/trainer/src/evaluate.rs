//! One pass of a model over a split of the data.

use crate::ahead::Lead;
use crate::data::Splits;
use crate::error::TrainError;
use crate::loss::{BatchTargets, loss};
use crate::network::Network;
use crate::readback::{ReadBack, scalar};
use burn::tensor::{Device, Int, Tensor, TensorData, Transaction};
use std::convert::Infallible;
use std::ops::ControlFlow;
use zoo_core::{Augmentation, Batch, Batcher, Evaluated, Examples, InputBatch, Scores, evaluate_numbers};
use zoo_recipe::{Loss, Recipe};

/// Examples in a batch: large enough for inference speed, small enough for memory.
pub(crate) const BATCH: usize = 500;

/// A batch on the device: its examples, and labels `[batch]`.
pub fn tensors(batch: Batch, device: &Device) -> (InputBatch, Tensor<1, Int>) {
    let count = batch.labels.len();
    let labels: Vec<i32> = batch.labels.into_iter().map(i32::from).collect();
    let input = match *batch.shape {
        [channels, height, width] => {
            let shape = [count, channels, height, width];
            InputBatch::Images(Tensor::from_data(TensorData::new(batch.values, shape), device))
        }
        _ => {
            let shape = [count, batch.shape.iter().product()];
            InputBatch::Rows(Tensor::from_data(TensorData::new(batch.values, shape), device))
        }
    };
    (input, Tensor::from_data(TensorData::new(labels, [count]), device))
}

/// A batch on the device with what a model should give for it: class indices, or for regression numbers.
pub(crate) fn tensors_with_targets(mut batch: Batch, device: &Device) -> (InputBatch, BatchTargets) {
    let numbers = std::mem::take(&mut batch.targets);
    let (input, labels) = tensors(batch, device);
    match numbers.len() {
        0 => (input, labels.into()),
        count => {
            let numbers = Tensor::from_data(TensorData::new(numbers, [count]), device);
            (input, BatchTargets::Numbers(numbers))
        }
    }
}

/// The logits of every example, in order, and the mean loss.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// `[examples, width]`, row by row.
    pub logits: Vec<f32>,
    /// Logits per example.
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
) -> Result<Predictions, TrainError> {
    let progress = |done| {
        progress(done);
        ControlFlow::<Infallible>::Continue(())
    };
    let ControlFlow::Continue(predictions) = predict_while(network, kind, batcher, examples, device, progress)?;
    Ok(predictions)
}

/// As [`predict`], until `progress` breaks off.
///
/// # Errors
/// If the device cannot hand its results back.
pub fn predict_while<B>(
    network: &Network,
    kind: &Loss,
    batcher: &Batcher,
    examples: &Examples,
    device: &Device,
    mut progress: impl FnMut(usize) -> ControlFlow<B>,
) -> Result<ControlFlow<B, Predictions>, TrainError> {
    let (mut logits, mut loss_sum) = (Vec::new(), 0.0);
    let starts: Vec<usize> = (0..examples.len()).step_by(BATCH).collect();
    let end = |start: usize| (start + BATCH).min(examples.len());
    for starts in starts.chunks(Lead::on(device).steps_per_read) {
        let mut results = Transaction::default();
        for &start in starts {
            let batch = batcher.eval_batch(examples, start..end(start));
            let (input, targets) = tensors_with_targets(batch, device);
            let output = network.forward(input);
            results = results.register(loss(kind, output.clone(), targets)).register(output);
            if let ControlFlow::Break(reason) = progress(end(start)) {
                return Ok(ControlFlow::Break(reason));
            }
        }
        let mut results = ReadBack::of(results)?;
        for &start in starts {
            loss_sum += results.scalar()? * (end(start) - start) as f64;
            logits.extend(results.values()?);
        }
    }
    let (width, loss) = (logits.len() / examples.len(), loss_sum / examples.len() as f64);
    Ok(ControlFlow::Continue(Predictions { logits, width, loss }))
}

impl Predictions {
    /// Those of logits `[examples, width]` that something else has computed for these examples.
    pub(crate) fn of_logits(
        logits: Vec<f32>,
        width: usize,
        kind: &Loss,
        examples: &Examples,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let (labels, targets) = (examples.labels.clone(), examples.targets.clone());
        let batch = Batch { values: logits.clone(), labels, targets, shape: vec![width] };
        let (input, targets) = tensors_with_targets(batch, device);
        Ok(Self { logits, width, loss: scalar(loss(kind, input.flat(), targets))? })
    }

    /// The logits example by example.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.logits.chunks_exact(self.width)
    }

    /// Scores against what `examples`, one of the splits, carry: labels or numbers.
    pub fn evaluate(&self, examples: &Examples, splits: &Splits) -> Evaluated {
        match &splits.target {
            Some(unit) => evaluate_numbers(&self.logits, &examples.targets, unit, self.loss),
            None => zoo_core::evaluate(&self.logits, self.width, &examples.labels, splits.class_names.len(), self.loss),
        }
    }

    /// The mean of these and `other` predictions for these examples, logit by logit.
    fn averaged_with(
        mut self,
        other: &Self,
        kind: &Loss,
        examples: &Examples,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let pairs = self.logits.iter_mut().zip(&other.logits);
        pairs.for_each(|(own, other)| *own = (*own + other) / 2.0);
        Self::of_logits(self.logits, self.width, kind, examples, device)
    }
}

/// A network and the data it is measured on.
#[derive(Clone, Copy)]
pub(crate) struct Measure<'a> {
    pub(crate) network: &'a Network,
    pub(crate) recipe: &'a Recipe,
    pub(crate) splits: &'a Splits,
    pub(crate) device: &'a Device,
}

/// What a network makes of a split.
pub(crate) struct Measurement {
    pub(crate) predictions: Predictions,
    pub(crate) evaluated: Evaluated,
}

impl Measure<'_> {
    /// Scores the network on `examples`, one of the splits, until `progress` breaks off.
    pub(crate) fn on<B>(
        self,
        examples: &Examples,
        progress: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Measurement>, TrainError> {
        let Self { network, recipe, splits, device } = self;
        let predictions = predict_while(network, &recipe.loss, &splits.batcher, examples, device, progress)?;
        Ok(predictions.map_continue(|predictions| {
            let evaluated = predictions.evaluate(examples, splits);
            Measurement { predictions, evaluated }
        }))
    }

    /// Test-time augmentation: the scores of the mean of every image's logits and its mirror image's, given the former; `None` where
    /// training does not flip images.
    pub(crate) fn with_tta<B>(
        self,
        examples: &Examples,
        plain: &Measurement,
        progress: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Option<Scores>>, TrainError> {
        let Self { recipe, splits, device, .. } = self;
        let flips = |change: &Augmentation| change.is_flip();
        if !recipe.data.augmentation.iter().any(flips) {
            return Ok(ControlFlow::Continue(None));
        }
        let flipped = match self.on(&examples.clone().mirrored(), progress)? {
            ControlFlow::Continue(measurement) => measurement.predictions,
            ControlFlow::Break(reason) => return Ok(ControlFlow::Break(reason)),
        };
        let averaged = plain.predictions.clone().averaged_with(&flipped, &recipe.loss, examples, device)?;
        let evaluated = averaged.evaluate(examples, splits);
        Ok(ControlFlow::Continue(Some(evaluated.scores)))
    }
}

/// For a pass that nobody stops.
pub(crate) fn go_on(_done: usize) -> ControlFlow<Infallible> {
    ControlFlow::Continue(())
}
