//! A user's own data in a recipe: where it is, which contents, and what it holds.

use std::path::PathBuf;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use zoo_core::{Explain, range};

use crate::TableFormat;

/// A user's own data. What it holds stands here, so that a model can be built, read back and applied where the data is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct DataFiles {
    /// The folder or file; one that is not absolute starts from the folder of the recipe's file.
    pub path: PathBuf,
    /// The digest of all contents that are used, in lower-case hexadecimal: other contents are refused.
    #[serde(deserialize_with = "sha256")]
    pub sha256: String,
    /// The shape of one example: `[channels, height, width]` of an image, `[columns]` of a table.
    #[serde(deserialize_with = "shape")]
    pub shape: Vec<usize>,
    /// The classes, by label: at most 256; none where a table's numbers are to be predicted.
    #[serde(deserialize_with = "class_names")]
    pub class_names: Vec<String>,
    /// The splits that the data comes with besides that for training; those that are missing are cut.
    #[serde(deserialize_with = "splits")]
    pub splits: Vec<GivenSplit>,
    /// What the files are.
    pub format: DataFormat,
}

/// A split that data comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum GivenSplit {
    /// For early stopping and choice.
    Valid,
    /// Read once, at the end.
    Test,
}

/// What the files of a user's own data are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DataFormat {
    /// Folders of pictures, one a class, also with `train`, `valid` and `test` above them. Each picture's middle square is scaled.
    Pictures {
        /// Whether pictures that cannot be read are left out; otherwise the first of them is an error.
        #[explain(usual = false)]
        skip_bad: bool,
    },
    /// A folder with the files of MNIST: images and labels as idx, perhaps compressed by gzip.
    Idx,
    /// A file of numpy's arrays.
    Npz,
    /// A table as text, such as CSV.
    Table(TableFormat),
}

impl DataFiles {
    /// The names of a table's columns, in order; none for images.
    pub fn columns(&self) -> Vec<String> {
        match (&self.format, self.shape.as_slice()) {
            (DataFormat::Table(format), _) => format.columns(),
            (DataFormat::Idx | DataFormat::Npz, &[columns]) => {
                (0..columns).map(|column| format!("x{column}")).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn sha256<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match text.len() == 64 && text.bytes().all(is_digit) {
        true => Ok(text),
        false => Err(D::Error::invalid_value(Unexpected::Str(&text), &"64 hexadecimal digits in lower case")),
    }
}

fn shape<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<usize>, D::Error> {
    #[derive(Deserialize)]
    struct Side(#[serde(deserialize_with = "range::count::<65_536, _>")] usize);
    let sides: Vec<usize> = Vec::<Side>::deserialize(deserializer)?.into_iter().map(|Side(side)| side).collect();
    match sides.as_slice() {
        [_] | [1 | 3, 1..=1024, 1..=1024] => Ok(sides),
        _ => Err(D::Error::custom(format!(
            "invalid value: {sides:?}, expected [1 or 3, height, width] with sides of at most 1024, or [columns]"
        ))),
    }
}

fn class_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    range::length(Vec::deserialize(deserializer)?, 0..=256)
}

fn splits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<GivenSplit>, D::Error> {
    range::length(Vec::deserialize(deserializer)?, 0..=2)
}
