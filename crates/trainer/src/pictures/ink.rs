//! Handwriting: found on its paper, cut out, scaled and centered as the data sets' makers did.

use anyhow::{Result, bail};
use image::imageops::{FilterType, blur, crop_imm, overlay, resize};
use image::{GrayImage, Luma};

/// Sides of the data sets' images.
const LETTER: u32 = 28;
const DIGIT: u32 = 8;
/// The longest side of a letter's strokes in EMNIST, which leaves two pixels around and the blur's: the median of its images.
const LETTER_INK: u32 = 23;
/// Large pictures of letters are worked on at this size, as EMNIST's 128x128 was: 4 pixels for one of the result.
const WORK: u32 = 4;
/// Larger pictures are made smaller before ink is looked for.
const LARGEST: u32 = 800;
/// Less contrast than this, of 255, is paper.
const FAINTEST: u8 = 24;
/// Spots smaller than this part of the largest stroke are dirt; the dot of an i is larger.
const DIRT: f64 = 0.02;

/// Bright ink on black with nothing else in the picture.
pub(super) struct Glyph {
    picture: GrayImage,
    bounds: InkBox,
}

/// The pixels that hold ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InkBox {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A letter as EMNIST has it, 28x28: cut out with its aspect kept, two pixels of margin, softened, centered.
pub(super) fn letter(picture: &GrayImage, steps: &mut Vec<String>) -> Result<GrayImage> {
    if is_ready(picture, LETTER) {
        return Ok(picture.clone());
    }
    let Glyph { picture, bounds } = find(&manageable(picture), steps)?;
    let strokes = crop_imm(&picture, bounds.left, bounds.top, bounds.width, bounds.height).to_image();
    let longest = bounds.width.max(bounds.height);
    let scaled = |side: u32| (side * LETTER_INK * WORK).div_ceil(longest).max(1);
    let strokes = resize(&strokes, scaled(bounds.width), scaled(bounds.height), FilterType::Triangle);
    let canvas = centered(&strokes, LETTER * WORK);
    // The paper's own softening, at the size of its forms.
    let canvas = blur(&canvas, 1.0);
    steps.push(format!("strokes scaled to {LETTER_INK} pixels, centered in {LETTER}x{LETTER}"));
    Ok(stretched(&resize(&canvas, LETTER, LETTER, FilterType::CatmullRom)))
}

/// A digit as UCI has it, 8x8: its height fills all rows, its width is kept in proportion.
pub(super) fn digit(picture: &GrayImage, steps: &mut Vec<String>) -> Result<GrayImage> {
    if is_ready(picture, DIGIT) {
        return Ok(picture.clone());
    }
    let Glyph { picture, bounds } = find(&manageable(picture), steps)?;
    let strokes = crop_imm(&picture, bounds.left, bounds.top, bounds.width, bounds.height).to_image();
    let scale = f64::from(DIGIT * WORK) / f64::from(bounds.height.max(bounds.width));
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).clamp(1, DIGIT * WORK);
    let strokes = resize(&strokes, scaled(bounds.width), scaled(bounds.height), FilterType::Triangle);
    let canvas = centered(&strokes, DIGIT * WORK);
    steps.push(format!("strokes scaled to {DIGIT} pixels, centered in {DIGIT}x{DIGIT}"));
    // Blocks are counted there; the mean over a block is the same.
    Ok(stretched(&resize(&canvas, DIGIT, DIGIT, FilterType::Triangle)))
}

/// A large picture made smaller: strokes stay, grain goes, and no photograph takes long.
fn manageable(picture: &GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= LARGEST {
        return picture.clone();
    }
    let scaled = |side: u32| (u64::from(side) * u64::from(LARGEST) / u64::from(longest)).max(1) as u32;
    resize(picture, scaled(width), scaled(height), FilterType::Triangle)
}

/// Whether a picture is one of the data set's own: its size, and dark at its edge.
fn is_ready(picture: &GrayImage, side: u32) -> bool {
    picture.dimensions() == (side, side) && edge(picture) < 128
}

/// The ink of a picture, whichever of ink and paper is dark.
fn find(picture: &GrayImage, steps: &mut Vec<String>) -> Result<Glyph> {
    let mut picture = picture.clone();
    if edge(&picture) >= 128 {
        steps.push("inverted: dark ink on light paper".to_string());
        picture.pixels_mut().for_each(|Luma([value])| *value = 255 - *value);
    }
    let [paper, threshold, ink] = levels(&picture);
    if ink.saturating_sub(paper) < FAINTEST {
        bail!(
            "no ink is to be seen: the picture is nearly one shade; draw darker, or cut the picture to the character"
        );
    }
    let mask = without_dirt(&picture, threshold);
    let Some(bounds) = bounds(&mask) else {
        bail!("no ink is to be seen; cut the picture to the character");
    };
    // A quarter of the way from paper to threshold: what is below is paper, whatever its grain.
    let low = f32::from(paper) + (f32::from(threshold) - f32::from(paper)) / 4.0;
    let gain = 255.0 / (f32::from(ink) - low).max(1.0);
    for (x, y, Luma([value])) in picture.enumerate_pixels_mut() {
        let near = mask_near(&mask, x, y);
        *value = if near { ((f32::from(*value) - low) * gain).clamp(0.0, 255.0) as u8 } else { 0 };
    }
    let InkBox { left, top, width, height } = bounds;
    steps.push(format!("ink of {width}x{height} pixels found at ({left}, {top})"));
    Ok(Glyph { picture, bounds })
}

/// The median of the outermost pixels: paper, as a rule.
fn edge(picture: &GrayImage) -> u8 {
    let (width, height) = picture.dimensions();
    let rows = (0..width).flat_map(|x| [(x, 0), (x, height - 1)]);
    let columns = (0..height).flat_map(|y| [(0, y), (width - 1, y)]);
    let mut values: Vec<u8> = rows.chain(columns).map(|(x, y)| picture.get_pixel(x, y).0[0]).collect();
    values.sort_unstable();
    values[values.len() / 2]
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

/// Where there is ink, row by row, without specks.
struct Mask {
    width: u32,
    height: u32,
    ink: Vec<bool>,
}

fn without_dirt(picture: &GrayImage, threshold: u8) -> Mask {
    let (width, height) = picture.dimensions();
    let dark: Vec<bool> = picture.pixels().map(|Luma([value])| *value >= threshold).collect();
    let strokes = strokes(&dark, width as usize);
    let largest = strokes.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let mut ink = vec![false; dark.len()];
    for stroke in strokes.iter().filter(|stroke| stroke.len() as f64 >= DIRT * largest) {
        stroke.iter().for_each(|place| ink[*place] = true);
    }
    Mask { width, height, ink }
}

/// The places of each connected piece, neighbors being those above, below, left and right.
fn strokes(dark: &[bool], width: usize) -> Vec<Vec<usize>> {
    let mut seen = vec![false; dark.len()];
    let mut strokes = Vec::new();
    for start in 0..dark.len() {
        if !dark[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut stroke = vec![start];
        let mut next = 0;
        while let Some(&place) = stroke.get(next) {
            next += 1;
            let column = place % width;
            let neighbors = [
                (place >= width).then(|| place - width),
                (place + width < dark.len()).then_some(place + width),
                (column > 0).then(|| place - 1),
                (column + 1 < width).then_some(place + 1),
            ];
            for neighbor in neighbors.into_iter().flatten() {
                if dark[neighbor] && !seen[neighbor] {
                    seen[neighbor] = true;
                    stroke.push(neighbor);
                }
            }
        }
        strokes.push(stroke);
    }
    strokes
}

fn bounds(mask: &Mask) -> Option<InkBox> {
    let places = || mask.ink.iter().enumerate().filter(|(_, ink)| **ink).map(|(place, _)| place as u32);
    let columns = || places().map(|place| place % mask.width);
    let (left, right) = (columns().min()?, columns().max()?);
    let (top, bottom) = (places().min()? / mask.width, places().max()? / mask.width);
    Some(InkBox { left, top, width: right - left + 1, height: bottom - top + 1 })
}

/// Whether a stroke is here or beside: its soft edge belongs to it.
fn mask_near(mask: &Mask, x: u32, y: u32) -> bool {
    let around = |value: u32, end: u32| value.saturating_sub(1)..(value + 2).min(end);
    around(y, mask.height).any(|y| around(x, mask.width).any(|x| mask.ink[(y * mask.width + x) as usize]))
}

/// In the middle of a black square.
fn centered(picture: &GrayImage, side: u32) -> GrayImage {
    let mut canvas = GrayImage::new(side, side);
    let (width, height) = picture.dimensions();
    let place = |size: u32| i64::from(side.saturating_sub(size) / 2);
    overlay(&mut canvas, picture, place(width), place(height));
    canvas
}

/// The brightest pixel becomes white, as in both data sets.
fn stretched(picture: &GrayImage) -> GrayImage {
    let brightest = picture.pixels().map(|Luma([value])| *value).max().unwrap_or(0).max(1);
    let mut stretched = picture.clone();
    stretched.pixels_mut().for_each(|Luma([value])| *value = (u32::from(*value) * 255 / u32::from(brightest)) as u8);
    stretched
}
