//! What the user can do wrong: one clear sentence, exit code 2, before anything is built.
#![allow(missing_docs, clippy::unwrap_used)]

use assert_cmd::Command;

fn refused(arguments: &[&str]) -> String {
    let output = Command::cargo_bin("zoo-bench").unwrap().args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    said
}

#[test]
fn a_python_that_is_not_there() {
    let said = refused(&["--against-pytorch", "/no/such/python"]);
    assert!(said.starts_with("error: cannot start /no/such/python; --against-pytorch wants the path"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_python_without_torch() {
    let said = refused(&["--against-pytorch", "false"]);
    assert!(said.starts_with("error: false cannot import torch (it gave no reason); install PyTorch"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn a_data_folder_that_is_not_there() {
    let said = refused(&["--data-dir", "/no/such/folder"]);
    assert_eq!(
        said,
        "error: --data-dir /no/such/folder is not a folder; name the one that holds the trainer's data files\n"
    );
}

#[test]
fn a_dash_is_no_name() {
    for words in [["--data-dir", "-"], ["--json", "-"]] {
        let said = refused(&words);
        assert!(said.contains("- names neither a file nor a folder here; ./- names what is called so"), "{said}");
    }
    let mut command = Command::cargo_bin("zoo-bench").unwrap();
    let output = command.args(["--only", "transformer"]).env("ZOO_DATA_DIR", "-").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said, "error: ZOO_DATA_DIR is \"-\", which names no folder here; ./- names what is called so\n");
}

#[test]
fn a_file_that_cannot_be_written() {
    let said = refused(&["--json", "/no/such/folder/bench.json"]);
    assert!(said.starts_with("error: cannot write /no/such/folder/bench.json; choose another file"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn a_pattern_that_no_case_has() {
    let said = refused(&["--only", "transformer"]);
    assert!(said.starts_with("error: no case has a name with \"transformer\" in it"), "{said}");
}

#[test]
fn options_that_exclude_each_other() {
    assert!(refused(&["--quick", "--record"]).contains("cannot be used with"));
    // The record is of one run: the cases that were not measured would be lost.
    let said = refused(&["--only", "layer/", "--record"]);
    assert!(["--only <PATTERN>", "cannot be used with", "--record"].iter().all(|part| said.contains(part)), "{said}");
    assert!(refused(&["--rounds", "0"]).contains("0 is not in 1..=1000"));
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_is_printed_onto_a_full_disk_is_no_success() {
    use std::fs::File;
    let program = std::path::PathBuf::from(Command::cargo_bin("zoo-bench").unwrap().get_program());
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(program).arg("--help").stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: cannot write to standard output: ") && said.lines().count() == 1, "{said}");
}
