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
}

impl Layer {
    /// `[kernel height, kernel width, in][out]`, in blocks.
    pub(super) fn direct_weights(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let blocks = self.blocks(self.geometry.channels_out, taps * channels);
        let mut packed = vec![0.0; blocks.depth * blocks.columns];
        for (out, weight) in weight.chunks_exact(channels * taps).enumerate() {
            let lane = out % blocks.lanes;
            for (channel, weight) in weight.chunks_exact(taps).enumerate() {
                for (tap, value) in weight.iter().enumerate() {
                    packed[blocks.place(out - lane, tap * channels + channel) + lane] = *value;
                }
            }
        }
        packed
    }

    /// `[kernel height, kernel width, out][in]` with height and width reversed, in blocks: what the gradient is convolved with.
    pub(super) fn direct_weights_flipped(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let channels_out = self.padded(self.geometry.channels_out);
        let blocks = self.blocks(channels, taps * channels_out);
        let mut packed = vec![0.0; blocks.depth * blocks.columns];
        for (out, weight) in weight.chunks_exact(channels * taps).enumerate() {
            for (channel, weight) in weight.chunks_exact(taps).enumerate() {
                let lane = channel % blocks.lanes;
                for (tap, value) in weight.iter().rev().enumerate() {
                    packed[blocks.place(channel - lane, tap * channels_out + out) + lane] = *value;
                }
            }
        }
        packed
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

    /// The weight of a layer seen as dense: its taps are channels, `[out, kernel height, kernel width, in]`.
    pub(super) fn dense_weight(&self, weight: &[f32]) -> Vec<f32> {
        let channels = self.geometry.channels_in;
        transposed(weight, [channels, self.kernel_taps()])
    }

    /// The inverse of [`dense_weight`](Self::dense_weight).
    pub(super) fn from_dense_weight(&self, weight: &[f32]) -> Vec<f32> {
        transposed(weight, [self.kernel_taps(), self.geometry.channels_in])
    }

    pub(super) fn kernel_taps(&self) -> usize {
        self.geometry.kernel[0] * self.geometry.kernel[1]
    }

    fn blocks(&self, columns: usize, depth: usize) -> Blocks {
        Blocks { lanes: self.kernels.lanes, columns: self.padded(columns), depth }
    }
}

/// Each matrix `[rows, columns]` of `values` with rows and columns exchanged.
fn transposed(values: &[f32], [rows, columns]: [usize; 2]) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    for (source, target) in values.chunks_exact(rows * columns).zip(out.chunks_exact_mut(rows * columns)) {
        for (row, source) in source.chunks_exact(columns).enumerate() {
            target[row..].iter_mut().step_by(rows).zip(source).for_each(|(target, value)| *target = *value);
        }
    }
    out
}
