//! A layer on the fastest kernels for it: all images, on all threads.

use super::geometry::{Frame, Geometry, Order, StridedImages};
use super::isa::{Kernels, Taps};
use super::pool::Epilogue;
use super::scratch::Scratch;
use crate::block::{Pointwise, Pool};
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// The most images whose weight gradients are summed as one.
pub(super) const GROUP: usize = 8;
/// Groups that even a small batch is cut into, for as many threads.
pub(super) const GROUPS: usize = 4;

/// Channels of the input from which tiles are faster forward.
const FORWARD_CHANNELS: usize = 3;
/// Channels of input and output from which they are faster backward, and of the output forward.
const BACKWARD_CHANNELS: usize = 16;

/// Kernels, one for each pair of channels, up to which their transforms stay in the cache.
const MOST_KERNELS: usize = 1 << 16;
/// The same backward, where there are three times as many numbers.
const MOST_KERNELS_BACKWARD: usize = 1 << 15;
/// Weights from which reading them again for every line of the output is a loss: Burn's matrix products are made for so many.
const MOST_WEIGHTS: usize = 1 << 18;

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// Sum by sum.
    Direct,
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

/// A layer's output, and what its gradient needs to know of it.
pub(crate) struct Output {
    /// In the layer's order.
    pub(crate) values: Vec<f32>,
    /// Which values of each window pass their gradient on; empty where all do or nobody will ask.
    pub(crate) masks: Vec<u16>,
}

/// The gradients of a layer.
pub(crate) struct Gradients {
    /// If it was wanted; in the order of the input.
    pub(crate) input: Option<Vec<f32>>,
    /// `[channels_out, channels_in, kernel height, kernel width]`.
    pub(crate) weight: Vec<f32>,
    /// `[channels_out]`.
    pub(crate) bias: Vec<f32>,
}

impl BlockLayer {
    /// The layer with the algorithm that suits it; `None` if Burn's own operations suit it better.
    pub(crate) fn new(geometry: Geometry, pointwise: Pointwise, pool: Pool, kernels: &'static Kernels) -> Option<Self> {
        // Transforming a tile pays if enough channels share it.
        let tiled = geometry.stride == [1, 1]
            && geometry.channels_in >= FORWARD_CHANNELS
            && geometry.channels_out >= BACKWARD_CHANNELS
            && geometry.channels_in * geometry.channels_out <= MOST_KERNELS
            && geometry.output().iter().all(|size| *size >= 3);
        let algorithm = match geometry.kernel {
            [3, 3] if tiled => Algorithm::Winograd(Taps::Three),
            [5, 5] if tiled => Algorithm::Winograd(Taps::Five),
            _ => Algorithm::Direct,
        };
        // What is left alone is meant for Burn's operations, a block for the next one.
        let alone = pointwise == Pointwise::None && pool == Pool::None;
        let order = if alone { Order::ChannelsFirst } else { Order::ChannelsLast };
        let layer = Self { geometry, pointwise, pool, order, algorithm, kernels };
        let fits = algorithm != Algorithm::Direct || geometry.taps() * geometry.channels_out < MOST_WEIGHTS;
        (layer.is_supported() && fits).then_some(layer)
    }

    /// The layer for one image whose weights are prepared, with the algorithm that suits that; `None` if it is not for the kernels, or one of
    /// these weights is not a number below 2^40.
    pub(crate) fn prepared(
        geometry: Geometry,
        pointwise: Pointwise,
        pool: Pool,
        kernels: &'static Kernels,
        weights: [&[f32]; 2],
    ) -> Option<Self> {
        let tame = weights.iter().all(|weights| (kernels.is_tame)(weights));
        let layer =
            Self { geometry, pointwise, pool, order: Order::ChannelsLast, algorithm: Algorithm::Direct, kernels };
        let algorithm = layer.algorithm_of_one();
        (tame && layer.is_supported()).then_some(Self { algorithm, ..layer })
    }

    /// What is fastest for one image if transforming the weights costs nothing, as measured: tiles where enough channels share them.
    fn algorithm_of_one(&self) -> Algorithm {
        let Geometry { channels_in, channels_out, .. } = self.geometry;
        let pays = channels_in >= BACKWARD_CHANNELS && channels_out >= BACKWARD_CHANNELS;
        let tiled = self.geometry.stride == [1, 1] && self.geometry.output().iter().all(|size| *size >= 3);
        match self.geometry.kernel {
            [3, 3] if tiled && pays => Algorithm::Winograd(Taps::Three),
            [5, 5] if tiled && pays => Algorithm::Winograd(Taps::Five),
            _ => Algorithm::Direct,
        }
    }

    fn is_supported(&self) -> bool {
        let Geometry { kernel, padding, .. } = self.geometry;
        let overlaps = (0..2).all(|d| padding[d].0 < kernel[d] && padding[d].1 < kernel[d]);
        self.geometry.is_proper() && overlaps && self.epilogue().size.iter().all(|size| *size > 0)
    }

    pub(crate) fn epilogue(&self) -> Epilogue {
        let mut epilogue =
            Epilogue { pointwise: self.pointwise, pool: self.pool, size: [0, 0], channels: self.geometry.channels_out };
        epilogue.size = self.geometry.output().map(|size| size / epilogue.window());
        epilogue
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
        masks: bool,
    ) -> Option<Output> {
        let tame = |values: &[f32]| (self.kernels.is_tame)(values);
        if !tame(weight) || !bias.is_none_or(tame) {
            return None;
        }
        if let Some(dense) = self.as_dense(&x) {
            let packed = dense.packer(self).direct_weights(weight);
            return dense.layer.run(dense.layer.images(x.values), &packed, bias, masks);
        }
        let packed = match self.algorithm {
            Algorithm::Direct => self.direct_weights(weight),
            Algorithm::Winograd(taps) => self.tile_weights(taps, weight),
        };
        self.run(x, &packed, bias, masks)
    }

    fn run(&self, x: StridedImages<'_>, weight: &[f32], bias: Option<&[f32]>, masks: bool) -> Option<Output> {
        let mut padded_bias = vec![0.0; self.padded(self.geometry.channels_out)];
        if let Some(bias) = bias {
            padded_bias[..bias.len()].copy_from_slice(bias);
        }
        let epilogue = self.epilogue();
        let (image, image_masks) = (epilogue.len(), if masks { epilogue.masks(self.kernels.lanes) } else { 0 });
        let batch = self.geometry.batch;
        let mut values = unwritten(batch * image);
        let mut all_masks = vec![0; batch * image_masks];
        let step = self.images_a_task();
        let mask_tasks = tasks(&mut all_masks, step * image_masks, batch.div_ceil(step));
        let tame = values
            .par_chunks_mut(step * image)
            .zip(mask_tasks)
            .enumerate()
            .map(|(task, (values, masks))| match self.algorithm {
                Algorithm::Direct => self.direct_forward(&x, task * step, weight, &padded_bias, values, masks),
                Algorithm::Winograd(taps) => {
                    self.tile_forward(taps, &x, task * step, weight, &padded_bias, values, masks)
                }
            })
            .reduce(|| true, |a, b| a & b);
        tame.then(|| Output { values: written(values), masks: all_masks })
    }

    /// The gradients from that of the output and the forward pass's input and masks.
    pub(crate) fn backward(
        &self,
        x: StridedImages<'_>,
        weight: &[f32],
        gradient: StridedImages<'_>,
        masks: &[u16],
        wants_input: bool,
    ) -> Gradients {
        let algorithm = self.backward_algorithm(&gradient);
        if let Some(dense) = self.as_dense(&x) {
            let packer = dense.packer(self);
            let packed = if wants_input { packer.dense_weights_transposed(weight) } else { Vec::new() };
            let gradient = StridedImages::channels_last(gradient.values, dense.layer.output_size());
            let x = dense.layer.images(x.values);
            let (input, groups, bias) = dense.layer.run_backward(x, &packed, gradient, masks, Algorithm::Direct);
            return Gradients { input: wants_input.then_some(input), weight: packer.standard_weights(&groups), bias };
        }
        let packed = match algorithm {
            _ if !wants_input => Vec::new(),
            Algorithm::Direct => self.direct_weights_flipped(weight),
            Algorithm::Winograd(taps) => self.tile_weights_transposed(taps, weight),
        };
        let (input, groups, bias) = self.run_backward(x, &packed, gradient, masks, algorithm);
        Gradients { input: wants_input.then_some(input), weight: self.standard_weights(&groups), bias }
    }

    /// The input's gradient, empty without `weight`; each group's sums for the weight `[kernel height, kernel width, in][out]`; and
    /// the bias's gradient.
    fn run_backward(
        &self,
        x: StridedImages<'_>,
        weight: &[f32],
        gradient: StridedImages<'_>,
        masks: &[u16],
        algorithm: Algorithm,
    ) -> (Vec<f32>, Vec<Vec<f32>>, Vec<f32>) {
        let Geometry { batch, channels_in, input, channels_out, .. } = self.geometry;
        let padded_out = self.padded(channels_out);
        let image_in = channels_in * input[0] * input[1];
        let mut input = if weight.is_empty() { Vec::new() } else { unwritten(batch * image_in) };
        let step = self.group();
        let groups: Vec<(Vec<f32>, Vec<f32>)> = tasks(&mut input, step * image_in, batch.div_ceil(step))
            .into_par_iter()
            .enumerate()
            .map(|(group, input)| {
                let images = group * step..((group + 1) * step).min(batch);
                let mut sums = vec![0.0; self.geometry.taps() * padded_out];
                let mut bias = vec![0.0; padded_out];
                let work = Work { images, x: &x, gradient: &gradient, masks, weight };
                match algorithm {
                    Algorithm::Direct if self.is_sparse() && !work.wants_input() => {
                        self.sparse_backward(&work, &mut sums, &mut bias);
                    }
                    Algorithm::Direct => self.direct_backward(&work, input, &mut sums, &mut bias),
                    Algorithm::Winograd(taps) => self.tile_backward(taps, &work, input, &mut sums, &mut bias),
                }
                (sums, bias)
            })
            .collect();
        let mut bias = vec![0.0; channels_out];
        for (_, sums) in &groups {
            bias.iter_mut().zip(sums).for_each(|(bias, sum)| *bias += sum);
        }
        (written(input), groups.into_iter().map(|(sums, _)| sums).collect(), bias)
    }

    fn backward_algorithm(&self, gradient: &StridedImages<'_>) -> Algorithm {
        let Geometry { channels_in, channels_out, .. } = self.geometry;
        let pays = channels_in >= BACKWARD_CHANNELS && channels_in * channels_out <= MOST_KERNELS_BACKWARD;
        match self.algorithm {
            Algorithm::Winograd(taps) if pays && (self.kernels.is_tame)(self.whole(gradient)) => {
                Algorithm::Winograd(taps)
            }
            _ => Algorithm::Direct,
        }
    }

    /// Channels, height and width of the output.
    fn output_size(&self) -> [usize; 3] {
        let epilogue = self.epilogue();
        [epilogue.channels, epilogue.size[0], epilogue.size[1]]
    }

    /// All values of a gradient, which stand in one run, whatever their order.
    fn whole<'a>(&self, gradient: &StridedImages<'a>) -> &'a [f32] {
        let count = self.geometry.batch * self.epilogue().len();
        &gradient.values[..count.min(gradient.values.len())]
    }

    /// True if the input's gradient is better left to Burn: where strides would be opened up with zeros, or where few channels would
    /// be filled up to whole vectors.
    pub(crate) fn leaves_input_gradient(&self) -> bool {
        let Geometry { channels_in, channels_out, stride, .. } = self.geometry;
        let padded = self.padded(channels_in) * self.padded(channels_out);
        stride != [1, 1] || padded >= 4 * channels_in * channels_out
    }

    /// The gradient of the convolution itself, `[batch, channels_out, height, width]`, from that of the layer's output.
    pub(crate) fn convolution_gradient(&self, gradient: StridedImages<'_>, masks: &[u16]) -> Vec<f32> {
        let epilogue = self.epilogue();
        let size = self.geometry.output();
        let frame = Frame::tight(size, self.padded(self.geometry.channels_out));
        let length = self.geometry.channels_out * size[0] * size[1];
        let mut values = unwritten(self.geometry.batch * length);
        values.par_chunks_mut(length).enumerate().for_each(|(image, values)| {
            Scratch::with(|scratch| {
                let [wide, turned, bias] = scratch.take([frame.len(), epilogue.len(), frame.channels]);
                let work = Work { images: image..image + 1, x: &gradient, gradient: &gradient, masks, weight: &[] };
                let (gradient, masks) = work.image(image, &epilogue, self.kernels.lanes, turned);
                wide.fill(0.0);
                (self.kernels.epilogue_backward)(&epilogue, gradient, masks, wide, &frame, bias);
                frame.unpack(wide, [self.geometry.channels_out, size[0], size[1]], values, Order::ChannelsFirst);
            });
        });
        written(values)
    }

    /// StridedImages a task: enough to fill the tiles' buffers, few enough to keep every thread busy to the end.
    fn images_a_task(&self) -> usize {
        let fair = self.geometry.batch.div_ceil(4 * rayon::current_num_threads());
        match self.algorithm {
            Algorithm::Direct => fair.max(1),
            Algorithm::Winograd(taps) => fair.max(self.images_a_pass(taps)),
        }
    }

    /// A layer whose kernel covers the whole image is a matrix product of all images: so seen, images become pixels.
    fn as_dense(&self, x: &StridedImages<'_>) -> Option<Dense> {
        let Geometry { batch, channels_in, input, kernel, padding, .. } = self.geometry;
        let whole = kernel == input && padding == [(0, 0); 2] && input != [1, 1] && self.pool == Pool::None;
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
            ..self.geometry
        };
        // With one pixel an image, both orders of the output are the same.
        let layer = Self { geometry, order: Order::ChannelsLast, algorithm: Algorithm::Direct, ..*self };
        Some(Dense { layer, order })
    }

    /// StridedImages a group: a matter of the batch alone, so that the number of threads does not change sums.
    fn group(&self) -> usize {
        self.geometry.batch.div_ceil(GROUPS).clamp(1, GROUP)
    }

    fn images<'a>(&self, values: &'a [f32]) -> StridedImages<'a> {
        let Geometry { channels_in, input, .. } = self.geometry;
        StridedImages::channels_last(values, [channels_in, input[0], input[1]])
    }
}

/// A layer seen as a matrix product, and the order in which the taps of its kernel meet the input.
struct Dense {
    layer: BlockLayer,
    order: Order,
}

impl Dense {
    /// The layer whose view of the weights has the taps in this order: in the dense one's they stand as in memory.
    fn packer<'a>(&'a self, layer: &'a BlockLayer) -> &'a BlockLayer {
        match self.order {
            Order::ChannelsLast => layer,
            Order::ChannelsFirst => &self.layer,
        }
    }
}

/// What the gradients of a group of images are computed from.
pub(super) struct Work<'a> {
    pub(super) images: std::ops::Range<usize>,
    pub(super) x: &'a StridedImages<'a>,
    gradient: &'a StridedImages<'a>,
    masks: &'a [u16],
    /// As the algorithm wants it; empty if the input's gradient is not wanted.
    pub(super) weight: &'a [f32],
}

impl Work<'_> {
    /// Gradient and masks of an image's output; the gradient in `scratch` unless it can be read where it is.
    pub(super) fn image<'s>(
        &'s self,
        image: usize,
        epilogue: &Epilogue,
        lanes: usize,
        scratch: &'s mut [f32],
    ) -> (&'s [f32], &'s [u16]) {
        let (values, masks) = (epilogue.len(), epilogue.masks(lanes));
        let masks = &self.masks[image * masks..][..masks];
        let size = [epilogue.channels, epilogue.size[0], epilogue.size[1]];
        if self.gradient.is_channels_last(size) {
            return (&self.gradient.values[image * values..][..values], masks);
        }
        Frame::tight(epilogue.size, epilogue.channels).pack(self.gradient, image, size, scratch);
        (&scratch[..values], masks)
    }

    pub(super) fn wants_input(&self) -> bool {
        !self.weight.is_empty()
    }
}

/// Room for values that are all written before any is read, without a first pass of zeros.
fn unwritten(length: usize) -> Vec<MaybeUninit<f32>> {
    let mut values = Vec::new();
    values.resize_with(length, MaybeUninit::uninit);
    values
}

/// The values of [`unwritten`], once the tasks over all its pieces are done: each writes every value of its images, as
/// [`Epilogue::forward`] and [`Frame::unpack`] assert.
#[allow(unsafe_code)]
fn written(values: Vec<MaybeUninit<f32>>) -> Vec<f32> {
    let mut values = std::mem::ManuallyDrop::new(values);
    let (start, length, capacity) = (values.as_mut_ptr(), values.len(), values.capacity());
    // SAFETY: `MaybeUninit<f32>` is laid out as `f32`, and all values have been written.
    unsafe { Vec::from_raw_parts(start.cast(), length, capacity) }
}

/// Cuts `values` into `count` pieces of `length`, the last of them shorter; empty ones if there are no values.
fn tasks<T>(values: &mut [T], length: usize, count: usize) -> Vec<&mut [T]> {
    if values.is_empty() {
        return (0..count).map(|_| Default::default()).collect();
    }
    values.chunks_mut(length).collect()
}
