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
//! | 5 | linear | one logit a class |
//!
//! ```
//! use burn::module::Module;
//! use burn::tensor::{Device, Tensor};
//! use zoo_cnn::CnnConfig;
//!
//! let device = Device::flex();
//! let model = CnnConfig::new().init(&device); // 3 channels, 10 classes
//!
//! assert_eq!(model.num_params(), 145_578);
//! let images = Tensor::<4>::zeros([2, 3, 32, 32], &device);
//! assert_eq!(model.probabilities(images).dims(), [2, 10]);
//! ```

#[cfg(feature = "pretrained")]
mod pretrained;

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Dropout, DropoutConfig, Initializer, Linear, PaddingConfig2d};
use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Device, Tensor};
use zoo_kernels::{Activation, FastConv2d, Pool};

#[cfg(feature = "pretrained")]
pub use pretrained::CnnWeights;
#[cfg(feature = "pretrained")]
#[doc(no_inline)]
pub use zoo_weights::WeightsError;

/// Height and width of the images: block 4's kernel covers exactly what three halvings leave of it.
pub const IMAGE_SIZE: usize = 32;

/// How many filters the first convolution has, and how many pixels high and wide each is.
pub const FIRST_FILTERS: [usize; 2] = [32, 5];

/// What a [`Cnn`] is made from.
#[derive(Config, Debug)]
pub struct CnnConfig {
    /// Colors of the images.
    #[config(default = 3)]
    pub channels: usize,
    /// Outputs: one a class, or a single logit for two classes.
    #[config(default = 10)]
    pub outputs: usize,
    /// The share of block 4's values set to zero while training, `0.0..1.0`.
    #[config(default = 0.0)]
    pub dropout: f64,
    /// How the weights start: Glorot uniform unless stated otherwise.
    #[config(default = "Initializer::XavierUniform { gain: 1.0 }")]
    pub weights: Initializer,
    /// How the biases start: at zero unless stated otherwise.
    #[config(default = "Initializer::Zeros")]
    pub biases: Initializer,
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

impl CnnConfig {
    /// Builds the model on `device`.
    ///
    /// Initial values are drawn here and in forward order, not when a parameter is first used, so
    /// that a seed decides them.
    ///
    /// # Panics
    ///
    /// If a size is zero or the dropout is not in `0.0..1.0`.
    pub fn init(&self, device: &Device) -> Cnn {
        let (channels, outputs) = (self.channels, self.outputs);
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
        let bias = self.biases.init_with([channels[1]], Some(fan_in), Some(fan_out), device);
        let mut conv = Conv2dConfig::new(channels, [kernel_size, kernel_size])
            .with_padding(padding)
            .with_bias(false)
            .with_initializer(self.weights.clone())
            .init(device);
        conv.weight.val();
        bias.val();
        conv.bias = Some(bias);
        conv
    }

    fn init_linear(&self, [inputs, outputs]: [usize; 2], device: &Device) -> Linear {
        let weight = self.weights.init_with([inputs, outputs], Some(inputs), Some(outputs), device);
        let bias = self.biases.init_with([outputs], Some(inputs), Some(outputs), device);
        weight.val();
        bias.val();
        Linear { weight, bias: Some(bias) }
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
        let x = self.conv1.forward_block(x, Activation::Relu, Pool::Max); // [batch, 32, 16, 16]
        let x = self.conv2.forward_block(x, Activation::Relu, Pool::Average); // [batch, 32, 8, 8]
        let x = self.conv3.forward_block(x, Activation::Relu, Pool::Average); // [batch, 64, 4, 4]
        let x = self.conv4.forward_block(x, Activation::Relu, Pool::None); // [batch, 64, 1, 1]
        let x = x.flatten(1, 3); // [batch, 64]
        let x = self.dropout.forward(x);
        self.output.forward(x) // [batch, outputs]
    }

    /// Multiplications of a weight with a value, each with an addition, that one image costs forward.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use zoo_cnn::CnnConfig;
    ///
    /// assert_eq!(CnnConfig::new().init(&Device::flex()).multiply_adds(), 12_354_176);
    /// ```
    pub fn multiply_adds(&self) -> u64 {
        // Every weight of a convolution is used once for each place of its output.
        let layers = [(&self.conv1, 32), (&self.conv2, 16), (&self.conv3, 8), (&self.conv4, 1)];
        let convolutions: usize =
            layers.iter().map(|(layer, side)| layer.weight.shape().num_elements() * side * side).sum();
        (convolutions + self.output.weight.shape().num_elements()) as u64
    }

    /// Probabilities of images `[batch, channels, 32, 32]`: `[batch, outputs]`, each row summing to
    /// 1, or with a single output `[batch, 1]`, the probability of class 1.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn probabilities(&self, x: Tensor<4>) -> Tensor<2> {
        let logits = self.forward(x);
        match logits.dims() {
            [_, 1] => sigmoid(logits),
            _ => softmax(logits, 1),
        }
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
#[cfg(all(doctest, feature = "pretrained"))]
#[doc = include_str!("../README.md")]
struct Readme;
