//! sha256 as the hexadecimal text that is published.

use sha2::{Digest, Sha256};

/// The sha256 of `bytes`, in lower-case hexadecimal.
///
/// ```
/// assert!(zoo_data::sha256_hex(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

/// Ends `hasher` and writes what it found.
pub(crate) fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
