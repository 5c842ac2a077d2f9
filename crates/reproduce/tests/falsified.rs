//! Every figure is published several times, and what was changed in one place only is noticed.
#![allow(missing_docs, clippy::unwrap_used)]

use reproduce::verify::{Verification, inspect};
use reproduce::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What is published, in a folder of its own.
struct PublishedCopy(TempDir);

impl PublishedCopy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        for part in ["README.md", "results", "models", "crates/experiments/README.md"] {
            copy(&root.join(part), &folder.path().join(part));
        }
        Self(folder)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Writes `new` where `old` stands first in a file.
    fn change(&self, below: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(below)).unwrap();
        assert!(text.contains(old), "{below} has no {old}");
        fs::write(self.path(below), text.replacen(old, new, 1)).unwrap();
    }

    fn verify(&self) -> Verification {
        inspect(&Workspace::at(self.0.path().to_path_buf()), &[]).unwrap()
    }
}

/// Copies what is published.
fn copy(from: &Path, to: &Path) {
    let kind = from.extension().unwrap_or_default().to_string_lossy().into_owned();
    if from.is_dir() {
        let names = from.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
        names.for_each(|name| copy(&from.join(&name), &to.join(&name)));
    } else if ["md", "toml", "json", "svg", "safetensors"].contains(&kind.as_str()) {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// Changes one place, and wants exactly these faults, each known by a part of its sentence.
fn assert_noticed(below: &str, old: &str, new: &str, wanted: &[&str]) {
    let copy = PublishedCopy::new();
    copy.change(below, old, new);
    let Verification { faults, .. } = copy.verify();
    let are_wanted = wanted.iter().all(|wanted| faults.iter().any(|fault| fault.contains(wanted)));
    assert!(are_wanted && faults.len() == wanted.len(), "{below}: {faults:?}");
}

#[test]
fn what_is_published_agrees() {
    let Verification { faults, sound, unrecorded } = PublishedCopy::new().verify();
    assert!(faults.is_empty() && unrecorded.is_empty(), "{faults:?} {unrecorded:?}");
    assert!(sound.contains(&"softmax_digits".to_string()), "{sound:?}");
}

#[test]
fn a_digit_in_one_place() {
    // The tables of two READMEs show the record's figures, too.
    let tables = "models/softmax/README.md";
    let record = "results/softmax_digits.json";
    assert_noticed(record, "\"test\":{\"loss\":0.", "\"test\":{\"loss\":1.", &["another entry for softmax_digits"]);
    assert_noticed(record, "\"train_seconds\":", "\"train_seconds\":9", &["softmax_digits.md is not what", tables]);
    assert_noticed(tables, "| **0.", "| **1.", &[tables]);
    assert_noticed(
        "models/softmax/weights/softmax_digits.md",
        "| accuracy | 0.",
        "| accuracy | 1.",
        &["the model card"],
    );
    assert_noticed(
        "models/cnn/weights/index.json",
        "\"seed\": ",
        "\"seed\": 1",
        &["another entry", "models/cnn/README.md"],
    );
    let recipe = "models/softmax/recipes/softmax_digits.toml";
    assert_noticed(recipe, "\nepochs = ", "\nepochs = 1", &["measured by another recipe or other seeds", tables]);
}

#[test]
fn an_accuracy_and_the_confusion_matrix_beside_it() {
    let copy = PublishedCopy::new();
    copy.change("results/softmax_digits.json", "\"accuracy\":0.", "\"accuracy\":0.0");
    copy.change("results/softmax_digits.json", "\"confusion\":[[", "\"confusion\":[[1");
    assert!(copy.verify().faults[0].contains("has a confusion matrix of "), "{:?}", copy.verify().faults);
}

#[test]
fn a_byte_of_weights() {
    let copy = PublishedCopy::new();
    let file = copy.path("models/softmax/weights/softmax_digits.safetensors");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    let Verification { faults, .. } = copy.verify();
    assert!(faults.len() == 1 && faults[0].contains("softmax_digits.safetensors has the sha256 "), "{faults:?}");
}

#[test]
fn an_experiment_that_is_missing_and_one_that_nobody_knows() {
    let copy = PublishedCopy::new();
    fs::rename(copy.path("results/experiments/netbp"), copy.path("results/experiments/netpb")).unwrap();
    let faults = copy.verify().faults.join("\n");
    assert!(faults.contains("of the experiment netbp nothing is recorded"), "{faults}");
    assert!(faults.contains("netpb is of no experiment; remove it"), "{faults}");
    assert!(faults.contains("crates/experiments/README.md"), "{faults}");
}

#[test]
fn lost_markers() {
    for (lost, name) in [("<!-- generated: results -->", "results"), ("<!-- end of generated: weights -->", "weights")]
    {
        let copy = PublishedCopy::new();
        copy.change("models/cnn/README.md", lost, "");
        let error = inspect(&Workspace::at(copy.path("")), &[]).map(drop).unwrap_err();
        let wanted = format!("models/cnn/README.md: there is no <!-- generated: {name} --> followed by ");
        assert!(format!("{error:#}").starts_with(&wanted), "{error:#}");
    }
}

#[test]
fn a_new_family_has_its_tables_without_a_line_elsewhere() {
    let copy = PublishedCopy::new();
    let recipe = fs::read_to_string(copy.path("models/softmax/recipes/softmax_digits.toml")).unwrap();
    fs::create_dir_all(copy.path("models/toy/recipes")).unwrap();
    fs::write(copy.path("models/toy/recipes/toy_digits.toml"), recipe.replace("softmax_digits", "toy_digits")).unwrap();
    fs::write(copy.path("models/toy/README.md"), "<!-- generated: results -->\n<!-- end of generated: results -->\n")
        .unwrap();
    let Verification { faults, unrecorded, .. } = copy.verify();
    assert_eq!(unrecorded, ["toy_digits"]);
    assert!(faults.len() == 1 && faults[0].contains("; models/toy/README.md (results)"), "{faults:?}");
}
