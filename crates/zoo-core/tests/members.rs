//! Single members of a zip at the other end of a connection.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::time::Duration;

use faulty_server::{Fault, FaultyServer};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zoo_core::{DataError, DataFile, Member, Problem, Progress, Retry, Store, read_zip, sha256_hex};

const WANTED: Member<'_> = Member { name: "gzip/wanted", limit: 200_000, sha256: None };
const ALSO_WANTED: Member<'_> = Member { name: "gzip/also", limit: 4, sha256: None };

/// Bytes that do not compress, as those of members that are compressed already.
fn noise(length: usize) -> Vec<u8> {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*state >> 24) as u8)
    };
    std::iter::repeat_with({
        let mut state = 1;
        move || next(&mut state)
    })
    .flatten()
    .take(length)
    .collect()
}

/// A megabyte of zip, of which the members wanted are a fifth.
fn archive() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let members = [("gzip/other", noise(400_000)), ("gzip/wanted", noise(200_000)), ("gzip/third", noise(400_000))];
    for (name, bytes) in
        members.iter().map(|(name, bytes)| (*name, bytes.as_slice())).chain([("gzip/also", &b"also"[..])])
    {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn fetch(dir: &Path, server: &FaultyServer, members: &[Member<'_>]) -> Result<(), DataError> {
    fetch_within(Retry::default().stall, dir, server, members)
}

fn fetch_within(stall: Duration, dir: &Path, server: &FaultyServer, members: &[Member<'_>]) -> Result<(), DataError> {
    let mut store = Store::new(Some(dir.to_owned()), false, Progress::Hidden)?;
    store.retry = Retry { rounds: 3, first_wait: Duration::from_millis(1), stall, ..Retry::default() };
    let (archive, url) = (archive(), server.url("gzip.zip"));
    let sha256 = sha256_hex(&archive);
    let file = DataFile { name: "gzip.zip", origins: &[&url], bytes: archive.len() as u64, sha256: &sha256 };
    store.fetch_members(&file, members, "folder")
}

fn assert_members(dir: &Path) {
    assert!(fs::read(dir.join("folder/wanted")).unwrap() == noise(200_000));
    assert_eq!(fs::read(dir.join("folder/also")).unwrap(), b"also");
    assert!(!dir.join("gzip.zip").exists());
}

#[test]
fn only_the_members_come() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(archive(), []));
    fetch(dir.path(), &server, &[WANTED, ALSO_WANTED]).unwrap();
    assert_members(dir.path());
    // The directory at the end, and one stretch; the last member lies in the end already.
    let ranges: Vec<_> = server.requests().into_iter().filter_map(|request| request.range).collect();
    assert_eq!(ranges.len(), 2, "{ranges:?}");
    fetch(dir.path(), &server, &[WANTED, ALSO_WANTED]).unwrap();
    assert_eq!(server.requests().len(), 2, "what is there is not asked for");
}

#[test]
fn a_broken_stretch_is_taken_up_where_it_broke() {
    let (short, long) = (Duration::from_millis(500), Retry::default().stall);
    for (fault, stall) in [(Fault::Truncate(50_000), long), (Fault::Stall(50_000), short), (Fault::Status(500), long)] {
        let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(archive(), [Fault::None, fault]));
        fetch_within(stall, dir.path(), &server, &[WANTED, ALSO_WANTED]).unwrap();
        assert_members(dir.path());
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn a_server_that_breaks_again_and_again_is_given_up() {
    let script = std::iter::once(Fault::None).chain(std::iter::repeat_n(Fault::Truncate(1_000), 300));
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(archive(), script));
    let error = fetch(dir.path(), &server, &[WANTED]).unwrap_err();
    assert!(matches!(&error, DataError::Download { .. }), "{error}");
    assert_eq!(server.requests().len(), 6, "the directory, three tries of the stretch, two more of the directory");
}

#[test]
fn a_server_without_ranges_gives_the_whole_archive() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::always(archive(), Fault::IgnoreRange));
    fetch(dir.path(), &server, &[WANTED, ALSO_WANTED]).unwrap();
    let files = read_zip(&dir.path().join("gzip.zip"), &[WANTED, ALSO_WANTED]).unwrap();
    assert!(files[0].bytes == noise(200_000) && files[1].bytes == b"also");
}

#[test]
fn a_corrupt_member_never_gets_its_name() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::always(archive(), Fault::Corrupt(500_000)));
    let error = fetch(dir.path(), &server, &[WANTED]).unwrap_err();
    assert!(
        matches!(&error, DataError::Download { failures, .. } if matches!(failures[0].problem, Problem::Archive(_)))
    );
    assert!(!dir.path().join("folder/wanted").exists());
}

#[test]
fn a_member_with_another_hash_never_gets_its_name() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(archive(), []));
    let member = Member { sha256: Some("00"), ..ALSO_WANTED };
    let error = fetch(dir.path(), &server, &[member]).unwrap_err();
    assert!(
        matches!(&error, DataError::Download { failures, .. } if matches!(failures[0].problem, Problem::Hash { .. }))
    );
    assert!(!dir.path().join("folder/also").exists());
}

#[test]
fn members_that_are_missing_or_too_large_are_refused() {
    for (member, complaint) in [
        (Member { name: "gzip/nothing", ..WANTED }, "it lacks gzip/nothing"),
        (Member { limit: 199_999, ..WANTED }, "has 200000 bytes, at most 199999 expected"),
    ] {
        let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(archive(), []));
        let message = fetch(dir.path(), &server, &[member]).unwrap_err().to_string();
        assert!(message.contains(complaint), "{message}");
    }
}
