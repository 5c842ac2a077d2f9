//! The six official splits of EMNIST, by name.

use std::fmt;

/// Height and width of an image.
pub const SIDE: usize = 28;

/// Digits, capitals, small letters.
const CHARACTERS: [&str; 62] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M",
    "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j",
    "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
];

/// Digits and capitals, and the small letters that do not look like their capitals.
const MERGED: [&str; 47] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M",
    "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "a", "b", "d", "e", "f", "g", "h", "n", "q", "r",
    "t",
];

/// A split of EMNIST: which characters, and how many of each.
///
/// ```
/// use zoo_emnist::Split;
///
/// let classes: Vec<usize> = Split::ALL.iter().map(|split| split.class_names().len()).collect();
/// assert_eq!(classes, [62, 47, 47, 26, 10, 10]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// 62 classes as they occur: digits, capitals, small letters.
    ByClass,
    /// 47 classes as they occur: small letters that look like their capitals are one with them.
    ByMerge,
    /// The classes of [`Split::ByMerge`], the same number of each.
    Balanced,
    /// 26 letters, capital and small as one, the same number of each.
    Letters,
    /// 10 digits, the same number of each.
    Digits,
    /// 10 digits, as many as in MNIST and prepared like the other splits.
    Mnist,
}

impl Split {
    /// All splits.
    pub const ALL: [Split; 6] =
        [Split::ByClass, Split::ByMerge, Split::Balanced, Split::Letters, Split::Digits, Split::Mnist];

    /// The split's name in the names of its files: `letters`.
    pub const fn name(self) -> &'static str {
        match self {
            Split::ByClass => "byclass",
            Split::ByMerge => "bymerge",
            Split::Balanced => "balanced",
            Split::Letters => "letters",
            Split::Digits => "digits",
            Split::Mnist => "mnist",
        }
    }

    /// The data set's name in recipes and reports: `emnist_letters`.
    pub const fn dataset_name(self) -> &'static str {
        match self {
            Split::ByClass => "emnist_byclass",
            Split::ByMerge => "emnist_bymerge",
            Split::Balanced => "emnist_balanced",
            Split::Letters => "emnist_letters",
            Split::Digits => "emnist_digits",
            Split::Mnist => "emnist_mnist",
        }
    }

    /// The split called `name`, in either way: `letters` or `emnist_letters`.
    ///
    /// ```
    /// use zoo_emnist::Split;
    ///
    /// assert_eq!(Split::from_name("letters"), Some(Split::Letters));
    /// assert_eq!(Split::from_name("emnist_mnist"), Some(Split::Mnist));
    /// ```
    pub fn from_name(name: &str) -> Option<Split> {
        Split::ALL.into_iter().find(|split| name == split.name() || name == split.dataset_name())
    }

    /// The classes, in the order of their labels.
    pub const fn class_names(self) -> &'static [&'static str] {
        let (digits, letters) = CHARACTERS.split_at(10);
        match self {
            Split::ByClass => &CHARACTERS,
            Split::ByMerge | Split::Balanced => &MERGED,
            Split::Letters => letters.split_at(26).0,
            Split::Digits | Split::Mnist => digits,
        }
    }

    /// The official number of training and of test images.
    pub const fn counts(self) -> (usize, usize) {
        match self {
            Split::ByClass | Split::ByMerge => (697_932, 116_323),
            Split::Balanced => (112_800, 18_800),
            Split::Letters => (124_800, 20_800),
            Split::Digits => (240_000, 40_000),
            Split::Mnist => (60_000, 10_000),
        }
    }

    /// The label of the first class in the files: Letters alone counts from 1.
    #[cfg(feature = "fetch")]
    pub(crate) const fn first_label(self) -> u8 {
        match self {
            Split::Letters => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.dataset_name())
    }
}
