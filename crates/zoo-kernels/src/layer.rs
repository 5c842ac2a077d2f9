//! The calls users make, and what they mean in Burn's own operations.

use crate::block::{Block, Pointwise, Pool};
#[cfg(feature = "flex")]
use crate::extension;
#[cfg(feature = "flex")]
use crate::normalized::{self, Normalized};
#[cfg(feature = "flex")]
use crate::pooling;
#[cfg(feature = "flex")]
use crate::settled;
#[cfg(feature = "flex")]
use burn::module::RunningState;
use burn::nn::BatchNorm;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::activation::{gelu, relu, silu};
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor};

/// Burn's convolution layer, run on the fast kernels.
///
/// Nothing of the layer changes: the same configuration, parameters and records.
pub trait FastConv2d {
    /// As [`Conv2d::forward`]: `[batch, channels_out, height, width]`.
    ///
    /// # Panics
    ///
    /// As [`Conv2d::forward`], if the channels do not match or the input is smaller than the kernel.
    ///
    /// ```
    /// use burn::nn::conv::Conv2dConfig;
    /// use burn::tensor::{Device, Tensor};
    /// use zoo_kernels::FastConv2d;
    ///
    /// let device = Device::flex();
    /// let conv = Conv2dConfig::new([3, 8], [3, 3]).init(&device);
    /// let images = Tensor::<4>::ones([2, 3, 32, 32], &device);
    ///
    /// let fast = conv.forward_fast(images.clone());
    ///
    /// assert_eq!(fast.dims(), [2, 8, 30, 30]);
    /// assert!((fast - conv.forward(images)).abs().max().into_scalar::<f32>() < 1e-5);
    /// ```
    fn forward_fast(&self, x: Tensor<4>) -> Tensor<4>;

    /// The layer, then `pointwise`, then `pool`, while the values are still in the cache.
    ///
    /// As ReLU and the maximum may change places, this is also `relu(max_pool(conv(x)))`.
    ///
    /// # Panics
    ///
    /// As [`forward_fast`](Self::forward_fast).
    fn forward_block(&self, x: Tensor<4>, pointwise: Pointwise, pool: Pool) -> Tensor<4>;

    /// The layer, then `pool`, then the normalization, then `pointwise`: one operation forward and one back while it trains, when running
    /// statistics are brought up to date as by [`BatchNorm::forward`]; weights that are scaled where it only answers.
    ///
    /// # Panics
    ///
    /// As [`forward_fast`](Self::forward_fast), or if the normalization is for another number of channels.
    ///
    /// ```
    /// use burn::nn::BatchNormConfig;
    /// use burn::nn::conv::Conv2dConfig;
    /// use burn::tensor::{Device, Tensor};
    /// use zoo_kernels::{FastConv2d, Pointwise, Pool};
    ///
    /// let device = Device::flex().autodiff();
    /// let conv = Conv2dConfig::new([3, 8], [3, 3]).with_bias(false).init(&device);
    /// let norm = BatchNormConfig::new(8).init(&device);
    /// let images = Tensor::<4>::ones([2, 3, 32, 32], &device);
    ///
    /// let features = conv.forward_normalized(images, Pool::Max, &norm, Pointwise::Gelu);
    ///
    /// assert_eq!(features.dims(), [2, 8, 15, 15]);
    /// ```
    fn forward_normalized(&self, x: Tensor<4>, pool: Pool, norm: &BatchNorm, pointwise: Pointwise) -> Tensor<4>;
}

impl FastConv2d for Conv2d {
    fn forward_fast(&self, x: Tensor<4>) -> Tensor<4> {
        self.forward_block(x, Pointwise::None, Pool::None)
    }

    fn forward_block(&self, x: Tensor<4>, pointwise: Pointwise, pool: Pool) -> Tensor<4> {
        let bias = self.bias.as_ref().map(|bias| bias.val());
        Block { options: options(self, size(&x)), pointwise, pool }.forward(x, self.weight.val(), bias)
    }

    fn forward_normalized(&self, x: Tensor<4>, pool: Pool, norm: &BatchNorm, pointwise: Pointwise) -> Tensor<4> {
        let bias = self.bias.as_ref().map(|bias| bias.val());
        let block = Block { options: options(self, size(&x)), pointwise, pool };
        block.forward_normalized(x, self.weight.val(), bias, norm)
    }
}

/// Height and width.
fn size(x: &Tensor<4>) -> [usize; 2] {
    let [_, _, height, width] = x.dims();
    [height, width]
}

/// How the layer slides over images of that height and width.
pub(crate) fn options(conv: &Conv2d, [height, width]: [usize; 2]) -> ConvOptions<2> {
    let padding = match conv.padding {
        PaddingConfig2d::Valid => [(0, 0), (0, 0)],
        PaddingConfig2d::Same => [same_padding(conv, 0, height), same_padding(conv, 1, width)],
        PaddingConfig2d::Explicit(top, left, bottom, right) => [(top, bottom), (left, right)],
    };
    ConvOptions::new_with_padding(conv.stride, padding, conv.dilation, conv.groups)
}

/// Zeros before and after that keep a dimension's size, divided by the stride; as Burn counts them.
fn same_padding(conv: &Conv2d, dimension: usize, size: usize) -> (usize, usize) {
    let (kernel, stride) = (conv.kernel_size[dimension], conv.stride[dimension]);
    let covered = (size.div_ceil(stride) - 1) * stride + kernel;
    let total = covered.saturating_sub(size);
    (total / 2, total - total / 2)
}

/// As [`burn::tensor::module::conv2d`], faster on the flex backend.
///
/// `x` is `[batch, channels_in, height, width]`, `weight` `[channels_out, channels_in / groups, kernel height, kernel width]`, `bias`
/// `[channels_out]`.
///
/// # Panics
///
/// As Burn's, if the shapes do not match.
pub fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: impl Into<ConvOptions<2>>,
) -> Tensor<4> {
    Block { options: options.into(), pointwise: Pointwise::None, pool: Pool::None }.forward(x, weight, bias)
}

impl Block {
    /// The block's output `[batch, channels_out, height, width]`, for inputs as those of [`conv2d`].
    ///
    /// # Panics
    ///
    /// If the shapes do not match.
    pub fn forward(&self, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
        #[cfg(feature = "flex")]
        if self.is_curved() && self.pool != Pool::None && x.device().is_autodiff() {
            // Their gradient asks for the values between them.
            let bent = Block { pool: Pool::None, ..self.clone() }.forward(x, weight, bias);
            return match self.pool {
                Pool::Average => pooling::avg_pool2d(bent, AvgPoolOptions::new([2, 2])),
                _ => pooling::max_pool2d(bent, MaxPoolOptions::new([2, 2])),
            };
        }
        #[cfg(feature = "flex")]
        if extension::is_for_kernels(self, &x, &weight, bias.as_ref()) {
            return extension::forward(self, x, weight, bias);
        }
        self.compose(x, weight, bias)
    }

    /// The block in Burn's own operations.
    fn compose(&self, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
        let x = burn::tensor::module::conv2d(x, weight, bias, self.options.clone());
        self.pool.apply(self.pointwise.apply(x))
    }
}

impl Block {
    /// As [`FastConv2d::forward_normalized`]: here the pooling comes before the normalization, and the activation behind it.
    fn forward_normalized(
        &self,
        x: Tensor<4>,
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
        norm: &BatchNorm,
    ) -> Tensor<4> {
        let trains = x.device().is_autodiff() && norm.training.is_enabled();
        if !trains && self.pool == Pool::None {
            let (weight, bias) = folded(weight, bias, norm);
            return self.forward(x, weight, Some(bias));
        }
        #[cfg(feature = "flex")]
        {
            let learned = [norm.gamma.val(), norm.beta.val()];
            let suits = normalized::suits(self, &x, &weight, bias.as_ref(), &learned);
            if suits && !x.device().is_autodiff() {
                let [mean, scale] = running(norm, &x.device());
                let [_, beta] = learned;
                return settled::forward(self, x, weight, bias, [mean, scale, beta]);
            }
            if suits && trains {
                let normalized = Normalized { block: self.clone(), epsilon: norm.epsilon };
                let (output, [mean, variance]) = normalized::forward(normalized, x, weight, bias, learned);
                update(&norm.running_mean, mean, norm.momentum);
                update(&norm.running_var, variance, norm.momentum);
                return output;
            }
        }
        let straight = Self { pointwise: Pointwise::None, ..self.clone() };
        self.pointwise.apply(norm.forward(straight.forward(x, weight, bias)))
    }
}

/// A convolution's weight and bias with the normalization by running statistics that follows it.
pub(crate) fn folded(weight: Tensor<4>, bias: Option<Tensor<1>>, norm: &BatchNorm) -> (Tensor<4>, Tensor<1>) {
    let [mean, scale] = running(norm, &weight.device());
    let centered = match bias {
        Some(bias) => bias - mean,
        None => mean.neg(),
    };
    let bias = centered * scale.clone() + norm.beta.val();
    let channels = weight.dims()[0];
    (weight * scale.reshape([channels, 1, 1, 1]), bias)
}

/// Each channel's running mean, and what its distance from that is multiplied by.
fn running(norm: &BatchNorm, device: &Device) -> [Tensor<1>; 2] {
    let [mean, variance] = [&norm.running_mean, &norm.running_var].map(|state| state.value().to_device(device));
    [mean, norm.gamma.val() / variance.add_scalar(norm.epsilon).sqrt()]
}

/// Moves a running statistic towards that of the batch, as Burn does.
#[cfg(feature = "flex")]
fn update(running: &RunningState<Tensor<1>>, found: Tensor<1>, momentum: f64) {
    let old = running.value_sync().to_device(&found.device());
    running.update((old.mul_scalar(1.0 - momentum) + found.detach().mul_scalar(momentum)).detach());
}

impl Pointwise {
    /// In Burn's own operations.
    pub(crate) fn apply(self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Pointwise::None => x,
            Pointwise::Relu => relu(x),
            Pointwise::Gelu => gelu(x),
            Pointwise::Silu => silu(x),
        }
    }
}

impl Pool {
    /// In Burn's own operations.
    pub(crate) fn apply(self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Pool::None => x,
            Pool::Max => max_pool2d(x, MaxPoolOptions::new([2, 2])),
            Pool::Average => avg_pool2d(x, AvgPoolOptions::new([2, 2])),
        }
    }
}
