//! The recipe: everything that decides a training run, stated, with no default behind it. The few keys that may be left out ask for
//! something besides: weights to start from, or to be kept in 16 bits.

use serde::{Deserialize, Deserializer, Serialize};

use zoo_core::{Explain, Metric, Outputs, Sizes, range};

use crate::{Data, Init, Loss, Model, Optimizer, Regularization, Schedule, Target};

/// A training recipe. Every key is required but those that say otherwise; where something is not wanted, the file says `none`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The name of its runs and, of a recipe of the zoo, of its file: `cnn_cifar10`. Lowercase letters, digits and `_`.
    pub name: String,
    /// What this recipe is said to reach, and by whom; a recipe of the zoo has one, a user's need not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// The data set, its splits, and what is done to an example before the model sees it.
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
    /// How long, in what batches, and from which seeds.
    pub training: Training,
    /// For fine-tuning: what training starts from besides the seed, and what of it may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Init>,
}

/// What a recipe is said to reach, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// One sentence: what this is.
    pub summary: String,
    /// The document and section that asks for it: `S4 [Thesis 4.3]`.
    pub source: String,
    /// What the source itself states, in words.
    pub stated: String,
    /// How the recipe was found: on which figures its settings were chosen, none of them a test score. Where test scores of other
    /// seeds or settings were known it says "the band was set knowing" and which, and "the band is the record's" where that came first; see
    /// [`Claim::band`].
    pub found: String,
    /// What the mean is taken over.
    pub measured: Measured,
    /// The test metric compared with `expected`.
    pub metric: Metric,
    /// The mean over the seeds that we expect of `metric` on test; a fraction of 1 for all metrics but the loss.
    #[serde(deserialize_with = "range::not_negative")]
    pub expected: f64,
    /// How far from `expected` the mean may lie.
    #[serde(deserialize_with = "range::not_negative")]
    pub tolerance: f64,
    /// Means that must be reached besides, whatever the band says.
    #[serde(deserialize_with = "at_most_4")]
    pub floors: Vec<Floor>,
    /// Trainable parameters; a recipe that was changed on the command line claims none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "positive_count")]
    pub parameters: Option<usize>,
    /// Rough training time on two CPU cores, in seconds.
    #[serde(deserialize_with = "range::positive")]
    pub seconds: f64,
}

/// What a claim's mean is taken over. Either way there is one per seed of [`Training::seeds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measured {
    /// The test split, once per seed.
    Test,
    /// Stratified cross-validation, cut anew for every seed: each example is tested once per seed.
    Folds {
        /// How many folds the data is cut into; each is the test split once.
        #[serde(deserialize_with = "folds")]
        #[explain(usual = 10)]
        folds: usize,
    },
}

/// A mean that must be reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The test metric; none that is better when it is lower.
    pub metric: Metric,
    /// The least its mean may be.
    #[serde(deserialize_with = "range::unit")]
    pub least: f64,
}

/// When to stop before the last epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EarlyStopping {
    /// Run all epochs.
    None,
    /// Stop after `patience` epochs in which the validation metric improved by no more than `min_delta`.
    Patience {
        /// The validation metric that is watched.
        #[explain(usual = "loss")]
        metric: Metric,
        /// Epochs without improvement before training stops; at least 1.
        #[serde(deserialize_with = "range::count::<100_000, _>")]
        #[explain(usual = 5)]
        patience: usize,
        /// A smaller change, in the metric's own unit, is no improvement.
        #[serde(deserialize_with = "range::not_negative")]
        #[explain(usual = 0.0)]
        min_delta: f64,
    },
}

/// No training has more epochs.
pub const MOST_EPOCHS: u64 = 100_000;

/// No batch holds more examples.
pub const LARGEST_BATCH: u64 = 65_536;

/// How long, in what batches, and from which seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Passes over the training split, at most.
    #[serde(deserialize_with = "range::count::<MOST_EPOCHS, _>")]
    pub epochs: usize,
    /// Examples per step; the last batch of an epoch may hold fewer.
    #[serde(deserialize_with = "range::count::<LARGEST_BATCH, _>")]
    pub batch_size: usize,
    /// Whose weights are validated and kept: the last step's, or a mean over the steps.
    pub ema: Ema,
    /// Which epoch's weights are kept.
    pub keep: Keep,
    /// The precision of the filters and matrices that are kept. All scores of validation and test are those of the rounded weights.
    #[serde(default, skip_serializing_if = "KeepAs::is_usual")]
    #[explain(usual = "f32")]
    pub keep_as: KeepAs,
    /// The seeds a reproduction runs, stated before any of them ran; a single run takes the first. All differ; each is
    /// at most `i64::MAX`, the largest integer TOML holds.
    #[serde(deserialize_with = "seeds")]
    pub seeds: Vec<u64>,
}

/// Whose weights are validated and kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ema {
    /// Those of the last step.
    None,
    /// Their exponential moving average: `decay` of the mean so far and the rest of the step's weights.
    Exponential {
        /// Between 0 and 1.
        #[serde(deserialize_with = "range::fraction")]
        #[explain(usual = 0.999)]
        decay: f64,
    },
}

/// Which epoch's weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The last epoch's.
    Last,
    /// Those of the epoch with the lowest validation loss.
    BestValidLoss,
    /// Those of the epoch with the highest validation accuracy.
    BestValidAccuracy,
}

/// Of how many bits the numbers are that a run keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum KeepAs {
    /// As they were trained.
    #[default]
    F32,
    /// Rounded to 16 bits, which halves the file: about three decimal digits. One with a number beyond 65504 stays as it is.
    F16,
}

impl KeepAs {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What `expected` and `tolerance` were set by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// By validation scores and what the source says: no test score was known.
    Forecast,
    /// By somebody who knew test scores, though none by the stated seeds.
    Informed,
    /// By the record, which it therefore says nothing about; it waits for fresh seeds.
    Recorded,
}

impl Claim {
    /// What the band was set by, as `found` says.
    pub fn band(&self) -> Band {
        match () {
            () if self.found.contains("the band is the record's") => Band::Recorded,
            () if self.found.contains("the band was set knowing") => Band::Informed,
            () => Band::Forecast,
        }
    }
}

impl Recipe {
    /// The claim of a recipe of the zoo.
    ///
    /// # Panics
    ///
    /// If it has none, as a user's recipe may.
    pub fn zoo_claim(&self) -> &Claim {
        self.claim.as_ref().unwrap_or_else(|| panic!("the recipe {} of the zoo has no [claim]", self.name))
    }

    /// One sentence: what this is.
    pub fn summary(&self) -> String {
        let own = || format!("{} on {}", self.model.key(), self.data.name);
        self.claim.as_ref().map_or_else(own, |claim| claim.summary.clone())
    }

    /// The test metric that is looked at first: the claim's, else accuracy, or R2 of predicted numbers.
    pub fn metric(&self) -> Metric {
        let own = if self.is_regression() { Metric::R2 } else { Metric::Accuracy };
        self.claim.as_ref().map_or(own, |claim| claim.metric)
    }

    /// Whether the model predicts a number instead of a class.
    pub fn is_regression(&self) -> bool {
        self.data.target == Target::Value
    }

    /// The number of classes the model tells apart: 2 for one class against the rest, 0 where the target is a number, else the data
    /// set's own.
    pub fn classes(&self) -> usize {
        self.data.class_names().len()
    }

    /// Whether there are two classes. Label 1 is then the positive one.
    pub fn is_binary(&self) -> bool {
        self.classes() == 2
    }

    /// The width of the model's output for that many classes: one logit for logistic regression, under binary cross-entropy and
    /// where the target is a number, else one per class.
    ///
    /// So an MLP or a CNN on two classes has one logit with [`Loss::BinaryCrossEntropy`] and two with any other loss.
    pub fn logits_of(&self, classes: usize) -> usize {
        let one_logit = self.model.outputs() == Outputs::One || matches!(self.loss, Loss::BinaryCrossEntropy { .. });
        if one_logit || self.is_regression() { 1 } else { classes }
    }

    /// The sizes of the network's two ends.
    pub fn sizes(&self) -> Sizes {
        Sizes { input: self.data.input_shape(), outputs: self.logits_of(self.classes()) }
    }
}

fn positive_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    range::integer(deserializer, 1..=i64::MAX as u64).map(|count| Some(count as usize))
}

fn folds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    range::integer(deserializer, 2..=1000).map(|count| count as usize)
}

fn at_most_4<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Floor>, D::Error> {
    range::length(Vec::deserialize(deserializer)?, 0..=4)
}

fn seeds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Seed(#[serde(deserialize_with = "range::seed")] u64);
    let seeds = range::length(Vec::<Seed>::deserialize(deserializer)?, 1..=1_000)?;
    Ok(seeds.into_iter().map(|Seed(seed)| seed).collect())
}
