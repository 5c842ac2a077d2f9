//! A bar that moves with the batches; each epoch leaves its line above it.

use super::clock::Clock;
use crate::observer::{Observer, RunPlan, StepScores};
use crate::state::Running;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write;
use zoo_core::score_text;
use zoo_results::EpochScores;

const TEMPLATE: &str = "{prefix} {bar:20} {pos}/{len} {rate} {wide_msg}";

#[derive(Default)]
pub(super) struct Bar {
    shown: Option<(ProgressBar, Clock)>,
    train_examples: u64,
}

impl Observer for Bar {
    fn start(&mut self, plan: &RunPlan) {
        self.train_examples = plan.train_examples as u64;
        self.shown = Some((ProgressBar::new(self.train_examples).with_style(style()), Clock::start(plan)));
    }

    fn batch(&mut self, step: &StepScores, running: &Running) {
        let Some((bar, clock)) = &self.shown else {
            return;
        };
        if bar.length() != Some(self.train_examples) {
            bar.set_length(self.train_examples);
            bar.reset_eta();
        }
        bar.set_prefix(format!("epoch {}/{}", step.epoch, clock.epochs));
        bar.set_position(running.seen);
        let (metric, value) = running.beside_loss();
        let (loss, value) = (score_text(None, running.loss()), score_text(Some(metric), value));
        bar.set_message(format!("loss {loss} {} {value}", metric.label()));
    }

    fn validating(&mut self, done: usize, of: usize) {
        if let Some((bar, _)) = &self.shown {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
            bar.set_message("validating");
        }
    }

    fn epoch(&mut self, row: &EpochScores) {
        if let Some((bar, clock)) = &self.shown {
            bar.println(clock.line(row));
        }
    }

    fn warn(&mut self, sentence: &str) {
        if let Some((bar, _)) = &self.shown {
            bar.println(sentence);
        }
    }

    fn end(&mut self) {
        if let Some((bar, _)) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    let rate = |state: &ProgressState, text: &mut dyn Write| {
        // Writing to a string does not fail.
        let _ = write!(text, "{:.0}/s", state.per_sec());
    };
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", rate)
}
