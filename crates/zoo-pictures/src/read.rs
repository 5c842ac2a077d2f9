//! Files into pictures the right way up, within bounds of memory and time that their headers are held to.

use crate::error::{PictureError, PictureFileError};
use crate::jpeg;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::error::Error;
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{Cursor, Read};
use std::path::Path;

/// A telephone's largest, and little enough for a small machine's memory.
const MOST_PIXELS: u64 = 64 << 20;
/// Of the file, which is read whole: a pipe cannot be read twice.
const MOST_FILE_BYTES: u64 = 128 << 20;
/// Of the pixels, and of what decoding them takes beside.
const MOST_BYTES: u64 = 384 << 20;
/// Of a color profile or a comment, which a few bytes may unpack to gigabytes.
const MOST_METADATA_BYTES: u64 = 16 << 20;
/// Larger pictures are made smaller at once, to half of this or more: no data set's are larger than 32 pixels.
const LARGEST_SIDE: u32 = 4096;

/// How files of other formats begin: an offset, the bytes there, and the format's name.
const OTHERS: &[(usize, &[u8], &str)] = &[
    (4, b"ftypavi", "an AVIF picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftyphev", "a HEIC picture"),
    (4, b"ftypmif", "a HEIC picture"),
    (4, b"ftypmsf", "a HEIC picture"),
    (4, b"jP  ", "a JPEG 2000 picture"),
    (4, b"JXL ", "a JPEG XL picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (0, b"II+\0", "a TIFF picture"),
    (0, b"MM\0+", "a TIFF picture"),
    (0, b"\0\0\x01\0", "an icon"),
    (0, b"8BPS", "a Photoshop picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an SVG drawing or another XML file"),
    (0, b"qoif", "a QOI picture"),
    (0, b"DDS ", "a DDS picture"),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (0, b"#?RADIANCE", "a Radiance picture"),
    (0, b"P1\n", "a PBM picture"),
    (0, b"P2\n", "a PGM picture"),
    (0, b"P3\n", "a PPM picture"),
    (0, b"P4\n", "a PBM picture"),
    (0, b"P5\n", "a PGM picture"),
    (0, b"P6\n", "a PPM picture"),
];

/// Reads a picture of any kind, the way up that the camera noted; large ones are averaged to fewer pixels, at most 4096 a side.
///
/// # Errors
/// If the file is not a picture, cut or too large.
pub fn open(file: &Path) -> Result<DynamicImage, PictureFileError> {
    upright(file, &mut Vec::new())
}

/// As [`open`], from the bytes of a file.
///
/// # Errors
/// As [`open`].
pub fn decode(bytes: Vec<u8>) -> Result<DynamicImage, PictureError> {
    decoded(bytes, &mut Vec::new())
}

/// The picture as the camera noted it should be held.
pub(crate) fn upright(file: &Path, steps: &mut Vec<String>) -> Result<DynamicImage, PictureFileError> {
    let picture = contents(file).and_then(|bytes| decoded(bytes, steps));
    picture.map_err(|problem| PictureFileError { path: file.to_path_buf(), problem })
}

fn contents(file: &Path) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    let file = File::open(file).map_err(PictureError::Read)?;
    file.take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(PictureError::Read)?;
    Ok(bytes)
}

/// By the first bytes, whatever the file is called.
fn format(bytes: &[u8]) -> Result<ImageFormat, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    let guess = image::guess_format(bytes).ok().filter(ImageFormat::reading_enabled);
    if let Some(format) = guess {
        return Ok(format);
    }
    let begins = |(at, start, _): &&(usize, &[u8], &str)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(start));
    Err(match OTHERS.iter().find(begins) {
        Some((_, _, found)) => PictureError::OtherFormat { found },
        None => PictureError::UnknownFormat,
    })
}

fn decoded(bytes: Vec<u8>, steps: &mut Vec<String>) -> Result<DynamicImage, PictureError> {
    if bytes.len() as u64 > MOST_FILE_BYTES {
        return Err(PictureError::TooManyBytes { most: MOST_FILE_BYTES >> 20 });
    }
    let format = format(&bytes)?;
    let cut = || PictureError::Cut { format: name_of(format) };
    let (mut beside, mut with_more) = (0, None);
    if format == ImageFormat::Jpeg {
        let layout = jpeg::layout(&bytes).map_err(|jpeg::Cut| cut())?;
        beside = layout.bytes_per_pixel_beside();
        let more = pixels(layout.with_more_data(&bytes), format, beside);
        with_more = Some(more.map_or(0, |(more, _)| digest(&more)));
    }
    if format == ImageFormat::WebP && is_cut_webp(&bytes) {
        return Err(cut());
    }
    let (picture, orientation) = pixels(bytes, format, beside)?;
    if with_more.is_some_and(|more| more != digest(&picture)) {
        return Err(cut());
    }
    let mut picture = smaller(&picture, steps).unwrap_or(picture);
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The picture as it lies in the file, and how it should be turned, if it and what decoding holds `beside` every pixel fit.
fn pixels(bytes: Vec<u8>, format: ImageFormat, beside: u64) -> Result<(DynamicImage, Orientation), PictureError> {
    let refused = |error| refused(format, error);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(allocating(MOST_METADATA_BYTES));
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(PictureError::NoPixels { format: name_of(format) });
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS || decoder.total_bytes().saturating_add(beside * pixels) > MOST_BYTES {
        return Err(PictureError::TooManyPixels { width, height, most: MOST_PIXELS >> 20 });
    }
    decoder.set_limits(allocating(2 * MOST_BYTES)).map_err(refused)?;
    let orientation = decoder.orientation().map_err(refused)?;
    Ok((DynamicImage::from_decoder(decoder).map_err(refused)?, orientation))
}

/// As people write it: `PNG`.
fn name_of(format: ImageFormat) -> String {
    format!("{format:?}").to_uppercase()
}

/// Of the pixels: two pictures at once would take twice the memory.
fn digest(picture: &DynamicImage) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(picture.as_bytes());
    hasher.finish()
}

/// Whether a WebP has less than its header says, but for a last byte of padding, which some programs leave out.
fn is_cut_webp(bytes: &[u8]) -> bool {
    let size =
        bytes.get(4..8).and_then(|size| size.try_into().ok()).map_or(u64::MAX, |size| u32::from_le_bytes(size).into());
    bytes.len() as u64 + 1 < size.saturating_add(8)
}

fn allocating(bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(bytes);
    limits
}

/// A large picture made smaller.
pub(crate) fn smaller(picture: &DynamicImage, steps: &mut Vec<String>) -> Option<DynamicImage> {
    let (width, height) = (picture.width(), picture.height());
    let factor = width.max(height).div_ceil(LARGEST_SIDE);
    if factor == 1 {
        return None;
    }
    let (to_width, to_height) = ((width / factor).max(1), (height / factor).max(1));
    steps.push(format!("{width}x{height} averaged to {to_width}x{to_height}"));
    Some(picture.thumbnail_exact(to_width, to_height))
}

/// How the decoders say, each in words of its own, that the bytes ran out.
const CUT: &[&str] = &["end of file", "fill whole buffer", "enough data"];
/// That a side is 0.
const NO_PIXELS: &[&str] = &["invalid image dimensions", "set to zero", "(0x", "x0 w/"];

/// What a decoder's error means for whoever has the picture.
fn refused(format: ImageFormat, reason: ImageError) -> PictureError {
    let first: &(dyn Error + 'static) = &reason;
    let causes = std::iter::successors(Some(first), |&cause| cause.source());
    let texts: Vec<String> = causes.map(|cause| cause.to_string().to_lowercase()).collect();
    let says = |phrases: &[&str]| phrases.iter().any(|words| texts.iter().any(|text| text.contains(words)));
    let (is_cut, has_no_pixels, format) = (says(CUT), says(NO_PIXELS), name_of(format));
    match reason {
        _ if is_cut => PictureError::Cut { format },
        _ if has_no_pixels => PictureError::NoPixels { format },
        ImageError::Limits(_) => PictureError::TooMuchMemory { format },
        reason => PictureError::Damaged { format, reason: Box::new(reason) },
    }
}

#[cfg(test)]
mod tests;
