//! Decoded pictures on disk, by the digest of what they were decoded from.
//!
//! A file is the sha256 of the rest (64 hexadecimal digits), then a byte per picture, 1 if it could be read, then the pixels of those
//! that could.

use std::fs;
use std::path::{Path, PathBuf};

use zoo_core::{Flush, sha256_hex, write_atomically};

const DIGITS: usize = 64;

/// What became of the pictures of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// Whether it could be read, per picture.
    pub(crate) is_kept: Vec<bool>,
    /// Of those that could, `[count, channels, height, width]`.
    pub(crate) pixels: Vec<u8>,
}

/// The file for pictures with that digest in that shape; the number is that of the rules by which they are decoded.
pub(crate) fn file(folder: &Path, sha256: &str, shape: [usize; 3]) -> PathBuf {
    let [channels, height, width] = shape;
    folder.join("pictures").join(format!("{sha256}-{channels}x{height}x{width}-1.pixels"))
}

/// What the file holds, if it is whole: one that is damaged is made again.
pub(crate) fn read(file: &Path, pictures: usize, features: usize) -> Option<Decoded> {
    let bytes = fs::read(file).ok()?;
    let (digest, rest) = bytes.split_at_checked(DIGITS)?;
    let (kept, pixels) = rest.split_at_checked(pictures)?;
    let is_kept: Vec<bool> = kept.iter().map(|byte| *byte == 1).collect();
    let expected = is_kept.iter().filter(|kept| **kept).count() * features;
    if pixels.len() != expected || sha256_hex(rest).as_bytes() != digest {
        tracing::warn!("{} is damaged: the pictures are decoded again", file.display());
        return None;
    }
    Some(Decoded { is_kept, pixels: pixels.to_vec() })
}

/// Writes the file. Without it pictures are only decoded once more the next time.
pub(crate) fn write(file: &Path, decoded: &Decoded) {
    let mut rest: Vec<u8> = decoded.is_kept.iter().map(|kept| u8::from(*kept)).collect();
    rest.extend(&decoded.pixels);
    let bytes = [sha256_hex(&rest).as_bytes(), &rest].concat();
    let folder = file.parent().unwrap_or(Path::new("."));
    let made = fs::create_dir_all(folder).map_err(|error| error.to_string());
    let written = made.and_then(|()| write_atomically(file, &bytes, Flush::Later).map_err(|error| error.to_string()));
    if let Err(reason) = written {
        tracing::warn!("decoded pictures are not kept: {reason}");
    }
}
