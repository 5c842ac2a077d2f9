//! Where a run folder keeps what.

use std::path::{Path, PathBuf};
use std::{fs, io};
use zoo_core::weights::RUN_WEIGHTS_FILE;

pub(crate) const CHECKPOINTS: &str = "checkpoints";
pub(super) const RECIPE: &str = "recipe.toml";
pub(super) const SETTINGS: &str = "run.json";
pub(crate) const INIT: &str = "init.safetensors";
pub(crate) const LOCK: &str = "run.lock";
pub(super) const DIVERGENCE: &str = "diverged.txt";

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

/// Where a run folder keeps the weights it started from.
pub(crate) fn init_file(path: &Path) -> PathBuf {
    path.join(INIT)
}

pub(crate) fn recipe_file(path: &Path) -> PathBuf {
    path.join(RECIPE)
}

pub(crate) fn settings_file(path: &Path) -> PathBuf {
    path.join(SETTINGS)
}

pub(super) fn lock_file(path: &Path) -> PathBuf {
    path.join(LOCK)
}

/// Where a run folder keeps its checkpoints.
pub(crate) fn checkpoints_folder(path: &Path) -> PathBuf {
    path.join(CHECKPOINTS)
}

/// Where a cross-validation's folder keeps one of its runs.
pub(crate) fn fold_folder(path: &Path, seed: u64, fold: usize) -> PathBuf {
    path.join(format!("seed{seed}-fold{fold:02}"))
}

pub(super) fn entries(path: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect()
}

/// Whether it is a file that was being written.
pub(super) fn is_part(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "part")
}
