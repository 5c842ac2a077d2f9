//! Weights as the kernels want them, and back.

use super::Layer;
use super::isa::Taps;
use super::winograd::POINTS;
use rayon::prelude::*;

/// Where a column stands in blocks of two vectors: see [`Product`](super::product::Product).
struct Blocks {
    lanes: usize,
    columns: usize,
    depth: usize,
}

impl Blocks {
    /// Start and width of the block of `column`, a multiple of the lanes.
    fn place(&self, column: usize, row: usize) -> usize {
        let block = column - column % (2 * self.lanes);
        let width = (self.columns - block).min(2 * self.lanes);
        block * self.depth + row * width + (column - block)
    }

    /// Blocks of the values that stand in `weight` at a row's place plus a column's; zero where there is no such row or column.
    fn pack(&self, weight: &[f32], rows: &[usize], columns: &[usize]) -> Vec<f32> {
        let mut packed = vec![0.0; self.depth * self.columns];
        let width = 2 * self.lanes;
        packed.par_chunks_mut(self.depth * width).enumerate().for_each(|(block, packed)| {
            let columns = &columns[block * width..];
            let packed = packed.chunks_exact_mut(width.min(self.columns - block * width));
            for (row, packed) in rows.iter().zip(packed) {
                let weight = &weight[*row..];
                packed.iter_mut().zip(columns).for_each(|(value, column)| *value = weight[*column]);
            }
        });
        packed
    }
}

impl Layer {
    /// `[kernel height, kernel width, in][out]`, in blocks.
    pub(super) fn direct_weights(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let blocks = self.blocks(self.geometry.channels_out, taps * channels);
        let rows = places([taps, channels], [1, taps]);
        blocks.pack(weight, &rows, &places([1, self.geometry.channels_out], [0, channels * taps]))
    }

    /// `[kernel height, kernel width, out][in]` with height and width reversed, in blocks: what the gradient is convolved with.
    pub(super) fn direct_weights_flipped(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let channels_out = self.padded(self.geometry.channels_out);
        let blocks = self.blocks(channels, taps * channels_out);
        // Rows beyond the last channel meet gradients of zero: any weight will do.
        let mut rows = Vec::new();
        for tap in (0..taps).rev() {
            rows.extend((0..channels_out).map(|out| out.min(self.geometry.channels_out - 1) * channels * taps + tap));
        }
        blocks.pack(weight, &rows, &places([1, channels], [0, taps]))
    }

    /// `[out][kernel height, kernel width, in]`, in blocks: as the one before, for a kernel that covers the whole image.
    pub(super) fn dense_weights_transposed(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let blocks = self.blocks(taps * channels, self.padded(self.geometry.channels_out));
        let rows = places([1, self.geometry.channels_out], [0, channels * taps]);
        blocks.pack(weight, &rows, &places([taps, channels], [1, taps]))
    }

    /// `[point][in][out]`, in blocks: `G w G^T`.
    pub(super) fn tile_weights(&self, kernel: Taps, weight: &[f32]) -> Vec<f32> {
        let (channels_in, channels_out) = (self.geometry.channels_in, self.geometry.channels_out);
        let taps = self.kernel_taps();
        self.transformed(kernel, [channels_in, channels_out], |channel, out| {
            &weight[(out * channels_in + channel) * taps..][..taps]
        })
    }

    /// `[point][out][in]`, in blocks.
    pub(super) fn tile_weights_transposed(&self, kernel: Taps, weight: &[f32]) -> Vec<f32> {
        let (channels_in, channels_out) = (self.geometry.channels_in, self.geometry.channels_out);
        let taps = self.kernel_taps();
        self.transformed(kernel, [channels_out, channels_in], |out, channel| {
            &weight[(out * channels_in + channel) * taps..][..taps]
        })
    }

    fn transformed<'a>(
        &self,
        kernel: Taps,
        [depth, columns]: [usize; 2],
        at: impl Fn(usize, usize) -> &'a [f32],
    ) -> Vec<f32> {
        let lanes = self.kernels.lanes;
        let blocks = self.blocks(columns, depth);
        let point = depth * blocks.columns;
        let mut transformed = vec![0.0; POINTS * point];
        let mut taps = vec![0.0; self.kernel_taps() * lanes];
        for row in 0..depth {
            for column in (0..columns).step_by(lanes) {
                taps.fill(0.0);
                for lane in 0..lanes.min(columns - column) {
                    let kernel = at(row, column + lane);
                    taps[lane..].iter_mut().step_by(lanes).zip(kernel).for_each(|(tap, value)| *tap = *value);
                }
                let target = &mut transformed[blocks.place(column, row)..];
                (self.kernels.transform_weights[kernel as usize])(&taps, target, point);
            }
        }
        transformed
    }

    /// The sum of groups `[kernel height, kernel width, in][out]` as `[out, in, kernel height, kernel width]`.
    pub(super) fn standard_weights(&self, groups: &[Vec<f32>]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let columns = self.padded(self.geometry.channels_out);
        let lanes = self.kernels.lanes;
        let mut weight = vec![0.0; self.geometry.channels_out * channels * taps];
        weight.par_chunks_mut(lanes * channels * taps).enumerate().for_each(|(block, weight)| {
            let mut sums = [0.0; 16];
            for channel in 0..channels {
                for tap in 0..taps {
                    let place = (tap * channels + channel) * columns + block * lanes;
                    sums.fill(0.0);
                    for group in groups {
                        sums.iter_mut().zip(&group[place..place + lanes]).for_each(|(sum, value)| *sum += value);
                    }
                    let targets = weight[channel * taps + tap..].iter_mut().step_by(channels * taps);
                    targets.zip(&sums).for_each(|(target, sum)| *target = *sum);
                }
            }
        });
        weight
    }

    pub(super) fn kernel_taps(&self) -> usize {
        self.geometry.kernel[0] * self.geometry.kernel[1]
    }

    fn blocks(&self, columns: usize, depth: usize) -> Blocks {
        Blocks { lanes: self.kernels.lanes, columns: self.padded(columns), depth }
    }
}

/// `outer * steps[0] + inner * steps[1]` for every `inner` of every `outer`.
fn places([outers, inners]: [usize; 2], steps: [usize; 2]) -> Vec<usize> {
    (0..outers).flat_map(|outer| (0..inners).map(move |inner| outer * steps[0] + inner * steps[1])).collect()
}
