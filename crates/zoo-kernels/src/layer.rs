//! The calls users make, and what they mean in Burn's own operations.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};

/// What is applied to every value of the convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    #[default]
    None,
    /// `max(x, 0)`.
    Relu,
}

/// How neighbouring values become one: windows of 2x2 that do not overlap, a last odd row or column left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pool {
    /// They do not.
    #[default]
    None,
    /// The largest of each window.
    Max,
    /// The mean of each window.
    Average,
}

/// A convolution, what follows it, and how it slides.
#[derive(Clone, Debug)]
pub struct Block {
    /// Stride, padding, dilation and groups.
    pub options: ConvOptions<2>,
    /// Applied to every value.
    pub activation: Activation,
    /// Applied to the activations.
    pub pool: Pool,
}

/// As `burn::tensor::module::conv2d`, faster on the flex backend.
pub fn conv2d(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>, options: ConvOptions<2>) -> Tensor<4> {
    Block { options, activation: Activation::None, pool: Pool::None }.forward(x, weight, bias)
}

impl Block {
    /// The block's output `[batch, channels_out, height, width]` for `x` `[batch, channels_in, height, width]`.
    pub fn forward(&self, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
        self.compose(x, weight, bias)
    }

    /// The block in Burn's own operations.
    fn compose(&self, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
        let x = burn::tensor::module::conv2d(x, weight, bias, self.options.clone());
        let x = match self.activation {
            Activation::None => x,
            Activation::Relu => relu(x),
        };
        match self.pool {
            Pool::None => x,
            Pool::Max => max_pool2d(x, MaxPoolOptions::new([2, 2])),
            Pool::Average => avg_pool2d(x, AvgPoolOptions::new([2, 2])),
        }
    }
}
