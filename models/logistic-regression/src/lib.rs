//! Logistic regression: one logit from any number of features.
//!
//! `z = x W + b`, and the probability of class 1 is `1 / (1 + exp(-z))`. The model returns the
//! logit: a loss computed from it stays finite where the probability rounds to 0 or 1.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//! use zoo_logistic_regression::LogisticRegressionConfig;
//!
//! let device = Device::flex();
//! let model = LogisticRegressionConfig::new(30).init(&device);
//! let rows = Tensor::<2>::zeros([4, 30], &device);
//!
//! assert_eq!(model.forward(rows.clone()).dims(), [4, 1]);
//! // Nothing is known about a row of zeros while the bias is zero: one half each.
//! let probabilities = model.probabilities(rows).into_data().try_to_vec::<f32>();
//! assert_eq!(probabilities, Ok(vec![0.5; 4]));
//! ```

#[cfg(feature = "pretrained")]
mod pretrained;

use burn::config::Config;
use burn::module::Module;
use burn::nn::{Initializer, Linear};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};

#[cfg(feature = "pretrained")]
pub use pretrained::LogisticRegressionWeights;
#[cfg(feature = "pretrained")]
#[doc(no_inline)]
pub use zoo_weights::WeightsError;

/// What a [`LogisticRegression`] is made from.
#[derive(Config, Debug)]
pub struct LogisticRegressionConfig {
    /// Values per example.
    pub features: usize,
    /// How the weights start: Glorot uniform unless stated otherwise.
    #[config(default = "Initializer::XavierUniform { gain: 1.0 }")]
    pub weights: Initializer,
    /// How the bias starts: at zero unless stated otherwise.
    #[config(default = "Initializer::Zeros")]
    pub biases: Initializer,
}

/// A linear layer with one output.
#[derive(Module, Debug)]
pub struct LogisticRegression {
    /// Weight `[features, 1]` and bias `[1]`.
    pub output: Linear,
}

impl LogisticRegressionConfig {
    /// Builds the model on `device`.
    ///
    /// Initial values are drawn here, not when a parameter is first used, so that a seed decides them.
    ///
    /// # Panics
    ///
    /// If there are no features.
    pub fn init(&self, device: &Device) -> LogisticRegression {
        let features = self.features;
        assert!(features > 0, "logistic regression needs at least one feature");
        let weight = self.weights.init_with([features, 1], Some(features), Some(1), device);
        let bias = self.biases.init_with([1], Some(features), Some(1), device);
        weight.val();
        bias.val();
        LogisticRegression { output: Linear { weight, bias: Some(bias) } }
    }
}

impl LogisticRegression {
    /// Logits `[batch, 1]` of examples `[batch, features]`.
    ///
    /// # Panics
    ///
    /// If the examples have another number of features.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.output.forward(x)
    }

    /// The probability of class 1, `[batch, 1]`, of examples `[batch, features]`.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn probabilities(&self, x: Tensor<2>) -> Tensor<2> {
        sigmoid(self.forward(x))
    }
}

// The README uses the trained weights as well.
#[cfg(all(doctest, feature = "pretrained"))]
#[doc = include_str!("../README.md")]
struct Readme;
