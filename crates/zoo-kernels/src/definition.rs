//! A layer as a builder is given it.

use crate::block::{Block, Pointwise, Pool};
use burn::tensor::ops::ConvOptions;
use std::sync::Arc;

/// A function of every value, in place.
pub(crate) type Function = Arc<dyn Fn(&mut [f32]) + Send + Sync>;

/// A convolution of stride 1, or a linear layer, whose kernel covers all of its input, and what follows it.
pub(crate) struct Definition {
    /// Channels, height and width of the input.
    pub(crate) input: [usize; 3],
    /// `[channels_out, channels_in, kernel height, kernel width]`.
    pub(crate) shape: [usize; 4],
    /// Of that shape.
    pub(crate) weight: Vec<f32>,
    /// `[channels_out]`.
    pub(crate) bias: Vec<f32>,
    /// Zeros on each side.
    pub(crate) padding: usize,
    pub(crate) pointwise: Pointwise,
    pub(crate) pool: Pool,
    /// Applied to every value of the output, one after another.
    pub(crate) functions: Vec<Function>,
}

impl Definition {
    /// Of a block with these weights and biases, on an input of that size; `None` if it slides by others than ones, its zeros are not the
    /// same on all sides, or there are several groups.
    pub(crate) fn of(block: &Block, input: [usize; 3], shape: [usize; 4], [weight, bias]: [&[f32]; 2]) -> Option<Self> {
        let Block { options, pointwise, pool } = block.clone();
        let padding = options.padding[0].0;
        (options == ConvOptions::new([1, 1], [padding; 2], [1, 1], 1)).then(|| {
            let (weight, bias) = (weight.to_vec(), bias.to_vec());
            Self { input, shape, weight, bias, padding, pointwise, pool, functions: Vec::new() }
        })
    }

    /// Applies what follows the pooling.
    pub(crate) fn apply_functions(&self, values: &mut [f32]) {
        self.functions.iter().for_each(|function| function(values));
    }
}
