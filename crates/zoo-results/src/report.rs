//! The report: what a run did and what it reached, as one JSON file.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use zoo_core::weights::Entry;
use zoo_core::{
    ClassScores, Cost, Explain, Flush, Metric, Provenance, Scores, WriteError, read_text, write_atomically,
};

/// The version of the report's form, which [`Report::read`] accepts. It rises when a key changes its meaning.
pub const REPORT_SCHEMA: u32 = 2;

/// What a run did and what it reached. All scores but the loss are fractions of 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`REPORT_SCHEMA`].
    pub schema: u32,
    /// The recipe's name.
    pub model: String,
    /// [`Recipe::sha256`](zoo_recipe::Recipe::sha256) of the recipe as it ran, overrides included.
    pub recipe_sha256: String,
    /// What an override changed in the named recipe, each as `key: before -> after`.
    pub overrides: Vec<String>,
    /// The seed of this run.
    pub seed: u64,
    /// The device, as on the command line: `flex`.
    pub device: String,
    /// The CPU threads it could use.
    pub threads: usize,
    /// The vector instructions the CPU's kernels used, which decide the bits: `avx512`; absent on other devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_set: Option<String>,
    /// The processor: `AMD EPYC`; absent where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// Burn's version.
    pub burn: String,
    /// The commit of the program, with `-dirty` when its tree had changes; absent when it was built outside a clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When the run started, RFC 3339.
    pub started: String,
    /// Trainable parameters.
    pub parameters: usize,
    /// Multiply-accumulates (MACs) of one example's forward pass.
    pub macs: u64,
    /// Epochs run, fewer than the recipe's after early stopping.
    pub epochs_run: usize,
    /// The epoch, from 1, whose weights were kept.
    pub best_epoch: usize,
    /// Wall time of training, validation between epochs included.
    pub train_seconds: f64,
    /// What that has cost, as far as the system says.
    #[serde(default, skip_serializing_if = "Cost::is_unknown")]
    pub cost: Cost,
    /// Training examples per second, over the time spent in training steps.
    pub examples_per_second: f64,
    /// What the run was trained and judged on.
    pub data: DataFacts,
    /// Scores of the kept weights on the validation split.
    pub valid: Scores,
    /// Scores of the kept weights on the test split, read once, at the end.
    pub test: Scores,
    /// The same with the logits of every image averaged with those of its mirror image: a figure of its own, where
    /// training mirrors images too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mirrored: Option<Scores>,
    /// The same over six views (K. Jordan's cifar10-airbench), where training moves images, too: half the weight on the image and its mirror
    /// image, half on both moved by a pixel, up and left or down and right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_six_views: Option<Scores>,
    /// One row per epoch.
    pub curves: Vec<EpochScores>,
    /// The names of the classes, by label.
    pub class_names: Vec<String>,
    /// Test scores of each class, in the order of `class_names`.
    pub per_class: Vec<ClassScores>,
    /// Test examples by true class (row) and predicted class (column).
    pub confusion: Vec<Vec<u64>>,
    /// How far the probability given to the predicted class can be trusted on test: equally wide bins from 0 to 1.
    pub calibration: Vec<CalibrationBin>,
    /// The receiver operating characteristic on test, of two classes: `[false positive rate, true positive rate]` from
    /// `[0, 0]` to `[1, 1]`, thinned to at most [`MOST_ROC_POINTS`]. Empty for more classes.
    pub roc: Vec<[f64; 2]>,
    /// The recipe's claim beside what was measured; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// The weights' file name within the run folder.
    pub weights: String,
    /// The sha256 of the weights' file, in hexadecimal.
    pub weights_sha256: String,
}

/// The most points a report's receiver operating characteristic has.
pub const MOST_ROC_POINTS: usize = 200;

/// One epoch in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct EpochScores {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean over the epoch, as the weights changed, with dropout and augmentation.
    pub train_loss: f64,
    /// Likewise; NaN, and not written, for regression, as is the other accuracy.
    #[serde(default = "nan", skip_serializing_if = "is_nan")]
    pub train_accuracy: f64,
    /// After the epoch.
    pub valid_loss: f64,
    /// After the epoch.
    #[serde(default = "nan", skip_serializing_if = "is_nan")]
    pub valid_accuracy: f64,
    /// The root of the mean squared error, in the target's unit, for regression; over the epoch, as `train_loss`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train_rmse: Option<f64>,
    /// After the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_rmse: Option<f64>,
    /// Of the epoch's last step.
    pub learning_rate: f64,
    /// Training speed, validation not counted; absent in reports written before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples_per_second: Option<f64>,
}

/// An accuracy where there are no classes.
fn nan() -> f64 {
    f64::NAN
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nan(value: &f64) -> bool {
    value.is_nan()
}

impl EpochScores {
    /// What stands beside the loss, on the training and on the validation split: the accuracy, or for regression the RMSE.
    pub fn beside_loss(&self) -> (Metric, [f64; 2]) {
        match (self.train_rmse, self.valid_rmse) {
            (Some(train), Some(valid)) => (Metric::Rmse, [train, valid]),
            _ => (Metric::Accuracy, [self.train_accuracy, self.valid_accuracy]),
        }
    }
}

/// The test examples whose predicted class was given a probability between two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationBin {
    /// The lower bound; the upper one is the next bin's, or 1.
    pub from: f64,
    /// The examples in it.
    pub count: u64,
    /// The mean probability given to the predicted class; 0 without examples.
    pub confidence: f64,
    /// The fraction of them predicted rightly; 0 without examples.
    pub accuracy: f64,
}

/// What a run was trained and judged on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct DataFacts {
    /// The data set, as in the recipe.
    pub name: String,
    /// Whether its files are the published ones.
    pub provenance: Provenance,
    /// Training examples.
    pub train: usize,
    /// Validation examples.
    pub valid: usize,
    /// Test examples.
    pub test: usize,
    /// A digest of the test examples, by which runs are known to be measured on the same ones; absent in reports written before it
    /// was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_sha256: Option<String>,
}

/// The recipe's claim beside what one run measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What is compared.
    pub metric: Metric,
    /// What the recipe expects, as a mean over its seeds.
    pub expected: f64,
    /// How far from it the mean may lie.
    pub tolerance: f64,
    /// What this run reached on test.
    pub measured: f64,
    /// Whether `measured` lies within `tolerance` of `expected`.
    pub holds: bool,
}

/// Why a report could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The file could not be read.
    #[error("cannot read the report {}: {source}", path.display())]
    Read {
        /// The report.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is not a report of this form.
    #[error("{} is not a report: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// The report has another form than this program reads.
    #[error("the report {} has schema {found}, expected {expected}: read it with the program that wrote it", path.display())]
    Schema {
        /// The report.
        path: PathBuf,
        /// The schema it names.
        found: u32,
        /// The schema this program reads.
        expected: u32,
    },
    /// The confusion matrix or the class scores do not match the classes.
    #[error("the report {} has {classes} classes, and not as many rows, columns or scores", path.display())]
    Classes {
        /// The report.
        path: PathBuf,
        /// The number of class names.
        classes: usize,
    },
    /// A score is none that can be measured.
    #[error("{} is not a report: its {split} {name} is {value:e}, expected at most 1 and, of a share, at least 0", path.display())]
    Score {
        /// The report.
        path: PathBuf,
        /// The split that it is of, or `mean`.
        split: &'static str,
        /// The score's key.
        name: &'static str,
        /// What it says.
        value: f64,
    },
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Expected {
    /// A claim beside what was measured.
    ///
    /// ```
    /// use zoo_core::Metric;
    /// use zoo_results::Expected;
    ///
    /// assert!(Expected::compare(Metric::Accuracy, 0.72, 0.02, 0.71).holds);
    /// assert!(!Expected::compare(Metric::Accuracy, 0.72, 0.02, f64::NAN).holds);
    /// ```
    pub fn compare(metric: Metric, expected: f64, tolerance: f64, measured: f64) -> Expected {
        let holds = (measured - expected).abs() <= tolerance;
        Expected { metric, expected, tolerance, measured, holds }
    }
}

/// Scores that a report may have.
pub type ScoresOf = fn(&Report) -> Option<&Scores>;

impl Report {
    /// The figures of test-time augmentation, and what is averaged in each.
    pub const AUGMENTED: [(&str, ScoresOf); 2] = [
        ("averaged with the mirror image", |report| report.test_mirrored.as_ref()),
        ("averaged over six views", |report| report.test_six_views.as_ref()),
    ];

    /// The report in the file `path`.
    ///
    /// # Errors
    ///
    /// [`ReportError::Read`], [`ReportError::Schema`] for a report of another form, [`ReportError::Parse`] for an
    /// unknown or missing key or a wrong type, [`ReportError::Classes`] when its lists do not fit together.
    pub fn read(path: &Path) -> Result<Report, ReportError> {
        let report: Report = read_as(path, REPORT_SCHEMA)?;
        check_classes(path, &report.class_names, &report.per_class, &report.confusion)?;
        check_scores(path, "test", &report.test)?;
        check_scores(path, "validation", &report.valid)?;
        Ok(report)
    }

    /// Writes the report to `path`, whole or not at all: into a file beside it first, which then takes its name.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        write_as(path, self)
    }

    /// What `index.json` says of this run's weights file, which has that many bytes and becomes `NAME.safetensors`.
    pub fn index_entry(&self, bytes: u64) -> Entry {
        Entry {
            name: self.model.clone(),
            file: format!("{}.safetensors", self.model),
            sha256: self.weights_sha256.clone(),
            bytes,
            parameters: self.parameters,
            macs: self.macs,
            seed: self.seed,
            commit: self.commit.clone(),
            burn: self.burn.clone(),
            device: self.device.clone(),
            instruction_set: self.instruction_set.clone(),
            data: self.data.name.clone(),
            provenance: self.data.provenance,
            metrics: self.test.clone(),
        }
    }
}

/// Bytes of a report or record: more than any of a thousand seeds or folds has.
const LONGEST: u64 = 1 << 28;

/// Reads a file of the form `schema`.
pub(crate) fn read_as<T: DeserializeOwned>(path: &Path, schema: u32) -> Result<T, ReportError> {
    let read = |source| ReportError::Read { path: path.to_owned(), source };
    let parse = |source| ReportError::Parse { path: path.to_owned(), source };
    let text = read_text(path, LONGEST).map_err(read)?;
    let SchemaOnly { schema: found } = serde_json::from_str(&text).map_err(parse)?;
    if found != schema {
        return Err(ReportError::Schema { path: path.to_owned(), found, expected: schema });
    }
    serde_json::from_str(&text).map_err(parse)
}

/// The lists that have an entry per class.
pub(crate) fn check_classes(
    path: &Path,
    names: &[String],
    per_class: &[ClassScores],
    confusion: &[Vec<u64>],
) -> Result<(), ReportError> {
    let classes = names.len();
    let fit =
        per_class.len() == classes && confusion.len() == classes && confusion.iter().all(|row| row.len() == classes);
    if fit { Ok(()) } else { Err(ReportError::Classes { path: path.to_owned(), classes }) }
}

/// Refuses scores that cannot have been measured.
pub(crate) fn check_scores(path: &Path, split: &'static str, scores: &Scores) -> Result<(), ReportError> {
    match scores.impossible() {
        Some((name, value)) => Err(ReportError::Score { path: path.to_owned(), split, name, value }),
        None => Ok(()),
    }
}

/// Writes a value as JSON, whole or not at all.
pub(crate) fn write_as(path: &Path, value: &impl Serialize) -> Result<(), ReportError> {
    let text = serde_json::to_string_pretty(value).expect("texts, numbers and lists are JSON");
    Ok(write_atomically(path, (text + "\n").as_bytes(), Flush::ToDisk)?)
}

/// The one key that every form of the report has.
#[derive(Deserialize)]
struct SchemaOnly {
    schema: u32,
}
