//! Logs for other programs: each step or epoch once, however often the run was stopped or killed.
#![cfg(unix)]

use crate::Desk;
use crate::resume::{WORDS, cut_run, resume};
use prost::Message;
use serde_json::Value;
use std::fs;

/// Field numbers of TensorFlow's event.proto and summary.proto.
#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Tagged>,
}

#[derive(Clone, PartialEq, Message)]
struct Tagged {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, tag = "2")]
    simple_value: f32,
}

/// The events of a file, framed as tensorflow/core/lib/io/record_writer.h has it; their sums are checked where they are made.
fn events(desk: &Desk, run: &str) -> Vec<Event> {
    let bytes = fs::read(desk.path(run).join("events.out.tfevents.trainer")).unwrap();
    let (mut place, mut events) = (0, Vec::new());
    while place < bytes.len() {
        let length = u64::from_le_bytes(bytes[place..place + 8].try_into().unwrap()) as usize;
        events.push(Event::decode(&bytes[place + 12..place + 12 + length]).unwrap());
        place += 12 + length + 4;
    }
    assert_eq!(place, bytes.len());
    events
}

/// Every cell of `metrics.csv` is an event's value, in order, and no value is another.
fn assert_events_are_the_metrics(desk: &Desk, run: &str) {
    let events = events(desk, run);
    assert_eq!(events[0].file_version.as_deref(), Some("brain.Event:2"));
    assert!(events.is_sorted_by(|left, right| left.wall_time <= right.wall_time));
    let mut table = csv::Reader::from_path(desk.path(run).join("metrics.csv")).unwrap();
    let names: Vec<String> = table.headers().unwrap().iter().map(str::to_string).collect();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(events.len(), rows.len() + 1, "one event an epoch");
    for (event, row) in events[1..].iter().zip(&rows) {
        assert_eq!(event.step.to_string(), row[0]);
        let values = &event.summary.as_ref().unwrap().value;
        assert_eq!(values.len(), names.len() - 1);
        for (name, cell) in names.iter().zip(row).skip(1) {
            let value = values.iter().find(|value| value.tag == *name).unwrap().simple_value;
            assert_eq!(value, cell.parse::<f64>().unwrap() as f32, "{name} of epoch {}", event.step);
        }
    }
}

fn steps(desk: &Desk, run: &str) -> Vec<Value> {
    let text = fs::read_to_string(desk.path(run).join("metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn logs_hold_every_step_and_epoch_once_also_after_kills_and_change_no_bit() {
    let desk = Desk::new();
    let plain = desk.train(WORDS, "plain");
    let words = format!("{WORDS} --log tensorboard --log steps");
    assert_eq!(desk.train(&words, "unbroken").weights_sha256, plain.weights_sha256);
    assert_events_are_the_metrics(&desk, "unbroken");
    let all = steps(&desk, "unbroken");
    let per_epoch = plain.data.train.div_ceil(32);
    assert_eq!(all.len(), 12 * per_epoch);
    assert!(all.iter().all(|step| step["gradient_norm"].as_f64().unwrap() > 0.0));

    for (signal, lines) in [("-KILL", 2), ("-KILL", 4), ("-INT", 6)] {
        let run = format!("run{signal}{lines}");
        cut_run(&desk, &format!("{words} --out {run}"), lines, signal);
        // What was written of the next epoch before a power cut, or a kill in the middle of a line.
        for file in ["metrics.jsonl", "events.out.tfevents.trainer"] {
            let path = desk.path(&run).join(file);
            let cut = [fs::read(&path).unwrap(), b"{\"step\":".to_vec()].concat();
            fs::write(path, cut).unwrap();
        }
        assert_eq!(resume(&desk, &run), plain.weights_sha256);
        assert_events_are_the_metrics(&desk, &run);
        let these = steps(&desk, &run);
        assert_eq!(these.len(), all.len());
        for (one, other) in these.iter().zip(&all) {
            for key in ["step", "epoch", "loss", "learning_rate", "gradient_norm"] {
                assert_eq!(one[key], other[key], "{run}");
            }
        }
    }
}

#[test]
fn folds_keep_their_own_logs() {
    let desk = Desk::new();
    let words = "--model mlp_breast_cancer --epochs 2 --folds 2 --log tensorboard --offline --threads 1 --out run";
    desk.trainer(words).assert().success();
    let folds: Vec<String> =
        crate::files_in(&desk.path("run")).into_iter().filter(|name| name.contains("-fold")).collect();
    assert_eq!(folds.len(), 2);
    folds.iter().for_each(|fold| assert_events_are_the_metrics(&desk, &format!("run/{fold}")));
}

#[test]
fn a_log_that_cannot_be_written_ends_and_the_run_goes_on() {
    let desk = Desk::new();
    cut_run(&desk, &format!("{WORDS} --log steps --out run"), 3, "-INT");
    fs::remove_file(desk.path("run/metrics.jsonl")).unwrap();
    fs::create_dir(desk.path("run/metrics.jsonl")).unwrap();
    let output = desk.trainer("--resume run").assert().success();
    let text = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(text.contains("cannot write run/metrics.jsonl") && text.contains("goes on without"), "{text}");
}

#[test]
fn a_network_that_only_guesses_says_so_and_one_that_learns_slowly_does_not() {
    let desk = Desk::new();
    let says_so = |words: &str, out: &str| {
        desk.train(&format!("--model mlp_digits {words}"), out);
        fs::read_to_string(desk.path(out).join("log.txt")).unwrap().contains("the network is guessing")
    };
    assert!(says_so("--epochs 6 --learning-rate 3", "stuck"));
    assert!(!says_so("--epochs 6 --learning-rate 1e-5", "slow"));
    assert!(!says_so("--epochs 6", "usual"));
}
