//! What the user can do wrong: one clear sentence, exit code 2, before anything is built.
#![allow(missing_docs, clippy::unwrap_used)]

use assert_cmd::Command;

fn refused(arguments: &[&str]) -> String {
    let output = Command::cargo_bin("xtask").unwrap().args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

#[test]
fn a_profile_that_is_not_there() {
    for chore in ["reproduce", "report", "book", "verify", "readme", "bench"] {
        let said = refused(&[chore, "--profile", "fast"]);
        assert_eq!(said, "error: invalid value \"fast\" for --profile [possible values: dev, release]\n");
    }
}

#[test]
fn a_port_that_nothing_is_served_on() {
    assert!(refused(&["web", "--port", "8000"]).contains("--serve"));
}

#[test]
fn a_chore_that_is_not_there() {
    assert!(refused(&["reprodce"]).contains("'reproduce'"));
}

#[test]
fn mutants_of_a_lesson_that_is_not_there() {
    let said = refused(&["mutants", "netbpp"]);
    assert!(said.starts_with("error: there is no lesson `netbpp`; known are activations, "), "{said}");
    assert!(refused(&["mutants", "--sample", "0"]).contains("--sample"));
    assert!(refused(&["mutants", "--seed", "3"]).contains("--sample"));
}
