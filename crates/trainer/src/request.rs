//! What a run is asked for with.

use crate::device::DeviceName;
use crate::error::TrainError;
use crate::extension::EpochCount;
use crate::logs::LogFormat;
use crate::run_folder::{CrossValidation, Repeats, RunSettings};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zoo_core::{DataError, Progress, Store};
use zoo_recipe::Recipe;

/// What to train.
#[derive(Clone, Debug)]
pub struct Request {
    /// The recipe, changed as its user wants it.
    pub recipe: Recipe,
    /// What was changed: `key: before -> after`.
    pub overrides: Vec<String>,
    /// Decides initial weights, order, augmentation and dropout.
    pub seed: u64,
    /// What to compute on.
    pub device: DeviceName,
    /// CPU threads, as in [`use_threads`](crate::device::use_threads).
    pub threads: usize,
    /// The folder with data files; `None` is the [`Store`]'s own.
    pub data_dir: Option<PathBuf>,
    /// Never use the network.
    pub offline: bool,
    /// Cross-validate: train one model per seed and fold.
    pub folds: Option<Repeats>,
    /// Cross-validations by the same recipe, whose folds are taken over where they are finished.
    pub folds_from: Vec<PathBuf>,
    /// The logs to keep for other programs; of a cross-validation, in each fold's folder.
    pub logs: Vec<LogFormat>,
}

/// How data files that are missing come from the network.
#[derive(Clone, Debug, Default)]
pub struct Downloads {
    /// How the user is told how far they are.
    pub progress: Progress,
    /// An address that is asked before the publishers; `None` is that of the environment.
    pub mirror: Option<String>,
}

impl Downloads {
    /// The store of data files, as [`Store::new`].
    ///
    /// # Errors
    /// As there.
    pub fn store(&self, dir: Option<PathBuf>, offline: bool) -> Result<Store, DataError> {
        let mut store = Store::new(dir, offline, self.progress)?;
        if self.mirror.is_some() {
            store.network.mirror.clone_from(&self.mirror);
        }
        Ok(store)
    }
}

impl From<Progress> for Downloads {
    fn from(progress: Progress) -> Self {
        Self { progress, mirror: None }
    }
}

/// What may be otherwise when a run goes on: nothing of it but the epochs changes a bit.
#[derive(Clone, Debug, Default)]
pub struct ResumeOptions {
    /// CPU threads; `None` is as many as before.
    pub threads: Option<usize>,
    /// The folder with data files; `None` is the one of before.
    pub data_dir: Option<PathBuf>,
    /// Never use the network; if it was forbidden before, it still is.
    pub offline: bool,
    /// Train longer than planned.
    pub epochs: Option<EpochCount>,
    /// As in [`Request::folds_from`].
    pub folds_from: Vec<PathBuf>,
}

impl Request {
    pub(crate) fn settings(&self) -> RunSettings {
        RunSettings {
            seed: self.seed,
            device: self.device.name().to_string(),
            threads: self.threads,
            data_dir: self.data_dir.clone(),
            offline: self.offline,
            overrides: self.overrides.clone(),
            started: jiff::Timestamp::now().to_string(),
            commit: crate::commit().map(String::from),
            cross_validation: self.folds.clone().map(CrossValidation::All),
            extensions: Vec::new(),
            logs: self.logs.clone(),
            settings_from: BTreeMap::new(),
        }
    }

    /// Refuses a folder whose run is not this one, or was begun by another commit of the program.
    pub(crate) fn check_same_program(
        &self,
        path: &Path,
        recipe: &Recipe,
        settings: &RunSettings,
    ) -> Result<(), TrainError> {
        self.check_same(path, recipe, settings)?;
        match (&settings.commit, crate::commit()) {
            (Some(then), Some(now)) if then != now => {
                let (then, now) = (then.clone(), now.to_string());
                Err(TrainError::OtherRun { path: path.to_path_buf(), what: "commit", then, now })
            }
            _ => Ok(()),
        }
    }

    /// Refuses a folder whose run is not this one.
    pub(crate) fn check_same(&self, path: &Path, recipe: &Recipe, settings: &RunSettings) -> Result<(), TrainError> {
        let facts = |settings: &RunSettings| {
            [
                ("seed", settings.seed.to_string()),
                ("device", settings.device.clone()),
                ("cross-validation", format!("{:?}", settings.cross_validation)),
            ]
        };
        // The folder's recipe names the weights to start from by their sha256, which the one asked for need not.
        let mut asked = self.recipe.clone();
        if let (Some(asked), Some(then)) = (&mut asked.init, &recipe.init)
            && asked.sha256.is_none()
        {
            asked.sha256.clone_from(&then.sha256);
        }
        if let Some(changes) = recipe.diff_in_words(&asked) {
            return Err(TrainError::OtherRecipe { path: path.to_path_buf(), changes });
        }
        let pairs = facts(settings).into_iter().zip(facts(&self.settings()));
        match pairs.into_iter().find(|(then, now)| then != now) {
            None => Ok(()),
            Some(((what, then), (_, now))) => Err(TrainError::OtherRun { path: path.to_path_buf(), what, then, now }),
        }
    }
}
