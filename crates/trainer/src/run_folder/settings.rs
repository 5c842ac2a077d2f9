//! What a run is started with besides its recipe.

use crate::data::{self, Fold, Splits};
use crate::device::DeviceName;
use crate::error::TrainError;
use crate::logs::LogFormat;
use crate::state::Identity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use zoo_core::{Explain, Store};
use zoo_recipe::Recipe;

/// What decides a run's bits besides its recipe, on how many threads, and where its data is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSettings {
    /// Initial weights, order, augmentation, dropout.
    pub seed: u64,
    /// The device's name.
    pub device: String,
    /// CPU threads.
    pub threads: usize,
    /// The data folder named on the command line.
    pub data_dir: Option<PathBuf>,
    /// Whether the network was forbidden.
    pub offline: bool,
    /// What the command line changed in the recipe: `key: before -> after`.
    pub overrides: Vec<String>,
    /// When the run was first started, RFC 3339.
    pub started: String,
    /// The commit of the program that started it, if it was built in a clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Its place in a cross-validation, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidation>,
    /// How it was made longer than its recipe says, in the order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// The logs it keeps for other programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogFormat>,
    /// Where settings came from that are not the usual ones: `threads: ZOO_THREADS`, a flag or a file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings_from: BTreeMap<String, String>,
}

/// A run made longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Epochs in all from then on.
    pub epochs: usize,
    /// Epochs in all that were planned before.
    pub before: usize,
    /// Epochs that were done.
    pub after: usize,
}

/// A run's place in a cross-validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CrossValidation {
    /// It is all of it: a folder of runs.
    All(Repeats),
    /// It is one of those runs.
    Fold(Fold),
}

/// How often data is cut, and into how many parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// Parts the data is cut into; each is the test part once.
    pub folds: usize,
    /// One a repeat: it cuts the folds and starts their models.
    pub seeds: Vec<u64>,
}

impl Repeats {
    /// Every seed with every fold, counted from 1, in the order they run.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u64, usize)> {
        let folds = self.folds;
        self.seeds.iter().flat_map(move |seed| (1..=folds).map(move |fold| (*seed, fold)))
    }
}

impl RunSettings {
    /// The splits of the data that a run with these settings sees.
    ///
    /// # Errors
    /// As [`data::prepare`] and [`data::cut_fold`].
    pub fn splits(&self, recipe: &Recipe, store: &Store) -> Result<Splits, TrainError> {
        Ok(match &self.cross_validation {
            Some(CrossValidation::Fold(fold)) => {
                data::cut_fold(recipe, &data::load_for(recipe, store)?, self.seed, *fold)?
            }
            _ => data::prepare(recipe, store, self.seed)?,
        })
    }

    /// What decides the bits of a run by this recipe, with these settings, on this data.
    pub fn identity(&self, recipe: &Recipe, splits: &Splits) -> Identity {
        Identity {
            recipe_sha256: recipe.sha256(),
            seed: self.seed,
            device: self.device.clone(),
            instruction_set: self.instruction_set(),
            data: splits.digest(),
        }
    }

    /// As in [`Report::instruction_set`](zoo_results::Report::instruction_set).
    pub(crate) fn instruction_set(&self) -> Option<String> {
        self.device.parse::<DeviceName>().ok()?.instruction_set()
    }
}
