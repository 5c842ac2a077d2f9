//! The idx layout: a magic number, one big-endian `u32` a dimension, then the bytes.

use crate::{DataError, FileBytes};

/// The dimensions and the bytes of an idx file of `u8` with `N` dimensions.
///
/// # Errors
/// When its header or its length is not that of such a file.
pub fn parse_idx<const N: usize>(file: &FileBytes) -> Result<([usize; N], &[u8]), DataError> {
    let mut words = file.bytes.chunks_exact(4).map(|word| word.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
    // 8 stands for u8, the last byte is the number of dimensions.
    let expected = 0x0800 + N as u32;
    match words.next() {
        Some(magic) if magic == expected => {}
        Some(magic) => {
            return Err(DataError::format(
                &file.path,
                format!("magic number {magic:#010x}"),
                format!("{expected:#010x}, as idx files of {N}-dimensional bytes begin"),
            ));
        }
        None => return Err(length_error(file, "a header of 4 bytes and more")),
    }
    let header = 4 + 4 * N;
    let body = file.bytes.get(header..).ok_or_else(|| length_error(file, format!("a header of {header}")))?;
    let sizes: [usize; N] = std::array::from_fn(|_| words.next().map_or(0, |word| word as usize));
    let wanted = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
    match wanted {
        Some(wanted) if wanted == body.len() => Ok((sizes, body)),
        Some(wanted) => Err(length_error(file, format!("{} by its header", wanted.saturating_add(header)))),
        None => Err(DataError::format(&file.path, format!("dimensions {sizes:?}"), "sizes that fit in memory")),
    }
}

/// Refuses a file of images and one of labels whose contents are each other's, or both of one kind: names are easily exchanged.
///
/// # Errors
/// With the first file that holds the other kind.
pub fn check_idx_pair(images: &FileBytes, labels: &FileBytes) -> Result<(), DataError> {
    let dimensions = |file: &FileBytes| match file.bytes.get(..4) {
        Some([0, 0, 8, dimensions]) => Some(*dimensions),
        _ => None,
    };
    let other = |file: &FileBytes| file.path.file_name().unwrap_or_default().display().to_string();
    let fault = |file: &FileBytes, found: String, expected: &str| Err(DataError::format(&file.path, found, expected));
    match (dimensions(images), dimensions(labels)) {
        (Some(1), Some(3)) => Err(DataError::Swapped { images: images.path.clone(), labels: labels.path.clone() }),
        (Some(1), Some(1)) => fault(images, format!("labels, as {} does", other(labels)), "images"),
        (Some(3), Some(3)) => fault(labels, format!("images, as {} does", other(images)), "labels"),
        _ => Ok(()),
    }
}

fn length_error(file: &FileBytes, expected: impl Into<String>) -> DataError {
    DataError::Length { path: file.path.clone(), found: file.bytes.len() as u64, expected: expected.into() }
}
