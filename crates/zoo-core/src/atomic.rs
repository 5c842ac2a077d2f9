//! Files that are either whole or not there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, PersistError};

/// Whether a file must survive a power cut the moment it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// Flushed to disk before it takes its name, and so is its name then.
    ToDisk,
    /// The system writes it when it likes: a killed program loses nothing by that.
    Later,
}

/// What to do about a file that could not be written.
pub(crate) const WHAT_TO_CHECK: &str = "check that the folder is writable and the disk has room";

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {} ({bytes} bytes), {}: {source}", path.display(), WHAT_TO_CHECK)]
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
    write(path, bytes, flush, |part| part.persist(path)).map_err(refused(path, bytes))
}

/// As [`write_atomically`], where nothing goes by that name yet: what came up in the meantime stays.
///
/// ```
/// use zoo_core::{Flush, create_atomically};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("mine.toml");
/// create_atomically(&path, b"first", Flush::ToDisk)?;
/// assert!(create_atomically(&path, b"second", Flush::ToDisk).is_err());
/// assert_eq!(std::fs::read(&path)?, b"first");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If something is there ([`io::ErrorKind::AlreadyExists`]), or the system refuses.
pub fn create_atomically(path: &Path, bytes: &[u8], flush: Flush) -> Result<(), WriteError> {
    let persist = |part: NamedTempFile| match part.persist_noclobber(path) {
        // Not every file system knows how to.
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists && path.symlink_metadata().is_err() => {
            error.file.persist(path)
        }
        persisted => persisted,
    };
    write(path, bytes, flush, persist).map_err(refused(path, bytes))
}

type Persisted = Result<fs::File, PersistError>;

fn refused(path: &Path, bytes: &[u8]) -> impl FnOnce(io::Error) -> WriteError {
    let (path, bytes) = (path.to_owned(), bytes.len());
    move |source| WriteError { path, bytes, source }
}

fn write(path: &Path, bytes: &[u8], flush: Flush, persist: impl FnOnce(NamedTempFile) -> Persisted) -> io::Result<()> {
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
    persist(part)?;
    if flush == Flush::ToDisk { flush_names(folder) } else { Ok(()) }
}

/// Whether files can be made in a folder: one without a name is, and leaves nothing.
///
/// # Errors
/// If the system refuses.
pub fn check_writable(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder).map(drop)
}

/// Flushes the names of a folder's files, where system and file system know how to.
fn flush_names(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let unable = [io::ErrorKind::InvalidInput, io::ErrorKind::Unsupported, io::ErrorKind::PermissionDenied];
    match fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if unable.contains(&error.kind()) => Ok(()),
        flushed => flushed,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for (bytes, flush) in [(b"old", Flush::ToDisk), (b"new", Flush::Later)] {
            write_atomically(&path, bytes, flush).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_all_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        // A folder of that name cannot be replaced by a file.
        let path = folder.path().join("report.json");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("old"), "old").unwrap();
        let error = write_atomically(&path, b"new", Flush::Later).unwrap_err();
        assert_eq!((&error.path, error.bytes), (&path, 3));
        assert_eq!(names(folder.path()), ["report.json"], "the part file is removed");
        assert_eq!(fs::read(path.join("old")).unwrap(), b"old");
        let missing = folder.path().join("missing/report.json");
        let message = write_atomically(&missing, b"new", Flush::Later).unwrap_err().to_string();
        assert!(message.starts_with(&format!("cannot write {} (3 bytes), check that", missing.display())), "{message}");
    }

    #[test]
    fn what_came_up_in_the_meantime_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        create_atomically(&path, b"first", Flush::ToDisk).unwrap();
        let error = create_atomically(&path, b"second", Flush::Later).unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        let missing = create_atomically(&folder.path().join("missing/mine.toml"), b"new", Flush::Later).unwrap_err();
        assert_eq!(missing.source.kind(), io::ErrorKind::NotFound);
        // A link that leads nowhere is something, too.
        #[cfg(unix)]
        {
            let link = folder.path().join("link.toml");
            std::os::unix::fs::symlink("nowhere", &link).unwrap();
            let error = create_atomically(&link, b"new", Flush::Later).unwrap_err();
            assert_eq!(error.source.kind(), io::ErrorKind::AlreadyExists);
            fs::remove_file(&link).unwrap();
        }
        assert_eq!(names(folder.path()), ["mine.toml"], "no part file is left");
    }

    #[test]
    #[cfg(unix)]
    fn permissions_are_those_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (plain, atomic) = (folder.path().join("plain"), folder.path().join("atomic"));
        fs::write(&plain, "").unwrap();
        write_atomically(&atomic, b"", Flush::Later).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&atomic), mode(&plain), "0666 less the umask");
    }
}
