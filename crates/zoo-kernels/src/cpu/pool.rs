//! What follows a convolution: bias, activation and pooling of one image, and their gradient.

#![allow(unsafe_op_in_unsafe_fn)]

use super::curve;
use super::geometry::Frame;
use super::vector::Vector;
use crate::block::{Pointwise, Pool};
use std::mem::MaybeUninit;

/// Bias, activation and pooling of an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Epilogue {
    pub(crate) pointwise: Pointwise,
    pub(crate) pool: Pool,
    /// Height and width after pooling.
    pub(crate) size: [usize; 2],
    /// Channels after pooling; frames may hold more.
    pub(crate) channels: usize,
}

impl Epilogue {
    /// Values of the convolution in a window's height and width.
    pub(crate) fn window(&self) -> usize {
        match self.pool {
            Pool::None => 1,
            Pool::Max | Pool::Average => 2,
        }
    }

    /// True if the gradient depends on the values themselves: such layers only answer; what trains takes [`curved`](super::curved).
    pub(crate) fn is_curved(&self) -> bool {
        matches!(self.pointwise, Pointwise::Gelu | Pointwise::Silu)
    }

    /// True if the gradient depends on which values were active or largest.
    pub(crate) fn is_selective(&self) -> bool {
        self.pointwise == Pointwise::Relu || self.pool == Pool::Max
    }

    /// Masks an image, for groups of `lanes` channels: bit `i` tells whether lane `i` passes its gradient on, one mask for each
    /// value of a window.
    pub(crate) fn masks(&self, lanes: usize) -> usize {
        let groups = self.channels.div_ceil(lanes);
        if self.is_selective() { self.size[0] * self.size[1] * groups * self.window() * self.window() } else { 0 }
    }

    /// Values an image after pooling.
    pub(crate) fn len(&self) -> usize {
        self.size[0] * self.size[1] * self.channels
    }

    /// The output of an image, channels last, from its convolution in `source`: every value of `target`; and the masks unless they
    /// are empty.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn forward<V: Vector>(
        &self,
        source: &[f32],
        frame: &Frame,
        bias: &[f32],
        target: &mut [MaybeUninit<f32>],
        masks: &mut [u16],
    ) {
        let window = self.window();
        let [height, width] = self.size;
        assert!(frame.size[0] >= height * window && frame.size[1] >= width * window && source.len() >= frame.len());
        assert!(
            frame.channels.is_multiple_of(V::LANES) && frame.channels >= self.channels && bias.len() >= frame.channels
        );
        assert!(target.len() == self.len() && (masks.is_empty() || masks.len() >= self.masks(V::LANES)));
        let mut mask = 0;
        for y in 0..height {
            for x in 0..width {
                for channel in (0..self.channels).step_by(V::LANES) {
                    // SAFETY: the frame holds the window, as asserted.
                    let corner = source.as_ptr().add(frame.at(y * window, x * window) + channel);
                    let (value, bits) = self.window_forward::<V>(corner, frame, V::load(bias.as_ptr().add(channel)));
                    let place = (y * width + x) * self.channels + channel;
                    store_some(value, &mut target[place..], self.channels - channel);
                    if !masks.is_empty() {
                        let count = window * window;
                        masks[mask..mask + count].copy_from_slice(&bits[..count]);
                        mask += count;
                    }
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn window_forward<V: Vector>(&self, corner: *const f32, frame: &Frame, bias: V) -> (V, [u16; 4]) {
        let zero = V::splat(0.0);
        let every = u16::MAX;
        if self.pool == Pool::None {
            let value = V::load(corner).add(bias);
            return match self.pointwise {
                Pointwise::None => (value, [every; 4]),
                Pointwise::Relu => (value.max(zero), [value.greater(zero); 4]),
                Pointwise::Gelu | Pointwise::Silu => (curve::value(self.pointwise, value), [every; 4]),
            };
        }
        let (line, pixel) = (frame.line(), frame.channels);
        let values =
            [V::load(corner), V::load(corner.add(pixel)), V::load(corner.add(line)), V::load(corner.add(line + pixel))];
        if self.is_curved() {
            return (self.curved_window(values, bias), [every; 4]);
        }
        if self.pool == Pool::Max {
            // The first of equal values wins, as in Burn.
            let (right, lower_right) = (values[1].greater(values[0]), values[3].greater(values[2]));
            let (upper, lower) = (values[0].max(values[1]), values[2].max(values[3]));
            let below = lower.greater(upper);
            let value = upper.max(lower).add(bias);
            let (value, active) = match self.pointwise {
                Pointwise::Relu => (value.max(zero), value.greater(zero)),
                _ => (value, every),
            };
            let (above, below) = (!below & active, below & active);
            return (value, [above & !right, above & right, below & !lower_right, below & lower_right]);
        }
        let mut sum = zero;
        let mut bits = [every; 4];
        for (value, bits) in values.into_iter().zip(&mut bits) {
            let value = value.add(bias);
            sum = match self.pointwise {
                Pointwise::Relu => {
                    *bits = value.greater(zero);
                    sum.add(value.max(zero))
                }
                _ => sum.add(value),
            };
        }
        (sum.mul(V::splat(0.25)), bits)
    }

    /// A window whose values bend before they become one.
    #[inline(always)]
    unsafe fn curved_window<V: Vector>(&self, values: [V; 4], bias: V) -> V {
        let [a, b, c, d] = values;
        let [a, b, c, d] = [
            curve::value(self.pointwise, a.add(bias)),
            curve::value(self.pointwise, b.add(bias)),
            curve::value(self.pointwise, c.add(bias)),
            curve::value(self.pointwise, d.add(bias)),
        ];
        if self.pool == Pool::Max {
            return a.max(b).max(c.max(d));
        }
        a.add(b).add(c.add(d)).mul(V::splat(0.25))
    }

    /// The gradient of an image's convolution, into its place in `target`, from the gradient of the output; adds its sum over the
    /// pixels to `bias`. What lies outside the pooled windows is not written.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn backward<V: Vector>(
        &self,
        gradient: &[f32],
        masks: &[u16],
        target: &mut [f32],
        frame: &Frame,
        bias: &mut [f32],
    ) {
        let window = self.window();
        let [height, width] = self.size;
        let last = |d: usize| frame.origin[d] + self.size[d] * window - 1;
        assert!(height > 0 && width > 0 && frame.size[0] > last(0) && frame.size[1] > last(1));
        assert!(
            frame.channels.is_multiple_of(V::LANES) && frame.channels >= self.channels && bias.len() >= frame.channels
        );
        assert!(target.len() >= frame.len() && gradient.len() >= self.len() && masks.len() >= self.masks(V::LANES));
        let scale = V::splat(if self.pool == Pool::Average { 0.25 } else { 1.0 });
        let mut mask = 0;
        for y in 0..height {
            for x in 0..width {
                for channel in (0..self.channels).step_by(V::LANES) {
                    let place = (y * width + x) * self.channels + channel;
                    let value = load_some::<V>(&gradient[place..], self.channels - channel).mul(scale);
                    let mut sum = V::splat(0.0);
                    for position in 0..window * window {
                        let kept = if self.is_selective() { value.keep(masks[mask + position]) } else { value };
                        let line = frame.origin[0] + y * window + position / 2;
                        let column = frame.origin[1] + x * window + position % 2;
                        // SAFETY: the frame holds the window, as asserted.
                        kept.store(target.as_mut_ptr().add(frame.at(line, column) + channel));
                        sum = sum.add(kept);
                    }
                    if self.is_selective() {
                        mask += window * window;
                    }
                    // SAFETY: as long as the frame's channels, as asserted.
                    let bias = bias.as_mut_ptr().add(channel);
                    V::load(bias).add(sum).store(bias);
                }
            }
        }
    }
}

/// Writes the first `count` lanes.
#[inline(always)]
pub(super) unsafe fn store_some<V: Vector>(value: V, target: &mut [MaybeUninit<f32>], count: usize) {
    if count >= V::LANES {
        assert!(target.len() >= V::LANES);
        value.store(target.as_mut_ptr().cast());
    } else {
        let mut lanes = [0.0; 16];
        value.store(lanes.as_mut_ptr());
        target[..count].write_copy_of_slice(&lanes[..count]);
    }
}

/// Reads the first `count` lanes; the others are zero.
#[inline(always)]
pub(super) unsafe fn load_some<V: Vector>(source: &[f32], count: usize) -> V {
    if count >= V::LANES {
        assert!(source.len() >= V::LANES);
        V::load(source.as_ptr())
    } else {
        let mut lanes = [0.0; 16];
        lanes[..count].copy_from_slice(&source[..count]);
        V::load(lanes.as_ptr())
    }
}

/// True if every value is a number smaller than 2^40.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn is_tame<V: Vector>(values: &[f32]) -> bool {
    let chunks = values.chunks_exact(4 * V::LANES);
    let rest = chunks.remainder();
    let mut tame = rest.iter().all(|value| value.abs() < super::vector::TAME);
    for chunk in chunks {
        for vector in chunk.chunks_exact(V::LANES) {
            // SAFETY: exactly a vector long.
            tame &= V::load(vector.as_ptr()).is_tame();
        }
    }
    tame
}
