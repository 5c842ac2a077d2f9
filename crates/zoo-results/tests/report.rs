//! The report: what it looks like on disk, and which files are not one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::report;

use tempfile::tempdir;
use zoo_results::{Report, ReportError};

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
fn a_score_that_nobody_can_measure_is_refused_by_its_name() {
    for wrong in [7e300, 1.5, -0.25] {
        let mut report = report();
        report.test.accuracy = wrong;
        let refused = read(&serde_json::to_string(&report).unwrap()).unwrap_err();
        assert!(matches!(refused, ReportError::Score { name: "accuracy", value, .. } if value == wrong), "{refused}");
        assert!(refused.to_string().contains("is not a report: its test accuracy is "), "{refused}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_one_sentence() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("gone/report.json");
    assert!(matches!(report().write(&path), Err(ReportError::Write { .. })));
    assert!(matches!(Report::read(&path), Err(ReportError::Read { .. })));
}
