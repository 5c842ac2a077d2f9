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
fn numbers_too_small_for_single_precision_are_refused() {
    let y = || ("y", npy("|u1", "2,", &[0, 1]));
    let table = |values: [f64; 4]| {
        let body = values.map(f64::to_le_bytes).concat();
        arrays(&[("x", npy("<f8", "2, 2", &body)), y()])
    };
    for small in [1e-300, -1e-300, 1e-40] {
        let said = table([1.0, small, 2.0, 2.0 * small]).unwrap_err();
        assert!(said.contains("no number above 1e-35 in column 1, "), "{said}");
    }
    assert!(table([1.0, 0.0, 1e-300, 0.0]).is_ok());
    let body = [1.0, 0.0, 1e-300, 0.0].map(f64::to_le_bytes).concat();
    let file = npz(&[("x", npy("<f8", "2, 2", &body)), y()]);
    let expected = "warning: 1 number in column 0 of the training split is so small that single precision, in which models take them, hardly \
                    tells them from 0; save the column in another unit if that matters";
    assert_eq!(read(&file.path().join("data.npz")).unwrap().notes, [expected]);
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
        said("|u1", "2, 2, 2, 2", &[0; 16]).contains("(array x): an array of shape [2, 2, 2, 2], expected [count, ")
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
    assert!(said(&[("x", &x), ("y", &y), ("y_test", &y)]).contains("the array y_test without x_test, expected both"));
    let empty = npy("|u1", "0, 1", &[]);
    assert!(said(&[("x", &empty), ("y", &npy("|u1", "0,", &[]))]).ends_with("has no examples to train on; add some"));
}

#[test]
fn examples_and_labels_in_each_others_place_are_told_so() {
    let (x, y) = (npy("|u1", "2, 2, 2", &[0; 8]), npy("|u1", "2,", &[0, 1]));
    let swapped = arrays(&[("x", y.clone()), ("y", x.clone())]).unwrap_err();
    let expected = "data.npz (array x): the shape [2], and the array y [2, 2, 2]: the two look swapped, expected examples in x and one class \
                    for each in y; save them by each other's names";
    assert!(swapped.ends_with(expected), "{swapped}");
    let flat = arrays(&[("x", y.clone()), ("y", y)]).unwrap_err();
    assert!(!flat.contains("swapped") && flat.contains("shape [2], expected"), "{flat}");
    assert!(!arrays(&[("x", x.clone()), ("y", x)]).unwrap_err().contains("swapped"));
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
        read(&file.path().join("data.npz")).map(|npz| npz.arrays[0].labels.clone()).map_err(|error| error.to_string())
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
        assert!(said.contains("data.npz: a damaged archive (") && said.ends_with("save or copy it again"), "{said}");
    }
    for other in [&b"x,y\n1,2\n"[..], b"\x93NUMPY\x01\0", b"\0"] {
        let said = said(other);
        assert!(
            said.contains("data.npz: no archive at all, expected one of numpy.savez, which is a zip file"),
            "{said}"
        );
    }
    let mut changed = good.clone();
    changed[300] ^= 0xff;
    let said = said(&changed);
    assert!(said.contains("data.npz (array x): an array that cannot be unpacked ("), "{said}");
}
