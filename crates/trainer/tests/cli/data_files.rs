//! Data files that are damaged, missing or not the published ones.

use crate::{Desk, last_line};
use std::fs;

const BATCHES: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];

/// A made-up CIFAR-10 of `records` images a file, in the official layout.
fn write_cifar10(desk: &Desk, records: usize) {
    fs::create_dir_all(desk.path("data/cifar-10-batches-bin")).unwrap();
    for (number, name) in BATCHES.iter().enumerate() {
        let bytes: Vec<u8> = (0..records)
            .flat_map(|record| {
                let label = (record % 10) as u8;
                std::iter::once(label)
                    .chain((0..3072).map(move |pixel| (label as usize * 20 + pixel * 7 + number * 3) as u8))
            })
            .collect();
        fs::write(batch(desk, name), bytes).unwrap();
    }
}

fn batch(desk: &Desk, name: &str) -> std::path::PathBuf {
    desk.path("data/cifar-10-batches-bin").join(name)
}

const WORDS: &str = "--model softmax_cifar10 --epochs 1 --data-dir data --offline --threads 1 --out run";

#[test]
fn files_that_parse_are_used_and_called_unverified() {
    let desk = Desk::new();
    write_cifar10(&desk, 40);
    let output = desk.trainer(WORDS).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.contains("unverified"), "{text}");
    let report = desk.report("run");
    assert_eq!(report.data.provenance, zoo_core::Provenance::Unverified);
    assert_eq!(report.data.test, 40);
    assert!(fs::read_to_string(desk.path("run/log.txt")).unwrap().contains("unverified"));
}

/// The record is of the published files: on others the figures differ, which has an exit code of its own.
#[test]
fn shipped_weights_disagree_with_their_record_on_other_data() {
    let desk = Desk::new();
    write_cifar10(&desk, 40);
    let words = "eval --pretrained softmax_cifar10 --data-dir data --offline";
    let text = desk.trainer(words).assert().code(1);
    let text = String::from_utf8_lossy(&text.get_output().stdout).into_owned();
    assert!(text.contains("unverified") && text.contains("does not agree with the recorded accuracy"), "{text}");
    let output = desk.trainer(&format!("{words} --json")).assert().code(1);
    let answer: serde_json::Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
    assert_eq!(answer["agrees"], false);
    desk.trainer("eval --pretrained all --data-dir data").assert().code(1);
}

#[test]
fn damaged_files_are_named_and_nothing_is_left_behind() {
    let desk = Desk::new();
    let name = BATCHES[2];
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 3] = [
        ("cut in half", |bytes| bytes.truncate(bytes.len() / 2 + 1)),
        ("label out of range", |bytes| bytes[3073] = 10),
        ("empty", |bytes| bytes.clear()),
    ];
    for (what, damage) in damages {
        write_cifar10(&desk, 40);
        let mut bytes = fs::read(batch(&desk, name)).unwrap();
        damage(&mut bytes);
        fs::write(batch(&desk, name), bytes).unwrap();
        let text = desk.refused(WORDS);
        assert!(text.contains(name), "{what}: {text}");
        assert!(!desk.path("run").exists(), "{what}");
    }
    fs::remove_file(batch(&desk, name)).unwrap();
    fs::create_dir(batch(&desk, name)).unwrap();
    assert!(desk.refused(WORDS).contains(name));
}

#[test]
fn offline_says_which_files_it_wants_where() {
    let desk = Desk::new();
    let text = desk.refused(WORDS);
    assert!(text.contains("cifar-10") && text.contains("data"), "{text}");
    let text = desk.refused("--model mlp_emnist --data-dir data --offline --out run");
    assert!(text.contains("emnist-letters") && text.contains("data"), "{text}");
    assert!(!desk.path("run").exists());
}

#[test]
fn a_damaged_archive_is_refused() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("data")).unwrap();
    fs::write(desk.path("data/cifar-10-binary.tar.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4]).unwrap();
    assert!(desk.refused(WORDS).contains("cifar-10-binary.tar.gz"));
    fs::write(desk.path("data/gzip.zip"), "not a zip").unwrap();
    assert!(desk.refused("--model mlp_emnist --data-dir data --offline --out run").contains("gzip.zip"));
}

#[test]
fn not_even_force_replaces_published_data_or_settings() {
    let desk = Desk::new();
    write_cifar10(&desk, 40);
    desk.train("--model softmax_cifar10 --epochs 1 --data-dir data", "run");
    fs::write(desk.path("zoo.toml"), "threads = 1\n").unwrap();
    let file = "data/cifar-10-batches-bin/test_batch.bin";
    let before = [file, "zoo.toml"].map(|name| fs::read(desk.path(name)).unwrap());
    let of_shipped = "--pretrained softmax_cifar10 --offline --data-dir data";
    for words in [
        format!("eval {of_shipped} --list {file} --force"),
        format!("eval --run run --list {file} --force"),
        format!("export {of_shipped} --format int8 {file} --force"),
        format!("export --run run --format onnx {file} --force"),
        format!("find-rate softmax_cifar10 --offline --data-dir data --svg {file} --force"),
        format!("predict --run run --save-input {file} --force picture.png"),
        "eval --run run --list zoo.toml --force".to_string(),
        "find-rate softmax_digits --svg zoo.toml --force".to_string(),
    ] {
        let text = desk.refused(&words);
        assert!(text.contains(" would replace what is read from "), "{words}: {text}");
        assert!(text.contains("; name another file"), "{words}: {text}");
    }
    assert!([file, "zoo.toml"].map(|name| fs::read(desk.path(name)).unwrap()) == before);
    desk.trainer("eval --run run --list data/seen.csv").assert().success();
    // What commands have written there is theirs to replace: somebody may work in the folder of the data.
    for words in [
        "eval --run run --list data/list.csv --force",
        "export --run run --format onnx data/model.onnx --force",
        "find-rate softmax_digits --data-dir data --steps 20 --svg data/rates.svg --force",
    ] {
        desk.trainer(words).assert().success();
        desk.trainer(words).assert().success();
    }
}
