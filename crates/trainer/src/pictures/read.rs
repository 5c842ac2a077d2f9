//! Files into pictures the right way up, on white paper.

use anyhow::{Context, Result};
use image::imageops::overlay;
use image::{DynamicImage, ImageDecoder, ImageReader, ImageResult, Limits, Rgba, RgbaImage};
use std::path::Path;

/// More than any camera's, and little enough for a small machine's memory.
const LARGEST_SIDE: u32 = 20_000;
const MOST_BYTES: u64 = 1 << 30;

/// The picture as the camera noted it should be held.
pub(super) fn upright(file: &Path) -> Result<DynamicImage> {
    let opened = ImageReader::open(file).and_then(ImageReader::with_guessed_format);
    let reader = opened.with_context(|| format!("cannot read the picture {}", file.display()))?;
    let upright = || -> ImageResult<DynamicImage> {
        let mut decoder = reader.into_decoder()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(LARGEST_SIDE);
        limits.max_image_height = Some(LARGEST_SIDE);
        limits.max_alloc = Some(MOST_BYTES);
        decoder.set_limits(limits)?;
        let orientation = decoder.orientation()?;
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(orientation);
        Ok(picture)
    };
    let picture = upright().with_context(|| {
        format!("{} is not a PNG or JPEG picture of at most {LARGEST_SIDE} pixels a side", file.display())
    })?;
    Ok(on_white(picture))
}

/// What shows through transparent places is white paper.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    overlay(&mut paper, &picture.into_rgba8(), 0, 0);
    paper.into()
}
