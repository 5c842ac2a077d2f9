//! Files that are either whole or not there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

/// Whether a file must survive a power cut the moment it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// Flushed to disk before it takes its name.
    ToDisk,
    /// The system writes it when it likes: a killed program loses nothing by that.
    Later,
}

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {} ({bytes} bytes), check that the folder is writable and the disk has room: {source}", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// How long it would be.
    pub bytes: usize,
    /// The system's reason.
    pub source: io::Error,
}

/// Writes `bytes` into a file `NAME*.part` beside `path`, then renames it: a crash leaves the old file or the new one, never a half.
///
/// ```
/// use zoo_core::{Flush, write_atomically};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("report.json");
/// write_atomically(&path, b"{}", Flush::ToDisk)?;
/// assert_eq!(std::fs::read(&path)?, b"{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the system refuses; what was written so far is removed.
pub fn write_atomically(path: &Path, bytes: &[u8], flush: Flush) -> Result<(), WriteError> {
    write(path, bytes, flush).map_err(|source| WriteError { path: path.to_owned(), bytes: bytes.len(), source })
}

fn write(path: &Path, bytes: &[u8], flush: Flush) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = Builder::new();
    builder.prefix(name.as_ref()).suffix(".part");
    #[cfg(unix)]
    builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666)); // less the umask
    let mut part = builder.tempfile_in(folder)?;
    part.write_all(bytes)?;
    if flush == Flush::ToDisk {
        part.as_file().sync_all()?;
    }
    part.persist(path)?;
    Ok(())
}
