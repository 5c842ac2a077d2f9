//! What a run folder says of its run, and why one that says nothing does not.

use super::checkpoints::checkpoint_files;
use super::paths::{
    INIT, LOCK, RECIPE, SETTINGS, entries, folds_file, is_part, lock_file, recipe_file, report_file, settings_file,
    weights_file,
};
use super::settings::{CrossValidation, RunSettings};
use crate::error::TrainError;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use zoo_core::read_text;
use zoo_recipe::{Model, Recipe};

/// More than any machine a zoo this small would be trained on.
pub const MOST_THREADS: usize = 1024;

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
    let mut recipe = Recipe::parse(&recipe, RECIPE).map_err(|error| TrainError::RunFile {
        file: recipe_file,
        reason: format!(" is damaged: {error}; {RESTORE}"),
    })?;
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
pub(crate) const RESTORE: &str = "put a whole copy of it back, or train anew in another folder";

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
    let shipped = Model::shipped();
    let name = shipped.iter().map(|shipped| shipped.name()).find(|name| path.to_str() == Some(*name));
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

/// Whether a run was started in that folder.
pub fn exists(path: &Path) -> bool {
    settings_file(path).exists()
}

/// Whether it can be told if a run was started in that folder.
///
/// # Errors
/// If the system refuses to say.
pub(crate) fn check_access(path: &Path) -> io::Result<()> {
    settings_file(path).try_exists().map(drop)
}

/// Whether a folder is empty, or holds only what a process leaves that is killed before its run begins.
pub(super) fn is_unused(path: &Path) -> io::Result<bool> {
    let entries = entries(path)?;
    let is_early =
        |entry: &PathBuf| entry.ends_with(LOCK) || entry.ends_with(RECIPE) || entry.ends_with(INIT) || is_part(entry);
    // Without a lock a recipe is its user's own.
    let is_locked = entries.iter().any(|entry| entry.ends_with(LOCK));
    Ok(entries.is_empty() || is_locked && entries.iter().all(is_early))
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
