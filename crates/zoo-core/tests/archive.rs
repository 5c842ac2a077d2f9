//! Archives on disk that lie about paths and sizes, or are damaged.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use zoo_core::{DataError, FileBytes, Member, Progress, Store, read_tar, read_zip};

const MEMBER: Member<'_> = Member { name: "folder/data", limit: 1000, sha256: None };

fn tar_gz(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Written directly: `set_path` refuses the names that these tests are about.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn read_to_end(mut reader: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<FileBytes>, DataError> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("archive.tar.gz");
    fs::write(&path, bytes).unwrap();
    read_tar(&path, &[MEMBER])
}

fn complaint(bytes: &[u8]) -> String {
    let error = read(bytes).unwrap_err();
    assert!(matches!(error, DataError::Archive { .. }), "{error:?}");
    error.to_string()
}

#[test]
fn members_are_found_wherever_they_stand() {
    let files = read(&tar_gz(&[("folder/readme", b"x"), ("./folder/data", b"content")])).unwrap();
    assert_eq!(files[0].bytes, b"content");
    assert!(files[0].path.ends_with("archive.tar.gz/folder/data"));
}

#[test]
fn several_gzip_members_are_one_archive_and_zeros_may_follow() {
    let archive = tar_gz(&[("folder/readme", b"x"), ("folder/data", b"content")]);
    let tar = read_to_end(MultiGzDecoder::new(archive.as_slice()));
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    // As bgzip writes them, the last one empty; as pigz and cat do; as it is; on tape.
    let blocks = tar.chunks(700).chain([&[][..]]).flat_map(gzip).collect();
    let apart = [gzip(&tar[..1024]), vec![0; 512], gzip(&tar[1024..])].concat();
    for bytes in [blocks, [archive.clone(), vec![0; 9000]].concat(), [archive, b"more".to_vec()].concat(), apart, tar] {
        assert_eq!(read(&bytes).unwrap()[0].bytes, b"content");
    }
}

#[test]
fn a_damaged_later_gzip_member_is_noticed() {
    let archive = tar_gz(&[("folder/data", b"content")]);
    for cut in [1, 9, archive.len() - 1] {
        complaint(&[&archive, &archive[..cut]].concat());
    }
}

#[test]
fn the_folder_in_the_archive_does_not_matter_but_comes_first() {
    for name in ["data", "deeper/folder/data", "./data"] {
        assert_eq!(read(&tar_gz(&[(name, b"content")])).unwrap()[0].bytes, b"content", "{name}");
    }
    for members in [
        [("folder/data", &b"right"[..]), ("other/data", b"wrong")],
        [("other/data", b"wrong"), ("folder/data", b"right")],
    ] {
        assert_eq!(read(&tar_gz(&members)).unwrap()[0].bytes, b"right");
    }
}

#[test]
fn names_that_climb_out_are_never_written() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("inner/archive.tar.gz");
    fs::create_dir(dir.path().join("inner")).unwrap();
    fs::write(&path, tar_gz(&[("../escaped", b"x"), ("/etc/escaped", b"x"), ("folder/data", b"content")])).unwrap();
    let store = Store::new(Some(dir.path().join("inner")), true, Progress::Hidden).unwrap();
    let folder = store.unpack("folder", &read_tar(&path, &[MEMBER]).unwrap()).unwrap();
    assert_eq!(fs::read(folder.join("data")).unwrap(), b"content");
    assert!(!dir.path().join("escaped").exists());
}

#[test]
fn an_unpacked_folder_is_never_replaced() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("folder")).unwrap();
    fs::write(dir.path().join("folder/mine"), b"mine").unwrap();
    let store = Store::new(Some(dir.path().to_owned()), true, Progress::Hidden).unwrap();
    let file = FileBytes { path: PathBuf::from("data"), bytes: vec![1] };
    assert!(matches!(store.unpack("folder", &[file]), Err(DataError::Io { .. })));
    assert_eq!(fs::read_dir(dir.path().join("folder")).unwrap().count(), 1);
    assert!(!dir.path().join("folder.part").exists());
}

#[test]
fn a_missing_member_is_named() {
    assert!(complaint(&tar_gz(&[("folder/other", b"x")])).contains("it lacks folder/data"));
}

#[test]
fn a_member_beyond_its_limit_is_refused() {
    let message = complaint(&tar_gz(&[("folder/data", &[0; 1001])]));
    assert!(message.contains("folder/data has 1001 bytes, at most 1000 expected"), "{message}");
}

#[test]
fn a_bomb_is_defused() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&vec![0; 64 << 20]).unwrap();
    assert!(complaint(&gzip.finish().unwrap()).contains("unpacks to more than"));
}

#[test]
fn a_flipped_byte_anywhere_in_the_content_is_noticed() {
    let noise: Vec<u8> = (0..1000_u32).map(|index| ((index * index) >> 4) as u8).collect();
    let archive = tar_gz(&[("folder/data", &noise)]);
    // The first ten bytes are gzip's header, whose time stamp and system nobody reads.
    for at in (10..archive.len()).step_by(7) {
        let mut flipped = archive.clone();
        flipped[at] ^= 0x40;
        assert!(read(&flipped).is_err(), "byte {at} of {}", archive.len());
    }
}

#[test]
fn a_truncated_or_foreign_archive_is_damaged() {
    let archive = tar_gz(&[("folder/data", b"content")]);
    complaint(&archive[..archive.len() / 2]);
    complaint(b"<html>not found</html>");
}

#[test]
fn a_zip_that_is_none_is_damaged() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("gzip.zip");
    fs::write(&path, b"PK but no more").unwrap();
    assert!(matches!(read_zip(&path, &[MEMBER]), Err(DataError::Archive { .. })));
}

#[test]
fn a_folder_or_nothing_in_place_of_an_archive_is_said_so() {
    let dir = TempDir::new().unwrap();
    assert!(matches!(read_zip(dir.path(), &[MEMBER]), Err(DataError::NotAFile { .. })));
    assert!(matches!(read_tar(&dir.path().join("none"), &[MEMBER]), Err(DataError::Io { .. })));
    fs::write(dir.path().join("empty"), b"").unwrap();
    assert!(matches!(read_tar(&dir.path().join("empty"), &[MEMBER]), Err(DataError::Empty { .. })));
}
