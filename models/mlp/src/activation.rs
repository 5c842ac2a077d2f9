//! The functions between the layers.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};
use zoo_core::{Explain, Layer, SELU_ALPHA, SELU_SCALE};
use zoo_kernels::exponential_linear;

/// A function applied to every value between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `max(0, x)`.
    Relu,
    /// `max(0.01 x, x)`: keeps a gradient where ReLU has none.
    LeakyRelu,
    /// `x`, and `exp(x) - 1` below zero.
    Elu,
    /// ELU scaled so that mean 0 and variance 1 reproduce themselves from layer to layer.
    Selu,
    /// `x` times the normal distribution function of `x`, exactly, not by tanh.
    Gelu,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `ln(1 + exp(x))`.
    Softplus,
}

impl Activation {
    /// Applies the function to every value of `x`, of any shape.
    pub fn forward<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Activation::Relu => activation::relu(x),
            Activation::LeakyRelu => activation::leaky_relu(x, 0.01),
            Activation::Elu => exponential_linear(x, 1.0, 1.0),
            Activation::Selu => exponential_linear(x, SELU_SCALE, SELU_SCALE * SELU_ALPHA),
            Activation::Gelu => activation::gelu(x),
            Activation::Sigmoid => activation::sigmoid(x),
            Activation::Tanh => activation::tanh(x),
            Activation::Softplus => activation::softplus(x, 1.0),
        }
    }

    /// The function for those who write a network down.
    pub(crate) fn layer(self) -> Layer {
        let (operator, alpha) = match self {
            Activation::Relu => ("Relu", None),
            Activation::LeakyRelu => ("LeakyRelu", Some(0.01)),
            Activation::Elu => ("Elu", Some(1.0)),
            Activation::Selu => ("Selu", None),
            Activation::Gelu => ("Gelu", None),
            Activation::Sigmoid => ("Sigmoid", None),
            Activation::Tanh => ("Tanh", None),
            Activation::Softplus => ("Softplus", None),
        };
        Layer::Elementwise { operator, alpha }
    }
}
