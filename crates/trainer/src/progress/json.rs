//! One JSON object a line, for programs.

use super::clock::Clock;
use crate::observer::{Observer, RunPlan};
use crate::output::say;
use serde_json::json;
use zoo_results::EpochScores;

#[derive(Default)]
pub(super) struct Json {
    clock: Option<Clock>,
}

impl Observer for Json {
    fn start(&mut self, plan: &RunPlan) {
        self.clock = Some(Clock::start(plan));
        let object = json!({
            "event": "start", "model": plan.name, "parameters": plan.parameters, "epochs": plan.epochs,
            "epochs_done": plan.epochs_done, "train": plan.train_examples, "valid": plan.valid_examples,
        });
        say(&object.to_string());
    }

    fn epoch(&mut self, row: &EpochScores) {
        let mut object = json!(row);
        object["event"] = "epoch".into();
        object["epochs"] = self.clock.map(|clock| clock.epochs).into();
        object["seconds_left"] = self.clock.map(|clock| clock.time_left(row.epoch).as_secs_f64()).into();
        say(&object.to_string());
    }

    fn warn(&mut self, sentence: &str) {
        say(&json!({ "event": "warning", "text": sentence }).to_string());
    }
}
