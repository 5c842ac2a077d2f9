//! Pooling of any window: pixels whose channels stand together, with nothing before or behind.

#![allow(unsafe_op_in_unsafe_fn)]

use super::pool::{load_some, store_some};
use super::vector::Vector;
use std::mem::MaybeUninit;
use std::ops::Range;

/// What becomes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The largest value, the first of equal ones.
    Max,
    /// The mean, in which zeros around the image count or not.
    Average { counts_padding: bool },
}

/// Windows that slide over an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sliding {
    pub(crate) kind: Kind,
    pub(crate) channels: usize,
    /// Height and width of the input.
    pub(crate) input: [usize; 2],
    pub(crate) window: [usize; 2],
    pub(crate) stride: [usize; 2],
    /// Lines and columns around the input.
    pub(crate) padding: [usize; 2],
}

impl Sliding {
    /// Height and width of the output.
    pub(crate) fn output(&self) -> [usize; 2] {
        [0, 1].map(|d| (self.input[d] + 2 * self.padding[d] - self.window[d]) / self.stride[d] + 1)
    }

    /// True if every window has at least one value.
    pub(crate) fn is_proper(&self) -> bool {
        (0..2).all(|d| {
            self.input[d] > 0
                && self.window[d] > self.padding[d]
                && self.stride[d] > 0
                && self.input[d] + 2 * self.padding[d] >= self.window[d]
        })
    }

    /// Values of an image of the input, and of one of the output.
    pub(crate) fn lengths(&self) -> [usize; 2] {
        [self.input, self.output()].map(|size| size[0] * size[1] * self.channels)
    }

    /// The part of the window at a place of the output that lies in the input.
    fn seen(&self, d: usize, place: usize) -> Range<usize> {
        let start = place * self.stride[d];
        start.saturating_sub(self.padding[d])..(start + self.window[d] - self.padding[d]).min(self.input[d])
    }

    /// The part of each value in the mean of a window, of which these lines and columns lie in the input.
    fn share(&self, lines: &Range<usize>, columns: &Range<usize>) -> f32 {
        match self.kind {
            Kind::Max => 1.0,
            Kind::Average { counts_padding: true } => 1.0 / (self.window[0] * self.window[1]) as f32,
            Kind::Average { counts_padding: false } => 1.0 / (lines.len() * columns.len()) as f32,
        }
    }

    /// The output of an image: every value of `target`; for maxima also where they stand, as pixels of the input, unless `places` is empty.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn forward<V: Vector>(
        &self,
        source: &[f32],
        target: &mut [MaybeUninit<f32>],
        places: &mut [f32],
    ) {
        let [height, width] = self.output();
        let [inputs, outputs] = self.lengths();
        assert!(source.len() >= inputs && target.len() == outputs && (places.is_empty() || places.len() == outputs));
        for y in 0..height {
            let lines = self.seen(0, y);
            for x in 0..width {
                let columns = self.seen(1, x);
                let at = (y * width + x) * self.channels;
                for channel in (0..self.channels).step_by(V::LANES) {
                    let (count, window) = (self.channels - channel, (lines.clone(), columns.clone()));
                    let value = match self.kind {
                        Kind::Max if places.is_empty() => self.largest::<V>(&source[channel..], count, window),
                        Kind::Max => {
                            let (value, place) = self.largest_place::<V>(&source[channel..], count, window);
                            store_some(place, super::scratch::unwritten(&mut places[at + channel..]), count);
                            value
                        }
                        Kind::Average { .. } => self.mean::<V>(&source[channel..], count, window),
                    };
                    store_some(value, &mut target[at + channel..], count);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn largest<V: Vector>(&self, source: &[f32], count: usize, window: (Range<usize>, Range<usize>)) -> V {
        let (lines, columns) = window;
        let mut largest = V::splat(f32::MIN);
        for line in lines {
            for column in columns.clone() {
                largest = largest.max(load_some(&source[(line * self.input[1] + column) * self.channels..], count));
            }
        }
        largest
    }

    #[inline(always)]
    unsafe fn largest_place<V: Vector>(
        &self,
        source: &[f32],
        count: usize,
        window: (Range<usize>, Range<usize>),
    ) -> (V, V) {
        let (lines, columns) = window;
        let (mut largest, mut place) = (V::splat(f32::MIN), V::splat(0.0));
        for line in lines {
            for column in columns.clone() {
                let pixel = line * self.input[1] + column;
                let value = load_some::<V>(&source[pixel * self.channels..], count);
                let is_larger = value.sub(largest).is_positive();
                place = V::splat(pixel as f32).sub(place).mul_add(is_larger, place);
                largest = largest.max(value);
            }
        }
        (largest, place)
    }

    #[inline(always)]
    unsafe fn mean<V: Vector>(&self, source: &[f32], count: usize, window: (Range<usize>, Range<usize>)) -> V {
        let (lines, columns) = window;
        let share = V::splat(self.share(&lines, &columns));
        let mut sum = V::splat(0.0);
        for line in lines {
            for column in columns.clone() {
                sum = sum.add(load_some(&source[(line * self.input[1] + column) * self.channels..], count));
            }
        }
        sum.mul(share)
    }

    /// Adds to the gradient of an image what each mean passes on.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn spread<V: Vector>(&self, gradient: &[f32], target: &mut [f32]) {
        let [height, width] = self.output();
        let [inputs, outputs] = self.lengths();
        assert!(gradient.len() >= outputs && target.len() >= inputs);
        for y in 0..height {
            let lines = self.seen(0, y);
            for x in 0..width {
                let columns = self.seen(1, x);
                let share = V::splat(self.share(&lines, &columns));
                let at = (y * width + x) * self.channels;
                for channel in (0..self.channels).step_by(V::LANES) {
                    let count = self.channels - channel;
                    let value = load_some::<V>(&gradient[at + channel..], count).mul(share);
                    for line in lines.clone() {
                        for column in columns.clone() {
                            let target = &mut target[(line * self.input[1] + column) * self.channels + channel..];
                            let sum = load_some::<V>(target, count).add(value);
                            store_some(sum, super::scratch::unwritten(target), count);
                        }
                    }
                }
            }
        }
    }

    /// Adds to the gradient of an image what each maximum passes on to its place.
    pub(crate) fn scatter(&self, gradient: &[f32], places: &[f32], target: &mut [f32]) {
        let pixels = gradient.chunks_exact(self.channels).zip(places.chunks_exact(self.channels));
        for (gradient, places) in pixels {
            for (channel, (gradient, place)) in gradient.iter().zip(places).enumerate() {
                target[*place as usize * self.channels + channel] += gradient;
            }
        }
    }
}
