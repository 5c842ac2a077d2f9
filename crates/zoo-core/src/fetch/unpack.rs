//! The members of an archive as a folder beside it, so that the next load is quick.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::part::with_suffix;
use crate::{DataError, FileBytes, Store};

impl Store {
    /// Writes `files` into the new folder `name` below the data folder: all of them, or none.
    ///
    /// # Errors
    /// When the folder exists already or cannot be written.
    pub fn unpack(&self, name: &str, files: &[FileBytes]) -> Result<PathBuf, DataError> {
        let target = self.dir.join(name);
        let _lock = self.lock(&target)?;
        let temporary = with_suffix(&target, ".part");
        let written = write_folder(&temporary, files).and_then(|()| fs::rename(&temporary, &target));
        if written.is_err() {
            // What was written is of no use; if it cannot be removed either, the next call tries again.
            let _ = fs::remove_dir_all(&temporary);
        }
        written.map_err(DataError::io("write", &target))?;
        Ok(target)
    }
}

fn write_folder(folder: &Path, files: &[FileBytes]) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir(folder)?;
    for file in files {
        fs::write(folder.join(file.path.file_name().unwrap_or_default()), &file.bytes)?;
    }
    Ok(())
}
