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
//! let model = LogisticRegressionConfig::default().init(30, &device);
//! let rows = Tensor::<2>::zeros([4, 30], &device);
//!
//! assert_eq!(model.forward(rows.clone()).dims(), [4, 1]);
//! // Nothing is known about a row of zeros while the bias is zero: one half each.
//! let probabilities = model.probabilities(rows).into_data().try_to_vec::<f32>();
//! assert_eq!(probabilities, Ok(vec![0.5; 4]));
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `breast_cancer`, `cifar10` | the trained weights of that name, compiled in |
//! | `pretrained` | all of these |
//! | `classifier` | `Classifier`: from pictures of any size, or rows, to names with probabilities |
//!
//! With `classifier` and `breast_cancer`:
//!
#![cfg_attr(all(feature = "classifier", feature = "pretrained"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "classifier", feature = "pretrained")), doc = "```ignore")]
//! use zoo_logistic_regression::{Classifier, LogisticRegressionWeights};
//! let classifier = Classifier::pretrained(LogisticRegressionWeights::BreastCancer)?;
//! let row = [0.5; 30]; // in the order of `classifier.facts().columns`
//! println!("{}", classifier.classify_rows(&row)?[0]); // names with probabilities, best first
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "weights")]
mod pretrained;

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use zoo_core::{Explain, Initializer, InputBatch, Layer, LogitModule, ModelConfig, Outputs, Sizes};

#[cfg(feature = "weights")]
pub use pretrained::LogisticRegressionWeights;
#[cfg(feature = "weights")]
#[doc(no_inline)]
pub use zoo_core::weights::WeightsError;
#[cfg(feature = "classifier")]
#[doc(no_inline)]
pub use zoo_core::{ClassProbability, Classification, ClassifyError, decode, image};

/// A trained model that answers pictures or rows: see [`zoo_core::Classifier`].
#[cfg(feature = "classifier")]
pub type Classifier = zoo_core::Classifier<LogisticRegressionConfig>;

/// What a [`LogisticRegression`] is made from: `[model.logistic_regression]` in a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct LogisticRegressionConfig {
    /// What the weights start from.
    pub weights: Initializer,
    /// What the bias starts from.
    #[serde(deserialize_with = "Initializer::of_biases")]
    pub biases: Initializer,
}

/// A linear layer with one output.
#[derive(Module, Debug)]
pub struct LogisticRegression {
    /// Weight `[features, 1]` and bias `[1]`.
    pub output: Linear,
}

/// Weights Glorot uniform, bias zero.
impl Default for LogisticRegressionConfig {
    fn default() -> Self {
        Self { weights: Initializer::XavierUniform { gain: 1.0 }, biases: Initializer::Zero }
    }
}

impl LogisticRegressionConfig {
    /// Builds the model for examples of that many values.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn init(&self, features: usize, device: &Device) -> LogisticRegression {
        assert!(features > 0, "logistic regression needs at least one feature");
        let weight = self.weights.init([features, 1], [features, 1], device);
        let bias = self.biases.init([1], [features, 1], device);
        LogisticRegression { output: Linear { weight, bias: Some(bias) } }
    }
}

impl ModelConfig for LogisticRegressionConfig {
    const KEY: &'static str = "logistic_regression";
    const MEANING: &'static str = "Logistic regression: one linear layer and one logit, for two classes.";
    const OUTPUTS: Outputs = Outputs::One;
    type Model = LogisticRegression;

    fn init(&self, sizes: &Sizes, device: &Device) -> LogisticRegression {
        self.init(sizes.input.iter().product(), device)
    }

    #[cfg(feature = "weights")]
    fn shipped() -> Vec<&'static zoo_core::weights::Shipped> {
        LogisticRegressionWeights::all_shipped()
    }
}

impl LogitModule for LogisticRegression {
    fn logits(&self, inputs: InputBatch) -> Tensor<2> {
        self.forward(inputs.flat())
    }

    fn layers(&self) -> Vec<Layer> {
        vec![Layer::Flatten, Layer::linear("output")]
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
#[cfg(all(doctest, feature = "pretrained", feature = "classifier"))]
#[doc = include_str!("../README.md")]
struct Readme;
