//! The report: what it looks like on disk, and which files are not one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use tempfile::tempdir;
use zoo_recipe::{ClassScores, DataFacts, Expected, Metric, Provenance, REPORT_SCHEMA, Report, ReportError, Scores};

fn report() -> Report {
    let class = |name: &str| ClassScores { name: name.to_owned(), precision: 0.9, recall: 0.9, f1: 0.9, support: 10 };
    let scores =
        Scores { loss: 0.125, accuracy: 0.9, auroc: Some(0.97), balanced_accuracy: Some(0.9), ..Scores::default() };
    Report {
        schema: REPORT_SCHEMA,
        model: "logistic_breast_cancer".to_owned(),
        recipe_sha256: "00".repeat(32),
        overrides: vec!["training.epochs: 60 -> 3".to_owned()],
        seed: 1,
        device: "flex".to_owned(),
        threads: 2,
        instruction_set: Some("avx512".to_owned()),
        burn: "0.22.1".to_owned(),
        commit: None,
        started: "2026-01-31T12:00:00Z".to_owned(),
        parameters: 31,
        multiply_adds: 30,
        epochs_run: 3,
        best_epoch: 2,
        train_seconds: 0.5,
        examples_per_second: 100_000.0,
        data: DataFacts {
            name: "breast_cancer".to_owned(),
            provenance: Provenance::Official,
            train: 410,
            valid: 45,
            test: 20,
        },
        valid: scores.clone(),
        test: scores,
        test_mirrored: None,
        curves: vec![],
        class_names: vec!["benign".to_owned(), "malignant".to_owned()],
        per_class: vec![class("benign"), class("malignant")],
        confusion: vec![vec![9, 1], vec![1, 9]],
        calibration: vec![],
        roc: vec![[0.0, 0.0], [0.1, 0.9], [1.0, 1.0]],
        expected: Expected::compare(Metric::Accuracy, 0.975, 0.02, 0.9),
        weights: "model.safetensors".to_owned(),
        weights_sha256: "11".repeat(32),
    }
}

/// Reads `text` as a report in an own folder.
fn read(text: &str) -> Result<Report, ReportError> {
    let folder = tempdir().unwrap();
    let path = folder.path().join("report.json");
    fs::write(&path, text).unwrap();
    Report::read(&path)
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("report.json");
    report().write(&path).unwrap();
    report().write(&path).unwrap();
    assert_eq!(Report::read(&path).unwrap(), report());
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "no temporary file stays behind");
    insta::assert_snapshot!(fs::read_to_string(&path).unwrap());
}

#[test]
fn an_unknown_key_is_refused() {
    let text = serde_json::to_string(&report()).unwrap().replacen("\"seed\"", "\"sead\"", 1);
    assert!(matches!(read(&text), Err(ReportError::Parse { .. })));
}

#[test]
fn another_schema_is_refused_by_its_number() {
    let text = serde_json::to_string(&report()).unwrap().replacen("\"schema\":2", "\"schema\":1", 1);
    assert!(matches!(read(&text), Err(ReportError::Schema { found: 1, .. })));
    let later = r#"{"schema": 7, "what comes later": []}"#;
    assert!(matches!(read(later), Err(ReportError::Schema { found: 7, .. })));
}

#[test]
fn a_matrix_of_another_size_is_refused() {
    let mut report = report();
    report.confusion[1].push(0);
    let text = serde_json::to_string(&report).unwrap();
    assert!(matches!(read(&text), Err(ReportError::Classes { classes: 2, .. })));
}

#[test]
fn a_folder_that_is_not_there_is_one_sentence() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("gone/report.json");
    assert!(matches!(report().write(&path), Err(ReportError::Write { .. })));
    assert!(matches!(Report::read(&path), Err(ReportError::Read { .. })));
}
