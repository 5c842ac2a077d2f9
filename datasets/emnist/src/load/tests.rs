#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::time::Duration;

use faulty_server::{Fault, FaultyServer};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zoo_core::{Inputs, Progress, Retry, sha256_hex};

use super::*;
use crate::FACTS;

/// The four files of a split with four training and two test images, of which one pixel is ink.
fn contents() -> [Vec<u8>; 4] {
    [images(4), labels(&[1, 2, 25, 26]), images(2), labels(&[3, 4])]
}

fn images(count: u32) -> Vec<u8> {
    let mut bytes: Vec<u8> = [0x803, count, 28, 28].into_iter().flat_map(u32::to_be_bytes).collect();
    bytes.resize(16 + count as usize * 784, 0);
    bytes[16 + 28] = 255;
    bytes
}

fn labels(labels: &[u8]) -> Vec<u8> {
    [0x801, labels.len() as u32].into_iter().flat_map(u32::to_be_bytes).chain(labels.iter().copied()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An archive of two splits, as the official one holds six.
fn archive() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for split in [Split::Digits, Split::Balanced] {
        let files = published::files(split);
        for (name, bytes) in source::members(&files).iter().zip(contents()) {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&gzip(&bytes)).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn empty() -> (TempDir, Store) {
    let dir = TempDir::new().unwrap();
    let mut store = Store::new(Some(dir.path().to_owned()), true, Progress::Hidden).unwrap();
    store.retry = Retry { rounds: 2, first_wait: Duration::ZERO, ..Retry::default() };
    (dir, store)
}

/// Writes the files of Letters into their own folder in `dir`; `name` and `change` say how.
fn put(dir: &Path, name: impl Fn(&str) -> String, change: impl Fn(&[u8]) -> Vec<u8>) {
    put_into(&dir.join("emnist-letters"), name, change);
}

fn put_into(folder: &Path, name: impl Fn(&str) -> String, change: impl Fn(&[u8]) -> Vec<u8>) {
    fs::create_dir_all(folder).unwrap();
    for (file, bytes) in published::files(Split::Letters).iter().zip(contents()) {
        fs::write(folder.join(name(&file.name)), change(&bytes)).unwrap();
    }
}

fn check_letters(dataset: &Dataset) {
    assert_eq!((dataset.name.as_str(), dataset.class_names.len()), ("emnist_letters", 26));
    assert_eq!(dataset.train.labels, [0, 1, 24, 25]);
    assert_eq!(dataset.test.as_ref().unwrap().labels, [2, 3]);
    let Inputs::Images(images) = &dataset.train.inputs else { panic!("EMNIST is images") };
    // Stored at row 1, column 0; upright that is row 0, column 1.
    assert_eq!(images.pixels.iter().position(|pixel| *pixel == 255), Some(1));
}

#[test]
fn unpacked_and_gzipped_files_are_found() {
    let (dir, store) = empty();
    put(dir.path(), str::to_owned, <[u8]>::to_vec);
    check_letters(&load(&store, Split::Letters).unwrap());
    let (dir, store) = empty();
    put(dir.path(), |name| format!("{name}.gz"), gzip);
    let dataset = load(&store, Split::Letters).unwrap();
    check_letters(&dataset);
    assert_eq!(dataset.provenance, Provenance::Unverified);
    assert_eq!(fetch(&store, Split::Letters).unwrap(), dir.path().join("emnist-letters"));
}

#[test]
fn files_are_found_as_other_programs_lay_them_out() {
    let dotted = |name: &str| name.replace("-idx", ".idx");
    for folder in ["", "EMNIST/raw", "gzip", "emnist/gzip"] {
        for name in [str::to_owned as fn(&str) -> String, dotted, |name| format!("{name}.gz")] {
            // Gzipped or not, whatever the name says.
            for change in [<[u8]>::to_vec as fn(&[u8]) -> Vec<u8>, gzip] {
                let (dir, store) = empty();
                put_into(&dir.path().join(folder), name, change);
                check_letters(&load(&store, Split::Letters).unwrap());
                assert_eq!(fetch(&store, Split::Letters).unwrap(), dir.path().join(folder));
            }
        }
    }
    let (dir, store) = empty();
    fs::create_dir_all(dir.path().join("EMNIST/raw")).unwrap();
    fs::write(dir.path().join("EMNIST/raw/gzip.zip"), archive()).unwrap();
    assert_eq!(load(&store, Split::Balanced).unwrap().train.len(), 4);
}

#[test]
fn several_gzip_members_are_one_file_and_zeros_may_follow() {
    for change in [(|bytes| bytes.chunks(100).flat_map(gzip).collect()) as fn(&[u8]) -> Vec<u8>, |bytes| {
        [gzip(bytes), vec![0; 512]].concat()
    }] {
        let (dir, store) = empty();
        put(dir.path(), |name| format!("{name}.gz"), change);
        check_letters(&load(&store, Split::Letters).unwrap());
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    let limits = published::files(Split::Letters).map(|file| file.limit as usize);
    assert_eq!(limits, [195_686_432, 249_616, 32_614_432, 41_616], "twice the official sizes");
    let message = complaint(|_| gzip(&vec![0; limits[3] + 1000]));
    assert!(message.contains("idx1-ubyte.gz: found 41617 bytes, expected at most 41616"), "{message}");
}

#[test]
fn the_facts_are_those_of_the_data() {
    let (dir, store) = empty();
    assert_eq!(FACTS.len(), Split::ALL.len());
    for split in Split::ALL {
        let folder = dir.path().join(published::folder(split));
        fs::create_dir(&folder).unwrap();
        let contents = [images(4), labels(&[1, 2, 3, 4]), images(2), labels(&[3, 4])];
        for (file, bytes) in published::files(split).iter().zip(contents) {
            fs::write(folder.join(&file.name), bytes).unwrap();
        }
    }
    for facts in FACTS {
        facts.assert_true_of(&(facts.load)(&store).unwrap());
        assert!(facts.fetch.unwrap()(&store).unwrap().ends_with(facts.name.replace('_', "-")));
    }
}

#[test]
fn the_archive_serves_every_split_in_it() {
    let (dir, mut store) = empty();
    fs::write(dir.path().join("gzip.zip"), archive()).unwrap();
    // Letters are not in it, and their labels would start at 1: other splits count from 0.
    let message = load(&store, Split::Letters).unwrap_err().to_string();
    assert!(message.contains("it lacks gzip/emnist-letters-train-images-idx3-ubyte.gz"), "{message}");
    store.offline = false;
    assert_eq!(load(&store, Split::Balanced).unwrap().train.labels, [1, 2, 25, 26]);
}

#[test]
fn only_the_split_is_downloaded_where_the_server_can() {
    let (dir, mut store) = empty();
    store.offline = false;
    let server = FaultyServer::start(archive(), []);
    for _ in 0..2 {
        let dataset = download_from(&server, &store).unwrap();
        assert_eq!((dataset.train.len(), dataset.provenance), (4, Provenance::Unverified));
    }
    assert!(dir.path().join("emnist-balanced/emnist-balanced-test-labels-idx1-ubyte.gz").exists());
    assert!(!dir.path().join("gzip.zip").exists());
    assert_eq!(server.requests().len(), 1, "so small an archive comes with its directory");
}

#[test]
fn the_whole_archive_is_downloaded_where_the_server_cannot() {
    let (dir, mut store) = empty();
    store.offline = false;
    let server = FaultyServer::always(archive(), Fault::IgnoreRange);
    assert_eq!(download_from(&server, &store).unwrap().train.len(), 4);
    assert!(dir.path().join("gzip.zip").exists());
}

fn download_from(server: &FaultyServer, store: &Store) -> Result<Dataset, DataError> {
    let (archive, url) = (archive(), server.url("gzip.zip"));
    let sha256 = sha256_hex(&archive);
    let file = DataFile { origins: &[&url], bytes: archive.len() as u64, sha256: &sha256, ..ARCHIVE };
    locate(store, Split::Balanced, &file).map(|(dataset, _)| dataset)
}

#[test]
fn offline_says_which_files_are_wanted_where() {
    let (dir, store) = empty();
    put(dir.path(), str::to_owned, <[u8]>::to_vec);
    fs::remove_file(dir.path().join("emnist-letters/emnist-letters-test-labels-idx1-ubyte")).unwrap();
    let message = load(&store, Split::Letters).unwrap_err().to_string();
    assert!(
        message.contains("emnist-letters/ with emnist-letters-test-labels-idx1-ubyte[.gz], or gzip.zip"),
        "{message}"
    );
    assert!(!message.contains("train-images"), "{message}");
    fs::write(dir.path().join("matlab.zip"), "").unwrap();
    let message = load(&store, Split::Letters).unwrap_err().to_string();
    assert!(message.ends_with("matlab.zip is another version of it, which is not read"), "{message}");
}

/// The message of loading gzipped files that were damaged alike.
fn complaint(damage: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let (dir, store) = empty();
    put(dir.path(), |name| format!("{name}.gz"), damage);
    load(&store, Split::Letters).unwrap_err().to_string()
}

#[test]
fn damaged_files_are_named() {
    for (message, complaint) in [
        (complaint(|_| Vec::new()), "is empty"),
        (complaint(|bytes| gzip(bytes)[..20].to_vec()), "is damaged"),
        (complaint(|bytes| gzip(&bytes[..bytes.len() - 1])), "by its header"),
    ] {
        assert!(message.contains("train-images-idx3-ubyte.gz"), "{message}");
        assert!(message.contains(complaint), "{message}");
    }
}

#[test]
fn the_archive_and_its_members_are_those_published() {
    let letters = published::files(Split::Letters);
    assert_eq!(letters.iter().filter_map(|file| file.gzip).map(|gzip| gzip.bytes).sum::<u64>(), 35_923_448);
    assert!(letters.iter().all(|file| file.gzip.is_some_and(|gzip| gzip.sha256.len() == 64)));
    assert!(published::files(Split::Mnist).iter().all(|file| file.gzip.is_none()));
}

/// Real letters, official or not: both hold at least 400 test images of each letter.
#[test]
#[ignore = "needs the real Letters split in ZOO_DATA_DIR or the cache folder"]
fn real_letters_are_upright() {
    let dataset = load(&Store::new(None, true, Progress::Hidden).unwrap(), Split::Letters).unwrap();
    let test = dataset.test.unwrap();
    assert!((0..26).all(|class| test.labels.iter().filter(|label| **label == class).count() >= 400));
    let Inputs::Images(images) = &test.inputs else { panic!("EMNIST is images") };
    // A T has its bar above, an L its foot below: more ink there than in the other half.
    let upper_fraction = |letter: u8| {
        let letters = images.pixels.chunks_exact(784).zip(&test.labels).filter(|(_, label)| **label == letter - b'A');
        let (upper, all) = letters.fold((0.0, 0.0), |(upper, all), (image, _)| {
            let ink = |pixels: &[u8]| pixels.iter().map(|pixel| f64::from(*pixel)).sum::<f64>();
            (upper + ink(&image[..392]), all + ink(image))
        });
        upper / all
    };
    assert!(
        upper_fraction(b'T') > 0.5 && upper_fraction(b'L') < 0.5,
        "{} {}",
        upper_fraction(b'T'),
        upper_fraction(b'L')
    );
}
