//! Folders of idx files: images and labels as MNIST, Fashion-MNIST and EMNIST have them.

use std::fs;
use std::path::{Path, PathBuf};

use zoo_core::{Images, Inputs, check_idx_pair, gunzipped, parse_idx, read_file};

use crate::arrays::{Arrays, Label, Part};
use crate::error::ImportError;
use crate::memory;

/// The longest file that is read.
const MOST_BYTES: u64 = 8 << 30;

/// The files of one split.
#[derive(Clone, Debug)]
pub(crate) struct IdxPair {
    pub(crate) part: Part,
    pub(crate) images: PathBuf,
    pub(crate) labels: PathBuf,
}

/// The pairs in a folder, that for training first; none if it holds none.
pub(crate) fn pairs(folder: &Path) -> Result<Vec<IdxPair>, ImportError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(ImportError::read(folder))? {
        names.extend(entry.map_err(ImportError::read(folder))?.file_name().into_string());
    }
    names.sort();
    let mut pairs: Vec<IdxPair> = Vec::new();
    for name in names.iter().filter(|name| name.contains("images") && name.contains("idx3")) {
        let lower = name.to_lowercase();
        let part = match () {
            () if lower.contains("t10k") || lower.contains("test") => Part::Test,
            () if lower.contains("val") => Part::Valid,
            () => Part::Train,
        };
        let own = name.replace("images", "labels").replace("idx3", "idx1");
        let plain = own.trim_end_matches(".gz");
        let partner =
            [own.clone(), plain.to_owned(), format!("{plain}.gz")].into_iter().find(|other| names.contains(other));
        let Some(labels) = partner else {
            return Err(ImportError::format(&folder.join(name), "no labels beside it", format!("{own}; put it there")));
        };
        match pairs.iter().find(|pair| pair.part == part) {
            // Unpacked beside its archive.
            Some(pair) if pair.images.with_extension("") == folder.join(name).with_extension("") => {}
            Some(pair) => {
                let found = format!("images of the same split as {}", pair.images.display());
                return Err(ImportError::format(&folder.join(name), found, "one pair per split; move the other away"));
            }
            None => pairs.push(IdxPair { part, images: folder.join(name), labels: folder.join(labels) }),
        }
    }
    for name in names.iter().filter(|name| name.contains("labels") && name.contains("idx1")) {
        let images = name.replace("labels", "images").replace("idx1", "idx3");
        let plain = images.trim_end_matches(".gz");
        if !names.iter().any(|other| other.trim_end_matches(".gz") == plain) {
            let expected = format!("{images}; put it there");
            return Err(ImportError::format(&folder.join(name), "no images beside it", expected));
        }
    }
    pairs.sort_by_key(|pair| pair.part);
    Ok(pairs)
}

/// Reads all pairs.
pub(crate) fn read(folder: &Path) -> Result<Vec<Arrays>, ImportError> {
    let pairs = pairs(folder)?;
    match pairs.first() {
        Some(IdxPair { part: Part::Train, .. }) => pairs.iter().map(arrays).collect(),
        _ => Err(ImportError::format(folder, "no images for training", "train-images-idx3-ubyte and its labels")),
    }
}

fn arrays(pair: &IdxPair) -> Result<Arrays, ImportError> {
    let unpacked = |path: &Path| gunzipped(read_file(path, MOST_BYTES)?, MOST_BYTES);
    let (images, labels) = (unpacked(&pair.images)?, unpacked(&pair.labels)?);
    check_idx_pair(&images, &labels)?;
    let ([count, height, width], pixels) = parse_idx(&images)?;
    let ([named], labels) = parse_idx(&labels)?;
    if !(1..=1024).contains(&height) || !(1..=1024).contains(&width) || count == 0 {
        let found = format!("{count} images of {height}x{width}");
        return Err(ImportError::format(&pair.images, found, "at least one, with sides of 1 to 1024"));
    }
    if named != count {
        return Err(ImportError::format(
            &pair.labels,
            format!("{named} labels"),
            format!("{count}, one for each image"),
        ));
    }
    memory::check(&pair.images, count, &[1, height, width])?;
    Ok(Arrays {
        part: pair.part,
        place: pair.labels.display().to_string(),
        inputs: Inputs::Images(Images { channels: 1, height, width, pixels: pixels.to_vec() }),
        labels: labels.iter().map(|label| Label::Number((*label).into())).collect(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    fn idx(sizes: &[u32], body: &[u8]) -> Vec<u8> {
        let header =
            std::iter::once(0x800 + sizes.len() as u32).chain(sizes.iter().copied()).flat_map(u32::to_be_bytes);
        header.chain(body.iter().copied()).collect()
    }

    #[test]
    fn pairs_are_found_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        write("train-images-idx3-ubyte", &idx(&[2, 1, 2], &[1, 2, 3, 4]));
        assert!(read(folder.path()).unwrap_err().to_string().contains("expected train-labels-idx1-ubyte"));
        write("train-labels-idx1-ubyte", &idx(&[2], &[7, 9]));
        write("t10k-images-idx3-ubyte", &idx(&[1, 1, 2], &[5, 6]));
        write("t10k-labels-idx1-ubyte", &idx(&[1], &[9]));
        let all = read(folder.path()).unwrap();
        assert_eq!(all.iter().map(|arrays| arrays.part).collect::<Vec<_>>(), [Part::Train, Part::Test]);
        assert_eq!(all[0].labels, [Label::Number(7), Label::Number(9)]);
        write("t10k-labels-idx1-ubyte", &idx(&[2], &[9, 7]));
        assert!(read(folder.path()).unwrap_err().to_string().contains("2 labels, expected 1"));
        write("other-train-images.idx3-ubyte", &idx(&[1, 1, 2], &[5, 6]));
        write("other-train-labels.idx1-ubyte", &idx(&[1], &[9]));
        assert!(read(folder.path()).unwrap_err().to_string().contains("one pair per split"));
    }

    #[test]
    fn labels_alone_want_their_images() {
        let folder = tempfile::tempdir().unwrap();
        for (labels, images) in [
            ("train-labels-idx1-ubyte", "train-images-idx3-ubyte"),
            ("emnist-letters-train-labels.idx1-ubyte.gz", "emnist-letters-train-images.idx3-ubyte.gz"),
        ] {
            fs::write(folder.path().join(labels), idx(&[1], &[7])).unwrap();
            let said = pairs(folder.path()).unwrap_err().to_string();
            let expected = format!("{labels}: no images beside it, expected {images}; put it there");
            assert!(said.ends_with(&expected), "{said}");
            fs::remove_file(folder.path().join(labels)).unwrap();
        }
        // Beside whole pairs, too.
        for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let said = pairs(folder.path()).unwrap_err().to_string();
        assert!(said.ends_with("no images beside it, expected t10k-images-idx3-ubyte; put it there"), "{said}");
        fs::write(folder.path().join("t10k-images-idx3-ubyte.gz"), "").unwrap();
        assert_eq!(pairs(folder.path()).unwrap().len(), 2);
    }

    #[test]
    fn images_and_labels_whose_names_were_exchanged_are_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let said = |images: &[u8], labels: &[u8]| {
            fs::write(folder.path().join("train-images-idx3-ubyte"), images).unwrap();
            fs::write(folder.path().join("train-labels-idx1-ubyte"), labels).unwrap();
            read(folder.path()).unwrap_err().to_string()
        };
        let (images, labels) = (idx(&[2, 1, 2], &[1, 2, 3, 4]), idx(&[2], &[7, 9]));
        let swapped = said(&labels, &images);
        let expected = [
            "holds labels, expected images, and ",
            "holds images, expected labels: the two look swapped; exchange their names",
        ];
        assert!(expected.iter().all(|part| swapped.contains(part)) && swapped.ends_with(expected[1]), "{swapped}");
        let twice = said(&images, &images);
        assert!(
            twice.contains("train-labels-idx1-ubyte: images, as train-images-idx3-ubyte does, expected labels"),
            "{twice}"
        );
        let twice = said(&labels, &labels);
        assert!(
            twice.contains("train-images-idx3-ubyte: labels, as train-labels-idx1-ubyte does, expected images"),
            "{twice}"
        );
    }
}
