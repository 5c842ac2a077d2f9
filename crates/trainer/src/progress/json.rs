//! One JSON object a line, for programs.

use super::Observer;
use super::clock::Clock;
use crate::output::say;
use crate::state::Running;
use crate::train::Plan;
use serde_json::json;
use zoo_results::EpochScores;

#[derive(Default)]
pub(super) struct Json {
    clock: Option<Clock>,
}

impl Observer for Json {
    fn start(&mut self, plan: &Plan) {
        self.clock = Some(Clock::start(plan));
        let object = json!({
            "event": "start", "model": plan.name, "parameters": plan.parameters, "epochs": plan.epochs,
            "epochs_done": plan.epochs_done, "train": plan.train_examples, "valid": plan.valid_examples,
        });
        say(&object.to_string());
    }

    fn batch(&mut self, _epoch: usize, _running: &Running) {}

    fn validating(&mut self, _done: usize, _of: usize) {}

    fn epoch(&mut self, row: &EpochScores) {
        let mut object = json!(row);
        object["event"] = "epoch".into();
        object["seconds_left"] = self.clock.map(|clock| clock.time_left(row.epoch).as_secs_f64()).into();
        say(&object.to_string());
    }

    fn end(&mut self) {}
}
