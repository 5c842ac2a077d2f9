//! Optical recognition of handwritten digits: 1,797 digits of 8x8 pixels.
//!
//! The data is compiled into the crate, so loading needs neither file nor network and cannot fail.
//!
//! ```
//! let digits = zoo_digits::load();
//! assert_eq!(digits.train.len(), 1797);
//! assert_eq!(digits.train.inputs.shape(), [1, 8, 8]);
//!
//! let enlarged = zoo_digits::load_32x32x3();
//! assert_eq!(enlarged.train.inputs.shape(), [3, 32, 32]);
//! ```
//!
//! There is no test split of its own: a recipe cuts one with [`zoo_core::stratified_holdout`].

use std::io::Read;

use flate2::read::GzDecoder;
#[doc(no_inline)]
pub use zoo_core::{Dataset, Examples, Images, Inputs};
use zoo_core::{DatasetFacts, PictureKind, Provenance};
use zoo_pictures::enlarge_digit;

/// What a recipe calls the 8x8 digits.
pub const NAME: &str = "digits";

/// What a recipe calls the digits enlarged to 32x32, in three equal channels.
pub const NAME_32: &str = "digits32";

/// The classes by label.
pub const CLASS_NAMES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

const DIGITS: DatasetFacts = DatasetFacts {
    name: NAME,
    title: "Optical Recognition of Handwritten Digits",
    task: "the digits 0 to 9, from 8x8 gray pixels",
    license: "CC BY 4.0",
    citation: "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998",
    url: "https://doi.org/10.24432/C50P49",
    limits: "Digits of 13 people, reduced to 8x8 pixels; the same people are in the training and the test split. Other hands, pens and \
             scanners are read worse than the test figures say.",
    shape: &[1, SIDE, SIDE],
    columns: &[],
    class_names: &CLASS_NAMES,
    has_test_split: false,
    folder: "digits",
    load: |_| Ok(load()),
    fetch: None,
    picture: Some(PictureKind::Digit),
    column_named: |_| None,
};

/// The digits as recipes know them: as they are, and enlarged to 32x32.
pub const FACTS: &[DatasetFacts] = &[DIGITS, DIGITS_32];

const DIGITS_32: DatasetFacts =
    DatasetFacts { name: NAME_32, shape: &[3, SIDE_32, SIDE_32], load: |_| Ok(load_32x32x3()), ..DIGITS };

/// scikit-learn's file, byte for byte: 64 counts of 0 to 16 and the digit a row, as comma-separated text under gzip.
const FILE: &[u8] = include_bytes!("../data/digits.csv.gz");

const SIDE: usize = 8;
const SIDE_32: usize = 32;

/// All 1,797 digits as `train`, `[1, 8, 8]` each, in the order of the file. Ink is bright.
///
/// The file counts the black pixels in blocks of 4x4: 0 to 16. Here `count` is the byte nearest to `count * 255 / 16`, so that
/// full ink is 255.
pub fn load() -> Dataset {
    let (pixels, labels) = parse(&decompress());
    let images = Images { channels: 1, height: SIDE, width: SIDE, pixels };
    dataset(NAME, images, labels)
}

/// The same digits, `[3, 32, 32]` each: what a network made for small color photographs takes.
///
/// Enlarged by [`enlarge_digit`]; the three channels are equal.
pub fn load_32x32x3() -> Dataset {
    let (pixels, labels) = parse(&decompress());
    let images = Images {
        channels: 3,
        height: SIDE_32,
        width: SIDE_32,
        pixels: pixels.chunks_exact(SIDE * SIDE).flat_map(|image| enlarge_digit(image).repeat(3)).collect(),
    };
    dataset(NAME_32, images, labels)
}

fn dataset(name: &str, images: Images, labels: Vec<u8>) -> Dataset {
    Dataset {
        name: name.to_owned(),
        class_names: CLASS_NAMES.map(String::from).to_vec(),
        provenance: Provenance::Official,
        train: Examples::of_classes(Inputs::Images(images), labels),
        valid: None,
        test: None,
        notes: Vec::new(),
    }
}

fn decompress() -> String {
    let mut text = String::new();
    GzDecoder::new(FILE).read_to_string(&mut text).expect("the embedded file is whole");
    text
}

/// The pixels of all images and their labels.
fn parse(text: &str) -> (Vec<u8>, Vec<u8>) {
    let mut pixels = Vec::new();
    let mut labels = Vec::new();
    for row in text.lines() {
        let (counts, label) = row.rsplit_once(',').expect("a row has commas");
        pixels.extend(counts.split(',').map(number).map(byte));
        labels.push(number(label));
    }
    (pixels, labels)
}

fn number(text: &str) -> u8 {
    text.parse().expect("the file holds small whole numbers alone")
}

/// The byte nearest to `count * 255 / 16`.
fn byte(count: u8) -> u8 {
    ((u16::from(count) * 255 + 8) / 16) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use zoo_core::{Progress, Store};

    use super::*;

    fn images(dataset: &Dataset) -> &Images {
        let Inputs::Images(images) = &dataset.train.inputs else {
            panic!("digits are images");
        };
        images
    }

    #[test]
    fn the_file_is_scikit_learns() {
        assert_eq!(
            zoo_core::sha256_hex(FILE), // of sklearn/datasets/data/digits.csv.gz in scikit-learn 1.9.1
            "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
        );
    }

    #[test]
    fn every_digit_comes_about_180_times() {
        let counts = load().train.class_counts(10);
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]); // numpy.bincount(load_digits().target)
    }

    #[test]
    fn the_first_image_is_a_zero() {
        let dataset = load();
        assert_eq!(dataset.train.labels[..3], [0, 1, 2]);
        // load_digits().images[0][:2] is 0 0 5 13 9 1 0 0 / 0 0 13 15 10 15 5 0.
        let expected = [0, 0, 80, 207, 143, 16, 0, 0, 0, 0, 207, 239, 159, 239, 80, 0];
        assert_eq!(images(&dataset).image(0)[..16], expected);
    }

    #[test]
    fn the_ink_adds_up() {
        // load_digits().data.sum() is 561718; rounding to bytes moves a mean pixel by far less than a byte.
        let ink: u64 = images(&load()).pixels.iter().map(|&pixel| u64::from(pixel)).sum();
        let exact = 561_718.0 * 255.0 / 16.0;
        assert!((ink as f64 - exact).abs() < 0.05 * 1797.0 * 64.0, "{ink} for {exact}");
    }

    #[test]
    fn counts_span_the_bytes() {
        assert_eq!([0, 1, 8, 15, 16].map(byte), [0, 16, 128, 239, 255]);
    }

    #[test]
    fn the_enlarged_digits_are_the_same_in_three_channels() {
        let (small, large) = (load(), load_32x32x3());
        assert_eq!(small.train.labels, large.train.labels);
        assert_eq!(images(&large).pixels.len(), 1797 * 3 * 32 * 32);
        let (red, rest) = images(&large).image(1796).split_at(32 * 32);
        assert_eq!(red.repeat(2), rest);
        assert_eq!(red, enlarge_digit(images(&small).image(1796)));
    }

    #[test]
    fn the_facts_are_those_of_the_data() {
        let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).unwrap();
        for facts in FACTS {
            facts.assert_true_of(&(facts.load)(&store).unwrap());
        }
    }
}
