//! What can go wrong in the page, one sentence each.

use zoo_core::weights::WeightsError;
use zoo_core::{ClassifyError, NormalizationError};
use zoo_recipe::RecipeError;
use zoo_train::network::NetworkError;
use zoo_train::readback::ReadbackError;

/// Why the page cannot have what it asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A classifier refuses its weights or a picture.
    #[error(transparent)]
    Classify(Box<ClassifyError>),

    /// A weights file cannot be used.
    #[error(transparent)]
    Weights(Box<WeightsError>),

    /// The weights are of no model that is known here.
    #[error("the weights are of the model {0:?}, expected one of the zoo's; take weights that its trainer wrote")]
    UnknownModel(String),

    /// The bytes are not those of a picture of that size.
    #[error("a picture of {width}x{height} has {} bytes, red, green, blue and opacity, not {found}", 4 * u64::from(*width) * u64::from(*height))]
    Canvas {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Bytes.
        found: usize,
    },

    /// There is no recipe of that name here.
    #[error("no recipe is called {name:?} here; there are {known}")]
    UnknownRecipe {
        /// What was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },

    /// A setting makes no recipe.
    #[error(transparent)]
    Recipe(Box<RecipeError>),

    /// A setting is for the trainer, not for the page.
    #[error("{0} is not for this page; copy the recipe and train it by `trainer`")]
    ForTheTrainer(&'static str),

    /// What the page sent is not what is expected.
    #[error("the page's settings are not what is expected: {0}")]
    Settings(#[from] serde_json::Error),

    /// The model cannot have these sizes.
    #[error(transparent)]
    Network(#[from] NetworkError),

    /// The data cannot be normalized.
    #[error("the data cannot be normalized: {0}")]
    Normalization(#[from] NormalizationError),

    /// Batch norm cannot learn from a batch of one.
    #[error(
        "training.batch_size = {batch_size} leaves a batch of one of the {examples} examples, and batch norm wants two; choose another"
    )]
    BatchOfOne {
        /// The recipe's.
        batch_size: usize,
        /// Training examples.
        examples: usize,
    },

    /// The loss stopped being finite.
    #[error("the loss is {loss} at step {step}: training has diverged; lower the learning rate and start anew")]
    Diverged {
        /// What it is.
        loss: f64,
        /// Counted from 1.
        step: usize,
    },

    /// A result could not be read.
    #[error(transparent)]
    Readback(#[from] ReadbackError),

    /// An earlier step failed.
    #[error("an earlier step failed; start anew")]
    Failed,
}

impl From<ClassifyError> for EngineError {
    fn from(error: ClassifyError) -> Self {
        Self::Classify(Box::new(error))
    }
}

impl From<WeightsError> for EngineError {
    fn from(error: WeightsError) -> Self {
        Self::Weights(Box::new(error))
    }
}

impl From<RecipeError> for EngineError {
    fn from(error: RecipeError) -> Self {
        Self::Recipe(Box::new(error))
    }
}
