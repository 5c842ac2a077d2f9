//! The folder a run leaves behind.
//!
//! | file | what |
//! |---|---|
//! | `recipe.toml` | the recipe as it was started, overrides applied |
//! | `init.safetensors` | the weights it started from, if it did not start from its seed alone |
//! | `run.json` | seed, device, threads, data folder, epochs added later: what `--resume` needs besides |
//! | `checkpoints/` | the two newest |
//! | `metrics.csv` | one row an epoch |
//! | `metrics.jsonl` | with `--log steps`: one object a step |
//! | `events.out.tfevents.trainer` | with `--log tensorboard`: the columns of `metrics.csv` for TensorBoard |
//! | `model.safetensors` | the kept epoch's weights, with preprocessing, class names and recipe |
//! | `report.json` | every measured number |
//! | `diverged.txt` | why there is no report: the loss or the weights stopped being finite |
//! | `log.txt` | what happened |
//!
//! A cross-validation leaves a folder of such folders, `seed11-fold03` for instance, with `recipe.toml`, `run.json` and `log.txt` of
//! the whole and `folds.json`, every measured number of all folds, beside them.

mod settings;

mod checkpoints;
mod divergence;
mod locking;
mod paths;
mod reading;

use crate::checkpoint::Checkpoints;
use crate::error::TrainError;
use crate::files::{check_file_if_there, make};
use crate::init::InitWeights;
use checkpoints::remove_parts;
use paths::{DIVERGENCE, entries, is_part};
use reading::is_unused;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use zoo_core::{Flush, check_is_file, check_writable, write_atomically};
use zoo_recipe::Recipe;
use zoo_results::EpochScores;

pub(crate) use checkpoints::{check_checkpoints_within, checkpoint_files, checkpoints, drop_checkpoints, has_begun};
pub use divergence::divergence;
pub(crate) use divergence::note_divergence;
pub(crate) use locking::{check_lockable, has_lock, is_in_use, lock};
pub(crate) use paths::{
    CHECKPOINTS, INIT, LOCK, checkpoints_folder, fold_folder, init_file, is_folder_of_a_run, is_of_a_run, log_file,
    metrics_files, recipe_file, settings_file,
};
pub use paths::{folds_file, report_file, weights_file};
pub(crate) use reading::{LONGEST, RESTORE, check_access, has_remains, missing_file, run_within};
pub use reading::{MOST_THREADS, exists, read};
pub use settings::{CrossValidation, Extension, Repeats, RunSettings};

/// A run's folder, locked against a second process.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    _lock: File,
}

impl RunFolder {
    /// Makes the folder of a new run, with the file of the weights it starts from. One that was left before its run began is as good
    /// as empty.
    ///
    /// # Errors
    /// If it holds anything else, cannot be written, or a process is about to train in it.
    pub fn create(
        path: &Path,
        recipe: &Recipe,
        settings: &RunSettings,
        init: Option<&InitWeights>,
    ) -> Result<Self, TrainError> {
        make(path)?;
        let check_unused = || match is_unused(path).map_err(TrainError::io("read the run folder", path))? {
            true => Ok(()),
            // Since a moment ago, or by ourselves: another process has been quicker.
            false if is_in_use(path) => Err(TrainError::FolderInUse { path: path.to_path_buf() }),
            false => Err(TrainError::FolderNotEmpty { path: path.to_path_buf() }),
        };
        // Before the lock, so that a folder of something else gets none; and under it, as another process may have been quicker.
        check_unused()?;
        let folder = Self::lock(path)?;
        check_unused()?;
        folder.fill(recipe, settings, init)
    }

    /// Makes the folder of one run of a cross-validation, or takes it up again, whatever was written of it before.
    ///
    /// # Errors
    /// If it cannot be written, or a process is training in it.
    pub fn renew(
        path: &Path,
        recipe: &Recipe,
        settings: &RunSettings,
        init: Option<&InitWeights>,
    ) -> Result<Self, TrainError> {
        make(path)?;
        Self::lock(path)?.fill(recipe, settings, init)
    }

    /// What makes it a run's is written last.
    fn fill(self, recipe: &Recipe, settings: &RunSettings, init: Option<&InitWeights>) -> Result<Self, TrainError> {
        write_atomically(&recipe_file(&self.path), recipe.to_toml().as_bytes(), Flush::ToDisk)?;
        if let Some(init) = init {
            write_atomically(&init_file(&self.path), &init.bytes, Flush::ToDisk)?;
        }
        self.write_settings(settings)?;
        Ok(self)
    }

    pub(crate) fn write_settings(&self, settings: &RunSettings) -> Result<(), TrainError> {
        let settings = serde_json::to_vec_pretty(settings).expect("settings are texts and numbers");
        Ok(write_atomically(&settings_file(&self.path), &settings, Flush::ToDisk)?)
    }

    /// Removes all that a folder holds but its lock: the next run finds it as good as empty.
    ///
    /// # Errors
    /// If a process is training in it, or something cannot be removed.
    pub fn clear(path: &Path) -> Result<(), TrainError> {
        let _folder = Self::lock(path)?;
        for entry in entries(path).map_err(TrainError::io("read the run folder", path))? {
            let is_folder = entry.is_dir() && !entry.is_symlink();
            let removed = match entry.ends_with(LOCK) {
                true => Ok(()),
                false if is_folder => fs::remove_dir_all(&entry),
                false => fs::remove_file(&entry),
            };
            removed.map_err(TrainError::io("remove", &entry))?;
        }
        Ok(())
    }

    /// Removes the folder with all that it holds.
    ///
    /// # Errors
    /// As [`clear`](Self::clear).
    pub(crate) fn remove(path: &Path) -> Result<(), TrainError> {
        let _folder = Self::lock(path)?;
        fs::remove_dir_all(path).map_err(TrainError::io("remove", path))
    }

    /// The folder of an earlier run, with the recipe and settings it was started with.
    ///
    /// # Errors
    /// If it is not a run folder, or a process is training in it.
    pub fn open(path: &Path) -> Result<(Self, Recipe, RunSettings), TrainError> {
        let (recipe, settings) = read(path)?;
        Ok((Self::lock(path)?, recipe, settings))
    }

    fn lock(path: &Path) -> Result<Self, TrainError> {
        let lock = lock(path)?;
        remove_parts(path);
        Ok(Self { path: path.to_path_buf(), _lock: lock })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses a folder whose files cannot be written as the run goes on.
    ///
    /// # Errors
    /// If something else is in a file's place, or the system refuses.
    pub(crate) fn check_may_go_on(&self) -> Result<(), TrainError> {
        let (path, checkpoints) = (&self.path, checkpoints_folder(&self.path));
        let [metrics, _] = metrics_files(path);
        for file in [metrics, weights_file(path), report_file(path), folds_file(path), path.join(DIVERGENCE)] {
            check_file_if_there(&file).map_err(TrainError::io("write", &file))?;
        }
        for folder in [path, &checkpoints].into_iter().filter(|folder| folder.is_dir()) {
            check_writable(folder).map_err(TrainError::io("write into the run folder", folder))?;
        }
        Ok(())
    }

    /// Where its checkpoints are.
    ///
    /// # Errors
    /// If their folder cannot be created.
    pub fn checkpoints(&self) -> Result<Checkpoints, TrainError> {
        checkpoints(&self.path)
    }

    /// Where a cross-validation keeps one of its runs.
    pub fn fold_path(&self, seed: u64, fold: usize) -> PathBuf {
        fold_folder(&self.path, seed, fold)
    }

    /// Writes `metrics.csv`: the rows of all epochs so far.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_metrics(&self, history: &[EpochScores]) -> Result<(), TrainError> {
        let mut table = csv::Writer::from_writer(Vec::new());
        history.iter().for_each(|row| table.serialize(row).expect("a row is numbers, and memory takes them"));
        let table = table.into_inner().expect("memory takes what is written");
        Ok(write_atomically(&self.path.join("metrics.csv"), &table, Flush::Later)?)
    }
}

/// Copies a finished run, or a finished cross-validation with its folds, but for checkpoints. The report comes last: a copy that is cut
/// short is a run that is not finished.
///
/// # Errors
/// If a file cannot be read or written, or a process trains in the folder `to`.
pub fn copy(from: &Path, to: &Path) -> Result<(), TrainError> {
    make(to)?;
    let _folder = RunFolder::lock(to)?;
    let found = entries(from).map_err(TrainError::io("read the run folder", from))?;
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = found.into_iter().partition(|entry| entry.is_dir());
    let place = |entry: &Path| to.join(entry.file_name().unwrap_or_default());
    for folder in folders.iter().filter(|folder| exists(folder)) {
        copy(folder, &place(folder))?;
    }
    let is_report = |file: &PathBuf| *file == report_file(from) || *file == folds_file(from);
    let (reports, others): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(is_report);
    for file in others.iter().filter(|file| !file.ends_with(LOCK) && !is_part(file)).chain(&reports) {
        let bytes = check_is_file(file).and_then(|()| fs::read(file)).map_err(TrainError::io("read", file))?;
        write_atomically(&place(file), &bytes, Flush::ToDisk)?;
    }
    Ok(())
}
