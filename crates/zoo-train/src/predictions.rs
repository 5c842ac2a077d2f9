//! The logits of a whole split.

use crate::batch::tensors_with_targets;
use crate::loss::loss;
use crate::network::Network;
use crate::readback::{ReadBack, ReadbackError, scalar};
use burn::tensor::{Device, Transaction};
use std::ops::ControlFlow;
use zoo_core::{Batch, Batcher, Evaluated, Examples, Standardization, evaluate, evaluate_numbers};
use zoo_recipe::Loss;

/// Examples in a batch: large enough for inference speed, small enough for memory.
pub const BATCH: usize = 500;

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

/// Runs `network` over all `examples`, reading the results of `batches_per_read` batches at once, until `progress`, which hears how many
/// are done, breaks off.
///
/// # Errors
/// If the device cannot hand its results back.
pub fn predict_while<B>(
    network: &Network,
    kind: &Loss,
    batcher: &Batcher,
    examples: &Examples,
    device: &Device,
    batches_per_read: usize,
    mut progress: impl FnMut(usize) -> ControlFlow<B>,
) -> Result<ControlFlow<B, Predictions>, ReadbackError> {
    let (mut logits, mut loss_sum) = (Vec::new(), 0.0);
    let starts: Vec<usize> = (0..examples.len()).step_by(BATCH).collect();
    let end = |start: usize| (start + BATCH).min(examples.len());
    for starts in starts.chunks(batches_per_read) {
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
    ///
    /// # Errors
    /// If the device cannot hand the loss back.
    pub fn of_logits(
        logits: Vec<f32>,
        width: usize,
        kind: &Loss,
        examples: &Examples,
        device: &Device,
    ) -> Result<Self, ReadbackError> {
        let (labels, targets) = (examples.labels.clone(), examples.targets.clone());
        let batch = Batch { values: logits.clone(), labels, targets, shape: vec![width] };
        let (input, targets) = tensors_with_targets(batch, device);
        Ok(Self { logits, width, loss: scalar(loss(kind, input.flat(), targets))? })
    }

    /// The logits example by example.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.logits.chunks_exact(self.width)
    }

    /// Scores against what `examples` carry: labels of so many classes, or numbers in this unit.
    pub fn evaluate(&self, examples: &Examples, classes: usize, unit: Option<&Standardization>) -> Evaluated {
        match unit {
            Some(unit) => evaluate_numbers(&self.logits, &examples.targets, unit, self.loss),
            None => evaluate(&self.logits, self.width, &examples.labels, classes, self.loss),
        }
    }

    /// The weighted sum of predictions for the same examples, logit by logit.
    ///
    /// # Errors
    /// As [`of_logits`](Self::of_logits).
    ///
    /// # Panics
    /// If there are none.
    pub fn weighted(
        all: &[(f32, &Self)],
        kind: &Loss,
        examples: &Examples,
        device: &Device,
    ) -> Result<Self, ReadbackError> {
        let (_, first) = all.first().expect("predictions to sum");
        let mut sums = vec![0.0; first.logits.len()];
        for (weight, predictions) in all {
            sums.iter_mut().zip(&predictions.logits).for_each(|(sum, logit)| *sum += weight * logit);
        }
        Self::of_logits(sums, first.width, kind, examples, device)
    }
}
