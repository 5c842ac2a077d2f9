//! The multi-layer perceptron: hidden layers of any width, then one linear layer.
//!
//! Each hidden layer is `linear -> batch norm (if asked for) -> activation -> dropout`.
//!
//! ```
//! use burn::module::Module;
//! use burn::tensor::{Device, Tensor};
//! use zoo_mlp::{Activation, MlpConfig};
//!
//! let device = Device::flex();
//! let config = MlpConfig { hidden: vec![16, 16], activation: Activation::Relu, ..MlpConfig::default() };
//! let model = config.init(784, 26, &device);
//!
//! assert_eq!(model.num_params(), 13_274);
//! let images = Tensor::<2>::zeros([2, 784], &device);
//! assert_eq!(model.probabilities(images).dims(), [2, 26]);
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `flex` (a default) | activations through `zoo-kernels` on Burn's CPU backend |
//! | `breast_cancer`, `digits`, `emnist`, `emnist_wide` | the trained weights of that name, compiled in |
//! | `pretrained` | all of these |
//! | `classifier` | `Classifier`: from pictures of any size, or rows, to names with probabilities |
//!
//! With `classifier` and `emnist_wide`:
//!
#![cfg_attr(all(feature = "classifier", feature = "pretrained"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "classifier", feature = "pretrained")), doc = "```ignore")]
//! use zoo_mlp::{Classifier, MlpWeights, image};
//! let classifier = Classifier::pretrained(MlpWeights::EmnistWide)?;
//! let answer = classifier.classify(&image::open("letter.jpg")?)?;
//! println!("{answer}"); // names with probabilities, best first
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activation;
#[cfg(feature = "weights")]
mod pretrained;

use burn::module::Module;
use burn::nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Deserializer, Serialize};
use zoo_core::{
    Explain, Initializer, InputBatch, Layer, LogitModule, Misfit, ModelConfig, Outputs, Sizes, probabilities_of, range,
};

pub use activation::Activation;
#[cfg(feature = "weights")]
pub use pretrained::MlpWeights;
#[cfg(feature = "weights")]
#[doc(no_inline)]
pub use zoo_core::weights::WeightsError;
#[cfg(feature = "classifier")]
#[doc(no_inline)]
pub use zoo_core::{ClassProbability, Classification, ClassifyError, decode, image};

/// A trained perceptron that answers pictures or rows: see [`zoo_core::Classifier`].
#[cfg(feature = "classifier")]
pub type Classifier = zoo_core::Classifier<MlpConfig>;

/// What an [`Mlp`] is made from: `[model.mlp]` in a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct MlpConfig {
    /// Widths of the hidden layers, first to last; with none the model is linear.
    #[serde(deserialize_with = "widths")]
    #[explain(usual = [16, 16])]
    pub hidden: Vec<usize>,
    /// The function after each hidden layer.
    #[explain(usual = "relu")]
    pub activation: Activation,
    /// The fraction of hidden values set to zero while training, `0.0..1.0`.
    #[serde(deserialize_with = "range::below_one")]
    #[explain(usual = 0.0)]
    pub dropout: f64,
    /// Whether each hidden layer normalizes over the batch before its activation.
    #[explain(usual = false)]
    pub batch_norm: bool,
    /// What the weights of all layers start from.
    pub weights: Initializer,
    /// What the biases of all layers start from.
    #[serde(deserialize_with = "Initializer::of_biases")]
    pub biases: Initializer,
}

/// Far above any model of the zoo, and below what would exhaust a small machine's memory.
const MOST_WEIGHTS: u128 = 1 << 28;

/// Hidden layers and an output layer.
#[derive(Module, Debug)]
pub struct Mlp {
    /// The hidden layers, first to last.
    pub hidden: Vec<Hidden>,
    /// From the last hidden layer to the logits.
    pub output: Linear,
    #[module(skip)]
    activation: Activation,
    dropout: Dropout,
}

/// The parameters of one hidden layer.
#[derive(Module, Debug)]
pub struct Hidden {
    /// Weight `[inputs, width]` and bias `[width]`.
    pub linear: Linear,
    /// Normalization over the batch, if the model has it.
    ///
    /// Its running variance divides by the batch size, as Keras does; PyTorch divides by one less.
    pub norm: Option<BatchNorm>,
}

/// Two hidden layers of 16 with ReLU, weights Glorot uniform, biases zero.
impl Default for MlpConfig {
    fn default() -> Self {
        Self {
            hidden: vec![16, 16],
            activation: Activation::Relu,
            dropout: 0.0,
            batch_norm: false,
            weights: Initializer::XavierUniform { gain: 1.0 },
            biases: Initializer::Zero,
        }
    }
}

impl MlpConfig {
    /// Builds the model for examples of `features` values: with one output per class, or a single logit for two classes.
    ///
    /// Initial values are drawn here and in forward order, not when a parameter is first used, so
    /// that a seed decides them.
    ///
    /// # Panics
    ///
    /// If a size is zero or the dropout is not in `0.0..1.0`.
    pub fn init(&self, features: usize, outputs: usize, device: &Device) -> Mlp {
        let mut inputs = features;
        let mut hidden = Vec::with_capacity(self.hidden.len());
        for &width in &self.hidden {
            hidden.push(self.init_hidden(inputs, width, device));
            inputs = width;
        }
        Mlp {
            hidden,
            output: self.init_linear(inputs, outputs, device),
            activation: self.activation,
            dropout: DropoutConfig::new(self.dropout).init(),
        }
    }

    fn init_hidden(&self, inputs: usize, width: usize, device: &Device) -> Hidden {
        Hidden {
            linear: self.init_linear(inputs, width, device),
            norm: self.batch_norm.then(|| BatchNormConfig::new(width).init(device)),
        }
    }

    fn init_linear(&self, inputs: usize, outputs: usize, device: &Device) -> Linear {
        assert!(
            inputs > 0 && outputs > 0,
            "every layer of a perceptron needs inputs and outputs, not {inputs} and {outputs}"
        );
        let weight = self.weights.init([inputs, outputs], [inputs, outputs], device);
        let bias = self.biases.init([outputs], [inputs, outputs], device);
        Linear { weight, bias: Some(bias) }
    }
}

impl ModelConfig for MlpConfig {
    const KEY: &'static str = "mlp";
    const MEANING: &'static str = "The multi-layer perceptron: hidden layers of any width, then a linear one.";
    const OUTPUTS: Outputs = Outputs::Either;
    type Model = Mlp;

    fn check(&self, sizes: &Sizes) -> Result<(), Misfit> {
        let (first, last) = ([sizes.input.iter().product()], [sizes.outputs]);
        let widths: Vec<u128> = first.iter().chain(&self.hidden).chain(&last).map(|width| *width as u128).collect();
        let weights: u128 = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
        if weights <= MOST_WEIGHTS {
            return Ok(());
        }
        let accepted = format!("widths that make at most {MOST_WEIGHTS} weights, not {weights}");
        Err(Misfit { key: "model.mlp.hidden", accepted })
    }

    /// Batch norm cannot learn from a batch of one, whose every value is its own mean.
    fn smallest_batch(&self) -> usize {
        if self.batch_norm { 2 } else { 1 }
    }

    fn init(&self, sizes: &Sizes, device: &Device) -> Mlp {
        self.init(sizes.input.iter().product(), sizes.outputs, device)
    }

    #[cfg(feature = "weights")]
    fn shipped() -> Vec<&'static zoo_core::weights::Shipped> {
        MlpWeights::all_shipped()
    }
}

fn widths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<usize>, D::Error> {
    #[derive(Deserialize)]
    struct Width(#[serde(deserialize_with = "range::count::<65_536, _>")] usize);
    let widths = range::length(Vec::<Width>::deserialize(deserializer)?, 0..=64)?;
    Ok(widths.into_iter().map(|Width(width)| width).collect())
}

impl LogitModule for Mlp {
    fn logits(&self, inputs: InputBatch) -> Tensor<2> {
        self.forward(inputs.flat())
    }

    fn layers(&self) -> Vec<Layer> {
        let mut layers = vec![Layer::Flatten];
        for (index, hidden) in self.hidden.iter().enumerate() {
            layers.push(Layer::linear(format!("hidden.{index}.linear")));
            if hidden.norm.is_some() {
                layers.push(Layer::BatchNorm { name: format!("hidden.{index}.norm") });
            }
            layers.push(self.activation.layer());
        }
        layers.push(Layer::linear("output"));
        layers
    }
}

impl Mlp {
    /// Logits `[batch, outputs]` of examples `[batch, features]`.
    ///
    /// # Panics
    ///
    /// If the examples have another number of features.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.hidden.iter().fold(x, |x, layer| {
            let x = layer.forward(x); // [batch, width]
            let x = self.activation.forward(x);
            self.dropout.forward(x)
        });
        self.output.forward(x) // [batch, outputs]
    }

    /// What each hidden layer makes of examples `[batch, features]`, first to last: `[batch, width]`, after its activation and without
    /// dropout.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn hidden_values(&self, x: Tensor<2>) -> Vec<Tensor<2>> {
        let mut x = x;
        let next = |layer: &Hidden| {
            x = self.activation.forward(layer.forward(x.clone()));
            x.clone()
        };
        self.hidden.iter().map(next).collect()
    }

    /// Probabilities of examples `[batch, features]`: `[batch, outputs]`, each row summing to 1, or
    /// with a single output `[batch, 1]`, the probability of class 1.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn probabilities(&self, x: Tensor<2>) -> Tensor<2> {
        probabilities_of(self.forward(x))
    }
}

impl Hidden {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.linear.forward(x);
        match &self.norm {
            Some(norm) => norm.forward(x),
            None => x,
        }
    }
}

// The README uses the trained weights as well.
#[cfg(all(doctest, feature = "pretrained", feature = "classifier"))]
#[doc = include_str!("../README.md")]
struct Readme;
