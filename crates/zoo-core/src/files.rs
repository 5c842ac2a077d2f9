//! Whole files into memory, with errors that name them.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::DataError;
use crate::gzip::{Gunzip, MAGIC};

/// A file's bytes, and the path that errors about them shall name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileBytes {
    /// The file, or the archive with its member's name.
    pub path: PathBuf,
    /// All of it, uncompressed.
    pub bytes: Vec<u8>,
}

/// Reads the file at `path` whole.
///
/// # Errors
/// When it is missing, empty, a folder, longer than `limit` bytes, or the system refuses.
pub fn read_file(path: &Path, limit: u64) -> Result<FileBytes, DataError> {
    let mut file = open_file(path)?;
    let length = file.metadata().map_err(DataError::io("read", path))?.len();
    if length > limit {
        return Err(too_long(path, length, limit));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.read_to_end(&mut bytes).map_err(DataError::io("read", path))?;
    Ok(FileBytes { path: path.to_owned(), bytes })
}

/// What `file` uncompresses to if it is gzip, its checksum verified; else the file itself. Its name does not matter: browsers
/// uncompress some files on their way.
///
/// # Errors
/// When it is damaged, or longer than `limit` bytes uncompressed.
pub fn gunzipped(file: FileBytes, limit: u64) -> Result<FileBytes, DataError> {
    if !file.bytes.starts_with(&MAGIC) {
        return Ok(file);
    }
    let damaged = |error: io::Error| DataError::Archive { path: file.path.clone(), problem: error.to_string() };
    let mut bytes = Vec::new();
    // One byte more than allowed tells "at the limit" from "beyond it".
    Gunzip::new(file.bytes.as_slice()).take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 > limit {
        return Err(too_long(&file.path, bytes.len() as u64, limit));
    }
    Ok(FileBytes { path: file.path, bytes })
}

/// Opens the file at `path`, which must hold something.
///
/// # Errors
/// When it is missing, empty, a folder, or the system refuses.
pub(crate) fn open_file(path: &Path) -> Result<File, DataError> {
    let metadata = fs::metadata(path).map_err(DataError::io("read", path))?;
    if !metadata.is_file() {
        return Err(DataError::NotAFile { path: path.to_owned() });
    }
    if metadata.len() == 0 {
        return Err(DataError::Empty { path: path.to_owned() });
    }
    File::open(path).map_err(DataError::io("read", path))
}

/// The bytes of a file or of what else gives some, if there are at most so many.
pub(crate) fn read_at_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let too_long = || {
        let reason = format!("it has more than {most} bytes, which no such file has; look what it is");
        io::Error::new(ErrorKind::FileTooLarge, reason)
    };
    if file.metadata()?.len() > most {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    // One byte more than allowed tells "at the limit" from "beyond it".
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_long()) } else { Ok(bytes) }
}

/// The same of a file alone.
pub(crate) fn read_file_at_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    check_is_file(path)?;
    read_at_most(path, most)
}

/// Refuses what is there under a name and is no file: a pipe or a device may have no end, or never begin.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let refused = zoo_core::check_is_file(folder.path()).unwrap_err();
/// assert_eq!(refused.to_string(), "it is a folder, expected a file");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If it is something else, nothing is there, or the system refuses to say.
pub fn check_is_file(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    match () {
        () if metadata.is_dir() => Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder, expected a file")),
        () if !metadata.is_file() => {
            Err(io::Error::new(ErrorKind::InvalidInput, "it is a pipe or a device, expected a file"))
        }
        () => Ok(()),
    }
}

fn too_long(path: &Path, found: u64, limit: u64) -> DataError {
    DataError::Length { path: path.to_owned(), found, expected: format!("at most {limit}") }
}
