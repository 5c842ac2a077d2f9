#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use std::fs;
use std::path::{Path, PathBuf};

/// The weights folders of all families.
fn folders() -> Vec<PathBuf> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let folders: Vec<_> = models.read_dir().unwrap().map(|family| family.unwrap().path().join("weights")).collect();
    assert!(!folders.is_empty());
    folders
}

/// The softmax classifier's weights of digits, changed before they are compiled in.
fn softmax_digits(name: &'static str, change: impl Fn(&mut Vec<u8>)) -> Shipped {
    let folder = folders().into_iter().find(|folder| folder.ends_with("softmax/weights")).unwrap();
    let mut bytes = fs::read(folder.join("softmax_digits.safetensors")).unwrap();
    change(&mut bytes);
    let index = fs::read_to_string(folder.join("index.json")).unwrap();
    Shipped::new(name, bytes.leak(), index.leak())
}

#[test]
fn every_index_lists_the_files_beside_it_as_they_are() {
    for folder in folders() {
        let index = Index::read(&folder.join("index.json")).unwrap();
        assert!(!index.weights.is_empty());
        for entry in &index.weights {
            let bytes = fs::read(folder.join(&entry.file)).unwrap();
            assert_eq!(entry.file, format!("{}.safetensors", entry.name));
            assert_eq!((bytes.len() as u64, sha256_hex(&bytes)), (entry.bytes, entry.sha256.clone()), "{}", entry.name);
            assert!(
                bytes.len() < 5_000_000,
                "{} has {} bytes, expected less than five million",
                entry.name,
                bytes.len()
            );
        }
        let files = folder.read_dir().unwrap().map(|file| file.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|is| is == "safetensors")).count();
        assert_eq!(files, index.weights.len(), "{}", folder.display());
    }
}

#[test]
fn a_flipped_bit_is_refused() {
    let whole = softmax_digits("softmax_digits", |_| {});
    let expected = whole.entry().unwrap().sha256;
    assert_eq!(whole.open().unwrap().facts.class_names.len(), 10);
    for position in [0, 8, 500, whole.bytes().len() - 1] {
        let damaged = softmax_digits("softmax_digits", |bytes| bytes[position] ^= 1);
        let found = sha256_hex(damaged.bytes());
        let sentence = format!(
            "the weights softmax_digits have the sha256 {found}, expected {expected}: \
             they were damaged or exchanged; restore the file that index.json lists"
        );
        assert_eq!(damaged.open().unwrap_err().to_string(), sentence, "byte {position}");
    }
    let cut = softmax_digits("softmax_digits", |bytes| bytes.truncate(100));
    assert!(matches!(cut.open(), Err(WeightsError::Sha256 { .. })));
}

#[test]
fn weights_that_are_not_listed_are_refused() {
    let error = softmax_digits("softmax_letters", |_| {}).open().unwrap_err().to_string();
    assert_eq!(error, "index.json does not list the weights softmax_letters");
}

#[test]
#[should_panic(expected = "the weights compiled in cannot be used: the weights softmax_digits have the sha256")]
fn facts_of_damaged_weights_are_not_told() {
    softmax_digits("softmax_digits", |bytes| bytes[9] ^= 1).known();
}
