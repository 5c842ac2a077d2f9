//! Convolution and pooling as sums written out.

use crate::prelude::*;

/// Numbers `[channels, height, width]`; or a filter, which is square.
#[derive(Clone, Debug)]
pub(super) struct Image {
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) values: Vec<f64>,
}

/// How a filter or a window moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slide {
    /// How far it goes at a time.
    pub(super) stride: usize,
    /// Rows and columns of zeros around the image.
    pub(super) padding: usize,
}

/// One at a time, nothing around.
pub(super) const PLAIN: Slide = Slide { stride: 1, padding: 0 };

/// What becomes of the values in a window.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pooling {
    Max,
    Average,
}

/// The notes' `(n + 2p - f) / s + 1`, rounded down: what is left over at the end is never looked at.
pub(super) fn output_size(size: usize, filter: usize, slide: Slide) -> usize {
    (size + 2 * slide.padding - filter) / slide.stride + 1
}

/// `y[k, i, j] = sum over c, u, v of x[c, i s + u - p, j s + v - p] w[k, c, u, v]`, an output channel a filter.
pub(super) fn convolve(image: &Image, filters: &[Image], slide: Slide) -> Image {
    let side = filters.first().map_or(1, |filter| filter.width);
    slid(image, filters.len(), side, slide, |k, place| {
        products(image, &filters[k], slide, place).iter().map(|(x, w)| x * w).sum()
    })
}

/// What lies on each other at one place of the output: image value and filter value, channel by channel, row by row.
pub(super) fn products(image: &Image, filter: &Image, slide: Slide, place: [usize; 2]) -> Vec<(f64, f64)> {
    let values = (0..filter.channels).flat_map(|channel| image.under(channel, filter.width, slide, place));
    values.zip(filter.values.iter().copied()).collect()
}

/// The largest, or the mean, of the values in a square window; each channel by itself, no padding.
pub(super) fn pool(image: &Image, side: usize, stride: usize, pooling: Pooling) -> Image {
    let slide = Slide { stride, padding: 0 };
    slid(image, image.channels, side, slide, |channel, place| {
        let window = image.under(channel, side, slide, place);
        match pooling {
            Pooling::Max => window.fold(f64::NEG_INFINITY, f64::max),
            Pooling::Average => window.sum::<f64>() / (side * side) as f64,
        }
    })
}

/// `value(channel, [row, column])` of every place where a square of `side` may lie.
fn slid(image: &Image, channels: usize, side: usize, slide: Slide, value: impl Fn(usize, [usize; 2]) -> f64) -> Image {
    let [height, width] = [image.height, image.width].map(|size| output_size(size, side, slide));
    let at = |index: usize| value(index / (height * width), [index / width % height, index % width]);
    Image { channels, height, width, values: (0..channels * height * width).map(at).collect() }
}

impl Image {
    /// One channel from rows.
    pub(super) fn from_rows<const W: usize>(rows: &[[f64; W]]) -> Self {
        Self { channels: 1, height: rows.len(), width: W, values: rows.concat() }
    }

    /// Standard normal numbers.
    pub(super) fn random([channels, height, width]: [usize; 3], random: &mut Stream) -> Self {
        Self { channels, height, width, values: random.normals(channels * height * width) }
    }

    /// The rows of the first channel.
    pub(super) fn rows(&self) -> Vec<Vec<f64>> {
        self.values.chunks_exact(self.width).take(self.height).map(<[f64]>::to_vec).collect()
    }

    /// What a square of `side` lies on at one place of the output, row by row.
    fn under(&self, channel: usize, side: usize, slide: Slide, [row, column]: [usize; 2]) -> impl Iterator<Item = f64> {
        (0..side * side).map(move |place| {
            let (down, right) = (place / side, place % side);
            self.padded(channel, row * slide.stride + down, column * slide.stride + right, slide.padding)
        })
    }

    /// The value at a place of the padded image: zero outside.
    fn padded(&self, channel: usize, row: usize, column: usize, padding: usize) -> f64 {
        let inside = |at: usize, size: usize| at.checked_sub(padding).filter(|at| *at < size);
        match (inside(row, self.height), inside(column, self.width)) {
            (Some(row), Some(column)) => self.values[(channel * self.height + row) * self.width + column],
            _ => 0.0,
        }
    }

    /// The largest difference to an image of the same shape; infinite to another.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let shape = |image: &Self| [image.channels, image.height, image.width];
        if shape(self) == shape(other) { largest_gap(&self.values, &other.values) } else { f64::INFINITY }
    }
}
