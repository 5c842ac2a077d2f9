//! The checkpoints in a run folder, and what is removed of them.

use super::paths::{CHECKPOINTS, checkpoints_folder, entries, init_file, is_part};
use crate::checkpoint::{Checkpoints, is_checkpoint};
use crate::error::TrainError;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The checkpoints of the run in that folder.
pub(crate) fn checkpoints(path: &Path) -> Result<Checkpoints, TrainError> {
    Checkpoints::open(checkpoints_folder(path))
}

/// Whether the run in that folder has saved anything of its training.
pub(crate) fn has_begun(path: &Path) -> bool {
    entries(&path.join(CHECKPOINTS)).is_ok_and(|entries| !entries.is_empty())
}

/// The checkpoints in the folder of a run, also those that were set aside as damaged.
pub(crate) fn checkpoint_files(path: &Path) -> Vec<PathBuf> {
    let mut files = entries(&checkpoints_folder(path)).unwrap_or_default();
    files.retain(|file| is_checkpoint(file) || is_part(file));
    files
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

/// Removes what a killed process was writing when it was killed.
pub(super) fn remove_parts(path: &Path) {
    let checkpoints = checkpoints_folder(path);
    // What a link leads to is elsewhere.
    for folder in [path, &checkpoints].into_iter().filter(|folder| *folder == path || !folder.is_symlink()) {
        for part in entries(folder).unwrap_or_default().into_iter().filter(|entry| is_part(entry)) {
            // What cannot be removed only takes up room.
            let _ = fs::remove_file(part);
        }
    }
}
