//! sha256 as the hexadecimal text that is published.

use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::DataError;
use crate::files::open_file;

/// The sha256 of `bytes`, in lower-case hexadecimal.
///
/// ```
/// assert!(zoo_core::sha256_hex(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

/// The sha256 of the file at `path`, in lower-case hexadecimal.
///
/// # Errors
/// When it is missing, empty, a folder, or the system refuses.
pub fn sha256_file(path: &Path) -> Result<String, DataError> {
    let mut file = open_file(path)?;
    let mut hasher = Hashing(Sha256::new());
    io::copy(&mut file, &mut hasher).map_err(DataError::io("read", path))?;
    Ok(hex(hasher.0))
}

/// Hashes what is written to it.
pub(crate) struct Hashing(pub(crate) Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Ends `hasher` and writes what it found.
pub(crate) fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
