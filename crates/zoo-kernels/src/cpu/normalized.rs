//! Batches of pixels normalized by their own statistics, then bent by an activation; and the way back.

use super::curved::{Correction, Curved};
use super::fresh::{unwritten, written};
use super::geometry::{Frame, StridedImages};
use super::isa::Kernels;
use super::scratch::Scratch;
use crate::block::Pointwise;
use rayon::prelude::*;

/// Pixels, about, whose sums a task makes: a matter of the sizes alone, so that the number of threads does not change sums.
const PIXELS: usize = 256;

/// Images `[batch, pixels, channels]`.
#[derive(Clone, Copy)]
pub(crate) struct Pixels<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) channels: usize,
    /// Of an image.
    pub(crate) size: [usize; 2],
    pub(crate) kernels: &'static Kernels,
}

/// Mean and variance of each channel over a batch, the latter divided by the number of values.
pub(crate) struct Statistics {
    pub(crate) mean: Vec<f32>,
    pub(crate) variance: Vec<f32>,
}

/// Gradients of what a normalization learns.
pub(crate) struct NormGradients {
    pub(crate) gamma: Vec<f32>,
    pub(crate) beta: Vec<f32>,
    /// What the statistics' own dependence on the values adds to the gradient of these.
    pub(crate) correction: Correction,
}

impl Pixels<'_> {
    fn padded(&self) -> usize {
        self.channels.next_multiple_of(self.kernels.lanes)
    }

    fn image(&self) -> usize {
        self.size[0] * self.size[1] * self.channels
    }

    /// Images a task.
    fn step(&self) -> usize {
        (PIXELS / (self.size[0] * self.size[1])).max(1)
    }

    /// The statistics of all images, of which each one's moments may be known.
    pub(crate) fn statistics(&self, moments: &[f32]) -> Statistics {
        let padded = self.padded();
        if !moments.is_empty() {
            let count = self.values.len() / self.channels / (moments.len() / (2 * padded));
            let parts = moments.chunks_exact(2 * padded).map(|moments| (count as f64, moments));
            return self.together(&parts.collect::<Vec<_>>());
        }
        let parts = self.values.par_chunks(self.step() * self.image()).map(|values| {
            let mut moments = vec![0.0; 2 * padded];
            (self.kernels.moments)(values, self.channels, &mut moments);
            ((values.len() / self.channels) as f64, moments)
        });
        let parts: Vec<(f64, Vec<f32>)> = parts.collect();
        let parts = parts.iter().map(|(count, moments)| (*count, moments.as_slice()));
        self.together(&parts.collect::<Vec<_>>())
    }

    /// The statistics of parts with so many pixels and these moments.
    fn together(&self, parts: &[(f64, &[f32])]) -> Statistics {
        let padded = self.padded();
        let count = (self.values.len() / self.channels) as f64;
        let channels = (0..self.channels).into_par_iter().map(|channel| {
            let means = parts.iter().map(|(part, moments)| part * f64::from(moments[channel]));
            let center = means.sum::<f64>() / count;
            // The distances from a part's mean, and that one's distance from the mean of all.
            let squares = parts.iter().map(|(part, moments)| {
                let apart = f64::from(moments[channel]) - center;
                f64::from(moments[padded + channel]) + part * apart * apart
            });
            (center as f32, (squares.sum::<f64>() / count) as f32)
        });
        let (mean, variance) = channels.unzip();
        Statistics { mean, variance }
    }

    /// The normalization of these statistics, `(c - mean) / sqrt(variance + epsilon) * gamma + beta`, and the activation behind it.
    pub(crate) fn normalized(
        &self,
        [mean, variance, gamma, beta]: [&[f32]; 4],
        epsilon: f64,
        pointwise: Pointwise,
    ) -> Curved {
        let scales = variance.iter().zip(gamma).map(|(variance, gamma)| gamma * inverse(*variance, epsilon));
        self.curved([mean, &scales.collect::<Vec<_>>(), beta], pointwise)
    }

    /// `(c - mean) * scale + shift` of each channel, and the activation behind it.
    pub(crate) fn curved(&self, affine: [&[f32]; 3], pointwise: Pointwise) -> Curved {
        let [mean, scale, shift] = affine.map(|values| {
            let mut padded = values.to_vec();
            padded.resize(self.padded(), 0.0);
            padded
        });
        Curved { pointwise, channels: self.channels, mean, scale, shift }
    }

    /// The activation alone.
    pub(crate) fn bent(&self, pointwise: Pointwise) -> Curved {
        let [zeros, ones] = [0.0, 1.0].map(|value| vec![value; self.channels]);
        self.curved([&zeros, &ones, &zeros], pointwise)
    }

    /// The correction of a gradient that does not depend on statistics: none.
    pub(crate) fn no_correction(&self) -> Correction {
        let zeros = vec![0.0; self.padded()];
        Correction { slope: zeros.clone(), offset: zeros }
    }

    /// The activations, in the same order.
    pub(crate) fn forward(&self, curved: &Curved) -> Vec<f32> {
        let length = self.step() * self.image();
        let mut outputs = unwritten(self.values.len());
        let tasks = outputs.par_chunks_mut(length).zip(self.values.par_chunks(length));
        tasks.for_each(|(outputs, values)| (self.kernels.curved)(curved, values, outputs));
        written(outputs)
    }

    /// The gradients of a normalization by the batch's own statistics.
    pub(crate) fn norm_gradients(
        &self,
        curved: &Curved,
        variance: &[f32],
        epsilon: f64,
        gradient: &StridedImages<'_>,
    ) -> NormGradients {
        let padded = self.padded();
        let step = self.step();
        let parts = self.values.par_chunks(step * self.image()).enumerate().map(|(task, values)| {
            let mut sums = vec![0.0; 2 * padded];
            self.with_pixels(gradient, task * step, values.len(), |gradient| {
                (self.kernels.curved_sums)(curved, values, gradient, &mut sums);
            });
            sums
        });
        let parts: Vec<Vec<f32>> = parts.collect();
        let count = (self.values.len() / self.channels) as f64;
        let correction = Correction { slope: vec![0.0; padded], offset: vec![0.0; padded] };
        let mut found = NormGradients { gamma: Vec::new(), beta: Vec::new(), correction };
        for (channel, variance) in variance.iter().enumerate().take(self.channels) {
            let [shift, scale] =
                [channel, padded + channel].map(|at| parts.iter().map(|part| f64::from(part[at])).sum::<f64>());
            let inverse = f64::from(inverse(*variance, epsilon));
            let factor = f64::from(curved.scale[channel]);
            found.gamma.push((scale * inverse) as f32);
            found.beta.push(shift as f32);
            found.correction.slope[channel] = (-factor * scale * inverse * inverse / count) as f32;
            found.correction.offset[channel] = (-factor * shift / count) as f32;
        }
        found
    }

    /// The gradient of all values, in their order.
    pub(crate) fn backward(&self, curved: &Curved, correction: &Correction, gradient: &StridedImages<'_>) -> Vec<f32> {
        let (step, length) = (self.step(), self.step() * self.image());
        let mut below = unwritten(self.values.len());
        let tasks = below.par_chunks_mut(length).zip(self.values.par_chunks(length)).enumerate();
        tasks.for_each(|(task, (below, values))| {
            self.with_pixels(gradient, task * step, values.len(), |gradient| {
                let below = below.write_copy_of_slice(gradient);
                (self.kernels.curved_backward)(curved, correction, values, below);
            });
        });
        written(below)
    }

    /// Calls `f` with so many values of the gradient from an image on, pixel by pixel.
    fn with_pixels(&self, gradient: &StridedImages<'_>, image: usize, count: usize, f: impl FnOnce(&[f32])) {
        let size = [self.channels, self.size[0], self.size[1]];
        let length = self.image();
        if gradient.is_channels_last(size) {
            return f(&gradient.values[image * length..][..count]);
        }
        let frame = Frame::tight(self.size, self.channels);
        Scratch::with(|scratch| {
            let [turned] = scratch.take([count]);
            for (index, turned) in turned.chunks_exact_mut(length).enumerate() {
                frame.pack(gradient, image + index, size, turned);
            }
            f(turned);
        });
    }
}

fn inverse(variance: f32, epsilon: f64) -> f32 {
    (1.0 / (f64::from(variance) + epsilon).sqrt()) as f32
}
