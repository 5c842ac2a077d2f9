//! Pooling of all images, on all threads.

use super::fresh::{tasks, unwritten, written};
use super::geometry::{Frame, StridedImages};
use super::isa::Kernels;
use super::scratch::Scratch;
use super::sliding::{Kind, Sliding};
use rayon::prelude::*;

/// The output for images whose channels stand together, and where maxima stand if that is wanted; `None` if a value is not a number
/// below 2^40, which other operations pass on as they do.
pub(crate) fn pool_forward(
    sliding: &Sliding,
    batch: usize,
    values: &[f32],
    wants_places: bool,
    kernels: &'static Kernels,
) -> Option<(Vec<f32>, Vec<f32>)> {
    let [image_in, image_out] = sliding.lengths();
    let mut outputs = unwritten(batch * image_out);
    let has_places = wants_places && sliding.kind == Kind::Max;
    let mut places = vec![0.0; if has_places { batch * image_out } else { 0 }];
    let images = outputs.par_chunks_mut(image_out).zip(values.par_chunks(image_in));
    let tame = images
        .zip(tasks(&mut places, image_out, batch))
        .map(|((outputs, values), places)| {
            (kernels.pool)(sliding, values, outputs, places);
            (kernels.is_tame)(&values[..image_in])
        })
        .reduce(|| true, |a, b| a & b);
    tame.then(|| (written(outputs), places))
}

/// The gradient of the images, channels together.
pub(crate) fn pool_backward(
    sliding: &Sliding,
    batch: usize,
    gradient: &StridedImages<'_>,
    places: &[f32],
    kernels: &'static Kernels,
) -> Vec<f32> {
    let [image_in, image_out] = sliding.lengths();
    let [height, width] = sliding.output();
    let size = [sliding.channels, height, width];
    let frame = Frame::tight([height, width], sliding.channels);
    let mut below = vec![0.0; batch * image_in];
    below.par_chunks_mut(image_in).enumerate().for_each(|(image, below)| {
        let pass_on = |gradient: &[f32], below: &mut [f32]| match sliding.kind {
            Kind::Max => sliding.scatter(gradient, &places[image * image_out..][..image_out], below),
            Kind::Average { .. } => (kernels.pool_backward)(sliding, gradient, below),
        };
        if gradient.is_channels_last(size) {
            return pass_on(&gradient.values[image * image_out..][..image_out], below);
        }
        Scratch::with(|scratch| {
            let [turned] = scratch.take([image_out]);
            frame.pack(gradient, image, size, turned);
            pass_on(turned, below);
        });
    });
    below
}
