//! The runs of recipes and experiments: those that are done are read, the others made.

use super::options::Selection;
use super::progress::OverallProgress;
use super::stop::ending_on;
use super::store::RunStore;
use crate::bench::cpu_name;
use crate::catalog::RecipeEntry;
use crate::outcomes::{self, RecordedOutcome};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use experiments::{Experiment, Settings, files};
use std::path::Path;
use trainer::TrainError;
use trainer::interrupt::StopFlag;
use trainer::observer::Silent;
use trainer::run::{Ended, Request, finished, train_in};
use trainer::run_folder::Repeats;
use zoo_core::{Progress, Store};
use zoo_recipe::{DataName, Measured, Recipe};
use zoo_results::outcome::Outcome;
use zoo_results::{RECORD_SCHEMA, Record, Summary, Verdict};

/// The seed of the experiments in a reproduction; their own program takes any other.
const EXPERIMENT_SEED: u64 = 1;
/// What an experiment of which nothing was recorded is taken to last, in seconds.
const UNKNOWN: f64 = 20.0;

/// What came of a recipe.
pub(crate) enum RecipeResult {
    Measured {
        record: Box<Record>,
        summary: Summary,
    },
    /// Its data is not here, for this reason.
    MissingData(String),
    /// A run went wrong.
    Broken(String),
}

/// What came of an experiment.
pub(crate) enum ExperimentResult {
    Done(Box<Outcome>),
    /// It went wrong.
    Broken(String),
}

/// The user stopped it.
pub(crate) struct StoppedByUser;

/// What was run, or that the user stopped it.
pub(crate) type Run<T> = Result<T, StoppedByUser>;

impl RecipeResult {
    pub(crate) fn is_failure(&self) -> bool {
        match self {
            Self::Measured { summary, .. } => summary.verdict == Verdict::Fails,
            Self::MissingData(_) => false,
            Self::Broken(_) => true,
        }
    }
}

impl ExperimentResult {
    pub(crate) fn is_failure(&self) -> bool {
        match self {
            Self::Done(outcome) => !outcome.holds(),
            Self::Broken(_) => true,
        }
    }
}

/// Makes all runs of a reproduction.
pub(crate) struct Runner<'a> {
    selection: &'a Selection,
    store: &'a RunStore,
    offline: bool,
    stop: &'a StopFlag,
    pub(crate) progress: OverallProgress,
    /// Whether a data set is at hand; if not, why.
    data: Vec<(DataName, Result<(), String>)>,
}

impl<'a> Runner<'a> {
    /// Of what takes about `seconds`.
    pub(crate) fn new(
        selection: &'a Selection,
        store: &'a RunStore,
        offline: bool,
        stop: &'a StopFlag,
        seconds: f64,
    ) -> Self {
        Self { selection, store, offline, stop, progress: OverallProgress::new(seconds), data: Vec::new() }
    }

    /// All that a recipe's claim asks for, by these seeds.
    ///
    /// # Errors
    /// If the folders of its runs cannot be used at all.
    pub(crate) fn recipe(&mut self, entry: &RecipeEntry, seeds: &[u64]) -> Result<Run<RecipeResult>> {
        let recipe = &entry.recipe;
        if let Err(reason) = self.data_of(recipe)? {
            self.progress.finish(recipe_seconds(entry, seeds.len()));
            return Ok(Ok(RecipeResult::MissingData(reason)));
        }
        let (mut runs, mut folds_report) = (Vec::new(), None);
        for &seed in seeds {
            let (name, folder) = (format!("{} seed {seed}", recipe.name), self.store.seed(&recipe.name, seed));
            match self.train(&name, recipe.claim.seconds, &folder, self.request(recipe, seed, None))? {
                Ok(Ended::Finished(report)) => runs.push(*report),
                Ok(Ended::CrossValidated(_)) => {}
                Ok(Ended::Interrupted) => return Ok(Err(StoppedByUser)),
                Err(reason) => return Ok(Ok(RecipeResult::Broken(format!("seed {seed}: {reason}")))),
            }
        }
        if let Measured::Folds { folds } = recipe.claim.measured {
            let folder = self.store.folds(&recipe.name, folds, seeds);
            let (name, seconds) =
                (format!("{} in {folds} folds", recipe.name), recipe.claim.seconds * (folds * seeds.len()) as f64);
            let repeats = Repeats { folds, seeds: seeds.to_vec() };
            match self.train(&name, seconds, &folder, self.request(recipe, seeds[0], Some(repeats)))? {
                Ok(Ended::CrossValidated(report)) => folds_report = Some(*report),
                Ok(Ended::Finished(_)) => {}
                Ok(Ended::Interrupted) => return Ok(Err(StoppedByUser)),
                Err(reason) => return Ok(Ok(RecipeResult::Broken(format!("cross-validation: {reason}")))),
            }
        }
        let cpu = cpu_name().unwrap_or_else(|| "unknown".to_string());
        let record = Record { schema: RECORD_SCHEMA, recipe: recipe.name.clone(), cpu, runs, folds: folds_report };
        let summary = record.summary(recipe).context("a recipe has at least one seed")?;
        Ok(Ok(RecipeResult::Measured { record: Box::new(record), summary }))
    }

    /// Sees once that the recipe's data set is at hand.
    fn data_of(&mut self, recipe: &Recipe) -> Result<Result<(), String>> {
        let name = recipe.data.name;
        if let Some((_, known)) = self.data.iter().find(|(known, _)| *known == name) {
            return Ok(known.clone());
        }
        let store = Store::new(self.selection.data_dir.clone(), self.offline, Progress::Hidden)?;
        let loaded = ending_on(self.stop, || trainer::data::load(name, &store));
        let found = loaded.map(drop).map_err(|error| format!("{error:#}"));
        self.data.push((name, found.clone()));
        Ok(found)
    }

    fn request(&self, recipe: &Recipe, seed: u64, folds: Option<Repeats>) -> Request {
        let Selection { device, threads, data_dir, .. } = self.selection;
        let (recipe, data_dir, overrides) = (recipe.clone(), data_dir.clone(), Vec::new());
        Request { recipe, overrides, seed, device: *device, threads: *threads, data_dir, offline: self.offline, folds }
    }

    /// What a run reached; why not, if it went wrong.
    fn train(&mut self, name: &str, seconds: f64, folder: &Path, request: Request) -> Result<Result<Ended, String>> {
        if finished(folder).is_ok_and(|ended| ended.is_some_and(|ended| has_lost_weights(folder, &ended))) {
            outcomes::remove(folder)?;
        }
        let was_there = folder.exists();
        let mut ended = self.train_once(name, seconds, folder, &request);
        if ended.is_err() && was_there {
            // What cannot be gone on with is done again.
            outcomes::remove(folder)?;
            ended = self.train_once(name, seconds, folder, &request);
        }
        self.progress.finish(seconds);
        Ok(ended.map_err(|error| error.to_string()))
    }

    fn train_once(&self, name: &str, seconds: f64, folder: &Path, request: &Request) -> Result<Ended, TrainError> {
        match finished(folder) {
            Ok(Some(_)) => train_in(folder, request.clone(), &mut Silent, self.stop),
            _ => train_in(folder, request.clone(), &mut self.progress.start(name, seconds), self.stop),
        }
    }

    /// The outcome of an experiment in the store, or that of the run made now.
    ///
    /// # Errors
    /// If its files cannot be written.
    pub(crate) fn experiment(&mut self, experiment: &Experiment, seconds: f64, quick: bool) -> Result<ExperimentResult> {
        let (outcomes_folder, name) = (self.store.outcomes(quick), experiment.name);
        let read = || {
            let found = outcomes::read(&outcomes_folder, name).ok().flatten();
            let outcome = found.map(|RecordedOutcome { outcome, .. }| outcome);
            outcome.filter(|outcome| outcome.seeds == [EXPERIMENT_SEED] && outcome.quick == quick)
        };
        let result = match read() {
            Some(outcome) => ExperimentResult::Done(Box::new(outcome)),
            None => {
                self.progress.start(name, seconds);
                let folder = outcomes_folder.join(name);
                files::make(&folder)?;
                let settings = Settings { seed: EXPERIMENT_SEED, quick, bars: false };
                match ending_on(self.stop, || experiment.perform(&settings)) {
                    Err(error) => ExperimentResult::Broken(format!("{error:#}")),
                    Ok((outcome, figures)) => {
                        files::write(&folder, &outcome, &figures)?;
                        ExperimentResult::Done(Box::new(outcome))
                    }
                }
            }
        };
        self.progress.finish(seconds);
        Ok(result)
    }
}

/// Whether the weights of a finished run are gone.
fn has_lost_weights(folder: &Path, ended: &Ended) -> bool {
    matches!(ended, Ended::Finished(report) if !folder.join(&report.weights).exists())
}

/// What a recipe's runs by that many seeds take, by its own estimate.
pub(crate) fn recipe_seconds(entry: &RecipeEntry, seeds: usize) -> f64 {
    let folds = match entry.recipe.claim.measured {
        Measured::Test => 0,
        Measured::Folds { folds } => folds,
    };
    entry.recipe.claim.seconds * (seeds * (1 + folds)) as f64
}

/// How long an experiment took when it was recorded.
pub(crate) fn experiment_seconds(workspace: &Workspace, experiment: &Experiment) -> f64 {
    let recorded = outcomes::read(&workspace.outcomes(), experiment.name).ok().flatten();
    recorded.map_or(UNKNOWN, |recorded| recorded.outcome.seconds)
}
