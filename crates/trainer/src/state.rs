//! How far a training run is: all of a checkpoint but its tensors.

use crate::data::Splits;
use crate::run_folder::RunSettings;
use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use zoo_recipe::Recipe;
use zoo_results::EpochScores;

/// What decides the bits of a run. A checkpoint goes on only under the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Of the recipe as it is trained.
    pub recipe_sha256: String,
    /// The seed.
    pub seed: u64,
    /// The device's name.
    pub device: String,
    /// CPU threads.
    pub threads: usize,
    /// A digest of the three parts of the data.
    pub data: String,
}

impl Identity {
    /// Of a run by this recipe, with these settings, on this data.
    pub fn new(recipe: &Recipe, settings: &RunSettings, splits: &Splits) -> Self {
        Self {
            recipe_sha256: recipe.sha256(),
            seed: settings.seed,
            device: settings.device.clone(),
            threads: settings.threads,
            data: splits.digest(),
        }
    }

    /// Refuses to go on as another run than the one `self` was saved by.
    ///
    /// # Errors
    /// If anything differs: the error names the first thing that does.
    pub fn check_same(&self, now: &Self) -> Result<()> {
        let seeds = [self.seed, now.seed].map(|seed| seed.to_string());
        let threads = [self.threads, now.threads].map(|threads| threads.to_string());
        let pairs = [
            ("recipe", &self.recipe_sha256, &now.recipe_sha256),
            ("seed", &seeds[0], &seeds[1]),
            ("device", &self.device, &now.device),
            ("number of threads", &threads[0], &threads[1]),
            ("data", &self.data, &now.data),
        ];
        match pairs.into_iter().find(|(_, then, now)| then != now) {
            None => Ok(()),
            Some((what, then, now)) => bail!(
                "the checkpoint was made with another {what} ({then}) than the run has now ({now}); put it back as it was, \
                 or train anew in another folder"
            ),
        }
    }
}

/// How far a run is and what it has measured: all of it but the tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What the run was started with.
    pub identity: Identity,
    /// Epochs trained and validated.
    pub epochs_done: usize,
    /// Steps done of the epoch after those.
    pub steps_done_in_epoch: usize,
    /// Sums over those steps.
    pub running: Running,
    /// One row an epoch done.
    pub history: Vec<EpochScores>,
    /// The epoch whose weights are kept so far.
    pub best: Option<Best>,
    /// The early-stopping metric's best value so far.
    pub stopping_best: Option<f64>,
    /// Epochs since that improved.
    pub stale_epochs: usize,
    /// Time in training steps, of all epochs done.
    pub step_seconds: f64,
    /// Time in all: steps, validation, checkpoints; of all sessions up to the newest checkpoint.
    pub seconds: f64,
}

/// Sums over the steps of one epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// Of loss times batch size.
    pub loss_sum: f64,
    /// Examples whose class was predicted, by the weights of their step.
    pub correct: u64,
    /// Examples seen.
    pub seen: u64,
    /// Time spent on them.
    pub seconds: f64,
}

/// The epoch whose weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Counted from 1.
    pub epoch: usize,
    /// The deciding metric's value, larger being better; 0 where the last epoch is kept.
    pub value: f64,
}
