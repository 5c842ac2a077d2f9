//! Training steps whose results are still on the device.

use crate::error::TrainError;
use crate::observer::StepScores;
use burn::tensor::{Tensor, Transaction};
use std::time::Instant;
use zoo_train::readback::ReadBack;

/// A step whose results are still on the device.
pub(crate) struct UnreadStep {
    /// Its number, epoch, learning rate and the seconds it took the host; the rest is not known yet.
    pub(crate) scores: StepScores,
    /// `[1]`, outside the autodiff graph, as all of these tensors.
    pub(crate) loss: Tensor<1>,
    /// `[batch, outputs]`.
    pub(crate) logits: Tensor<2>,
    /// `[1]`, where it is wanted.
    pub(crate) gradient_norm: Option<Tensor<1>>,
    /// Class indices, `[batch]`.
    pub(crate) labels: Vec<u8>,
    /// For regression the numbers to predict, `[batch]`.
    pub(crate) targets: Vec<f32>,
}

/// What such a step has come to.
pub(crate) struct ReadStep {
    pub(crate) scores: StepScores,
    /// `[batch, outputs]`, row by row.
    pub(crate) logits: Vec<f32>,
    pub(crate) labels: Vec<u8>,
    pub(crate) targets: Vec<f32>,
}

/// Reads the results of all `steps` at once. Each is said to have taken the mean of their time: when the device has done which of them
/// the host cannot tell.
pub(crate) fn read(steps: Vec<UnreadStep>) -> Result<Vec<ReadStep>, TrainError> {
    let started = Instant::now();
    let mut tensors = Transaction::default();
    for UnreadStep { loss, logits, gradient_norm, .. } in &steps {
        tensors = tensors.register(loss.clone()).register(logits.clone());
        tensors = gradient_norm.iter().fold(tensors, |tensors, norm| tensors.register(norm.clone()));
    }
    let mut results = ReadBack::of(tensors)?;
    let host: f64 = steps.iter().map(|step| step.scores.seconds).sum();
    let seconds = (host + started.elapsed().as_secs_f64()) / steps.len() as f64;
    let read = |UnreadStep { scores, gradient_norm, labels, targets, .. }| {
        let (loss, logits) = (results.scalar()?, results.values()?);
        let gradient_norm = gradient_norm.map(|_| results.scalar()).transpose()?;
        Ok(ReadStep { scores: StepScores { loss, seconds, gradient_norm, ..scores }, logits, labels, targets })
    };
    steps.into_iter().map(read).collect()
}
