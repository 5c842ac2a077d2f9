//! `--progress json`: every line of standard output is JSON, the first says what is trained, the last how it ended.

use crate::Desk;
use serde_json::{Map, Value};
use zoo_results::{FoldsReport, Report};

/// The lines, each of which has to be an object with an event that `trainer explain progress` knows, and its keys alone.
pub(crate) fn events(stdout: &[u8]) -> Vec<Map<String, Value>> {
    let text = std::str::from_utf8(stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn names(events: &[Map<String, Value>]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

fn trained(desk: &Desk, words: &str, code: i32) -> Vec<Map<String, Value>> {
    let output = desk.trainer(&format!("{words} --progress json")).assert().code(code);
    let events = events(&output.get_output().stdout);
    assert_documented(desk, &events);
    events
}

/// What is said is explained, and every key that is explained and not optional is said.
fn assert_documented(desk: &Desk, events: &[Map<String, Value>]) {
    let explained = desk.trainer("explain progress --json").assert().success();
    let explained: Value = serde_json::from_slice(&explained.get_output().stdout).unwrap();
    for event in events {
        let choices = explained[0]["accepts"]["choice"].as_array().unwrap();
        let choice = choices.iter().find(|choice| choice["name"] == event["event"]).unwrap();
        let keys = choice["accepts"]["table"].as_array().unwrap();
        for key in event.keys().filter(|key| *key != "event") {
            assert!(keys.iter().any(|known| known["name"] == **key), "{key} of {event:?} is not explained");
        }
        for key in keys.iter().filter(|key| key["optional"] != true) {
            assert!(event.contains_key(key["name"].as_str().unwrap()), "{event:?} lacks {key}");
        }
    }
}

#[test]
fn a_run_says_start_epochs_and_end() {
    let desk = Desk::new();
    let events = trained(&desk, "--model softmax_digits --epochs 2 --seed 4 --threads 1 --offline --out run", 0);
    assert_eq!(names(&events), ["start", "epoch", "epoch", "end"]);
    let (start, end) = (&events[0], &events[3]);
    let report: Report = desk.report("run");
    assert_eq!((&start["folder"], &start["seed"], &start["threads"]), (&"run".into(), &4.into(), &1.into()));
    assert_eq!((&start["model"], &start["device"]), (&"softmax_digits".into(), &"flex".into()));
    assert_eq!(start["parameters"], report.parameters);
    assert_eq!(start["recipe_sha256"], report.recipe_sha256);
    assert_eq!(start["overrides"].as_array().unwrap().len(), 1);
    assert_eq!(start["data"], serde_json::to_value(&report.data).unwrap());
    assert_eq!(start["versions"]["burn"], report.burn);
    let rows = std::fs::read_to_string(desk.path("run/metrics.csv")).unwrap();
    let (head, rows) = rows.split_once('\n').unwrap();
    for (row, event) in rows.lines().zip(&events[1..3]) {
        for (column, value) in head.split(',').zip(row.split(',')) {
            assert_eq!(event[column].as_f64().unwrap(), value.parse::<f64>().unwrap(), "{column}");
        }
    }
    assert_eq!((&end["status"], &end["code"], &end["folder"]), (&"finished".into(), &0.into(), &"run".into()));
    assert_eq!(end["test"], serde_json::to_value(&report.test).unwrap());

    let again = trained(&desk, "--resume run", 0);
    assert_eq!(names(&again), ["end"]);
    assert_eq!(again[0], *end);
}

#[test]
fn a_cross_validation_says_its_folds_and_their_epochs() {
    let desk = Desk::new();
    let words = "--model mlp_breast_cancer --seed 1 --epochs 2 --folds 2 --set early_stopping=none --offline --out run";
    let events = trained(&desk, words, 0);
    assert_eq!(names(&events), ["start", "epoch", "epoch", "fold", "epoch", "epoch", "fold", "end"]);
    let report = FoldsReport::read(&desk.path("run/folds.json")).unwrap();
    assert_eq!(events[0]["cross_validation"]["folds"], 2);
    assert_eq!((&events[1]["fold"], &events[4]["fold"], &events[4]["epoch"]), (&1.into(), &2.into(), &1.into()));
    assert_eq!((&events[6]["done"], &events[6]["models"]), (&2.into(), &2.into()));
    assert_eq!(events[6]["mean"], report.mean.accuracy);
    assert_eq!(events[7]["test"], serde_json::to_value(&report.mean).unwrap());
    assert_eq!(events[7]["deviation"], serde_json::to_value(&report.deviation).unwrap());
}

#[test]
fn what_goes_wrong_is_the_last_line_too() {
    let desk = Desk::new();
    let refused = trained(&desk, "--model mlp_digit", 2);
    assert_eq!((names(&refused).as_slice(), &refused[0]["status"]), (&["end"][..], &"failed".into()));
    assert!(refused[0]["message"].as_str().unwrap().contains("did you mean mlp_digits"), "{refused:?}");
    assert!(!refused[0].contains_key("folder"));
    let diverged = trained(&desk, "--model mlp_digits --learning-rate 1e20 --set optimizer=sgd --offline --out run", 2);
    assert_eq!(names(&diverged), ["start", "end"]);
    assert_eq!((&diverged[1]["status"], &diverged[1]["folder"]), (&"failed".into(), &"run".into()));
    assert!(diverged[1]["message"].as_str().unwrap().contains("diverged"), "{diverged:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn lines_that_are_lost_are_an_error_and_the_run_is_not() {
    use std::fs::File;
    use std::process::{Command, Stdio};
    let desk = Desk::new();
    for progress in ["json", "plain", "none"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let words =
            format!("--model softmax_digits --epochs 2 --offline --threads 1 --progress {progress} --out {progress}");
        let output = Command::new(env!("CARGO_BIN_EXE_trainer"))
            .current_dir(desk.path(""))
            .args(words.split(' '))
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{progress}: {said}");
        assert!(said.starts_with("error: lines about the run are lost") && said.lines().count() == 1, "{said}");
        assert!(said.contains("cannot write to standard output: "), "{said}");
        assert_eq!(desk.report(progress).epochs_run, 2);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_is_printed_is_lost_in_silence() {
    use std::fs::File;
    use std::process::Command;
    let desk = Desk::new();
    for words in [
        "--help",
        "-h",
        "help",
        "help runs",
        "--version",
        "runs ls --help",
        "completions bash",
        "list",
        "list --json",
        "show mlp_digits",
        "explain optimizer",
        "devices",
        "runs ls",
        "eval --pretrained softmax_digits",
        "fetch digits --offline",
        "--model softmax_digits --seeds 1..2 --plan",
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
        let command = command.current_dir(desk.path("")).args(words.split(' ')).env_remove("ZOO_RUNS");
        // The graphics library looks for a desktop here, and complains on standard error where the variable is missing.
        let command = command.env("XDG_RUNTIME_DIR", desk.path(""));
        let output = command.stdout(File::options().write(true).open("/dev/full").unwrap()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(said.contains("cannot write to standard output: ") && said.lines().count() == 1, "{words}: {said}");
    }
    // What is wrong with a command line goes elsewhere.
    desk.trainer("--help").assert().success();
    assert!(desk.refused("--hlep").contains("--hlep"));
}

#[cfg(unix)]
#[test]
fn a_stopped_run_says_where_and_goes_on() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    let desk = Desk::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_trainer"))
        .current_dir(desk.path(""))
        .args("--model mlp_digits --epochs 500 --offline --threads 1 --progress json --out run".split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..2 {
        output.read_line(&mut text).unwrap();
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    output.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let stopped = events(text.as_bytes());
    assert_documented(&desk, &stopped);
    let end = stopped.last().unwrap();
    assert_eq!((&end["status"], &end["code"]), (&"interrupted".into(), &130.into()));
    assert!(end["message"].as_str().unwrap().contains("--resume run"), "{end:?}");
}
