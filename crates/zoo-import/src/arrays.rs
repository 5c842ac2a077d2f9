//! Examples by split, before their labels are classes: what idx and npz files hold.

use std::fmt;
use std::path::Path;

use zoo_core::{Dataset, Examples, Inputs, Provenance, Sources};
use zoo_recipe::GivenSplit;

use crate::error::ImportError;

/// Which split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Train,
    Valid,
    Test,
}

/// What names an example's class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Label {
    Number(i64),
    Text(String),
}

/// One split as its files have it.
#[derive(Clone, Debug)]
pub(crate) struct Arrays {
    pub(crate) part: Part,
    /// The file or array with the labels, for messages.
    pub(crate) place: String,
    pub(crate) inputs: Inputs,
    pub(crate) labels: Vec<Label>,
}

impl Part {
    pub(crate) const ALL: [Part; 3] = [Part::Train, Part::Valid, Part::Test];

    /// The split that a folder of this name holds.
    pub(crate) fn named(name: &str) -> Option<Part> {
        Some(match name.to_lowercase().as_str() {
            "train" | "training" => Part::Train,
            "val" | "valid" | "validation" | "dev" => Part::Valid,
            "test" | "testing" => Part::Test,
            _ => return None,
        })
    }

    /// As a recipe names it; `None` for the training split.
    pub(crate) fn given(self) -> Option<GivenSplit> {
        match self {
            Part::Train => None,
            Part::Valid => Some(GivenSplit::Valid),
            Part::Test => Some(GivenSplit::Test),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Part::Train => "training",
            Part::Valid => "validation",
            Part::Test => "test",
        })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Number(number) => write!(formatter, "{number}"),
            Label::Text(text) => formatter.write_str(text),
        }
    }
}

/// The different labels of the training split, in order: the classes.
pub(crate) fn classes(path: &Path, all: &[Arrays]) -> Result<Vec<Label>, ImportError> {
    let train = all.iter().filter(|arrays| arrays.part == Part::Train);
    let mut classes: Vec<Label> = train.flat_map(|arrays| arrays.labels.iter().cloned()).collect();
    classes.sort_unstable();
    classes.dedup();
    let path = path.to_path_buf();
    match classes.as_slice() {
        [] => Err(ImportError::NoExamples { path }),
        [class] => Err(ImportError::OneClass { path, class: class.to_string() }),
        many if many.len() > 256 => Err(ImportError::TooManyClasses { path, found: many.len() }),
        _ => Ok(classes),
    }
}

/// No pictures are darker than that throughout.
const DARK: u8 = 64;

/// All splits as a data set.
pub(crate) fn dataset(name: &str, path: &Path, all: Vec<Arrays>) -> Result<Dataset, ImportError> {
    let classes = classes(path, &all)?;
    let shape = all[0].inputs.shape();
    let mut parts: [Option<Examples>; 3] = [None, None, None];
    for Arrays { part, place, inputs, labels } in all {
        if inputs.shape() != shape {
            let found = format!("examples of shape {:?} in the {part} split", inputs.shape());
            return Err(ImportError::format(
                path,
                found,
                format!("{shape:?}, as in the training split; make them alike"),
            ));
        }
        let labels = labels.iter().map(|label| index(label, &classes, &place)).collect::<Result<Vec<u8>, _>>()?;
        let examples = Examples::of_classes(inputs, labels);
        let places = Sources::Places((0..examples.len()).collect());
        parts[part as usize] = Some(examples.with_sources(places));
    }
    let class_names = classes.iter().map(Label::to_string).collect();
    let dataset = assembled(name, class_names, parts);
    let mut dataset = dataset.ok_or_else(|| ImportError::NoExamples { path: path.to_path_buf() })?;
    dataset.notes.extend(darkness(path, &dataset.train.inputs));
    Ok(dataset)
}

/// What the brightest of pixels tells if they seem to be on another scale than that of files.
fn darkness(path: &Path, inputs: &Inputs) -> Option<String> {
    let Inputs::Images(images) = inputs else { return None };
    let brightest = images.pixels.iter().max().copied().filter(|brightest| (1..DARK).contains(brightest))?;
    Some(format!(
        "warning: {}: the brightest value of its pictures is {brightest}, where files to predict have up to 255 and will look brighter; \
         multiply the arrays by {:.0} if that is their white",
        path.display(),
        255.0 / f64::from(brightest)
    ))
}

/// A user's data set; `None` without a training split.
pub(crate) fn assembled(name: &str, class_names: Vec<String>, parts: [Option<Examples>; 3]) -> Option<Dataset> {
    let [train, valid, test] = parts;
    let (name, provenance, notes) = (name.to_owned(), Provenance::Own, Vec::new());
    Some(Dataset { name, class_names, provenance, train: train?, valid, test, notes })
}

fn index(label: &Label, classes: &[Label], place: &str) -> Result<u8, ImportError> {
    let found = classes.binary_search(label).ok().and_then(|index| u8::try_from(index).ok());
    found.ok_or_else(|| {
        let known = classes.iter().map(Label::to_string).collect();
        ImportError::UnknownClass { place: place.to_owned(), class: label.to_string(), known }
    })
}
