//! A convolution and what follows it, in words.

use burn::tensor::ops::ConvOptions;

/// What is applied to every value of the convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pointwise {
    /// Nothing.
    #[default]
    None,
    /// `max(x, 0)`.
    Relu,
    /// `x` times the normal distribution's probability of less than `x`.
    Gelu,
    /// `x / (1 + exp(-x))`.
    Silu,
}

/// How neighboring values become one: windows of 2x2 that do not overlap, a last odd row or column left out.
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

/// A convolution, what follows it, and how it slides: [`FastConv2d`](crate::FastConv2d) for those who hold weights of their own.
#[derive(Clone, Debug)]
pub struct Block {
    /// Stride, padding, dilation and groups.
    pub options: ConvOptions<2>,
    /// Applied to every value.
    pub pointwise: Pointwise,
    /// Applied to the activations.
    pub pool: Pool,
}

impl Block {
    /// True if the gradient is a matter of the values before the activation.
    #[cfg(feature = "flex")]
    pub(crate) fn is_curved(&self) -> bool {
        matches!(self.pointwise, Pointwise::Gelu | Pointwise::Silu)
    }

    /// True if nothing follows the convolution.
    #[cfg(feature = "flex")]
    pub(crate) fn is_alone(&self) -> bool {
        self.pointwise == Pointwise::None && self.pool == Pool::None
    }
}
