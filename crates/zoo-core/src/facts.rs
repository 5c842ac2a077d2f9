//! What is known of a data set before it is loaded: one record per data set, in its own crate.

use std::path::PathBuf;

use zoo_pictures::PictureKind;

use crate::{DataError, Dataset, Inputs, Store};

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
    /// What a user's picture shows, and so how it becomes one of its examples; `None` for a table.
    pub picture: Option<PictureKind>,
    /// The column that a header of a user's table means, also in other spellings; none for images.
    pub column_named: fn(&str) -> Option<&'static str>,
}

/// Makes the files of a data set present, and says where they are.
pub type Fetch = fn(&Store) -> Result<PathBuf, DataError>;

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

    /// Holds them against the data that they are of; every data set has a test that does.
    ///
    /// # Panics
    /// If the data has another name, other classes, another shape or other columns, or comes with a test split where the facts say that it does
    /// not, or without one.
    pub fn assert_true_of(&self, dataset: &Dataset) {
        let columns: &[String] = match &dataset.train.inputs {
            Inputs::Table(table) => &table.columns,
            Inputs::Images(_) => &[],
        };
        assert_eq!(dataset.name, self.name);
        assert_eq!(dataset.class_names, self.class_names);
        assert_eq!(dataset.train.inputs.shape(), self.shape);
        assert_eq!(columns, self.columns);
        assert_eq!(dataset.test.is_some(), self.has_test_split);
    }
}
