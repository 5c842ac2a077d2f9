//! Convolution and pooling as sums written out, and the same by Burn.

use crate::prelude::*;
use burn::tensor::TensorData;
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};

/// Numbers `[channels, height, width]`, or the filters of one output channel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Image {
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) values: Vec<f64>,
}

/// How a filter or a window moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slide {
    /// How far it goes at a time.
    pub(crate) stride: usize,
    /// Rows and columns of zeros around the image.
    pub(crate) padding: usize,
}

/// What becomes of the values in a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pooling {
    Max,
    Average,
}

/// The notes' `(n + 2p - f) / s + 1`, rounded down: what is left over at the end is never looked at.
pub(crate) fn output_size(size: usize, filter: usize, slide: Slide) -> usize {
    (size + 2 * slide.padding - filter) / slide.stride + 1
}

impl Image {
    /// One channel from rows.
    pub(crate) fn from_rows<const W: usize>(rows: &[[f64; W]]) -> Self {
        Self { channels: 1, height: rows.len(), width: W, values: rows.concat() }
    }

    /// One channel of so many columns, row after row.
    pub(crate) fn from_values(values: &[f64], width: usize) -> Self {
        Self { channels: 1, height: values.len() / width, width, values: values.to_vec() }
    }

    /// Standard normal numbers.
    pub(crate) fn random([channels, height, width]: [usize; 3], random: &mut Stream) -> Self {
        Self { channels, height, width, values: random.normals(channels * height * width) }
    }

    /// The value at a place of the padded image: zero outside.
    fn padded(&self, channel: usize, row: usize, column: usize, padding: usize) -> f64 {
        let inside = |at: usize, size: usize| at.checked_sub(padding).filter(|at| *at < size);
        match (inside(row, self.height), inside(column, self.width)) {
            (Some(row), Some(column)) => self.values[(channel * self.height + row) * self.width + column],
            _ => 0.0,
        }
    }

    /// The rows of the first channel.
    pub(crate) fn rows(&self) -> Vec<Vec<f64>> {
        self.values.chunks_exact(self.width).take(self.height).map(<[f64]>::to_vec).collect()
    }

    pub(crate) fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        Self { values: self.values.iter().map(|&value| change(value)).collect(), ..*self }
    }

    /// Turned by half a turn: what mathematicians do to a filter first.
    pub(crate) fn turned(&self) -> Self {
        let turned = |channel: &[f64]| channel.iter().rev().copied().collect::<Vec<_>>();
        Self { values: self.values.chunks(self.height * self.width).flat_map(turned).collect(), ..*self }
    }

    pub(crate) fn tensor(&self) -> Tensor<4> {
        let shape = [1, self.channels, self.height, self.width];
        let values: Vec<f32> = self.values.iter().map(|&value| value as f32).collect();
        Tensor::from_data(TensorData::new(values, shape), &Device::flex())
    }

    fn from_tensor(tensor: Tensor<4>) -> Result<Self> {
        let [_, channels, height, width] = tensor.dims();
        Ok(Self { channels, height, width, values: values(tensor)? })
    }

    /// The largest difference to an image of the same shape; infinite to another.
    pub(crate) fn distance(&self, other: &Self) -> f64 {
        let shape = |image: &Self| [image.channels, image.height, image.width];
        if shape(self) != shape(other) {
            return f64::INFINITY;
        }
        largest_gap(&self.values, &other.values)
    }
}

/// The products under the filter at one place of the output: image value and filter value, channel by channel, row by row.
pub(crate) fn products(image: &Image, filter: &Image, slide: Slide, row: usize, column: usize) -> Vec<(f64, f64)> {
    let mut pairs = Vec::new();
    for channel in 0..filter.channels {
        for down in 0..filter.height {
            for right in 0..filter.width {
                let (at_row, at_column) = (row * slide.stride + down, column * slide.stride + right);
                let value = image.padded(channel, at_row, at_column, slide.padding);
                pairs.push((value, filter.padded(channel, down, right, 0)));
            }
        }
    }
    pairs
}

/// `y[k, i, j] = sum over c, u, v of x[c, i s + u - p, j s + v - p] w[k, c, u, v]`, an output channel a filter.
pub(crate) fn convolve(image: &Image, filters: &[Image], slide: Slide) -> Image {
    let (height, width) = match filters.first() {
        Some(first) => (output_size(image.height, first.height, slide), output_size(image.width, first.width, slide)),
        None => (0, 0),
    };
    let mut values = Vec::with_capacity(filters.len() * height * width);
    for filter in filters {
        for row in 0..height {
            for column in 0..width {
                let pairs = products(image, filter, slide, row, column);
                values.push(pairs.iter().map(|(value, weight)| value * weight).sum());
            }
        }
    }
    Image { channels: filters.len(), height, width, values }
}

/// The largest, or the mean, of the values in a square window; each channel by itself, no padding.
pub(crate) fn pool(image: &Image, side: usize, stride: usize, pooling: Pooling) -> Image {
    let slide = Slide { stride, padding: 0 };
    let (height, width) = (output_size(image.height, side, slide), output_size(image.width, side, slide));
    let mut values = Vec::with_capacity(image.channels * height * width);
    for channel in 0..image.channels {
        for row in 0..height {
            for column in 0..width {
                let places =
                    (0..side * side).map(|place| (row * stride + place / side, column * stride + place % side));
                let window = places.map(|(row, column)| image.padded(channel, row, column, 0));
                values.push(match pooling {
                    Pooling::Max => window.fold(f64::NEG_INFINITY, f64::max),
                    Pooling::Average => window.sum::<f64>() / (side * side) as f64,
                });
            }
        }
    }
    Image { channels: image.channels, height, width, values }
}

/// A library's convolution: Burn's, or the zoo's own kernels.
pub(crate) type Conv2d = fn(Tensor<4>, Tensor<4>, Option<Tensor<1>>, ConvOptions<2>) -> Tensor<4>;

/// [`convolve`] by a library, in `f32`.
pub(crate) fn by_library(library: Conv2d, image: &Image, filters: &[Image], slide: Slide) -> Result<Image> {
    let weights = Tensor::cat(filters.iter().map(Image::tensor).collect(), 0); // [filters, channels, height, width]
    let options = ConvOptions::new([slide.stride; 2], [slide.padding; 2], [1, 1], 1);
    Image::from_tensor(library(image.tensor(), weights, None, options))
}

/// [`pool`] by Burn.
pub(crate) fn pool_by_burn(image: &Image, side: usize, stride: usize, pooling: Pooling) -> Result<Image> {
    let x = image.tensor();
    Image::from_tensor(match pooling {
        Pooling::Max => max_pool2d(x, MaxPoolOptions::new([side; 2]).with_stride([stride; 2])),
        Pooling::Average => avg_pool2d(x, AvgPoolOptions::new([side; 2]).with_stride([stride; 2])),
    })
}

/// Burn's own.
pub(crate) const BURN: Conv2d = |x, weight, bias, options| burn::tensor::module::conv2d(x, weight, bias, options);
/// The zoo's kernels, which its networks train with.
pub(crate) const ZOO: Conv2d = |x, weight, bias, options| zoo_kernels::conv2d(x, weight, bias, options);

/// The largest difference of a library's convolution to the sums written out, relative to the sum of the products' sizes, which
/// rounding errors are proportional to.
pub(crate) fn relative_distance(library: Conv2d, image: &Image, filters: &[Image], slide: Slide) -> Result<f64> {
    let (found, wanted) = (by_library(library, image, filters, slide)?, convolve(image, filters, slide));
    if found.values.len() != wanted.values.len() {
        return Ok(f64::INFINITY);
    }
    let sizes = convolve(&image.map(f64::abs), &filters.iter().map(|one| one.map(f64::abs)).collect::<Vec<_>>(), slide);
    let differences = found.values.iter().zip(&wanted.values).map(|(found, wanted)| (found - wanted).abs());
    Ok(differences.zip(&sizes.values).map(|(apart, size)| apart / (size + 1e-12)).fold(0.0, larger))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        /// An image, filters no larger than it, and how they slide.
        fn task()(seed in any::<u64>(), channels in 1..4usize, count in 1..4usize, side in 1..5usize, padding in 0..3usize, stride in 1..4usize)
            (height in side..9, width in side..9, seed in Just(seed), channels in Just(channels), count in Just(count),
             side in Just(side), slide in Just(Slide { stride, padding })) -> (Image, Vec<Image>, Slide) {
            let mut random = Stream::numbered(seed, 0);
            let image = Image::random([channels, height, width], &mut random);
            (image, (0..count).map(|_| Image::random([channels, side, side], &mut random)).collect(), slide)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn convolution_is_linear((image, filters, slide) in task(), factor in -3.0..3.0f64) {
            let scaled = convolve(&image.map(|value| factor * value), &filters, slide);
            prop_assert!(scaled.distance(&convolve(&image, &filters, slide).map(|value| factor * value)) < 1e-9);
        }

        #[test]
        fn no_mean_exceeds_the_largest((image, filters, slide) in task()) {
            let pooled = [Pooling::Max, Pooling::Average].map(|kind| pool(&image, filters[0].width, slide.stride, kind));
            prop_assert!(pooled[0].values.iter().zip(&pooled[1].values).all(|(most, mean)| *most >= mean - 1e-12));
        }
    }

    #[test]
    fn the_size_is_rounded_down() {
        assert_eq!(output_size(5, 3, Slide { stride: 1, padding: 0 }), 3);
        assert_eq!(output_size(8, 3, Slide { stride: 2, padding: 1 }), 4);
        assert_eq!(output_size(32, 5, Slide { stride: 1, padding: 2 }), 32);
    }
}
