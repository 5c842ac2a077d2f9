//! Several runs at once: listed, thinned out, compared, drawn on one page.

use crate::{Desk, files_in};
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;
use zoo_results::{MeanDifference, Overlap, Spread};

/// Two settings of a model of digits by the same two seeds.
fn desk_with_runs() -> Desk {
    let desk = Desk::new();
    for seed in [1, 2] {
        desk.train(&format!("--model softmax_digits --epochs 2 --seed {seed}"), &format!("runs/plain/{seed}"));
        let changed = format!("--model softmax_digits --epochs 2 --seed {seed} --learning-rate 0.0001");
        desk.train(&changed, &format!("runs/slow/{seed}"));
    }
    desk
}

fn stdout(desk: &Desk, words: &str) -> String {
    String::from_utf8(desk.trainer(words).assert().success().get_output().stdout.clone()).unwrap()
}

fn json(desk: &Desk, words: &str) -> Value {
    serde_json::from_str(&stdout(desk, words)).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in files_in(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() { copy(&from, &to) } else { fs::copy(from, to).map(drop).unwrap() }
    }
}

#[test]
fn seeds_of_one_recipe_are_one_row_and_shared_seeds_are_pairs() {
    let desk = desk_with_runs();
    let found = json(&desk, "compare runs/slow/* runs/plain --json");
    let accuracies = |name: &str| [1, 2].map(|seed| desk.report(&format!("runs/{name}/{seed}")).test.accuracy);
    let (slow, plain) = (accuracies("slow"), accuracies("plain"));
    for (place, values) in [slow, plain].iter().enumerate() {
        let (row, spread) = (&found["settings"][place], Spread::of(values).unwrap());
        let (low, high) = Overlap::default().interval(&spread).unwrap();
        assert_eq!((&row["seeds"], &row["models"]), (&serde_json::json!([1, 2]), &2.into()));
        assert_eq!((row["mean"].as_f64(), row["deviation"].as_f64()), (Some(spread.mean), Some(spread.deviation)));
        assert_eq!(row["interval"], serde_json::json!([low, high]));
    }
    let difference = &found["differences"][0];
    let expected = MeanDifference::paired(&slow, &plain, Overlap::default()).unwrap();
    assert_eq!(difference["test"], serde_json::json!({ "kind": "paired", "pairs": 2 }));
    assert_eq!(difference["difference"]["mean"].as_f64(), Some(expected.mean));
    assert_eq!(difference["difference"]["p"].as_f64(), Some(expected.p));
    let keys: Vec<&str> =
        found["differing_keys"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert!(matches!(keys[..], [key] if key.ends_with(".learning_rate")), "{keys:?}");
    assert!(found["warnings"].as_array().unwrap().is_empty(), "{found}");
    // Each is called by what it has for that key.
    let labels = [0, 1].map(|place| found["settings"][place]["label"].as_str().unwrap());
    assert_eq!(labels[0], "softmax_digits learning_rate=0.0001");
    assert!(labels[1].starts_with("softmax_digits learning_rate=") && labels[1] != labels[0], "{labels:?}");
    let text = stdout(&desk, "compare runs/slow runs/plain --split valid");
    assert!(
        text.contains("accuracy on valid") && text.contains("B - A: +") && text.contains("2 pairs by seed"),
        "{text}"
    );
    let table = stdout(&desk, "compare runs --csv --metric top_k_accuracy");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(rows.headers().unwrap().iter().next_back(), Some(keys[0]));
    assert_eq!(rows.records().count(), 2);
}

#[test]
fn settings_without_shared_seeds_are_tested_by_welch_and_the_newer_run_of_a_seed_counts() {
    let desk = desk_with_runs();
    desk.train("--model softmax_digits --epochs 2 --seed 3", "others/3");
    desk.train("--model softmax_digits --epochs 2 --seed 4", "others/4");
    let found = json(&desk, "compare runs/slow others --json");
    assert_eq!(found["differences"][0]["test"]["kind"], "welch");
    desk.train("--model softmax_digits --epochs 2 --seed 4", "others/again");
    let found = json(&desk, "compare others --json");
    assert_eq!(found["settings"][0]["models"], 2);
    assert!(found["left_out"][0].as_str().unwrap().contains("by seed 4"), "{found}");
    // Two settings whose letters are A and B, of which one has a single run: nothing can be tested.
    let text = stdout(&desk, "compare runs/slow/1 others/3");
    assert!(text.contains("no test, as that wants two models of each"), "{text}");
}

#[test]
fn what_cannot_be_compared_is_said() {
    let desk = desk_with_runs();
    desk.train("--model logistic_breast_cancer --epochs 2", "cancer");
    let warned = desk.trainer("compare runs/plain cancer").assert().success();
    let warned = String::from_utf8(warned.get_output().stderr.clone()).unwrap();
    assert!(warned.contains("A and B are of different data, digits and breast_cancer"), "{warned}");
    // The same data, but others of it are tested.
    desk.train("--model softmax_digits --epochs 2 --set data.test.stratified.seed=9", "cut");
    let warned = json(&desk, "compare runs/plain cut --json");
    assert!(warned["warnings"][0].as_str().unwrap().contains("different test examples"), "{warned}");
    let unknown = desk.refused("compare runs/plain --metric auc");
    assert!(
        unknown.contains("was not measured by auc") && unknown.contains("loss, accuracy, top_k_accuracy"),
        "{unknown}"
    );
    assert!(desk.refused("compare runs/plain --split train").contains("choose test or valid"));
    assert!(desk.refused("compare nowhere").contains("there is no folder nowhere"));
    assert!(desk.refused("compare no*").contains("no folder matches no*"));
    fs::create_dir(desk.path("empty")).unwrap();
    assert!(desk.refused("compare empty").contains("there is no finished run in empty"));
}

#[test]
fn copies_of_a_run_are_left_out_by_their_folders() {
    let desk = desk_with_runs();
    for name in ["copy", "another"] {
        copy(&desk.path("runs/plain/1"), &desk.path(&format!("copies/{name}")));
    }
    let said = desk.trainer("compare runs/plain copies").assert().success().get_output().stderr.clone();
    let said = String::from_utf8(said).unwrap();
    let kept = "as it is the same run as runs/plain/1\n";
    for name in ["copy", "another"] {
        assert!(said.contains(&format!("left out: copies/{name} (softmax_digits by seed 1), {kept}")), "{said}");
    }
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn a_score_that_nobody_can_measure_is_not_compared() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "whole");
    desk.train("--model softmax_digits --epochs 1 --seed 7", "run");
    let accuracy = desk.report("run").test.accuracy.to_string();
    let text = fs::read_to_string(desk.path("run/report.json")).unwrap();
    let text = text.replace(&format!("\"accuracy\": {accuracy}"), "\"accuracy\": 7e300");
    fs::write(desk.path("run/report.json"), text).unwrap();
    let said = desk.trainer("compare whole run").assert().success().get_output().clone();
    let (shown, warned) = (String::from_utf8(said.stdout).unwrap(), String::from_utf8(said.stderr).unwrap());
    assert!(warned.starts_with("left out: run has no whole report (run/report.json is not a report: its "), "{warned}");
    assert!(shown.lines().all(|line| line.len() < 200), "{shown}");
}

#[test]
fn a_damaged_report_is_named() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 2", "whole");
    desk.train("--model softmax_digits --epochs 2 --seed 7", "run");
    let file = desk.path("run/report.json");
    let good = fs::read_to_string(&file).unwrap();
    for bad in ["", &good[..99], "[]", &good.replacen("\"seed\": 7", "\"seed\": \"7\"", 1)] {
        fs::write(&file, bad).unwrap();
        let said = desk.trainer("compare whole run").assert().success();
        let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
        assert!(said.starts_with("left out: run has no whole report (run/report.json is not a report: "), "{said}");
        assert!(said.contains("--resume run writes it again") && !said.contains("2 of 2 epochs"), "{said}");
        assert!(desk.refused("report run").contains("run/report.json is not a report"));
        let refused = desk.refused("eval --run run --offline");
        assert!(refused.trim_end().ends_with("; --resume run writes it again"), "{refused}");
    }
    desk.trainer("--resume run").assert().success();
    assert_eq!(desk.report("run").seed, 7);
}

#[test]
fn every_state_of_a_run_is_listed() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 2 --seed 7", "runs/softmax_digits/done");
    let done = desk.path("runs/softmax_digits/done");
    let copied = |name: &str| {
        copy(&done, &desk.path(&format!("runs/{name}")));
        desk.path(&format!("runs/{name}"))
    };
    fs::remove_file(copied("stopped").join("report.json")).unwrap();
    fs::write(copied("unreadable").join("run.json"), "{").unwrap();
    fs::create_dir_all(desk.path("runs/never")).unwrap();
    File::create(desk.path("runs/never/run.lock")).unwrap();
    let lock = File::create(copied("training").join("run.lock")).unwrap();
    lock.lock().unwrap();
    // None of it is a run.
    fs::create_dir_all(desk.path("runs/.cache/run")).unwrap();
    fs::write(desk.path("runs/notes.txt"), "x").unwrap();
    let listed = json(&desk, "runs ls --json");
    let listed = listed.as_array().unwrap();
    let state = |name: &str| {
        let found = listed.iter().find(|run| run["path"].as_str().unwrap().ends_with(name)).unwrap();
        found["state"].as_str().unwrap()
    };
    let states = ["done", "stopped", "unreadable", "never", "training"].map(state);
    assert_eq!(states, ["finished", "stopped", "unreadable", "never_started", "running"]);
    assert_eq!(listed.len(), 5);
    let text = stdout(&desk, "runs ls");
    for wanted in ["stopped after 2 of 2 epochs", "never started", "running, 2 of 2 epochs", "accuracy 0."] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    fs::create_dir(desk.path("bare")).unwrap();
    assert_eq!(stdout(&desk, "runs ls --in bare"), "no runs in bare\n");
    assert!(desk.refused("runs ls --in nowhere").contains("nowhere"));
}

#[test]
fn only_checkpoints_of_finished_runs_are_pruned_and_nothing_that_is_in_use() {
    let desk = desk_with_runs();
    let checkpoints = |run: &str| desk.path(&format!("runs/{run}/checkpoints")).exists();
    fs::remove_file(desk.path("runs/slow/1/report.json")).unwrap();
    let lock = File::options().write(true).open(desk.path("runs/slow/2/run.lock")).unwrap();
    lock.lock().unwrap();
    let shown = stdout(&desk, "runs prune");
    assert!(shown.contains("nothing was removed; --yes frees") && checkpoints("plain/1"), "{shown}");
    let removed = stdout(&desk, "runs prune --yes");
    assert!(removed.contains("in 2 folders"), "{removed}");
    let left = ["plain/1", "plain/2", "slow/1", "slow/2"].map(checkpoints);
    assert_eq!(left, [false, false, true, true], "finished, finished, stopped, in use");
    desk.trainer("eval --run runs/plain/1").assert().success();
    assert_eq!(stdout(&desk, "runs prune --yes"), "no checkpoints of finished runs in runs\n");
}

#[test]
fn what_never_started_is_cleaned_away_and_weights_are_kept() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "runs/kept");
    for name in ["damaged", "weights", "thesis"] {
        copy(&desk.path("runs/kept"), &desk.path(&format!("runs/{name}")));
        fs::write(desk.path(&format!("runs/{name}/recipe.toml")), "name = ").unwrap();
    }
    for name in ["damaged", "thesis"] {
        fs::remove_file(desk.path(&format!("runs/{name}/model.safetensors"))).unwrap();
        fs::remove_dir_all(desk.path(&format!("runs/{name}/checkpoints"))).unwrap();
    }
    // A report tells what the run scored, whatever has become of the rest.
    copy(&desk.path("runs/damaged"), &desk.path("runs/scores"));
    for name in ["damaged", "thesis"] {
        fs::remove_file(desk.path(&format!("runs/{name}/report.json"))).unwrap();
        fs::remove_file(desk.path(&format!("runs/{name}/metrics.csv"))).unwrap();
    }
    fs::write(desk.path("runs/thesis/chapter4.txt"), "mine").unwrap();
    fs::create_dir_all(desk.path("runs/other")).unwrap();
    fs::write(desk.path("runs/other/run.json"), r#"{"tool": "other"}"#).unwrap();
    fs::create_dir_all(desk.path("runs/recipe/never")).unwrap();
    File::create(desk.path("runs/recipe/never/run.lock")).unwrap();
    let shown = json(&desk, "runs clean --json");
    assert_eq!((&shown["removed"], shown["runs"].as_array().unwrap().len()), (&false.into(), 2), "{shown}");
    let reasons: Vec<&str> =
        shown["kept"].as_array().unwrap().iter().filter_map(|kept| kept["reason"].as_str()).collect();
    let wanted = [
        "holds model.safetensors",
        "holds report.json",
        "holds chapter4.txt, which is of no run",
        "nothing in it says",
    ];
    for wanted in wanted {
        assert!(reasons.iter().any(|reason| reason.contains(wanted)), "{shown}");
    }
    desk.trainer("runs clean --yes").assert().success();
    assert_eq!(files_in(&desk.path("runs")), ["kept", "other", "scores", "thesis", "weights"]);
}

#[test]
fn what_a_user_keeps_beside_checkpoints_is_not_pruned() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 2", "runs/mine");
    fs::create_dir_all(desk.path("runs/mine/checkpoints/sub")).unwrap();
    for file in ["thesis.txt", "sub/x", "epoch-notes.ckpt.txt"] {
        fs::write(desk.path("runs/mine/checkpoints").join(file), "mine").unwrap();
    }
    desk.trainer("runs prune --yes").assert().success();
    assert_eq!(files_in(&desk.path("runs/mine/checkpoints")), ["epoch-notes.ckpt.txt", "sub", "thesis.txt"]);
    assert_eq!(stdout(&desk, "runs prune"), "no checkpoints of finished runs in runs\n");
}

#[test]
fn a_folder_with_a_users_folder_in_it_is_not_cleaned_away() {
    let desk = Desk::new();
    for kept in ["notes/2024/thesis.txt", ".git/HEAD", "seed1-fold01/thesis.txt"] {
        let file = desk.path("runs/broken").join(kept);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(desk.path("runs/broken/run.json"), "{").unwrap();
        fs::write(&file, "mine").unwrap();
        let said = desk.trainer("runs clean --yes").assert().success();
        let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
        assert!(said.contains("kept, as it holds ") && said.contains("which is of no run"), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        fs::remove_dir_all(desk.path("runs")).unwrap();
    }
}

#[test]
fn a_report_is_one_page_that_fetches_nothing() {
    let desk = desk_with_runs();
    assert_eq!(stdout(&desk, "report runs --out page.html"), "page.html\n");
    let page = fs::read_to_string(desk.path("page.html")).unwrap();
    for fetching in ["<script", "<link", "@import", "src=\"http", "url("] {
        assert!(!page.contains(fetching), "{fetching}");
    }
    for wanted in
        ["A softmax_digits", "B softmax_digits", "learning_rate", "paired, 2 pairs", "Confusion matrix", "test image"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
    // It replaces itself, and nothing else.
    desk.trainer("report runs/plain --out page.html").assert().success();
    fs::write(desk.path("mine.html"), "<p>mine</p>").unwrap();
    assert!(desk.refused("report runs --out mine.html").contains("is not a page of this program"));
    assert!(desk.refused("report runs --out runs").contains("is a folder"));
    assert_eq!(fs::read_to_string(desk.path("mine.html")).unwrap(), "<p>mine</p>");
}

#[test]
fn a_cross_validation_is_one_setting() {
    let desk = Desk::new();
    let words = "--model logistic_breast_cancer --epochs 2 --folds 3 --repeats 2 --offline --threads 1";
    desk.trainer(&format!("{words} --out runs/a")).assert().success();
    desk.trainer(&format!("{words} --learning-rate 0.0001 --out runs/b")).assert().success();
    let listed = json(&desk, "runs ls --json");
    assert_eq!((&listed[0]["kind"], listed.as_array().unwrap().len()), (&"cross_validation".into(), 2));
    let found = json(&desk, "compare runs/a runs/b --json");
    assert_eq!((&found["settings"][0]["models"], &found["settings"][0]["folds"]), (&6.into(), &3.into()));
    assert_eq!(found["differences"][0]["test"], serde_json::json!({ "kind": "paired", "pairs": 6 }));
    assert!(found["warnings"].as_array().unwrap().is_empty(), "{found}");
    desk.trainer("report runs/a").assert().success();
    let page = fs::read_to_string(desk.path("report.html")).unwrap();
    assert!(page.contains("pooled over all folds") && page.contains("3 folds, "));
}

#[test]
fn a_sweep_is_listed_as_one_and_compared_by_setting() {
    let desk = Desk::new();
    let words =
        "--model softmax_digits --set training.epochs=1,2 --seeds 1..2 --offline --progress none --out runs/sweep";
    desk.trainer(words).assert().success();
    let listed = json(&desk, "runs ls --json");
    assert_eq!((&listed[0]["kind"], listed.as_array().unwrap().len()), (&"sweep".into(), 1));
    assert_eq!(listed[0]["runs"].as_array().unwrap().len(), 4);
    assert!(stdout(&desk, "runs ls").contains("sweep: 4 of 4 runs finished"));
    let found = json(&desk, "compare runs/sweep --json");
    let models: Vec<&Value> = found["settings"].as_array().unwrap().iter().map(|one| &one["models"]).collect();
    assert_eq!(models, [&Value::from(2), &Value::from(2)]);
}
