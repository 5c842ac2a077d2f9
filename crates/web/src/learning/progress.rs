//! What a training tells of itself.

use serde::Serialize;
use zoo_core::predicted_class;

/// How far a training is.
#[derive(Clone, Debug, Serialize)]
pub struct Progress<'a> {
    /// Epochs done.
    pub epoch: usize,
    /// Epochs in all.
    pub epochs: usize,
    /// Steps done.
    pub step: usize,
    /// Of each epoch.
    pub steps_per_epoch: usize,
    /// The mean over this epoch's steps so far; not finite, and null in JSON, before the first.
    pub loss: f64,
    /// The fraction of this epoch's examples so far that were right before their step; likewise.
    pub accuracy: f64,
    /// Whether it is at its end.
    pub is_over: bool,
    /// One row per epoch done.
    pub history: &'a [EpochRow],
}

/// An epoch's scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EpochRow {
    /// Counted from 1.
    pub epoch: usize,
    /// The mean over its steps.
    pub train_loss: f64,
    /// The fraction of its examples that were right before their step.
    pub train_accuracy: f64,
    /// After it.
    pub valid_loss: f64,
    /// After it.
    pub valid_accuracy: f64,
}

/// An image that was taken for another class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mistake {
    /// In the validation split.
    pub index: usize,
    /// The true class.
    pub label: usize,
    /// What it was taken for.
    pub predicted: usize,
    /// How sure the network was.
    pub probability: f64,
}

/// Sums over the steps of an epoch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    loss: f64,
    right: usize,
    seen: usize,
}

impl Sums {
    /// Adds a step: its mean loss, its logits row by row, and the labels of its examples.
    pub(super) fn add(&mut self, loss: f64, logits: &[f32], labels: &[u8]) {
        let rows = logits.chunks_exact(logits.len() / labels.len());
        self.right += rows.zip(labels).filter(|(row, label)| predicted_class(row) == usize::from(**label)).count();
        self.loss += loss * labels.len() as f64;
        self.seen += labels.len();
    }

    pub(super) fn loss(&self) -> f64 {
        self.loss / self.seen as f64
    }

    pub(super) fn accuracy(&self) -> f64 {
        self.right as f64 / self.seen as f64
    }
}
