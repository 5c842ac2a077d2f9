//! Runs tasks: what is done is read, the rest is made.

use super::options::Selection;
use super::progress::OverallProgress;
use super::stop::ending_on;
use super::store::RunStore;
use super::task::{RunTask, TaskResult};
use crate::catalog::zoo_data;
use crate::outcomes;
use crate::output::say;
use anyhow::{Context, Result};
use experiments::{Experiment, Setup, files};
use std::path::Path;
use trainer::TrainError;
use trainer::interrupt::StopFlag;
use trainer::observer::Silent;
use trainer::run::{Ended, Request, finished, train_in};
use trainer::run_folder::{Repeats, RunFolder};
use zoo_bench::cpu_name;
use zoo_core::{Progress, Store, sentence};
use zoo_recipe::{DataName, Measured, Recipe};
use zoo_results::{RECORD_SCHEMA, Record, ReportError};

/// The seed of the experiments in a reproduction; their own program takes any other.
const EXPERIMENT_SEED: u64 = 1;

pub(crate) struct TaskRunner<'a> {
    pub(crate) selection: &'a Selection,
    pub(crate) store: &'a RunStore,
    pub(crate) stop: &'a StopFlag,
    pub(crate) progress: OverallProgress,
    /// Whether a data set is at hand; if not, why.
    pub(crate) data: Vec<(DataName, Result<(), String>)>,
}

/// A run on the way to a record.
enum RunStep {
    Ended(Ended),
    Broken(String),
}

impl TaskRunner<'_> {
    /// What came of a task of about so many seconds; `None` if the user stopped it.
    pub(crate) fn run(&mut self, task: &RunTask, seconds: f64) -> Result<Option<TaskResult>> {
        match task {
            RunTask::Experiment(experiment) => self.experiment(experiment, seconds).map(Some),
            RunTask::Recipe(entry, seeds) => match self.data_of(&entry.recipe)? {
                Ok(()) => self.recipe(&entry.recipe, seeds),
                Err(reason) => {
                    self.progress.finish(seconds);
                    Ok(Some(TaskResult::MissingData(reason)))
                }
            },
        }
    }

    /// All that a recipe's claim asks for, by these seeds.
    fn recipe(&mut self, recipe: &Recipe, seeds: &[u64]) -> Result<Option<TaskResult>> {
        let (name, seconds) = (&recipe.name, recipe.zoo_claim().seconds);
        let mut works: Vec<_> = seeds.iter().map(|&seed| (format!("seed {seed}"), seed, None)).collect();
        if let Measured::Folds { folds } = recipe.zoo_claim().measured {
            works.push((format!("in {folds} folds"), seeds[0], Some(Repeats { folds, seeds: seeds.to_vec() })));
        }
        let cpu = cpu_name().unwrap_or_else(|| "unknown".to_string());
        let mut record = Record { schema: RECORD_SCHEMA, recipe: name.clone(), cpu, runs: Vec::new(), folds: None };
        for (what, seed, folds) in works {
            let models = folds.as_ref().map_or(1, |repeats| repeats.folds * repeats.seeds.len());
            let folder = self.store.run(name, seed, folds.as_ref());
            let request = self.request(recipe, seed, folds);
            match self.train(&format!("{name} {what}"), seconds * models as f64, &folder, request) {
                RunStep::Ended(Ended::Finished(report)) => record.runs.push(*report),
                RunStep::Ended(Ended::CrossValidated(report)) => record.folds = Some(*report),
                RunStep::Ended(Ended::Interrupted) => return Ok(None),
                RunStep::Broken(reason) => return Ok(Some(TaskResult::Broken(format!("{what}: {reason}")))),
            }
        }
        let summary = record.summary(recipe).context("a recipe has at least one seed")?;
        Ok(Some(TaskResult::Record(Box::new(record), summary)))
    }

    /// Sees once that the recipe's data set is at hand.
    fn data_of(&mut self, recipe: &Recipe) -> Result<Result<(), String>> {
        let data = zoo_data(recipe);
        if let Some((_, known)) = self.data.iter().find(|(known, _)| *known == data) {
            return Ok(known.clone());
        }
        let Selection { data_dir, offline, .. } = self.selection;
        let store = Store::new(data_dir.clone(), *offline, Progress::Hidden)?;
        let fetched = data.facts().fetch.map(|fetch| ending_on(self.stop, || fetch(&store)));
        let found = fetched.transpose().map(drop).map_err(|error| error.to_string());
        self.data.push((data, found.clone()));
        Ok(found)
    }

    fn request(&self, recipe: &Recipe, seed: u64, folds: Option<Repeats>) -> Request {
        let Selection { device, threads, offline, data_dir, .. } = self.selection.clone();
        let (recipe, overrides) = (recipe.clone(), Vec::new());
        Request { recipe, overrides, seed, device, threads, data_dir, offline, folds, logs: Vec::new() }
    }

    /// What a run of about so many seconds reached, or why it went wrong.
    fn train(&mut self, name: &str, seconds: f64, folder: &Path, request: Request) -> RunStep {
        let mut ended = self.train_once(name, seconds, folder, &request);
        if let Err(error) = &ended
            && cannot_go_on(error)
        {
            let reason = format!("{name} is run anew, as what was there could not be gone on with: {error}");
            ended = RunFolder::clear(folder).and_then(|()| {
                self.progress.show(|| say(&reason));
                self.train_once(name, seconds, folder, &request)
            });
        }
        self.progress.finish(seconds);
        ended.map_or_else(|error| RunStep::Broken(error.to_string()), RunStep::Ended)
    }

    fn train_once(&self, name: &str, seconds: f64, folder: &Path, request: &Request) -> Result<Ended, TrainError> {
        match finished(folder) {
            Ok(Some(_)) => train_in(folder, request.clone(), &mut Silent, self.stop),
            _ => train_in(folder, request.clone(), &mut self.progress.start(name, seconds), self.stop),
        }
    }

    /// The outcome of an experiment in the store, or that of the run made now.
    fn experiment(&mut self, experiment: &Experiment, seconds: f64) -> Result<TaskResult> {
        let (quick, name) = (self.selection.quick, experiment.name);
        let folder = self.store.outcomes(quick);
        let found = outcomes::read(&folder, name).ok().flatten().map(|found| found.outcome);
        let result = match found.filter(|outcome| outcome.seeds == [EXPERIMENT_SEED] && outcome.quick == quick) {
            Some(outcome) => TaskResult::Outcome(Box::new(outcome)),
            None => {
                self.progress.start(name, seconds);
                files::make(&folder.join(name))?;
                let setup = Setup { seed: EXPERIMENT_SEED, quick, bars: false };
                match ending_on(self.stop, || experiment.perform(&setup)) {
                    Err(error) => TaskResult::Broken(sentence(error.as_ref())),
                    Ok((outcome, figures)) => {
                        files::write(&folder.join(name), &outcome, &figures)?;
                        TaskResult::Outcome(Box::new(outcome))
                    }
                }
            }
        };
        self.progress.finish(seconds);
        Ok(result)
    }
}

/// Whether the folder holds something that this run is not, or what is left of one; not if it is in use or cannot be read now.
fn cannot_go_on(error: &TrainError) -> bool {
    matches!(
        error,
        TrainError::FolderNotEmpty { .. }
            | TrainError::NotARunFolder { .. }
            | TrainError::OtherRun { .. }
            | TrainError::OtherCheckpoint { .. }
            | TrainError::RunFile { .. }
            | TrainError::Recipe(_)
            | TrainError::Report(ReportError::Schema { .. })
    )
}
