//! The folder a run leaves behind.
//!
//! | file | what |
//! |---|---|
//! | `recipe.toml` | the recipe as it was trained, overrides applied |
//! | `run.json` | seed, device, threads, data folder: what `--resume` needs besides |
//! | `checkpoints/` | the two newest |
//! | `metrics.csv` | one row an epoch |
//! | `model.safetensors` | the kept epoch's weights, with preprocessing, class names and recipe |
//! | `report.json` | every measured number |
//! | `log.txt` | what happened |
//!
//! A cross-validation leaves a folder of such folders, `seed11-fold03` for instance, with `recipe.toml`, `run.json` and `log.txt` of
//! the whole and `folds.json`, every measured number of all folds, beside them.

use crate::checkpoint::Checkpoints;
use crate::data::{self, Fold, Splits};
use crate::device::DeviceName;
use crate::error::TrainError;
use crate::state::Identity;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use zoo_core::{Flush, Store, write_atomically};
use zoo_recipe::Recipe;
use zoo_results::EpochScores;

/// More than any machine a zoo this small would be trained on.
pub const MOST_THREADS: usize = 1024;

const CHECKPOINTS: &str = "checkpoints";

/// A run's folder, locked against a second process.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    _lock: File,
}

/// What decides a run's bits besides its recipe, and where its data is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSettings {
    /// Initial weights, order, augmentation, dropout.
    pub seed: u64,
    /// The device's name.
    pub device: String,
    /// CPU threads.
    pub threads: usize,
    /// The data folder named on the command line.
    pub data_dir: Option<PathBuf>,
    /// Whether the network was forbidden.
    pub offline: bool,
    /// What the command line changed in the recipe: `key: before -> after`.
    pub overrides: Vec<String>,
    /// When the run was first started, RFC 3339.
    pub started: String,
    /// Its place in a cross-validation, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidation>,
}

/// A run's place in a cross-validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CrossValidation {
    /// It is all of it: a folder of runs.
    All(Repeats),
    /// It is one of those runs.
    Fold(Fold),
}

/// How often data is cut, and into how many parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// Parts the data is cut into; each is the test part once.
    pub folds: usize,
    /// One a repeat: it cuts the folds and starts their models.
    pub seeds: Vec<u64>,
}

impl RunSettings {
    /// The splits of the data that a run with these settings sees.
    ///
    /// # Errors
    /// As [`data::prepare`] and [`data::cut_fold`].
    pub fn splits(&self, recipe: &Recipe, store: &Store) -> Result<Splits, TrainError> {
        Ok(match &self.cross_validation {
            Some(CrossValidation::Fold(fold)) => {
                data::cut_fold(recipe, &data::load_for(recipe, store)?, self.seed, *fold)?
            }
            _ => data::prepare(recipe, store, self.seed)?,
        })
    }

    /// What decides the bits of a run by this recipe, with these settings, on this data.
    pub fn identity(&self, recipe: &Recipe, splits: &Splits) -> Identity {
        Identity {
            recipe_sha256: recipe.sha256(),
            seed: self.seed,
            device: self.device.clone(),
            threads: self.threads,
            data: splits.digest(),
        }
    }

    /// As in [`Report::instruction_set`](zoo_results::Report::instruction_set).
    pub(crate) fn instruction_set(&self) -> Option<String> {
        self.device.parse::<DeviceName>().ok()?.instruction_set()
    }
}

impl RunFolder {
    /// Makes the folder of a new run.
    ///
    /// # Errors
    /// If it holds anything already, or cannot be written.
    pub fn create(path: &Path, recipe: &Recipe, settings: &RunSettings) -> Result<Self, TrainError> {
        fs::create_dir_all(path).map_err(TrainError::io("create the run folder", path))?;
        let mut entries = fs::read_dir(path).map_err(TrainError::io("read the run folder", path))?;
        if entries.next().is_some() {
            return Err(TrainError::FolderNotEmpty { path: path.to_path_buf() });
        }
        Self::fill(path, recipe, settings).inspect_err(|_| {
            // A folder that is not a run's stands in the way of the next try: what was made goes, best effort.
            for file in [recipe_file(path), settings_file(path), lock_file(path)] {
                let _ = fs::remove_file(file);
            }
            let _ = fs::remove_dir(path);
        })
    }

    /// Makes the folder of one run of a cross-validation, or takes it up again, whatever was written of it before.
    ///
    /// # Errors
    /// If it cannot be written, or a process is training in it.
    pub fn renew(path: &Path, recipe: &Recipe, settings: &RunSettings) -> Result<Self, TrainError> {
        fs::create_dir_all(path).map_err(TrainError::io("create the run folder", path))?;
        Self::fill(path, recipe, settings)
    }

    fn fill(path: &Path, recipe: &Recipe, settings: &RunSettings) -> Result<Self, TrainError> {
        let folder = Self::lock(path)?;
        let settings = serde_json::to_vec_pretty(settings).expect("settings are texts and numbers");
        write_atomically(&recipe_file(path), recipe.to_toml().as_bytes(), Flush::ToDisk)?;
        write_atomically(&settings_file(path), &settings, Flush::ToDisk)?;
        Ok(folder)
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
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(lock_file(path));
        let lock = lock.map_err(TrainError::io("write into the run folder", path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_path_buf(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(TrainError::FolderInUse { path: path.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(TrainError::io("lock", &lock_file(path))(error)),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where its checkpoints are.
    ///
    /// # Errors
    /// If their folder cannot be created.
    pub fn checkpoints(&self) -> Result<Checkpoints, TrainError> {
        Checkpoints::open(self.path.join(CHECKPOINTS))
    }

    /// Where a cross-validation keeps one of its runs.
    pub fn fold_path(&self, seed: u64, fold: usize) -> PathBuf {
        self.path.join(format!("seed{seed}-fold{fold:02}"))
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

/// The recipe and settings a run folder holds.
///
/// # Errors
/// If it is not a run folder, or its files are damaged.
pub fn read(path: &Path) -> Result<(Recipe, RunSettings), TrainError> {
    let text = |file: &Path| {
        let not_one = |source| TrainError::NotARunFolder { path: path.into(), file: file.into(), source };
        fs::read_to_string(file).map_err(not_one)
    };
    let recipe_file = recipe_file(path);
    let recipe = Recipe::parse(&text(&recipe_file)?, &recipe_file.display().to_string())?;
    let file = settings_file(path);
    let wrong = |reason: String| TrainError::RunFile { file: file.clone(), reason };
    let settings: RunSettings =
        serde_json::from_str(&text(&file)?).map_err(|error| wrong(format!(" is damaged: {error}")))?;
    if !(1..=MOST_THREADS).contains(&settings.threads) {
        let found = settings.threads;
        return Err(wrong(format!(": threads is {found}, expected a number from 1 to {MOST_THREADS}")));
    }
    if matches!(&settings.cross_validation, Some(CrossValidation::All(all)) if all.seeds.is_empty()) {
        return Err(wrong(": cross_validation.seeds is empty, expected one seed per repeat".to_string()));
    }
    Ok((recipe, settings))
}

/// Whether a run was started in that folder.
pub fn exists(path: &Path) -> bool {
    settings_file(path).exists()
}

/// Whether the run of that folder has ended with a report.
pub fn is_finished(path: &Path) -> bool {
    finished_report(path).is_some()
}

/// The report of the run, or of the cross-validation, in that folder, once it is finished.
pub fn finished_report(path: &Path) -> Option<PathBuf> {
    [report_file(path), folds_file(path)].into_iter().find(|file| file.exists())
}

/// Removes the checkpoints of a finished run, which only take up room.
pub(crate) fn drop_checkpoints(path: &Path) {
    // What cannot be removed stays, and harms nothing.
    let _ = fs::remove_dir_all(path.join(CHECKPOINTS));
}

/// Where a run folder keeps its weights.
pub fn weights_file(path: &Path) -> PathBuf {
    path.join("model.safetensors")
}

/// Where a run folder keeps its report, once it is finished.
pub fn report_file(path: &Path) -> PathBuf {
    path.join("report.json")
}

/// Where a cross-validation's folder keeps its report, once all folds are finished.
pub fn folds_file(path: &Path) -> PathBuf {
    path.join("folds.json")
}

/// Where a run folder keeps its log.
pub(crate) fn log_file(path: &Path) -> PathBuf {
    path.join("log.txt")
}

fn recipe_file(path: &Path) -> PathBuf {
    path.join("recipe.toml")
}

fn settings_file(path: &Path) -> PathBuf {
    path.join("run.json")
}

fn lock_file(path: &Path) -> PathBuf {
    path.join("run.lock")
}
