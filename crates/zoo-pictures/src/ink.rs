//! Handwriting: found on its paper, cut out, scaled and centered as the data sets' makers did.

use crate::error::PictureError;
use crate::notes::Notes;
use crate::paper::{Inked, is_ink_dark, is_uneven, leveled, negative, ring};
use crate::pieces::{InkBox, Mask};
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
/// The data sets' own images have ink this long, of their sides, or longer,
const READY_INK: [u32; 2] = [2, 3];
/// and in the middle, but for so many half pixels.
const READY_OFF: u32 = 4;
/// What is darker is empty in the data sets' images.
const READY_EMPTY: u8 = 32;

/// Bright ink on black with nothing else in the picture.
pub(crate) struct Glyph {
    picture: GrayImage,
    bounds: InkBox,
}

/// A letter as EMNIST has it, 28x28: cut out with its aspect kept, two pixels of margin, softened, centered.
pub(crate) fn letter(picture: &GrayImage, notes: &mut Notes) -> Result<GrayImage, PictureError> {
    if is_ready(picture, LETTER) {
        return Ok(picture.clone());
    }
    let Glyph { picture, bounds } = find(&manageable(picture), notes)?;
    let strokes = crop_imm(&picture, bounds.left, bounds.top, bounds.width, bounds.height).to_image();
    let longest = bounds.width.max(bounds.height);
    let scaled = |side: u32| (side * LETTER_INK * WORK).div_ceil(longest).max(1);
    let strokes = resize(&strokes, scaled(bounds.width), scaled(bounds.height), FilterType::Triangle);
    let canvas = centered(&strokes, LETTER * WORK);
    // The paper's own softening, at the size of its forms.
    let canvas = blur(&canvas, 1.0);
    notes.steps.push(format!("strokes scaled to {LETTER_INK} pixels, centered in {LETTER}x{LETTER}"));
    Ok(stretched(&resize(&canvas, LETTER, LETTER, FilterType::CatmullRom)))
}

/// A digit as UCI has it, 8x8: its height fills all rows, its width is kept in proportion.
pub(crate) fn digit(picture: &GrayImage, notes: &mut Notes) -> Result<GrayImage, PictureError> {
    if is_ready(picture, DIGIT) {
        return Ok(picture.clone());
    }
    let Glyph { picture, bounds } = find(&manageable(picture), notes)?;
    let strokes = crop_imm(&picture, bounds.left, bounds.top, bounds.width, bounds.height).to_image();
    let scale = f64::from(DIGIT * WORK) / f64::from(bounds.height.max(bounds.width));
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).clamp(1, DIGIT * WORK);
    let strokes = resize(&strokes, scaled(bounds.width), scaled(bounds.height), FilterType::Triangle);
    let canvas = centered(&strokes, DIGIT * WORK);
    notes.steps.push(format!("strokes scaled to {DIGIT} pixels, centered in {DIGIT}x{DIGIT}"));
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

/// Whether a picture is one of the data set's own: its size, and bright ink on black that is as large and in the middle.
fn is_ready(picture: &GrayImage, side: u32) -> bool {
    let mask = Mask { width: side, ink: picture.pixels().map(|Luma([value])| *value >= READY_EMPTY).collect() };
    let Some(bounds) = mask.bounds().filter(|_| picture.dimensions() == (side, side)) else {
        return false;
    };
    let off = |start: u32, size: u32| (2 * start + size).abs_diff(side);
    let mut edge = ring(picture, 0);
    *edge.select_nth_unstable(side as usize * 2).1 < 128
        && bounds.longest() * READY_INK[1] >= side * READY_INK[0]
        && off(bounds.left, bounds.width).max(off(bounds.top, bounds.height)) <= READY_OFF
}

/// The ink of a picture, whichever of ink and paper is dark.
fn find(picture: &GrayImage, notes: &mut Notes) -> Result<Glyph, PictureError> {
    let mut picture = picture.clone();
    if is_ink_dark(&picture) {
        notes.steps.push("inverted: dark ink on light paper".to_string());
        picture = negative(&picture);
    }
    let mut inked = Inked::new(picture);
    if inked.is_blank() {
        let reason = "the picture is nearly one shade; draw darker, or cut the picture to the character";
        return Err(PictureError::NoInk { reason });
    }
    let without_shadows = Inked::new(leveled(&inked.picture));
    if is_uneven(&inked, &without_shadows) {
        notes.steps.push("uneven light evened out".to_string());
        inked = without_shadows;
    }
    let mask = inked.mask.cleaned();
    let Some(bounds) = mask.bounds() else {
        return Err(PictureError::NoInk { reason: "there are only specks; cut the picture to the character" });
    };
    let InkBox { left, top, width, height } = bounds;
    notes.steps.push(format!("ink of {width}x{height} pixels found at ({left}, {top})"));
    let characters = mask.characters();
    if characters > 1 {
        notes.warning =
            Some(format!("{characters} characters seem to be in the picture and are read as one; cut it to one"));
    }
    Ok(Glyph { picture: inked.only(&mask), bounds })
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
