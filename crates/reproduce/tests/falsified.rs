//! Every figure is published several times, and what was changed in one place only is noticed.
#![allow(missing_docs, clippy::unwrap_used)]

use reproduce::verify::{Verification, inspect};
use reproduce::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zoo_results::{DIGESTS, Record, digest};

/// What is published, in a folder of its own.
struct PublishedCopy(TempDir);

impl PublishedCopy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        for part in ["README.md", "docs", "results", "models", "crates/experiments/README.md"] {
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

    /// Counts up the first digit behind these texts, each sought behind the one before.
    fn falsify(&self, below: &str, behind: &[&str]) {
        let mut text = fs::read_to_string(self.path(below)).unwrap();
        let after = |at: usize, mark: &&str| at + text[at..].find(mark).unwrap() + mark.len();
        let at = behind.iter().fold(0, after);
        let at = at + text[at..].find(|one: char| one.is_ascii_digit()).unwrap();
        let digit = text.as_bytes()[at] - b'0';
        text.replace_range(at..=at, &((digit + 1) % 10).to_string());
        fs::write(self.path(below), text).unwrap();
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
    } else if ["md", "toml", "json", "svg", "safetensors"].contains(&kind.as_str()) || from.ends_with(DIGESTS) {
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
    let changed = "softmax_digits.json is not what was recorded";
    let loss = ["\"test\":{\"loss\":0.", "\"test\":{\"loss\":1."];
    assert_noticed(record, loss[0], loss[1], &["another entry for softmax_digits", changed]);
    let seconds = ["\"train_seconds\":", "\"train_seconds\":9"];
    assert_noticed(record, seconds[0], seconds[1], &["softmax_digits.md is not what", tables, changed]);
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

/// The second run of a record, which has one a line.
const LATER_SEED: [&str; 2] = ["\n{\"schema\":", "\n{\"schema\":"];

#[test]
fn any_recorded_figure() {
    let [outcome, svg] = ["results/experiments/losses/outcome.json", "results/experiments/losses/losses.svg"];
    let record = "results/logistic_breast_cancer.json";
    let copy = PublishedCopy::new();
    let cases: [(&str, &[&str]); 12] = [
        (svg, &["<svg", ">", "<"]),
        (outcome, &["\"measured\": \""]),
        (outcome, &["\"expected\": \""]),
        (outcome, &["\"tables\": [", "\"rows\": ["]),
        (record, &["\"curves\":[", "\"train_loss\":"]),
        (record, &["\"valid\":{", "\"accuracy\":"]),
        (record, &["\"valid\":{", "\"auroc\":"]),
        (record, &[LATER_SEED[0], LATER_SEED[1], "\"per_class\":[", "\"precision\":"]),
        (record, &["\"folds\":{", "\"confusion\":[["]),
        (record, &["\"folds\":{", "\"auroc\":"]),
        ("results/bench.json", &["{"]),
        ("results/testing/fuzz.json", &["\"inputs\": "]),
    ];
    for (below, behind) in cases {
        let before = fs::read(copy.path(below)).unwrap();
        copy.falsify(below, behind);
        let faults = copy.verify().faults;
        let sentence = format!("{below} is not what was recorded by SHA256SUMS; restore it or record it again");
        assert!(faults.contains(&sentence), "{below}, {behind:?}: {faults:?}");
        fs::write(copy.path(below), before).unwrap();
    }
    fs::write(copy.path(svg), "").unwrap();
    fs::remove_file(copy.path("results/experiments/netbp/outcome.json")).unwrap();
    copy.falsify("results/SHA256SUMS", &["  bench.json\n"]);
    let faults = copy.verify().faults.join("\n");
    assert!(faults.contains("losses.svg is not what was recorded"), "{faults}");
    assert!(faults.contains("netbp/outcome.json is missing"), "{faults}");
    assert!(faults.contains("is not what was recorded by SHA256SUMS; restore it or record it again"), "{faults}");
}

#[test]
fn what_follows_from_other_figures_even_where_its_digest_was_changed_too() {
    let copy = PublishedCopy::new();
    let cases: [(&str, &[&str], &str); 7] = [
        ("softmax_digits", &["\"valid\":{", "\"accuracy\":"], " by the curve of its best epoch"),
        ("softmax_digits", &["\"epoch\":40,", "\"valid_loss\":"], " by the curve of its best epoch"),
        ("softmax_digits", &[LATER_SEED[0], LATER_SEED[1], "\"per_class\":[", "\"f1\":"], "by its confusion matrix"),
        ("softmax_digits", &["\"calibration\":[", "\"count\":"], "has a calibration of "),
        ("logistic_breast_cancer", &["\"folds\":{", "\"confusion\":[["], "has a confusion matrix of "),
        ("logistic_breast_cancer", &["\"folds\":{", "\"auroc\":"], "as the mean of its models"),
        ("logistic_breast_cancer", &["\"folds\":{", "\"deviation\":{", "\"f1\":"], "by its models' deviation"),
    ];
    for (recipe, behind, wanted) in cases {
        let file = format!("{recipe}.json");
        let below = format!("results/{file}");
        let before = fs::read(copy.path(&below)).unwrap();
        copy.falsify(&below, behind);
        digest(&copy.path("results"), &file).unwrap();
        let faults = copy.verify().faults;
        assert!(faults.iter().any(|fault| fault.contains(recipe) && fault.contains(wanted)), "{behind:?}: {faults:?}");
        fs::write(copy.path(&below), before).unwrap();
        digest(&copy.path("results"), &file).unwrap();
    }
    assert_eq!(copy.verify().faults, [""; 0]);
}

#[test]
fn a_record_of_fresh_seeds_is_held_to_its_own_figures() {
    let copy = PublishedCopy::new();
    fs::create_dir_all(copy.path("results/fresh")).unwrap();
    let (file, mut record) =
        ("fresh/softmax_digits.json", Record::read(&copy.path("results/softmax_digits.json")).unwrap());
    let write = |record: &Record| record.write(&copy.path("results").join(file)).unwrap();
    let is_told = |wanted: &str| copy.verify().faults.iter().any(|fault| fault.contains(wanted));
    record.runs.iter_mut().for_each(|run| run.seed += 1000);
    write(&record);
    assert!(is_told(file), "it has no digest");
    digest(&copy.path("results"), file).unwrap();
    assert!(!is_told(file) && !is_told("softmax_digits seed"));
    assert!(is_told("models/softmax/README.md"), "its table names them");
    record.runs[1].test.accuracy -= 0.01;
    write(&record);
    digest(&copy.path("results"), file).unwrap();
    assert!(is_told("softmax_digits seed 1012 "));
    record.runs[1].recipe_sha256 = "0".repeat(64);
    write(&record);
    assert!(is_told("softmax_digits was confirmed by another recipe"));
}
