//! Several runs as they go: a line for each that ends, and on a terminal a bar over all of them.

use super::clock::readable_seconds;
use super::event::{Event, RunDone};
use super::mode::{ProgressMode, Shown};
use crate::output::say;
use crate::sweep::SweepRow;
use anyhow::{Error, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use zoo_core::{Metric, score_text};

const TEMPLATE: &str = "{bar:20} {pos}/{len} runs  {wide_msg}";

/// Looks on while a sweep's runs train.
pub(crate) struct SweepProgress {
    shown: Shown,
    bar: Option<ProgressBar>,
    metric: Metric,
    runs: usize,
    /// Runs that are over, of earlier sessions too.
    done: usize,
    /// Those of this session.
    ran: u32,
    started: Instant,
    /// Of the runs that train: their epochs, and all of them.
    epochs: BTreeMap<usize, (usize, usize)>,
}

impl SweepProgress {
    pub(crate) fn new(mode: ProgressMode, metric: Metric, runs: usize, done: usize) -> Result<Self> {
        let shown = mode.shown().map_err(Error::msg)?;
        let bar = matches!(shown, Shown::Bar | Shown::Dashboard).then(|| {
            let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(runs as u64).with_style(style).with_position(done as u64)
        });
        let this = Self { shown, bar, metric, runs, done, ran: 0, started: Instant::now(), epochs: BTreeMap::new() };
        if done > 0 {
            this.say(&format!("{done} of {runs} runs are over already"));
        }
        Ok(this)
    }

    /// A run has trained another epoch.
    pub(crate) fn epoch(&mut self, run: usize, epoch: usize, epochs: usize) {
        self.epochs.insert(run, (epoch, epochs));
        if let Some(bar) = &self.bar {
            let running: Vec<String> = self.epochs.values().map(|(epoch, of)| format!("{epoch}/{of}")).collect();
            bar.set_message(format!("epoch {}", running.join(", ")));
        }
    }

    /// A run's process has ended.
    pub(crate) fn ended(&mut self, run: usize, name: &str, row: &SweepRow) {
        self.epochs.remove(&run);
        if row.state.is_over() {
            (self.done, self.ran) = (self.done + 1, self.ran + 1);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done as u64);
        }
        if self.shown == Shown::Json {
            let report = row.report.as_deref();
            return Event::Run(RunDone {
                run: name,
                state: row.state,
                error: &row.error,
                done: self.done,
                runs: self.runs,
                valid: report.map(|report| &report.valid),
                test: report.map(|report| &report.test),
                seconds_left: self.time_left().as_secs_f64(),
            })
            .say();
        }
        let width = self.runs.to_string().len();
        let (done, runs, left) = (self.done, self.runs, readable_seconds(self.time_left()));
        let line = format!("{done:>width$}/{runs}  {name}: {}  {left} left", self.outcome(row));
        tracing::info!("{line}");
        self.say(&line);
    }

    /// Takes the bar away and says what all of it came to.
    pub(crate) fn finish(&mut self, summary: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.bar = None;
        tracing::info!("{summary}");
        self.say(summary);
    }

    fn outcome(&self, row: &SweepRow) -> String {
        let Some(report) = row.report.as_deref() else {
            let state = row.state.name();
            return if row.error.is_empty() { state.to_string() } else { format!("{state}: {}", row.error) };
        };
        let [valid, test] = [&report.valid, &report.test]
            .map(|scores| score_text(Some(self.metric), scores.value(self.metric).unwrap_or(f64::NAN)));
        let metric = self.metric.label();
        format!("valid {metric} {valid}, test {metric} {test}, {:.1} s", report.train_seconds)
    }

    fn say(&self, line: &str) {
        match (&self.bar, self.shown) {
            (Some(bar), _) => bar.println(line),
            (None, Shown::Lines | Shown::Bar | Shown::Dashboard) => say(line),
            _ => {}
        }
    }

    fn time_left(&self) -> Duration {
        let left = (self.runs - self.done) as f64;
        self.started.elapsed().mul_f64(if self.ran > 0 { left / f64::from(self.ran) } else { 0.0 })
    }
}
