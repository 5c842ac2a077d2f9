//! The calls users make, and what they mean in Burn's own operations.

use crate::block::{Block, Pointwise, Pool};
#[cfg(feature = "flex")]
use crate::extension;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};

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
}

impl FastConv2d for Conv2d {
    fn forward_fast(&self, x: Tensor<4>) -> Tensor<4> {
        self.forward_block(x, Pointwise::None, Pool::None)
    }

    fn forward_block(&self, x: Tensor<4>, pointwise: Pointwise, pool: Pool) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let padding = match self.padding {
            PaddingConfig2d::Valid => [(0, 0), (0, 0)],
            PaddingConfig2d::Same => [same_padding(self, 0, height), same_padding(self, 1, width)],
            PaddingConfig2d::Explicit(top, left, bottom, right) => [(top, bottom), (left, right)],
        };
        let options = ConvOptions::new_with_padding(self.stride, padding, self.dilation, self.groups);
        let bias = self.bias.as_ref().map(|bias| bias.val());
        Block { options, pointwise, pool }.forward(x, self.weight.val(), bias)
    }
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
        if extension::is_for_kernels(self, &x, &weight, bias.as_ref()) {
            return extension::forward(self, x, weight, bias);
        }
        self.compose(x, weight, bias)
    }

    /// The block in Burn's own operations.
    fn compose(&self, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
        let x = burn::tensor::module::conv2d(x, weight, bias, self.options.clone());
        let x = match self.pointwise {
            Pointwise::None => x,
            Pointwise::Relu => relu(x),
        };
        match self.pool {
            Pool::None => x,
            Pool::Max => max_pool2d(x, MaxPoolOptions::new([2, 2])),
            Pool::Average => avg_pool2d(x, AvgPoolOptions::new([2, 2])),
        }
    }
}
