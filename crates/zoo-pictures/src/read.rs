//! Files into pictures the right way up, within bounds of memory and time that their headers are held to.

use crate::error::{PictureError, PictureFileError};
use crate::jpeg;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
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
    let cut = || PictureError::Cut { format: format!("{format:?}").to_uppercase() };
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
    let decoded = pixels(bytes, format, beside);
    let (picture, orientation) = decoded.map_err(|error| if ends_early(&error) { cut() } else { error })?;
    if with_more.is_some_and(|more| more != digest(&picture)) {
        return Err(cut());
    }
    let mut picture = smaller(&picture, steps).unwrap_or(picture);
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The picture as it lies in the file, and how it should be turned, if it and what decoding holds `beside` every pixel fit.
fn pixels(bytes: Vec<u8>, format: ImageFormat, beside: u64) -> Result<(DynamicImage, Orientation), PictureError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(allocating(MOST_METADATA_BYTES));
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS || decoder.total_bytes().saturating_add(beside * pixels) > MOST_BYTES {
        return Err(PictureError::TooManyPixels { width, height, most: MOST_PIXELS >> 20 });
    }
    decoder.set_limits(allocating(2 * MOST_BYTES))?;
    let orientation = decoder.orientation()?;
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
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

/// Whether the bytes ran out: the decoders say so in words of their own.
fn ends_early(error: &PictureError) -> bool {
    let PictureError::Damaged(error) = error else { return false };
    let first: &(dyn Error + 'static) = error;
    let causes = std::iter::successors(Some(first), |&cause| cause.source());
    let texts: Vec<String> = causes.map(|cause| cause.to_string().to_lowercase()).collect();
    ["end of file", "fill whole buffer", "not enough data"]
        .iter()
        .any(|words| texts.iter().any(|text| text.contains(words)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, RgbImage};

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let picture = RgbImage::from_fn(40, 24, |x, y| [(x * 6) as u8, (y * 9) as u8, (x * y % 251) as u8].into());
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    }

    fn gray_jpeg() -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = GrayImage::from_fn(40, 24, |x, y| [(x * y % 251) as u8].into());
        picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("encodes");
        bytes.into_inner()
    }

    /// A picture of every kind that is read.
    fn pictures() -> Vec<Vec<u8>> {
        let progressive = include_bytes!("../../../tests/fixtures/pictures/progressive.jpg").to_vec();
        let gray_progressive = include_bytes!("../../../tests/fixtures/pictures/gray_progressive.jpg").to_vec();
        let lossy = include_bytes!("../../../tests/fixtures/pictures/lossy.webp").to_vec();
        let formats =
            [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp].map(encoded);
        let with_thumbnail = with_segment(&encoded(ImageFormat::Jpeg), 0xe1, &encoded(ImageFormat::Jpeg));
        formats.into_iter().chain([progressive, gray_progressive, lossy, gray_jpeg(), with_thumbnail]).collect()
    }

    /// A JPEG with one more segment behind its first marker.
    fn with_segment(jpeg: &[u8], marker: u8, contents: &[u8]) -> Vec<u8> {
        let length = (contents.len() as u16 + 2).to_be_bytes();
        [&jpeg[..2], &[0xff, marker], &length, contents, &jpeg[2..]].concat()
    }

    fn read(bytes: &[u8]) -> Result<DynamicImage, PictureError> {
        decode(bytes.to_vec())
    }

    #[test]
    fn cut_pictures_are_refused_and_bytes_after_the_end_are_not() {
        for (index, bytes) in pictures().iter().enumerate() {
            let whole = read(bytes).expect("a picture");
            let longer = [bytes.as_slice(), &[0; 500]].concat();
            assert_eq!(read(&longer).expect("a picture"), whole, "{index}");
            for length in (16..bytes.len() - 16).step_by(7).chain([bytes.len() * 9 / 10]) {
                let error = read(&bytes[..length]).expect_err("a cut picture").to_string();
                assert!(error.contains("ends too early"), "{index}, {length} of {}: {error}", bytes.len());
            }
        }
    }

    #[test]
    fn a_jpeg_that_was_cut_and_closed_again_is_refused() {
        for (index, bytes) in pictures().iter().filter(|bytes| bytes.starts_with(&[0xff, 0xd8])).enumerate() {
            // What ends with a whole scan, or nearly, is a whole picture of less detail.
            let is_marker = |at: usize| bytes[at] == 0xff && ![0, 0xff].contains(&bytes[at + 1]);
            let is_inside = |at: &usize| (at - 1..at + 4).all(|near| !is_marker(near));
            let scan = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).expect("a scan") + 16;
            for length in (scan..bytes.len() - 8).filter(is_inside).step_by(5) {
                let closed = [&bytes[..length], &[0xff, 0xd9]].concat();
                let answer = decode(closed).map_err(|error| error.to_string());
                let is_refused = answer.is_err_and(|error| error.contains("ends too early"));
                assert!(is_refused, "{index}, {length} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn other_formats_are_named() {
        for (start, name) in [(&b"II*\0rest of it"[..], "TIFF"), (b"\0\0\0\x18ftypheic", "HEIC"), (b"%PDF-1.7", "PDF")]
        {
            let error = read(start).expect_err("not read").to_string();
            assert!(error.contains(name) && error.contains("save it as PNG or JPEG"), "{error}");
        }
    }

    #[test]
    fn pixels_are_counted_before_any_is_decoded() {
        let mut jpeg = gray_jpeg();
        let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0x4e, 0x20, 0x4e, 0x20]);
        let error = read(&jpeg).expect_err("too large").to_string();
        assert!(error.contains("20000x20000 pixels are too many"), "{error}");
    }

    #[test]
    fn large_pictures_are_averaged_to_fewer_pixels() {
        let mut steps = Vec::new();
        let large = GrayImage::from_fn(5000, 10, |x, _| [if x < 2500 { 10 } else { 200 }].into());
        let small = smaller(&large.into(), &mut steps).expect("it is large").into_luma8();
        assert_eq!((small.dimensions(), steps), ((2500, 5), vec!["5000x10 averaged to 2500x5".to_string()]));
        assert!(small.enumerate_pixels().all(|(x, _, pixel)| pixel.0[0] == if x < 1250 { 10 } else { 200 }));
    }
}
