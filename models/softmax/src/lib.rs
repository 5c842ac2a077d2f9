//! The softmax classifier: one linear layer, one score a class.
//!
//! `scores = x W + b`, and the class with the highest score wins. The same model trained on the
//! hinge loss is the multi-class support vector machine. Each column of `W`, in the shape of the
//! image, is what its class looks like to the model.
//!
//! ```
//! use burn::module::Module;
//! use burn::tensor::{Device, Tensor};
//! use zoo_softmax::SoftmaxConfig;
//!
//! let device = Device::flex();
//! let model = SoftmaxConfig::new(64, 10).init(&device);
//! let images = Tensor::<2>::zeros([2, 64], &device);
//!
//! assert_eq!(model.num_params(), 650);
//! assert_eq!(model.forward(images.clone()).dims(), [2, 10]);
//! assert_eq!(model.probabilities(images).dims(), [2, 10]);
//! ```

#[cfg(feature = "pretrained")]
mod pretrained;

use burn::config::Config;
use burn::module::Module;
use burn::nn::{Initializer, Linear};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

#[cfg(feature = "pretrained")]
pub use pretrained::SoftmaxWeights;
#[cfg(feature = "pretrained")]
#[doc(no_inline)]
pub use zoo_weights::WeightsError;

/// What a [`Softmax`] classifier is made from.
#[derive(Config, Debug)]
pub struct SoftmaxConfig {
    /// Values per example.
    pub features: usize,
    /// Classes to tell apart.
    pub classes: usize,
    /// How the weights start: Glorot uniform unless stated otherwise.
    #[config(default = "Initializer::XavierUniform { gain: 1.0 }")]
    pub weights: Initializer,
    /// How the biases start: at zero unless stated otherwise.
    #[config(default = "Initializer::Zeros")]
    pub biases: Initializer,
}

/// A linear layer with one output a class.
#[derive(Module, Debug)]
pub struct Softmax {
    /// Weight `[features, classes]` and bias `[classes]`.
    pub output: Linear,
}

impl SoftmaxConfig {
    /// Builds the model on `device`.
    ///
    /// Initial values are drawn here, not when a parameter is first used, so that a seed decides them.
    ///
    /// # Panics
    ///
    /// If there are no features or no classes.
    pub fn init(&self, device: &Device) -> Softmax {
        let (features, classes) = (self.features, self.classes);
        assert!(
            features > 0 && classes > 0,
            "a softmax classifier needs at least one feature and one class, not {features} and {classes}"
        );
        let weight = self.weights.init_with([features, classes], Some(features), Some(classes), device);
        let bias = self.biases.init_with([classes], Some(features), Some(classes), device);
        weight.val();
        bias.val();
        Softmax { output: Linear { weight, bias: Some(bias) } }
    }
}

impl Softmax {
    /// Scores (logits) `[batch, classes]` of examples `[batch, features]`.
    ///
    /// # Panics
    ///
    /// If the examples have another number of features.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.output.forward(x)
    }

    /// Probabilities `[batch, classes]`, each row summing to 1, of examples `[batch, features]`.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn probabilities(&self, x: Tensor<2>) -> Tensor<2> {
        softmax(self.forward(x), 1)
    }
}

// The README uses the trained weights as well.
#[cfg(all(doctest, feature = "pretrained"))]
#[doc = include_str!("../README.md")]
struct Readme;
