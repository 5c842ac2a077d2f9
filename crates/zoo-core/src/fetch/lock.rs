//! One process at a time works on a file.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::open::open_own;
use super::part::with_suffix;
use crate::DataError;

/// Held while a file is fetched; released when dropped, also by the death of the process.
///
/// The lock is on `NAME.lock`, which stays: deleting it would let two processes hold locks on two files of one name.
pub(crate) struct Lock {
    _file: File,
}

/// Waits until no other process or thread fetches `target`.
pub(crate) fn lock(target: &Path) -> Result<Lock, DataError> {
    let path = with_suffix(target, ".lock");
    let file = open_own(&path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            tracing::info!("another process is fetching {}: waiting for it", target.display());
            supported(file.lock()).map_err(DataError::io("lock", &path))?;
        }
        Err(TryLockError::Error(error)) => {
            supported(Err(error)).map_err(DataError::io("lock", &path))?;
        }
        Ok(()) => {}
    }
    Ok(Lock { _file: file })
}

/// Some network file systems know no locks; there the temporary name and the checksum have to suffice.
fn supported(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        result => result,
    }
}
