//! Layers made ready to answer: weights packed once, an image's lines divided among the threads, memory kept from call to call.

use super::BlockLayer;
use super::geometry::{Frame, Geometry, Order, StridedImages};
use super::layer::Algorithm;
use super::pool::Epilogue;
use super::product::Product;
use super::scratch::{Scratch, unwritten};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Images that a task takes through all layers, so that what a layer leaves is still in the cache for the next.
const GROUP: usize = 8;
/// Multiplications below which a layer of one image is not worth dividing.
pub(super) const WORTH_DIVIDING: usize = 1 << 20;

/// A layer of one image with everything that does not depend on the image.
pub(crate) struct PreparedLayer {
    /// For one image.
    layer: BlockLayer,
    weight: Vec<f32>,
    /// Filled up to whole vectors.
    bias: Vec<f32>,
    /// Strips of lines that threads take side by side; one where that does not pay.
    strips: Vec<Strip>,
    after: Option<Elementwise>,
    /// Whether of each channel the largest value alone is left, at last.
    keeps_largest: bool,
}

/// A function of every value, in place.
pub(crate) type Elementwise = Box<dyn Fn(&mut [f32]) + Send + Sync>;

/// Lines of the output as a layer of their own, on the lines of the input that they see.
struct Strip {
    layer: BlockLayer,
    first_line: usize,
    /// Values of the output.
    values: usize,
}

impl PreparedLayer {
    /// Weights `[channels_out, channels_in, kernel height, kernel width]`, for one image by so many threads.
    pub(crate) fn new(layer: BlockLayer, weight: &[f32], bias: &[f32], threads: usize) -> Self {
        let layer = BlockLayer { order: Order::ChannelsLast, ..layer };
        let packed = layer.packed_weights(weight);
        let mut padded = vec![0.0; layer.padded(layer.geometry.channels_out)];
        padded[..bias.len()].copy_from_slice(bias);
        let strips = strips(&layer, threads);
        Self { layer, weight: packed, bias: padded, strips, after: None, keeps_largest: false }
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
        [channels, height, width]
    }

    /// The same of its input.
    pub(crate) fn input(&self) -> [usize; 3] {
        let Geometry { channels_in, input: [height, width], .. } = self.layer.geometry;
        [channels_in, height, width]
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
        match self.strips.as_slice() {
            _ if images > 1 && self.is_dense(x) => self.dense_forward(x, images, output),
            strips if images == 1 && strips.len() > 1 => {
                let mut pieces = Vec::with_capacity(strips.len());
                let mut rest = output;
                for strip in strips {
                    let (piece, behind) = rest.split_at_mut(strip.values);
                    pieces.push(piece);
                    rest = behind;
                }
                let tasks = strips.par_iter().zip(pieces);
                tasks.map(|(strip, piece)| self.run(&strip.layer, &strip.seen(x), piece)).reduce(|| true, |a, b| a & b)
            }
            _ => self.run(&self.layer, x, output),
        }
    }

    fn run(&self, layer: &BlockLayer, x: &StridedImages<'_>, output: &mut [f32]) -> bool {
        let (weight, bias, output) = (&self.weight, &self.bias, unwritten(output));
        match layer.algorithm {
            Algorithm::Direct | Algorithm::Depthwise => layer.direct_forward(x, 0, weight, bias, output, &mut []),
            Algorithm::Winograd(taps) => layer.tile_forward(taps, x, 0, weight, bias, output, &mut []),
        }
    }

    /// True if the kernel covers the whole image: then images are the rows of a matrix product.
    fn is_dense(&self, x: &StridedImages<'_>) -> bool {
        let Geometry { input, kernel, padding, .. } = self.layer.geometry;
        kernel == input && padding == [(0, 0); 2] && x.is_channels_last(self.input())
    }

    fn dense_forward(&self, x: &StridedImages<'_>, images: usize, output: &mut [f32]) -> bool {
        let (taps, columns) = (self.layer.geometry.taps(), self.bias.len());
        let product = Product::of_rows(images, [taps, taps], columns);
        let rows = Frame::tight([1, images], columns);
        let epilogue = Epilogue { size: [1, images], ..self.layer.epilogue() };
        Scratch::with(|scratch| {
            let [products] = scratch.take([rows.len()]);
            (self.layer.kernels.product)(&product, x.values, &self.weight, products);
            (self.layer.kernels.epilogue)(&epilogue, products, &rows, &self.bias, unwritten(output), &mut []);
        });
        (self.layer.kernels.is_tame)(&x.values[..images * taps])
    }
}

impl Strip {
    /// The part of the input that it sees.
    fn seen<'a>(&self, x: &StridedImages<'a>) -> StridedImages<'a> {
        StridedImages { values: &x.values[self.first_line * x.strides[2]..], strides: x.strides }
    }
}

/// Strips of about as many lines each, cut where neither a pooling window nor a tile is.
fn strips(layer: &BlockLayer, threads: usize) -> Vec<Strip> {
    let (geometry, epilogue) = (&layer.geometry, layer.epilogue());
    let unit = match layer.algorithm {
        Algorithm::Direct | Algorithm::Depthwise => epilogue.window(),
        Algorithm::Winograd(taps) => taps.output(),
    };
    let [height, width] = geometry.output();
    let work = height * width * layer.taps() * geometry.channels_out;
    let units = (epilogue.size[0] * epilogue.window()).div_ceil(unit);
    let count = if work < WORTH_DIVIDING { 1 } else { threads.min(units) };
    let end = |strip: usize| if strip == count { height } else { units * strip / count * unit };
    (0..count).map(|strip| of_lines(layer, end(strip)..end(strip + 1))).collect()
}

fn of_lines(layer: &BlockLayer, lines: Range<usize>) -> Strip {
    let geometry = layer.geometry;
    let (stride, (top, _)) = (geometry.stride[0], geometry.padding[0]);
    let [first, end] = [lines.start * stride, (lines.end - 1) * stride + geometry.reach()[0]];
    // In lines of the input, of which there are none before the first and behind the last.
    let seen = first.saturating_sub(top)..(end - top).min(geometry.input[0]);
    let padding = (top.saturating_sub(first), (end - top).saturating_sub(geometry.input[0]));
    let input = [seen.len(), geometry.input[1]];
    let geometry = Geometry { input, padding: [padding, geometry.padding[1]], ..geometry };
    let layer = BlockLayer { geometry, ..*layer };
    Strip { layer, first_line: seen.start, values: layer.epilogue().len() }
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
    let is_tame = layer.forward(x, count, &mut here[..length]);
    if layer.keeps_largest {
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
