//! Who looks on while models train.

use crate::baseline::Baseline;
use crate::state::Running;
use serde::{Deserialize, Serialize};
use zoo_core::Metric;
use zoo_results::{EpochScores, FoldScores};

/// Hears of everything that happens while a model trains, or the models of a cross-validation one after another.
pub trait Observer {
    /// Before a fold of a cross-validation that is not finished yet; the [`start`](Self::start) of its model follows.
    fn fold(&mut self, _fold: &FoldPlan) {}
    /// Before the first step of a model.
    fn start(&mut self, _plan: &RunPlan) {}
    /// After every step, with the sums of its epoch so far; on a GPU after every hundred, of each of them.
    fn batch(&mut self, _step: &StepScores, _running: &Running) {}
    /// Whether [`StepScores::gradient_norm`] is wanted: it takes a pass over all gradients.
    fn wants_gradient_norm(&self) -> bool {
        false
    }
    /// While validating or testing: examples done, of how many.
    fn validating(&mut self, _done: usize, _of: usize) {}
    /// After every epoch's validation.
    fn epoch(&mut self, _row: &EpochScores) {}
    /// After a fold's test, or instead of its training where an earlier session has finished it.
    fn fold_done(&mut self, _fold: &FoldPlan, _scores: &FoldScores) {}
    /// What the user should know of a run that goes on.
    fn warn(&mut self, _sentence: &str) {}
    /// After the last of them, however it ended: the terminal is the caller's again.
    fn end(&mut self) {}
}

/// Looks on and says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

/// What is known of a run before its first step.
#[derive(Clone, Debug)]
pub struct RunPlan {
    /// The recipe's name.
    pub name: String,
    /// Trainable parameters.
    pub parameters: usize,
    /// Epochs in all.
    pub epochs: usize,
    /// Epochs done in earlier sessions.
    pub epochs_done: usize,
    /// Steps of the epoch after those that were done, too.
    pub steps_done_in_epoch: usize,
    /// Steps per epoch.
    pub steps_per_epoch: usize,
    /// The rows of the epochs done.
    pub history: Vec<EpochScores>,
    /// What a model reaches that learns nothing; `None` where the loss has no such value.
    pub baseline: Option<Baseline>,
    /// What is shown beside the loss: the accuracy, or for regression the RMSE.
    pub beside_loss: Metric,
    /// Examples per epoch.
    pub train_examples: usize,
    /// Examples per validation.
    pub valid_examples: usize,
}

impl RunPlan {
    /// Epochs done, with the fraction of the one that was begun.
    pub fn epochs_begun(&self) -> f64 {
        self.epochs_done as f64 + self.steps_done_in_epoch as f64 / self.steps_per_epoch as f64
    }

    /// Steps done in earlier sessions.
    pub fn steps_done(&self) -> usize {
        self.epochs_done * self.steps_per_epoch + self.steps_done_in_epoch
    }
}

/// One step in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepScores {
    /// Counted from 1 over all epochs.
    pub step: usize,
    /// Counted from 1.
    pub epoch: usize,
    /// Of its batch, before the weights changed.
    pub loss: f64,
    /// The learning rate it was made with.
    pub learning_rate: f64,
    /// How long it took; on a GPU, the mean of a hundred.
    pub seconds: f64,
    /// The Euclidean norm of all gradients together, L1 included, before any clipping; where it was [wanted](Observer::wants_gradient_norm).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gradient_norm: Option<f64>,
}

/// One model of a cross-validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldPlan {
    /// The repeat it belongs to.
    pub seed: u64,
    /// The fold it is tested on, counted from 1.
    pub fold: usize,
    /// Folds per repeat.
    pub folds: usize,
    /// Models before it.
    pub index: usize,
    /// Models in all.
    pub models: usize,
    /// Whether an earlier session has finished it.
    pub is_finished: bool,
}
