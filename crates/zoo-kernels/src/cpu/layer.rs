//! A layer on the fastest kernels for it: all images, on all threads.

use super::fresh::{seen, tasks, unwritten, written};
use super::geometry::{Geometry, Order, StridedImages};
use super::isa::{Kernels, Taps};
use super::pool::Epilogue;
use crate::block::{Pointwise, Pool};
use rayon::prelude::*;

/// The most images whose weight gradients are summed as one.
pub(super) const GROUP: usize = 8;

/// Channels of the input from which tiles are faster forward.
const FORWARD_CHANNELS: usize = 3;
/// Channels of input and output from which they are faster backward, and of the output forward.
pub(super) const BACKWARD_CHANNELS: usize = 16;

/// Kernels, one for each pair of channels, up to which their transforms stay in the cache.
pub(super) const MOST_KERNELS: usize = 1 << 16;
/// Weights from which reading them again for every line of the output is a loss: Burn's matrix products are made for so many.
const MOST_WEIGHTS: usize = 1 << 18;

/// Pixels of the outputs of all images that share less than their part of the weights' gradients: half as many weights are a loss then.
const FEW_PIXELS: usize = 1 << 10;

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// Sum by sum.
    Direct,
    /// The same where each channel is convolved by itself: as many groups as channels of input and output.
    Depthwise,
    /// In tiles with fewer multiplications.
    Winograd(Taps),
}

/// A convolution with what follows it.
#[derive(Clone, Copy)]
pub(crate) struct BlockLayer {
    pub(crate) geometry: Geometry,
    pub(crate) pointwise: Pointwise,
    pub(crate) pool: Pool,
    /// Of the output.
    pub(crate) order: Order,
    /// Of the forward pass.
    pub(crate) algorithm: Algorithm,
    pub(crate) kernels: &'static Kernels,
}

/// What is wanted of a forward pass besides its output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    Nothing,
    /// What its gradient needs to know.
    Masks,
    /// That, and what the channels' mean and variance are computed from.
    Moments,
}

/// A layer's output, and what its gradient needs to know of it.
pub(crate) struct Output {
    /// In the layer's order.
    pub(crate) values: Vec<f32>,
    /// Which values of each window pass their gradient on; empty where all do or nobody will ask.
    pub(crate) masks: Vec<u16>,
    /// Means and sums of squared distances from them, image by image, each filled up to whole vectors; empty if they were not wanted.
    pub(crate) moments: Vec<f32>,
}

impl BlockLayer {
    /// The layer with the algorithm that suits it; `None` if Burn's own operations suit it better.
    pub(crate) fn new(geometry: Geometry, pointwise: Pointwise, pool: Pool, kernels: &'static Kernels) -> Option<Self> {
        if !geometry.is_proper() {
            return None;
        }
        // Transforming a tile pays if enough channels share it.
        let tiled = geometry.slides_by_ones()
            && geometry.channels_in >= FORWARD_CHANNELS
            && geometry.channels_out >= BACKWARD_CHANNELS
            && geometry.channels_in * geometry.channels_out <= MOST_KERNELS
            && geometry.output().iter().all(|size| *size >= 3);
        let direct = Self::direct(geometry, pointwise, pool, kernels);
        let algorithm = match geometry.kernel {
            [3, 3] if tiled => Algorithm::Winograd(Taps::three(direct.used())),
            [5, 5] if tiled => Algorithm::Winograd(Taps::Five),
            _ => Algorithm::Direct,
        };
        let layer = Self { algorithm, ..direct };
        let pixels = geometry.batch * geometry.output().iter().product::<usize>();
        let most = if pixels < FEW_PIXELS { MOST_WEIGHTS / 2 } else { MOST_WEIGHTS };
        let fits = algorithm != Algorithm::Direct || layer.taps() * geometry.channels_out < most;
        (layer.is_supported() && fits).then_some(layer)
    }

    /// The layer whose every channel is convolved by itself, `geometry` counting all of them on both sides.
    pub(crate) fn depthwise(
        geometry: Geometry,
        pointwise: Pointwise,
        pool: Pool,
        kernels: &'static Kernels,
    ) -> Option<Self> {
        let direct = Self::direct(geometry, pointwise, pool, kernels);
        let layer = Self { algorithm: Algorithm::Depthwise, ..direct };
        (geometry.is_proper() && geometry.channels_in == geometry.channels_out && layer.is_supported()).then_some(layer)
    }

    fn direct(geometry: Geometry, pointwise: Pointwise, pool: Pool, kernels: &'static Kernels) -> Self {
        // What is left alone is meant for Burn's operations, a block for the next one.
        let alone = pointwise == Pointwise::None && pool == Pool::None;
        let order = if alone { Order::ChannelsFirst } else { Order::ChannelsLast };
        Self { geometry, pointwise, pool, order, algorithm: Algorithm::Direct, kernels }
    }

    /// The layer for one image whose weights are prepared, with the algorithm that suits that, for a geometry that counts the channels of
    /// all groups: of several one, unless each channel is convolved by itself. `None` if it is not for the kernels.
    pub(crate) fn prepared(
        geometry: Geometry,
        groups: usize,
        pointwise: Pointwise,
        pool: Pool,
        kernels: &'static Kernels,
    ) -> Option<Self> {
        let is_depthwise = geometry.is_depthwise(groups);
        let geometry = if is_depthwise { geometry } else { geometry.of_group(groups) };
        let layer = Self { order: Order::ChannelsLast, ..Self::direct(geometry, pointwise, pool, kernels) };
        let supported = geometry.is_proper() && layer.is_supported();
        supported.then(|| {
            let algorithm = if is_depthwise { Algorithm::Depthwise } else { layer.algorithm_of_one() };
            Self { algorithm, ..layer }
        })
    }

    /// What is fastest for one image if transforming the weights costs nothing, as measured: tiles where enough channels share them.
    fn algorithm_of_one(&self) -> Algorithm {
        let Geometry { channels_in, channels_out, .. } = self.geometry;
        let pays = channels_in >= BACKWARD_CHANNELS && channels_out >= BACKWARD_CHANNELS;
        let tiled = self.geometry.slides_by_ones() && self.geometry.output().iter().all(|size| *size >= 3);
        match self.geometry.kernel {
            [3, 3] if tiled && pays => Algorithm::Winograd(Taps::three(self.used())),
            [5, 5] if tiled && pays => Algorithm::Winograd(Taps::Five),
            _ => Algorithm::Direct,
        }
    }

    fn is_supported(&self) -> bool {
        let (padding, reach) = (self.geometry.padding, self.geometry.reach());
        let overlaps = (0..2).all(|d| padding[d].0 < reach[d] && padding[d].1 < reach[d]);
        overlaps && self.epilogue().size.iter().all(|size| *size > 0)
    }

    pub(crate) fn epilogue(&self) -> Epilogue {
        let mut epilogue =
            Epilogue { pointwise: self.pointwise, pool: self.pool, size: [0, 0], channels: self.geometry.channels_out };
        epilogue.size = self.geometry.output().map(|size| size / epilogue.window());
        epilogue
    }

    /// Height and width of what pooling uses of the convolution's output: an odd line at its end is in no window.
    pub(super) fn used(&self) -> [usize; 2] {
        let epilogue = self.epilogue();
        epilogue.size.map(|size| size * epilogue.window())
    }

    /// Channels filled up to whole vectors.
    pub(super) fn padded(&self, channels: usize) -> usize {
        channels.next_multiple_of(self.kernels.lanes)
    }

    /// The output for `x`, or `None` if a value is not a number below 2^40, where shortcuts could differ from Burn.
    pub(crate) fn forward(
        &self,
        x: StridedImages<'_>,
        weight: &[f32],
        bias: Option<&[f32]>,
        keep: Keep,
    ) -> Option<Output> {
        let tame = |values: &[f32]| (self.kernels.is_tame)(values);
        if !tame(weight) || !bias.is_none_or(tame) {
            return None;
        }
        if let Some(dense) = self.as_dense(&x) {
            let packed = dense.packer(self).direct_weights(weight);
            return dense.layer.run(dense.layer.images(x.values), &packed, bias, keep);
        }
        self.run(x, &self.packed_weights(weight), bias, keep)
    }

    fn run(&self, x: StridedImages<'_>, weight: &[f32], bias: Option<&[f32]>, keep: Keep) -> Option<Output> {
        let mut padded_bias = vec![0.0; self.padded(self.geometry.channels_out)];
        if let Some(bias) = bias {
            padded_bias[..bias.len()].copy_from_slice(bias);
        }
        let epilogue = self.epilogue();
        let image = epilogue.len();
        let image_masks = if keep == Keep::Nothing { 0 } else { epilogue.masks(self.kernels.lanes) };
        let image_moments = if keep == Keep::Moments { 2 * padded_bias.len() } else { 0 };
        let batch = self.geometry.batch;
        let mut values = unwritten(batch * image);
        let (mut all_masks, mut all_moments) = (vec![0; batch * image_masks], vec![0.0; batch * image_moments]);
        let step = self.images_a_task();
        let mask_tasks = tasks(&mut all_masks, step * image_masks, batch.div_ceil(step));
        let moment_tasks = tasks(&mut all_moments, step * image_moments, batch.div_ceil(step));
        let tame = values
            .par_chunks_mut(step * image)
            .zip(mask_tasks)
            .zip(moment_tasks)
            .enumerate()
            .map(|(task, ((values, masks), moments))| {
                let tame = match self.algorithm {
                    Algorithm::Direct | Algorithm::Depthwise => {
                        self.direct_forward(&x, task * step, weight, &padded_bias, values, masks)
                    }
                    Algorithm::Winograd(taps) => {
                        self.tile_forward(taps, &x, task * step, weight, &padded_bias, values, masks)
                    }
                };
                if keep == Keep::Moments {
                    let images = seen(values).chunks_exact(image).zip(moments.chunks_exact_mut(image_moments));
                    images.for_each(|(values, moments)| (self.kernels.moments)(values, epilogue.channels, moments));
                }
                tame
            })
            .reduce(|| true, |a, b| a & b);
        tame.then(|| Output { values: written(values), masks: all_masks, moments: all_moments })
    }

    /// StridedImages a task: enough to fill the tiles' buffers, few enough to keep every thread busy to the end.
    fn images_a_task(&self) -> usize {
        let fair = self.geometry.batch.div_ceil(4 * rayon::current_num_threads());
        match self.algorithm {
            Algorithm::Direct | Algorithm::Depthwise => fair.max(1),
            // As many as fill a pass, but some for every thread.
            Algorithm::Winograd(taps) => {
                let most = self.geometry.batch.div_ceil(rayon::current_num_threads());
                fair.max(self.images_a_pass(taps).min(most))
            }
        }
    }

    /// A layer whose kernel covers the whole image is a matrix product of all images: so seen, images become pixels.
    pub(super) fn as_dense(&self, x: &StridedImages<'_>) -> Option<Dense> {
        let Geometry { batch, channels_in, input, kernel, padding, .. } = self.geometry;
        let is_dense = self.algorithm != Algorithm::Depthwise && self.pool == Pool::None;
        let whole = is_dense && kernel == input && padding == [(0, 0); 2] && input != [1, 1];
        let size = [channels_in, input[0], input[1]];
        let orders = [Order::ChannelsLast, Order::ChannelsFirst];
        let order = orders.into_iter().find(|order| x.strides == order.strides(size)).filter(|_| whole)?;
        let width = (1..=2 * GROUP).rev().find(|width| batch.is_multiple_of(*width))?;
        let geometry = Geometry {
            batch: batch / width,
            channels_in: self.geometry.taps(),
            input: [1, width],
            kernel: [1, 1],
            stride: [1, 1],
            dilation: [1, 1],
            ..self.geometry
        };
        // With one pixel an image, both orders of the output are the same.
        let layer = Self { geometry, order: Order::ChannelsLast, algorithm: Algorithm::Direct, ..*self };
        Some(Dense { layer, order })
    }

    pub(super) fn images<'a>(&self, values: &'a [f32]) -> StridedImages<'a> {
        let Geometry { channels_in, input, .. } = self.geometry;
        StridedImages::channels_last(values, [channels_in, input[0], input[1]])
    }
}

/// A layer seen as a matrix product, and the order in which the taps of its kernel meet the input.
pub(super) struct Dense {
    pub(super) layer: BlockLayer,
    order: Order,
}

impl Dense {
    /// The layer whose view of the weights has the taps in this order: in the dense one's they stand as in memory.
    pub(super) fn packer<'a>(&'a self, layer: &'a BlockLayer) -> &'a BlockLayer {
        match self.order {
            Order::ChannelsLast => layer,
            Order::ChannelsFirst => &self.layer,
        }
    }
}
