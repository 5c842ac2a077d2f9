//! A layer as a builder is given it.

use crate::block::{Pointwise, Pool};
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
    /// Applies what follows the pooling.
    pub(crate) fn apply_functions(&self, values: &mut [f32]) {
        self.functions.iter().for_each(|function| function(values));
    }
}
