#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;

fn entry(name: &str) -> Entry {
    Entry {
        name: name.to_string(),
        file: format!("{name}.safetensors"),
        sha256: "ab".repeat(32),
        bytes: 4280,
        parameters: 650,
        macs: 640,
        seed: 11,
        commit: None,
        burn: "0.22.1".to_string(),
        device: "flex".to_string(),
        instruction_set: Some("avx512".to_string()),
        data: "digits".to_string(),
        provenance: Provenance::Official,
        metrics: Scores { loss: 0.1 + 0.2, accuracy: 1.0 / 3.0, ..Scores::default() },
    }
}

#[test]
fn what_is_written_is_read_again_in_alphabetical_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.json");
    let index = Index::new(vec![entry("b"), entry("a")]);
    index.write(&path).unwrap();
    assert_eq!(Index::read(&path).unwrap(), index);
    let names: Vec<&str> = index.weights.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let files = folder.path().read_dir().unwrap().count();
    assert_eq!(files, 1, "nothing else is left in the folder");
}

#[test]
fn a_name_that_is_not_listed_is_an_error() {
    let index = Index::new(vec![entry("a")]);
    assert_eq!(index.entry("a").unwrap(), &entry("a"));
    assert_eq!(index.entry("b").unwrap_err().to_string(), "index.json does not list the weights b");
}

#[test]
fn other_forms_are_refused() {
    let text = serde_json::to_string(&Index::new(vec![entry("a")])).unwrap();
    let other = text.replace("\"schema\":1", "\"schema\":2");
    let error = Index::parse(&other).unwrap_err().to_string();
    assert_eq!(error, "index.json has schema 2, expected 1: read it with the version that wrote it");
    for (found, put) in [("\"seed\"", "\"sead\""), ("4280", "\"4280\""), ("official", "found")] {
        assert!(text.contains(found));
        let error = Index::parse(&text.replace(found, put)).unwrap_err().to_string();
        assert!(error.starts_with("index.json is no list of weights: "), "{error}");
    }
    assert!(Index::parse("").is_err());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Index::read(Path::new("nowhere/index.json")).unwrap_err().to_string();
    assert!(error.starts_with("cannot read nowhere/index.json: "), "{error}");
    assert!(Index::new(vec![]).write(Path::new("nowhere/index.json")).is_err());
}
