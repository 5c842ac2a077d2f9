//! sha256 as the hexadecimal text that is published.

use sha2::{Digest, Sha256};

/// The sha256 of `bytes`, in lower-case hexadecimal.
///
/// ```
/// assert!(zoo_weights::sha256_hex(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
