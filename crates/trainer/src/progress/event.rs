//! The lines of `--progress json`.

use crate::device::DeviceName;
use crate::error::TrainError;
use crate::observer::FoldPlan;
use crate::output::say;
use crate::run_folder::Repeats;
use crate::sweep::RunState;
use serde::Serialize;
use std::path::Path;
use zoo_core::explain::Explain;
use zoo_core::weights::WEIGHTS_SCHEMA;
use zoo_core::{Metric, Scores};
use zoo_results::{DataFacts, EpochScores};

/// One line. The first is `start`, the last `end`.
#[derive(Clone, Debug, Serialize, Explain)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// What is about to be trained, once its folder is there.
    Start(Box<Start<'a>>),
    /// After every epoch's validation.
    Epoch(Epoch),
    /// After every fold of a cross-validation.
    Fold(FoldDone<'a>),
    /// After every run of several, which one command trains.
    Run(RunDone<'a>),
    /// What its user may want to change while it trains.
    Warning(Warning<'a>),
    /// How it ended.
    End(End<'a>),
}

impl<'a> Event<'a> {
    /// A sentence about what goes on.
    pub(crate) fn warning(text: &'a str) -> Self {
        Event::Warning(Warning { text })
    }

    /// On standard output.
    pub(crate) fn say(&self) {
        say(&serde_json::to_string(self).expect("an event is texts and numbers"));
    }
}

/// The first line.
#[derive(Clone, Debug, Serialize, Explain)]
pub(crate) struct Start<'a> {
    /// The run folder.
    pub(crate) folder: &'a Path,
    /// Whether an earlier session began the run.
    pub(crate) resumed: bool,
    /// The recipe's name.
    pub(crate) model: &'a str,
    /// The sha256 of the recipe as it is trained.
    pub(crate) recipe_sha256: String,
    /// What was changed in the named recipe, each as `key: before -> after`.
    pub(crate) overrides: &'a [String],
    /// Decides initial weights, order, augmentation and dropout.
    pub(crate) seed: u64,
    /// How the data is cut, of a cross-validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cross_validation: Option<&'a Repeats>,
    /// What is computed on.
    pub(crate) device: &'a str,
    /// The vector instructions that decide the bits, on the CPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instruction_set: Option<String>,
    /// CPU threads.
    pub(crate) threads: usize,
    /// Trainable parameters.
    pub(crate) parameters: usize,
    /// Epochs in all, at most.
    pub(crate) epochs: usize,
    /// Epochs that earlier sessions have done; of a cross-validation, in its unfinished fold.
    pub(crate) epochs_done: usize,
    /// The data, and how many examples it has; of a cross-validation, in its first fold.
    pub(crate) data: DataFacts,
    /// What trains.
    pub(crate) versions: Versions,
}

/// What trains.
#[derive(Clone, Debug, Serialize, Explain)]
pub(crate) struct Versions {
    /// The trainer's.
    pub(crate) trainer: &'static str,
    /// The commit it was built from, with `-dirty` when its tree had changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commit: Option<&'static str>,
    /// Burn's.
    pub(crate) burn: &'static str,
    /// The schema of the weights files that it writes.
    pub(crate) weights_schema: u32,
    /// The devices that it was built with.
    pub(crate) devices: Vec<&'static str>,
}

impl Versions {
    /// Those of this program.
    pub(crate) fn here() -> Self {
        let compiled_in = DeviceName::ALL.into_iter().filter(|device| device.is_compiled_in());
        Self {
            trainer: env!("CARGO_PKG_VERSION"),
            commit: crate::commit(),
            burn: crate::BURN_VERSION,
            weights_schema: WEIGHTS_SCHEMA,
            devices: compiled_in.map(DeviceName::name).collect(),
        }
    }
}

/// One epoch: a row of `metrics.csv`, and how far it is.
#[derive(Clone, Debug, Serialize, Explain)]
pub(crate) struct Epoch {
    /// The fold that trains, of a cross-validation.
    #[serde(flatten)]
    pub(crate) fold: Option<FoldOf>,
    /// The row.
    #[serde(flatten)]
    pub(crate) scores: EpochScores,
    /// Epochs in all, at most.
    pub(crate) epochs: usize,
    /// Until the last of them at the pace so far; of a cross-validation, of this fold.
    pub(crate) seconds_left: f64,
}

/// Which model of a cross-validation.
#[derive(Clone, Copy, Debug, Serialize, Explain)]
pub(crate) struct FoldOf {
    /// The repeat it belongs to.
    pub(crate) seed: u64,
    /// The fold it is tested on, counted from 1.
    pub(crate) fold: usize,
}

impl From<&FoldPlan> for FoldOf {
    fn from(plan: &FoldPlan) -> Self {
        Self { seed: plan.seed, fold: plan.fold }
    }
}

/// One model of a cross-validation.
#[derive(Clone, Debug, Serialize, Explain)]
pub(crate) struct FoldDone<'a> {
    /// Which.
    #[serde(flatten)]
    pub(crate) of: FoldOf,
    /// Folds of a repeat.
    pub(crate) folds: usize,
    /// Models finished so far, those of earlier sessions included.
    pub(crate) done: usize,
    /// Models in all.
    pub(crate) models: usize,
    /// Epochs that it took.
    pub(crate) epochs_run: usize,
    /// On the examples that it has not seen.
    pub(crate) test: &'a Scores,
    /// What the claim is about.
    pub(crate) metric: Metric,
    /// The mean of it over all folds so far.
    pub(crate) mean: f64,
    /// Until the last of them at the pace so far.
    pub(crate) seconds_left: f64,
}

/// A warning.
#[derive(Clone, Debug, Serialize, Explain)]
pub(crate) struct Warning<'a> {
    /// It, in a sentence.
    pub(crate) text: &'a str,
}

/// One run of several.
#[derive(Clone, Debug, Serialize, Explain)]
pub(crate) struct RunDone<'a> {
    /// Its folder's name.
    pub(crate) run: &'a str,
    /// What became of it.
    pub(crate) state: RunState,
    /// What was wrong with it; empty if nothing was.
    pub(crate) error: &'a str,
    /// Runs that are over so far, those of earlier sessions included.
    pub(crate) done: usize,
    /// Runs in all.
    pub(crate) runs: usize,
    /// On validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid: Option<&'a Scores>,
    /// On test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) test: Option<&'a Scores>,
    /// Until the last of them at the pace so far.
    pub(crate) seconds_left: f64,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, Serialize, Explain)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// All of it is done; the folder holds report and weights.
    Finished,
    /// Its user stopped it; `--resume` goes on.
    Interrupted,
    /// Something was wrong.
    Failed,
}

/// What kind of thing was wrong, for programs that start others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Explain)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FailureCause {
    /// Another process trains in the folder: it may be free later.
    InUse,
    /// The folder holds something else, or what is left of a run that cannot be gone on with: another folder will do.
    CannotGoOn,
    /// Anything else.
    Other,
}

impl From<&anyhow::Error> for FailureCause {
    fn from(error: &anyhow::Error) -> Self {
        match error.downcast_ref() {
            Some(TrainError::FolderInUse { .. }) => Self::InUse,
            Some(error) if error.cannot_go_on() => Self::CannotGoOn,
            _ => Self::Other,
        }
    }
}

/// The last line.
#[derive(Clone, Debug, Serialize, Explain)]
pub(crate) struct End<'a> {
    /// How it ended.
    pub(crate) status: Status,
    /// The program's exit code.
    pub(crate) code: u8,
    /// What was wrong, or where it stopped, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// What kind of thing was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<FailureCause>,
    /// The run folder, if it came to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) folder: Option<&'a Path>,
    /// Of a finished run, on test; of a cross-validation, the mean over its models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) test: Option<&'a Scores>,
    /// Of a cross-validation: the standard deviation over its models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deviation: Option<&'a Scores>,
}
