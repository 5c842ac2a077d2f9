//! The four model families, each timed as one of its recipes states it.

use anyhow::Result;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};
use trainer::network::Network;
use trainer::registry;
use zoo_recipe::Recipe;

static DRAWING: Mutex<()> = Mutex::new(());

/// A model family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The five-block convolutional network.
    Cnn,
    /// The multi-layer perceptron.
    Mlp,
    /// The softmax classifier.
    Softmax,
    /// Logistic regression.
    Logistic,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cnn, Self::Mlp, Self::Softmax, Self::Logistic];

    /// The recipe that stands for the family.
    pub fn recipe_name(self) -> &'static str {
        match self {
            Self::Cnn => "cnn_cifar10",
            Self::Mlp => "mlp_emnist",
            Self::Softmax => "softmax_cifar10",
            Self::Logistic => "logistic_breast_cancer",
        }
    }

    /// The shape of one example of that recipe's data.
    pub fn shape(self) -> &'static [usize] {
        match self {
            Self::Cnn | Self::Softmax => &[3, 32, 32],
            Self::Mlp => &[1, 28, 28],
            Self::Logistic => &[30],
        }
    }

    /// The classes of that recipe's data.
    pub fn classes(self) -> usize {
        match self {
            Self::Cnn | Self::Softmax => 10,
            Self::Mlp => 26,
            Self::Logistic => 2,
        }
    }

    /// Values of one example.
    pub fn features(self) -> usize {
        self.shape().iter().product()
    }

    /// The recipe.
    ///
    /// # Errors
    /// If the trainer no longer has it.
    pub fn recipe(self) -> Result<Recipe> {
        registry::recipe(self.recipe_name())
    }

    /// The network at the start of a training, on `device`.
    ///
    /// # Errors
    /// If the recipe is gone or fits the shape no longer.
    pub fn network(self, device: &Device) -> Result<Network> {
        // Burn's generator is one for all threads: two networks drawn at once would share its numbers.
        let _drawing = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
        Network::init(&self.recipe()?, self.shape(), self.classes(), 1, device)
    }
}
