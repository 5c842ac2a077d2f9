//! The data section of a recipe: which examples, cut how, and what is done to each.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zoo_core::{Augmentation, DatasetFacts, Normalization, range};

/// Every data set of the zoo, by crate: one line each.
const DATASETS: &[&[DatasetFacts]] = &[
    zoo_breast_cancer::FACTS, // a table, embedded
    zoo_digits::FACTS,        // gray images of two sizes, embedded
    zoo_cifar10::FACTS,       // color images
    zoo_emnist::FACTS,        // gray images, in three cuts
];

/// The data set, its splits, and what is done to an example before the model sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Which data set.
    pub name: DataName,
    /// What a label means.
    pub target: Target,
    /// Where the test split comes from.
    pub test: TestSplit,
    /// Cut from the training split, stratified by class; serves early stopping and choice.
    pub valid: Holdout,
    /// What images are padded to, all splits alike.
    pub pad: Pad,
    /// From raw values to what the model sees; fitted on the training split only.
    pub normalization: Normalization,
    /// Applied to training images only, in this order, in the units of pixels and bytes.
    #[serde(deserialize_with = "at_most_16")]
    pub augmentation: Vec<Augmentation>,
}

/// A data set of the zoo, by its name: `cifar10`.
#[derive(Clone, Copy)]
pub struct DataName(&'static DatasetFacts);

/// What a label means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// The data set's own classes.
    Classes,
    /// Label 1 for this class, 0 for all others: "cat or not".
    OneVsRest {
        /// The positive class, by the data set's own name for it.
        class: String,
    },
}

/// Where the test split comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TestSplit {
    /// The data set comes with one.
    Given,
    /// Cut by a fixed rule, stratified by class.
    Stratified(Holdout),
}

/// A split held out by a fixed rule, stratified by class. The seed is the split's own: every training seed sees the
/// same splits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holdout {
    /// The fraction of the examples, between 0 and 1.
    #[serde(deserialize_with = "range::fraction")]
    pub fraction: f64,
    /// The split's own seed.
    #[serde(deserialize_with = "range::seed")]
    pub seed: u64,
}

/// What images are padded to, so that a model made for larger ones can take them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Pad {
    /// Images as they are.
    None,
    /// In the middle of a black square.
    Black {
        /// Its height and width, in pixels; no less than the image's.
        #[serde(deserialize_with = "range::count::<1024, _>")]
        side: usize,
    },
}

impl Data {
    /// The shape of one image as the model sees it, `[channels, height, width]`; `None` for a table.
    pub fn image_shape(&self) -> Option<[usize; 3]> {
        let shape = self.name.facts().image_shape()?;
        Some(match self.pad {
            Pad::None => shape,
            Pad::Black { side } => [shape[0], side, side],
        })
    }

    /// The shape of one example as the model sees it.
    pub fn input_shape(&self) -> Vec<usize> {
        self.image_shape().map_or_else(|| self.name.facts().shape.to_vec(), |shape| shape.to_vec())
    }

    /// What the model tells apart, by label: the data set's classes, or for one class against the rest the negative, then the
    /// positive one.
    pub fn class_names(&self) -> Vec<String> {
        match &self.target {
            Target::Classes => self.name.facts().class_names.iter().map(ToString::to_string).collect(),
            Target::OneVsRest { class } => vec![format!("not {class}"), class.clone()],
        }
    }

    /// The number of values of one example as the model sees it.
    pub fn features(&self) -> usize {
        self.input_shape().iter().product()
    }
}

impl DataName {
    /// Every data set of the zoo.
    pub fn all() -> impl Iterator<Item = DataName> {
        DATASETS.iter().flat_map(|crate_facts| crate_facts.iter()).map(DataName)
    }

    /// The data set of that name.
    pub fn find(name: &str) -> Option<DataName> {
        DataName::all().find(|data| data.name() == name)
    }

    /// The name: `cifar10`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What is known of it.
    pub fn facts(self) -> &'static DatasetFacts {
        self.0
    }
}

impl PartialEq for DataName {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for DataName {}

impl fmt::Debug for DataName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.name())
    }
}

impl fmt::Display for DataName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for DataName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for DataName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        DataName::find(&name).ok_or_else(|| {
            let known: Vec<String> = DataName::all().map(|data| format!("`{data}`")).collect();
            D::Error::custom(format!("unknown variant `{name}`, expected one of {}", known.join(", ")))
        })
    }
}

fn at_most_16<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Augmentation>, D::Error> {
    range::length(Vec::deserialize(deserializer)?, 0..=16)
}
