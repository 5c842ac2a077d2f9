//! The five-block convolutional network for 32x32 images.
//!
//! From E. Caliskan, "An Overview of Some Mathematical Techniques in Deep Learning", section 4.3:
//!
//! | block | layers | output |
//! |---|---|---|
//! | 1 | 5x5 convolution, max pool, ReLU | 32 x 16 x 16 |
//! | 2 | 5x5 convolution, ReLU, average pool | 32 x 8 x 8 |
//! | 3 | 5x5 convolution, ReLU, average pool | 64 x 4 x 4 |
//! | 4 | 4x4 convolution without padding, ReLU | 64 x 1 x 1 |
//! | 5 | linear | one logit per class |
//!
//! ```
//! use burn::module::Module;
//! use burn::tensor::{Device, Tensor};
//! use zoo_cnn::CnnConfig;
//!
//! let device = Device::flex();
//! let model = CnnConfig::default().init(3, 10, &device); // channels, classes
//!
//! assert_eq!(model.num_params(), 145_578);
//! let images = Tensor::<4>::zeros([2, 3, 32, 32], &device);
//! assert_eq!(model.probabilities(images).dims(), [2, 10]);
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `flex` (a default) | convolutions through `zoo-kernels` on Burn's CPU backend |
//! | `cifar10`, `cifar10_best`, `cifar10_fast`, `digits`, `emnist` | the trained weights of that name, compiled in |
//! | `pretrained` | all of these |
//! | `classifier` | `Classifier`: from pictures of any size, or rows, to names with probabilities |
//!
//! With `classifier` and `cifar10_best`:
//!
#![cfg_attr(all(feature = "classifier", feature = "pretrained"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "classifier", feature = "pretrained")), doc = "```ignore")]
//! use zoo_cnn::{Classifier, CnnWeights, image};
//! let classifier = Classifier::pretrained(CnnWeights::Cifar10Best)?;
//! let answer = classifier.classify(&image::open("cat.jpg")?)?;
//! println!("{answer}"); // names with probabilities, best first
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "weights")]
mod pretrained;

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Dropout, DropoutConfig, Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use zoo_core::{
    Batcher, Examples, Explain, Initializer, InputBatch, Layer, LogitModule, Misfit, ModelConfig, Outputs, Sizes,
    drawn, probabilities_of, range, whitening_filters,
};
use zoo_kernels::{FastConv2d, Pointwise, Pool};

#[cfg(feature = "weights")]
pub use pretrained::CnnWeights;
#[cfg(feature = "weights")]
#[doc(no_inline)]
pub use zoo_core::weights::WeightsError;
#[cfg(feature = "classifier")]
#[doc(no_inline)]
pub use zoo_core::{ClassProbability, Classification, ClassifyError, decode, image};

/// A trained network that answers pictures: see [`zoo_core::Classifier`].
#[cfg(feature = "classifier")]
pub type Classifier = zoo_core::Classifier<CnnConfig>;

/// Height and width of the images: block 4's kernel covers exactly what three halvings leave of it.
pub const IMAGE_SIZE: usize = 32;

/// What a [`Cnn`] is made from: `[model.cnn]` in a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct CnnConfig {
    /// The fraction of block 4's values set to zero while training, `0.0..1.0`.
    #[serde(deserialize_with = "range::below_one")]
    #[explain(usual = 0.0)]
    pub dropout: f64,
    /// What the filters of the first convolution start from.
    #[explain(usual = "weights")]
    pub conv1_init: Conv1Init,
    /// What the weights of all other layers start from.
    pub weights: Initializer,
    /// What the biases of all layers start from.
    #[serde(deserialize_with = "Initializer::of_biases")]
    pub biases: Initializer,
}

/// What the filters of the first convolution start from. They are trained like all others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Conv1Init {
    /// The same as the weights of the other layers.
    Weights,
    /// The leading principal directions of small patches of training images, each once as it is and once negated, and scaled so
    /// that its outputs have variance 1: what cifar10-airbench starts from.
    Whitening {
        /// Added to a direction's variance before it is divided by.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 0.0005)]
        epsilon: f64,
    },
}

/// Four convolutions and a linear layer.
#[derive(Module, Debug)]
pub struct Cnn {
    /// Weight `[32, channels, 5, 5]`.
    pub conv1: Conv2d,
    /// Weight `[32, 32, 5, 5]`.
    pub conv2: Conv2d,
    /// Weight `[64, 32, 5, 5]`.
    pub conv3: Conv2d,
    /// Weight `[64, 64, 4, 4]`.
    pub conv4: Conv2d,
    /// Weight `[64, outputs]`.
    pub output: Linear,
    dropout: Dropout,
}

/// No dropout, weights Glorot uniform, biases zero.
impl Default for CnnConfig {
    fn default() -> Self {
        Self {
            dropout: 0.0,
            conv1_init: Conv1Init::Weights,
            weights: Initializer::XavierUniform { gain: 1.0 },
            biases: Initializer::Zero,
        }
    }
}

impl CnnConfig {
    /// Builds the model for images of that many channels: with one output per class, or a single logit for two classes.
    ///
    /// Initial values are drawn here and in forward order, not when a parameter is first used, so
    /// that a seed decides them.
    ///
    /// # Panics
    ///
    /// If a size is zero or the dropout is not in `0.0..1.0`.
    pub fn init(&self, channels: usize, outputs: usize, device: &Device) -> Cnn {
        assert!(
            channels > 0 && outputs > 0,
            "the five-block CNN needs at least one channel and one output, not {channels} and {outputs}"
        );
        Cnn {
            conv1: self.init_conv([channels, 32], 5, PaddingConfig2d::Same, device),
            conv2: self.init_conv([32, 32], 5, PaddingConfig2d::Same, device),
            conv3: self.init_conv([32, 64], 5, PaddingConfig2d::Same, device),
            conv4: self.init_conv([64, 64], 4, PaddingConfig2d::Valid, device),
            output: self.init_linear([64, outputs], device),
            dropout: DropoutConfig::new(self.dropout).init(),
        }
    }

    fn init_conv(&self, channels: [usize; 2], kernel_size: usize, padding: PaddingConfig2d, device: &Device) -> Conv2d {
        // A unit sees, and is seen by, `kernel_size` squared places of each channel.
        let [fan_in, fan_out] = channels.map(|channels| channels * kernel_size * kernel_size);
        let bias = self.biases.init([channels[1]], [fan_in, fan_out], device);
        let mut conv = Conv2dConfig::new(channels, [kernel_size, kernel_size])
            .with_padding(padding)
            .with_bias(false)
            .with_initializer(self.weights.to_burn())
            .init(device);
        conv.weight = drawn(conv.weight);
        conv.bias = Some(bias);
        conv
    }

    fn init_linear(&self, [inputs, outputs]: [usize; 2], device: &Device) -> Linear {
        let weight = self.weights.init([inputs, outputs], [inputs, outputs], device);
        let bias = self.biases.init([outputs], [inputs, outputs], device);
        Linear { weight, bias: Some(bias) }
    }
}

impl ModelConfig for CnnConfig {
    const KEY: &'static str = "cnn";
    const MEANING: &'static str = "The five-block convolutional network, for images of 32x32.";
    const OUTPUTS: Outputs = Outputs::Either;
    const HAS_CONVOLUTIONS: bool = true;
    type Model = Cnn;

    fn check(&self, sizes: &Sizes) -> Result<(), Misfit> {
        if matches!(*sizes.input, [_, IMAGE_SIZE, IMAGE_SIZE]) {
            return Ok(());
        }
        let accepted = format!(
            "images of {IMAGE_SIZE}x{IMAGE_SIZE}, as the model \"cnn\" takes them, or smaller ones padded to that, \
             data.pad = {{ black = {{ side = {IMAGE_SIZE} }} }}"
        );
        Err(Misfit { key: "data.name", accepted })
    }

    fn init(&self, sizes: &Sizes, device: &Device) -> Cnn {
        self.init(sizes.input[0], sizes.outputs, device)
    }

    fn start_from(&self, mut model: Cnn, batcher: &Batcher, train: &Examples) -> Cnn {
        if let Conv1Init::Whitening { epsilon } = self.conv1_init {
            let [count, _, side, _] = model.conv1.weight.dims();
            let filters = whitening_filters(batcher, train, [count, side], epsilon);
            model.conv1.weight = model.conv1.weight.map(|old| Tensor::from_data(filters, &old.device()));
        }
        model
    }

    #[cfg(feature = "weights")]
    fn shipped() -> Vec<&'static zoo_core::weights::Shipped> {
        CnnWeights::all_shipped()
    }
}

impl LogitModule for Cnn {
    fn logits(&self, inputs: InputBatch) -> Tensor<2> {
        self.forward(inputs.images())
    }

    fn layers(&self) -> Vec<Layer> {
        let relu = || Layer::Elementwise { operator: "Relu", alpha: None };
        let conv = |name: &str, padding| Layer::Convolution { name: name.to_string(), padding };
        vec![
            conv("conv1", 2),
            relu(),
            Layer::MaxPool,
            conv("conv2", 2),
            relu(),
            Layer::AveragePool,
            conv("conv3", 2),
            relu(),
            Layer::AveragePool,
            conv("conv4", 0),
            relu(),
            Layer::Flatten,
            Layer::linear("output"),
        ]
    }
}

impl Cnn {
    /// Logits `[batch, outputs]` of images `[batch, channels, 32, 32]`.
    ///
    /// # Panics
    ///
    /// If the images have another size or number of channels.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        self.check_size(&x);
        // Maximum and ReLU may change places: the block's order is the thesis's table's.
        let x = self.conv1.forward_block(x, Pointwise::Relu, Pool::Max); // [batch, 32, 16, 16]
        let x = self.conv2.forward_block(x, Pointwise::Relu, Pool::Average); // [batch, 32, 8, 8]
        let x = self.conv3.forward_block(x, Pointwise::Relu, Pool::Average); // [batch, 64, 4, 4]
        let x = self.conv4.forward_block(x, Pointwise::Relu, Pool::None); // [batch, 64, 1, 1]
        let x = x.flatten(1, 3); // [batch, 64]
        let x = self.dropout.forward(x);
        self.output.forward(x) // [batch, outputs]
    }

    /// Probabilities of images `[batch, channels, 32, 32]`: `[batch, outputs]`, each row summing to
    /// 1, or with a single output `[batch, 1]`, the probability of class 1.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn probabilities(&self, x: Tensor<4>) -> Tensor<2> {
        probabilities_of(self.forward(x))
    }

    fn check_size(&self, x: &Tensor<4>) {
        let [_, channels, _, _] = self.conv1.weight.dims();
        let [_, found @ ..] = x.dims();
        assert_eq!(
            found,
            [channels, IMAGE_SIZE, IMAGE_SIZE],
            "the five-block CNN takes images [channels, height, width] of exactly this size"
        );
    }
}

// The README uses the trained weights as well.
#[cfg(all(doctest, feature = "pretrained", feature = "classifier"))]
#[doc = include_str!("../README.md")]
struct Readme;
