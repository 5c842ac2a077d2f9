//! Runs that were kept: what is gone on with, what is run anew and why, and what is left alone.
#![allow(missing_docs, clippy::unwrap_used)]

use assert_cmd::Command;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;
use zoo_results::Report;

/// A reproduction of one seed, in a folder of its own.
struct KeptRun(TempDir);

impl KeptRun {
    fn new() -> Self {
        let kept = Self(tempfile::tempdir().unwrap());
        kept.reproduce();
        kept
    }

    fn reproduce(&self) -> Output {
        let mut command = Command::cargo_bin("reproduce").unwrap();
        command
            .args(["run", "softmax_digits", "--seeds", "1", "--threads", "1", "--offline", "--runs"])
            .arg(self.0.path());
        command.output().unwrap()
    }

    /// The run folder, below one of this program's name.
    fn folder(&self) -> PathBuf {
        let program = only_entry(self.0.path());
        let runs = program.join("flex/softmax_digits");
        only_entry(&runs)
    }

    fn report(&self) -> Report {
        Report::read(&self.folder().join("report.json")).unwrap()
    }
}

fn only_entry(folder: &Path) -> PathBuf {
    let entries: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries[0].clone()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_folder_in_which_a_process_trains_is_left_alone() {
    let kept = KeptRun::new();
    let folder = kept.folder();
    // As after a kill: no report yet, settings that were damaged since, and the lock held.
    fs::remove_file(folder.join("report.json")).unwrap();
    fs::write(folder.join("run.json"), "{").unwrap();
    let lock = File::open(folder.join("run.lock")).unwrap();
    lock.lock().unwrap();
    let output = kept.reproduce();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("another process is training in"), "{}", said(&output));
    assert_eq!(fs::read_to_string(folder.join("run.json")).unwrap(), "{");
    assert!(folder.join("model.safetensors").exists());
}

#[test]
fn what_cannot_be_gone_on_with_is_run_anew_and_the_reason_is_said() {
    let kept = KeptRun::new();
    let sha256 = kept.report().weights_sha256;
    fs::remove_file(kept.folder().join("report.json")).unwrap();
    fs::write(kept.folder().join("run.json"), "{").unwrap();
    let output = kept.reproduce();
    let said = said(&output);
    assert!(said.contains("is run anew, as") && said.contains("run.json is damaged"), "{said}");
    assert_eq!(kept.report().weights_sha256, sha256);
}

#[test]
fn weights_that_are_gone_are_made_again() {
    let kept = KeptRun::new();
    let (sha256, started) = (kept.report().weights_sha256, kept.report().started);
    fs::remove_file(kept.folder().join("model.safetensors")).unwrap();
    assert!(!said(&kept.reproduce()).contains("run anew"));
    assert!(kept.folder().join("model.safetensors").exists());
    assert_eq!(
        (kept.report().weights_sha256, kept.report().started),
        (sha256, started),
        "its checkpoint was gone on with"
    );
}

#[test]
fn a_reason_is_said_once() {
    let kept = KeptRun::new();
    let record = kept.folder().ancestors().nth(2).unwrap().join("results/softmax_digits.json");
    fs::remove_file(&record).unwrap();
    fs::create_dir_all(record.join("in the way")).unwrap();
    let output = kept.reproduce();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(said(&output).matches("(os error").count(), 1, "{}", said(&output));
}
