//! The softmax classifier: one linear layer, one score per class.
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
//! let model = SoftmaxConfig::default().init(64, 10, &device);
//! let images = Tensor::<2>::zeros([2, 64], &device);
//!
//! assert_eq!(model.num_params(), 650);
//! assert_eq!(model.forward(images.clone()).dims(), [2, 10]);
//! assert_eq!(model.probabilities(images).dims(), [2, 10]);
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `cifar10`, `digits`, `emnist`, `svm_cifar10` | the trained weights of that name, compiled in |
//! | `pretrained` | all of these |
//! | `classifier` | `Classifier`: from pictures of any size, or rows, to names with probabilities |
//!
//! With `classifier` and `cifar10`:
//!
#![cfg_attr(all(feature = "classifier", feature = "pretrained"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "classifier", feature = "pretrained")), doc = "```ignore")]
//! use zoo_softmax::{Classifier, SoftmaxWeights, image};
//! let classifier = Classifier::pretrained(SoftmaxWeights::Cifar10)?;
//! let answer = classifier.classify(&image::open("cat.jpg")?)?;
//! println!("{answer}"); // names with probabilities, best first
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "weights")]
mod pretrained;

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use zoo_core::{Explain, Initializer, InputBatch, Layer, LogitModule, ModelConfig, Outputs, Sizes};

#[cfg(feature = "weights")]
pub use pretrained::SoftmaxWeights;
#[cfg(feature = "weights")]
#[doc(no_inline)]
pub use zoo_core::weights::WeightsError;
#[cfg(feature = "classifier")]
#[doc(no_inline)]
pub use zoo_core::{ClassProbability, Classification, ClassifyError, decode, image};

/// A trained classifier that answers pictures: see [`zoo_core::Classifier`].
#[cfg(feature = "classifier")]
pub type Classifier = zoo_core::Classifier<SoftmaxConfig>;

/// What a [`Softmax`] classifier is made from: `[model.softmax]` in a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct SoftmaxConfig {
    /// What the weights start from.
    pub weights: Initializer,
    /// What the biases start from.
    #[serde(deserialize_with = "Initializer::of_biases")]
    pub biases: Initializer,
}

/// A linear layer with one output per class.
#[derive(Module, Debug)]
pub struct Softmax {
    /// Weight `[features, classes]` and bias `[classes]`.
    pub output: Linear,
}

/// Weights Glorot uniform, biases zero.
impl Default for SoftmaxConfig {
    fn default() -> Self {
        Self { weights: Initializer::XavierUniform { gain: 1.0 }, biases: Initializer::Zero }
    }
}

impl SoftmaxConfig {
    /// Builds the model for examples of that many values in that many classes.
    ///
    /// # Panics
    ///
    /// If there are no features or no classes.
    pub fn init(&self, features: usize, classes: usize, device: &Device) -> Softmax {
        assert!(
            features > 0 && classes > 0,
            "a softmax classifier needs at least one feature and one class, not {features} and {classes}"
        );
        let weight = self.weights.init([features, classes], [features, classes], device);
        let bias = self.biases.init([classes], [features, classes], device);
        Softmax { output: Linear { weight, bias: Some(bias) } }
    }
}

impl ModelConfig for SoftmaxConfig {
    const KEY: &'static str = "softmax";
    const MEANING: &'static str =
        "One linear layer, a score per class: softmax regression, or with the hinge loss a support vector machine.";
    const OUTPUTS: Outputs = Outputs::PerClass;
    type Model = Softmax;

    fn init(&self, sizes: &Sizes, device: &Device) -> Softmax {
        self.init(sizes.input.iter().product(), sizes.outputs, device)
    }

    #[cfg(feature = "weights")]
    fn shipped() -> Vec<&'static zoo_core::weights::Shipped> {
        SoftmaxWeights::all_shipped()
    }
}

impl LogitModule for Softmax {
    fn logits(&self, inputs: InputBatch) -> Tensor<2> {
        self.forward(inputs.flat())
    }

    fn layers(&self) -> Vec<Layer> {
        vec![Layer::Flatten, Layer::linear("output")]
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
#[cfg(all(doctest, feature = "pretrained", feature = "classifier"))]
#[doc = include_str!("../README.md")]
struct Readme;
