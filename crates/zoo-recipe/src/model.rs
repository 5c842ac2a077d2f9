//! The model part of a recipe: which network, and what its parameters start from.

use serde::{Deserialize, Serialize};

/// The network. Its input and output widths follow from the data, the target and the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Model {
    /// One linear map to one logit.
    LogisticRegression {
        /// What the weights start from.
        weights: Initializer,
        /// What the bias starts from.
        biases: Initializer,
    },
    /// One linear map to a logit a class.
    Softmax {
        /// What the weights start from.
        weights: Initializer,
        /// What the biases start from.
        biases: Initializer,
    },
    /// Linear maps with an activation between them.
    Mlp {
        /// Widths of the hidden layers, at least one.
        hidden: Vec<usize>,
        /// Applied after every hidden layer.
        activation: Activation,
        /// The probability that a hidden unit is left out of a training step.
        dropout: f64,
        /// Whether every hidden layer is batch-normalized before its activation.
        batch_norm: bool,
        /// What the weights of all layers start from.
        weights: Initializer,
        /// What the biases of all layers start from.
        biases: Initializer,
    },
    /// The five blocks of the thesis, for 32x32 images.
    Cnn {
        /// The probability that a value before the last layer is left out of a training step.
        dropout: f64,
        /// What the first layer's filters start from.
        first_filters: FirstFilters,
        /// What the weights of all other layers start from.
        weights: Initializer,
        /// What the biases of all layers start from.
        biases: Initializer,
    },
}

/// What the filters of the first convolution start from. They are trained like all others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FirstFilters {
    /// Drawn as those of the other layers.
    Drawn,
    /// The leading principal directions of small pieces of training images, each once as it is and once negated, and scaled so
    /// that its outputs have variance 1: what cifar10-airbench starts from.
    Whitening {
        /// Added to a direction's variance before it is divided by.
        epsilon: f64,
    },
}

/// The non-linearity between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `max(0, x)`.
    Relu,
    /// `x` above 0, `0.01 x` below.
    LeakyRelu,
    /// `x` above 0, `exp(x) - 1` below.
    Elu,
    /// ELU scaled so that mean 0 and variance 1 are kept from layer to layer.
    Selu,
    /// `x` times the standard normal distribution function of `x`.
    Gelu,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `ln(1 + exp(x))`.
    Softplus,
}

/// What parameters start from. `fan_in` and `fan_out` count a unit's inputs and outputs; for a convolution, times the
/// kernel's area.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Initializer {
    /// All 0.
    Zero,
    /// All the same.
    Constant {
        /// Any finite number.
        value: f64,
    },
    /// Uniform between two bounds.
    Uniform {
        /// The lower bound.
        min: f64,
        /// The upper bound, above `min`.
        max: f64,
    },
    /// Normal.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        std: f64,
    },
    /// Glorot's uniform: variance `2 gain^2 / (fan_in + fan_out)`.
    XavierUniform {
        /// 1 in Glorot's own form.
        gain: f64,
    },
    /// Glorot's normal: variance `2 gain^2 / (fan_in + fan_out)`.
    XavierNormal {
        /// 1 in Glorot's own form.
        gain: f64,
    },
    /// Uniform of variance `gain^2 / fan_in`.
    HeUniform {
        /// He's own gain for ReLU is the square root of 2.
        gain: f64,
    },
    /// Normal of variance `gain^2 / fan_in`.
    HeNormal {
        /// He's own gain for ReLU is the square root of 2.
        gain: f64,
    },
    /// An orthogonal matrix times `gain`.
    Orthogonal {
        /// The length of every row or column.
        gain: f64,
    },
}

impl Model {
    /// What the weights and what the biases start from.
    pub fn initializers(&self) -> (Initializer, Initializer) {
        match *self {
            Model::LogisticRegression { weights, biases }
            | Model::Softmax { weights, biases }
            | Model::Mlp { weights, biases, .. }
            | Model::Cnn { weights, biases, .. } => (weights, biases),
        }
    }
}
