//! Files of our own beside a target: `NAME.part`, `NAME.lock`.

use std::fs::{File, OpenOptions};
use std::path::Path;

use crate::DataError;

/// Opens or creates a file of our own to read and write. A link or a pipe in its place is another's, and stays as it is.
pub(crate) fn open_own(path: &Path) -> Result<File, DataError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    let not_a_file = || DataError::NotAFile { path: path.to_owned() };
    let file = options.open(path).map_err(|error| match path.is_symlink() {
        true => not_a_file(),
        false => DataError::io("write", path)(error),
    })?;
    match file.metadata().map_err(DataError::io("read", path))?.is_file() {
        true => Ok(file),
        false => Err(not_a_file()),
    }
}
