//! The lock that keeps a second process out of a run folder.

use super::paths::lock_file;
use crate::error::TrainError;
use crate::files::check_file_if_there;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use zoo_core::{check_is_file, check_writable};

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
