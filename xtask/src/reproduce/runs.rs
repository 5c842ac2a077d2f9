//! The runs of a recipe: those that are done are read, the others made.

use super::Found;
use super::place::Place;
use super::progress::Progress;
use super::trainer::{Ended, Trainer};
use crate::recipes::Shipped;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::path::Path;
use zoo_bench::cpu_name;
use zoo_recipe::{Measured, Recipe};
use zoo_results::{FoldsReport, RECORD_SCHEMA, Record, Report};

/// The user wants to stop.
pub(super) struct Stopped;

/// What came of one step on the way to a record.
enum Step<T> {
    Done(T),
    Stopped,
    Broken(String),
}

/// All runs of a reproduction.
pub(super) struct Runs<'a> {
    pub(super) trainer: &'a Trainer,
    pub(super) place: &'a Place,
    pub(super) progress: Progress,
    /// Whether a data set is at hand; if not, why.
    data: HashMap<String, Result<(), String>>,
}

impl<'a> Runs<'a> {
    /// That take about `seconds`.
    pub(super) fn new(trainer: &'a Trainer, place: &'a Place, seconds: f64) -> Self {
        Self { trainer, place, progress: Progress::new(seconds), data: HashMap::new() }
    }

    /// All that a recipe's claim asks for.
    pub(super) fn recipe(&mut self, shipped: &Shipped, seeds: &[u64]) -> Result<Result<Found, Stopped>> {
        let estimate = super::table::estimate(shipped, seeds.len());
        if let Err(reason) = self.data_of(&shipped.recipe)? {
            self.progress.finish(estimate);
            return Ok(if self.trainer.is_stopped() { Err(Stopped) } else { Ok(Found::Missing(reason)) });
        }
        let mut runs = Vec::new();
        for &seed in seeds {
            match self.seed(&shipped.recipe, seed)? {
                Step::Done(report) => runs.push(report),
                Step::Stopped => return Ok(Err(Stopped)),
                Step::Broken(reason) => return Ok(Ok(Found::Broken(format!("seed {seed}: {reason}")))),
            }
        }
        let folds = match self.folds(&shipped.recipe, seeds)? {
            Step::Done(folds) => folds,
            Step::Stopped => return Ok(Err(Stopped)),
            Step::Broken(reason) => return Ok(Ok(Found::Broken(format!("cross-validation: {reason}")))),
        };
        let cpu = cpu_name().unwrap_or_else(|| "unknown".to_string());
        let record = Record { schema: RECORD_SCHEMA, recipe: shipped.recipe.name.clone(), cpu, runs, folds };
        let summary = record.summary(&shipped.recipe).context("a recipe has at least one seed")?;
        Ok(Ok(Found::Measured { record: Box::new(record), summary }))
    }

    /// Fetches the recipe's data set, once.
    fn data_of(&mut self, recipe: &Recipe) -> Result<Result<(), String>> {
        let name = serde_json::to_value(recipe.data.name)?.as_str().unwrap_or_default().to_string();
        if let Some(known) = self.data.get(&name) {
            return Ok(known.clone());
        }
        let found = match self.trainer.fetch(&name)? {
            Ended::Well => Ok(()),
            Ended::Interrupted => Err("stopped".to_string()),
            Ended::Badly(reason) => Err(reason),
        };
        self.data.insert(name, found.clone());
        Ok(found)
    }

    fn seed(&mut self, recipe: &Recipe, seed: u64) -> Result<Step<Report>> {
        let folder = self.place.seed(&recipe.name, seed);
        let words = ["--model", &recipe.name, "--seed", &seed.to_string()].map(String::from);
        let read = |folder: &Path| {
            let report = Report::read(&folder.join("report.json"))?;
            let is_it = report.recipe_sha256 == recipe.sha256() && report.seed == seed && report.overrides.is_empty();
            Ok((is_it && folder.join(&report.weights).exists()).then_some(report))
        };
        self.run(&format!("{} seed {seed}", recipe.name), &words, &folder, recipe.claim.seconds, read)
    }

    fn folds(&mut self, recipe: &Recipe, seeds: &[u64]) -> Result<Step<Option<FoldsReport>>> {
        let Measured::Folds { folds } = recipe.claim.measured else {
            return Ok(Step::Done(None));
        };
        let folder = self.place.folds(&recipe.name, folds, seeds);
        let (count, repeats) = (folds.to_string(), seeds.len().to_string());
        let words = ["--model", &recipe.name, "--folds", &count, "--repeats", &repeats].map(String::from);
        let read = |folder: &Path| {
            let report = FoldsReport::read(&folder.join("folds.json"))?;
            let is_it = report.recipe_sha256 == recipe.sha256() && report.seeds == seeds && report.overrides.is_empty();
            Ok((is_it && report.folds == folds).then_some(report))
        };
        let seconds = recipe.claim.seconds * (folds * seeds.len()) as f64;
        let done = self.run(&format!("{} in {folds} folds", recipe.name), &words, &folder, seconds, read)?;
        Ok(match done {
            Step::Done(report) => Step::Done(Some(report)),
            Step::Stopped => Step::Stopped,
            Step::Broken(reason) => Step::Broken(reason),
        })
    }

    /// A finished run's report, or that of the run made now. `read` says whether a folder holds what is wanted.
    fn run<T>(
        &mut self,
        name: &str,
        words: &[String],
        folder: &Path,
        seconds: f64,
        read: impl Fn(&Path) -> Result<Option<T>>,
    ) -> Result<Step<T>> {
        if let Ok(Some(report)) = read(folder) {
            self.progress.finish(seconds);
            return Ok(Step::Done(report));
        }
        self.progress.start(name);
        let ended = self.trainer.run(words, folder, |event| self.progress.hear(name, seconds, event))?;
        self.progress.finish(seconds);
        Ok(match ended {
            Ended::Well => match read(folder)? {
                Some(report) => Step::Done(report),
                None => Step::Broken(format!("{} holds another run than was asked for", folder.display())),
            },
            Ended::Interrupted => Step::Stopped,
            Ended::Badly(reason) => Step::Broken(reason),
        })
    }
}
