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
    let progressive = include_bytes!("../../../../tests/fixtures/pictures/progressive.jpg").to_vec();
    let gray_progressive = include_bytes!("../../../../tests/fixtures/pictures/gray_progressive.jpg").to_vec();
    let lossy = include_bytes!("../../../../tests/fixtures/pictures/lossy.webp").to_vec();
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

/// A chunk of a PNG with its checksum.
fn chunk(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let kind_and_contents = [kind, contents].concat();
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc));
    let crc = !kind_and_contents.iter().fold(u32::MAX, byte);
    [&(contents.len() as u32).to_be_bytes()[..], &kind_and_contents, &crc.to_be_bytes()].concat()
}

/// The encoded picture with other bytes behind the first place where those of `mark` stand.
fn patched(format: ImageFormat, mark: &[u8], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut picture = encoded(format);
    let place = picture.windows(mark.len()).position(|window| window == mark).expect("it is there") + offset;
    picture[place..place + bytes.len()].copy_from_slice(bytes);
    picture
}

#[test]
fn pictures_without_pixels_are_refused() {
    let size = |width: u8, height: u8| [0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0];
    for [width, height] in [[0, 0], [0, 24], [40, 0]] {
        let png = [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &size(width, height)), &chunk(b"IEND", b"")].concat();
        let jpeg = patched(ImageFormat::Jpeg, b"\xff\xc0", 5, &[0, height, 0, width]);
        let gif = patched(ImageFormat::Gif, b"GIF89a", 6, &[width, 0, height, 0]);
        let bmp = patched(ImageFormat::Bmp, b"BM", 18, &[width, 0, 0, 0, height, 0, 0, 0]);
        for (format, bytes) in [("PNG", png), ("JPEG", jpeg), ("GIF", gif), ("BMP", bmp)] {
            let error = read(&bytes).expect_err("no pixels").to_string();
            let expected =
                format!("the {format} picture has no pixels: its width or height is 0; save or export it again");
            assert_eq!(error, expected, "{width}x{height}");
        }
    }
}

#[test]
fn what_is_damaged_or_rare_is_told_in_plain_words() {
    let wrong_checksum = patched(ImageFormat::Png, b"IHDR", 17, &[1, 2, 3, 4]);
    let twelve_bits = patched(ImageFormat::Jpeg, b"\xff\xc0", 4, &[12]);
    let compression = patched(ImageFormat::Bmp, b"BM", 30, &[9]);
    let unknown_chunk = patched(ImageFormat::WebP, b"WEBP", 4, b"ABCD");
    for (format, bytes) in
        [("PNG", wrong_checksum), ("JPEG", twelve_bits), ("BMP", compression), ("WEBP", unknown_chunk)]
    {
        let error = read(&bytes).expect_err("not decoded").to_string();
        let expected = format!("the {format} picture cannot be decoded: it is damaged, or of a rare kind; copy");
        assert!(error.starts_with(&expected) && error.ends_with("save it as PNG"), "{error}");
    }
}

#[test]
fn other_formats_are_named() {
    let big = &b"II+\0\x08\0\0\0"[..];
    for (start, name) in
        [(&b"II*\0rest of it"[..], "TIFF"), (big, "TIFF"), (b"\0\0\0\x18ftypheic", "HEIC"), (b"%PDF-1.7", "PDF")]
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
