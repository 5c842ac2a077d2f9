//! The layers in `f32`, for calibration: sums in the same order on every processor, so that a network of integers is the same for every instruction set.

use crate::block::{Pointwise, Pool};
use crate::definition::Definition;
use rayon::prelude::*;

/// Columns summed at once.
const BLOCK: usize = 16;

/// Images as calibration keeps them: pixel by pixel, channels together.
pub(super) fn channels_last(images: &[f32], [channels, height, width]: [usize; 3]) -> Vec<f32> {
    let plane = height * width;
    let pixels = images.chunks_exact(channels * plane).flat_map(|image| {
        (0..plane).flat_map(move |pixel| (0..channels).map(move |channel| image[channel * plane + pixel]))
    });
    pixels.collect()
}

impl Definition {
    /// Height and width of the convolution's output.
    pub(super) fn convolved(&self) -> [usize; 2] {
        [0, 1].map(|d| self.input[d + 1] + 2 * self.padding + 1 - self.shape[d + 2])
    }

    /// The convolution of images with what is done to every value of it, before it is pooled.
    pub(super) fn convolve(&self, images: &[f32]) -> Vec<f32> {
        let ([height, width], [channels, ..]) = (self.convolved(), self.shape);
        let weights = self.packed();
        let each = self.input.iter().product::<usize>();
        let mut values = vec![0.0; images.len() / each * height * width * channels];
        let tasks = values.par_chunks_exact_mut(height * width * channels).zip(images.par_chunks_exact(each));
        tasks.for_each(|(values, image)| self.convolve_image(&weights, &self.framed(image), values));
        values
    }

    /// `[block][taps][BLOCK]`, taps in the order of a frame's values.
    fn packed(&self) -> Vec<f32> {
        let [channels, channels_in, height, width] = self.shape;
        let taps = channels_in * height * width;
        let weight = |column: usize, tap: usize| {
            let place = (tap % channels_in) * height * width + tap / channels_in;
            if column < channels { self.weight[column * taps + place] } else { 0.0 }
        };
        let blocks = (0..channels).step_by(BLOCK);
        blocks
            .flat_map(|first| (0..taps).flat_map(move |tap| (first..first + BLOCK).map(move |column| (column, tap))))
            .map(|(column, tap)| weight(column, tap))
            .collect()
    }

    /// An image with its zeros around it.
    fn framed(&self, image: &[f32]) -> Vec<f32> {
        let ([channels, height, width], padding) = (self.input, self.padding);
        let line = (width + 2 * padding) * channels;
        let mut frame = vec![0.0; (height + 2 * padding) * line];
        for (y, pixels) in image.chunks_exact(width * channels).enumerate() {
            frame[(y + padding) * line + padding * channels..][..pixels.len()].copy_from_slice(pixels);
        }
        frame
    }

    fn convolve_image(&self, weights: &[f32], frame: &[f32], values: &mut [f32]) {
        let ([channels, channels_in, kernel, columns], [_, width]) = (self.shape, self.convolved());
        let (line, run) = ((self.input[2] + 2 * self.padding) * channels_in, columns * channels_in);
        for (block, weights) in weights.chunks_exact(kernel * run * BLOCK).enumerate() {
            let bias = &self.bias[block * BLOCK..channels.min((block + 1) * BLOCK)];
            for (pixel, values) in values.chunks_exact_mut(channels).enumerate() {
                let at = pixel / width * line + pixel % width * channels_in;
                let mut sums = [0.0_f32; BLOCK];
                for (row, weights) in weights.chunks_exact(run * BLOCK).enumerate() {
                    for (x, weights) in frame[at + row * line..][..run].iter().zip(weights.chunks_exact(BLOCK)) {
                        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += x * weight);
                    }
                }
                for ((value, sum), bias) in values[block * BLOCK..].iter_mut().zip(sums).zip(bias) {
                    *value = if self.pointwise == Pointwise::Relu { (sum + bias).max(0.0) } else { sum + bias };
                }
            }
        }
    }

    /// Values pooled; a last odd line or column is left out.
    pub(super) fn pooled(&self, values: Vec<f32>) -> Vec<f32> {
        let ([height, width], channels) = (self.convolved(), self.shape[0]);
        if self.pool == Pool::None {
            return values;
        }
        let mut pooled = Vec::with_capacity(values.len() / 4);
        for image in values.chunks_exact(height * width * channels) {
            for (y, x) in (0..height / 2).flat_map(|y| (0..width / 2).map(move |x| (y, x))) {
                let at = |dy: usize, dx: usize| &image[((2 * y + dy) * width + 2 * x + dx) * channels..][..channels];
                let [a, b, c, d] = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
                pooled.extend((0..channels).map(|channel| {
                    let [a, b, c, d] = [a[channel], b[channel], c[channel], d[channel]];
                    if self.pool == Pool::Max { a.max(b).max(c.max(d)) } else { 0.25 * ((a + b) + (c + d)) }
                }));
            }
        }
        pooled
    }
}
