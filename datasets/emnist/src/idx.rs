//! The idx layout: a magic number, one big-endian `u32` a dimension, then the bytes.

use rayon::prelude::*;
use zoo_core::{DataError, Examples, FileBytes, Images, Inputs, check_idx_pair, parse_idx};

use crate::{SIDE, Split};

const PIXELS: usize = SIDE * SIDE;

/// The length of a file of so many images.
pub(crate) fn length_of_images(count: usize) -> usize {
    header_of(3) + count * PIXELS
}

/// The length of a file of so many labels.
pub(crate) fn length_of_labels(count: usize) -> usize {
    header_of(1) + count
}

fn header_of(dimensions: usize) -> usize {
    4 + 4 * dimensions
}

/// Images and labels as examples: images upright, labels from 0.
pub(crate) fn examples(split: Split, images: &FileBytes, labels: &FileBytes) -> Result<Examples, DataError> {
    check_idx_pair(images, labels)?;
    let pixels = pixels(images)?;
    let labels_found = label_bytes(labels)?;
    let count = pixels.len() / PIXELS;
    if labels_found.len() != count {
        let expected = format!("{count}, one for each image");
        return Err(DataError::format(&labels.path, format!("{} labels", labels_found.len()), expected));
    }
    let images = Images { channels: 1, height: SIDE, width: SIDE, pixels: upright(pixels) };
    Ok(Examples::of_classes(Inputs::Images(images), from_zero(split, labels, labels_found)?))
}

fn pixels(file: &FileBytes) -> Result<&[u8], DataError> {
    let ([count, height, width], pixels) = parse_idx(file)?;
    if (height, width) != (SIDE, SIDE) || count == 0 {
        let found = format!("{count} images of {height}x{width}");
        return Err(DataError::format(&file.path, found, format!("at least one of {SIDE}x{SIDE}")));
    }
    Ok(pixels)
}

fn label_bytes(file: &FileBytes) -> Result<&[u8], DataError> {
    parse_idx(file).map(|([_], labels)| labels)
}

/// The files hold each image with rows and columns swapped.
fn upright(stored: &[u8]) -> Vec<u8> {
    let mut pixels = vec![0; stored.len()];
    let pairs = pixels.par_chunks_exact_mut(PIXELS).zip(stored.par_chunks_exact(PIXELS));
    pairs.for_each(|(image, stored)| {
        for (row, pixels) in image.chunks_exact_mut(SIDE).enumerate() {
            for (pixel, source) in pixels.iter_mut().zip(stored[row..].iter().step_by(SIDE)) {
                *pixel = *source;
            }
        }
    });
    pixels
}

fn from_zero(split: Split, file: &FileBytes, labels: &[u8]) -> Result<Vec<u8>, DataError> {
    let first = split.first_label();
    let last = first + (split.class_names().len() - 1) as u8;
    let convert = |(record, found): (usize, &u8)| match found {
        label if (first..=last).contains(label) => Ok(label - first),
        found => {
            let (path, expected) = (file.path.clone(), format!("{first} to {last}"));
            Err(DataError::Label { path, record, found: *found, expected })
        }
    };
    labels.iter().enumerate().map(convert).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn idx(magic: u32, sizes: &[u32], body: &[u8]) -> FileBytes {
        let header = std::iter::once(magic).chain(sizes.iter().copied()).flat_map(u32::to_be_bytes);
        FileBytes { path: "file-ubyte".into(), bytes: header.chain(body.iter().copied()).collect() }
    }

    fn images(count: u32) -> FileBytes {
        let body: Vec<u8> = (0..count as usize * PIXELS).map(|pixel| (pixel % 251) as u8).collect();
        idx(0x803, &[count, 28, 28], &body)
    }

    fn complaint(images: &FileBytes, labels: &FileBytes) -> String {
        examples(Split::Letters, images, labels).unwrap_err().to_string()
    }

    #[test]
    fn images_are_turned_upright_and_labels_start_at_zero() {
        let stored = images(2);
        let examples = examples(Split::Letters, &stored, &idx(0x801, &[2], &[1, 26])).unwrap();
        assert_eq!(examples.labels, [0, 25]);
        let Inputs::Images(images) = examples.inputs else { panic!("EMNIST is images") };
        // Row 3, column 5 of the second image is stored at row 5, column 3.
        assert_eq!(images.pixels[PIXELS + 3 * 28 + 5], stored.bytes[16 + PIXELS + 5 * 28 + 3]);
        assert_eq!(images.pixels.len(), 2 * PIXELS);
    }

    #[test]
    fn what_breaks_the_layout_is_named() {
        let labels = idx(0x801, &[1], &[1]);
        assert!(complaint(&idx(0x802, &[1], &[1]), &labels).contains("magic number 0x00000802, expected 0x00000803"));
        assert!(complaint(&labels, &labels).contains("labels, as"));
        assert!(complaint(&images(1), &images(1)).contains("images, as"));
        assert!(
            complaint(&idx(0x803, &[1, 28, 28], &[0; 700]), &labels).contains("found 716 bytes, expected 800 by its")
        );
        assert!(complaint(&idx(0x803, &[1, 28], &[]), &labels).contains("found 12 bytes, expected a header of 16"));
        assert!(complaint(&idx(0x803, &[1, 7, 112], &[0; 784]), &labels).contains("1 images of 7x112"));
        assert!(complaint(&idx(0x803, &[u32::MAX; 3], &[]), &labels).contains("dimensions"));
        assert!(complaint(&images(2), &labels).contains("1 labels, expected 2, one for each image"));
        assert!(complaint(&images(1), &idx(0x801, &[1], &[27])).contains("label of record 0 is 27, expected 1 to 26"));
        assert!(complaint(&images(1), &idx(0x801, &[1], &[0])).contains("label of record 0 is 0"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            magic in prop_oneof![Just(0x803_u32), Just(0x801), any::<u32>()],
            sizes in proptest::collection::vec(prop_oneof![0..40_u32, any::<u32>()], 0..4),
            body in proptest::collection::vec(any::<u8>(), 0..900),
        ) {
            let file = idx(magic, &sizes, &body);
            let _ = examples(Split::Letters, &file, &idx(0x801, &[1], &[1]));
            let _ = examples(Split::ByClass, &images(1), &file);
            let cut = FileBytes { bytes: body, ..file };
            let _ = examples(Split::Mnist, &cut, &cut);
        }
    }
}
