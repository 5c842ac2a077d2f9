//! A bar that moves with the batches; each epoch leaves its line above it.

use super::clock::{Clock, readable_seconds};
use super::{Observer, line};
use crate::state::Running;
use crate::train::Plan;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write;
use zoo_results::EpochScores;

const TEMPLATE: &str = "{prefix} {bar:20} {pos}/{len} {rate} {wide_msg}";

#[derive(Default)]
pub(super) struct Bar {
    session: Option<Session>,
}

struct Session {
    plan: Plan,
    clock: Clock,
    bar: ProgressBar,
}

impl Observer for Bar {
    fn start(&mut self, plan: &Plan) {
        let bar = ProgressBar::new(plan.train_examples as u64);
        bar.set_style(style());
        self.session = Some(Session { plan: plan.clone(), clock: Clock::start(plan), bar });
    }

    fn batch(&mut self, epoch: usize, running: &Running) {
        let Some(Session { plan, bar, .. }) = &self.session else {
            return;
        };
        if bar.length() != Some(plan.train_examples as u64) {
            bar.set_length(plan.train_examples as u64);
            bar.reset_eta();
        }
        bar.set_prefix(format!("epoch {epoch}/{}", plan.epochs));
        bar.set_position(running.seen);
        let seen = running.seen as f64;
        bar.set_message(format!("loss {:.4} accuracy {:.4}", running.loss_sum / seen, running.correct as f64 / seen));
    }

    fn validating(&mut self, done: usize, of: usize) {
        let Some(Session { bar, .. }) = &self.session else {
            return;
        };
        bar.set_length(of as u64);
        bar.set_position(done as u64);
        bar.set_message("validating");
    }

    fn epoch(&mut self, row: &EpochScores) {
        if let Some(Session { plan, clock, bar }) = &self.session {
            bar.println(line(plan, row, &readable_seconds(clock.time_left(row.epoch))));
        }
    }

    fn end(&mut self) {
        if let Some(Session { bar, .. }) = &self.session {
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
