//! Ink told from the paper that it is on: whichever is dark, evenly lit or not.

use crate::pieces::Mask;
use image::{DynamicImage, GrayImage, Luma, Rgba};

/// Less contrast than this, of 255, is paper.
const FAINTEST: u8 = 24;
/// Longest side over the width of a square that no stroke fills, so that what does is a shadow.
const SQUARES: u32 = 8;
/// Paper darker than this, of 255, has no more light to be measured by: a scanner's black frame.
const LEAST_LIGHT: i32 = 48;

/// Bright ink on dark paper, and what lies between.
pub(crate) struct Inked {
    pub(crate) picture: GrayImage,
    /// The mean of what is below the threshold.
    pub(crate) paper: u8,
    pub(crate) threshold: u8,
    /// The mean of the rest.
    pub(crate) ink: u8,
    pub(crate) mask: Mask,
}

impl Inked {
    pub(crate) fn new(picture: GrayImage) -> Self {
        let [paper, threshold, ink] = levels(&picture);
        let mask =
            Mask { width: picture.width(), ink: picture.pixels().map(|Luma([value])| *value >= threshold).collect() };
        Self { picture, paper, threshold, ink, mask }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.contrast() < FAINTEST
    }

    fn contrast(&self) -> u8 {
        self.ink.saturating_sub(self.paper)
    }

    /// The ink of the mask at full strength, and black elsewhere.
    pub(crate) fn only(&self, mask: &Mask) -> GrayImage {
        let (paper, threshold, ink) = (f32::from(self.paper), f32::from(self.threshold), f32::from(self.ink));
        // A quarter of the way from paper to threshold: what is below is paper, whatever its grain.
        let low = paper + (threshold - paper) / 4.0;
        let gain = 255.0 / (ink - low).max(1.0);
        GrayImage::from_fn(self.picture.width(), self.picture.height(), |x, y| {
            let value = f32::from(self.picture.get_pixel(x, y).0[0]);
            Luma([if mask.is_near(x, y) { ((value - low) * gain).clamp(0.0, 255.0) as u8 } else { 0 }])
        })
    }
}

/// Shades of gray. What shows through transparent places is white paper, unless all that is opaque has one shade: then it is ink,
/// of whatever color.
pub(crate) fn gray(picture: &DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let shades = picture.to_luma_alpha8();
    let opaque = || shades.pixels().filter(|pixel| pixel.0[1] >= 128).map(|pixel| pixel.0[0]);
    let has_paper = shades.pixels().any(|pixel| pixel.0[1] < 128);
    let spread = opaque().max().unwrap_or(0) - opaque().min().unwrap_or(0);
    if has_paper && spread < FAINTEST {
        let alpha = shades.pixels().map(|pixel| pixel.0[1]).collect();
        return GrayImage::from_raw(shades.width(), shades.height(), alpha).unwrap_or_default();
    }
    on_white(picture.clone()).into_luma8()
}

/// What shows through transparent places is white paper.
pub(crate) fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut picture = picture.into_rgba8();
    for Rgba([colors @ .., alpha]) in picture.pixels_mut() {
        let mix = |color: u8| (u32::from(color) * u32::from(*alpha) + 255 * (255 - u32::from(*alpha)) + 127) / 255;
        *colors = colors.map(|color| mix(color) as u8);
        *alpha = 255;
    }
    picture.into()
}

/// Whether the ink is darker than the paper. Paper is what has the edge, and what is a little further in, to itself; failing that,
/// ink stands out from what is around it, and is slender.
pub(crate) fn is_ink_dark(picture: &GrayImage) -> bool {
    let [_, threshold, _] = levels(picture);
    let rings = [0, picture.width().min(picture.height()) / 16].map(|depth| ring(picture, depth)).concat();
    let bright = rings.iter().filter(|value| **value >= threshold).count();
    if 20 * bright.min(rings.len() - bright) <= rings.len() {
        return 2 * bright > rings.len();
    }
    let [dark, bright] = [&negative(picture), picture].map(|picture| Inked::new(leveled(picture)));
    if dark.contrast().abs_diff(bright.contrast()) > dark.contrast().max(bright.contrast()) / 2 {
        return dark.contrast() > bright.contrast();
    }
    dark.mask.slenderness() > bright.mask.slenderness()
}

pub(crate) fn negative(picture: &GrayImage) -> GrayImage {
    let mut negative = picture.clone();
    negative.iter_mut().for_each(|value| *value = 255 - *value);
    negative
}

/// The pixels that are so far from the nearest edge.
pub(crate) fn ring(picture: &GrayImage, depth: u32) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let (right, bottom) = (width - 1 - depth, height - 1 - depth);
    let rows = (depth..=right).flat_map(|x| [(x, depth), (x, bottom)]);
    let columns = (depth..=bottom).flat_map(|y| [(depth, y), (right, y)]);
    rows.chain(columns).map(|(x, y)| picture.get_pixel(x, y).0[0]).collect()
}

/// Paper, the threshold of Otsu's method between paper and ink, and ink: the means below and above it.
fn levels(picture: &GrayImage) -> [u8; 3] {
    let mut counts = [0_u64; 256];
    picture.pixels().for_each(|Luma([value])| counts[usize::from(*value)] += 1);
    let total: u64 = counts.iter().sum();
    let moment = |range: std::ops::Range<usize>| -> (f64, f64) {
        let count: u64 = counts[range.clone()].iter().sum();
        let sum: u64 = range.map(|value| value as u64 * counts[value]).sum();
        (count as f64, sum as f64 / count.max(1) as f64)
    };
    let between = |threshold: usize| {
        let ((below, paper), (above, ink)) = (moment(0..threshold), moment(threshold..256));
        below * above / (total as f64).powi(2) * (ink - paper).powi(2)
    };
    let threshold = (1..256).max_by(|left, right| between(*left).total_cmp(&between(*right))).unwrap_or(128);
    [moment(0..threshold).1 as u8, threshold as u8, moment(threshold..256).1 as u8]
}

/// Whether one threshold for the whole picture `even` mistakes shadow for ink, or loses ink in the light, so that `leveled` is to
/// be believed: what only `even` takes for ink is much paler than ink, or `leveled` finds strokes far from all of `even`'s.
pub(crate) fn is_uneven(even: &Inked, leveled: &Inked) -> bool {
    if leveled.is_blank() {
        return false;
    }
    let (picture, all) = (&even.picture, leveled.mask.ink.iter().filter(|ink| **ink).count());
    let mean = |places: &[usize]| {
        let sum: u64 = places.iter().map(|place| u64::from(picture.as_raw()[*place])).sum();
        sum as f64 / places.len().max(1) as f64
    };
    let only = |this: &Mask, other: &Mask| -> Vec<usize> {
        let width = this.width;
        let is_far = |place: &usize| this.ink[*place] && !other.is_near(*place as u32 % width, *place as u32 / width);
        (0..this.ink.len()).filter(is_far).collect()
    };
    let agreed: Vec<usize> =
        (0..picture.len()).filter(|place| leveled.mask.ink[*place] && even.mask.ink[*place]).collect();
    let shadow = only(&even.mask, &leveled.mask);
    let is_paler = mean(&agreed) - mean(&shadow) > 0.07 * (mean(&agreed) - f64::from(even.paper));
    let lost = only(&leveled.mask, &even.mask);
    3 * shadow.len() > all && is_paler || 3 * lost.len() > all
}

/// As on evenly lit paper: how far each pixel is on the way from the paper around it to full ink. The paper is what remains where
/// everything narrower than a square is taken away (morphological opening). Squares may reach over the edges, as shadows do.
pub(crate) fn leveled(picture: &GrayImage) -> GrayImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let square = 2 * (width.max(height) / SQUARES as usize).max(1) + 1;
    let darkest = |values: &[u8], width: usize| windowed(values, width, square, square - 1, |new, old| new <= old);
    let brightest = |values: &[u8], width: usize| windowed(values, width, square, 0, |new, old| new >= old);
    let (wider, higher) = (width + square - 1, height + square - 1);
    let columns = transposed(&darkest(&without_grain(picture), width), wider);
    let paper = brightest(&darkest(&columns, height), higher);
    let paper = brightest(&transposed(&paper, height), wider);
    let mut leveled = picture.clone();
    for (value, paper) in leveled.iter_mut().zip(paper) {
        let (above, light) = (i32::from(*value) - i32::from(paper), (255 - i32::from(paper)).max(LEAST_LIGHT));
        *value = (255 * above / light).clamp(0, 255) as u8;
    }
    leveled
}

/// The median of each pixel and its neighbors, row by row.
fn without_grain(picture: &GrayImage) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let median = |place: u32| {
        let (x, y) = (place % width, place / width);
        let at = |offset: u32| {
            let (x, y) = ((x + offset % 3).saturating_sub(1), (y + offset / 3).saturating_sub(1));
            picture.get_pixel(x.min(width - 1), y.min(height - 1)).0[0]
        };
        let mut values: [u8; 9] = std::array::from_fn(|offset| at(offset as u32));
        *values.select_nth_unstable(4).1
    };
    (0..width * height).map(median).collect()
}

/// Of each row's windows of `size` values, the first beginning `outside` values before the row and the last ending as many behind
/// it, the value that `pick` prefers to all others.
fn windowed(values: &[u8], width: usize, size: usize, outside: usize, pick: fn(u8, u8) -> bool) -> Vec<u8> {
    let count = width + 2 * outside + 1 - size;
    let mut result = Vec::with_capacity(values.len() / width * count);
    for row in values.chunks_exact(width) {
        // Candidates by place, each preferred to those behind it.
        let mut best = std::collections::VecDeque::<usize>::new();
        let mut next = 0;
        for window in 0..count {
            let end = (window + size).saturating_sub(outside).min(width);
            for place in next..end {
                while best.back().is_some_and(|last| pick(row[place], row[*last])) {
                    best.pop_back();
                }
                best.push_back(place);
            }
            next = next.max(end);
            while best.front().is_some_and(|first| first + outside < window) {
                best.pop_front();
            }
            result.push(best.front().map_or(0, |first| row[*first]));
        }
    }
    result
}

fn transposed(values: &[u8], width: usize) -> Vec<u8> {
    (0..width).flat_map(|x| values.iter().skip(x).step_by(width)).copied().collect()
}
