//! Layers of bytes one after another, numbers going in and coming out.

use super::epilogue::{ByteEpilogue, ByteSteps};
use super::isa::ByteKernels;
use super::layer::{ByteLayer, ByteSlide, Finish};
use super::outputs::ByteOutputs;
use crate::cpu::strips::WORTH_DIVIDING;
use rayon::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A network of bytes.
pub(crate) struct ByteNetwork {
    /// What a byte of the input counts.
    pub(crate) scale: f32,
    /// How the input becomes bytes.
    pub(crate) steps: ByteSteps,
    pub(crate) hidden: Vec<ByteLayer<ByteEpilogue>>,
    pub(crate) last: ByteLayer<ByteOutputs>,
    /// That share a single image.
    pub(crate) threads: usize,
    pub(crate) kernels: &'static ByteKernels,
    /// What no task uses at the moment.
    pub(crate) memory: Mutex<Vec<Frames>>,
}

/// The input of each layer in its frame, of which only the image is ever written.
pub(crate) type Frames = Vec<Vec<i16>>;

impl ByteNetwork {
    /// Values of an input and of an output.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        [self.first().input, self.last.output()].map(|size| size.iter().product())
    }

    fn first(&self) -> &ByteSlide {
        self.hidden.first().map_or(&self.last.slide, |layer| &layer.slide)
    }

    fn slides(&self) -> impl Iterator<Item = &ByteSlide> {
        self.hidden.iter().map(|layer| &layer.slide).chain([&self.last.slide])
    }

    /// The outputs of images `[batch, channels, height, width]`, one row each; false, and whatever in `outputs`, if a value is not finite.
    pub(crate) fn forward(&self, images: &[f32], outputs: &mut [f32]) -> bool {
        let [each_in, each_out] = self.sizes();
        assert!(images.len().is_multiple_of(each_in) && images.len() / each_in * each_out == outputs.len());
        if images.len() == each_in {
            let is_divided = self.threads > 1 && self.slides().any(|slide| slide.multiply_adds() >= WORTH_DIVIDING);
            if is_divided && rayon::current_thread_index().is_none() {
                // Once for all layers: a thread of another kind that enters the pool sleeps until it is answered.
                return rayon::scope(|_| self.image(images, outputs, self.threads));
            }
            return self.image(images, outputs, self.threads);
        }
        let images = images.par_chunks(each_in).zip(outputs.par_chunks_mut(each_out));
        images.map(|(image, outputs)| self.image(image, outputs, 1)).reduce(|| true, |a, b| a & b)
    }

    fn image(&self, image: &[f32], outputs: &mut [f32], threads: usize) -> bool {
        let frames = || self.slides().map(|slide| vec![0; slide.frame()]).collect();
        let mut frames: Frames = self.lock().pop().unwrap_or_else(frames);
        let is_finite = self.quantize(image, &mut frames[0]);
        for (at, layer) in self.hidden.iter().enumerate() {
            let (before, behind) = frames.split_at_mut(at + 1);
            let next = self.slides().nth(at + 1).unwrap_or(&self.last.slide);
            let target = interior(next, &mut behind[0]);
            divided(layer, self.kernels, &before[at], target, next.frame_line(), threads);
        }
        let [channels, _, width] = self.last.output();
        divided(&self.last, self.kernels, &frames[self.hidden.len()], outputs, width * channels, threads);
        self.lock().push(frames);
        is_finite
    }

    /// An image into the first layer's frame, pixel by pixel.
    fn quantize(&self, image: &[f32], frame: &mut [i16]) -> bool {
        let slide = self.first();
        let [channels, _, width] = slide.input;
        let zero_point = i16::from(self.steps.zero_point);
        let mut bytes = vec![0; image.len()];
        let is_finite = (self.kernels.quantize)(self.steps, self.scale, image, &mut bytes);
        let target = interior(slide, frame);
        for (channel, plane) in bytes.chunks_exact(image.len() / channels).enumerate() {
            for (line, target) in plane.chunks_exact(width).zip(target.chunks_mut(slide.frame_line())) {
                let places = target[channel..].iter_mut().step_by(channels);
                line.iter().zip(places).for_each(|(byte, place)| *place = i16::from(*byte) - zero_point);
            }
        }
        is_finite
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Frames>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines of an image in its frame, from its first value to its last.
fn interior<'a>(slide: &ByteSlide, frame: &'a mut [i16]) -> &'a mut [i16] {
    let ([channels, height, width], line) = (slide.input, slide.frame_line());
    let first = slide.padding * line + slide.padding * channels;
    &mut frame[first..][..(height - 1) * line + width * channels]
}

/// All lines of a layer's output, divided among so many threads where that pays.
fn divided<F: Finish + Sync>(
    layer: &ByteLayer<F>,
    kernels: &ByteKernels,
    frame: &[i16],
    target: &mut [F::Value],
    line: usize,
    threads: usize,
) {
    let [_, height, _] = layer.output();
    if threads == 1 || height == 1 || layer.slide.multiply_adds() < WORTH_DIVIDING {
        return layer.lines(kernels, frame, 0, target, line);
    }
    let lines = height.div_ceil(threads);
    let strips = target.par_chunks_mut(lines * line).enumerate();
    strips.for_each(|(strip, target)| layer.lines(kernels, frame, strip * lines, target, line));
}
