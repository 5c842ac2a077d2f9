//! A cross-validation as it goes: one line a fold, and on a terminal one bar over all of them.

use super::clock::readable_seconds;
use super::{NO_TERMINAL, Observer, Progress, on_terminal};
use crate::output::say;
use crate::run_folder::Repeats;
use crate::state::Running;
use crate::train::Plan;
use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::{Duration, Instant};
use zoo_core::Metric;
use zoo_results::EpochScores;
use zoo_results::FoldScores;

const TEMPLATE: &str = "{bar:20} {pos}/{len} folds  {wide_msg}";

/// Looks on while the folds' models train. What goes on within a fold shows on a terminal only.
pub(crate) struct FoldsObserver {
    how: How,
    repeats: Repeats,
    metric: Metric,
    /// The metric of every fold finished so far, of earlier sessions too.
    values: Vec<f64>,
    /// Those of this session.
    ran: u32,
    started: Instant,
    fold: String,
    epochs: usize,
}

enum How {
    Bar(ProgressBar),
    Lines,
    Json,
    Nothing,
}

impl FoldsObserver {
    /// # Errors
    /// If the dashboard is wanted where there is no terminal.
    pub(crate) fn new(progress: Progress, repeats: &Repeats, metric: Metric) -> Result<Self> {
        let of = repeats.folds * repeats.seeds.len();
        let how = match progress {
            Progress::None => How::Nothing,
            Progress::Json => How::Json,
            Progress::Tui if !on_terminal() => bail!(NO_TERMINAL),
            Progress::Auto | Progress::Bar | Progress::Tui if on_terminal() => How::Bar(bar(of as u64)),
            _ => How::Lines,
        };
        let (values, ran, started, fold) = (Vec::new(), 0, Instant::now(), String::new());
        Ok(Self { how, repeats: repeats.clone(), metric, values, ran, started, fold, epochs: 0 })
    }

    /// Before a fold of which this session has something to do.
    pub(crate) fn begin(&mut self, seed: u64, fold: usize) {
        let folds = self.repeats.folds;
        let width = folds.to_string().len();
        self.fold = format!("seed {seed} fold {fold:>width$}/{folds}");
        tracing::info!("{}", self.fold);
    }

    /// A fold that an earlier session finished.
    pub(crate) fn found(&mut self, scores: &FoldScores) {
        self.count(scores);
    }

    /// A fold that this session finished.
    pub(crate) fn finished(&mut self, scores: &FoldScores) {
        let value = self.count(scores);
        self.ran += 1;
        let (metric, mean) = (self.metric.label(), self.mean());
        let left = readable_seconds(self.time_left());
        let line = format!("{}: {metric} {value:.4}, mean so far {mean:.4}, {left} left", self.fold);
        tracing::info!("{line}");
        match &self.how {
            How::Bar(bar) => bar.println(line),
            How::Lines => say(&line),
            How::Json => say(&self.event(scores).to_string()),
            How::Nothing => {}
        }
    }

    fn count(&mut self, scores: &FoldScores) -> f64 {
        let value = scores.test.value(self.metric).unwrap_or(f64::NAN);
        self.values.push(value);
        if let How::Bar(bar) = &self.how {
            bar.set_position(self.values.len() as u64);
        }
        value
    }

    fn of(&self) -> usize {
        self.repeats.folds * self.repeats.seeds.len()
    }

    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }

    fn time_left(&self) -> Duration {
        let left = self.of() - self.values.len();
        self.started.elapsed().mul_f64(left as f64 / f64::from(self.ran))
    }

    fn event(&self, scores: &FoldScores) -> serde_json::Value {
        json!({
            "event": "fold", "seed": scores.seed, "fold": scores.fold, "folds": self.repeats.folds,
            "done": self.values.len(), "of": self.of(), "epochs_run": scores.epochs_run, "test": scores.test,
            "metric": self.metric, "mean": self.mean(), "seconds_left": self.time_left().as_secs_f64(),
        })
    }
}

impl Observer for FoldsObserver {
    fn start(&mut self, plan: &Plan) {
        self.epochs = plan.epochs;
        if let How::Bar(bar) = &self.how {
            bar.set_message(self.fold.clone());
        }
    }

    fn batch(&mut self, _epoch: usize, _running: &Running) {}

    fn validating(&mut self, _done: usize, _of: usize) {}

    fn epoch(&mut self, row: &EpochScores) {
        if let How::Bar(bar) = &self.how {
            bar.set_message(format!("{}, epoch {}/{}", self.fold, row.epoch, self.epochs));
        }
    }

    fn end(&mut self) {
        if let How::Bar(bar) = &self.how {
            bar.finish_and_clear();
        }
    }
}

fn bar(folds: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(folds).with_style(style)
}
