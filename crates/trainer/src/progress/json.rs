//! One JSON object a line, for programs.

use super::clock::Clock;
use super::event::{Epoch, Event, FoldOf};
use crate::observer::{Observer, RunPlan};
use zoo_results::EpochScores;

/// Says the epochs; the command itself says how it starts and ends.
#[derive(Default)]
pub(super) struct Json {
    clock: Option<Clock>,
    /// The fold that trains, of a cross-validation.
    pub(super) fold: Option<FoldOf>,
}

impl Observer for Json {
    fn start(&mut self, plan: &RunPlan) {
        self.clock = Some(Clock::start(plan));
    }

    fn epoch(&mut self, row: &EpochScores) {
        let Some(clock) = &self.clock else { return };
        let seconds_left = clock.time_left(row.epoch).as_secs_f64();
        Event::Epoch(Epoch { fold: self.fold, scores: *row, epochs: clock.epochs, seconds_left }).say();
    }

    fn warn(&mut self, sentence: &str) {
        Event::warning(sentence).say();
    }
}
