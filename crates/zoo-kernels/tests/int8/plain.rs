//! Layers in plain loops: of bytes by their description, and in `f64`.

use crate::Layer;
use zoo_kernels::{Int8Layer, Int8Network, Pointwise, Pool};

/// Values of an image `[channels][height][width]`.
#[derive(Clone)]
pub(crate) struct Image<T> {
    pub(crate) size: [usize; 3],
    pub(crate) values: Vec<T>,
}

impl<T: Copy> Image<T> {
    fn at(&self, channel: usize, y: usize, x: usize) -> T {
        self.values[(channel * self.size[1] + y) * self.size[2] + x]
    }

    fn of(size: [usize; 3], value: impl Fn(usize, usize, usize) -> T) -> Self {
        let [channels, height, width] = size;
        let places = (0..channels).flat_map(|c| (0..height).flat_map(move |y| (0..width).map(move |x| (c, y, x))));
        Self { size, values: places.map(|(c, y, x)| value(c, y, x)).collect() }
    }

    /// As the networks give it: pixel by pixel.
    pub(crate) fn channels_last(&self) -> Vec<T> {
        let [channels, height, width] = self.size;
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        pixels.flat_map(|(y, x)| (0..channels).map(move |c| self.at(c, y, x))).collect()
    }

    fn pooled(self, pool: Pool, of_four: impl Fn([T; 4]) -> T) -> Self {
        let [channels, height, width] = self.size;
        if pool == Pool::None {
            return self;
        }
        Image::of([channels, height / 2, width / 2], |c, y, x| {
            let (y, x) = (2 * y, 2 * x);
            of_four([self.at(c, y, x), self.at(c, y, x + 1), self.at(c, y + 1, x), self.at(c, y + 1, x + 1)])
        })
    }
}

/// Each output of a convolution: the sum of `term(channel in, tap, value)` for the values that its window meets.
fn convolved<T: Copy, S: Copy + std::iter::Sum>(
    image: &Image<T>,
    [channels, channels_in, height, width]: [usize; 4],
    padding: usize,
    term: impl Fn(usize, usize, T) -> S,
) -> Image<S> {
    let [_, lines, columns] = image.size;
    let size = [channels, lines + 2 * padding + 1 - height, columns + 2 * padding + 1 - width];
    Image::of(size, |out, y, x| {
        let taps = (0..channels_in * height * width).filter_map(|tap| {
            let (channel, i, j) = (tap / (height * width), tap / width % height, tap % width);
            let (y, x) = ((y + i).checked_sub(padding)?, (x + j).checked_sub(padding)?);
            (y < lines && x < columns)
                .then(|| term(out, out * channels_in * height * width + tap, image.at(channel, y, x)))
        });
        taps.sum()
    })
}

/// A layer in plain loops: bytes, or numbers from the last one.
fn plain(layer: &Int8Layer, bytes: &Image<u8>) -> Result<Image<u8>, Image<f32>> {
    let zero_point = i32::from(layer.input.zero_point);
    let sums = convolved(bytes, layer.shape, layer.padding, |_, weight, byte| {
        i32::from(layer.weight[weight]) * (i32::from(byte) - zero_point)
    });
    let is_relu = layer.pointwise == Pointwise::Relu;
    let scale = |channel: usize| layer.input.scale * layer.weight_scales[channel];
    let Some(output) = layer.output else {
        let value = |c, y, x| {
            let sum = sums.at(c, y, x) + layer.bias[c];
            (if is_relu { sum.max(0) } else { sum }) as f32 * scale(c)
        };
        let values = Image::of(sums.size, value);
        let pool = |four: [f32; 4]| match layer.pool {
            Pool::Max => four.into_iter().fold(f32::MIN, f32::max),
            _ => 0.25 * four.iter().sum::<f32>(),
        };
        return Err(values.pooled(layer.pool, pool));
    };
    let byte = |c, y, x| {
        let steps = ((sums.at(c, y, x) + layer.bias[c]) as f32 * (scale(c) / output.scale)).round_ties_even();
        let steps = if is_relu { steps.max(0.0) } else { steps };
        (steps + f32::from(output.zero_point)).clamp(0.0, 255.0) as u8
    };
    let pool = |four: [u8; 4]| match layer.means {
        None => four.into_iter().max().unwrap(),
        Some(means) => {
            let sum: i32 = four.iter().map(|byte| i32::from(*byte) - i32::from(output.zero_point)).sum();
            let steps = (sum as f32 * (output.scale / (4.0 * means.scale))).round_ties_even();
            (steps + f32::from(means.zero_point)).clamp(0.0, 255.0) as u8
        }
    };
    let mut bytes = Image::of(sums.size, byte).pooled(layer.pool, pool);
    if let Some(function) = &layer.function {
        bytes.values.iter_mut().for_each(|byte| *byte = function.table[usize::from(*byte)]);
    }
    Ok(bytes)
}

/// What each layer gives for an image: bytes as numbers, and the numbers of the last one.
pub(crate) fn plain_forward(network: &Int8Network, input: [usize; 3], image: &[f32]) -> Vec<Image<f32>> {
    let first = network.layers()[0].input;
    let mut bytes = Image { size: input, values: image.iter().map(|value| first.quantize(*value)).collect() };
    let mut all = Vec::new();
    for layer in network.layers() {
        match plain(layer, &bytes) {
            Err(numbers) => all.push(numbers),
            Ok(next) => {
                let output = layer.means.or(layer.output);
                let of = layer.function.as_ref().map_or(output, |function| Some(function.output)).unwrap();
                all.push(Image {
                    size: next.size,
                    values: next.values.iter().map(|byte| of.dequantize(*byte)).collect(),
                });
                bytes = next;
            }
        }
    }
    all
}

/// The same layers in `f64`, before and behind the pooling.
pub(crate) fn exact_forward(input: [usize; 3], layers: &[Layer], image: &[f32]) -> Vec<[Image<f64>; 2]> {
    let mut values = Image { size: input, values: image.iter().map(|value| f64::from(*value)).collect() };
    let mut all = Vec::new();
    for layer in layers {
        let sums = convolved(&values, layer.shape, layer.padding, |_, weight, x| f64::from(layer.weight[weight]) * x);
        let bias = |c: usize| f64::from(layer.bias[c]);
        let relu = |value: f64| if layer.pointwise == Pointwise::Relu { value.max(0.0) } else { value };
        let convolved = Image::of(sums.size, |c, y, x| relu(sums.at(c, y, x) + bias(c)));
        values = convolved.clone().pooled(layer.pool, |four| match layer.pool {
            Pool::Max => four.into_iter().fold(f64::MIN, f64::max),
            _ => four.iter().sum::<f64>() / 4.0,
        });
        all.push([convolved, values.clone()]);
    }
    all
}
