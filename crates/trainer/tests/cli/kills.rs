//! What a kill, a failing disk or a second process leaves: nothing of it is a dead end, and nothing is lost or done in silence.
#![cfg(unix)]

use crate::progress::events;
use crate::resume::{HEARS_HANG_UPS, WORDS, cut, resume};
use crate::{Desk, files_in};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const SOFTMAX: &str = "--model softmax_digits --epochs 2";

/// Starts `trainer` and does not wait for it.
fn start(desk: &Desk, words: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_trainer"))
        .current_dir(desk.path(""))
        .args(words.split_whitespace())
        .args(["--offline", "--threads", "1", "--progress", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Files and what they hold.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    files_in(folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap_or_default())).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_folder_left_before_its_run_began_is_as_good_as_empty() {
    let desk = Desk::new();
    fs::create_dir(desk.path("run")).unwrap();
    for (file, text) in
        [("run.lock", ""), ("recipe.toml", "name ="), ("run.jsonAbC.part", "{"), ("recipe.tomlX.part", "")]
    {
        fs::write(desk.path("run").join(file), text).unwrap();
    }
    for command in ["--resume run", "eval --run run"] {
        let refused = desk.refused(command);
        assert!(refused.contains("run never started") && refused.contains("--out run"), "{refused}");
    }
    desk.train(SOFTMAX, "run");
    assert!(files_in(&desk.path("run")).iter().all(|name| !name.ends_with(".part")));
}

#[test]
fn a_recipe_without_a_lock_is_its_users_own() {
    let desk = Desk::new();
    fs::create_dir(desk.path("run")).unwrap();
    fs::write(desk.path("run/recipe.toml"), "mine").unwrap();
    let before = contents(&desk.path("run"));
    let refused = desk.refused(&format!("{SOFTMAX} --offline --out run"));
    assert!(refused.contains("run is not empty"), "{refused}");
    assert_eq!(contents(&desk.path("run")), before);
}

#[test]
fn a_folder_that_another_process_has_locked_stays_as_it_is() {
    let desk = Desk::new();
    fs::create_dir(desk.path("run")).unwrap();
    let lock = File::create(desk.path("run/run.lock")).unwrap();
    lock.lock().unwrap();
    fs::write(desk.path("run/recipe.toml"), "just written").unwrap();
    fs::write(desk.path("run/run.jsonX.part"), "being written").unwrap();
    let before = contents(&desk.path("run"));
    let refused = desk.refused_with(75, &format!("{SOFTMAX} --offline --out run"));
    assert!(refused.contains("another process is training in run"), "{refused}");
    assert_eq!(contents(&desk.path("run")), before);
}

#[test]
fn of_processes_that_race_for_one_folder_one_has_it_and_of_those_without_a_name_each_has_its_own() {
    let desk = Desk::new();
    let race = |words: &str| {
        let started: Vec<Child> = (0..4).map(|_| start(&desk, words)).collect();
        started.into_iter().map(|child| child.wait_with_output().unwrap()).collect::<Vec<_>>()
    };
    let (won, lost): (Vec<_>, Vec<_>) =
        race(&format!("{SOFTMAX} --out run")).into_iter().partition(|output| output.status.success());
    assert_eq!(won.len(), 1);
    for output in lost {
        let said = said(&output);
        assert!(
            output.status.code() == Some(75) && said.contains("is training in run")
                || output.status.code() == Some(2) && said.contains("run is not empty"),
            "{said}"
        );
    }
    assert_eq!(resume(&desk, "run"), desk.report("run").weights_sha256);

    let outputs = race(SOFTMAX);
    let folder = |output: &Output| events(&output.stdout).pop().unwrap()["folder"].to_string();
    let mut folders: Vec<String> = outputs.iter().map(folder).collect();
    folders.sort();
    folders.dedup();
    assert!(folders.len() == 4 && outputs.iter().all(|output| output.status.success()), "{outputs:?}");
}

#[test]
fn a_checkpoint_that_cannot_be_read_ends_the_command_and_stays() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    cut(&desk, "run", 5, "-INT");
    // Not even root can read a folder as a file.
    let unreadable = desk.path("run/checkpoints/epoch-999999-step-000000000.ckpt");
    fs::create_dir(&unreadable).unwrap();
    let before = files_in(&desk.path("run/checkpoints"));
    let refused = desk.refused("--resume run");
    assert!(refused.contains("cannot read the checkpoint run/checkpoints/epoch-999999"), "{refused}");
    assert_eq!(files_in(&desk.path("run/checkpoints")), before);
    fs::remove_dir(unreadable).unwrap();
    assert_eq!(resume(&desk, "run"), unbroken);
}

#[test]
fn a_restart_from_zero_is_said_also_to_those_who_asked_for_silence() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    for (progress, is_deleted) in [("none", true), ("json", true), ("none", false)] {
        cut(&desk, "run", 5, "-INT");
        let checkpoints = desk.path("run/checkpoints");
        match is_deleted {
            true => fs::remove_dir_all(checkpoints).unwrap(),
            false => checkpoints.read_dir().unwrap().for_each(|file| fs::write(file.unwrap().path(), "x").unwrap()),
        }
        let output = desk.trainer(&format!("--resume run --progress {progress}")).assert().success();
        let said = said(output.get_output());
        assert!(said.contains("starting from the beginning"), "{said}");
        assert_eq!(said.contains("set aside"), !is_deleted, "{said}");
        assert_eq!(desk.report("run").weights_sha256, unbroken);
        fs::remove_dir_all(desk.path("run")).unwrap();
    }
}

type Damage = fn(&Path);

const DAMAGES: [(&str, Damage); 5] = [
    ("a report that was cut", |run| {
        fs::write(run.join("report.json"), &fs::read(run.join("report.json")).unwrap()[..99]).unwrap()
    }),
    ("an empty report", |run| fs::write(run.join("report.json"), "").unwrap()),
    ("a report of bytes", |run| fs::write(run.join("report.json"), [0xff, 0xfe]).unwrap()),
    ("weights that are gone", |run| fs::remove_file(run.join("model.safetensors")).unwrap()),
    ("weights that were cut", |run| fs::write(run.join("model.safetensors"), "").unwrap()),
];

#[test]
fn finished_is_a_whole_report_beside_its_weights() {
    let desk = Desk::new();
    let sha256 = desk.train(SOFTMAX, "run").weights_sha256;
    for (what, damage) in DAMAGES {
        damage(&desk.path("run"));
        assert_eq!(resume(&desk, "run"), sha256, "{what}");
        let weights = fs::read(desk.path("run/model.safetensors")).unwrap();
        assert_eq!(zoo_core::sha256_hex(&weights), sha256, "{what}");
    }
    let report = desk.path("run/report.json");
    let newer = fs::read_to_string(&report).unwrap().replacen("\"schema\": ", "\"schema\": 9", 1);
    fs::write(&report, &newer).unwrap();
    assert!(desk.refused("--resume run").contains("read it with the program that wrote it"));
    assert_eq!(fs::read_to_string(&report).unwrap(), newer);
}

#[test]
fn of_a_cross_validation_the_fold_that_is_not_finished_is_trained_again_and_no_other() {
    let desk = Desk::new();
    let words = "--model mlp_breast_cancer --seed 1 --epochs 2 --folds 2 --offline --threads 1 --out run";
    desk.trainer(words).assert().success();
    let folds = ["run/seed1-fold01", "run/seed1-fold02"].map(|fold| desk.path(fold));
    let modified = || fs::metadata(folds[0].join("report.json")).unwrap().modified().unwrap();
    let (sha256, first) = (desk.report("run/seed1-fold02").weights_sha256, modified());
    for (what, damage) in DAMAGES {
        damage(&folds[1]);
        fs::create_dir_all(folds[1].join("checkpoints")).unwrap();
        fs::write(folds[1].join("checkpoints/epoch-000001-step-000000000.ckpt"), "x").unwrap();
        let output = desk.trainer("--resume run --progress none").assert().success();
        let said = said(output.get_output());
        assert!(said.contains("set aside") && said.contains("from the beginning"), "{what}: {said}");
        assert_eq!((desk.report("run/seed1-fold02").weights_sha256, modified()), (sha256.clone(), first), "{what}");
    }
    let output = desk.trainer("--resume run").env("ZOO_KERNELS_ISA", "off").assert().success();
    assert!(String::from_utf8_lossy(&output.get_output().stdout).contains("already finished"));
    fs::remove_file(desk.path("run/folds.json")).unwrap();
    let refused = desk.trainer("--resume run").env("ZOO_KERNELS_ISA", "off").assert().code(2);
    let said = said(refused.get_output());
    assert!(said.contains("seed1-fold01 was trained by another instruction set"), "{said}");
}

#[test]
fn a_terminal_that_closes_ends_a_run_with_a_checkpoint_unless_it_was_started_to_outlive_it() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    let hang_up = |before: &str, out: &str| {
        let mut child = Command::new("env")
            .current_dir(desk.path(""))
            .args(HEARS_HANG_UPS)
            .args(["sh", "-c", &format!("{before} exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_trainer")])
            .args(WORDS.split_whitespace())
            .args(["--offline", "--threads", "1", "--progress", "json", "--out", out])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        // Nobody listens any more, and the shell tells it as well as the system.
        drop(child.stderr.take());
        for _ in 0..2 {
            Command::new("kill").args(["-HUP", &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        }
        child.wait().unwrap().code()
    };
    assert_eq!(hang_up("", "closed"), Some(130));
    assert_eq!(resume(&desk, "closed"), unbroken);
    assert_eq!(hang_up("trap '' HUP;", "kept"), Some(0));
    assert_eq!(desk.report("kept").weights_sha256, unbroken);
}
