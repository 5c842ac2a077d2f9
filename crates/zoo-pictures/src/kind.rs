//! How pictures are prepared, as data sets and weights files say it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a picture shows, and so how it becomes one of a data set's images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Anything: its middle, scaled.
    Photograph,
    /// The ink of one letter, cut out and scaled with its aspect kept, two pixels of margin, softened, centered: as EMNIST's authors
    /// did.
    Letter,
    /// The ink of one digit, cut out and scaled to 8 rows, as UCI's digits are; then enlarged where the images are.
    Digit,
}

/// How a picture becomes an image of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// What the picture shows.
    pub kind: PictureKind,
    /// The data set's images: `[channels, height, width]`.
    pub shape: [usize; 3],
}

impl PictureKind {
    /// As weights files have it: `photograph`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Photograph => "photograph",
            Self::Letter => "letter",
            Self::Digit => "digit",
        }
    }

    /// The shapes a picture can become, in words.
    pub fn shapes(self) -> &'static str {
        match self {
            Self::Photograph => "[1, height, width] or [3, height, width]",
            Self::Letter => "[channels, 28, 28]",
            Self::Digit => "[channels, 8, 8] or [channels, 32, 32]",
        }
    }
}

impl fmt::Display for PictureKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Preparation {
    /// Whether pictures of this kind can become images of this shape: see [`PictureKind::shapes`].
    pub fn is_possible(&self) -> bool {
        let [channels, height, width] = self.shape;
        match self.kind {
            _ if channels * height * width == 0 => false,
            PictureKind::Photograph => matches!(channels, 1 | 3),
            PictureKind::Letter => [height, width] == [28, 28],
            PictureKind::Digit => height == width && matches!(height, 8 | 32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_no_picture_becomes_are_told_from_those_that_are_possible() {
        let is_possible = |kind, shape| Preparation { kind, shape }.is_possible();
        for (kind, shape) in [
            (PictureKind::Photograph, [3, 5, 7]),
            (PictureKind::Photograph, [1, 1, 1]),
            (PictureKind::Letter, [1, 28, 28]),
            (PictureKind::Digit, [3, 32, 32]),
            (PictureKind::Digit, [1, 8, 8]),
        ] {
            assert!(is_possible(kind, shape), "{kind} {shape:?}");
        }
        for (kind, shape) in [
            (PictureKind::Photograph, [2, 5, 7]),
            (PictureKind::Photograph, [3, 0, 7]),
            (PictureKind::Letter, [1, 32, 32]),
            (PictureKind::Letter, [0, 28, 28]),
            (PictureKind::Digit, [1, 8, 32]),
        ] {
            assert!(!is_possible(kind, shape), "{kind} {shape:?}");
        }
    }
}
