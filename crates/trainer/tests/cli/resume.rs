//! Runs that are cut off, by force or by Ctrl-C, and go on to the same bits.
#![cfg(unix)]

use crate::{Desk, files_in, last_line};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use trainer::device::DeviceName;
use trainer::interrupt::StopFlag;
use trainer::observer::{Observer, Silent};
use trainer::run::{Ended, Request, train_in};
use trainer::run_folder::{RunFolder, RunSettings};
use trainer::train::{Fit, fit};
use trainer::training::FitOptions;
use zoo_recipe::Recipe;
use zoo_results::EpochScores;

pub(crate) const WORDS: &str = r#"--model mlp_digits --epochs 12 --set model.dropout=0.1 --set model.batch_norm=true --set training.keep=best_valid_loss --set training.ema={exponential={decay=0.9}}"#;
const MUON: &str = r#"--model cnn_digits --epochs 3 --set optimizer={muon={momentum=0.9,beta1=0.9,beta2=0.99,epsilon=1e-8}} --set model.conv1_init={whitening={epsilon=1e-3}} --set data.augmentation=["alternate_flip",{cutout={pixels=4}}]"#;

/// For `env`: tests that `nohup` started ignore hang-ups, and so would what they start.
pub(crate) const HEARS_HANG_UPS: [&str; 1] = ["--default-signal=HUP"];

/// Starts the run of [`WORDS`], waits for its `lines`-th line of progress, then sends `signal`.
pub(crate) fn cut(desk: &Desk, out: &str, lines: usize, signal: &str) -> ExitStatus {
    cut_run(desk, &format!("{WORDS} --out {out}"), lines, signal)
}

/// The same of any run that is started or gone on with by these words.
pub(crate) fn cut_run(desk: &Desk, words: &str, lines: usize, signal: &str) -> ExitStatus {
    let mut child = Command::new("env")
        .current_dir(desk.0.path())
        .args(HEARS_HANG_UPS)
        .arg(env!("CARGO_BIN_EXE_trainer"))
        .args(words.split_whitespace())
        .args(["--offline", "--threads", "1", "--progress", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..lines {
        output.read_line(&mut String::new()).unwrap();
    }
    send(&child, signal);
    child.wait().unwrap()
}

fn send(child: &Child, signal: &str) {
    // A run that was quicker than the signal is resumed all the same: nothing is left to do for it then.
    let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
}

pub(crate) fn resume(desk: &Desk, out: &str) -> String {
    let output = desk.trainer(&format!("--resume {out}")).assert().success();
    assert_eq!(last_line(&output.get_output().stdout), out);
    desk.report(out).weights_sha256
}

#[test]
fn killed_at_ten_moments_and_resumed_gives_the_unbroken_runs_bits() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    for lines in 1..=10 {
        let out = format!("cut-{lines}");
        cut(&desk, &out, lines, "-KILL");
        assert_eq!(resume(&desk, &out), unbroken, "killed after line {lines}");
    }
}

#[test]
fn killed_again_and_again_it_still_arrives_there() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken");
    cut(&desk, "run", 3, "-KILL");
    for _ in 0..3 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trainer"))
            .current_dir(desk.0.path())
            .args(["--resume", "run", "--progress", "json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..2 {
            output.read_line(&mut String::new()).unwrap();
        }
        send(&child, "-KILL");
        child.wait().unwrap();
    }
    assert_eq!(resume(&desk, "run"), unbroken.weights_sha256);
    assert_eq!(desk.report("run").test, unbroken.test);
    assert_eq!(desk.report("run").best_epoch, unbroken.best_epoch);
}

#[test]
fn ctrl_c_and_its_like_end_after_the_batch_with_a_checkpoint() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    for signal in ["-INT", "-TERM", "-HUP"] {
        let out = format!("run{signal}");
        let status = cut(&desk, &out, 2, signal);
        assert_eq!(status.code(), Some(130), "{signal}");
        assert!(!desk.path(&out).join("report.json").exists());
        assert!(!files_in(&desk.path(&out).join("checkpoints")).is_empty());
        assert_eq!(resume(&desk, &out), unbroken, "{signal}");
    }
}

#[test]
fn convolutions_trained_by_muon_go_on_to_the_same_bits() {
    let desk = Desk::new();
    let unbroken = desk.train(MUON, "unbroken").weights_sha256;
    let status = cut_run(&desk, &format!("{MUON} --out run"), 2, "-INT");
    assert_eq!(status.code(), Some(130));
    assert_eq!(resume(&desk, "run"), unbroken);
}

#[test]
fn a_damaged_checkpoint_is_passed_over() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    cut(&desk, "run", 5, "-INT");
    let mut checkpoints: Vec<_> =
        desk.path("run/checkpoints").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    checkpoints.sort();
    let newest = checkpoints.last().unwrap();
    let mut bytes = std::fs::read(newest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(newest, bytes).unwrap();
    assert_eq!(resume(&desk, "run"), unbroken);
    assert!(std::fs::read_to_string(desk.path("run/log.txt")).unwrap().contains("is damaged and not used"));
}

#[test]
fn with_every_checkpoint_damaged_it_says_so_and_starts_over() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    cut(&desk, "run", 5, "-INT");
    for entry in desk.path("run/checkpoints").read_dir().unwrap() {
        std::fs::write(entry.unwrap().path(), "damaged").unwrap();
    }
    let output = desk.trainer("--resume run").assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.contains("set aside") && text.contains("from the beginning"), "{text}");
    assert_eq!(desk.report("run").weights_sha256, unbroken);
}

#[test]
fn a_checkpoint_goes_on_only_as_the_run_it_was_made_by() {
    let desk = Desk::new();
    for (file, before, after, what) in [
        ("run.json", "\"seed\": 1", "\"seed\": 2", "seed"),
        ("recipe.toml", "batch_size = ", "batch_size = 1", "recipe than the run has now (training.batch_size: was "),
    ] {
        let out = format!("edited-{file}");
        cut(&desk, &out, 5, "-INT");
        let path = desk.path(&out).join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(before), "{text}");
        std::fs::write(&path, text.replacen(before, after, 1)).unwrap();
        let refused = desk.refused(&format!("--resume {out}"));
        assert!(refused.contains("another") && refused.contains(what), "{refused}");
    }
}

#[test]
fn another_recipe_is_told_by_its_keys() {
    let desk = Desk::new();
    let words = "--model softmax_digits --epochs 1 --offline --threads 1 --progress none --out run";
    desk.trainer(words).assert().success();
    let other = format!("{} --batch-size 7 --continue", words.replace("--epochs 1", "--epochs 2"));
    let refused = desk.refused(&other);
    let parts = [
        "run was trained by another recipe than is asked for (",
        "training.epochs: was 1, now 2",
        "training.batch_size: was ",
        ", now 7",
        "); move it away or name another folder",
    ];
    assert!(parts.iter().all(|part| refused.contains(part)), "{refused}");
    let many = "--set training.ema=exponential --learning-rate 0.125 --set regularization.l1=0.5 --set optimizer=sgd";
    let refused = desk.refused(&format!("{other} {many}"));
    assert!(refused.contains("; and ") && refused.contains(" more); move it away"), "{refused}");
    // Weights of another recipe, too.
    desk.trainer(&words.replace("--epochs 1", "--epochs 2").replace("out run", "out other")).assert().success();
    std::fs::copy(desk.path("other/model.safetensors"), desk.path("run/model.safetensors")).unwrap();
    let refused = desk.refused("eval --run run");
    assert!(
        refused.contains("by another recipe than this run's, softmax_digits (training.epochs: was 2, now 1); put"),
        "{refused}"
    );
}

#[test]
fn another_instruction_set_is_refused_and_another_number_of_threads_is_not() {
    let desk = Desk::new();
    let unbroken = desk.train(WORDS, "unbroken").weights_sha256;
    cut(&desk, "run", 5, "-INT");
    let refused = desk.trainer("--resume run").env("ZOO_KERNELS_ISA", "off").assert().code(2);
    let text = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(text.contains("another instruction set (") && text.contains("now (off)"), "{text}");
    desk.trainer("--resume run --threads 2").assert().success();
    let report = desk.report("run");
    assert_eq!((report.weights_sha256, report.threads), (unbroken, 2));
}

#[test]
fn a_finished_run_has_nothing_to_resume() {
    let desk = Desk::new();
    let report = desk.train("--model softmax_digits --epochs 1", "run");
    assert_eq!(resume(&desk, "run"), report.weights_sha256);
}

/// A user who loses patience while the model is validated.
struct Impatient(StopFlag);

impl Observer for Impatient {
    fn validating(&mut self, _done: usize, _of: usize) {
        self.0.raise();
    }
    fn epoch(&mut self, _row: &EpochScores) {
        panic!("the epoch ended all the same");
    }
}

/// Burn's generator, which dropout draws from, is one for all threads: two trainings at once would share its numbers.
static TRAINING: Mutex<()> = Mutex::new(());

#[test]
fn ctrl_c_while_validating_ends_there_and_goes_on_with_validating() {
    let _alone = TRAINING.lock().unwrap_or_else(PoisonError::into_inner);
    let desk = Desk::new();
    let recipe = two_epochs();
    let store = zoo_core::Store::new(Some(desk.path("")), true, zoo_core::Progress::Hidden).unwrap();
    let splits = trainer::data::prepare(&recipe, &store, 1).unwrap();
    let run = RunSettings {
        seed: 1,
        device: "flex".to_string(),
        threads: 1,
        data_dir: None,
        offline: true,
        overrides: Vec::new(),
        started: String::new(),
        commit: None,
        cross_validation: None,
        extensions: Vec::new(),
        logs: Vec::new(),
        settings_from: Default::default(),
    };
    let folder = RunFolder::create(&desk.path("run"), &recipe, &run, None).unwrap();
    let train = |folder, resume, stop: &StopFlag, observer: &mut dyn Observer| {
        let identity = run.identity(&recipe, &splits);
        let options = FitOptions { identity, device: burn::tensor::Device::flex(), folder, resume, init: None, stop };
        fit(&recipe, &splits, &options, observer).unwrap()
    };
    let stop = StopFlag::default();
    let Fit::Interrupted(state) = train(Some(&folder), None, &stop, &mut Impatient(stop.clone())) else {
        panic!("it went on to the end");
    };
    assert_eq!(state.steps_done_in_epoch, splits.train.len().div_ceil(recipe.training.batch_size));
    assert_eq!((state.epochs_done, state.history.len()), (0, 0));

    let checkpoint = folder.checkpoints().unwrap().newest().unwrap().checkpoint;
    let end = |folder, resume| match train(folder, resume, &StopFlag::default(), &mut Silent) {
        Fit::Finished(fitted) => (fitted.network.named_tensors(), fitted.state.best),
        Fit::Interrupted(_) => panic!("nobody asked it to stop"),
    };
    assert_eq!(end(Some(&folder), checkpoint), end(None, None));
}

fn two_epochs() -> Recipe {
    let overrides = [("training.epochs".to_string(), "2".to_string())];
    trainer::registry::recipe("mlp_digits").unwrap().with_overrides(&overrides).unwrap()
}

#[test]
fn in_process_a_run_goes_on_in_its_own_folder_alone() {
    let _alone = TRAINING.lock().unwrap_or_else(PoisonError::into_inner);
    let desk = Desk::new();
    let request = |seed| Request {
        recipe: two_epochs(),
        overrides: Vec::new(),
        seed,
        device: DeviceName::Flex,
        threads: 1,
        data_dir: None,
        offline: true,
        folds: None,
        folds_from: Vec::new(),
        logs: Vec::new(),
    };
    let (run, stop) = (desk.path("run"), StopFlag::default());
    let stopped = train_in(&run, request(1), &mut Impatient(stop.clone()), &stop).unwrap();
    assert!(matches!(stopped, Ended::Interrupted), "{stopped:?}");
    let refused = train_in(&run, request(2), &mut Silent, &StopFlag::default()).unwrap_err().to_string();
    assert!(refused.contains("was trained by another seed (1) than is asked for (2)"), "{refused}");
    let train = |folder| match train_in(&desk.path(folder), request(1), &mut Silent, &StopFlag::default()).unwrap() {
        Ended::Finished(report) => report.weights_sha256,
        ended => panic!("{ended:?}"),
    };
    assert_eq!(train("run"), train("unbroken"));
    assert_eq!(train("run"), desk.report("run").weights_sha256, "what is finished is returned at once");
}
