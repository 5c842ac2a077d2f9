//! The data section of a recipe: which examples, cut how, and what is done to each.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zoo_core::explain::{Accepts, Explain, Key};
use zoo_core::{Augmentation, DatasetFacts, Normalization, PictureKind, Preparation, range};

use crate::{DataFiles, GivenSplit};

/// Every data set of the zoo, by crate: one line each.
const DATASETS: &[&[DatasetFacts]] = &[
    zoo_breast_cancer::FACTS, // a table, embedded
    zoo_digits::FACTS,        // gray images of two sizes, embedded
    zoo_cifar10::FACTS,       // color images
    zoo_emnist::FACTS,        // gray images, in three cuts
];

/// The data set, its splits, and what is done to an example before the model sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The name of a data set of the zoo, or any other of a user's own data.
    #[explain(like = DataName)]
    pub name: String,
    /// A user's own data; absent for a data set of the zoo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<DataFiles>,
    /// What a label means.
    pub target: Target,
    /// Where the test split comes from.
    pub test: TestSplit,
    /// Where the validation split comes from, which serves early stopping and choice; `"given"` where the data comes with one.
    pub valid: ValidSplit,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// The data set's own classes.
    Classes,
    /// Label 1 for this class, 0 for all others: "cat or not".
    OneVsRest {
        /// The positive class, by the data set's own name for it.
        class: String,
    },
    /// No class but a number, as a user's table may have one: regression. The model predicts it in standard deviations from the
    /// training split's mean; scores and predictions are in its own unit.
    Value,
}

/// Where the test split comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TestSplit {
    /// The data set comes with one.
    Given,
    /// Cut by a fixed rule, stratified by class.
    Stratified(Holdout),
}

/// Where the validation split comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValidSplit {
    /// The data comes with one: `"given"`.
    Given,
    /// Cut from the training split by a fixed rule, stratified by class.
    Cut(Holdout),
}

/// A split held out by a fixed rule, stratified by class. The seed is the split's own: every training seed sees the
/// same splits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Pad {
    /// Images as they are.
    None,
    /// In the middle of a black square.
    Black {
        /// Its height and width, in pixels; no less than the image's.
        #[serde(deserialize_with = "range::count::<1024, _>")]
        #[explain(usual = 32)]
        side: usize,
    },
}

impl Data {
    /// The characters of the longest name that a user's own data may have.
    pub const LONGEST_NAME: usize = 100;

    /// Whether a user's own data may be called so: by one line that a terminal can show.
    ///
    /// ```
    /// use zoo_recipe::Data;
    ///
    /// assert!(["ü".repeat(100), "pets".to_string()].iter().all(|name| Data::is_name(name)));
    /// assert!(["ü".repeat(101), "two\nlines".to_string(), String::new()].iter().all(|name| !Data::is_name(name)));
    /// ```
    pub fn is_name(name: &str) -> bool {
        !name.is_empty() && name.chars().count() <= Self::LONGEST_NAME && !name.contains(char::is_control)
    }

    /// The shape of one image as the model sees it, `[channels, height, width]`; `None` for a table.
    pub fn image_shape(&self) -> Option<[usize; 3]> {
        let shape = self.shape().try_into().ok()?;
        Some(match self.pad {
            Pad::None => shape,
            Pad::Black { side } => {
                let [channels, _, _] = shape;
                [channels, side, side]
            }
        })
    }

    /// The shape of one example as the model sees it.
    pub fn input_shape(&self) -> Vec<usize> {
        self.image_shape().map_or_else(|| self.shape().to_vec(), |shape| shape.to_vec())
    }

    /// What the model tells apart, by label: the data set's classes, or for one class against the rest the negative, then the
    /// positive one; none where the target is a number.
    pub fn class_names(&self) -> Vec<String> {
        match &self.target {
            Target::Classes => self.labels(),
            Target::OneVsRest { class } => vec![format!("not {class}"), class.clone()],
            Target::Value => Vec::new(),
        }
    }

    /// The data set of the zoo; `None` for a user's own data.
    pub fn zoo(&self) -> Option<DataName> {
        if self.files.is_some() { None } else { DataName::find(&self.name) }
    }

    /// The shape of one example as it is loaded: `[channels, height, width]` of an image, `[columns]` of a table.
    pub fn shape(&self) -> &[usize] {
        match self.source() {
            DataSource::Zoo(facts) => facts.shape,
            DataSource::Own(files) => &files.shape,
        }
    }

    /// The data's own classes, by label.
    pub fn labels(&self) -> Vec<String> {
        match self.source() {
            DataSource::Zoo(facts) => facts.class_names.iter().map(ToString::to_string).collect(),
            DataSource::Own(files) => files.class_names.clone(),
        }
    }

    /// The names of a table's columns, in order; none for images.
    pub fn columns(&self) -> Vec<String> {
        match self.source() {
            DataSource::Zoo(facts) => facts.columns.iter().map(ToString::to_string).collect(),
            DataSource::Own(files) => files.columns(),
        }
    }

    /// Whether the data comes with a test split.
    pub fn has_test_split(&self) -> bool {
        match self.source() {
            DataSource::Zoo(facts) => facts.has_test_split,
            DataSource::Own(files) => files.splits.contains(&GivenSplit::Test),
        }
    }

    /// Whether the data comes with a validation split.
    pub fn has_valid_split(&self) -> bool {
        self.files.as_ref().is_some_and(|files| files.splits.contains(&GivenSplit::Valid))
    }

    /// How a user's picture becomes one of the data's images; `None` for a table.
    pub fn picture(&self) -> Option<Preparation> {
        let kind = match self.source() {
            DataSource::Zoo(facts) => facts.picture?,
            DataSource::Own(_) => PictureKind::Photograph,
        };
        Some(Preparation { kind, shape: self.shape().try_into().ok()? })
    }

    /// What else the header of a user's table may call the columns.
    pub fn column_named(&self) -> fn(&str) -> Option<&'static str> {
        match self.source() {
            DataSource::Zoo(facts) => facts.column_named,
            DataSource::Own(_) => |_| None,
        }
    }

    /// # Panics
    ///
    /// If the name is not one of the zoo's and there are no files, which a checked recipe rules out.
    fn source(&self) -> DataSource<'_> {
        let zoo =
            || DataName::find(&self.name).unwrap_or_else(|| panic!("a checked recipe has data, not {:?}", self.name));
        self.files.as_ref().map_or_else(|| DataSource::Zoo(zoo().facts()), DataSource::Own)
    }

    /// The number of values of one example as the model sees it.
    pub fn features(&self) -> usize {
        self.input_shape().iter().product()
    }
}

/// What is known of the data.
enum DataSource<'a> {
    Zoo(&'static DatasetFacts),
    Own(&'a DataFiles),
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

impl Serialize for ValidSplit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ValidSplit::Given => serializer.serialize_str(GIVEN),
            ValidSplit::Cut(holdout) => holdout.serialize(serializer),
        }
    }
}

/// A name of the zoo, or any other.
impl Explain for DataName {
    fn accepts() -> Accepts {
        let choice = |data: DataName| Key::new(data.name(), &[data.facts().title], Accepts::Table(Vec::new()));
        Accepts::Choice(DataName::all().map(choice).collect())
    }
}

/// Its keys where it is cut.
impl Explain for ValidSplit {
    fn accepts() -> Accepts {
        Holdout::accepts()
    }
}

const GIVEN: &str = "given";

impl<'de> Deserialize<'de> for ValidSplit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct GivenOrCut;
        impl<'de> Visitor<'de> for GivenOrCut {
            type Value = ValidSplit;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("{ fraction = ..., seed = ... }, or \"given\" where the data comes with one")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ValidSplit, E> {
                match text {
                    GIVEN => Ok(ValidSplit::Given),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ValidSplit, A::Error> {
                Holdout::deserialize(MapAccessDeserializer::new(map)).map(ValidSplit::Cut)
            }
        }
        deserializer.deserialize_any(GivenOrCut)
    }
}

fn at_most_16<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Augmentation>, D::Error> {
    range::length(Vec::deserialize(deserializer)?, 0..=16)
}
