//! A cross-validation as it goes: one line a fold, and on a terminal one bar over all of them.

use super::clock::readable_seconds;
use super::event::{Event, FoldDone};
use super::json::Json;
use super::mode::Shown;
use crate::observer::{FoldPlan, Observer, RunPlan};
use crate::output::{say, warn};
use crate::run_folder::Repeats;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};
use zoo_core::{Metric, score_text};
use zoo_results::{EpochScores, FoldScores};

const TEMPLATE: &str = "{bar:20} {pos}/{len} folds  {wide_msg}";

/// Looks on while the folds' models train. What goes on within a fold shows on a terminal only.
pub(super) struct FoldsObserver {
    shown: Shown,
    bar: Option<ProgressBar>,
    metric: Metric,
    /// The metric of every fold finished so far, of earlier sessions too.
    values: Vec<f64>,
    /// Those of this session.
    ran: u32,
    started: Instant,
    /// The fold that trains, in words, and its epochs.
    fold: String,
    epochs: usize,
    /// Tells programs of its epochs.
    json: Json,
}

impl FoldsObserver {
    pub(super) fn new(shown: Shown, repeats: &Repeats, metric: Metric) -> Self {
        let models = repeats.folds * repeats.seeds.len();
        let bar = matches!(shown, Shown::Bar | Shown::Dashboard).then(|| bar(models as u64));
        let (values, fold) = (Vec::new(), String::new());
        Self { shown, bar, metric, values, ran: 0, started: Instant::now(), fold, epochs: 0, json: Json::default() }
    }

    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }

    fn time_left(&self, plan: &FoldPlan) -> Duration {
        let left = plan.models - self.values.len();
        self.started.elapsed().mul_f64(left as f64 / f64::from(self.ran))
    }

    fn tell(&self, plan: &FoldPlan, scores: &FoldScores, value: f64) {
        let (metric, left) = (self.metric.label(), readable_seconds(self.time_left(plan)));
        let [value, mean] = [value, self.mean()].map(|score| score_text(Some(self.metric), score));
        let line = format!("{}: {metric} {value}, mean so far {mean}, {left} left", self.fold);
        tracing::info!("{line}");
        match (&self.bar, self.shown) {
            (Some(bar), _) => bar.println(line),
            (None, Shown::Lines) => say(&line),
            (None, Shown::Json) => self.event(plan, scores).say(),
            _ => {}
        }
    }

    fn event<'a>(&self, plan: &FoldPlan, scores: &'a FoldScores) -> Event<'a> {
        Event::Fold(FoldDone {
            of: plan.into(),
            folds: plan.folds,
            done: self.values.len(),
            models: plan.models,
            epochs_run: scores.epochs_run,
            test: &scores.test,
            metric: self.metric,
            mean: self.mean(),
            seconds_left: self.time_left(plan).as_secs_f64(),
        })
    }
}

impl Observer for FoldsObserver {
    fn fold(&mut self, plan: &FoldPlan) {
        let (seed, fold, folds) = (plan.seed, plan.fold, plan.folds);
        let width = folds.to_string().len();
        self.fold = format!("seed {seed} fold {fold:>width$}/{folds}");
        tracing::info!("{}", self.fold);
        self.json.fold = Some(plan.into());
    }

    fn start(&mut self, plan: &RunPlan) {
        self.epochs = plan.epochs;
        self.json.start(plan);
        if let Some(bar) = &self.bar {
            bar.set_message(self.fold.clone());
        }
    }

    fn epoch(&mut self, row: &EpochScores) {
        if self.shown == Shown::Json {
            self.json.epoch(row);
        }
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}, epoch {}/{}", self.fold, row.epoch, self.epochs));
        }
    }

    fn fold_done(&mut self, plan: &FoldPlan, scores: &FoldScores) {
        let value = scores.test.value(self.metric).unwrap_or(f64::NAN);
        self.values.push(value);
        if let Some(bar) = &self.bar {
            bar.set_position(self.values.len() as u64);
        }
        if !plan.is_finished {
            self.ran += 1;
            self.tell(plan, scores, value);
        }
    }

    fn warn(&mut self, sentence: &str) {
        // Before the first fold it is about all of them.
        let fold = if self.fold.is_empty() { String::new() } else { format!("{}: ", self.fold) };
        let line = format!("{fold}{sentence}");
        match (&self.bar, self.shown) {
            (Some(bar), _) => bar.println(line),
            (None, Shown::Lines) => say(&line),
            (None, Shown::Json) => Event::warning(&line).say(),
            // However little is shown, nobody should miss it.
            _ => warn(&line),
        }
    }

    fn end(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(folds: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(folds).with_style(style)
}
