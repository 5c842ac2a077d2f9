//! What the tests of this crate share.
#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking; not every test uses all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use zoo_recipe::{
    ClassScores, DataFacts, Expected, Metric, Provenance, REPORT_SCHEMA, Recipe, Report, Scores, parse_override,
};

/// The number of recipes the zoo ships. A test that reads all of them fails when it finds more or fewer.
pub(crate) const SHIPPED: usize = 15;

/// Every `models/*/recipes/*.toml`, sorted by name.
pub(crate) fn shipped_files() -> Vec<PathBuf> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut files: Vec<_> = entries(&models)
        .into_iter()
        .map(|family| family.join("recipes"))
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| entries(&folder))
        .collect();
    files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
    assert_eq!(files.len(), SHIPPED, "{files:#?}");
    files
}

/// All shipped recipes, sorted by name.
pub(crate) fn shipped() -> Vec<Recipe> {
    shipped_files().iter().map(|file| read(file)).collect()
}

/// One shipped recipe.
pub(crate) fn recipe(name: &str) -> Recipe {
    shipped().into_iter().find(|recipe| recipe.name == name).unwrap()
}

/// The recipe with `KEY=VALUE` set.
pub(crate) fn with(recipe: &Recipe, overrides: &[&str]) -> Result<Recipe, String> {
    let pairs: Result<Vec<_>, _> = overrides.iter().map(|text| parse_override(text)).collect();
    let overridden = pairs.and_then(|pairs| recipe.with_overrides(&pairs));
    overridden.map_err(|error| error.to_string())
}

fn read(file: &Path) -> Recipe {
    let text = fs::read_to_string(file).unwrap();
    Recipe::parse(&text, file.to_str().unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
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
