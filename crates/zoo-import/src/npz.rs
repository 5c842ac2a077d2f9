//! Files `.npz`: arrays by name, as Keras, scikit-learn's users and MedMNIST write them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zip::ZipArchive;
use zoo_core::{Images, Inputs, Table};

use crate::arrays::{Arrays, Label, Part};
use crate::error::ImportError;
use crate::memory;
use crate::npy::{self, Array, Values};

/// What the examples and their labels may be called.
const PAIRS: [(&str, &str); 6] =
    [("x", "y"), ("X", "y"), ("images", "labels"), ("data", "labels"), ("data", "target"), ("features", "labels")];

/// Reads all splits, that for training first.
pub(crate) fn read(path: &Path) -> Result<Vec<Arrays>, ImportError> {
    let file = File::open(path).map_err(ImportError::read(path))?;
    let damaged =
        |reason: String| ImportError::format(path, format!("a damaged archive ({reason})"), "a file of numpy.savez");
    let mut archive = ZipArchive::new(file).map_err(|error| damaged(error.to_string()))?;
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let mut all = Vec::new();
    for part in Part::ALL {
        let Some((inputs, labels)) = pair(&names, part) else { continue };
        let mut array = |name: &str| {
            let member = archive.by_name(&format!("{name}.npy")).map_err(|error| damaged(error.to_string()))?;
            memory::check(path, 1, &[member.size() as usize], 2)?;
            let (place, mut bytes) = (path.join(name), Vec::new());
            // One byte more than announced tells a false header.
            let most = member.size() + 1;
            member.take(most).read_to_end(&mut bytes).map_err(ImportError::read(&place))?;
            npy::parse(&place, &bytes)
        };
        let (x, y) = (array(&inputs)?, array(&labels)?);
        let (x_place, y_place) = (path.join(&inputs), path.join(&labels));
        let labels = labels_of(&y_place, y)?;
        let (count, inputs) = inputs_of(&x_place, x)?;
        if count != labels.len() {
            let expected = format!("{count}, one for each example in {}", x_place.display());
            return Err(ImportError::format(&y_place, format!("{} labels", labels.len()), expected));
        }
        if count > 0 {
            all.push(Arrays { part, place: y_place.display().to_string(), inputs, labels });
        }
    }
    match all.first() {
        Some(Arrays { part: Part::Train, .. }) => Ok(all),
        _ => {
            let found = format!(
                "the arrays {}",
                names.iter().map(|name| name.trim_end_matches(".npy")).collect::<Vec<_>>().join(", ")
            );
            let expected = "x_train and y_train, perhaps with x_test and y_test, or x and y, or images and labels, none of them empty";
            Err(ImportError::format(path, found, expected))
        }
    }
}

/// The names of a split's examples and labels.
fn pair(names: &[String], part: Part) -> Option<(String, String)> {
    let words: &[&str] = match part {
        Part::Train => &["train", ""],
        Part::Valid => &["val", "valid"],
        Part::Test => &["test"],
    };
    let has = |name: &String| names.contains(&format!("{name}.npy"));
    let spelled = |name: &str, word: &str| match word {
        "" => vec![name.to_owned()],
        _ => vec![format!("{name}_{word}"), format!("{word}_{name}")],
    };
    let pairs = words.iter().flat_map(|word| PAIRS.iter().map(move |pair| (word, pair)));
    let mut pairs = pairs.flat_map(|(word, (x, y))| spelled(x, word).into_iter().zip(spelled(y, word)));
    pairs.find(|(x, y)| has(x) && has(y))
}

/// Images from bytes, rows of a table from other numbers, with their count.
fn inputs_of(place: &Path, array: Array) -> Result<(usize, Inputs), ImportError> {
    let Array { shape, values } = array;
    let wanted = "[count, height, width], [count, height, width, channels], [count, channels, height, width] with 1 or 3 channels, or \
                  [count, columns]";
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
            "sides of 1 to 1024; make them smaller",
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
    let expected = "whole numbers from 0 to 255; save (255 * x).astype(\"uint8\") of pixels between 0 and 1";
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
        Values::Texts(_) => return Err(ImportError::format(place, "a table of texts", "numbers")),
    };
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        let (row, column) = (at / columns, at % columns);
        return Err(ImportError::format(
            place,
            format!("{} in row {row}, column {column}", values[at]),
            "finite numbers; fill it in",
        ));
    }
    Ok(Table { columns: (0..columns).map(|column| format!("x{column}")).collect(), values })
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
    let whole = |value: f32| (value.fract() == 0.0).then_some(Label::Number(value as i64));
    match values {
        Values::Bytes(all) => Ok(all.into_iter().map(|label| Label::Number(label.into())).collect()),
        Values::Integers(all) => Ok(all.into_iter().map(Label::Number).collect()),
        Values::Texts(all) => Ok(all.into_iter().map(Label::Text).collect()),
        Values::Floats(all) => {
            let labels: Option<Vec<Label>> = all.into_iter().map(whole).collect();
            labels.ok_or_else(|| ImportError::format(place, "labels that are no whole numbers", "classes"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::npy::tests::npy;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn npz(arrays: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = ZipWriter::new(File::create(folder.path().join("data.npz")).unwrap());
        for (name, bytes) in arrays {
            archive.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap();
        folder
    }

    fn arrays(arrays: &[(&str, Vec<u8>)]) -> Result<Vec<Arrays>, String> {
        read(&npz(arrays).path().join("data.npz")).map_err(|error| error.to_string())
    }

    #[test]
    fn channels_may_come_first_or_last() {
        let labels = || ("y", npy("|u1", "2,", &[3, 7]));
        let body: Vec<u8> = (0..12).collect();
        let pixels = |shape| match arrays(&[("x", npy("|u1", shape, &body)), labels()]).unwrap().remove(0).inputs {
            Inputs::Images(images) => (images.channels, images.pixels),
            Inputs::Table(_) => panic!("these are images"),
        };
        assert_eq!(pixels("2, 1, 2, 3"), (3, vec![0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]));
        assert_eq!(pixels("2, 3, 1, 2"), (3, body.clone()));
        assert_eq!(pixels("2, 2, 3"), (1, body.clone()));
    }

    #[test]
    fn splits_are_found_by_the_names_of_keras_and_medmnist() {
        let (x, y) = (npy("<f4", "1, 2", &[0; 8]), npy("<i8", "1, 1", &[5, 0, 0, 0, 0, 0, 0, 0]));
        for [train, test] in
            [["x_train y_train", "x_test y_test"], ["train_images train_labels", "test_images test_labels"]]
        {
            let named = |pair: &'static str| [pair.split_once(' ').unwrap().0, pair.split_once(' ').unwrap().1];
            let ([x1, y1], [x2, y2]) = (named(train), named(test));
            let all = arrays(&[(x2, x.clone()), (y2, y.clone()), (x1, x.clone()), (y1, y.clone())]).unwrap();
            assert_eq!(all.iter().map(|arrays| arrays.part).collect::<Vec<_>>(), [Part::Train, Part::Test]);
            assert_eq!(all[0].labels, [Label::Number(5)]);
        }
    }

    #[test]
    fn what_cannot_be_examples_is_named() {
        let y = || ("y", npy("|u1", "2,", &[0, 1]));
        let said = |kind, shape, body: &[u8]| arrays(&[("x", npy(kind, shape, body)), y()]).unwrap_err();
        assert!(
            said("<f4", "2, 1, 1", &[[0; 4], 0.5_f32.to_le_bytes()].concat())
                .contains("images of floats that are no bytes")
        );
        assert!(said("<f4", "2, 1", &[[0; 4], f32::NAN.to_le_bytes()].concat()).contains("NaN in row 1, column 0"));
        assert!(said("|u1", "3, 1", &[0; 3]).contains("2 labels, expected 3"));
        assert!(said("|u1", "2, 2, 2, 2", &[0; 16]).contains("shape [2, 2, 2, 2]"));
        assert!(
            arrays(&[("a", npy("|u1", "1,", &[0]))])
                .unwrap_err()
                .contains("the arrays a, expected x_train and y_train")
        );
        let folder = npz(&[y()]);
        std::fs::write(folder.path().join("data.npz"), "text").unwrap();
        assert!(read(&folder.path().join("data.npz")).unwrap_err().to_string().contains("a damaged archive"));
    }
}
