//! Downloads against a server that misbehaves.
#![allow(clippy::unwrap_used)]

mod network;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use faulty_server::{Fault, FaultyServer};
use tempfile::TempDir;
use zoo_core::{DataError, DataFile, Problem, Progress, Retry, Store, sha256_hex};

const NAME: &str = "file.bin";

/// Longer than one read, so that a fault can strike in the middle.
fn content() -> Vec<u8> {
    (0..300_000_u32).map(|index| ((index * 31) >> 3) as u8).collect()
}

fn store(dir: &Path) -> Store {
    let mut store = Store::new(Some(dir.to_owned()), false, Progress::Hidden).unwrap();
    store.retry = Retry { rounds: 3, first_wait: Duration::from_millis(1), ..Retry::default() };
    store
}

/// Waits long, as a busy machine is slow, except where the server is going to stall.
fn store_for(dir: &Path, faults: &[Fault]) -> Store {
    let mut store = store(dir);
    if faults.iter().any(|fault| matches!(fault, Fault::Stall(_) | Fault::Trickle(_))) {
        store.retry.stall = Duration::from_millis(500);
    }
    store
}

/// Fetches the published content from `origins` into `dir`; what arrives has to be right.
fn fetch(dir: &Path, origins: &[&FaultyServer]) -> Result<(), DataError> {
    fetch_into(&store(dir), origins)
}

fn fetch_into(store: &Store, origins: &[&FaultyServer]) -> Result<(), DataError> {
    let urls: Vec<String> = origins.iter().map(|server| server.url(NAME)).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let content = content();
    let sha256 = sha256_hex(&content);
    let path = store.fetch(&DataFile { name: NAME, origins: &urls, bytes: content.len() as u64, sha256: &sha256 })?;
    assert!(fs::read(path).unwrap() == content, "the file is not the published one");
    assert!(!store.dir.join("file.bin.part").exists());
    Ok(())
}

fn problems(result: Result<(), DataError>) -> Vec<Problem> {
    match result {
        Err(DataError::Download { failures, .. }) => failures.into_iter().map(|failure| failure.problem).collect(),
        other => panic!("expected a failed download, found {other:?}"),
    }
}

/// A single origin that plays `script` still gives the file; returns the ranges it was asked for.
fn survives<const N: usize>(script: [Fault; N]) -> Vec<Option<String>> {
    let dir = TempDir::new().unwrap();
    let store = store_for(dir.path(), &script);
    let server = FaultyServer::start(content(), script);
    fetch_into(&store, &[&server]).unwrap();
    server.requests().into_iter().map(|request| request.range).collect()
}

/// A single origin with this habit fails; returns its last problem and the number of requests.
fn fails(habit: Fault) -> (Problem, usize) {
    let dir = TempDir::new().unwrap();
    let store = store_for(dir.path(), std::slice::from_ref(&habit));
    let server = FaultyServer::always(content(), habit);
    let problem = problems(fetch_into(&store, &[&server])).remove(0);
    assert!(!dir.path().join(NAME).exists(), "nothing wrong may get the name");
    (problem, server.requests().len())
}

#[test]
fn a_good_server_is_asked_once_and_told_who_asks() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
    fetch(&dir.path().join("not/yet/there"), &[&server]).unwrap();
    fetch(&dir.path().join("not/yet/there"), &[&server]).unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].user_agent.as_ref().is_some_and(|agent| agent.starts_with("burn-zoo/")));
}

#[test]
fn a_broken_download_is_taken_up_where_it_broke() {
    assert_eq!(survives([Fault::Truncate(100_000)]), [None, Some("bytes=100000-".to_owned())]);
}

#[test]
fn a_stalled_download_is_taken_up_where_it_stalled() {
    assert_eq!(survives([Fault::Stall(70_000)]), [None, Some("bytes=70000-".to_owned())]);
}

#[test]
fn a_download_that_crawls_is_taken_up_elsewhere() {
    let dir = TempDir::new().unwrap();
    let fault = Fault::Trickle(Duration::from_millis(20));
    let (crawling, good) = (FaultyServer::always(content(), fault.clone()), FaultyServer::start(content(), []));
    let mut store = store_for(dir.path(), &[fault]);
    store.retry.slowest = u64::MAX;
    store.retry.stall = Duration::from_secs(1);
    fetch_into(&store, &[&crawling, &good]).unwrap();
    assert!(good.requests()[0].range.is_some(), "what has come is kept");
}

#[test]
fn a_server_that_ignores_ranges_sends_it_all_again() {
    assert_eq!(survives([Fault::Truncate(9), Fault::IgnoreRange]).len(), 2);
}

#[test]
fn a_server_that_refuses_ranges_is_asked_for_all_of_it() {
    let ranges = survives([Fault::Truncate(9), Fault::RefuseRange]);
    assert_eq!(ranges, [None, Some("bytes=9-".to_owned()), None]);
}

#[test]
fn a_busy_server_is_asked_again() {
    assert_eq!(survives([Fault::Status(500), Fault::Status(429)]).len(), 3);
}

#[test]
fn redirects_are_followed_with_the_range() {
    let ranges = survives([Fault::Truncate(9), Fault::Redirect("/elsewhere".to_owned())]);
    assert_eq!(ranges, [None, Some("bytes=9-".to_owned()), Some("bytes=9-".to_owned())]);
}

#[test]
fn a_corrupt_rest_is_fetched_again_from_the_start() {
    let ranges = survives([Fault::Truncate(9), Fault::Corrupt(200_000)]);
    assert_eq!(ranges, [None, Some("bytes=9-".to_owned()), None]);
}

#[test]
fn what_is_not_found_is_not_asked_for_again() {
    assert!(matches!(fails(Fault::Status(404)), (Problem::Status(404), 1)));
}

#[test]
fn a_server_that_stays_ill_is_given_up() {
    assert!(matches!(fails(Fault::Status(503)), (Problem::Status(503), 3)));
    assert!(matches!(fails(Fault::Stall(0)), (Problem::Stalled(_), 3)));
    assert!(matches!(fails(Fault::Redirect("/circle".to_owned())), (Problem::Connection(_), _)));
}

#[test]
fn corrupt_content_is_refused_with_both_hashes() {
    let (Problem::Hash { found, expected, resumed: false }, 1) = fails(Fault::Corrupt(7)) else {
        panic!("expected a wrong hash at the first request");
    };
    assert_ne!(found, expected);
}

#[test]
fn another_file_is_refused_before_it_is_downloaded() {
    let (problem, 1) = fails(Fault::Substitute(b"please log in".to_vec())) else { panic!("one request is enough") };
    assert!(matches!(problem, Problem::Size { found: 13, expected: 300_000 }));
}

#[test]
#[cfg(unix)]
fn links_in_place_of_files_of_our_own_are_refused_and_stay() {
    use std::os::unix::fs::symlink;
    for own in ["file.bin.part", "file.bin.lock"] {
        let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
        let victim = dir.path().join("victim");
        fs::write(&victim, b"mine").unwrap();
        symlink(&victim, dir.path().join(own)).unwrap();
        let message = fetch(dir.path(), &[&server]).unwrap_err().to_string();
        assert!(message.contains(&format!("{own} is not a file")), "{message}");
        assert_eq!(fs::read(&victim).unwrap(), b"mine");
        fs::remove_file(dir.path().join(own)).unwrap();
        symlink(dir.path().join("not-there"), dir.path().join(own)).unwrap();
        fetch(dir.path(), &[&server]).unwrap_err();
        assert!(!dir.path().join("not-there").exists());
    }
}

#[test]
fn a_data_folder_that_cannot_be_written_is_said_so() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
    fs::write(dir.path().join("file"), b"").unwrap();
    let error = fetch(&dir.path().join("file/below"), &[&server]).unwrap_err();
    assert!(matches!(error, DataError::Io { action: "create", .. }), "{error}");
    fs::create_dir(dir.path().join("file.bin.part")).unwrap();
    let error = fetch(dir.path(), &[&server]).unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn the_next_origin_serves_when_one_fails() {
    let dir = TempDir::new().unwrap();
    let gone = FaultyServer::always(content(), Fault::Status(404));
    let corrupt = FaultyServer::always(content(), Fault::Corrupt(0));
    let broken = FaultyServer::always(content(), Fault::Truncate(1_000));
    let good = FaultyServer::start(content(), []);
    fetch(dir.path(), &[&gone, &corrupt, &broken, &good]).unwrap();
    assert_eq!(good.requests()[0].range.as_deref(), Some("bytes=1000-"));
}

#[test]
fn every_origin_is_named_when_all_fail() {
    let dir = TempDir::new().unwrap();
    let gone = FaultyServer::always(content(), Fault::Status(404));
    let closed = FaultyServer::start(content(), []).url(NAME);
    let urls = [gone.url(NAME), closed];
    let file = DataFile { name: NAME, origins: &[&urls[0], &urls[1]], bytes: 1, sha256: "" };
    let message = store(dir.path()).fetch(&file).unwrap_err().to_string();
    assert!(urls.iter().all(|url| message.contains(url.as_str())), "{message}");
    assert!(message.contains("the server answered 404"), "{message}");
}

#[test]
fn a_part_of_an_earlier_run_is_used() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
    fs::write(dir.path().join("file.bin.part"), &content()[..1234]).unwrap();
    fetch(dir.path(), &[&server]).unwrap();
    assert_eq!(server.requests()[0].range.as_deref(), Some("bytes=1234-"));
}

#[test]
fn a_bad_part_of_an_earlier_run_costs_one_more_try() {
    for length in [1234, 300_000, 300_001] {
        let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
        fs::write(dir.path().join("file.bin.part"), vec![0xAB; length]).unwrap();
        fetch(dir.path(), &[&server]).unwrap();
    }
}

#[test]
fn a_finished_part_needs_no_network() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
    fs::write(dir.path().join("file.bin.part"), content()).unwrap();
    fetch(dir.path(), &[&server]).unwrap();
    assert!(server.requests().is_empty());
}

#[test]
fn a_file_that_is_there_is_never_replaced() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
    fs::write(dir.path().join(NAME), b"mine").unwrap();
    let url = server.url(NAME);
    let file = DataFile { name: NAME, origins: &[&url], bytes: 300_000, sha256: "" };
    assert_eq!(fs::read(store(dir.path()).fetch(&file).unwrap()).unwrap(), b"mine");
    assert!(server.requests().is_empty());
}

#[test]
fn two_at_once_download_once() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| fetch(dir.path(), &[&server]).unwrap());
        }
    });
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn offline_names_the_file_and_its_address_and_asks_nobody() {
    let (dir, server) = (TempDir::new().unwrap(), FaultyServer::start(content(), []));
    let url = server.url(NAME);
    let store = Store { offline: true, ..store(dir.path()) };
    let error = store.fetch(&DataFile { name: NAME, origins: &[&url], bytes: 1, sha256: "" }).unwrap_err();
    let message = error.to_string();
    assert!(message.contains(NAME) && message.contains(&url), "{message}");
    assert!(server.requests().is_empty());
}
