//! What is known of a data set before it is loaded: one record per data set, in its own crate.

use std::path::PathBuf;

use crate::{DataError, Dataset, Store};

/// A data set as recipes, reports and model cards know it, and how it is loaded.
#[derive(Debug)]
pub struct DatasetFacts {
    /// Its name in recipes: `cifar10`.
    pub name: &'static str,
    /// As people call it.
    pub title: &'static str,
    /// What is to be told from what.
    pub task: &'static str,
    /// The shape of one example: `[channels, height, width]` of an image, `[columns]` of a table.
    pub shape: &'static [usize],
    /// A table's columns, in order; none for images.
    pub columns: &'static [&'static str],
    /// The classes, by label.
    pub class_names: &'static [&'static str],
    /// Whether it comes with a test split.
    pub has_test_split: bool,
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
    /// Reads it, downloading first what is missing.
    pub load: fn(&Store) -> Result<Dataset, DataError>,
    /// Makes its files present, and says where; `None` where they are compiled in.
    pub fetch: Option<Fetch>,
    /// How a user's picture, or a row of a user's table, becomes one of its examples.
    pub picture: Picture,
}

/// Makes the files of a data set present, and says where they are.
pub type Fetch = fn(&Store) -> Result<PathBuf, DataError>;

/// How a user's picture becomes an image of a data set, or the row of a user's table one of its examples.
#[derive(Clone, Copy, Debug)]
pub enum Picture {
    /// No pictures: by its columns. The function gives the column that a header means, also in other spellings.
    TableRow(fn(&str) -> Option<&'static str>),
    /// Its middle square in color, scaled.
    Photograph,
    /// The ink of one letter, cut out and scaled with its aspect kept, two pixels of margin, softened, centered: as EMNIST's authors did.
    Letter,
    /// The ink of one digit, cut out and scaled to 8 rows; then enlarged to the data set's own size, channel by channel.
    Digit(fn(&[u8]) -> Vec<u8>),
}

impl DatasetFacts {
    /// The shape of one image, `[channels, height, width]`; `None` for a table.
    pub fn image_shape(&self) -> Option<[usize; 3]> {
        self.shape.try_into().ok()
    }

    /// The number of values of one example.
    pub fn features(&self) -> usize {
        self.shape.iter().product()
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.class_names.len()
    }
}
