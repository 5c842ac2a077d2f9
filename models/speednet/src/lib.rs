//! The network of CIFAR-10's speed record, cifar10-airbench94.
//!
//! From K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024), and its later program
//! `airbench94_muon.py`; with the usual widths:
//!
//! | part | layers | output |
//! |---|---|---|
//! | whitening | 2x2 convolution whose filters stay, GELU | 24 x 31 x 31 |
//! | block 1 | 3x3 convolution, max pool, batch norm, GELU; 3x3 convolution, batch norm, GELU | 64 x 15 x 15 |
//! | block 2 | the same | 256 x 7 x 7 |
//! | block 3 | the same | 256 x 3 x 3 |
//! | output | maximum of each channel, a constant factor, linear | one logit per class |
//!
//! With [`PoolAfter::Second`] a block's max pool follows its second convolution. The README says where it differs from its source.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//! use zoo_speednet::SpeednetConfig;
//!
//! let device = Device::flex();
//! let model = SpeednetConfig { widths: vec![16, 32, 32], ..SpeednetConfig::default() }.init(3, 10, &device); // channels, classes
//!
//! let images = Tensor::<4>::zeros([2, 3, 32, 32], &device);
//! assert_eq!(model.probabilities(images).dims(), [2, 10]);
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `flex` (a default) | convolutions and normalization through `zoo-kernels` on Burn's CPU backend |
//! | `cifar10`, `emnist`, `small` | the trained weights of that name, compiled in |
//! | `pretrained` | all trained weights |
//! | `classifier` | `Classifier`: from pictures of any size to names with probabilities |

mod init;
#[cfg(feature = "weights")]
mod pretrained;

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::nn::{BatchNorm, Linear};
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Deserializer, Serialize};
use zoo_core::{
    Batcher, Examples, Explain, Initializer, InputBatch, Layer, LogitModule, Misfit, ModelConfig, Outputs, Sizes,
    probabilities_of, range, whitening_filters,
};
use zoo_kernels::{FastConv2d, Pointwise, Pool, max_pool2d};

#[cfg(feature = "weights")]
pub use pretrained::SpeednetWeights;
#[cfg(feature = "weights")]
#[doc(no_inline)]
pub use zoo_core::weights::WeightsError;
#[cfg(feature = "classifier")]
#[doc(no_inline)]
pub use zoo_core::{ClassProbability, Classification, ClassifyError, decode, image};

/// A trained network that answers pictures: see [`zoo_core::Classifier`].
#[cfg(feature = "classifier")]
pub type Classifier = zoo_core::Classifier<SpeednetConfig>;

/// Height and width of the whitening filters.
const WHITENING_SIDE: usize = 2;

/// Far above any model of the zoo, and below what would exhaust a small machine's memory.
const MOST_WEIGHTS: u128 = 1 << 28;

/// What a [`Speednet`] is made from: `[model.speednet]` in a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct SpeednetConfig {
    /// Channels of the blocks, first to last; each block halves height and width.
    #[serde(deserialize_with = "widths")]
    #[explain(usual = [64, 256, 256])]
    pub widths: Vec<usize>,
    /// The convolution of a block that its max pool follows.
    #[serde(default, skip_serializing_if = "PoolAfter::is_usual")]
    #[explain(usual = "first")]
    pub pool_after: PoolAfter,
    /// Added to the variance of a direction of 2x2 pieces of training images before it is divided by: the first filters are these
    /// directions, each once as it is and once negated, scaled so that their outputs have variance 1. They are not trained.
    #[serde(deserialize_with = "range::positive")]
    #[explain(usual = 0.0005)]
    pub whitening_epsilon: f64,
    /// Whether the blocks' filters start from the identity: as many as there are channels pass one of them on each, the others are drawn.
    #[explain(usual = true)]
    pub dirac: bool,
    /// How far a batch moves the running statistics of batch normalization toward its own, above 0 and at most 1.
    #[serde(deserialize_with = "range::factor")]
    #[explain(usual = 0.4)]
    pub norm_momentum: f64,
    /// What the values before the output layer are multiplied by: so much slower it learns than the other layers.
    #[serde(deserialize_with = "range::factor")]
    #[explain(usual = 0.111)]
    pub logit_scale: f64,
    /// What the weights of the blocks and of the output layer start from, where they are not the identity.
    pub weights: Initializer,
    /// What the biases of the first convolution and of the output layer start from.
    #[serde(deserialize_with = "Initializer::of_biases")]
    pub biases: Initializer,
}

/// The convolution of a block that its max pool follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum PoolAfter {
    /// The first, as in the network of the record.
    #[default]
    First,
    /// The second, which so sees four times as many pixels: with no more parameters more is computed and learned.
    Second,
}

impl PoolAfter {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Whitening, blocks and a linear layer.
#[derive(Module, Debug)]
pub struct Speednet {
    /// Weight `[8 channels, channels, 2, 2]`, which is not trained, and bias `[8 channels]`.
    pub whitening: Conv2d,
    /// First to last.
    pub blocks: Vec<ConvBlock>,
    /// Weight `[width, outputs]` and bias `[outputs]`.
    pub output: Linear,
    logit_scale: f64,
}

/// Two convolutions, a max pool behind one of them. The scales of batch normalization stay 1.
#[derive(Module, Debug)]
pub struct ConvBlock {
    /// Weight `[width, channels, 3, 3]`, no bias.
    pub conv1: Conv2d,
    /// Behind it, or behind its max pool.
    pub norm1: BatchNorm,
    /// Weight `[width, width, 3, 3]`, no bias.
    pub conv2: Conv2d,
    /// Behind it, or behind its max pool.
    pub norm2: BatchNorm,
    #[module(skip)]
    pool_after: PoolAfter,
}

/// Of cifar10-airbench94: widths 64, 256 and 256, filters from the identity, all others uniform as PyTorch draws them, biases zero.
impl Default for SpeednetConfig {
    fn default() -> Self {
        Self {
            widths: vec![64, 256, 256],
            pool_after: PoolAfter::First,
            whitening_epsilon: 0.0005,
            dirac: true,
            norm_momentum: 0.4,
            logit_scale: 0.111,
            weights: Initializer::HeUniform { gain: 1.0 / 3.0_f64.sqrt() },
            biases: Initializer::Zero,
        }
    }
}

impl SpeednetConfig {
    /// Of convolutions and output layer, for images of that many channels.
    fn weights_of(&self, channels: usize, outputs: usize) -> u128 {
        let first = [whitening_width(channels)];
        let widths: Vec<u128> = first.iter().chain(&self.widths).map(|width| *width as u128).collect();
        let blocks: u128 = widths.windows(2).map(|pair| 9 * pair[1] * (pair[0] + pair[1])).sum();
        blocks + widths.last().map_or(0, |last| last * outputs as u128)
    }
}

/// The whitening filters of images of so many channels: all directions of a piece, both ways.
fn whitening_width(channels: usize) -> usize {
    2 * channels * WHITENING_SIDE * WHITENING_SIDE
}

impl ModelConfig for SpeednetConfig {
    const KEY: &'static str = "speednet";
    const MEANING: &'static str =
        "The network of CIFAR-10's speed record: whitening, then blocks of two convolutions with batch normalization.";
    const OUTPUTS: Outputs = Outputs::Either;
    const HAS_CONVOLUTIONS: bool = true;
    type Model = Speednet;

    fn check(&self, sizes: &Sizes) -> Result<(), Misfit> {
        let [channels, side] = match *sizes.input {
            [channels, height, width] if height == width && height > WHITENING_SIDE => [channels, height],
            ref found => {
                let accepted = format!(
                    "images as wide as high, of at least 3x3, as the model \"speednet\" takes them, not examples of shape {found:?}"
                );
                return Err(Misfit { key: "data.name", accepted });
            }
        };
        let most = (side + 1 - WHITENING_SIDE).ilog2() as usize;
        if self.widths.len() > most {
            let accepted =
                format!("at most {most} widths for images of {side}x{side}, as each block halves height and width");
            return Err(Misfit { key: "model.speednet.widths", accepted });
        }
        let weights = self.weights_of(channels, sizes.outputs);
        if weights <= MOST_WEIGHTS {
            return Ok(());
        }
        let accepted = format!("widths that make at most {MOST_WEIGHTS} weights, not {weights}");
        Err(Misfit { key: "model.speednet.widths", accepted })
    }

    #[cfg(feature = "weights")]
    fn shipped() -> Vec<&'static zoo_core::weights::Shipped> {
        SpeednetWeights::all_shipped()
    }

    /// Batch norm cannot learn from a single value, which a batch of one may leave behind the last block.
    fn smallest_batch(&self) -> usize {
        2
    }

    fn init(&self, sizes: &Sizes, device: &Device) -> Speednet {
        self.init(sizes.input[0], sizes.outputs, device)
    }

    fn start_from(&self, mut model: Speednet, batcher: &Batcher, train: &Examples) -> Speednet {
        let [count, _, side, _] = model.whitening.weight.dims();
        let filters = whitening_filters(batcher, train, [count, side], self.whitening_epsilon);
        model.whitening.weight = model.whitening.weight.map(|old| Tensor::from_data(filters, &old.device()));
        model
    }
}

fn widths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<usize>, D::Error> {
    #[derive(Deserialize)]
    struct Width(#[serde(deserialize_with = "range::count::<4_096, _>")] usize);
    let widths = range::length(Vec::<Width>::deserialize(deserializer)?, 1..=6)?;
    Ok(widths.into_iter().map(|Width(width)| width).collect())
}

impl LogitModule for Speednet {
    fn logits(&self, inputs: InputBatch) -> Tensor<2> {
        self.forward(inputs.images())
    }

    fn layers(&self) -> Vec<Layer> {
        let gelu = || Layer::Elementwise { operator: "Gelu", alpha: None };
        let conv = |name: String, padding| Layer::Convolution { name, padding };
        let mut layers = vec![conv("whitening".to_string(), 0), gelu()];
        for (index, block) in self.blocks.iter().enumerate() {
            let name = |part: &str| format!("blocks.{index}.{part}");
            for (half, pool) in (1..).zip(block.pools()) {
                layers.push(conv(name(&format!("conv{half}")), 1));
                layers.extend((pool == Pool::Max).then_some(Layer::MaxPool));
                layers.extend([Layer::BatchNorm { name: name(&format!("norm{half}")) }, gelu()]);
            }
        }
        let scale = Layer::Scale { factor: self.logit_scale as f32 };
        layers.extend([Layer::GlobalMaxPool, Layer::Flatten, scale, Layer::linear("output")]);
        layers
    }
}

impl Speednet {
    /// Logits `[batch, outputs]` of images `[batch, channels, side, side]`; the shapes beside are those of the usual widths and side 32.
    ///
    /// # Panics
    ///
    /// If the images have another number of channels, or so small a side that nothing is left behind the last block.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.whitening.forward_block(x, Pointwise::Gelu, Pool::None); // [batch, 24, 31, 31]
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x)); // [batch, 256, 3, 3]
        let [_, _, height, width] = x.dims();
        let x = max_pool2d(x, MaxPoolOptions::new([height, width])); // [batch, 256, 1, 1]
        let x: Tensor<2> = x.flatten(1, 3); // [batch, 256]
        self.output.forward(x * self.logit_scale) // [batch, outputs]
    }

    /// Probabilities of images `[batch, channels, side, side]`: `[batch, outputs]`, each row summing to 1, or with a single output
    /// `[batch, 1]`, the probability of class 1.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn probabilities(&self, x: Tensor<4>) -> Tensor<2> {
        probabilities_of(self.forward(x))
    }
}

impl ConvBlock {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [first, second] = self.pools();
        let x = self.conv1.forward_normalized(x, first, &self.norm1, Pointwise::Gelu);
        self.conv2.forward_normalized(x, second, &self.norm2, Pointwise::Gelu) // [batch, width, side / 2, side / 2]
    }

    /// What follows the two convolutions.
    fn pools(&self) -> [Pool; 2] {
        match self.pool_after {
            PoolAfter::First => [Pool::Max, Pool::None],
            PoolAfter::Second => [Pool::None, Pool::Max],
        }
    }
}

// The README uses the trained weights as well.
#[cfg(all(doctest, feature = "pretrained", feature = "classifier"))]
#[doc = include_str!("../README.md")]
struct Readme;
