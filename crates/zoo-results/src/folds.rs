//! The report of a cross-validation: one entry per fold, and all of them together.

use std::path::Path;

use serde::{Deserialize, Serialize};

use zoo_core::{ClassScores, Cost, Scores};

use crate::{CalibrationBin, DataFacts, Expected, ReportError};

/// The version of the form of [`FoldsReport`].
pub const FOLDS_SCHEMA: u32 = 1;

/// What a cross-validation reached. Every example is tested once per repeat, by a model that has not seen it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldsReport {
    /// [`FOLDS_SCHEMA`].
    pub schema: u32,
    /// The recipe's name.
    pub model: String,
    /// [`Recipe::sha256`](zoo_recipe::Recipe::sha256) of the recipe as it ran, overrides included.
    pub recipe_sha256: String,
    /// What an override changed in the named recipe, each as `key: before -> after`.
    pub overrides: Vec<String>,
    /// How many folds the data was cut into.
    pub folds: usize,
    /// The seed of every repeat: it cuts the folds and starts their models.
    pub seeds: Vec<u64>,
    /// The device, as on the command line.
    pub device: String,
    /// The CPU threads it could use.
    pub threads: usize,
    /// As in [`Report::instruction_set`](crate::Report::instruction_set).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_set: Option<String>,
    /// Burn's version.
    pub burn: String,
    /// As in [`Report::commit`](crate::Report::commit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When the first fold started, RFC 3339.
    pub started: String,
    /// Trainable parameters of one model.
    pub parameters: usize,
    /// The training time of all folds.
    pub train_seconds: f64,
    /// What that has cost, as far as the system says.
    #[serde(default, skip_serializing_if = "Cost::is_unknown")]
    pub cost: Cost,
    /// The data, with the sizes of the first fold's splits.
    pub data: DataFacts,
    /// One row per fold, repeat by repeat.
    pub runs: Vec<FoldScores>,
    /// The mean over all folds of all repeats of each score, as scikit-learn's `cross_val_score` gives it: an AUROC is never
    /// that of pooled predictions, as the logits of different models need not be comparable.
    pub mean: Scores,
    /// The sample standard deviation of each; 0 for what only one fold could measure.
    pub deviation: Scores,
    /// The names of the classes, by label.
    pub class_names: Vec<String>,
    /// The scores of each class over the pooled predictions of all repeats.
    pub per_class: Vec<ClassScores>,
    /// The pooled predictions of all repeats by true class (row) and predicted class (column).
    pub confusion: Vec<Vec<u64>>,
    /// As in [`Report::calibration`](crate::Report::calibration), pooled.
    pub calibration: Vec<CalibrationBin>,
    /// As in [`Report::roc`](crate::Report::roc), pooled: to be drawn, not to be measured.
    pub roc: Vec<[f64; 2]>,
    /// The recipe's claim beside the mean over all folds; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// One fold's model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldScores {
    /// The repeat's seed.
    pub seed: u64,
    /// The fold, counted from 1.
    pub fold: usize,
    /// Epochs run.
    pub epochs_run: usize,
    /// Scores on the examples that the model has not seen.
    pub test: Scores,
}

impl FoldsReport {
    /// The report in the file `path`.
    ///
    /// # Errors
    ///
    /// As [`Report::read`](crate::Report::read).
    pub fn read(path: &Path) -> Result<FoldsReport, ReportError> {
        let report: FoldsReport = crate::report::read_as(path, FOLDS_SCHEMA)?;
        crate::report::check_classes(path, &report.class_names, &report.per_class, &report.confusion)?;
        crate::report::check_scores(path, "mean", &report.mean)?;
        report.runs.iter().try_for_each(|run| crate::report::check_scores(path, "test", &run.test))?;
        Ok(report)
    }

    /// Writes the report to `path`, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        crate::report::write_as(path, self)
    }
}
