//! Files that are either whole or not there.

use anyhow::{Context, Result};
use std::io::Write;
use std::path::Path;

/// Writes `bytes` under a temporary name beside `path`, then renames it: a crash leaves the old file or the new one, never a half.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| {
        format!(
            "cannot write {} ({} bytes); check that the folder is writable and the disk has room",
            path.display(),
            bytes.len()
        )
    })
}
