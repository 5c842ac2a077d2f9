//! Random changes to training images that keep their label.

use serde::{Deserialize, Serialize};

use crate::random::{Purpose, Stream};
use crate::{Explain, range};

/// One random change to a training image of bytes that keeps its label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Augmentation {
    /// Mirror left and right with probability one half.
    Flip,
    /// Move down and right by two whole numbers drawn from `-pixels..=pixels`: a random crop of the padded image.
    Shift {
        /// The longest move, in pixels; less than the image's side.
        #[serde(deserialize_with = "range::count::<64, _>")]
        pixels: usize,
        /// What comes into view.
        padding: Padding,
    },
    /// Turn about the center by an angle drawn from `-degrees..degrees`, bilinear.
    Rotate {
        /// The largest angle.
        #[serde(deserialize_with = "range::angle")]
        degrees: f64,
        /// What comes into view.
        padding: Padding,
    },
    /// Add one number drawn from `-amount * 255..amount * 255` to every byte, clamped to `0..=255`.
    Brightness {
        /// The largest change, as a fraction of the full range.
        #[serde(deserialize_with = "range::factor")]
        amount: f64,
    },
    /// Mirror left and right in every second epoch. A number that depends on the seed and the image alone decides in which of the two, so that
    /// in any two epochs in a row both sides of every image are seen once (Keller Jordan's cifar10-airbench).
    AlternateFlip,
    /// Blacken a square whose center is drawn from the whole image; what of it lies outside is cut off.
    Cutout {
        /// The side of the square, in pixels; less than the image's side.
        #[serde(deserialize_with = "range::count::<64, _>")]
        pixels: usize,
    },
}

/// What lies outside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// Black: `0 0 | a b c | 0 0`.
    Zero,
    /// The nearest pixel again: `a a | a b c | c c`.
    Edge,
    /// The image mirrored at its edge pixels, which are not repeated: `c b | a b c | b a`. Farther out it goes back and forth.
    Reflect,
}

/// An image that is being changed, `[channels, height, width]`, with room for the next version.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Canvas {
    height: usize,
    width: usize,
    pixels: Vec<u8>,
    next: Vec<u8>,
}

impl Augmentation {
    /// Whether this mirrors images left and right, so that the mirror image of a test image is what the model was trained on too.
    pub fn is_flip(self) -> bool {
        matches!(self, Augmentation::Flip | Augmentation::AlternateFlip)
    }

    /// What comes into view where this moves images.
    pub fn shift_padding(self) -> Option<Padding> {
        match self {
            Augmentation::Shift { padding, .. } => Some(padding),
            _ => None,
        }
    }

    /// The length in pixels that has to be less than the image's side, where there is one.
    pub fn reach(self) -> Option<usize> {
        match self {
            Augmentation::Shift { pixels, .. } | Augmentation::Cutout { pixels } => Some(pixels),
            _ => None,
        }
    }

    /// Draws what it needs from the draw's stream and changes the image.
    pub(crate) fn apply(self, canvas: &mut Canvas, draw: &mut Draw) {
        let stream = &mut draw.stream;
        match self {
            Augmentation::Flip => {
                if stream.coin() {
                    canvas.flip();
                }
            }
            Augmentation::Shift { pixels, padding } => {
                let reach = u32::try_from(pixels).unwrap_or(u32::MAX);
                let (down, right) = (stream.within(reach), stream.within(reach));
                canvas.shift(down, right, padding);
            }
            Augmentation::Rotate { degrees, padding } => {
                canvas.rotate(stream.symmetric() * degrees, padding);
            }
            Augmentation::Brightness { amount } => {
                canvas.brighten(stream.symmetric() * amount * 255.0);
            }
            Augmentation::AlternateFlip => {
                if draw.is_turn() {
                    canvas.flip();
                }
            }
            Augmentation::Cutout { pixels } => {
                let (y, x) = (stream.below(canvas.height as u64), stream.below(canvas.width as u64));
                canvas.blacken(y as usize, x as usize, pixels);
            }
        }
    }
}

/// What the changes of one image in one epoch are drawn from.
pub(crate) struct Draw {
    stream: Stream,
    seed: u64,
    epoch: u64,
    index: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64, epoch: usize, index: u32) -> Draw {
        let (epoch, index) = (epoch as u64, u64::from(index));
        Draw { stream: Stream::new(seed, Purpose::Augmentation, epoch, index), seed, epoch, index }
    }

    /// Whether an image that alternates is changed in this epoch.
    fn is_turn(&self) -> bool {
        let starts = Stream::new(self.seed, Purpose::Alternation, 0, self.index).coin();
        starts ^ (self.epoch % 2 == 1)
    }
}

impl Padding {
    /// The place in `0..length` whose pixel stands at `place`; `None` for black.
    fn resolve(self, place: i64, length: usize) -> Option<usize> {
        let length = length as i64;
        let inside = (0..length).contains(&place);
        let resolved = match self {
            _ if inside => place,
            Padding::Zero => return None,
            Padding::Edge => place.clamp(0, length - 1),
            Padding::Reflect => {
                let period = (2 * (length - 1)).max(1); // an image one pixel wide is its own mirror
                let folded = place.rem_euclid(period);
                folded.min(period - folded)
            }
        };
        Some(resolved as usize)
    }
}

impl Canvas {
    /// Starts again from another image.
    pub(crate) fn load(&mut self, height: usize, width: usize, image: &[u8]) {
        (self.height, self.width) = (height, width);
        self.pixels.clear();
        self.pixels.extend_from_slice(image);
        self.next.resize(image.len(), 0);
    }

    /// The image as it stands.
    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    fn flip(&mut self) {
        let width = self.width.max(1);
        self.pixels.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }

    pub(crate) fn shift(&mut self, down: i64, right: i64, padding: Padding) {
        let (height, width) = (self.height, self.width);
        let columns = Columns::new(width, right, padding);
        self.redraw(|channel, y, row| match padding.resolve(y as i64 - down, height) {
            Some(source) => columns.copy(&channel[source * width..][..width], row),
            None => row.fill(0),
        });
    }

    /// Positive angles turn counter-clockwise. Every new pixel is looked up where it came from.
    fn rotate(&mut self, degrees: f64, padding: Padding) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let area = self.height * self.width;
        let (middle_y, middle_x) = ((self.height as f64 - 1.0) / 2.0, (self.width as f64 - 1.0) / 2.0);
        for place in 0..area {
            let y = (place / self.width) as f64 - middle_y;
            let x = (place % self.width) as f64 - middle_x;
            let source = self.neighbors(middle_y + sin * x + cos * y, middle_x + cos * x - sin * y, padding);
            for start in (0..self.pixels.len()).step_by(area) {
                self.next[start + place] = source.mean(&self.pixels[start..][..area]);
            }
        }
        std::mem::swap(&mut self.pixels, &mut self.next);
    }

    /// The four pixels around a place, the same in every channel. Those outside count as black, with weight 0.
    fn neighbors(&self, y: f64, x: f64, padding: Padding) -> Neighbors {
        let ((top, down), (left, right)) = (split(y), split(x));
        let rows = [(top, 1.0 - down), (top + 1, down)];
        let columns = [(left, 1.0 - right), (left + 1, right)];
        let columns = columns.map(|(x, weight)| (padding.resolve(x, self.width), weight));
        let mut neighbors = Neighbors::default();
        for (pair, (y, row_weight)) in neighbors.0.chunks_exact_mut(2).zip(rows) {
            let row = padding.resolve(y, self.height);
            for (neighbor, (column, column_weight)) in pair.iter_mut().zip(columns) {
                if let Some((row, column)) = row.zip(column) {
                    *neighbor = (row * self.width + column, row_weight * column_weight);
                }
            }
        }
        neighbors
    }

    fn brighten(&mut self, change: f64) {
        let change = change.round() as i16; // the bytes are whole; `as` saturates far outside the range
        for pixel in &mut self.pixels {
            *pixel = i16::from(*pixel).saturating_add(change).clamp(0, 255) as u8;
        }
    }

    /// A black square of that side around a place, in every channel.
    fn blacken(&mut self, y: usize, x: usize, side: usize) {
        let (height, width) = (self.height, self.width);
        let reach = |middle: usize, length: usize| {
            let start = middle.saturating_sub(side / 2);
            start..(middle + side - side / 2).min(length)
        };
        let (rows, columns) = (reach(y, height), reach(x, width));
        for channel in self.pixels.chunks_exact_mut((height * width).max(1)) {
            for row in rows.clone() {
                channel[row * width..][columns.clone()].fill(0);
            }
        }
    }

    /// Makes every row anew, by `draw(old channel, y, new row)`.
    fn redraw(&mut self, draw: impl Fn(&[u8], usize, &mut [u8])) {
        let (area, width) = ((self.height * self.width).max(1), self.width.max(1));
        let channels = self.pixels.chunks_exact(area).zip(self.next.chunks_exact_mut(area));
        for (channel, next) in channels {
            for (y, row) in next.chunks_exact_mut(width).enumerate() {
                draw(channel, y, row);
            }
        }
        std::mem::swap(&mut self.pixels, &mut self.next);
    }
}

/// Where the pixels of a shifted row come from: a run of the old row, between two edges resolved once for the image.
struct Columns {
    edges: Vec<(usize, Option<usize>)>,
    run: std::ops::Range<usize>,
    start: usize,
}

impl Columns {
    fn new(width: usize, right: i64, padding: Padding) -> Columns {
        let from = right.clamp(0, width as i64) as usize;
        let to = (width as i64 + right).clamp(from as i64, width as i64) as usize;
        let edge = |x: usize| (x, padding.resolve(x as i64 - right, width));
        Columns {
            edges: (0..from).chain(to..width).map(edge).collect(),
            run: from..to,
            start: (-right).clamp(0, width as i64) as usize,
        }
    }

    fn copy(&self, old: &[u8], new: &mut [u8]) {
        new[self.run.clone()].copy_from_slice(&old[self.start..][..self.run.len()]);
        for &(place, source) in &self.edges {
            new[place] = source.map_or(0, |source| old[source]);
        }
    }
}

/// The largest whole number not above `value`, and the rest: `floor` without the function call that it is on older processors.
fn split(value: f64) -> (i64, f64) {
    let toward_zero = value as i64;
    let whole = toward_zero - i64::from(value < toward_zero as f64);
    (whole, value - whole as f64)
}

/// Four places in a channel and the weight of each.
#[derive(Default)]
struct Neighbors([(usize, f64); 4]);

impl Neighbors {
    /// The bilinear mean, rounded.
    fn mean(&self, channel: &[u8]) -> u8 {
        let weighted = self.0.map(|(place, weight)| f64::from(channel[place]) * weight);
        (weighted.iter().sum::<f64>() + 0.5) as u8
    }
}

#[cfg(test)]
mod tests;
