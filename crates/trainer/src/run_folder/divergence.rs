//! The note that a run diverged.

use super::paths::DIVERGENCE;
use super::reading::LONGEST;
use crate::error::TrainError;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use zoo_core::{Flush, read_text, write_atomically};

/// Why the run in that folder diverged, if it did.
pub fn divergence(path: &Path) -> Option<String> {
    read_text(&path.join(DIVERGENCE), LONGEST).ok()
}

/// Notes that the run in that folder diverged, or that it has begun anew.
pub(crate) fn note_divergence(path: &Path, sentence: Option<&str>) -> Result<(), TrainError> {
    let file = path.join(DIVERGENCE);
    match sentence {
        Some(sentence) => Ok(write_atomically(&file, sentence.as_bytes(), Flush::Later)?),
        None => match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(TrainError::io("remove", &file)(error)),
            _ => Ok(()),
        },
    }
}
