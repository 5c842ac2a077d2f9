//! Mirrors, proxies, certificates.

use std::fs;

use faulty_server::{Fault, FaultyServer};
use tempfile::TempDir;
use zoo_core::{DataFile, Problem, Store};

use crate::{NAME, content, fetch_into, problems, store};

#[test]
fn a_mirror_is_asked_first_and_held_to_the_same_hash() {
    let (mirror, publisher) = (FaultyServer::start(content(), []), FaultyServer::start(content(), []));
    let dir = TempDir::new().unwrap();
    let mut store = store(dir.path());
    store.network.mirror = Some(mirror.url("zoo/"));
    fetch_into(&store, &[&publisher]).unwrap();
    assert_eq!((mirror.requests()[0].path.as_str(), publisher.requests().len()), ("/zoo/file.bin", 0));
    for fault in [Fault::Corrupt(7), Fault::Status(404)] {
        let mirror = FaultyServer::always(content(), fault);
        fs::remove_file(dir.path().join(NAME)).unwrap();
        store.network.mirror = Some(mirror.url("zoo"));
        fetch_into(&store, &[&publisher]).unwrap();
    }
    fs::remove_file(dir.path().join(NAME)).unwrap();
    store.network.mirror = Some("mirror.example".to_owned());
    let message = fetch_into(&store, &[&publisher]).unwrap_err().to_string();
    assert!(message.starts_with("ZOO_MIRROR is \"mirror.example\", expected an address that starts with"), "{message}");
}

#[test]
fn a_proxy_that_refuses_or_is_away_is_named() {
    let proxy = FaultyServer::always(Vec::new(), Fault::Status(407));
    let closed = FaultyServer::start(Vec::new(), []).url("");
    for (address, expected) in [(proxy.url(""), "refused: proxy server responded 407"), (closed, "by way of the proxy")]
    {
        let dir = TempDir::new().unwrap();
        let mut store = store(dir.path());
        store.network.proxy = Some(("HTTPS_PROXY".to_owned(), address.clone()));
        let origins = &["http://publisher.example/file.bin"];
        let message = store.fetch(&DataFile { name: NAME, origins, bytes: 1, sha256: "" }).unwrap_err().to_string();
        let host = address.trim_start_matches("http://").trim_end_matches('/');
        assert!(message.contains(expected) && message.contains(&format!("proxy {host} of HTTPS_PROXY")), "{message}");
        store.network.no_proxy = "127.0.0.1, localhost".to_owned();
        fetch_into(&store, &[&FaultyServer::start(content(), [])]).unwrap();
    }
    assert_eq!(proxy.requests().len(), 1, "to ask it again is pointless");
}

/// A data folder, and a store that trusts the test server.
fn trusting() -> (TempDir, Store) {
    let dir = TempDir::new().unwrap();
    let authority = dir.path().join("authority.pem");
    fs::write(&authority, faulty_server::AUTHORITY).unwrap();
    let mut store = store(dir.path());
    store.network.certificates = Some(authority);
    (dir, store)
}

#[test]
fn https_is_spoken_with_servers_that_are_trusted() {
    let (dir, mut store) = trusting();
    let server = FaultyServer::start_https(content(), [Fault::Truncate(9)]);
    fetch_into(&store, &[&server]).unwrap();
    fs::remove_file(dir.path().join(NAME)).unwrap();
    store.network.certificates = None;
    let message = fetch_into(&store, &[&server]).unwrap_err().to_string();
    assert!(message.contains("certificate") && message.contains("SSL_CERT_FILE"), "{message}");
}

#[test]
fn https_leads_nowhere_but_to_https() {
    let (_dir, store) = trusting();
    let plain = FaultyServer::start(content(), []);
    let server = FaultyServer::start_https(content(), [Fault::Redirect(plain.url(NAME))]);
    let problem = problems(fetch_into(&store, &[&server])).remove(0);
    assert!(matches!(&problem, Problem::Network(reason) if reason.contains("not encrypted")), "{problem}");
    assert!(plain.requests().is_empty());
    let (secure, server) =
        (FaultyServer::start_https(content(), []), |to| FaultyServer::start(content(), [Fault::Redirect(to)]));
    fetch_into(&store, &[&server(secure.url(NAME))]).unwrap();
}
