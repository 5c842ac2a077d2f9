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
fn desk_with_run() -> Desk {
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

#[test]
fn not_even_force_replaces_the_run_or_the_data_that_is_read() {
    let desk = desk_with_run();
    fs::write(desk.path("mine.toml"), fs::read(desk.path("a/recipe.toml")).unwrap()).unwrap();
    let checkpoint = format!("a/checkpoints/{}", files_in(&desk.path("a/checkpoints"))[0]);
    let contents = |desk: &Desk| {
        let own = ["report.json", "run.json", "model.safetensors", "metrics.csv"].map(|name| format!("a/{name}"));
        let all = own.into_iter().chain(["two.csv".into(), "mine.toml".into(), checkpoint.clone()]);
        all.map(|name| fs::read(desk.path(&name)).unwrap()).collect::<Vec<_>>()
    };
    let before = contents(&desk);
    let of_run = "is a file of the run in ";
    let over_checkpoint = format!("export --run a {checkpoint} --format onnx --force");
    let of_data = "would replace what is read from ";
    for (words, expected) in [
        ("eval --run a --list a/report.json --force", of_run),
        ("export --run a a/run.json --format safetensors --force", of_run),
        ("export --run a a/model.safetensors --force", of_run),
        ("export --pretrained softmax_digits a/model.safetensors --force", of_run),
        (over_checkpoint.as_str(), of_run),
        ("find-rate softmax_digits --svg a/metrics.csv --force", of_run),
        ("eval --run a --list two.csv --force", of_data),
        ("export --run a two.csv --format onnx --force", of_data),
        ("predict --run a --save-input two.csv --force other.csv", of_data),
        ("find-rate ./mine.toml --svg mine.toml --force", of_data),
        ("find-rate ./mine.toml --svg two.csv --force", of_data),
    ] {
        let text = desk.refused(words);
        assert!(text.contains(expected) && text.contains("name another file"), "{words}: {text}");
    }
    assert!(contents(&desk) == before);
    desk.trainer("eval --run a --list a/examples.csv").assert().success();
    desk.trainer("eval --run a --list a/examples.csv --force").assert().success();
}

#[test]
fn not_even_force_replaces_what_a_run_was_made_by() {
    let desk = desk_with_run();
    fs::copy(desk.path("a/recipe.toml"), desk.path("mine.toml")).unwrap();
    fs::copy(desk.path("a/recipe.toml"), desk.path("mine.txt")).unwrap();
    fs::copy(desk.path("a/model.safetensors"), desk.path("start.safetensors")).unwrap();
    fs::write(desk.path("broken.toml"), "name = ").unwrap();
    desk.train("--recipe mine.txt --init start.safetensors", "b");
    desk.trainer("export --run b b.onnx").assert().success();
    let names = ["mine.toml", "mine.txt", "broken.toml", "start.safetensors"];
    let contents = || names.map(|name| fs::read(desk.path(name)).unwrap());
    let before = contents();
    for name in names {
        let expected = match name {
            "start.safetensors" => {
                "start.safetensors would replace what is read from start.safetensors; name another".into()
            }
            _ => format!("{name} is a recipe or another file of TOML, which no command replaces; name another file"),
        };
        for words in [
            format!("eval --run b --list {name} --force"),
            format!("export --run b --format onnx --force {name}"),
            format!("export --run b --format safetensors --force {name}"),
            format!("predict --run b --save-input {name} --force other.csv"),
        ] {
            let text = desk.refused(&words);
            // A file whose name says safetensors takes no ONNX, whatever is in it.
            let is_misnamed = words == "export --run b --format onnx --force start.safetensors";
            let expected =
                if is_misnamed { "start.safetensors is named like another format" } else { expected.as_str() };
            assert!(text.contains(expected), "{words}: {text}");
        }
    }
    let text = desk.refused("find-rate softmax_digits --svg mine.txt --force");
    assert!(text.contains("mine.txt is a recipe or another file of TOML"), "{text}");
    assert!(contents() == before);
    // What no recipe and no text is may have any name.
    for _ in 0..2 {
        desk.trainer("export --run b --format onnx --force model.toml").assert().success();
    }
    desk.trainer("export --run b --format onnx --force b.onnx").assert().success();
}

#[test]
fn nothing_is_put_among_the_data_that_is_read() {
    let desk = Desk::new();
    for (class, shade) in [("cat", 40), ("dog", 200)] {
        fs::create_dir_all(desk.path("pets").join(class)).unwrap();
        for number in 0..6_u8 {
            let picture = image::GrayImage::from_fn(8, 8, |x, y| image::Luma([shade + number + (x * y % 7) as u8]));
            picture.save(desk.path(&format!("pets/{class}/{number}.png"))).unwrap();
        }
    }
    fs::copy(desk.path("pets/cat/0.png"), desk.path("x.png")).unwrap();
    desk.train("--data pets --model mlp_digits --epochs 1", "a");
    for words in [
        "predict --run a --save-input pets/cat x.png",
        "predict --run a --save-input pets/cat/new.png --force x.png",
        "eval --run a --list pets/list.csv",
        "export --run a pets/dog/model.onnx",
        "find-rate ./a/recipe.toml --svg pets/cat/rates.svg",
        "inspect --run a --out pets/seen",
    ] {
        let text = desk.refused(words);
        assert!(text.contains(" lies in the data read from "), "{words}: {text}");
        assert!(text.contains("; name another file"), "{words}: {text}");
    }
    let text = desk.refused("export --run a pets/cat/0.png --format onnx --force");
    assert!(text.contains("would replace what is read from "), "{text}");
    assert_eq!(["cat", "dog"].map(|class| files_in(&desk.path("pets").join(class)).len()), [6, 6]);
    assert_eq!(files_in(&desk.path("pets")), ["cat", "dog"]);
    desk.trainer("predict --run a --save-input . x.png").assert().success();
    assert!(desk.path("x-input.png").exists());
}

#[test]
fn nothing_is_put_among_checkpoints() {
    let desk = desk_with_run();
    let before = files_in(&desk.path("a/checkpoints"));
    for words in [
        "export --run a a/checkpoints/x.onnx",
        "export --run a a/checkpoints/x.onnx --force",
        "eval --run a --list a/checkpoints/x.csv",
        "report a --out a/checkpoints/x.html",
        "inspect --run a --out a/checkpoints/seen",
    ] {
        let text = desk.refused(words);
        let expected = " lies among the checkpoints of the run in ";
        assert!(text.contains(expected) && text.contains("; name another file"), "{words}: {text}");
    }
    assert_eq!(files_in(&desk.path("a/checkpoints")), before);
    // Beside the run's other files there is room for what is made of it, and nothing takes it for the run's.
    desk.trainer("export --run a a/y.safetensors").assert().success();
    desk.trainer("--resume a --epochs +1").assert().success();
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
fn what_cannot_be_pruned_is_kept_and_the_others_go() {
    let desk = Desk::new();
    for name in ["1", "2", "3"] {
        desk.train("--model softmax_digits --epochs 1", &format!("runs/{name}"));
    }
    fs::remove_file(desk.path("runs/1/run.lock")).unwrap();
    fs::create_dir(desk.path("runs/1/run.lock")).unwrap();
    let pruned = |words: &str| -> Value {
        let output = desk.trainer(words).assert().success();
        serde_json::from_slice(&output.get_output().stdout).unwrap()
    };
    for (words, is_removed) in [("runs prune --json", false), ("runs prune --json --yes", true)] {
        let told = pruned(words);
        assert_eq!((&told["removed"], told["runs"].as_array().unwrap().len()), (&is_removed.into(), 2), "{told}");
        let kept = told["kept"][0]["reason"].as_str().unwrap();
        assert!(kept.starts_with("kept: cannot lock runs/1/run.lock: it is a folder, expected a file"), "{told}");
    }
    let checkpoints = ["1", "2", "3"].map(|name| desk.path(&format!("runs/{name}/checkpoints")).exists());
    assert_eq!(checkpoints, [true, false, false]);
    let output = desk.trainer("runs prune --yes").assert().success();
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(told.starts_with("runs/1: kept: cannot lock "), "{told}");
    let told = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(told, "all checkpoints of finished runs in runs are kept\n");
}

#[test]
fn a_removal_that_was_wanted_and_failed_is_no_success() {
    let desk = Desk::new();
    for (words, is_json) in [("runs prune --yes", false), ("runs prune --yes --json", true)] {
        for name in ["1", "2"] {
            desk.train("--model softmax_digits --epochs 1", &format!("runs/{name}"));
        }
        // Weights to start from, which go with the checkpoints, but for a folder.
        fs::create_dir(desk.path("runs/1/init.safetensors")).unwrap();
        desk.trainer("runs prune").assert().success();
        let output = desk.trainer(words).assert().code(2);
        let output = output.get_output();
        let [told, warned] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        let reason = "kept: cannot remove runs/1/init.safetensors: ";
        assert!(warned.contains(reason) && told.contains(reason) == is_json, "{told} {warned}");
        assert!(told.contains(if is_json { "\"removed\":true" } else { "in 1 folders" }), "{told}");
        assert!(!desk.path("runs/2/checkpoints").exists());
        fs::remove_dir_all(desk.path("runs")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_pruned_through_a_link() {
    let desk = Desk::new();
    for name in ["linked", "whole"] {
        desk.train("--model softmax_digits --epochs 1", &format!("runs/{name}"));
    }
    fs::rename(desk.path("runs/linked/checkpoints"), desk.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../../elsewhere", desk.path("runs/linked/checkpoints")).unwrap();
    let before = files_in(&desk.path("elsewhere"));
    let output = desk.trainer("runs prune --yes").assert().success();
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(told.contains("runs/linked/checkpoints is a link, through which nothing is removed"), "{told}");
    assert_eq!(files_in(&desk.path("elsewhere")), before);
    assert!(!before.is_empty() && !desk.path("runs/whole/checkpoints").exists());
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
