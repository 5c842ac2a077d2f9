//! The gradients of a layer: groups of images side by side, their sums in order.

use super::curved::{Correction, Curved};
use super::fresh::{tasks, unwritten, written};
use super::geometry::{Frame, Geometry, Order, StridedImages};
use super::isa::Kernels;
use super::layer::{Algorithm, BACKWARD_CHANNELS, BlockLayer, GROUP, MOST_KERNELS};
use super::pool::Epilogue;
use super::scratch::Scratch;
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Groups that even a small batch is cut into, for as many threads.
const GROUPS: usize = 16;
/// The same where results are recorded that were summed so.
const FEW_GROUPS: usize = 4;

/// Which gradients of a layer are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) input: bool,
    pub(crate) weight: bool,
    pub(crate) bias: bool,
}

/// The gradients of a layer.
pub(crate) struct Gradients {
    /// If it was wanted; in the order of the input.
    pub(crate) input: Option<Vec<f32>>,
    /// `[channels_out, channels_in, kernel height, kernel width]`; empty if that of the bias alone was wanted.
    pub(crate) weight: Vec<f32>,
    /// `[channels_out]`; without meaning if it was not wanted.
    pub(crate) bias: Vec<f32>,
}

impl BlockLayer {
    /// The gradients from that of the output, and the forward pass's input.
    pub(crate) fn backward(
        &self,
        x: StridedImages<'_>,
        weight: &[f32],
        above: Upstream<'_>,
        wanted: Wanted,
    ) -> Gradients {
        if !(wanted.input || wanted.weight) {
            return Gradients { input: None, weight: Vec::new(), bias: self.bias_gradient(&x, above) };
        }
        let algorithm = self.backward_algorithm(&above.gradient);
        if let Some(dense) = self.as_dense(&x) {
            let packer = dense.packer(self);
            let packed = if wanted.input { packer.dense_weights_transposed(weight) } else { Vec::new() };
            let gradient = StridedImages::channels_last(above.gradient.values, dense.layer.output_size());
            let above = Upstream { gradient, ..above };
            let x = dense.layer.images(x.values);
            let (input, groups, bias) = dense.layer.run_backward(x, &packed, above, (Algorithm::Direct, wanted.bias));
            return Gradients { input: wanted.input.then_some(input), weight: packer.standard_weights(&groups), bias };
        }
        let packed = if wanted.input { self.packed_weights_transposed(algorithm, weight) } else { Vec::new() };
        let (input, groups, bias) = self.run_backward(x, &packed, above, (algorithm, wanted.bias));
        Gradients { input: wanted.input.then_some(input), weight: self.standard_weights(&groups), bias }
    }

    /// The input's gradient, empty without `weight`; each group's sums for the weight `[kernel height, kernel width, in][out]`; and
    /// the bias's gradient.
    fn run_backward(
        &self,
        x: StridedImages<'_>,
        weight: &[f32],
        above: Upstream<'_>,
        (algorithm, wants_bias): (Algorithm, bool),
    ) -> (Vec<f32>, Vec<Vec<f32>>, Vec<f32>) {
        let Geometry { batch, channels_in, input, channels_out, .. } = self.geometry;
        let image_in = channels_in * input[0] * input[1];
        let mut input = if weight.is_empty() { Vec::new() } else { unwritten(batch * image_in) };
        let groups = match algorithm {
            Algorithm::Winograd(taps) if self.is_spread(taps) => {
                self.spread_backward(taps, &x, (weight, wants_bias), above, &mut input)
            }
            Algorithm::Direct if self.is_sparse() && weight.is_empty() && self.has_few_groups() => {
                self.sparse_spread(&x, above)
            }
            _ => self.groups_backward(&x, weight, above, algorithm, &mut input),
        };
        let mut bias = vec![0.0; channels_out];
        for (_, sums) in &groups {
            bias.iter_mut().zip(sums).for_each(|(bias, sum)| *bias += sum);
        }
        let weights = groups.into_iter().map(|(sums, _)| sums).filter(|sums| !sums.is_empty());
        (written(input), weights.collect(), bias)
    }

    /// The sums for weight and bias of each group of images, each on one thread; and the input's gradient.
    fn groups_backward(
        &self,
        x: &StridedImages<'_>,
        weight: &[f32],
        above: Upstream<'_>,
        algorithm: Algorithm,
        input: &mut [MaybeUninit<f32>],
    ) -> Vec<(Vec<f32>, Vec<f32>)> {
        let Geometry { batch, channels_in, input: [height, width], channels_out, .. } = self.geometry;
        let (step, padded_out) = (self.group(), self.padded(channels_out));
        tasks(input, step * channels_in * height * width, batch.div_ceil(step))
            .into_par_iter()
            .enumerate()
            .map(|(group, input)| {
                let images = group * step..((group + 1) * step).min(batch);
                let mut sums = vec![0.0; self.taps() * padded_out];
                let mut bias = vec![0.0; padded_out];
                let work = Work { images, x, above, weight, wants_bias: true };
                match algorithm {
                    Algorithm::Direct if self.is_sparse() && !work.wants_input() => {
                        self.sparse_backward(&work, &mut sums, &mut bias);
                    }
                    Algorithm::Direct | Algorithm::Depthwise => {
                        self.direct_backward(&work, input, &mut sums, &mut bias);
                    }
                    Algorithm::Winograd(taps) => self.tile_backward(taps, &work, input, &mut sums, &mut bias),
                }
                (sums, bias)
            })
            .collect()
    }

    /// The bias's gradient alone: the sums of each group of images, in order.
    fn bias_gradient(&self, x: &StridedImages<'_>, above: Upstream<'_>) -> Vec<f32> {
        let (batch, step) = (self.geometry.batch, self.group());
        let of_group = |group: usize| {
            let images = group * step..((group + 1) * step).min(batch);
            self.bias_sums(&Work { images: images.clone(), x, above, weight: &[], wants_bias: true }, images)
        };
        let groups: Vec<Vec<f32>> = (0..batch.div_ceil(step)).into_par_iter().map(of_group).collect();
        let mut bias = vec![0.0; self.geometry.channels_out];
        for sums in &groups {
            bias.iter_mut().zip(sums).for_each(|(bias, sum)| *bias += sum);
        }
        bias
    }

    /// The sums for the bias of some of the images, image by image; channels filled up to whole vectors.
    pub(super) fn bias_sums(&self, work: &Work<'_>, images: std::ops::Range<usize>) -> Vec<f32> {
        let (epilogue, frame) = (self.epilogue(), Frame::tight(self.used(), self.padded(self.geometry.channels_out)));
        let mut bias = vec![0.0; frame.channels];
        Scratch::with(|scratch| {
            let [gradient, turned] = scratch.take([frame.len(), epilogue.len()]);
            for image in images {
                let (above, masks) = work.image(image, &epilogue, self.kernels, turned);
                (self.kernels.epilogue_backward)(&epilogue, above, masks, gradient, &frame, &mut bias);
            }
        });
        bias
    }

    fn backward_algorithm(&self, gradient: &StridedImages<'_>) -> Algorithm {
        let Geometry { channels_in, channels_out, .. } = self.geometry;
        let pays = channels_in >= BACKWARD_CHANNELS && channels_in * channels_out <= MOST_KERNELS;
        match self.algorithm {
            Algorithm::Winograd(taps)
                if pays && (self.kernels.is_tame)(gradient.extent(self.geometry.batch, self.output_size())) =>
            {
                Algorithm::Winograd(taps)
            }
            Algorithm::Depthwise => Algorithm::Depthwise,
            _ => Algorithm::Direct,
        }
    }

    /// Channels, height and width of the output.
    fn output_size(&self) -> [usize; 3] {
        let epilogue = self.epilogue();
        [epilogue.channels, epilogue.size[0], epilogue.size[1]]
    }

    /// True if the input's gradient is better left to Burn: where few channels would be filled up to whole vectors.
    pub(crate) fn leaves_input_gradient(&self) -> bool {
        let Geometry { channels_in, channels_out, .. } = self.geometry;
        let padded = self.padded(channels_in) * self.padded(channels_out);
        self.algorithm != Algorithm::Depthwise && padded >= 4 * channels_in * channels_out
    }

    /// The gradient of the convolution itself, `[batch, channels_out, height, width]`, from that of the layer's output.
    pub(crate) fn convolution_gradient(&self, above: Upstream<'_>) -> Vec<f32> {
        let epilogue = self.epilogue();
        let size = self.geometry.output();
        let frame = Frame::tight(size, self.padded(self.geometry.channels_out));
        let length = self.geometry.channels_out * size[0] * size[1];
        let mut values = unwritten(self.geometry.batch * length);
        values.par_chunks_mut(length).enumerate().for_each(|(image, values)| {
            Scratch::with(|scratch| {
                let [wide, turned, bias] = scratch.take([frame.len(), epilogue.len(), frame.channels]);
                let work = Work { images: image..image + 1, x: &above.gradient, above, weight: &[], wants_bias: false };
                let (gradient, masks) = work.image(image, &epilogue, self.kernels, turned);
                wide.fill(0.0);
                (self.kernels.epilogue_backward)(&epilogue, gradient, masks, wide, &frame, bias);
                frame.unpack(wide, [self.geometry.channels_out, size[0], size[1]], values, Order::ChannelsFirst);
            });
        });
        written(values)
    }

    /// StridedImages a group: a matter of the layer and the batch alone, so that the number of threads does not change sums.
    pub(super) fn group(&self) -> usize {
        let batch = self.geometry.batch;
        match self.algorithm {
            Algorithm::Winograd(taps) if self.is_wide() => self.images_a_group(taps).min(batch),
            _ => batch.div_ceil(self.most_groups()).clamp(1, GROUP),
        }
    }

    /// Groups that even a small batch is cut into. Kernels like those of the zoo's recorded networks keep the few that these were
    /// summed in.
    fn most_groups(&self) -> usize {
        let recorded = self.geometry.slides_by_ones() && self.geometry.kernel != [3, 3];
        if recorded && self.algorithm != Algorithm::Depthwise { FEW_GROUPS } else { GROUPS }
    }

    /// True if there are fewer groups than threads that could have one.
    pub(super) fn has_few_groups(&self) -> bool {
        let groups = self.geometry.batch.div_ceil(self.group());
        groups < rayon::current_num_threads().min(self.geometry.batch)
    }
}

/// What stands between a convolution and the gradient that arrives: an activation of its values, normalized or not.
#[derive(Clone, Copy)]
pub(crate) struct Through<'a> {
    /// The convolution's, after pooling, channels last.
    pub(crate) values: &'a [f32],
    pub(crate) curved: &'a Curved,
    pub(crate) correction: &'a Correction,
}

/// The gradient that arrives.
#[derive(Clone, Copy)]
pub(crate) struct Upstream<'a> {
    pub(crate) gradient: StridedImages<'a>,
    /// Which values of each window pass it on.
    pub(crate) masks: &'a [u16],
    pub(crate) through: Option<Through<'a>>,
}

/// What the gradients of a group of images are computed from.
pub(super) struct Work<'a> {
    pub(super) images: std::ops::Range<usize>,
    pub(super) x: &'a StridedImages<'a>,
    pub(super) above: Upstream<'a>,
    /// As the algorithm wants it; empty if the input's gradient is not wanted.
    pub(super) weight: &'a [f32],
    /// Whether the bias's gradient is wanted, where it costs something.
    pub(super) wants_bias: bool,
}

impl Work<'_> {
    /// Gradient and masks of an image's output; the gradient in `scratch` unless it can be read where it is.
    pub(super) fn image<'s>(
        &'s self,
        image: usize,
        epilogue: &Epilogue,
        kernels: &Kernels,
        scratch: &'s mut [f32],
    ) -> (&'s [f32], &'s [u16]) {
        let (values, masks) = (epilogue.len(), epilogue.masks(kernels.lanes));
        let Upstream { gradient, masks: all_masks, through } = &self.above;
        let masks = &all_masks[image * masks..][..masks];
        let size = [epilogue.channels, epilogue.size[0], epilogue.size[1]];
        if gradient.is_channels_last(size) {
            let gradient = &gradient.values[image * values..][..values];
            if through.is_none() {
                return (gradient, masks);
            }
            scratch[..values].copy_from_slice(gradient);
        } else {
            Frame::tight(epilogue.size, epilogue.channels).pack(gradient, image, size, scratch);
        }
        if let Some(Through { values: before, curved, correction }) = through {
            (kernels.curved_backward)(curved, correction, &before[image * values..][..values], &mut scratch[..values]);
        }
        (&scratch[..values], masks)
    }

    pub(super) fn wants_input(&self) -> bool {
        !self.weight.is_empty()
    }
}
