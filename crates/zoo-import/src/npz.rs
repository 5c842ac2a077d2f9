//! Files `.npz`: arrays by name, as Keras, scikit-learn's users and MedMNIST write them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zoo_core::{Images, Inputs, Table, printable};

use crate::arrays::{Arrays, Label, Part};
use crate::error::ImportError;
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
    let file = File::open(path).map_err(ImportError::read(path))?;
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

/// Arrays that are neither examples nor labels by their names, in a sentence.
fn unused<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    const SHOWN: usize = 5;
    let names: Vec<String> = names.map(printable).collect();
    let shown = names[..SHOWN.min(names.len())].join(", ");
    let arrays = match names.len() {
        0 => return None,
        1 => format!("the array {shown}"),
        many if many > SHOWN => format!("the arrays {shown} and {} more", many - SHOWN),
        _ => format!("the arrays {shown}"),
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
    let labels = labels_of(&place, array(archive, path, y)?)?;
    let (count, inputs) = inputs_of(&named(path, x), array(archive, path, x)?)?;
    if count != labels.len() {
        let (found, expected) =
            (format!("{} labels", labels.len()), format!("{count}, one for each example of the array {x}"));
        return Err(ImportError::format(&place, found, format!("{expected}; save both anew")));
    }
    Ok((count > 0).then(|| Arrays { part, place: place.display().to_string(), inputs, labels }))
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
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::npy::tests::npy;
    use std::io::Write;
    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    fn npz(arrays: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
        packed(arrays, SimpleFileOptions::default())
    }

    fn packed(arrays: &[(&str, Vec<u8>)], options: SimpleFileOptions) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = ZipWriter::new(File::create(folder.path().join("data.npz")).unwrap());
        for (name, bytes) in arrays {
            archive.start_file(format!("{name}.npy"), options).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap();
        folder
    }

    fn arrays(arrays: &[(&str, Vec<u8>)]) -> Result<Vec<Arrays>, String> {
        read(&npz(arrays).path().join("data.npz")).map(|npz| npz.arrays).map_err(|error| error.to_string())
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
        assert!(
            said("|u1", "3, 1", &[0; 3])
                .ends_with("(array y): 2 labels, expected 3, one for each example of the array x; save both anew")
        );
        assert!(
            said("|u1", "2, 2, 2, 2", &[0; 16])
                .contains("(array x): an array of shape [2, 2, 2, 2], expected [count, ")
        );
        assert!(said("|u1", "2, 0, 2", &[]).contains("images of 0x2, expected sides of 1 to 1024; resize them"));
        assert!(said("|u1", "2", &[0; 2]).contains("shape [2], expected"));
        assert!(said("<U1", "2, 1", &[0; 8]).contains("a table of texts, expected numbers"));
        assert!(said("|O", "2, 1", &[0; 16]).contains("(array x): an array of type \"|O\": pickled objects"));
    }

    #[test]
    fn arrays_that_are_not_there_are_named() {
        let (x, y) = (npy("|u1", "2, 1", &[0; 2]), npy("|u1", "2,", &[0, 1]));
        let said = |all: &[(&str, &Vec<u8>)]| {
            let all: Vec<_> = all.iter().map(|(name, bytes)| (*name, (*bytes).clone())).collect();
            arrays(&all).unwrap_err()
        };
        assert!(said(&[("a", &x)]).ends_with("data.npz: the arrays a, expected x_train and y_train, perhaps with x_test and y_test, or x and y, or images and labels; save them by such names"));
        assert!(said(&[]).contains("data.npz: no arrays, expected x_train and y_train"));
        assert!(said(&[("x", &x)]).contains("the array x without y, expected both, or neither"));
        assert!(
            said(&[("x", &x), ("y", &y), ("y_test", &y)]).contains("the array y_test without x_test, expected both")
        );
        let empty = npy("|u1", "0, 1", &[]);
        assert!(
            said(&[("x", &empty), ("y", &npy("|u1", "0,", &[]))]).ends_with("has no examples to train on; add some")
        );
    }

    #[test]
    fn arrays_that_are_not_used_are_named() {
        let (x, y) = (npy("|u1", "2, 1", &[0; 2]), npy("|u1", "2,", &[0, 1]));
        let (no_x, no_y) = (npy("|u1", "0, 1", &[]), npy("|u1", "0,", &[]));
        let notes = |all: &[(&str, &Vec<u8>)]| {
            let all: Vec<_> = all.iter().map(|(name, bytes)| (*name, (*bytes).clone())).collect();
            read(&npz(&all).path().join("data.npz")).unwrap().notes
        };
        let pair = [("x", &x), ("y", &y)];
        assert!(notes(&pair).is_empty());
        let end = "neither examples nor labels of a split, such as x_test and y_test";
        let with = |more: &[(&'static str, &Vec<u8>)]| {
            let all: Vec<_> = pair.iter().map(|(name, bytes)| (*name, *bytes)).chain(more.iter().copied()).collect();
            notes(&all)
        };
        assert_eq!(with(&[("weights", &y)]), [format!("left out the array weights, which is by its name {end}")]);
        // A second pair for training, as well.
        let expected = format!("left out the arrays images, labels, which are by their names {end}");
        assert_eq!(with(&[("images", &x), ("labels", &y)]), [expected]);
        let many = with(&["a", "b", "c", "d", "e", "f", "g"].map(|name| (name, &y)));
        assert!(many[0].contains("the arrays a, b, c, d, e and 2 more, which"), "{many:?}");
        assert_eq!(
            with(&[("x_test", &no_x), ("y_test", &no_y)]),
            ["left out the arrays x_test and y_test, which hold no examples"]
        );
    }

    #[test]
    fn labels_are_classes() {
        let x = npy("|u1", "2, 1", &[0; 2]);
        let said = |kind, body: &[[u8; 4]; 2]| {
            let file = npz(&[("x", x.clone()), ("y", npy(kind, "2,", &body.concat()))]);
            read(&file.path().join("data.npz"))
                .map(|npz| npz.arrays[0].labels.clone())
                .map_err(|error| error.to_string())
        };
        let floats = |second: f32| said("<f4", &[1_f32.to_le_bytes(), second.to_le_bytes()]);
        assert_eq!(floats(-16_777_215.0), Ok(vec![Label::Number(1), Label::Number(-16_777_215)]));
        for wrong in [2.5, f32::NAN, f32::INFINITY, 16_777_216.0] {
            let expected = format!("data.npz (array y): the label {wrong} in row 1, expected classes by whole numbers");
            assert!(floats(wrong).is_err_and(|said| said.contains(&expected)), "{wrong}");
        }
        assert!(said(">i4", &[[0, 0, 0, 7], [0, 0, 1, 0]]).is_ok_and(|labels| labels[1] == Label::Number(256)));
        let one_hot = arrays(&[("x", x.clone()), ("y", npy("|u1", "2, 2", &[1, 0, 0, 1]))]).unwrap_err();
        assert!(one_hot.contains("(array y): labels of shape [2, 2]") && one_hot.contains("argmax"), "{one_hot}");
    }

    #[test]
    fn damaged_archives_are_refused_wherever_they_are_cut_or_changed() {
        let pixels: Vec<u8> = (0..2000_u32).map(|place| (place * place % 251) as u8).collect();
        let all = [("x", npy("|u1", "20, 100", &pixels)), ("y", npy("|u1", "20,", &pixels[..20]))];
        let folder = packed(&all, SimpleFileOptions::default().compression_method(CompressionMethod::Stored));
        let file = folder.path().join("data.npz");
        let good = std::fs::read(&file).unwrap();
        assert!(read(&file).is_ok());
        let said = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            read(&file).unwrap_err().to_string()
        };
        for length in (0..good.len()).step_by(97).chain([good.len() - 1]) {
            let said = said(&good[..length]);
            assert!(
                said.contains("data.npz: a damaged archive (") && said.ends_with("save or copy it again"),
                "{said}"
            );
        }
        let mut changed = good.clone();
        changed[300] ^= 0xff;
        let said = said(&changed);
        assert!(said.contains("data.npz (array x): an array that cannot be unpacked ("), "{said}");
    }
}
