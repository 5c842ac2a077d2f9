//! What a command does with the places it is told: what it must not replace, cannot read, or has no end.

use crate::{Desk, files_in};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A table of two classes.
fn write_table(desk: &Desk, name: &str) {
    let rows: String = (1..=60).map(|row| format!("{row}.5,{}.2,{}\n", row * 7 % 13, 1 + row % 2)).collect();
    fs::write(desk.path(name), format!("a,b,k\n{rows}")).unwrap();
}

/// A desk with the run `a` of the table `two.csv`.
pub(crate) fn desk_with_run() -> Desk {
    let desk = Desk::new();
    write_table(&desk, "two.csv");
    desk.train("--data two.csv --label k --epochs 2", "a");
    desk
}

/// What a command says that is refused before it waits for anything.
fn refused_at_once(desk: &Desk, words: &str) -> String {
    let output = desk.trainer(words).timeout(std::time::Duration::from_secs(60)).assert().code(2);
    let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(!text.contains("panicked"), "{words}: {text}");
    text
}

#[cfg(unix)]
fn make_pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
fn make_folder(path: &Path) {
    fs::create_dir(path).unwrap();
}

/// Whether permissions hold nobody off, as those of the system's administrator.
#[cfg(unix)]
fn may_read(path: &Path) -> bool {
    fs::File::open(path).is_ok()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_page_replaces_nothing_that_it_cannot_read() {
    let desk = desk_with_run();
    make_pipe(&desk.path("pipe"));
    for place in ["pipe", "/dev/null"] {
        let text = refused_at_once(&desk, &format!("report a --out {place}"));
        assert!(text.contains("is a pipe or a device, where no file can be put"), "{text}");
    }
    std::os::unix::fs::symlink("nowhere", desk.path("link")).unwrap();
    let text = refused_at_once(&desk, "report a --out link");
    assert!(text.contains("link is a link to nowhere, where there is nothing; remove it, or name another"), "{text}");
    assert!(desk.path("link").is_symlink());
    fs::write(desk.path("mine.html"), "mine").unwrap();
    set_mode(&desk.path("mine.html"), 0o000);
    if !may_read(&desk.path("mine.html")) {
        let text = refused_at_once(&desk, "report a --out mine.html");
        assert!(text.contains("cannot read mine.html, and only a page of this program is replaced"), "{text}");
        assert!(text.contains("change its permissions, or ask its owner to"), "{text}");
    }
    set_mode(&desk.path("mine.html"), 0o644);
    assert_eq!(fs::read_to_string(desk.path("mine.html")).unwrap(), "mine");
    // A link to a page stays one.
    desk.trainer("report a --out page.html").assert().success();
    std::os::unix::fs::symlink("page.html", desk.path("linked.html")).unwrap();
    desk.trainer("report a --out linked.html").assert().success();
    assert!(desk.path("linked.html").is_symlink() && !desk.path("page.html").is_symlink());
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_pipe_in_a_run_folder() {
    let desk = desk_with_run();
    let expected = "it is a pipe or a device, expected a file";
    let with_pipe = |file: &str, words: &str| {
        let (file, aside) = (desk.path(file), desk.path("aside"));
        fs::rename(&file, &aside).unwrap();
        make_pipe(&file);
        let text = refused_at_once(&desk, words);
        assert!(text.contains(expected), "{words}: {text}");
        fs::rename(&aside, &file).unwrap();
    };
    let newest = files_in(&desk.path("a/checkpoints")).pop().unwrap();
    with_pipe("a/run.lock", "--resume a --epochs +1");
    with_pipe(&format!("a/checkpoints/{newest}"), "--resume a --epochs +1");
    with_pipe("a/log.txt", "--resume a --epochs +1");
    // What only looks goes on.
    fs::remove_file(desk.path("a/run.lock")).unwrap();
    make_pipe(&desk.path("a/run.lock"));
    make_pipe(&desk.path("a/diverged.txt"));
    let minute = std::time::Duration::from_secs(60);
    let output = desk.trainer("runs ls --in .").timeout(minute).assert().success();
    assert!(String::from_utf8_lossy(&output.get_output().stdout).contains(" two "));
}

#[cfg(unix)]
#[test]
fn a_run_that_cannot_go_on_is_not_made_longer() {
    let desk = desk_with_run();
    let before = fs::read(desk.path("a/run.json")).unwrap();
    let words = "--resume a --epochs +3";
    let aside = desk.path("aside");
    for name in ["log.txt", "metrics.csv", "diverged.txt"] {
        let file = desk.path(&format!("a/{name}"));
        let is_there = file.exists();
        if is_there {
            fs::rename(&file, &aside).unwrap();
        }
        for make in [make_folder, make_pipe] {
            make(&file);
            for _ in 0..2 {
                let text = refused_at_once(&desk, words);
                assert!(text.contains(name) && text.contains(", expected a file"), "{text}");
            }
            fs::remove_file(&file).or_else(|_| fs::remove_dir(&file)).unwrap();
        }
        if is_there {
            fs::rename(&aside, &file).unwrap();
        }
    }
    set_mode(&desk.path("a/log.txt"), 0o400);
    let log = fs::OpenOptions::new().append(true).open(desk.path("a/log.txt"));
    if log.is_err() {
        assert!(refused_at_once(&desk, words).contains("log.txt"));
    }
    set_mode(&desk.path("a/log.txt"), 0o644);
    // What looks on may be refused, too.
    refused_at_once(&desk, &format!("{words} --progress tui"));
    assert!(fs::read(desk.path("a/run.json")).unwrap() == before);
    desk.trainer(words).assert().success();
    let settings: Value = serde_json::from_slice(&fs::read(desk.path("a/run.json")).unwrap()).unwrap();
    let extensions = settings["extensions"].as_array().unwrap();
    assert_eq!((extensions.len(), &extensions[0]["epochs"]), (1, &Value::from(5)), "{settings}");
}

#[test]
fn a_plan_of_names_that_look_like_flags_can_be_carried_out() {
    let desk = Desk::new();
    write_table(&desk, "-d.csv");
    let words = "--data=-d.csv --label k --epochs 1 --seeds 1,2 --out=-o";
    let output = desk.trainer(&format!("{words} --plan")).assert().success();
    let plan = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(plan.lines().count(), 2, "{plan}");
    for line in plan.lines() {
        assert!(line.contains(" --data=-d.csv ") && line.contains(" --out=-o/seed"), "{line}");
        let (_, words) = line.split_once(' ').unwrap();
        desk.trainer(&format!("{words} --threads 1 --progress none")).assert().success();
    }
    // As are the processes that a sweep starts itself.
    desk.trainer(&format!("{} --threads 1 --progress none", words.replace("=-o", "=-p"))).assert().success();
    assert!(desk.path("-p/seed2/report.json").exists());
}

#[test]
fn a_dash_is_no_name() {
    let desk = desk_with_run();
    for words in ["eval --run a --list -", "report a --out -", "export --run a --format onnx -", "man -"] {
        let text = desk.refused(words);
        assert!(text.contains("- names neither a file nor a folder here; ./- names what is called so"), "{text}");
    }
    for words in ["--model softmax_digits --out -", "--data - --label k", "new mine --data -", "--resume -"] {
        assert!(desk.refused(words).contains("./- names what is called so"), "{words}");
    }
    for words in ["predict --run a -", "--recipe -", "find-rate -"] {
        let text = desk.refused(words);
        assert!(text.contains("standard input is /dev/stdin, and ./- names a file called so"), "{text}");
    }
    assert!(!desk.path("-").exists());
    desk.trainer("eval --run a --list ./-").assert().success();
    assert!(desk.path("-").is_file());
}

#[cfg(unix)]
#[test]
fn data_that_can_be_read_but_once_is_refused() {
    let desk = Desk::new();
    write_table(&desk, "two.csv");
    for pipe in ["f.csv", "fx.npz", "f"] {
        make_pipe(&desk.path(pipe));
        for words in [format!("--data {pipe} --label k"), format!("--model mlp_digits --data {pipe}")] {
            let text = refused_at_once(&desk, &words);
            assert!(text.contains(&format!("{pipe} is a pipe, a device or standard input, expected")), "{text}");
            assert!(text.contains("write it to a file and name that"), "{text}");
        }
    }
    let table = fs::read(desk.path("two.csv")).unwrap();
    let output = desk.trainer("--data /dev/stdin --label k").write_stdin(table).assert().code(2);
    let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(text.contains("/dev/stdin is a pipe, a device or standard input"), "{text}");
    assert!(!desk.path("runs").exists());
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_or_written_is_said_with_what_to_do() {
    let desk = desk_with_run();
    fs::create_dir(desk.path("closed")).unwrap();
    write_table(&desk, "closed/two.csv");
    desk.train("--data closed/two.csv --label k --epochs 1", "b");
    for name in ["two.csv", "a/run.json"] {
        set_mode(&desk.path(name), 0o000);
    }
    set_mode(&desk.path("closed"), 0o000);
    if !may_read(&desk.path("two.csv")) {
        for words in [
            "eval --run a",
            "--resume a --epochs +1",
            "--data two.csv --label k",
            "--recipe two.csv",
            "man closed/pages",
            "runs ls --in closed",
            "--data closed/two.csv --label k",
            "eval --run b",
        ] {
            let text = desk.refused(words);
            assert!(text.contains("change its permissions, or ask its owner to"), "{words}: {text}");
        }
    }
    set_mode(&desk.path("closed"), 0o755);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_folder() {
    let desk = Desk::new();
    make_pipe(&desk.path("pipe"));
    fs::write(desk.path("file"), "x").unwrap();
    for name in ["pipe", "file"] {
        for words in [
            "--model softmax_digits --offline --out",
            "--model softmax_digits --offline --runs",
            "man",
            "inspect --pretrained softmax_digits --out",
        ] {
            let text = refused_at_once(&desk, &format!("{words} {name}"));
            assert!(text.contains(name) && !text.contains("os error"), "{words}: {text}");
        }
        for words in ["runs ls --in", "compare"] {
            let text = refused_at_once(&desk, &format!("{words} {name}"));
            assert!(text.contains(&format!("{name} is a file, expected a folder; name another")), "{text}");
        }
    }
}

#[cfg(unix)]
#[test]
fn names_with_control_characters_are_refused_or_made_harmless() {
    let desk = Desk::new();
    write_table(&desk, "two.csv");
    fs::copy(desk.path("two.csv"), desk.path("n\nl.csv")).unwrap();
    let output = desk.trainer("--label k --epochs 1").args(["--data", "n\nl.csv"]).assert().code(2);
    let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(text.contains("n\\nl.csv, expected one of at most 100 printable characters; rename it"), "{text}");
    assert!(output.get_output().stdout.is_empty() && text.lines().count() == 1, "{text}");
    fs::create_dir(desk.path("e\u{1b}[2J")).unwrap();
    fs::copy(desk.path("two.csv"), desk.path("e\u{1b}[2J/two.csv")).unwrap();
    let words = "--label k --epochs 1 --threads 1 --out run --data e\u{1b}[2J/two.csv";
    let output = desk.trainer(words).assert().success();
    let said = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(said.contains("e\\u{1b}[2J/two.csv: 60 rows") && !said.contains('\u{1b}'), "{said}");
    let output = desk.trainer("predict --run run e\u{1b}[2J/two.csv").assert().success();
    let said = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(said.contains("e\\u{1b}[2J/two.csv:2: ") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn lines_for_programs_are_refused_where_there_are_none() {
    let desk = Desk::new();
    write_table(&desk, "two.csv");
    let commands = ["new mine --data two.csv --label k", "fetch digits --offline"];
    for words in commands {
        let text = desk.refused(&format!("{words} --progress json"));
        assert!(text.contains("--progress json is for training alone"), "{text}");
    }
    assert!(!desk.path("mine.toml").exists());
    // A setting of the machine is for what has such lines.
    for words in commands {
        desk.trainer(words).env("ZOO_PROGRESS", "json").assert().success();
    }
}
