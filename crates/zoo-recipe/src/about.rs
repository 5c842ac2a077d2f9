//! What a reader of a result has to know about the data it was measured on: one place for reports and model cards.

use crate::DataName;

/// A data set in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// As people call it.
    pub title: &'static str,
    /// What is to be told from what.
    pub task: &'static str,
    /// Under which terms the data may be used.
    pub license: &'static str,
    /// Whom to cite.
    pub citation: &'static str,
    /// Where it is described.
    pub url: &'static str,
    /// What a model trained on it is not good for.
    pub limits: &'static str,
    /// Its crate, a folder in `datasets/`.
    pub folder: &'static str,
}

const BREAST_CANCER: About = About {
    title: "Breast Cancer Wisconsin (Diagnostic)",
    task: "benign or malignant, from 30 measurements of the cell nuclei of a breast mass",
    license: "CC BY 4.0",
    citation: "W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning \
               Repository, 1993",
    url: "https://doi.org/10.24432/C5DW2B",
    limits: "Measurements of one hospital's pictures from around 1990, outlined by hand. A teaching example: not a medical device, \
             and no basis for a decision about a person.",
    folder: "breast-cancer",
};

const DIGITS: About = About {
    title: "Optical Recognition of Handwritten Digits",
    task: "the digits 0 to 9, from 8x8 gray pixels",
    license: "CC BY 4.0",
    citation: "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998",
    url: "https://doi.org/10.24432/C50P49",
    limits: "Digits of 13 people, reduced to 8x8 pixels; the same people are in the training and the test part. Other hands, pens and \
             scanners are read worse than the test figures say.",
    folder: "digits",
};

const CIFAR10: About = About {
    title: "CIFAR-10",
    task: "ten kinds of animals and vehicles, from 32x32 color photographs",
    license: "none stated by its authors, who ask for the report to be cited; the pictures are not part of this repository",
    citation: "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, University of Toronto, 2009",
    url: "https://www.cs.toronto.edu/~kriz/cifar.html",
    limits: "Small, centered objects of ten kinds: whatever else is shown gets one of these names, often with a high probability. Some \
             test pictures have near duplicates among the training ones.",
    folder: "cifar10",
};

const EMNIST_LETTERS: About = About {
    title: "EMNIST Letters",
    task: "the letters A to Z, upper and lower case together, from 28x28 gray pixels",
    license: "none stated; made from NIST Special Database 19, a work of the United States government; the pictures are not part of \
              this repository",
    citation: "G. Cohen, S. Afshar, J. Tapson, A. van Schaik: EMNIST: an extension of MNIST to handwritten letters, 2017, \
               arXiv:1702.05373",
    url: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
    limits: "Single letters from forms that were filled in by hand in the United States. Words, digits and other scripts get a letter's \
             name, too; I and L are often written alike.",
    folder: "emnist",
};

impl DataName {
    /// The data set in words.
    pub fn about(self) -> &'static About {
        match self {
            DataName::BreastCancer => &BREAST_CANCER,
            DataName::Digits | DataName::Digits32 => &DIGITS,
            DataName::Cifar10 => &CIFAR10,
            DataName::EmnistLetters => &EMNIST_LETTERS,
        }
    }
}
