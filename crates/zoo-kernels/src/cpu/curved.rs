//! Normalization and activation of pixels whose channels stand together, and their gradient.

#![allow(unsafe_op_in_unsafe_fn)]

use super::curve;
use super::pool::{load_some, store_some};
use super::vector::Vector;
use crate::block::Pointwise;
use std::mem::MaybeUninit;

/// Pixels that are summed before their sum is added to the others'.
const PIXELS: usize = 4;

/// `f((c - mean) * scale + shift)` by channel, each filled up to whole vectors.
#[derive(Clone, Debug)]
pub(crate) struct Curved {
    pub(crate) pointwise: Pointwise,
    /// Values a pixel.
    pub(crate) channels: usize,
    pub(crate) mean: Vec<f32>,
    pub(crate) scale: Vec<f32>,
    pub(crate) shift: Vec<f32>,
}

/// What the statistics of a batch add to the gradient of each value: `(c - mean) * slope + offset`.
#[derive(Clone, Debug)]
pub(crate) struct Correction {
    pub(crate) slope: Vec<f32>,
    pub(crate) offset: Vec<f32>,
}

impl Curved {
    /// Values of each parameter.
    fn padded<V: Vector>(&self) -> usize {
        self.channels.next_multiple_of(V::LANES)
    }

    fn check<V: Vector>(&self, values: &[f32]) {
        let padded = self.padded::<V>();
        assert!(self.channels > 0 && values.len().is_multiple_of(self.channels));
        assert!([&self.mean, &self.scale, &self.shift].iter().all(|parameter| parameter.len() >= padded));
    }

    /// A vector's distance from its mean, and what the activation is taken of.
    #[inline(always)]
    unsafe fn inner<V: Vector>(&self, value: V, channel: usize) -> (V, V) {
        let centered = value.sub(V::load(self.mean.as_ptr().add(channel)));
        let scale = V::load(self.scale.as_ptr().add(channel));
        (centered, centered.mul_add(scale, V::load(self.shift.as_ptr().add(channel))))
    }

    /// The activations of whole pixels: every value of `target`.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn forward<V: Vector>(&self, values: &[f32], target: &mut [MaybeUninit<f32>]) {
        self.check::<V>(values);
        assert_eq!(values.len(), target.len());
        for (values, target) in values.chunks_exact(self.channels).zip(target.chunks_exact_mut(self.channels)) {
            for channel in (0..self.channels).step_by(V::LANES) {
                let count = self.channels - channel;
                // SAFETY: the parameters are as long as checked.
                let (_, inner) = self.inner::<V>(load_some(&values[channel..], count), channel);
                store_some(curve::value(self.pointwise, inner), &mut target[channel..], count);
            }
        }
    }

    /// Adds to the first half of `sums` the gradients before the activation, and to the second those times the distances from the
    /// mean, by channel.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn sums<V: Vector>(&self, values: &[f32], gradient: &[f32], sums: &mut [f32]) {
        self.check::<V>(values);
        let padded = self.padded::<V>();
        assert!(gradient.len() == values.len() && sums.len() == 2 * padded);
        let (shifts, scales) = sums.split_at_mut(padded);
        let rows = PIXELS * self.channels;
        for (values, gradient) in values.chunks(rows).zip(gradient.chunks(rows)) {
            for channel in (0..self.channels).step_by(V::LANES) {
                let count = self.channels - channel;
                let (mut shift, mut scale) = (V::splat(0.0), V::splat(0.0));
                for at in (channel..values.len()).step_by(self.channels) {
                    // SAFETY: the parameters are as long as checked.
                    let (centered, inner) = self.inner::<V>(load_some(&values[at..], count), channel);
                    let above = load_some::<V>(&gradient[at..], count).mul(curve::slope(self.pointwise, inner));
                    shift = shift.add(above);
                    scale = above.mul_add(centered, scale);
                }
                add_to(shift, &mut shifts[channel..]);
                add_to(scale, &mut scales[channel..]);
            }
        }
    }

    /// The gradient of the values, in place of that of the activations.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn backward<V: Vector>(&self, correction: &Correction, values: &[f32], gradient: &mut [f32]) {
        self.check::<V>(values);
        let padded = self.padded::<V>();
        assert!(correction.slope.len() >= padded && correction.offset.len() >= padded);
        assert_eq!(values.len(), gradient.len());
        for (values, gradient) in values.chunks_exact(self.channels).zip(gradient.chunks_exact_mut(self.channels)) {
            for channel in (0..self.channels).step_by(V::LANES) {
                let count = self.channels - channel;
                // SAFETY: the parameters are as long as checked.
                let (centered, inner) = self.inner::<V>(load_some(&values[channel..], count), channel);
                let above = load_some::<V>(&gradient[channel..], count).mul(curve::slope(self.pointwise, inner));
                let slope = V::load(correction.slope.as_ptr().add(channel));
                let offset = centered.mul_add(slope, V::load(correction.offset.as_ptr().add(channel)));
                let below = above.mul_add(V::load(self.scale.as_ptr().add(channel)), offset);
                store_over(below, &mut gradient[channel..], count);
            }
        }
    }
}

/// Mean and sum of squared distances from it, by channel, of whole pixels: the two halves of `moments`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn moments<V: Vector>(values: &[f32], channels: usize, moments: &mut [f32]) {
    let padded = channels.next_multiple_of(V::LANES);
    assert!(channels > 0 && !values.is_empty() && values.len().is_multiple_of(channels) && moments.len() == 2 * padded);
    let (means, squares) = moments.split_at_mut(padded);
    let share = V::splat(1.0 / (values.len() / channels) as f32);
    means.fill(0.0);
    squares.fill(0.0);
    for values in values.chunks(PIXELS * channels) {
        for channel in (0..channels).step_by(V::LANES) {
            let mut sum = V::splat(0.0);
            for at in (channel..values.len()).step_by(channels) {
                sum = sum.add(load_some(&values[at..], channels - channel));
            }
            add_to(sum.mul(share), &mut means[channel..]);
        }
    }
    for values in values.chunks(PIXELS * channels) {
        for channel in (0..channels).step_by(V::LANES) {
            let (mean, mut sum) = (load_some::<V>(&means[channel..], V::LANES), V::splat(0.0));
            for at in (channel..values.len()).step_by(channels) {
                let centered = load_some::<V>(&values[at..], channels - channel).sub(mean);
                sum = centered.mul_add(centered, sum);
            }
            add_to(sum, &mut squares[channel..]);
        }
    }
}

/// Adds a whole vector.
#[inline(always)]
unsafe fn add_to<V: Vector>(value: V, target: &mut [f32]) {
    assert!(target.len() >= V::LANES);
    // SAFETY: as long as a vector.
    V::load(target.as_ptr()).add(value).store(target.as_mut_ptr());
}

/// Writes the first `count` lanes over what is there.
#[inline(always)]
unsafe fn store_over<V: Vector>(value: V, target: &mut [f32], count: usize) {
    store_some(value, super::scratch::unwritten(target), count);
}
