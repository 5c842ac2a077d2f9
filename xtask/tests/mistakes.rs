//! What the user can do wrong: one clear sentence, exit code 2, before anything is built.
#![allow(missing_docs, clippy::unwrap_used)]

use assert_cmd::Command;

fn refused(arguments: &[&str]) -> String {
    let output = Command::cargo_bin("xtask").unwrap().args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    said
}

#[test]
fn a_profile_that_is_not_there() {
    let said = refused(&["bench", "--quick", "--profile", "fast"]);
    assert_eq!(said, "error: --profile fast: expected dev or release\n");
}

#[test]
fn a_recipe_that_is_not_there() {
    let said = refused(&["reproduce", "cnn_cifar11"]);
    assert!(
        said.starts_with("error: no recipe or experiment fits \"cnn_cifar11\"; did you mean cnn_cifar10"),
        "{said}"
    );
}

#[test]
fn more_seeds_than_the_recipe_states() {
    let said = refused(&["reproduce", "softmax_digits", "--seeds", "99"]);
    assert!(said.contains("states 5 seeds, and seeds are not chosen afterwards; ask for at most 5"), "{said}");
}

#[test]
fn a_device_that_is_not_there() {
    let said = refused(&["reproduce", "--device", "abacus"]);
    assert_eq!(said, "error: --device abacus: there is no such device; choose one of flex, ndarray, wgpu, cuda\n");
}

#[test]
fn data_for_a_reproduction_that_is_not_there() {
    let said = refused(&["reproduce", "--data-dir", "/no/such/folder"]);
    assert!(said.starts_with("error: --data-dir /no/such/folder is no folder"), "{said}");
}

#[test]
fn recording_a_part_of_the_seeds() {
    let said = refused(&["reproduce", "--record", "--seeds", "1"]);
    assert!(said.contains("cannot be used with"), "{said}");
}
