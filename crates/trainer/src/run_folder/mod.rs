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

use crate::checkpoint::{Checkpoints, is_checkpoint};
use crate::error::TrainError;
use crate::files::{check_file_if_there, make};
use crate::init::InitWeights;
use crate::pretrained;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use zoo_core::weights::{RUN_WEIGHTS_FILE, Shipped};
use zoo_core::{Flush, check_is_file, check_writable, read_text, write_atomically};
use zoo_recipe::Recipe;
use zoo_results::EpochScores;

pub use settings::{CrossValidation, Extension, Repeats, RunSettings};

/// More than any machine a zoo this small would be trained on.
pub const MOST_THREADS: usize = 1024;

pub(crate) const CHECKPOINTS: &str = "checkpoints";
const RECIPE: &str = "recipe.toml";
const SETTINGS: &str = "run.json";
pub(crate) const INIT: &str = "init.safetensors";
pub(crate) const LOCK: &str = "run.lock";
const DIVERGENCE: &str = "diverged.txt";

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

/// Locks a folder against a second process until the file is closed.
///
/// # Errors
/// If another process holds the lock, or the folder cannot be written.
pub(crate) fn lock(path: &Path) -> Result<File, TrainError> {
    check_file_if_there(&lock_file(path)).map_err(TrainError::io("lock", &lock_file(path)))?;
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(lock_file(path));
    let lock = lock.map_err(TrainError::io("write into the run folder", path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(TrainError::FolderInUse { path: path.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(TrainError::io("lock", &lock_file(path))(error)),
    }
}

/// Whether a run's folder could be locked; looking changes nothing in it.
///
/// # Errors
/// If the system refuses, or the lock is no file.
pub(crate) fn check_lockable(path: &Path) -> Result<(), TrainError> {
    let lock = lock_file(path);
    match lock.symlink_metadata() {
        Ok(_) => check_is_file(&lock)
            .and_then(|()| OpenOptions::new().write(true).open(&lock).map(drop))
            .map_err(TrainError::io("lock", &lock)),
        Err(_) => check_writable(path).map_err(TrainError::io("write into the run folder", path)),
    }
}

/// Whether a file of this name in a run's folder, or in that of one of its folds, is of our making, and can be made again or says little.
pub(crate) fn is_of_a_run(name: &str) -> bool {
    const NAMES: [&str; 9] =
        [RECIPE, LOCK, DIVERGENCE, SETTINGS, "report.json", "folds.json", "metrics.csv", "metrics.jsonl", "log.txt"];
    NAMES.contains(&name) || name.ends_with(".part")
}

/// Whether a folder of this name in a run's folder is of our making.
pub(crate) fn is_folder_of_a_run(name: &str) -> bool {
    let is_fold = || {
        let (seed, fold) = name.strip_prefix("seed")?.split_once("-fold")?;
        Some(seed.parse::<u64>().is_ok() && fold.parse::<usize>().is_ok())
    };
    name == CHECKPOINTS || is_fold() == Some(true)
}

/// Bytes of a recipe or of settings: more than any has.
pub(crate) const LONGEST: u64 = 1 << 22;

/// The recipe and settings a run folder holds.
///
/// # Errors
/// If it is not a run folder, or its files are damaged.
pub fn read(path: &Path) -> Result<(Recipe, RunSettings), TrainError> {
    let text = |file: &Path| read_text(file, LONGEST).map_err(|source| unreadable(path, file, source));
    let (recipe_file, file) = (recipe_file(path), settings_file(path));
    // What makes a folder a run's is asked for first.
    let (settings, recipe) = (text(&file)?, text(&recipe_file)?);
    let mut recipe = Recipe::parse(&recipe, &recipe_file.display().to_string())?;
    let wrong = |reason: String| TrainError::RunFile { file: file.clone(), reason };
    let settings: RunSettings =
        serde_json::from_str(&settings).map_err(|error| wrong(format!(" is damaged: {error}; {RESTORE}")))?;
    if !(1..=MOST_THREADS).contains(&settings.threads) {
        let found = settings.threads;
        return Err(wrong(format!(": threads is {found}, expected a number from 1 to {MOST_THREADS}")));
    }
    if matches!(&settings.cross_validation, Some(CrossValidation::All(all)) if all.seeds.is_empty()) {
        return Err(wrong(": cross_validation.seeds is empty, expected one seed per repeat".to_string()));
    }
    if let Some(extension) = settings.extensions.last() {
        recipe.training.epochs = extension.epochs;
        recipe.check().map_err(|error| wrong(format!(": extensions: {error}")))?;
    }
    Ok((recipe, settings))
}

/// What to do about a file that nothing can write again.
const RESTORE: &str = "put a whole copy of it back, or train anew in another folder";

/// Why a file of the folder cannot be read.
fn unreadable(path: &Path, file: &Path, source: io::Error) -> TrainError {
    let (path, file) = (path.to_path_buf(), file.to_path_buf());
    match source.kind() {
        ErrorKind::NotFound if lock_file(&path).exists() && is_unused(&path).unwrap_or(false) => {
            TrainError::NeverStarted { path }
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            TrainError::NotARunFolder { reason: what_is_missing(&path, &file), path }
        }
        ErrorKind::InvalidData => TrainError::RunFile { file, reason: format!(" is damaged: {source}; {RESTORE}") },
        _ => TrainError::io("read", &file)(source),
    }
}

/// Why what lies there is not a run folder, without this file, and what may have been meant, as a clause.
fn what_is_missing(path: &Path, file: &Path) -> String {
    let file = file.file_name().unwrap_or_default().display();
    let found = match path.is_dir() {
        true => format!("there is no {file} in it"),
        false if path.exists() => "it is a file".to_string(),
        false => "there is no such folder".to_string(),
    };
    let name = path.to_str().and_then(|name| pretrained::find(name).ok()).map(Shipped::name);
    match (name, run_within(path)) {
        (Some(name), _) => format!(
            "{found}; weights of that name ship with the zoo: --pretrained {name} uses them, and --init {name} trains on from them"
        ),
        (None, Some(run)) => format!("{found}, but it holds runs; name one of them, such as {}", run.display()),
        (None, None) => format!("{found}; `trainer runs ls` lists the runs there are"),
    }
}

/// The first run in a folder of runs, or in a folder of such folders.
pub(crate) fn run_within(path: &Path) -> Option<PathBuf> {
    let inside = |path: &Path| {
        let mut entries = entries(path).unwrap_or_default();
        entries.sort();
        entries
    };
    let first = |path: &Path| inside(path).into_iter().find(|entry| exists(entry));
    first(path).or_else(|| inside(path).iter().find_map(|folder| first(folder)))
}

/// Whether a folder is empty, or holds only what a process leaves that is killed before its run begins.
fn is_unused(path: &Path) -> io::Result<bool> {
    let entries = entries(path)?;
    let is_early =
        |entry: &PathBuf| entry.ends_with(LOCK) || entry.ends_with(RECIPE) || entry.ends_with(INIT) || is_part(entry);
    // Without a lock a recipe is its user's own.
    let is_locked = entries.iter().any(|entry| entry.ends_with(LOCK));
    Ok(entries.is_empty() || is_locked && entries.iter().all(is_early))
}

fn entries(path: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect()
}

/// Whether it is a file that was being written.
fn is_part(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "part")
}

/// Removes what a killed process was writing when it was killed.
fn remove_parts(path: &Path) {
    let checkpoints = checkpoints_folder(path);
    // What a link leads to is elsewhere.
    for folder in [path, &checkpoints].into_iter().filter(|folder| *folder == path || !folder.is_symlink()) {
        for part in entries(folder).unwrap_or_default().into_iter().filter(|entry| is_part(entry)) {
            // What cannot be removed only takes up room.
            let _ = fs::remove_file(part);
        }
    }
}

/// Whether a run was started in that folder.
pub fn exists(path: &Path) -> bool {
    settings_file(path).exists()
}

/// Whether a folder without what makes it one of a run holds what a run has reached.
pub(crate) fn has_remains(path: &Path) -> bool {
    let files = [report_file(path), folds_file(path), weights_file(path)];
    files.into_iter().chain(checkpoint_files(path)).any(|file| file.exists())
}

/// Why a folder that has remains of a run is not one of a run, with what to do: a file that is not there.
pub(crate) fn missing_file(path: &Path) -> Option<String> {
    let file = [SETTINGS, RECIPE].into_iter().find(|name| !path.join(name).exists())?;
    Some(format!("there is no {file} in it; put it back, or remove the folder"))
}

/// Whether it can be told if a run was started in that folder.
///
/// # Errors
/// If the system refuses to say.
pub(crate) fn check_access(path: &Path) -> io::Result<()> {
    settings_file(path).try_exists().map(drop)
}

/// Whether a process has ever locked that folder.
pub(crate) fn has_lock(path: &Path) -> bool {
    lock_file(path).exists()
}

/// Whether a process is training in that folder.
pub(crate) fn is_in_use(path: &Path) -> bool {
    let lock = lock_file(path);
    let lock = check_is_file(&lock).and_then(|()| OpenOptions::new().write(true).open(&lock));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Whether the run in that folder has saved anything of its training.
pub(crate) fn has_begun(path: &Path) -> bool {
    entries(&path.join(CHECKPOINTS)).is_ok_and(|entries| !entries.is_empty())
}

/// Why the run in that folder diverged, if it did.
pub fn divergence(path: &Path) -> Option<String> {
    read_text(&path.join(DIVERGENCE), LONGEST).ok()
}

/// Notes that the run in that folder diverged, or that it has begun anew.
pub(crate) fn note_divergence(path: &Path, sentence: Option<&str>) -> Result<(), TrainError> {
    let file = path.join(DIVERGENCE);
    match sentence {
        Some(sentence) => Ok(write_atomically(&file, sentence.as_bytes(), Flush::Later)?),
        None => match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(TrainError::io("remove", &file)(error)),
            _ => Ok(()),
        },
    }
}

/// The checkpoints of the run in that folder.
pub(crate) fn checkpoints(path: &Path) -> Result<Checkpoints, TrainError> {
    Checkpoints::open(checkpoints_folder(path))
}

/// Where a run folder keeps its checkpoints.
pub(crate) fn checkpoints_folder(path: &Path) -> PathBuf {
    path.join(CHECKPOINTS)
}

/// Removes the checkpoints of a finished fold and the weights it started from, which only take up room.
///
/// # Errors
/// With the first that cannot be removed, which harms nothing; or if their folder is a link, which is not followed. What somebody else has
/// put there stays.
pub(crate) fn drop_checkpoints(path: &Path) -> Result<(), TrainError> {
    check_checkpoints_within(path)?;
    let files = checkpoint_files(path).into_iter().chain([init_file(path)]);
    let remove = |file: PathBuf| match fs::remove_file(&file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(TrainError::io("remove", &file)(error)),
        _ => Ok(()),
    };
    // All are tried, and the first failure told.
    let removed: Vec<Result<(), TrainError>> = files.map(remove).collect();
    let _ = fs::remove_dir(checkpoints_folder(path));
    removed.into_iter().collect()
}

/// Refuses to remove anything through a link, which leads elsewhere.
///
/// # Errors
/// If the folder of the checkpoints is one.
pub(crate) fn check_checkpoints_within(path: &Path) -> Result<(), TrainError> {
    let folder = checkpoints_folder(path);
    match folder.is_symlink() {
        true => Err(TrainError::RunFile {
            file: folder,
            reason: " is a link, through which nothing is removed".to_string(),
        }),
        false => Ok(()),
    }
}

/// The checkpoints in the folder of a run, also those that were set aside as damaged.
pub(crate) fn checkpoint_files(path: &Path) -> Vec<PathBuf> {
    let mut files = entries(&checkpoints_folder(path)).unwrap_or_default();
    files.retain(|file| is_checkpoint(file) || is_part(file));
    files
}

/// Where a run folder keeps its weights.
pub fn weights_file(path: &Path) -> PathBuf {
    path.join(RUN_WEIGHTS_FILE)
}

/// Where a run folder keeps its report, once it is finished.
pub fn report_file(path: &Path) -> PathBuf {
    path.join("report.json")
}

/// Where a cross-validation's folder keeps its report, once all folds are finished.
pub fn folds_file(path: &Path) -> PathBuf {
    path.join("folds.json")
}

/// Where a run folder keeps the scores of its epochs and of its steps.
pub(crate) fn metrics_files(path: &Path) -> [PathBuf; 2] {
    ["metrics.csv", "metrics.jsonl"].map(|name| path.join(name))
}

/// Where a run folder keeps its log.
pub(crate) fn log_file(path: &Path) -> PathBuf {
    path.join("log.txt")
}

/// Where a cross-validation's folder keeps one of its runs.
pub(crate) fn fold_folder(path: &Path, seed: u64, fold: usize) -> PathBuf {
    path.join(format!("seed{seed}-fold{fold:02}"))
}

fn recipe_file(path: &Path) -> PathBuf {
    path.join(RECIPE)
}

/// Where a run folder keeps the weights it started from.
pub(crate) fn init_file(path: &Path) -> PathBuf {
    path.join(INIT)
}

fn settings_file(path: &Path) -> PathBuf {
    path.join(SETTINGS)
}

fn lock_file(path: &Path) -> PathBuf {
    path.join(LOCK)
}
