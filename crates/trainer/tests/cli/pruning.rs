//! Checkpoints that cannot be pruned are kept, and said.

use crate::{Desk, files_in};
use serde_json::Value;
use std::fs;

#[test]
fn what_cannot_be_pruned_is_kept_and_the_others_go() {
    let desk = Desk::new();
    for name in ["1", "2", "3"] {
        desk.train("--model softmax_digits --epochs 1", &format!("runs/{name}"));
    }
    fs::remove_file(desk.path("runs/1/run.lock")).unwrap();
    fs::create_dir(desk.path("runs/1/run.lock")).unwrap();
    let pruned = |words: &str| -> Value {
        let output = desk.trainer(words).assert().success();
        serde_json::from_slice(&output.get_output().stdout).unwrap()
    };
    for (words, is_removed) in [("runs prune --json", false), ("runs prune --json --yes", true)] {
        let told = pruned(words);
        assert_eq!((&told["removed"], told["runs"].as_array().unwrap().len()), (&is_removed.into(), 2), "{told}");
        let kept = told["kept"][0]["reason"].as_str().unwrap();
        assert!(kept.starts_with("kept: cannot lock runs/1/run.lock: it is a folder, expected a file"), "{told}");
    }
    let checkpoints = ["1", "2", "3"].map(|name| desk.path(&format!("runs/{name}/checkpoints")).exists());
    assert_eq!(checkpoints, [true, false, false]);
    let output = desk.trainer("runs prune --yes").assert().success();
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(told.starts_with("runs/1: kept: cannot lock "), "{told}");
    let told = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(told, "all checkpoints of finished runs in runs are kept\n");
}

#[test]
fn a_removal_that_was_wanted_and_failed_is_no_success() {
    let desk = Desk::new();
    for (words, is_json) in [("runs prune --yes", false), ("runs prune --yes --json", true)] {
        for name in ["1", "2"] {
            desk.train("--model softmax_digits --epochs 1", &format!("runs/{name}"));
        }
        // Weights to start from, which go with the checkpoints, but for a folder.
        fs::create_dir(desk.path("runs/1/init.safetensors")).unwrap();
        desk.trainer("runs prune").assert().success();
        let output = desk.trainer(words).assert().code(2);
        let output = output.get_output();
        let [told, warned] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        let reason = "kept: cannot remove runs/1/init.safetensors: ";
        assert!(warned.contains(reason) && told.contains(reason) == is_json, "{told} {warned}");
        assert!(told.contains(if is_json { "\"removed\":true" } else { "in 1 folders" }), "{told}");
        assert!(!desk.path("runs/2/checkpoints").exists());
        fs::remove_dir_all(desk.path("runs")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_pruned_through_a_link() {
    let desk = Desk::new();
    for name in ["linked", "whole"] {
        desk.train("--model softmax_digits --epochs 1", &format!("runs/{name}"));
    }
    fs::rename(desk.path("runs/linked/checkpoints"), desk.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../../elsewhere", desk.path("runs/linked/checkpoints")).unwrap();
    let before = files_in(&desk.path("elsewhere"));
    let output = desk.trainer("runs prune --yes").assert().success();
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(told.contains("runs/linked/checkpoints is a link, through which nothing is removed"), "{told}");
    assert_eq!(files_in(&desk.path("elsewhere")), before);
    assert!(!before.is_empty() && !desk.path("runs/whole/checkpoints").exists());
}
