//! Layers made ready to answer: weights packed once, an image's lines divided among the threads, memory kept from call to call.

use super::BlockLayer;
use super::geometry::{Frame, Geometry, Order, StridedImages};
use super::layer::Algorithm;
use super::pool::Epilogue;
use super::product::Product;
use super::scratch::{Scratch, unwritten};
use super::strips::{Strip, strips};
use rayon::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Images that a task takes through all layers, so that what a layer leaves is still in the cache for the next.
const GROUP: usize = 8;

/// A layer of one image with everything that does not depend on the image.
pub(crate) struct PreparedLayer {
    /// For one image, and of several groups of channels for one.
    layer: BlockLayer,
    /// Of each group.
    weights: Vec<PackedWeights>,
    /// Strips of lines that threads take side by side; one where that does not pay.
    strips: Vec<Strip>,
    after: Option<Elementwise>,
    /// Whether of each channel the largest value alone is left, at last.
    keeps_largest: bool,
}

/// A function of every value, in place.
pub(crate) type Elementwise = Box<dyn Fn(&mut [f32]) + Send + Sync>;

/// What the channels of a group are computed from.
struct PackedWeights {
    weight: Vec<f32>,
    /// Filled up to whole vectors.
    bias: Vec<f32>,
}

impl PreparedLayer {
    /// Weights `[channels_out, channels_in, kernel height, kernel width]`, for one image by so many threads. There are as many groups as the
    /// layer goes into the biases.
    pub(crate) fn new(layer: BlockLayer, weight: &[f32], bias: &[f32], threads: usize) -> Self {
        let layer = BlockLayer { order: Order::ChannelsLast, ..layer };
        let channels = layer.geometry.channels_out;
        let groups = weight.chunks_exact(channels * layer.taps()).zip(bias.chunks_exact(channels));
        let weights = groups.map(|(weight, bias)| {
            let mut padded = vec![0.0; layer.padded(channels)];
            padded[..channels].copy_from_slice(bias);
            PackedWeights { weight: layer.packed_weights(weight), bias: padded }
        });
        let (weights, strips) = (weights.collect(), strips(&layer, threads));
        Self { layer, weights, strips, after: None, keeps_largest: false }
    }

    /// Has its outputs go through a function, too.
    pub(crate) fn then(&mut self, function: Elementwise) {
        self.after = Some(match self.after.take() {
            None => function,
            Some(first) => Box::new(move |values| {
                first(values);
                function(values);
            }),
        });
    }

    /// Leaves the largest value of each channel alone, of what its outputs have become. It may not be the last layer.
    pub(crate) fn keep_largest(&mut self) {
        self.keeps_largest = true;
    }

    /// Whether it does.
    pub(crate) fn keeps_largest(&self) -> bool {
        self.keeps_largest
    }

    /// Channels, height and width of its output.
    pub(crate) fn output(&self) -> [usize; 3] {
        let [channels, height, width] = self.computed();
        if self.keeps_largest { [channels, 1, 1] } else { [channels, height, width] }
    }

    /// The same before the largest values are taken.
    fn computed(&self) -> [usize; 3] {
        let Epilogue { channels, size: [height, width], .. } = self.layer.epilogue();
        [self.weights.len() * channels, height, width]
    }

    /// The same of its input.
    pub(crate) fn input(&self) -> [usize; 3] {
        let Geometry { channels_in, input: [height, width], .. } = self.layer.geometry;
        [self.weights.len() * channels_in, height, width]
    }

    /// What is computed for as many images as `output` has room for, channels last; false if a value is not a number below 2^40.
    fn forward(&self, x: &StridedImages<'_>, images: usize, output: &mut [f32]) -> bool {
        let is_tame = self.weighted(x, images, output);
        if let Some(function) = &self.after {
            function(output);
        }
        is_tame
    }

    fn weighted(&self, x: &StridedImages<'_>, images: usize, output: &mut [f32]) -> bool {
        let [weights] = self.weights.as_slice() else { return self.grouped(x, images, output) };
        self.one_group(weights, x, images, output)
    }

    /// One group after another, from memory of its own to the places of its channels.
    fn grouped(&self, x: &StridedImages<'_>, images: usize, output: &mut [f32]) -> bool {
        let (groups, Geometry { channels_in, channels_out, .. }) = (self.weights.len(), self.layer.geometry);
        let mut values = vec![0.0; output.len() / groups];
        let mut is_tame = true;
        for (group, weights) in self.weights.iter().enumerate() {
            is_tame &= self.one_group(weights, &x.starting_at(group * channels_in), images, &mut values);
            let targets = output[group * channels_out..].chunks_mut(groups * channels_out);
            let pixels = targets.zip(values.chunks_exact(channels_out));
            pixels.for_each(|(target, source)| target[..channels_out].copy_from_slice(source));
        }
        is_tame
    }

    fn one_group(&self, weights: &PackedWeights, x: &StridedImages<'_>, images: usize, output: &mut [f32]) -> bool {
        match self.strips.as_slice() {
            _ if images > 1 && self.is_dense(x) => self.dense_forward(weights, x, images, output),
            strips if images == 1 && strips.len() > 1 => {
                let mut pieces = Vec::with_capacity(strips.len());
                let mut rest = output;
                for strip in strips {
                    let (piece, behind) = rest.split_at_mut(strip.values);
                    pieces.push(piece);
                    rest = behind;
                }
                let tasks = strips.par_iter().zip(pieces);
                let run = |(strip, piece): (&Strip, &mut [f32])| weights.run(&strip.layer, &strip.seen(x), piece);
                tasks.map(run).reduce(|| true, |a, b| a & b)
            }
            _ => weights.run(&self.layer, x, output),
        }
    }

    /// True if the kernel covers the whole image: then images are the rows of a matrix product.
    fn is_dense(&self, x: &StridedImages<'_>) -> bool {
        let Geometry { channels_in, input, kernel, padding, .. } = self.layer.geometry;
        let is_whole = self.layer.algorithm != Algorithm::Depthwise && kernel == input && padding == [(0, 0); 2];
        is_whole && x.is_channels_last([channels_in, input[0], input[1]])
    }

    fn dense_forward(&self, weights: &PackedWeights, x: &StridedImages<'_>, images: usize, output: &mut [f32]) -> bool {
        let (taps, columns) = (self.layer.geometry.taps(), weights.bias.len());
        let product = Product::of_rows(images, [taps, taps], columns);
        let rows = Frame::tight([1, images], columns);
        let epilogue = Epilogue { size: [1, images], ..self.layer.epilogue() };
        Scratch::with(|scratch| {
            let [products] = scratch.take([rows.len()]);
            (self.layer.kernels.product)(&product, x.values, &weights.weight, products);
            (self.layer.kernels.epilogue)(&epilogue, products, &rows, &weights.bias, unwritten(output), &mut []);
        });
        (self.layer.kernels.is_tame)(&x.values[..images * taps])
    }
}

impl PackedWeights {
    fn run(&self, layer: &BlockLayer, x: &StridedImages<'_>, output: &mut [f32]) -> bool {
        let (weight, bias, output) = (&self.weight, &self.bias, unwritten(output));
        match layer.algorithm {
            Algorithm::Direct | Algorithm::Depthwise => layer.direct_forward(x, 0, weight, bias, output, &mut []),
            Algorithm::Winograd(taps) => layer.tile_forward(taps, x, 0, weight, bias, output, &mut []),
        }
    }
}

/// Layers one after another.
pub(crate) struct PreparedLayers {
    layers: Vec<PreparedLayer>,
    /// What no task uses at the moment.
    memory: Mutex<Vec<Between>>,
}

/// What the layers of a task leave for each other: a buffer each.
type Between = Vec<Vec<f32>>;

impl PreparedLayers {
    /// At least one, each of which takes what the one before gives.
    pub(crate) fn new(layers: Vec<PreparedLayer>) -> Self {
        assert!(layers.windows(2).all(|pair| pair[0].output() == pair[1].input()) && !layers.is_empty());
        assert!(layers.last().is_some_and(|last| !last.keeps_largest));
        Self { layers, memory: Mutex::default() }
    }

    /// Values of an input and of an output.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        let (first, last) = (&self.layers[0], &self.layers[self.layers.len() - 1]);
        [first.input(), last.output()].map(|size| size.iter().product())
    }

    /// The outputs of images `[batch, channels, height, width]`, one row each; false, and whatever in `outputs`, if a value is not a number
    /// below 2^40.
    pub(crate) fn forward(&self, images: &[f32], outputs: &mut [f32]) -> bool {
        let [each_in, each_out] = self.sizes();
        assert!(images.len().is_multiple_of(each_in) && images.len() / each_in * each_out == outputs.len());
        let batch = images.len() / each_in;
        let fair = batch.div_ceil(rayon::current_num_threads()).clamp(1, GROUP);
        let task = |(images, outputs): (&[f32], &mut [f32])| {
            let mut between = self.lock().pop().unwrap_or_else(|| vec![Vec::new(); self.layers.len()]);
            let size = self.layers[0].input();
            let count = images.len() / each_in;
            let x = StridedImages::new(images, Order::ChannelsFirst.strides(size), count, size);
            let is_tame = pass(&self.layers, &x, count, &mut between, outputs);
            self.lock().push(between);
            is_tame
        };
        if batch == 1 && self.is_divided() && rayon::current_thread_index().is_none() {
            // Once for all layers: a thread of another kind that enters the pool sleeps until it is answered.
            return rayon::scope(|_| task((images, outputs)));
        }
        if batch <= fair {
            return batch == 0 || task((images, outputs));
        }
        let tasks = images.par_chunks(fair * each_in).zip(outputs.par_chunks_mut(fair * each_out));
        tasks.map(task).reduce(|| true, |a, b| a & b)
    }

    fn is_divided(&self) -> bool {
        self.layers.iter().any(|layer| layer.strips.len() > 1)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Between>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A group of images through these layers.
fn pass(
    layers: &[PreparedLayer],
    x: &StridedImages<'_>,
    count: usize,
    between: &mut [Vec<f32>],
    outputs: &mut [f32],
) -> bool {
    let ([layer, rest @ ..], [here, behind @ ..]) = (layers, between) else { return true };
    if rest.is_empty() {
        return layer.forward(x, count, outputs);
    }
    let (computed, size) = (layer.computed(), layer.output());
    let [length, kept] = [computed, size].map(|size| count * size.iter().product::<usize>());
    if here.len() < length {
        here.resize(length, 0.0);
    }
    let mut is_tame = layer.forward(x, count, &mut here[..length]);
    if layer.keeps_largest {
        // What is not a number would be lost among those that are.
        is_tame &= (layer.layer.kernels.is_tame)(&here[..length]);
        take_largest(&mut here[..length], computed);
    }
    is_tame & pass(rest, &StridedImages::channels_last(&here[..kept], size), count, behind, outputs)
}

/// The largest value of each channel of images of this size, channels last: one image behind the other, from the start on.
fn take_largest(images: &mut [f32], [channels, height, width]: [usize; 3]) {
    let each = channels * height * width;
    for image in 0..images.len() / each {
        let start = image * each;
        let (largest, others) = images[start..start + each].split_at_mut(channels);
        for pixel in others.chunks_exact(channels) {
            largest.iter_mut().zip(pixel).for_each(|(largest, value)| *largest = largest.max(*value));
        }
        images.copy_within(start..start + channels, image * channels);
    }
}
