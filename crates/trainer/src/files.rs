//! Files that are either whole or not there.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Whether a file must survive a power cut the moment it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    ToDisk,
    /// The system writes it when it likes: a killed program loses nothing by that.
    Later,
}

/// Writes `bytes` as `NAME.part` beside `path`, then renames it: a crash leaves the old file or the new one, never a half.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8], flush: Flush) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!("{name}.part"));
    let written = write(&part, bytes, flush).and_then(|()| fs::rename(&part, path));
    written.with_context(|| {
        // What remains is of no use; that it could not be removed adds nothing to the reason.
        let _ = fs::remove_file(&part);
        let (path, size) = (path.display(), bytes.len());
        format!("cannot write {path} ({size} bytes); check that the folder is writable and the disk has room")
    })
}

fn write(path: &Path, bytes: &[u8], flush: Flush) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    match flush {
        Flush::ToDisk => file.sync_all(),
        Flush::Later => Ok(()),
    }
}
