#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Read;

use faulty_server::{Fault, FaultyServer};
use proptest::prelude::*;
use tempfile::TempDir;
use zoo_core::{Inputs, Progress, Provenance, Retry, sha256_hex};

use super::*;
use crate::{CHANNEL_MEAN, CHANNEL_STD, FACTS, RECORD_BYTES};

/// `records` records whose pixels count up from `first`, so that every plane and row differs.
fn batch(first: u8, records: usize) -> Vec<u8> {
    let record = |index: usize| {
        let pixels = (0..RECORD_BYTES - 1).map(move |pixel| first.wrapping_add((index + pixel) as u8));
        std::iter::once((index % 10) as u8).chain(pixels)
    };
    (0..records).flat_map(record).collect()
}

/// A data folder with six batches of ten records.
fn with_batches() -> (TempDir, Store) {
    let (dir, store) = empty();
    fs::create_dir(dir.path().join(FOLDER)).unwrap();
    for (index, published) in BATCHES.iter().enumerate() {
        fs::write(dir.path().join(FOLDER).join(published.name), batch(index as u8, 10)).unwrap();
    }
    (dir, store)
}

fn empty() -> (TempDir, Store) {
    let dir = TempDir::new().unwrap();
    let store = Store::new(Some(dir.path().to_owned()), true, Progress::Hidden).unwrap();
    (dir, store)
}

fn tar_gz(records: usize) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (index, published) in BATCHES.iter().enumerate().rev() {
        let bytes = batch(index as u8, records);
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, format!("{FOLDER}/{}", published.name), bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// The message of loading a folder whose second batch was replaced.
fn complaint(second: &[u8]) -> String {
    let (dir, store) = with_batches();
    fs::write(dir.path().join(FOLDER).join("data_batch_2.bin"), second).unwrap();
    load(&store).unwrap_err().to_string()
}

#[test]
fn batches_become_examples_in_order() {
    let (_dir, store) = with_batches();
    let dataset = load(&store).unwrap();
    assert_eq!(dataset.provenance, Provenance::Unverified);
    assert_eq!(dataset.train.labels, (0..50).map(|index| index % 10).collect::<Vec<u8>>());
    let Inputs::Images(images) = dataset.train.inputs else { panic!("CIFAR-10 is images") };
    assert_eq!((images.channels, images.height, images.width), (3, 32, 32));
    let expected: Vec<u8> = (0..5)
        .flat_map(|index| {
            batch(index, 10).chunks(RECORD_BYTES).flat_map(|record| record[1..].to_vec()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(images.pixels, expected);
    assert_eq!(dataset.test.unwrap().len(), 10);
}

#[test]
fn the_facts_are_those_of_the_data() {
    let (_dir, store) = with_batches();
    let [facts] = FACTS else { panic!("CIFAR-10 is one data set") };
    facts.assert_true_of(&(facts.load)(&store).unwrap());
}

#[test]
fn a_batch_cut_in_half_is_noticed_even_at_a_records_end() {
    let message = complaint(&batch(1, 5));
    assert!(message.contains("data_batch_2.bin: found 15365 bytes, expected 30730, as the other"), "{message}");
    let message = complaint(&batch(1, 10)[..15_000]);
    assert!(message.contains("data_batch_2.bin: found 15000 bytes, expected a multiple of 3073"), "{message}");
}

#[test]
fn a_label_out_of_range_is_named() {
    let mut bytes = batch(1, 10);
    bytes[4 * RECORD_BYTES] = 10;
    assert!(complaint(&bytes).ends_with("data_batch_2.bin: label of record 4 is 10, expected 0 to 9"));
}

#[test]
fn an_empty_batch_is_named() {
    assert!(complaint(&[]).contains("data_batch_2.bin is empty"));
}

#[test]
fn a_folder_in_place_of_a_batch_is_named() {
    let (dir, store) = with_batches();
    let path = dir.path().join(FOLDER).join("test_batch.bin");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(load(&store).unwrap_err().to_string().contains("test_batch.bin is not a file"));
}

#[test]
fn offline_says_which_files_are_wanted_where() {
    let (dir, store) = with_batches();
    fs::remove_file(dir.path().join(FOLDER).join("data_batch_5.bin")).unwrap();
    let message = load(&store).unwrap_err().to_string();
    assert!(message.contains(&dir.path().display().to_string()), "{message}");
    assert!(message.contains("cifar-10-batches-bin/ with data_batch_5.bin, or cifar-10-binary.tar.gz"), "{message}");
}

#[test]
fn batches_are_found_one_folder_too_deep_or_too_high() {
    for place in [FOLDER.to_owned(), String::new(), format!("{FOLDER}/{FOLDER}"), "cifar-10-binary".to_owned()] {
        let (dir, store) = empty();
        fs::create_dir_all(dir.path().join(&place)).unwrap();
        for (index, published) in BATCHES.iter().enumerate() {
            fs::write(dir.path().join(&place).join(published.name), batch(index as u8, 10)).unwrap();
        }
        assert_eq!(load(&store).unwrap().train.len(), 50);
        assert_eq!(fetch(&store).unwrap(), dir.path().join(&place));
        fs::remove_file(dir.path().join(&place).join("test_batch.bin")).unwrap();
        let wanted =
            if place.is_empty() { "test_batch.bin".to_owned() } else { format!("{place}/ with test_batch.bin") };
        assert!(load(&store).unwrap_err().to_string().contains(&format!("put there {wanted}, or cifar-10-binary")));
    }
}

#[test]
fn the_archive_may_lie_deeper_or_be_unpacked_half_way() {
    let tar = {
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(tar_gz(10).as_slice()).read_to_end(&mut tar).unwrap();
        tar
    };
    for (name, bytes) in [("downloads/cifar-10-binary.tar.gz", &tar_gz(10)), (TAR, &tar), (ARCHIVE.name, &tar)] {
        let (dir, store) = empty();
        fs::create_dir(dir.path().join("downloads")).unwrap();
        fs::write(dir.path().join(name), bytes).unwrap();
        assert_eq!(load(&store).unwrap().train.len(), 50, "{name}");
        assert!(dir.path().join(FOLDER).exists());
    }
}

#[test]
fn other_versions_are_named() {
    let (dir, store) = empty();
    fs::create_dir(dir.path().join("cifar-10-batches-py")).unwrap();
    let message = load(&store).unwrap_err().to_string();
    assert!(message.contains("or cifar-10-binary.tar.gz (from https://"), "{message}");
    assert!(message.ends_with("cifar-10-batches-py is another version of it, which is not read"), "{message}");
}

#[test]
fn the_archive_is_read_and_unpacked_beside_itself() {
    let (dir, store) = empty();
    fs::write(dir.path().join(ARCHIVE.name), tar_gz(10)).unwrap();
    let from_archive = load(&store).unwrap();
    fs::remove_file(dir.path().join(ARCHIVE.name)).unwrap();
    let from_folder = load(&store).unwrap();
    assert_eq!(from_archive.train, from_folder.train);
    assert_eq!(from_archive.test, from_folder.test);
    assert_eq!(fetch(&store).unwrap(), dir.path().join(FOLDER));
}

#[test]
fn an_incomplete_folder_is_left_aside_for_the_archive() {
    let (dir, store) = with_batches();
    fs::remove_file(dir.path().join(FOLDER).join("data_batch_5.bin")).unwrap();
    fs::write(dir.path().join(ARCHIVE.name), tar_gz(7)).unwrap();
    assert_eq!(load(&store).unwrap().train.len(), 35);
    assert_eq!(fetch(&store).unwrap(), dir.path().join(ARCHIVE.name));
}

#[test]
fn an_archive_that_cannot_be_unpacked_beside_itself_serves_as_well() {
    let (dir, store) = empty();
    fs::write(dir.path().join(ARCHIVE.name), tar_gz(10)).unwrap();
    // A folder where the lock file belongs refuses the write, as a read-only data folder does.
    fs::create_dir(dir.path().join(format!("{FOLDER}.lock"))).unwrap();
    assert_eq!(fetch(&store).unwrap(), dir.path().join(ARCHIVE.name));
    assert_eq!(load(&store).unwrap().train.len(), 50);
}

#[test]
fn a_damaged_archive_is_named() {
    let (dir, store) = empty();
    let mut archive = tar_gz(10);
    let middle = archive.len() / 2;
    archive[middle] ^= 1;
    fs::write(dir.path().join(ARCHIVE.name), archive).unwrap();
    assert!(load(&store).unwrap_err().to_string().contains("cifar-10-binary.tar.gz"));
    assert!(!dir.path().join(FOLDER).exists());
}

#[test]
fn what_is_missing_is_downloaded_once() {
    let (_dir, mut store) = empty();
    store.offline = false;
    store.retry = Retry { first_wait: std::time::Duration::ZERO, ..store.retry };
    let (archive, server) = (tar_gz(10), FaultyServer::start(tar_gz(10), [Fault::Truncate(100)]));
    let (url, sha256) = (server.url("cifar"), sha256_hex(&archive));
    let file = DataFile { origins: &[&url], bytes: archive.len() as u64, sha256: &sha256, ..ARCHIVE };
    for _ in 0..2 {
        assert_eq!(locate(&store, &file).unwrap().0.train.len(), 50);
    }
    assert_eq!(server.requests().len(), 2);
}

proptest! {
    #[test]
    fn any_bytes_are_survived(contents in proptest::collection::vec(any::<u8>(), 0..20), records in 0..3_usize) {
        let mut bytes = batch(0, records);
        bytes.extend(contents);
        let file = FileBytes { path: "batch".into(), bytes };
        let _ = assemble(&vec![file; BATCHES.len()]);
    }
}

/// Facts of the real data set; three pixels of the first image show that no plane, row or column is swapped.
#[test]
#[ignore = "needs the real CIFAR-10 in ZOO_DATA_DIR or the cache folder"]
fn the_real_data_is_as_published() {
    let dataset = load(&Store::new(None, true, Progress::Hidden).unwrap()).unwrap();
    assert_eq!(dataset.provenance, Provenance::Official);
    for (split, count) in [(&dataset.train, 5000), (dataset.test.as_ref().unwrap(), 1000)] {
        assert!((0..10).all(|class| split.labels.iter().filter(|label| **label == class).count() == count));
    }
    let Inputs::Images(images) = &dataset.train.inputs else { panic!("CIFAR-10 is images") };
    assert_eq!(dataset.class_names[usize::from(dataset.train.labels[0])], "frog");
    // Red at the upper left, green at row 0 column 31, blue at row 31 column 0.
    assert_eq!([images.pixels[0], images.pixels[1024 + 31], images.pixels[2048 + 31 * 32]], [59, 124, 116]);
    for channel in 0..3 {
        let (mean, std) = moments(images.pixels.chunks(1024).skip(channel).step_by(3).flatten());
        assert!((mean - f64::from(CHANNEL_MEAN[channel])).abs() < 1e-4, "{mean}");
        assert!((std - f64::from(CHANNEL_STD[channel])).abs() < 1e-4, "{std}");
    }
}

fn moments<'a>(bytes: impl Iterator<Item = &'a u8>) -> (f64, f64) {
    let (count, sum, squares) = bytes
        .map(|byte| f64::from(*byte) / 255.0)
        .fold((0.0, 0.0, 0.0), |(n, sum, squares), x| (n + 1.0, sum + x, squares + x * x));
    (sum / count, (squares / count - (sum / count).powi(2)).sqrt())
}
