//! The weight gradient behind a maximum: of each window of four values one at most passes its gradient on, so that sums over the
//! others are spared.

#![allow(unsafe_op_in_unsafe_fn)]

use super::geometry::{Frame, Geometry};
use super::scratch::Scratch;
use super::vector::Vector;
use super::{Layer, Work};
use crate::layer::Pool;

/// Vectors of taps that stay in registers.
const REGISTERS: usize = 5;
/// Vectors a kernel may take up before the usual way is faster.
const MOST: usize = 2 * REGISTERS;

/// A value of the output that passes its gradient on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    /// Where its window begins in the frame.
    place: u32,
    gradient: f32,
}

/// `sums += gradient * x[place + offset..]`, over all entries, a vector for each of the offsets.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn accumulate<V: Vector>(entries: &[Entry], x: &[f32], offsets: &[usize], sums: &mut [f32]) {
    let (offset, place) = (offsets.iter().max(), entries.iter().map(|entry| entry.place).max());
    let (Some(offset), Some(place)) = (offset, place) else { return };
    assert!(x.len() >= place as usize + offset + V::LANES && sums.len() >= offsets.len() * V::LANES);
    for (offsets, sums) in offsets.chunks(REGISTERS).zip(sums.chunks_mut(REGISTERS * V::LANES)) {
        match *offsets {
            [a, b, c, d, e] => pass::<V, 5>(entries, x, [a, b, c, d, e], sums),
            [a, b, c, d] => pass::<V, 4>(entries, x, [a, b, c, d], sums),
            [a, b, c] => pass::<V, 3>(entries, x, [a, b, c], sums),
            [a, b] => pass::<V, 2>(entries, x, [a, b], sums),
            [a] => pass::<V, 1>(entries, x, [a], sums),
            _ => unreachable!("chunks have one to five"),
        }
    }
}

#[inline(always)]
unsafe fn pass<V: Vector, const N: usize>(entries: &[Entry], x: &[f32], offsets: [usize; N], target: &mut [f32]) {
    // SAFETY: the caller has checked the furthest vector of each slice.
    let x = x.as_ptr();
    let mut sums = [V::splat(0.0); N];
    for entry in entries {
        let x = x.add(entry.place as usize);
        let gradient = V::splat(entry.gradient);
        for (sum, offset) in sums.iter_mut().zip(offsets) {
            *sum = gradient.mul_add(V::load(x.add(offset)), *sum);
        }
    }
    for (n, sum) in sums.into_iter().enumerate() {
        let target = target.as_mut_ptr().add(n * V::LANES);
        V::load(target).add(sum).store(target);
    }
}

/// The vectors that the taps of one output channel take up in the frame.
struct Taps {
    /// Of each vector, from the window's beginning.
    offsets: Vec<usize>,
    /// Vectors a line of the window.
    a_line: usize,
}

impl Layer {
    fn sparse_taps(&self, frame: &Frame) -> Taps {
        let Geometry { channels_in, kernel, .. } = self.geometry;
        let lanes = self.kernels.lanes;
        let a_line = (kernel[1] * channels_in).div_ceil(lanes);
        let vectors = (0..kernel[0]).flat_map(|line| (0..a_line).map(move |vector| (line, vector)));
        Taps { offsets: vectors.map(|(line, vector)| line * frame.line() + vector * lanes).collect(), a_line }
    }

    /// True if few vectors hold a channel's taps, and at most one value in four counts.
    pub(super) fn is_sparse(&self) -> bool {
        let Geometry { channels_in, kernel, .. } = self.geometry;
        let vectors = kernel[0] * (kernel[1] * channels_in).div_ceil(self.kernels.lanes);
        self.pool == Pool::Max && vectors <= MOST
    }

    /// As [`direct_backward`](Self::direct_backward), without the input's gradient.
    pub(super) fn sparse_backward(&self, work: &Work<'_>, sums: &mut [f32], bias: &mut [f32]) {
        let Geometry { channels_in, input, channels_out, kernel, padding, .. } = self.geometry;
        let epilogue = self.epilogue();
        let frame =
            Frame { origin: padding.map(|(before, _)| before), ..Frame::tight(self.geometry.padded(), channels_in) };
        let taps = self.sparse_taps(&frame);
        let width = taps.offsets.len() * self.kernels.lanes;
        let pixels = epilogue.size[0] * epilogue.size[1];
        let mut entries = vec![Entry::default(); pixels];
        Scratch::with(|scratch| {
            // Where a line of the window is no whole number of vectors, the last one reads on into the slack.
            let [packed, totals] = scratch.take([frame.len() + self.kernels.lanes, channels_out * width]);
            totals.fill(0.0);
            packed[frame.len()..].fill(0.0);
            for image in work.images.clone() {
                frame.pack(work.x, image, [channels_in, input[0], input[1]], packed);
                let (gradient, masks) = work.image(image, &epilogue, self.kernels.lanes);
                for (channel, totals) in totals.chunks_exact_mut(width).enumerate() {
                    let (count, sum) = self.list(channel, gradient, masks, &frame, &mut entries);
                    bias[channel] += sum;
                    (self.kernels.accumulate)(&entries[..count], packed, &taps.offsets, totals);
                }
            }
            let (columns, run) = (sums.len() / self.geometry.taps(), kernel[1] * channels_in);
            for (channel, totals) in totals.chunks_exact(width).enumerate() {
                for (line, totals) in totals.chunks_exact(taps.a_line * self.kernels.lanes).enumerate() {
                    let targets = sums[line * run * columns + channel..].iter_mut().step_by(columns);
                    targets.zip(&totals[..run]).for_each(|(target, total)| *target += total);
                }
            }
        });
    }

    /// Fills `entries` with the values of `channel` that pass their gradient on; returns how many, and
    /// their sum.
    fn list(
        &self,
        channel: usize,
        gradient: &[f32],
        masks: &[u16],
        frame: &Frame,
        entries: &mut [Entry],
    ) -> (usize, f32) {
        let Geometry { channels_out, stride, .. } = self.geometry;
        let (lanes, width) = (self.kernels.lanes, self.epilogue().size[1]);
        let (groups, lane) = (channels_out.div_ceil(lanes), channel % lanes);
        let (right, below) = (frame.at(0, stride[1]) as u32, frame.at(stride[0], 0) as u32);
        let lines = gradient.chunks_exact(width * channels_out).zip(masks.chunks_exact(width * 4 * groups));
        let (mut count, mut sum) = (0, 0.0);
        for (line, (gradients, masks)) in lines.enumerate() {
            let mut corner = frame.at(2 * line * stride[0], 0) as u32;
            let pixels = gradients.chunks_exact(channels_out).zip(masks.chunks_exact(4 * groups));
            for (gradients, masks) in pixels {
                let masks = &masks[channel / lanes * 4..][..4];
                let bit = |position: usize| u32::from(masks[position] >> lane & 1);
                let (second, third, fourth) = (bit(1), bit(2), bit(3));
                // No branch: an entry that does not count is overwritten by the next.
                let place = corner + (second | fourth) * right + (third | fourth) * below;
                entries[count] = Entry { place, gradient: gradients[channel] };
                let active = bit(0) | second | third | fourth;
                count += active as usize;
                sum += f32::from_bits(gradients[channel].to_bits() & active.wrapping_neg());
                corner += 2 * right;
            }
        }
        (count, sum)
    }
}
