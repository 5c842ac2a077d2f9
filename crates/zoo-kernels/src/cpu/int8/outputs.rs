//! What becomes of the last layer's sums: numbers.

use super::isa::ByteKernels;
use super::layer::Finish;
use crate::block::{Pointwise, Pool};

/// From sums to the numbers they count.
#[derive(Clone, Debug)]
pub(crate) struct ByteOutputs {
    /// What a sum counts, one a channel.
    pub(crate) scales: Vec<f32>,
    /// Added to the sums, as many.
    pub(crate) bias: Vec<i32>,
    /// Sums a pixel, filled up to whole registers.
    pub(crate) columns: usize,
    pub(crate) pointwise: Pointwise,
    pub(crate) pool: Pool,
}

impl Finish for ByteOutputs {
    type Value = f32;

    fn window(&self) -> usize {
        if self.pool == Pool::None { 1 } else { 2 }
    }

    fn line(&self, _: &ByteKernels, sums: &[i32], _: &mut [u8], target: &mut [f32]) {
        let window = self.window();
        let (upper, lower) = sums.split_at(sums.len() / window);
        for (x, target) in target.chunks_exact_mut(self.scales.len()).enumerate() {
            for (channel, target) in target.iter_mut().enumerate() {
                let at = window * x * self.columns + channel;
                let value = |sums: &[i32], at: usize| self.value(sums[at], channel);
                let four = |sums: &[i32]| [value(sums, at), value(sums, at + self.columns)];
                *target = match self.pool {
                    Pool::Max => four(upper).into_iter().chain(four(lower)).fold(f32::MIN, f32::max),
                    Pool::Average => 0.25 * four(upper).into_iter().chain(four(lower)).sum::<f32>(),
                    Pool::None => value(upper, at),
                };
            }
        }
    }
}

impl ByteOutputs {
    fn value(&self, sum: i32, channel: usize) -> f32 {
        let sum = sum + self.bias[channel];
        (if self.pointwise == Pointwise::Relu { sum.max(0) } else { sum }) as f32 * self.scales[channel]
    }
}
