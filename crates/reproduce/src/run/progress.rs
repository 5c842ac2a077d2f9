//! How far all of it is: one bar on a terminal, one line per run elsewhere.

use crate::output::say;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;
use trainer::observer::{FoldPlan, Observer, RunPlan, StepScores};
use trainer::state::Running;
use zoo_results::{EpochScores, FoldScores};

/// The bar counts in these fractions of a second of the recipes' own estimates.
const TICKS: f64 = 100.0;

/// Progress over everything asked for.
pub(crate) struct OverallProgress {
    bar: ProgressBar,
    /// Estimated seconds of what is done.
    done: f64,
}

/// Progress of one run, of about so many seconds: it moves the bar of all.
pub(crate) struct RunProgress<'a> {
    overall: &'a OverallProgress,
    name: &'a str,
    seconds: f64,
    plan: Option<RunPlan>,
    /// Of a cross-validation.
    fold: Option<FoldPlan>,
}

impl OverallProgress {
    /// Of work that takes about this many seconds.
    pub(crate) fn new(seconds: f64) -> Self {
        let bar = ProgressBar::new(ticks(seconds));
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %, {elapsed} so far, {eta} left  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar, done: 0.0 }
    }

    /// A run of about `seconds` starts.
    pub(crate) fn start<'a>(&'a self, name: &'a str, seconds: f64) -> RunProgress<'a> {
        self.bar.set_message(name.to_string());
        if self.bar.is_hidden() {
            say(name);
        }
        RunProgress { overall: self, name, seconds, plan: None, fold: None }
    }

    /// Work of about `seconds` is done, or will not be.
    pub(crate) fn finish(&mut self, seconds: f64) {
        self.done += seconds;
        self.bar.set_position(ticks(self.done));
    }

    /// Prints lines that stay, above the bar.
    pub(crate) fn show(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl RunProgress<'_> {
    /// Moves the bar to so many epochs of the model that trains.
    fn epochs(&self, epochs: f64) {
        let Some(plan) = &self.plan else {
            return;
        };
        let (before, models) = self.fold.map_or((0, 1), |fold| (fold.index, fold.models));
        let fraction = (before as f64 + epochs / plan.epochs as f64) / models as f64;
        self.overall.bar.set_position(ticks(self.overall.done + fraction * self.seconds));
    }

    /// What trains, in words.
    fn tell(&self, epoch: usize) {
        let fold = self.fold.map(|fold| format!(", model {} of {}", fold.index + 1, fold.models)).unwrap_or_default();
        let epochs = self.plan.as_ref().map_or(0, |plan| plan.epochs);
        self.overall.bar.set_message(format!("{}{fold}: epoch {epoch} of {epochs}", self.name));
    }
}

impl Observer for RunProgress<'_> {
    fn fold(&mut self, fold: &FoldPlan) {
        self.fold = Some(*fold);
    }

    fn start(&mut self, plan: &RunPlan) {
        self.plan = Some(plan.clone());
        self.epochs(plan.epochs_begun());
        self.tell(plan.epochs_done + 1);
    }

    fn batch(&mut self, step: &StepScores, running: &Running) {
        let examples = self.plan.as_ref().map_or(1, |plan| plan.train_examples);
        self.epochs(step.epoch as f64 - 1.0 + running.seen as f64 / examples as f64);
    }

    fn epoch(&mut self, row: &EpochScores) {
        self.epochs(row.epoch as f64);
        self.tell(row.epoch);
    }

    fn fold_done(&mut self, fold: &FoldPlan, _scores: &FoldScores) {
        let fraction = (fold.index + 1) as f64 / fold.models as f64;
        self.overall.bar.set_position(ticks(self.overall.done + fraction * self.seconds));
    }
}

fn ticks(seconds: f64) -> u64 {
    (seconds * TICKS).max(1.0) as u64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::workspace::Workspace;

    /// Four epochs as they were recorded.
    fn epochs() -> Vec<EpochScores> {
        let record = Workspace::here().record("softmax_digits").unwrap().unwrap();
        record.runs[0].curves[..4].to_vec()
    }

    fn plan() -> RunPlan {
        RunPlan {
            name: "x".to_string(),
            parameters: 1,
            epochs: 4,
            epochs_done: 0,
            steps_done_in_epoch: 0,
            steps_per_epoch: 2,
            history: Vec::new(),
            baseline: None,
            beside_loss: zoo_core::Metric::Accuracy,
            train_examples: 10,
            valid_examples: 5,
        }
    }

    #[test]
    fn the_bar_moves_with_every_epoch_of_every_run() {
        let mut overall = OverallProgress::new(20.0);
        for run in 0..2 {
            let mut progress = overall.start("x", 10.0);
            progress.start(&plan());
            for row in epochs() {
                let (step, epoch) = (2 * row.epoch - 1, row.epoch);
                let step = StepScores { step, epoch, loss: 1.0, learning_rate: 0.1, seconds: 1.0, gradient_norm: None };
                progress.batch(&step, &Running { seen: 5, ..Running::default() });
                assert_eq!(overall.bar.position(), run * 1000 + row.epoch as u64 * 250 - 125);
                progress.epoch(&row);
                assert_eq!(overall.bar.position(), run * 1000 + row.epoch as u64 * 250);
            }
            overall.finish(10.0);
        }
        assert_eq!(overall.bar.position(), 2000);
    }

    #[test]
    fn the_bar_moves_with_every_epoch_of_every_fold() {
        let overall = OverallProgress::new(24.0);
        let mut progress = overall.start("x", 24.0);
        for index in 0..6 {
            let (seed, fold) = (1 + index as u64 / 3, index % 3 + 1);
            progress.fold(&FoldPlan { seed, fold, folds: 3, index, models: 6, is_finished: false });
            progress.start(&plan());
            for row in epochs() {
                progress.epoch(&row);
                assert_eq!(overall.bar.position(), index as u64 * 400 + row.epoch as u64 * 100);
                let message = format!("x, model {} of 6: epoch {} of 4", index + 1, row.epoch);
                assert_eq!(overall.bar.message(), message);
            }
        }
    }
}
