//! A file under its temporary name, hashed while it is written, and renamed when it is the right one.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::open::open_own;
use crate::DataError;
use crate::digest::{Hashing, hex};
use crate::error::Problem;

/// What a finished file has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Its exact size, where published.
    pub(crate) bytes: Option<u64>,
    /// Its sha256, where published.
    pub(crate) sha256: Option<&'a str>,
}

/// `NAME.part` beside its target. Whoever opens it holds the file's lock.
pub(crate) struct Part {
    file: File,
    path: PathBuf,
    target: PathBuf,
    hasher: Sha256,
    length: u64,
    /// Whether bytes of an earlier try are in it.
    resumed: bool,
}

impl Part {
    /// Opens or creates the temporary file of `target`; what an earlier run left in it is kept and hashed.
    pub(crate) fn open(target: &Path) -> Result<Part, DataError> {
        let path = with_suffix(target, ".part");
        let mut file = open_own(&path)?;
        let mut hasher = Hashing(Sha256::new());
        let length = io::copy(&mut file, &mut hasher).map_err(DataError::io("read", &path))?;
        Ok(Part { file, path, target: target.to_owned(), hasher: hasher.0, length, resumed: length > 0 })
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Marks the bytes present as those of an earlier try.
    pub(crate) fn resume(&mut self) {
        self.resumed = self.length > 0;
    }

    /// Forgets all bytes.
    pub(crate) fn restart(&mut self) -> Result<(), DataError> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)))
            .map_err(DataError::io("write", &self.path))?;
        self.hasher = Sha256::new();
        self.length = 0;
        self.resumed = false;
        Ok(())
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        self.file.write_all(bytes).map_err(DataError::io("write", &self.path))?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Gives the file its name if it is what was `expected`; a wrong one is emptied, to start afresh.
    pub(crate) fn publish(&mut self, expected: Wanted<'_>) -> Result<(), Problem> {
        if let Err(problem) = self.check(expected) {
            self.restart()?;
            return Err(problem);
        }
        // On the disk before it gets its name: a power failure must not leave a hollow file that looks finished.
        self.file.sync_all().map_err(DataError::io("write", &self.path))?;
        fs::rename(&self.path, &self.target).map_err(DataError::io("rename", &self.path))?;
        Ok(())
    }

    fn check(&self, expected: Wanted<'_>) -> Result<(), Problem> {
        if let Some(bytes) = expected.bytes.filter(|bytes| *bytes != self.length) {
            return Err(Problem::Size { found: self.length, expected: bytes });
        }
        let found = hex(self.hasher.clone());
        match expected.sha256 {
            Some(sha256) if found != sha256 => {
                Err(Problem::Hash { found, expected: sha256.to_owned(), resumed: self.resumed })
            }
            _ => Ok(()),
        }
    }
}

/// `path` with `suffix` after its last extension: `a.tar.gz.part`.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
