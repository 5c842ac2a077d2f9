//! How far a training run is: all of a checkpoint but its tensors.

use crate::error::TrainError;
use crate::patience::Patience;
use serde::{Deserialize, Serialize};
use zoo_core::{Cost, Metric, Scores, Standardization, predicted_class};
use zoo_recipe::{EarlyStopping, Keep, Recipe};
use zoo_results::EpochScores;
use zoo_train::keep::{is_kept, kept_by};

/// What decides the bits of a run. A checkpoint goes on only under the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Of the recipe as it is trained.
    pub recipe_sha256: String,
    /// The seed.
    pub seed: u64,
    /// The device's name.
    pub device: String,
    /// The vector instructions, where they decide the bits.
    pub instruction_set: Option<String>,
    /// A digest of the three splits of the data.
    pub data: String,
}

impl Identity {
    /// Refuses to go on as another run than the one `self` was saved by.
    ///
    /// # Errors
    /// [`TrainError::OtherCheckpoint`] with the first thing that differs.
    pub fn check_same(&self, now: &Self) -> Result<(), TrainError> {
        let facts = |identity: &Self| {
            [
                ("recipe", identity.recipe_sha256.clone()),
                ("seed", identity.seed.to_string()),
                ("device", identity.device.clone()),
                ("instruction set", identity.instruction_set.clone().unwrap_or("none named".to_string())),
                ("data", identity.data.clone()),
            ]
        };
        match facts(self).into_iter().zip(facts(now)).find(|(then, now)| then != now) {
            None => Ok(()),
            Some(((what, then), (_, now))) => Err(TrainError::OtherCheckpoint { what, then, now }),
        }
    }
}

/// How far a run is and what it has measured: all of it but the tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingState {
    /// What the run was started with.
    pub identity: Identity,
    /// The recipe of that identity as TOML, so that it can be said what was changed in it since; none of earlier versions' checkpoints.
    #[serde(default)]
    pub recipe: String,
    /// Epochs trained and validated.
    pub epochs_done: usize,
    /// Steps done of the epoch after those.
    pub steps_done_in_epoch: usize,
    /// Sums over those steps.
    pub running: Running,
    /// One row per epoch done.
    pub history: Vec<EpochScores>,
    /// The epoch whose weights are kept so far.
    pub best: Option<BestEpoch>,
    /// The early-stopping metric's best value so far.
    pub stopping_best: Option<f64>,
    /// Epochs since that improved.
    pub stale_epochs: usize,
    /// Time in training steps, of all epochs done.
    pub step_seconds: f64,
    /// Time in all: steps, validation, checkpoints; of all sessions up to the newest checkpoint.
    pub seconds: f64,
    /// What that has cost.
    #[serde(default)]
    pub cost: Cost,
}

/// Sums over the steps of one epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// Of loss times batch size.
    pub loss_sum: f64,
    /// Examples whose class was predicted, by the weights of their step.
    pub correct: u64,
    /// For regression the sum of the squared errors, in the target's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub squared_error: Option<f64>,
    /// Examples seen.
    pub seen: u64,
    /// Time spent on them.
    pub seconds: f64,
}

/// The epoch whose weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestEpoch {
    /// Counted from 1.
    pub epoch: usize,
    /// The deciding metric's value, larger being better; 0 where the last epoch is kept.
    pub value: f64,
}

impl Running {
    /// Adds one step: its logits, row by row, its mean loss and the labels of its examples.
    pub(crate) fn add(&mut self, logits: &[f32], loss: f64, labels: &[u8]) {
        let rows = logits.chunks_exact(logits.len() / labels.len());
        let correct = rows.zip(labels).filter(|(row, label)| predicted_class(row) == usize::from(**label));
        self.correct += correct.count() as u64;
        self.loss_sum += loss * labels.len() as f64;
        self.seen += labels.len() as u64;
    }

    /// Adds the errors of a step whose targets are numbers.
    pub(crate) fn add_errors(&mut self, predicted: &[f32], targets: &[f32], unit: &Standardization) {
        let squared = |(found, target): (&f32, &f32)| ((f64::from(*found) - f64::from(*target)) * unit.std).powi(2);
        let step: f64 = predicted.iter().zip(targets).map(squared).sum();
        self.squared_error = Some(self.squared_error.unwrap_or(0.0) + step);
    }

    /// The mean loss so far.
    pub fn loss(&self) -> f64 {
        self.loss_sum / self.seen as f64
    }

    /// The accuracy so far; NaN for regression.
    pub fn accuracy(&self) -> f64 {
        if self.squared_error.is_some() { f64::NAN } else { self.correct as f64 / self.seen as f64 }
    }

    /// For regression the root of the mean squared error so far.
    pub fn rmse(&self) -> Option<f64> {
        Some((self.squared_error? / self.seen as f64).sqrt())
    }

    /// What stands beside the loss: the accuracy, or for regression the RMSE.
    pub fn beside_loss(&self) -> (Metric, f64) {
        self.rmse().map_or_else(|| (Metric::Accuracy, self.accuracy()), |rmse| (Metric::Rmse, rmse))
    }
}

impl TrainingState {
    /// Refuses to go on as another run than the one that has come so far: `now` by this `recipe`.
    ///
    /// # Errors
    /// [`TrainError::ChangedRecipe`] with what was changed in the recipe, and as [`Identity::check_same`].
    pub(crate) fn check_same(&self, now: &Identity, recipe: &Recipe) -> Result<(), TrainError> {
        let then = Recipe::parse(&self.recipe, "the checkpoint's recipe").ok();
        let then =
            then.filter(|then| then.sha256() == self.identity.recipe_sha256 && then.sha256() != now.recipe_sha256);
        match then.and_then(|then| then.diff_in_words(recipe)) {
            Some(changes) => Err(TrainError::ChangedRecipe { changes }),
            None => self.identity.check_same(now),
        }
    }

    /// Closes the epoch that was just validated: its row, before it joins the history.
    pub(crate) fn end_epoch(&mut self, valid: &Scores, learning_rate: f64) -> EpochScores {
        let running = std::mem::take(&mut self.running);
        self.epochs_done += 1;
        self.steps_done_in_epoch = 0;
        self.step_seconds += running.seconds;
        EpochScores {
            epoch: self.epochs_done,
            train_loss: running.loss(),
            train_accuracy: running.accuracy(),
            valid_loss: valid.loss,
            valid_accuracy: valid.accuracy,
            train_rmse: running.rmse(),
            valid_rmse: valid.rmse,
            learning_rate,
            examples_per_second: Some(running.seen as f64 / running.seconds),
        }
    }

    /// Whether the weights of the epoch that was just closed are the ones to keep.
    pub(crate) fn is_best(&mut self, keep: Keep, valid: &Scores) -> bool {
        let value = kept_by(keep, valid);
        let is_best = is_kept(keep, value, self.best.map(|best| best.value));
        if is_best {
            self.best = Some(BestEpoch { epoch: self.epochs_done, value });
        }
        is_best
    }

    /// Counts the epochs since the early-stopping metric last improved.
    pub(crate) fn count_patience(&mut self, rule: &EarlyStopping, valid: &Scores) {
        let EarlyStopping::Patience { metric, min_delta, .. } = *rule else {
            return;
        };
        let value = metric.larger_is_better(valid.value(metric).unwrap_or(f64::NAN));
        let mut patience = self.patience();
        patience.see(value, min_delta);
        (self.stopping_best, self.stale_epochs) = (patience.best, patience.stale);
    }

    /// Whether patience is at its end.
    pub(crate) fn is_out_of_patience(&self, rule: &EarlyStopping) -> bool {
        matches!(*rule, EarlyStopping::Patience { patience, .. } if self.patience().has_lasted(patience))
    }

    fn patience(&self) -> Patience {
        Patience { best: self.stopping_best, stale: self.stale_epochs }
    }
}
