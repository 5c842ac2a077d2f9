//! `index.json`: the weights a model crate ships, and what was recorded of them.

use super::error::WeightsError;
use crate::{Flush, Provenance, Scores, write_atomically};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The version of the form of [`Index`]. It rises when a key changes its meaning.
pub const INDEX_SCHEMA: u32 = 1;

/// The weights of one model crate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// [`INDEX_SCHEMA`].
    pub schema: u32,
    /// One entry per file, in alphabetical order of the names.
    pub weights: Vec<Entry>,
}

/// One weights file and the run that made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The recipe's name.
    pub name: String,
    /// The file beside the index.
    pub file: String,
    /// Its sha256, in lower-case hexadecimal.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Trainable parameters.
    pub parameters: usize,
    /// Multiply-accumulates (MACs) of one example's forward pass.
    pub macs: u64,
    /// Of the run.
    pub seed: u64,
    /// Of the program that trained; absent when it was built outside a clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Burn's version.
    pub burn: String,
    /// The device it was trained and measured on.
    pub device: String,
    /// The vector instructions that decided the bits; absent on devices other than the CPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_set: Option<String>,
    /// The data set.
    pub data: String,
    /// Whether its files were the published ones.
    pub provenance: Provenance,
    /// Scores on the test split.
    pub metrics: Scores,
}

impl Index {
    /// An index of these entries.
    pub fn new(mut weights: Vec<Entry>) -> Self {
        weights.sort_by(|left, right| left.name.cmp(&right.name));
        Self { schema: INDEX_SCHEMA, weights }
    }

    /// Reads the text of an index.
    ///
    /// # Errors
    /// [`WeightsError::IndexSchema`], or [`WeightsError::Index`] for an unknown or missing key or a wrong type.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let fault = |reason: serde_json::Error| WeightsError::Index { reason: reason.to_string() };
        let Version { schema: found } = serde_json::from_str(text).map_err(fault)?;
        if found != INDEX_SCHEMA {
            return Err(WeightsError::IndexSchema { found, expected: INDEX_SCHEMA });
        }
        serde_json::from_str(text).map_err(fault)
    }

    /// Reads an index file.
    ///
    /// # Errors
    /// [`WeightsError::File`], or as [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self, WeightsError> {
        let refused = |source| WeightsError::File { path: path.to_owned(), source };
        Self::parse(&fs::read_to_string(path).map_err(refused)?)
    }

    /// Writes an index file, whole or not at all; the same bytes for the same entries.
    ///
    /// # Errors
    /// [`WeightsError::File`].
    pub fn write(&self, path: &Path) -> Result<(), WeightsError> {
        let text = serde_json::to_string_pretty(self).expect("an index is texts and numbers");
        Ok(write_atomically(path, (text + "\n").as_bytes(), Flush::ToDisk)?)
    }

    /// The entry of this name.
    ///
    /// # Errors
    /// [`WeightsError::Unlisted`].
    pub fn entry(&self, name: &str) -> Result<&Entry, WeightsError> {
        let entry = self.weights.iter().find(|entry| entry.name == name);
        entry.ok_or_else(|| WeightsError::Unlisted { name: name.to_string() })
    }
}

#[cfg(test)]
mod tests;
