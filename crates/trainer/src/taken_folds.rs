//! Folds that are finished already: in an earlier session, or by another cross-validation, from which they are taken over.

use crate::error::TrainError;
use crate::finished::finished_run;
use crate::run_folder::{self, CrossValidation, Repeats, RunSettings, fold_folder};
use std::path::{Path, PathBuf};
use zoo_core::{listed, system_error};
use zoo_recipe::Recipe;
use zoo_results::Report;

/// So many of a list are named in a sentence.
const MOST_LISTED: usize = 5;

/// A seed, and a fold counted from 1.
pub(crate) type SeedFold = (u64, usize);

/// What decides which folds are a cross-validation's own.
#[derive(Clone, Copy)]
pub(crate) struct OwnFolds<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) settings: &'a RunSettings,
    pub(crate) repeats: &'a Repeats,
}

/// What other cross-validations have of the folds that are wanting.
pub(crate) struct FoundFolds {
    /// The folders of finished ones: each fold's the first that has it.
    pub(crate) folders: Vec<(PathBuf, SeedFold)>,
    /// What they have not, a sentence each.
    pub(crate) warnings: Vec<String>,
}

/// Refuses folders to take folds over from that are no cross-validation's.
///
/// # Errors
/// With the first of them.
pub(crate) fn check_sources(from: &[PathBuf]) -> Result<(), TrainError> {
    for path in from {
        if !matches!(run_folder::read(path).map_err(of_flag)?.1.cross_validation, Some(CrossValidation::All(_))) {
            let path = path.display();
            return Err(TrainError::Splits(format!(
                "--folds-from: {path} is a single run, expected a cross-validation; name a folder that --folds has made"
            )));
        }
    }
    Ok(())
}

/// Refuses, for a cross-validation that has no folder yet, whatever [`OwnFolds::found_in`] would refuse.
///
/// # Errors
/// As there.
pub(crate) fn check_folds(from: &[PathBuf], recipe: &Recipe, settings: &RunSettings) -> Result<(), TrainError> {
    match &settings.cross_validation {
        Some(CrossValidation::All(repeats)) if !from.is_empty() => {
            let all: Vec<SeedFold> = repeats.pairs().collect();
            OwnFolds { recipe, settings, repeats }.found_in(from, &all).map(drop)
        }
        _ => Ok(()),
    }
}

/// The error about a folder that a flag names; what the system refuses stays as it is, with what to do about it.
fn of_flag(error: TrainError) -> TrainError {
    let is_refused = system_error(&error).is_some();
    if is_refused { error } else { TrainError::Splits(format!("--folds-from: {error}")) }
}

/// Refuses a fold whose settings are another one's, as where a file was copied or changed.
fn check_settings_of(path: &Path, settings: &RunSettings, (seed, fold): SeedFold) -> Result<(), TrainError> {
    let fold_there = match settings.cross_validation {
        Some(CrossValidation::Fold(there)) => there.fold,
        _ => fold,
    };
    let facts = [("seed", settings.seed, seed), ("cross_validation.fold", fold_there as u64, fold as u64)];
    match facts.into_iter().find(|(_, then, now)| then != now) {
        None => Ok(()),
        Some((key, then, now)) => Err(TrainError::RunFile {
            file: run_folder::settings_file(path),
            reason: format!(": {key} is {then}, expected {now} by the folder's name; {}", run_folder::RESTORE),
        }),
    }
}

impl OwnFolds<'_> {
    /// The report of a finished fold.
    ///
    /// # Errors
    /// If its folder is damaged, or it is of another cross-validation than this one.
    pub(crate) fn read(&self, path: &Path, (seed, fold): SeedFold) -> Result<Report, TrainError> {
        let report = Report::read(&run_folder::report_file(path))?;
        let (recipe, settings) = run_folder::read(path)?;
        if recipe.sha256() != report.recipe_sha256 {
            return Err(self.other_recipe_beside(path, &recipe));
        }
        if let Some(changes) = recipe.diff_in_words(self.recipe) {
            return Err(TrainError::OtherRecipe { path: path.to_path_buf(), changes });
        }
        self.check_same(path, &report, &settings, seed)?;
        check_settings_of(path, &settings, (seed, fold))?;
        Ok(report)
    }

    /// The error about a fold whose recipe is not the one that its report is of, though that may be the one here.
    fn other_recipe_beside(&self, path: &Path, recipe: &Recipe) -> TrainError {
        let changes = self.recipe.diff_in_words(recipe).map(|changes| format!(" ({changes})")).unwrap_or_default();
        TrainError::RunFile {
            file: run_folder::recipe_file(path),
            reason: format!(" is not the recipe that the report beside it is of{changes}; {}", run_folder::RESTORE),
        }
    }

    /// Refuses a fold of another cross-validation than this one.
    fn check_same(&self, path: &Path, report: &Report, settings: &RunSettings, seed: u64) -> Result<(), TrainError> {
        let named = |set: &Option<String>| set.clone().unwrap_or("none named".to_string());
        let (then, now) = (&report.instruction_set, &self.settings.instruction_set());
        let cut = match settings.cross_validation {
            Some(CrossValidation::Fold(fold)) => fold.folds,
            _ => 1,
        };
        let facts = [
            ("recipe", report.recipe_sha256.clone(), self.recipe.sha256()),
            ("seed", report.seed.to_string(), seed.to_string()),
            ("instruction set", named(then), named(now)),
            ("number of folds", cut.to_string(), self.repeats.folds.to_string()),
        ];
        match facts.into_iter().find(|(_, then, now)| then != now) {
            None => Ok(()),
            Some((what, then, now)) => Err(TrainError::OtherRun { path: path.to_path_buf(), what, then, now }),
        }
    }

    /// What other cross-validations have finished of the folds that are wanting. Nothing is written.
    ///
    /// # Errors
    /// If one of them is no cross-validation, or a fold of theirs that would be taken over is damaged, or of another cross-validation than
    /// this one.
    pub(crate) fn found_in(&self, from: &[PathBuf], wanted: &[SeedFold]) -> Result<FoundFolds, TrainError> {
        check_sources(from)?;
        let mut folders = Vec::new();
        let mut taken = vec![0; from.len()];
        for (seed, fold) in wanted {
            for (index, from) in from.iter().enumerate() {
                let other = fold_folder(from, *seed, *fold);
                if finished_run(&other)?.is_some() {
                    self.read(&other, (*seed, *fold)).map_err(of_flag)?;
                    folders.push((other, (*seed, *fold)));
                    taken[index] += 1;
                    break;
                }
            }
        }
        let mut warnings = Vec::new();
        for (from, taken) in from.iter().zip(taken) {
            warnings.extend(self.not_taken(from, taken, wanted)?);
        }
        Ok(FoundFolds { folders, warnings })
    }

    /// Why nothing, or not all, is taken over from another cross-validation, of which so many folds are.
    fn not_taken(&self, from: &Path, taken: usize, wanted: &[SeedFold]) -> Result<Option<String>, TrainError> {
        let path = from.display();
        let nothing = |reason: String| Ok(Some(format!("warning: nothing is taken over from {path}: {reason}")));
        if wanted.is_empty() {
            return nothing("all folds are finished here".to_string());
        }
        let (mut has_begun, mut unfinished) = (false, Vec::new());
        for (seed, fold) in wanted {
            let folder = fold_folder(from, *seed, *fold);
            if folder.is_dir() {
                has_begun = true;
                if finished_run(&folder)?.is_none() {
                    unfinished.push(format!("seed {seed} fold {fold}"));
                }
            }
        }
        match (taken, unfinished.is_empty()) {
            (0, _) if !has_begun => nothing(self.other_folds(from)?),
            (0, true) => nothing("what it has is taken from another of --folds-from".to_string()),
            (_, true) => Ok(None),
            (_, false) => Ok(Some(format!(
                "warning: not taken over from {path}, as not finished there, or damaged: {}",
                listed(&unfinished, MOST_LISTED)
            ))),
        }
    }

    /// How the folds of another cross-validation differ from those that are wanting here, if none of these has a folder there.
    fn other_folds(&self, from: &Path) -> Result<String, TrainError> {
        let named = |seeds: &[u64]| listed(&seeds.iter().map(u64::to_string).collect::<Vec<_>>(), MOST_LISTED);
        let here = self.repeats;
        Ok(match run_folder::read(from)?.1.cross_validation {
            Some(CrossValidation::All(there)) if there.folds != here.folds => {
                format!("it cuts the data into {} folds, expected {}", there.folds, here.folds)
            }
            Some(CrossValidation::All(there)) if !there.seeds.iter().any(|seed| here.seeds.contains(seed)) => {
                format!("its seeds are {}, expected some of {}", named(&there.seeds), named(&here.seeds))
            }
            _ => "it has begun none of the folds that are wanting here".to_string(),
        })
    }
}
