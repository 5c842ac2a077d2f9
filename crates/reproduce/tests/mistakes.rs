//! What the user can do wrong: one clear sentence and exit code 2.
#![allow(missing_docs, clippy::unwrap_used)]

use assert_cmd::Command;

fn refused(arguments: &[&str]) -> String {
    refused_where(&[], arguments)
}

/// With variables of the environment.
fn refused_where(variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("reproduce").unwrap();
    let output = command.envs(variables.iter().copied()).args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    said
}

#[test]
fn a_recipe_that_is_not_there() {
    let said = refused(&["run", "cnn_cifar11"]);
    assert!(
        said.starts_with("error: no recipe or experiment fits \"cnn_cifar11\"; did you mean cnn_cifar10"),
        "{said}"
    );
    let said = refused(&["verify", "cnn_cifar11"]);
    assert!(said.starts_with("error: no recipe fits \"cnn_cifar11\"; did you mean cnn_cifar10"), "{said}");
}

#[test]
fn seeds_that_are_none() {
    let said = refused(&["run", "softmax_digits", "--seeds", "43..41"]);
    assert!(said.contains("'43..41'") && said.contains("expected how many fresh seeds (3), a range"), "{said}");
}

#[test]
fn a_device_that_is_not_there() {
    let said = refused(&["run", "--device", "abacus"]);
    assert_eq!(said, "error: --device abacus: there is no such device; choose one of flex, ndarray, wgpu, cuda\n");
}

#[test]
fn data_for_a_reproduction_that_is_not_there() {
    for command in ["run", "int8"] {
        let said = refused(&[command, "--data-dir", "/no/such/folder"]);
        assert!(said.starts_with("error: --data-dir /no/such/folder is no folder"), "{said}");
    }
}

#[test]
fn results_for_a_report_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page");
    let said = refused(&["report", "--results", "/no/such/folder", "--out", out.to_str().unwrap()]);
    assert_eq!(
        said,
        "error: --results /no/such/folder is no folder; name the one that holds records and the experiments' outcomes\n"
    );
    assert!(!out.exists());
}

#[test]
fn results_for_a_report_that_hold_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page");
    let results = folder.path().to_str().unwrap();
    let said = refused(&["report", "--results", results, "--out", out.to_str().unwrap()]);
    assert!(said.contains(&format!("error: {results} holds neither records nor outcomes of experiments; ")), "{said}");
    assert!(!out.exists());
}

#[test]
fn folders_that_are_files_or_dashes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    let (file, below) = (file.to_str().unwrap(), file.join("below"));
    for words in [
        &["run", "softmax_digits", "--plan", "--runs", file][..],
        &["run", "softmax_digits", "--plan", "--runs", below.to_str().unwrap()],
        &["run", "softmax_digits", "--runs", file],
        &["report", "--out", file],
    ] {
        let said = refused(words);
        assert!(said.ends_with(&format!("{file} is a file; name a new folder\n")), "{words:?}: {said}");
    }
    let runs = folder.path().join("runs");
    let said = refused(&["run", "softmax_digits", "--runs", runs.to_str().unwrap(), "--collect", file]);
    assert!(said.contains(&format!("--collect: {file} is a file, expected a folder; name another")), "{said}");
    for words in [
        &["run", "--runs", "-"][..],
        &["run", "--collect", "-"],
        &["run", "--data-dir", "-"],
        &["report", "--out", "-"],
        &["report", "--results", "-"],
        &["verify", "--data-dir", "-"],
    ] {
        let said = refused(words);
        assert!(said.contains("- names neither a file nor a folder here; ./- names what is called so"), "{said}");
    }
}

#[test]
fn settings_that_the_trainer_refuses() {
    let dash = "error: ZOO_DATA_DIR is \"-\", which names no folder here; ./- names what is called so\n";
    let threads = "error: ZOO_THREADS is \"many\", expected an integer from 1 to 1024\n";
    for words in [&["run", "softmax_digits", "--plan"][..], &["verify"], &["int8"], &["report"], &["readme"]] {
        assert_eq!(refused_where(&[("ZOO_DATA_DIR", "-")], words), dash, "{words:?}");
        assert_eq!(refused_where(&[("ZOO_THREADS", "many")], words), threads, "{words:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let [file, runs] = ["file", "runs"].map(|name| folder.path().join(name).display().to_string());
    let (file, runs) = (file.as_str(), runs.as_str());
    std::fs::write(file, "mine").unwrap();
    for words in [&["run", "softmax_digits", "--runs", runs][..], &["run", "softmax_digits", "--plan", "--runs", runs]]
    {
        let said = refused_where(&[("ZOO_DATA_DIR", file)], words);
        assert!(said.contains(&format!("error: {file} is a file, expected a folder for data files")), "{said}");
    }
    assert!(!folder.path().join("runs").exists());
    // What is empty counts as unset, and a command that says what settings there are needs none.
    let plan = ["run", "softmax_digits", "--plan", "--runs", runs];
    Command::cargo_bin("reproduce").unwrap().env("ZOO_DATA_DIR", "").args(plan).assert().success();
    let explained = ["train", "explain", "settings"];
    Command::cargo_bin("reproduce").unwrap().env("ZOO_DATA_DIR", "-").args(explained).assert().success();
}

#[test]
fn numbers_that_are_none() {
    for flag in ["--threads", "--jobs"] {
        for number in ["x", "0", "-1", "2000"] {
            let said = refused(&["run", "softmax_digits", flag, number]);
            assert!(said.contains("expected a whole number from 1 to 1024"), "{said}");
        }
    }
}

#[test]
#[cfg(unix)]
fn data_for_a_reproduction_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loop");
    std::os::unix::fs::symlink(&path, &path).unwrap();
    let said = refused(&["run", "--data-dir", path.to_str().unwrap()]);
    assert!(said.starts_with(&format!("error: cannot read --data-dir {}: ", path.display())), "{said}");
}

#[test]
fn recording_a_part_of_the_seeds() {
    let said = refused(&["run", "softmax_digits", "--record", "--seeds", "11..12"]);
    // Where the tree has changes, those are what is told.
    let wanted = ["is of all its seeds (11, 12, ", "tracked files differ from it", "this is no clone"];
    assert!(wanted.iter().any(|wanted| said.contains(wanted)), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_printed_onto_a_full_disk_is_no_success() {
    use std::fs::File;
    let runs = tempfile::tempdir().unwrap();
    let plan = format!("run softmax_digits --offline --plan --runs {}", runs.path().display());
    let helps = ["run", "train", "report", "verify", "int8", "readme"].map(|command| format!("{command} --help"));
    let words = ["--help", "-h", "--version"].map(String::from).into_iter().chain(helps).chain([plan]);
    for words in words {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let program = std::path::PathBuf::from(Command::cargo_bin("reproduce").unwrap().get_program());
        let output = std::process::Command::new(program).args(words.split(' ')).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(said.starts_with("error: cannot write to standard output: "), "{words}: {said}");
        assert_eq!(said.lines().count(), 1, "{words}: {said}");
    }
}
