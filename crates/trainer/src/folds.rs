//! Cross-validation: one run per seed and fold, each in a folder of its own, then all of them together.

use crate::data::{Fold, Splits, cut_fold};
use crate::error::TrainError;
use crate::evaluate::{Measure, go_on};
use crate::finished::finished_run;
use crate::init::InitWeights;
use crate::interrupt::StopFlag;
use crate::observer::{FoldPlan, Observer};
use crate::pooled::{CrossValidated, Pooled};
use crate::run_folder::{self, CrossValidation, Repeats, RunFolder, RunSettings};
use crate::session::Session;
use crate::trained::TrainedModel;
use burn::tensor::Device;
use std::ops::ControlFlow::Continue;
use std::path::{Path, PathBuf};
use zoo_core::{Dataset, listed};
use zoo_recipe::Recipe;
use zoo_results::{FoldScores, FoldsReport, Report};

/// So many of a list are named in a sentence.
const MOST_LISTED: usize = 5;

/// A cross-validation with everything it needs at hand.
pub(crate) struct FoldsSession<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) settings: &'a RunSettings,
    pub(crate) repeats: &'a Repeats,
    pub(crate) folder: &'a RunFolder,
    /// Cross-validations whose folds are taken over where they are finished.
    pub(crate) from: &'a [PathBuf],
    /// The weights every model starts from, if they do not start from their seeds alone.
    pub(crate) init: Option<&'a InitWeights>,
    pub(crate) dataset: &'a Dataset,
    pub(crate) device: &'a Device,
    pub(crate) stop: &'a StopFlag,
}

/// Every seed with every fold, in the order they run.
pub(crate) fn plans(repeats: &Repeats, folder: &RunFolder) -> Result<Vec<FoldPlan>, TrainError> {
    let folds = repeats.folds;
    let pairs = repeats.seeds.iter().flat_map(|seed| (1..=folds).map(|fold| (*seed, fold)));
    let plan = |(index, (seed, fold))| {
        let is_finished = finished_run(&folder.fold_path(seed, fold))?.is_some();
        Ok(FoldPlan { seed, fold, folds, index, models: folds * repeats.seeds.len(), is_finished })
    };
    pairs.enumerate().map(plan).collect()
}

/// Refuses folders to take folds over from that are no cross-validation's.
///
/// # Errors
/// With the first of them.
pub(crate) fn check_sources(from: &[PathBuf]) -> Result<(), TrainError> {
    for path in from {
        let read = run_folder::read(path).map_err(|error| TrainError::Splits(format!("--folds-from: {error}")));
        if !matches!(read?.1.cross_validation, Some(CrossValidation::All(_))) {
            let path = path.display();
            return Err(TrainError::Splits(format!(
                "--folds-from: {path} is a single run, expected a cross-validation; name a folder that --folds has made"
            )));
        }
    }
    Ok(())
}

impl FoldsSession<'_> {
    /// Runs what is not finished yet; `None` if the user stopped it.
    pub(crate) fn train(&self, observer: &mut dyn Observer) -> Result<Option<FoldsReport>, TrainError> {
        self.take_over(observer)?;
        let mut runs = Vec::new();
        for plan in plans(self.repeats, self.folder)? {
            let path = self.folder.fold_path(plan.seed, plan.fold);
            let report = if plan.is_finished {
                self.read(&path, plan.seed)?
            } else {
                observer.fold(&plan);
                let Some(report) = self.train_one(&path, &plan, observer)? else {
                    return Ok(None);
                };
                report
            };
            // What cannot be removed only takes up room.
            let _ = run_folder::drop_checkpoints(&path);
            let FoldPlan { seed, fold, .. } = plan;
            let scores = FoldScores { seed, fold, epochs_run: report.epochs_run, test: report.test.clone() };
            observer.fold_done(&plan, &scores);
            runs.push((scores, report));
        }
        self.finish(&runs).map(Some)
    }

    /// Copies what other cross-validations have finished of the folds that are wanting here, and says of each what it has not.
    fn take_over(&self, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let mut wanted = plans(self.repeats, self.folder)?;
        wanted.retain(|plan| !plan.is_finished);
        let mut taken = vec![0; self.from.len()];
        for plan in &wanted {
            for (index, from) in self.from.iter().enumerate() {
                let other = run_folder::fold_folder(from, plan.seed, plan.fold);
                if finished_run(&other)?.is_some() {
                    self.read(&other, plan.seed)?;
                    run_folder::copy(&other, &self.folder.fold_path(plan.seed, plan.fold))?;
                    taken[index] += 1;
                    break;
                }
            }
        }
        for (from, taken) in self.from.iter().zip(taken) {
            if let Some(sentence) = self.not_taken(from, taken, &wanted)? {
                tracing::warn!("{sentence}");
                observer.warn(&sentence);
            }
        }
        Ok(())
    }

    /// Why nothing, or not all, is taken over from another cross-validation, of which so many folds are.
    fn not_taken(&self, from: &Path, taken: usize, wanted: &[FoldPlan]) -> Result<Option<String>, TrainError> {
        let path = from.display();
        let nothing = |reason: String| Ok(Some(format!("warning: nothing is taken over from {path}: {reason}")));
        if wanted.is_empty() {
            return nothing("all folds are finished here".to_string());
        }
        let folder = |plan: &&FoldPlan| run_folder::fold_folder(from, plan.seed, plan.fold);
        let begun: Vec<&FoldPlan> = wanted.iter().filter(|plan| folder(plan).is_dir()).collect();
        let mut unfinished = Vec::new();
        for plan in &begun {
            if finished_run(&folder(plan))?.is_none() {
                unfinished.push(format!("seed {} fold {}", plan.seed, plan.fold));
            }
        }
        match (taken, unfinished.is_empty()) {
            (0, _) if begun.is_empty() => nothing(self.other_folds(from)?),
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

    /// The report of a run that an earlier session finished.
    fn read(&self, path: &Path, seed: u64) -> Result<Report, TrainError> {
        let report = Report::read(&run_folder::report_file(path))?;
        let named = |set: &Option<String>| set.clone().unwrap_or("none named".to_string());
        let (then, now) = (&report.instruction_set, &self.settings.instruction_set());
        let (recipe, settings) = run_folder::read(path)?;
        let changes = recipe.diff_in_words(self.recipe).filter(|_| recipe.sha256() == report.recipe_sha256);
        if let Some(changes) = changes {
            return Err(TrainError::OtherRecipe { path: path.to_path_buf(), changes });
        }
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
            None => Ok(report),
            Some((what, then, now)) => Err(TrainError::OtherRun { path: path.to_path_buf(), what, then, now }),
        }
    }

    fn train_one(
        &self,
        path: &Path,
        plan: &FoldPlan,
        observer: &mut dyn Observer,
    ) -> Result<Option<Report>, TrainError> {
        let earlier = run_folder::read(path).ok();
        let started = earlier.map_or_else(|| jiff::Timestamp::now().to_string(), |(_, settings)| settings.started);
        let cross_validation = Some(CrossValidation::Fold(Fold { folds: plan.folds, fold: plan.fold }));
        let settings = RunSettings { seed: plan.seed, started, cross_validation, ..self.settings.clone() };
        let folder = RunFolder::renew(path, self.recipe, &settings, self.init)?;
        let found = folder.checkpoints()?.newest()?;
        let splits = self.cut(plan)?;
        let Self { recipe, init, device, stop, .. } = *self;
        let (settings, folder, splits) = (&settings, &folder, &splits);
        let session = Session { recipe, settings, folder, found, init, splits, device, stop };
        session.train(observer)
    }

    fn cut(&self, plan: &FoldPlan) -> Result<Splits, TrainError> {
        let fold = Fold { folds: plan.folds, fold: plan.fold };
        let mut splits = cut_fold(self.recipe, self.dataset, plan.seed, fold)?;
        if let Some(init) = self.init {
            init.normalize(&mut splits);
        }
        Ok(splits)
    }

    /// What every model, read back from its folder, makes of its test split, and all of it in one report.
    fn finish(&self, runs: &[(FoldScores, Report)]) -> Result<FoldsReport, TrainError> {
        let Self { recipe, settings, repeats, folder, device, .. } = *self;
        let plans = plans(repeats, folder)?;
        let mut pooled = Pooled::default();
        for plan in &plans {
            let splits = self.cut(plan)?;
            let model = TrainedModel::of_run(&folder.fold_path(plan.seed, plan.fold), device)?;
            let measure = Measure { network: &model.network, recipe, splits: &splits, device };
            let Continue(measured) = measure.on(&splits.test, go_on)?;
            pooled.add(measured.predictions, &splits.test.labels);
        }
        let first = self.cut(&plans[0])?;
        let report = CrossValidated { recipe, settings, repeats, first: &first, runs, pooled }.report();
        report.write(&run_folder::folds_file(folder.path()))?;
        Ok(report)
    }
}
