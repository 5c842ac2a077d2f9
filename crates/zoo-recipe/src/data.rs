//! The data part of a recipe: which examples, cut how, and what is done to each.

use serde::{Deserialize, Serialize};

/// The data set, its parts, and what is done to an example before the model sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Which data set.
    pub name: DataName,
    /// What a label means.
    pub target: Target,
    /// Where the test part comes from.
    pub test: TestSplit,
    /// Cut from the training part, stratified by class; serves early stopping and choice.
    pub valid: Holdout,
    /// What images are put in the middle of, all parts alike.
    pub frame: Frame,
    /// From raw values to what the model sees; fitted on the training part only.
    pub normalization: Normalization,
    /// Applied to training images only, in this order, in the units of pixels and bytes.
    pub augmentation: Vec<Augmentation>,
}

/// A data set of the zoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DataName {
    /// 569 rows of 30 numbers, benign or malignant.
    #[serde(rename = "breast_cancer")]
    BreastCancer,
    /// The 8x8x1 digits.
    #[serde(rename = "digits")]
    Digits,
    /// The same, enlarged to 32x32x3.
    #[serde(rename = "digits32")]
    Digits32,
    /// 32x32x3 photographs of ten classes.
    #[serde(rename = "cifar10")]
    Cifar10,
    /// 28x28x1 handwritten letters, A to Z.
    #[serde(rename = "emnist_letters")]
    EmnistLetters,
}

/// What a label means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// The data set's own classes.
    Classes,
    /// Label 1 for this class, 0 for all others: "cat or not".
    OneVsRest {
        /// The positive class, by the data set's own name for it.
        class: String,
    },
}

/// Where the test part comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TestSplit {
    /// The data set comes with one.
    Given,
    /// Cut by a fixed rule, stratified by class.
    Stratified {
        /// The part of all examples, between 0 and 1.
        fraction: f64,
        /// The split's own seed.
        seed: u64,
    },
}

/// A part held out by a fixed rule, stratified by class. The seed is the split's own: every training seed sees the
/// same parts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holdout {
    /// The part of the examples, between 0 and 1.
    pub fraction: f64,
    /// The split's own seed.
    pub seed: u64,
}

/// What images are put in the middle of, so that a model made for larger ones can take them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Frame {
    /// Images as they are.
    None,
    /// A black square.
    Black {
        /// Its height and width, in pixels; no less than the image's.
        side: usize,
    },
}

/// From raw values to what the model sees. What is fitted is fitted on the training part only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Normalization {
    /// Numbers as they are; bytes as 0..255.
    None,
    /// Bytes divided by 255.
    Unit,
    /// Bytes divided by 255, then every channel to mean 0 and standard deviation 1 of the training part.
    Channels,
    /// Every column to mean 0 and standard deviation 1 of the training part.
    Standardize,
}

/// A random change of a training image that keeps its label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Augmentation {
    /// Mirror left and right with probability one half.
    Flip,
    /// Move by up to `pixels` in both directions (a random crop of the padded image).
    Shift {
        /// The largest move, less than the image's side.
        pixels: usize,
        /// What moves in from outside.
        padding: Padding,
    },
    /// Rotate by up to `degrees` either way, bilinear.
    Rotate {
        /// The largest angle, in degrees, at most 180.
        degrees: f64,
        /// What turns in from outside.
        padding: Padding,
    },
    /// Add up to `amount` of the full range either way, the same for the whole image.
    Brightness {
        /// The largest change as a part of the range 0..255, at most 1.
        amount: f64,
    },
    /// Mirror left and right in every second epoch: in which of the two is drawn once for each image.
    AlternateFlip,
    /// Blacken a square whose center is drawn from the whole image; what of it lies outside is cut off.
    Cutout {
        /// The side of the square.
        pixels: usize,
    },
}

/// What lies outside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// Zero bytes.
    Zero,
    /// The nearest pixel of the edge.
    Edge,
    /// The image mirrored at its edge, whose own pixels are not repeated.
    Reflect,
}

impl Data {
    /// The shape of one image as the model sees it, `[channels, height, width]`; `None` for a table.
    pub fn image_shape(&self) -> Option<[usize; 3]> {
        let shape = self.name.image_shape()?;
        Some(match self.frame {
            Frame::None => shape,
            Frame::Black { side } => [shape[0], side, side],
        })
    }

    /// The number of values of one example as the model sees it.
    pub fn features(&self) -> usize {
        self.image_shape().map_or_else(|| self.name.features(), |shape| shape.iter().product())
    }
}

impl DataName {
    /// The shape of one image, `[channels, height, width]`; `None` for a table.
    pub fn image_shape(self) -> Option<[usize; 3]> {
        match self {
            DataName::BreastCancer => None,
            DataName::Digits => Some([1, 8, 8]),
            DataName::Digits32 | DataName::Cifar10 => Some([3, 32, 32]),
            DataName::EmnistLetters => Some([1, 28, 28]),
        }
    }

    /// The number of values of one example.
    pub fn features(self) -> usize {
        const BREAST_CANCER_COLUMNS: usize = 30;
        self.image_shape().map_or(BREAST_CANCER_COLUMNS, |shape| shape.iter().product())
    }

    /// The number of the data set's own classes.
    pub fn classes(self) -> usize {
        match self {
            DataName::BreastCancer => 2,
            DataName::Digits | DataName::Digits32 | DataName::Cifar10 => 10,
            DataName::EmnistLetters => 26,
        }
    }

    /// Whether the data set comes with a test part of its own.
    pub fn has_test_part(self) -> bool {
        matches!(self, DataName::Cifar10 | DataName::EmnistLetters)
    }
}
