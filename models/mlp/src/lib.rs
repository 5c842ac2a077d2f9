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
//! let model = MlpConfig::new(784, vec![16, 16], 26)
//!     .with_activation(Activation::Relu)
//!     .init(&device);
//!
//! assert_eq!(model.num_params(), 13_274);
//! let images = Tensor::<2>::zeros([2, 784], &device);
//! assert_eq!(model.probabilities(images).dims(), [2, 26]);
//! ```

mod activation;
#[cfg(feature = "pretrained")]
mod pretrained;

use burn::config::Config;
use burn::module::Module;
use burn::nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Initializer, Linear};
use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Device, Tensor};

pub use activation::Activation;
#[cfg(feature = "pretrained")]
pub use pretrained::MlpWeights;
#[cfg(feature = "pretrained")]
#[doc(no_inline)]
pub use zoo_weights::WeightsError;

/// What an [`Mlp`] is made from.
#[derive(Config, Debug)]
pub struct MlpConfig {
    /// Values per example.
    pub features: usize,
    /// Widths of the hidden layers, first to last; with none the model is linear.
    pub hidden: Vec<usize>,
    /// Outputs: one a class, or a single logit for two classes.
    pub outputs: usize,
    /// The function after each hidden layer.
    #[config(default = "Activation::Relu")]
    pub activation: Activation,
    /// The share of hidden values set to zero while training, `0.0..1.0`.
    #[config(default = 0.0)]
    pub dropout: f64,
    /// Whether each hidden layer normalizes over the batch before its activation.
    #[config(default = false)]
    pub batch_norm: bool,
    /// How the weights start: Glorot uniform unless stated otherwise.
    #[config(default = "Initializer::XavierUniform { gain: 1.0 }")]
    pub weights: Initializer,
    /// How the biases start: at zero unless stated otherwise.
    #[config(default = "Initializer::Zeros")]
    pub biases: Initializer,
}

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

impl MlpConfig {
    /// Builds the model on `device`.
    ///
    /// Initial values are drawn here and in forward order, not when a parameter is first used, so
    /// that a seed decides them.
    ///
    /// # Panics
    ///
    /// If a size is zero or the dropout is not in `0.0..1.0`.
    pub fn init(&self, device: &Device) -> Mlp {
        let mut inputs = self.features;
        let mut hidden = Vec::with_capacity(self.hidden.len());
        for &width in &self.hidden {
            hidden.push(self.init_hidden(inputs, width, device));
            inputs = width;
        }
        Mlp {
            hidden,
            output: self.init_linear(inputs, self.outputs, device),
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
        let weight = self.weights.init_with([inputs, outputs], Some(inputs), Some(outputs), device);
        let bias = self.biases.init_with([outputs], Some(inputs), Some(outputs), device);
        weight.val();
        bias.val();
        Linear { weight, bias: Some(bias) }
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

    /// Probabilities of examples `[batch, features]`: `[batch, outputs]`, each row summing to 1, or
    /// with a single output `[batch, 1]`, the probability of class 1.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn probabilities(&self, x: Tensor<2>) -> Tensor<2> {
        let logits = self.forward(x);
        match logits.dims() {
            [_, 1] => sigmoid(logits),
            _ => softmax(logits, 1),
        }
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
#[cfg(all(doctest, feature = "pretrained"))]
#[doc = include_str!("../README.md")]
struct Readme;
