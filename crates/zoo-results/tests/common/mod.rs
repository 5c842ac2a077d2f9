//! What the tests of this crate share.
#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking; not every test uses all of it")]

use std::path::Path;

use zoo_core::{ClassScores, Metric, Provenance, Scores};
use zoo_recipe::Recipe;
use zoo_results::{DataFacts, Expected, REPORT_SCHEMA, Report};

/// The recipe of the softmax classifier on digits.
pub(crate) fn softmax_digits() -> Recipe {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/softmax/recipes/softmax_digits.toml");
    Recipe::parse(&std::fs::read_to_string(file).unwrap(), "softmax_digits.toml").unwrap()
}

/// A report of a binary classifier whose lists fit together.
pub(crate) fn report() -> Report {
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
        cpu: None,
        burn: "0.22.1".to_owned(),
        commit: None,
        started: "2026-01-31T12:00:00Z".to_owned(),
        parameters: 31,
        macs: 30,
        epochs_run: 3,
        best_epoch: 2,
        train_seconds: 0.5,
        cost: Default::default(),
        examples_per_second: 100_000.0,
        data: DataFacts {
            name: "breast_cancer".to_owned(),
            provenance: Provenance::Official,
            train: 410,
            valid: 45,
            test: 20,
            test_sha256: None,
        },
        valid: scores.clone(),
        test: scores,
        test_mirrored: None,
        test_six_views: None,
        curves: vec![],
        class_names: vec!["benign".to_owned(), "malignant".to_owned()],
        per_class: vec![class("benign"), class("malignant")],
        confusion: vec![vec![9, 1], vec![1, 9]],
        calibration: vec![],
        roc: vec![[0.0, 0.0], [0.1, 0.9], [1.0, 1.0]],
        expected: Some(Expected::compare(Metric::Accuracy, 0.975, 0.02, 0.9)),
        weights: "model.safetensors".to_owned(),
        weights_sha256: "11".repeat(32),
    }
}
