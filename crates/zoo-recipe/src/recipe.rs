//! The recipe: everything that decides a training run, stated, with no default behind it.

use serde::{Deserialize, Serialize};

use zoo_core::Metric;

use crate::{Data, Loss, Model, Optimizer, Regularization, Schedule, Target};

/// A training recipe. Every key is required; where a part is not wanted, the file says `none`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The name on the command line, and the file's: `cnn_cifar10`. Lower-case letters, digits and `_`.
    pub name: String,
    /// What this recipe is said to reach, and by whom.
    pub claim: Claim,
    /// The data set, its parts, and what is done to an example before the model sees it.
    pub data: Data,
    /// The network.
    pub model: Model,
    /// What training minimizes.
    pub loss: Loss,
    /// How a gradient becomes a step.
    pub optimizer: Optimizer,
    /// The learning rate of every step.
    pub schedule: Schedule,
    /// What keeps the weights and the gradients small.
    pub regularization: Regularization,
    /// When to stop before the last epoch.
    pub early_stopping: EarlyStopping,
    /// How long, in what portions, and from which seeds.
    pub training: Training,
}

/// What a recipe is said to reach, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// One sentence: what this is.
    pub summary: String,
    /// The document and section that asks for it: `S4 [Thesis 4.3]`.
    pub source: String,
    /// What the source itself states, in words.
    pub stated: String,
    /// How the recipe was found: on which figures its settings were chosen, none of them a test score.
    pub found: String,
    /// What the mean is taken over.
    pub measured: Measured,
    /// The test metric compared with `expected`.
    pub metric: Metric,
    /// The mean over the seeds that we expect of `metric` on test; a part of 1 for all metrics but the loss.
    pub expected: f64,
    /// How far from `expected` the mean may lie.
    pub tolerance: f64,
    /// Means that must be reached besides, whatever the band says.
    pub floors: Vec<Floor>,
    /// Trainable parameters.
    pub parameters: usize,
    /// Rough training time on two CPU cores, in seconds.
    pub seconds: f64,
}

/// What a claim's mean is taken over. Either way there is one part a seed of [`Training::seeds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measured {
    /// The test part, once a seed.
    Test,
    /// Stratified cross-validation, cut anew for every seed: each example is tested once a seed.
    Folds {
        /// Parts the data is cut into; each is the test part once.
        folds: usize,
    },
}

/// A mean that must be reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The test metric; not the loss, which is better when it is lower.
    pub metric: Metric,
    /// The least its mean may be.
    pub least: f64,
}

/// When to stop before the last epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum EarlyStopping {
    /// Run all epochs.
    None,
    /// Stop after `patience` epochs in which the validation metric improved by no more than `min_change`.
    Patience {
        /// The validation metric that is watched.
        metric: Metric,
        /// Epochs without improvement that are borne; at least 1.
        patience: usize,
        /// A smaller change, in the metric's own unit, is no improvement.
        min_change: f64,
    },
}

/// How long, in what portions, and from which seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Passes over the training part, at most.
    pub epochs: usize,
    /// Examples a step; the last batch of an epoch may hold fewer.
    pub batch_size: usize,
    /// Whose weights are validated and kept: the last step's, or a mean over the steps.
    pub averaging: Averaging,
    /// Which epoch's weights are kept.
    pub keep: Keep,
    /// The seeds a reproduction runs, stated before any of them ran; a single run takes the first. All differ; each is
    /// at most `i64::MAX`, the largest integer TOML holds.
    pub seeds: Vec<u64>,
}

/// Whose weights are validated and kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Averaging {
    /// Those of the last step.
    None,
    /// The running mean over the steps: `decay` of the mean so far and the rest of the step's weights.
    Exponential {
        /// Between 0 and 1.
        decay: f64,
    },
}

/// Which epoch's weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The last epoch's.
    Last,
    /// Those of the epoch with the lowest validation loss.
    BestValidLoss,
    /// Those of the epoch with the highest validation accuracy.
    BestValidAccuracy,
}

impl Recipe {
    /// The number of classes the model tells apart: 2 for one class against the rest, else the data set's own.
    pub fn classes(&self) -> usize {
        match self.data.target {
            Target::OneVsRest { .. } => 2,
            Target::Classes => self.data.name.classes(),
        }
    }

    /// Whether there are two classes. Label 1 is then the positive one.
    pub fn is_binary(&self) -> bool {
        self.classes() == 2
    }

    /// The width of the model's output: one logit for logistic regression and under binary cross-entropy, else one a
    /// class.
    ///
    /// So an MLP or a CNN on two classes has one logit with [`Loss::BinaryCrossEntropy`] and two with any other loss.
    pub fn logits(&self) -> usize {
        match (&self.model, &self.loss) {
            (Model::LogisticRegression { .. }, _) | (_, Loss::BinaryCrossEntropy { .. }) => 1,
            _ => self.classes(),
        }
    }
}
