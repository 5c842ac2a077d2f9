//! Files and folders, whatever they are of.

use crate::error::TrainError;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use zoo_core::check_is_file;

/// Makes a folder and those above it, unless they are there.
///
/// # Errors
/// If a file is in the way, or the system refuses.
pub(crate) fn make(path: &Path) -> Result<(), TrainError> {
    let made = fs::create_dir_all(path).map_err(TrainError::io("create the folder", path));
    made.map_err(|error| match path.ancestors().find(|above| above.exists() && !above.is_dir()) {
        Some(file) => TrainError::FileInPlaceOfFolder { path: path.to_path_buf(), file: file.to_path_buf() },
        None => error,
    })
}

/// Refuses what is no file where a run has one: at a pipe, a process would wait for ever.
///
/// # Errors
/// If it is a folder, a pipe or a device, or the system refuses to say.
pub(crate) fn check_file_if_there(file: &Path) -> io::Result<()> {
    match check_is_file(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        checked => checked,
    }
}
