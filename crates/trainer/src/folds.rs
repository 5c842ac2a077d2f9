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
use crate::taken_folds::{FoundFolds, OwnFolds, SeedFold};
use crate::trained::TrainedModel;
use burn::tensor::Device;
use std::ops::ControlFlow::Continue;
use std::path::{Path, PathBuf};
use zoo_core::Dataset;
use zoo_recipe::Recipe;
use zoo_results::{FoldScores, FoldsReport, Report};

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
    let plan = |(index, (seed, fold))| {
        let is_finished = finished_run(&folder.fold_path(seed, fold))?.is_some();
        Ok(FoldPlan { seed, fold, folds, index, models: folds * repeats.seeds.len(), is_finished })
    };
    repeats.pairs().enumerate().map(plan).collect()
}

impl FoldsSession<'_> {
    /// Runs what is not finished yet; `None` if the user stopped it.
    pub(crate) fn train(&self, observer: &mut dyn Observer) -> Result<Option<FoldsReport>, TrainError> {
        self.take_over(observer)?;
        let mut runs = Vec::new();
        for plan in plans(self.repeats, self.folder)? {
            let path = self.folder.fold_path(plan.seed, plan.fold);
            let report = if plan.is_finished {
                self.own().read(&path, (plan.seed, plan.fold))?
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
        let wanting = plans(self.repeats, self.folder)?.into_iter().filter(|plan| !plan.is_finished);
        let wanted: Vec<SeedFold> = wanting.map(|plan| (plan.seed, plan.fold)).collect();
        let FoundFolds { folders, warnings } = self.own().found_in(self.from, &wanted)?;
        for (other, (seed, fold)) in &folders {
            run_folder::copy(other, &self.folder.fold_path(*seed, *fold))?;
        }
        for sentence in &warnings {
            tracing::warn!("{sentence}");
            observer.warn(sentence);
        }
        Ok(())
    }

    fn own(&self) -> OwnFolds<'_> {
        let Self { recipe, settings, repeats, .. } = *self;
        OwnFolds { recipe, settings, repeats }
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
