//! Who looks on while models train.

use crate::state::Running;
use zoo_core::Metric;
use zoo_results::{EpochScores, FoldScores};

/// Hears of everything that happens while a model trains, or the models of a cross-validation one after another.
pub trait Observer {
    /// Before a fold of a cross-validation that is not finished yet; the [`start`](Self::start) of its model follows.
    fn fold(&mut self, _fold: &FoldPlan) {}
    /// Before the first step of a model.
    fn start(&mut self, _plan: &RunPlan) {}
    /// After every step, with the sums of its epoch (counted from 1) so far.
    fn batch(&mut self, _epoch: usize, _running: &Running) {}
    /// While validating or testing: examples done, of how many.
    fn validating(&mut self, _done: usize, _of: usize) {}
    /// After every epoch's validation.
    fn epoch(&mut self, _row: &EpochScores) {}
    /// After a fold's test, or instead of its training where an earlier session has finished it.
    fn fold_done(&mut self, _fold: &FoldPlan, _scores: &FoldScores) {}
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
    /// The fraction of the epoch after those that was done, too.
    pub fraction_done: f64,
    /// What is shown beside the loss: the accuracy, or for regression the RMSE.
    pub beside_loss: Metric,
    /// Examples per epoch.
    pub train_examples: usize,
    /// Examples per validation.
    pub valid_examples: usize,
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
