//! One line for each epoch, for pipes and files.

use super::clock::{Clock, readable_seconds};
use super::{Observer, line};
use crate::output::say;
use crate::state::Running;
use crate::train::Plan;
use zoo_results::EpochScores;

#[derive(Default)]
pub(super) struct Plain {
    session: Option<(Plan, Clock)>,
}

impl Observer for Plain {
    fn start(&mut self, plan: &Plan) {
        self.session = Some((plan.clone(), Clock::start(plan)));
    }

    fn batch(&mut self, _epoch: usize, _running: &Running) {}

    fn validating(&mut self, _done: usize, _of: usize) {}

    fn epoch(&mut self, row: &EpochScores) {
        if let Some((plan, clock)) = &self.session {
            say(&line(plan, row, &readable_seconds(clock.time_left(row.epoch))));
        }
    }

    fn end(&mut self) {}
}
