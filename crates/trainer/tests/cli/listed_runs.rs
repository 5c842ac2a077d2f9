//! What `runs ls` makes of folders that are not as a run leaves them.

use crate::Desk;
use serde_json::Value;
use std::fs;

fn stdout(desk: &Desk, words: &str) -> String {
    let output = desk.trainer(words).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn listed(desk: &Desk) -> Vec<Value> {
    serde_json::from_str(&stdout(desk, "runs ls --json")).unwrap()
}

/// The line of a list about a run of that name.
fn line(text: &str, name: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("{name} in {text}")).to_string()
}

#[test]
fn without_a_folder_there_are_no_runs_unless_it_was_named() {
    let desk = Desk::new();
    for action in ["ls", "prune", "clean"] {
        assert_eq!(stdout(&desk, &format!("runs {action}")), "no runs yet in runs\n");
        let refused = desk.refused(&format!("runs {action} --in runs"));
        assert_eq!(refused, "error: there is no folder runs; name one that holds runs with --in\n");
    }
    assert!(listed(&desk).is_empty());
    // A setting of the machine is no order.
    let output = desk.trainer("runs ls").env("ZOO_RUNS", "elsewhere").assert().success();
    assert_eq!(output.get_output().stdout, b"no runs yet in elsewhere\n");
    assert_eq!(files_at(&desk), 0, "looking makes nothing");
}

fn files_at(desk: &Desk) -> usize {
    desk.path("").read_dir().unwrap().count()
}

#[test]
fn what_is_left_of_a_run_is_listed_with_the_reason() {
    let desk = Desk::new();
    for name in ["whole", "without_settings", "without_lock", "without_recipe"] {
        desk.train("--model softmax_digits --epochs 1", &format!("runs/{name}"));
    }
    fs::remove_file(desk.path("runs/without_settings/run.json")).unwrap();
    for file in ["run.json", "run.lock"] {
        fs::remove_file(desk.path("runs/without_lock").join(file)).unwrap();
    }
    fs::remove_file(desk.path("runs/without_recipe/recipe.toml")).unwrap();
    let (text, all) = (stdout(&desk, "runs ls"), listed(&desk));
    assert!(line(&text, "whole").contains("finished"), "{text}");
    for (name, file) in
        [("without_settings", "run.json"), ("without_lock", "run.json"), ("without_recipe", "recipe.toml")]
    {
        let reason = format!("there is no {file} in it; put it back, or remove the folder");
        assert!(line(&text, name).contains(&format!("unreadable: {reason}")), "{text}");
        let entry = all.iter().find(|run| run["path"].as_str().unwrap().ends_with(name)).unwrap();
        assert_eq!((entry["state"].as_str(), entry["reason"].as_str()), (Some("unreadable"), Some(reason.as_str())));
    }
    assert_eq!((all.len(), text.lines().count()), (4, 5));
    // What they have reached is not cleaned away.
    desk.trainer("runs clean --yes").assert().success();
    assert!(desk.path("runs/without_lock/report.json").exists());
}

#[test]
fn a_finished_run_without_its_settings_is_not_called_finished() {
    let desk = Desk::new();
    for file in ["run.json", "recipe.toml"] {
        desk.train("--model softmax_digits --epochs 1", "run");
        fs::remove_file(desk.path("run").join(file)).unwrap();
        let refused = desk.refused("--resume run");
        assert_eq!(
            refused,
            format!("error: run is not a run folder: there is no {file} in it; put it back, or remove the folder\n")
        );
        fs::remove_dir_all(desk.path("run")).unwrap();
    }
}

#[test]
fn settings_that_are_damaged_say_what_to_do() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "run");
    fs::write(desk.path("run/run.json"), "{").unwrap();
    for words in ["eval --run run --offline", "export --run run out.safetensors"] {
        let refused = desk.refused(words);
        assert!(refused.starts_with("error: run/run.json is damaged: "), "{refused}");
        assert!(
            refused.trim_end().ends_with("; put a whole copy of it back, or train anew in another folder"),
            "{refused}"
        );
    }
}

#[test]
fn a_sweep_counts_its_broken_runs() {
    let desk = Desk::new();
    let sweep = "--model softmax_digits --epochs 1 --seeds 1..2 --offline --progress none --threads 1 --out runs/sweep";
    desk.trainer(sweep).assert().success();
    fs::write(desk.path("runs/sweep/seed2/run.json"), "{").unwrap();
    let text = stdout(&desk, "runs ls");
    assert!(line(&text, "sweep").contains("sweep: 1 of 2 runs finished, 1 unreadable"), "{text}");
}

#[cfg(unix)]
#[test]
fn links_are_shown_and_nothing_is_removed_through_them() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "disk/run");
    fs::create_dir(desk.path("runs")).unwrap();
    for (target, name) in [("../disk/run", "a_run"), ("../disk", "folder"), (".", "itself"), ("../gone", "nowhere")] {
        symlink(target, desk.path("runs").join(name)).unwrap();
    }
    fs::write(desk.path("notes"), "x").unwrap();
    symlink("../notes", desk.path("runs/file")).unwrap();
    let (text, all) = (stdout(&desk, "runs ls"), listed(&desk));
    let run = line(&text, "a_run");
    assert!(run.contains("softmax_digits") && run.contains("link to ../disk/run: finished"), "{text}");
    for (name, words) in [
        ("folder", "link to ../disk: not followed; list it with --in"),
        ("itself", "link to .: not followed; list it with --in"),
        ("nowhere", "link to ../gone: it leads nowhere"),
    ] {
        assert!(line(&text, name).contains(words), "{text}");
    }
    assert_eq!((all.len(), text.lines().count()), (4, 5));
    assert!(all.iter().all(|one| one["kind"] == "link") && all[0]["run"]["state"] == "finished", "{all:?}");
    assert!(stdout(&desk, "runs ls --in runs/folder").contains("run "));
    // It is for whoever names the folder itself.
    assert_eq!(stdout(&desk, "runs prune --yes"), "no checkpoints of finished runs in runs\n");
    fs::write(desk.path("disk/run/run.json"), "{").unwrap();
    desk.trainer("runs clean --yes").assert().success();
    assert!(desk.path("disk/run/checkpoints").exists() && desk.path("runs/a_run").is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn names_stay_on_their_line_and_out_of_the_terminal() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    for name in [b"two\nlines\x1b[2J".as_slice(), b"not\xffunicode"] {
        let folder = desk.path("runs").join(std::ffi::OsStr::from_bytes(name));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("run.lock"), "").unwrap();
    }
    for words in ["runs ls", "runs clean"] {
        let text = stdout(&desk, words);
        assert!(text.contains("two\\nlines\\u{1b}[2J") && text.lines().count() == 3, "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
    assert_eq!(listed(&desk).len(), 2);
    assert!(stdout(&desk, "runs clean --json").contains("unicode"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_is_listed_with_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let closed = desk.path("runs/closed");
    desk.train("--model softmax_digits --epochs 1", "runs/closed");
    let allow = |mode: u32| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o000, 0o444] {
        allow(mode);
        // Some users may read everything.
        if fs::read_dir(&closed).is_ok() && fs::metadata(closed.join("run.json")).is_ok() {
            break;
        }
        let text = stdout(&desk, "runs ls");
        let said = line(&text, "closed");
        assert!(
            said.contains("ermission denied") && said.contains("change its permissions, or ask its owner"),
            "{text}"
        );
        assert_eq!(listed(&desk)[0]["state"], "inaccessible");
    }
    allow(0o755);
    assert!(line(&stdout(&desk, "runs ls"), "closed").contains("finished"));
}
