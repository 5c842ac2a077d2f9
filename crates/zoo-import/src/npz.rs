//! Files `.npz`: arrays by name, as Keras, scikit-learn's users and MedMNIST write them.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zoo_core::{Images, Inputs, Table, and_more, printable};
use zoo_table::LEAST_MAGNITUDE;

use crate::arrays::{Arrays, Label, Part};
use crate::error::{ImportError, counted};
use crate::memory;
use crate::npy::{self, Array, Values};

/// What the examples and their labels may be called.
const PAIRS: [(&str, &str); 6] =
    [("x", "y"), ("X", "y"), ("images", "labels"), ("data", "labels"), ("data", "target"), ("features", "labels")];

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Npz {
    /// All splits that have examples, that for training first.
    pub(crate) arrays: Vec<Arrays>,
    /// What is not used of it, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// Reads all splits.
pub(crate) fn read(path: &Path) -> Result<Npz, ImportError> {
    let mut file = File::open(path).map_err(ImportError::read(path))?;
    check_begins_as_archive(&mut file, path)?;
    let mut archive = ZipArchive::new(file).map_err(|error| {
        ImportError::format(
            path,
            format!("a damaged archive ({error})"),
            "a whole one of numpy.savez; save or copy it again",
        )
    })?;
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let has = |name: &String| names.contains(&format!("{name}.npy"));
    let (mut all, mut used, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for part in Part::ALL {
        if let Some((inputs, labels)) = pairs(part).find(|(x, y)| has(x) && has(y)) {
            match arrays(&mut archive, path, part, [&inputs, &labels])? {
                Some(arrays) => all.push(arrays),
                None => notes.push(format!("left out the arrays {inputs} and {labels}, which hold no examples")),
            }
            used.extend([inputs, labels]);
        } else if let Some((x, y)) = pairs(part).find(|(x, y)| has(x) != has(y)) {
            let (there, missing) = if has(&x) { (x, y) } else { (y, x) };
            let found = format!("the array {there} without {missing}");
            return Err(ImportError::format(path, found, "both, or neither; save them together"));
        }
    }
    let known: Vec<&str> = names.iter().map(|name| name.strip_suffix(".npy").unwrap_or(name)).collect();
    match all.first() {
        Some(Arrays { part: Part::Train, .. }) => {
            notes.extend(unused(known.into_iter().filter(|name| !used.iter().any(|used| used == name))));
            notes.extend(all.iter().flat_map(hardly_told_from_0));
            Ok(Npz { arrays: all, notes })
        }
        _ if pairs(Part::Train).any(|(x, y)| has(&x) && has(&y)) => {
            Err(ImportError::NoExamples { path: path.to_path_buf() })
        }
        _ => {
            let found =
                if known.is_empty() { "no arrays".to_owned() } else { format!("the arrays {}", known.join(", ")) };
            let expected = "x_train and y_train, perhaps with x_test and y_test, or x and y, or images and labels; save them by such names";
            Err(ImportError::format(path, found, expected))
        }
    }
}

/// Refuses a file of another kind that is only called so: every archive that holds something begins alike.
fn check_begins_as_archive(file: &mut File, path: &Path) -> Result<(), ImportError> {
    const BEGIN: &[u8] = b"PK";
    let mut head = Vec::new();
    file.by_ref().take(BEGIN.len() as u64).read_to_end(&mut head).map_err(ImportError::read(path))?;
    if !head.is_empty() && head != BEGIN[..head.len()] {
        let expected = "one of numpy.savez, which is a zip file; save it as such, or correct its name";
        return Err(ImportError::format(path, "no archive at all", expected));
    }
    file.rewind().map_err(ImportError::read(path))
}

/// Arrays that are neither examples nor labels by their names, in a sentence.
fn unused<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    const SHOWN: usize = 5;
    let names: Vec<String> = names.map(printable).collect();
    let shown = names[..SHOWN.min(names.len())].join(", ");
    let arrays = match names.len() {
        0 => return None,
        1 => format!("the array {shown}"),
        all => format!("the arrays {shown}{}", and_more(all, SHOWN)),
    };
    let is = if names.len() == 1 { "is by its name" } else { "are by their names" };
    Some(format!("left out {arrays}, which {is} neither examples nor labels of a split, such as x_test and y_test"))
}

/// The examples and labels of a split by their names, if there are any.
fn arrays(
    archive: &mut ZipArchive<File>,
    path: &Path,
    part: Part,
    [x, y]: [&str; 2],
) -> Result<Option<Arrays>, ImportError> {
    let place = named(path, y);
    let [examples, targets] = [array(archive, path, x)?, array(archive, path, y)?];
    check_not_swapped(path, [(x, &examples), (y, &targets)])?;
    let labels = labels_of(&place, targets)?;
    let (count, inputs) = inputs_of(&named(path, x), examples)?;
    if count != labels.len() {
        let (found, expected) =
            (format!("{} labels", labels.len()), format!("{count}, one for each example of the array {x}"));
        return Err(ImportError::format(&place, found, format!("{expected}; save both anew")));
    }
    Ok((count > 0).then(|| Arrays { part, place: place.display().to_string(), inputs, labels }))
}

/// Refuses one number per example as the examples, and several as its label.
fn check_not_swapped(path: &Path, [(x, examples), (y, labels)]: [(&str, &Array); 2]) -> Result<(), ImportError> {
    let (few, many) = (examples.shape.len() == 1, !matches!(*labels.shape.as_slice(), [_] | [_, 1]));
    if !(few && many) {
        return Ok(());
    }
    let found = format!("the shape {:?}, and the array {y} {:?}: the two look swapped", examples.shape, labels.shape);
    let expected = format!("examples in {x} and one class for each in {y}; save them by each other's names");
    Err(ImportError::format(&named(path, x), found, expected))
}

fn array(archive: &mut ZipArchive<File>, path: &Path, name: &str) -> Result<Array, ImportError> {
    let place = named(path, name);
    let damaged = |reason: String| {
        let expected = "one as numpy.savez or savez_compressed writes it; save or copy the file again";
        ImportError::format(&place, format!("an array that cannot be unpacked ({reason})"), expected)
    };
    let member = archive.by_name(&format!("{name}.npy")).map_err(|error| damaged(error.to_string()))?;
    memory::check_unpacked(&place, member.size())?;
    let mut bytes = Vec::new();
    // One byte more than announced tells a false header.
    let most = member.size().saturating_add(1);
    member.take(most).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
    npy::parse(&place, &bytes)
}

/// An array of a file, for sentences.
fn named(path: &Path, name: &str) -> PathBuf {
    format!("{} (array {name})", path.display()).into()
}

/// The names that a split's examples and labels may have.
fn pairs(part: Part) -> impl Iterator<Item = (String, String)> {
    let words: &[&str] = match part {
        Part::Train => &["train", ""],
        Part::Valid => &["val", "valid"],
        Part::Test => &["test"],
    };
    let spelled = |name: &str, word: &str| match word {
        "" => vec![name.to_owned()],
        _ => vec![format!("{name}_{word}"), format!("{word}_{name}")],
    };
    let pairs = words.iter().flat_map(|word| PAIRS.iter().map(move |pair| (word, pair)));
    pairs.flat_map(move |(word, (x, y))| spelled(x, word).into_iter().zip(spelled(y, word)))
}

/// Images from bytes, rows of a table from other numbers, with their count.
fn inputs_of(place: &Path, array: Array) -> Result<(usize, Inputs), ImportError> {
    let Array { shape, values } = array;
    let wanted = "[count, height, width], [count, height, width, channels], [count, channels, height, width] with 1 or 3 channels, or \
                  [count, columns]; reshape it";
    match *shape.as_slice() {
        [count, columns] if columns > 0 => Ok((count, Inputs::Table(table(place, columns, values)?))),
        [count, height, width] => Ok((count, images(place, [1, height, width], bytes(place, values)?)?)),
        [count, height, width, channels @ (1 | 3)] => {
            let pixels = planes(&bytes(place, values)?, height * width, channels);
            Ok((count, images(place, [channels, height, width], pixels)?))
        }
        [count, channels @ (1 | 3), height, width] => {
            Ok((count, images(place, [channels, height, width], bytes(place, values)?)?))
        }
        _ => Err(ImportError::format(place, format!("an array of shape {shape:?}"), wanted)),
    }
}

fn images(place: &Path, [channels, height, width]: [usize; 3], pixels: Vec<u8>) -> Result<Inputs, ImportError> {
    if !(1..=1024).contains(&height) || !(1..=1024).contains(&width) {
        return Err(ImportError::format(
            place,
            format!("images of {height}x{width}"),
            "sides of 1 to 1024; resize them",
        ));
    }
    Ok(Inputs::Images(Images { channels, height, width, pixels }))
}

/// From all channels of a pixel beside each other to one plane per channel.
fn planes(pixels: &[u8], area: usize, channels: usize) -> Vec<u8> {
    let image = |image: &[u8]| -> Vec<u8> {
        (0..channels).flat_map(|channel| image.iter().skip(channel).step_by(channels)).copied().collect()
    };
    pixels.chunks_exact((area * channels).max(1)).flat_map(image).collect()
}

/// Pixels are bytes, or whole numbers that fit in one.
fn bytes(place: &Path, values: Values) -> Result<Vec<u8>, ImportError> {
    let kind = values.kind();
    let converted = match values {
        Values::Bytes(bytes) => Some(bytes),
        Values::Integers(all) => all.into_iter().map(|value| u8::try_from(value).ok()).collect(),
        Values::Floats(all) => all.into_iter().map(whole_byte).collect(),
        Values::Texts(_) => None,
    };
    let expected = "whole numbers from 0 to 255; save (255 * (x - low) / (high - low)).astype(\"uint8\"), with low and high the values \
                    of black and white, such as 0 and 1";
    converted.ok_or_else(|| ImportError::format(place, format!("images of {kind} that are no bytes"), expected))
}

fn whole_byte(value: f32) -> Option<u8> {
    ((0.0..=255.0).contains(&value) && value.fract() == 0.0).then_some(value as u8)
}

fn table(place: &Path, columns: usize, values: Values) -> Result<Table, ImportError> {
    let values: Vec<f32> = match values {
        Values::Bytes(all) => all.into_iter().map(f32::from).collect(),
        Values::Integers(all) => all.into_iter().map(|value| value as f32).collect(),
        Values::Floats(all) => all,
        Values::Texts(_) => {
            return Err(ImportError::format(place, "a table of texts", "numbers; save a table of both as CSV"));
        }
    };
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        let (row, column) = (at / columns, at % columns);
        return Err(ImportError::format(
            place,
            format!("{} in row {row}, column {column}", values[at]),
            "finite numbers; fill it in",
        ));
    }
    let largest = |column: usize| {
        values.iter().skip(column).step_by(columns).fold(0.0, |largest, value| f64::max(largest, value.abs().into()))
    };
    let is_too_small = |column: &usize| (f64::MIN_POSITIVE..LEAST_MAGNITUDE).contains(&largest(*column));
    if let Some(column) = (0..columns).find(is_too_small) {
        return Err(ImportError::format(
            place,
            format!(
                "no number above {LEAST_MAGNITUDE:e} in column {column}, which single precision hardly tells from 0"
            ),
            "larger numbers; save them in another unit",
        ));
    }
    Ok(Table { columns: (0..columns).map(|column| format!("x{column}")).collect(), values })
}

/// The columns with a few numbers that single precision hardly tells from 0, a sentence each.
fn hardly_told_from_0(Arrays { part, inputs, .. }: &Arrays) -> Vec<String> {
    let Inputs::Table(table) = inputs else { return Vec::new() };
    let columns = table.columns.len();
    let is_tiny = |value: &&f32| **value != 0.0 && value.abs() <= f32::from_bits(1);
    let sentence = |column: usize| {
        let count = table.values.iter().skip(column).step_by(columns).filter(is_tiny).count();
        let (numbers, are) = (counted(count, "number"), if count == 1 { "is" } else { "are" });
        (count > 0).then(|| {
            format!(
                "warning: {numbers} in column {column} of the {part} split {are} so small that single precision, in which models take them, \
                 hardly tells them from 0; save the column in another unit if that matters"
            )
        })
    };
    (0..columns).filter_map(sentence).collect()
}

/// One label per example, `[count]` or `[count, 1]`.
fn labels_of(place: &Path, array: Array) -> Result<Vec<Label>, ImportError> {
    let Array { shape, values } = array;
    if !matches!(*shape.as_slice(), [_] | [_, 1]) {
        let found = format!("labels of shape {shape:?}");
        return Err(ImportError::format(
            place,
            found,
            "[count]: one class per example; of one-hot rows take argmax(axis=1)",
        ));
    }
    // From there on, single precision does not tell all whole numbers apart.
    let is_class = |value: f32| value.fract() == 0.0 && value.abs() < 16_777_216.0;
    match values {
        Values::Bytes(all) => Ok(all.into_iter().map(|label| Label::Number(label.into())).collect()),
        Values::Integers(all) => Ok(all.into_iter().map(Label::Number).collect()),
        Values::Texts(all) => Ok(all.into_iter().map(Label::Text).collect()),
        Values::Floats(all) => match all.iter().position(|value| !is_class(*value)) {
            None => Ok(all.into_iter().map(|label| Label::Number(label as i64)).collect()),
            Some(row) => Err(ImportError::format(
                place,
                format!("the label {} in row {row}", all[row]),
                "classes by whole numbers or texts; round them, or save numbers to predict in a table as CSV",
            )),
        },
    }
}

#[cfg(test)]
#[path = "npz_tests.rs"]
mod tests;
