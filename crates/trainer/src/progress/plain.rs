//! One line for each epoch, for pipes and files.

use super::clock::Clock;
use crate::observer::{Observer, RunPlan};
use crate::output::say;
use zoo_results::EpochScores;

#[derive(Default)]
pub(super) struct Plain {
    clock: Option<Clock>,
}

impl Observer for Plain {
    fn start(&mut self, plan: &RunPlan) {
        self.clock = Some(Clock::start(plan));
    }

    fn epoch(&mut self, row: &EpochScores) {
        if let Some(clock) = &self.clock {
            say(&clock.line(row));
        }
    }

    fn warn(&mut self, sentence: &str) {
        say(sentence);
    }
}
