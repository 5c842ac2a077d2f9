//! The functions between the layers.

use burn::config::Config;
use burn::tensor::{Tensor, activation};

/// A function applied to every value between two layers.
#[derive(Config, Copy, Debug, PartialEq, Eq)]
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
}

/// Klambauer et al., "Self-Normalizing Neural Networks" (2017), equation 14.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

/// `positive * x` above zero, `negative * (exp(x) - 1)` below.
///
/// Burn's own `elu` and `selu` take the exponential of positive values too; from 89 on that is
/// infinite, and its discarded branch then makes the gradient NaN.
fn exponential_linear<const D: usize>(x: Tensor<D>, positive: f64, negative: f64) -> Tensor<D> {
    let below = x.clone().clamp_max(0.0).exp().sub_scalar(1.0);
    activation::relu(x).mul_scalar(positive) + below.mul_scalar(negative)
}
