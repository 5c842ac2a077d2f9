//! Weights as the kernels want them, and back.

use super::fresh::{unwritten, written};
use super::isa::Taps;
use super::layer::{Algorithm, BlockLayer};
use super::winograd::PADDING;
use rayon::prelude::*;

/// Where a column stands in blocks of two vectors: see [`Product`](super::product::Product).
struct Blocks {
    lanes: usize,
    columns: usize,
    depth: usize,
}

impl Blocks {
    /// Blocks of `rows` x `columns` kernels, tap `tap` of which belongs to the row that `place` tells. What no kernel fills is zero.
    ///
    /// Kernels are read one after another and turned in a buffer: read value by value, their strides would fight for a few lines of
    /// the cache.
    fn pack_kernels<'a>(
        &self,
        [rows, columns]: [usize; 2],
        kernel: impl Fn(usize, usize) -> &'a [f32] + Sync,
        place: impl Fn(usize, usize) -> usize + Sync,
    ) -> Vec<f32> {
        let mut packed = vec![0.0; self.depth * self.columns];
        let block_width = 2 * self.lanes;
        packed.par_chunks_mut(self.depth * block_width).enumerate().for_each(|(block, packed)| {
            let first = block * block_width;
            let width = block_width.min(self.columns - first);
            let used = width.min(columns - first);
            let mut turned = Vec::new();
            for row in 0..rows {
                for column in 0..used {
                    let kernel = kernel(row, first + column);
                    turned.resize(kernel.len() * width, 0.0);
                    let targets = turned.iter_mut().skip(column).step_by(width);
                    targets.zip(kernel).for_each(|(target, value)| *target = *value);
                }
                for (tap, turned) in turned.chunks_exact(width).enumerate() {
                    packed[place(row, tap) * width..][..width].copy_from_slice(turned);
                }
            }
        });
        packed
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

impl BlockLayer {
    /// The weights as the layer's algorithm wants them.
    pub(super) fn packed_weights(&self, weight: &[f32]) -> Vec<f32> {
        match self.algorithm {
            Algorithm::Direct => self.direct_weights(weight),
            Algorithm::Depthwise => self.depthwise_weights(weight, |tap| tap),
            Algorithm::Winograd(taps) => self.tile_weights(taps, weight),
        }
    }

    /// As `algorithm` wants them for the gradient of the input.
    pub(super) fn packed_weights_transposed(&self, algorithm: Algorithm, weight: &[f32]) -> Vec<f32> {
        match algorithm {
            Algorithm::Direct => self.direct_weights_flipped(weight),
            Algorithm::Depthwise => self.depthwise_weights(weight, |tap| self.kernel_taps() - 1 - tap),
            Algorithm::Winograd(taps) => self.tile_weights_transposed(taps, weight),
        }
    }

    /// `[kernel height, kernel width][channel]`, the taps in the order that `place` tells.
    fn depthwise_weights(&self, weight: &[f32], place: impl Fn(usize) -> usize) -> Vec<f32> {
        let (taps, columns) = (self.kernel_taps(), self.padded(self.geometry.channels_out));
        let mut packed = vec![0.0; taps * columns];
        for (channel, weight) in weight.chunks_exact(taps).enumerate() {
            weight.iter().enumerate().for_each(|(tap, weight)| packed[place(tap) * columns + channel] = *weight);
        }
        packed
    }

    /// `[kernel height, kernel width, in][out]`, in blocks.
    pub(super) fn direct_weights(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let blocks = self.blocks(self.geometry.channels_out, taps * channels);
        let kernel = |channel: usize, out: usize| &weight[(out * channels + channel) * taps..][..taps];
        blocks.pack_kernels([channels, self.geometry.channels_out], kernel, |channel, tap| tap * channels + channel)
    }

    /// `[kernel height, kernel width, out][in]` with height and width reversed, in blocks: what the gradient is convolved with.
    fn direct_weights_flipped(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let padded_out = self.padded(self.geometry.channels_out);
        let blocks = self.blocks(channels, taps * padded_out);
        let kernel = |out: usize, channel: usize| &weight[(out * channels + channel) * taps..][..taps];
        blocks.pack_kernels([self.geometry.channels_out, channels], kernel, |out, tap| {
            (taps - 1 - tap) * padded_out + out
        })
    }

    /// `[out][kernel height, kernel width, in]`, in blocks: as the one before, for a kernel that covers the whole image.
    pub(super) fn dense_weights_transposed(&self, weight: &[f32]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.geometry.channels_in);
        let blocks = self.blocks(taps * channels, self.padded(self.geometry.channels_out));
        let rows = places([1, self.geometry.channels_out], [0, channels * taps]);
        blocks.pack(weight, &rows, &places([taps, channels], [1, taps]))
    }

    /// `[point][in][out]`, in blocks: `G w G^T`.
    fn tile_weights(&self, kernel: Taps, weight: &[f32]) -> Vec<f32> {
        let (channels_in, channels_out) = (self.geometry.channels_in, self.geometry.channels_out);
        let taps = self.kernel_taps();
        self.transformed(kernel, [channels_in, channels_out], |channel, out| {
            &weight[(out * channels_in + channel) * taps..][..taps]
        })
    }

    /// `[point][out][in]`, in blocks.
    fn tile_weights_transposed(&self, kernel: Taps, weight: &[f32]) -> Vec<f32> {
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
        at: impl Fn(usize, usize) -> &'a [f32] + Sync,
    ) -> Vec<f32> {
        let blocks = self.blocks(columns, depth);
        let width = 2 * blocks.lanes;
        let of_blocks: Vec<Vec<f32>> = (0..blocks.columns.div_ceil(width))
            .into_par_iter()
            .map(|block| {
                let first = block * width;
                let wide = width.min(blocks.columns - first);
                self.transformed_block(kernel, [depth, wide], |row, column| {
                    (first + column < columns).then(|| at(row, first + column))
                })
            })
            .collect();
        let mut transformed = unwritten(kernel.points() * depth * blocks.columns);
        transformed.par_chunks_mut(depth * blocks.columns).enumerate().for_each(|(point, transformed)| {
            for (target, block) in transformed.chunks_mut(depth * width).zip(&of_blocks) {
                let values = target.len();
                target.write_copy_of_slice(&block[point * (values + PADDING)..][..values]);
            }
        });
        written(transformed)
    }

    /// One block, `[point][row][column]`, with some values between two points.
    fn transformed_block<'a>(
        &self,
        kernel: Taps,
        [depth, columns]: [usize; 2],
        at: impl Fn(usize, usize) -> Option<&'a [f32]>,
    ) -> Vec<f32> {
        let lanes = self.kernels.lanes;
        let point = depth * columns + PADDING;
        let mut transformed = vec![0.0; kernel.points() * point];
        let mut taps = vec![0.0; self.kernel_taps() * lanes];
        for row in 0..depth {
            for column in (0..columns).step_by(lanes) {
                taps.fill(0.0);
                for (lane, kernel) in (0..lanes).map_while(|lane| Some((lane, at(row, column + lane)?))) {
                    taps[lane..].iter_mut().step_by(lanes).zip(kernel).for_each(|(tap, value)| *tap = *value);
                }
                let target = &mut transformed[row * columns + column..];
                (self.kernels.transform_weights[kernel as usize])(&taps, target, point);
            }
        }
        transformed
    }

    /// The sum of groups `[kernel height, kernel width, in][out]` as `[out, in, kernel height, kernel width]`.
    pub(super) fn standard_weights(&self, groups: &[Vec<f32>]) -> Vec<f32> {
        let (taps, channels) = (self.kernel_taps(), self.channels_seen());
        let columns = self.padded(self.geometry.channels_out);
        let lanes = self.kernels.lanes;
        let mut weight = vec![0.0; self.geometry.channels_out * channels * taps];
        weight.par_chunks_mut(lanes * channels * taps).enumerate().for_each(|(block, weight)| {
            // Turned in a buffer: written value by value, the strides would fight for a few lines of the cache.
            let mut turned = vec![0.0; lanes * taps];
            for channel in 0..channels {
                for tap in 0..taps {
                    let place = (tap * channels + channel) * columns + block * lanes;
                    let mut sums = [0.0; 16];
                    for group in groups {
                        sums.iter_mut().zip(&group[place..place + lanes]).for_each(|(sum, value)| *sum += value);
                    }
                    let targets = turned.iter_mut().skip(tap).step_by(taps);
                    targets.zip(&sums).for_each(|(target, sum)| *target = *sum);
                }
                for (weight, turned) in weight.chunks_exact_mut(channels * taps).zip(turned.chunks_exact(taps)) {
                    weight[channel * taps..][..taps].copy_from_slice(turned);
                }
            }
        });
        weight
    }

    /// Weights of one output channel.
    pub(super) fn taps(&self) -> usize {
        self.kernel_taps() * self.channels_seen()
    }

    /// Channels of the input that an output channel sees.
    fn channels_seen(&self) -> usize {
        if self.algorithm == Algorithm::Depthwise { 1 } else { self.geometry.channels_in }
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
