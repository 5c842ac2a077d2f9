//! Several runs as one command: what it plans, trains, refuses and goes on with.

use crate::{Desk, files_in, last_line};
use std::fs;
use std::process::Command;

const WORDS: &str =
    "--model mlp_digits --epochs 2 --set model.hidden=[8],[16] --seeds 1..2 --offline --threads 1 --out sweep";
const RUNS: [&str; 4] = ["hidden=16,seed1", "hidden=16,seed2", "hidden=8,seed1", "hidden=8,seed2"];

/// The rows of `sweep.csv`: a cell of each by its column's name.
fn column(desk: &Desk, name: &str) -> Vec<String> {
    let mut table = csv::Reader::from_path(desk.path("sweep/sweep.csv")).unwrap();
    let place = table.headers().unwrap().iter().position(|column| column == name).unwrap();
    table.records().map(|row| row.unwrap()[place].to_string()).collect()
}

fn stdout(output: &std::process::Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn runs_side_by_side_give_the_bits_of_runs_alone_and_a_row_each() {
    let desk = Desk::new();
    let output = desk.trainer(&format!("{WORDS} --jobs 2")).assert().success();
    let text = stdout(output.get_output());
    assert_eq!(last_line(&output.get_output().stdout), "sweep");
    assert!(text.contains("best on validation: hidden=") && text.contains("2/2"), "{text}");
    assert_eq!(
        files_in(&desk.path("sweep")),
        [&RUNS[..], &["log.txt", "run.lock", "sweep.csv", "sweep.json"]].concat()
    );
    let alone = desk.train("--model mlp_digits --epochs 2 --set model.hidden=[16] --seed 2", "alone");
    let beside = desk.report("sweep/hidden=16,seed2");
    assert_eq!(beside.weights_sha256, alone.weights_sha256);

    assert_eq!(column(&desk, "run"), ["hidden=8,seed1", "hidden=8,seed2", "hidden=16,seed1", "hidden=16,seed2"]);
    assert_eq!(column(&desk, "model.hidden"), ["[8]", "[8]", "[16]", "[16]"]);
    assert_eq!(column(&desk, "seed"), ["1", "2", "1", "2"]);
    assert_eq!(column(&desk, "state"), ["finished"; 4]);
    assert_eq!(column(&desk, "valid_accuracy")[3], alone.valid.accuracy.to_string());
    assert_eq!(column(&desk, "test_loss")[3], alone.test.loss.to_string());
}

#[test]
fn the_same_command_goes_on_and_what_is_finished_is_left_alone() {
    let desk = Desk::new();
    desk.trainer(WORDS).assert().success();
    let modified =
        |run: &str| fs::metadata(desk.path(&format!("sweep/{run}/report.json"))).unwrap().modified().unwrap();
    let before = RUNS.map(modified);
    let sha256 = desk.report("sweep/hidden=8,seed2").weights_sha256;
    fs::remove_file(desk.path("sweep/hidden=8,seed2/report.json")).unwrap();
    for command in [WORDS, "--resume sweep"] {
        let output = desk.trainer(command).assert().success();
        assert!(stdout(output.get_output()).contains("of 4 runs are over already"));
        assert_eq!(RUNS[..3].iter().map(|run| modified(run)).collect::<Vec<_>>(), before[..3]);
        assert_eq!(desk.report("sweep/hidden=8,seed2").weights_sha256, sha256);
    }
}

#[test]
fn another_plan_in_the_folder_is_refused_and_leaves_it_as_it_is() {
    let desk = Desk::new();
    let plan = "--model softmax_digits --epochs 1 --seeds 1,2 --offline --out sweep";
    desk.trainer(plan).assert().success();
    let before = fs::read(desk.path("sweep/sweep.csv")).unwrap();
    for (words, expected) in [
        (plan.replace("1,2", "1,3"), "seed2"),
        (plan.replace("--epochs 1", "--epochs 2"), "seed1 has another recipe (training.epochs: was 1, now 2)"),
        (plan.replace("1,2", "2,1"), "order"),
    ] {
        let refused = desk.refused(&words);
        assert!(refused.contains("another sweep") && refused.contains(expected), "{words}: {refused}");
    }
    assert_eq!(fs::read(desk.path("sweep/sweep.csv")).unwrap(), before);
    fs::create_dir(desk.path("other")).unwrap();
    fs::write(desk.path("other/notes.txt"), "mine").unwrap();
    let refused = desk.refused("--model softmax_digits --seeds 1,2 --offline --out other");
    assert!(refused.contains("other is not empty") && files_in(&desk.path("other")) == ["notes.txt"], "{refused}");
}

#[test]
fn what_makes_no_sweep_is_refused_before_any_work() {
    let desk = Desk::new();
    let cases: [(&str, &[&str]); 9] = [
        ("--seeds 5..1", &["--seeds", "5..1", "1..20"]),
        ("--seeds 1,1", &["seed 1", "twice"]),
        ("--seeds many", &["many", "1..20"]),
        ("--seeds 1,2 --seed 3", &["--seed"]),
        ("--seeds 1,2 --folds 3", &["--folds", "validation"]),
        ("--set model.hidden=64,32", &["model.mlp.hidden", "64", "--set 'model.hidden=[64,32]'"]),
        ("--set training.epochs=1,,2", &["training.epochs", "empty"]),
        ("--set training.epochs=1,1", &["training.epochs", "twice", "brackets"]),
        ("--seeds 1..5000 --set training.epochs=1,2,3", &["15000 runs", "10000"]),
    ];
    for (words, expected) in cases {
        let said = desk.refused(&format!("--model mlp_digits {words} --offline --out sweep"));
        assert!(expected.iter().all(|part| said.contains(part)), "{words}: {said}");
    }
    assert!(!desk.path("sweep").exists());
}

#[test]
fn a_swept_key_that_is_set_again_is_refused() {
    let desk = Desk::new();
    let cases: [(&str, &[&str]); 15] = [
        ("--epochs 1 --set training.epochs=1,20", &["--set training.epochs=1 ", "beside --epochs,"]),
        ("--epochs 1 --set training.epochs=1,2,x", &["training.epochs", "--epochs"]),
        (
            "--learning-rate 0.001 --set schedule.learning_rate=0.001,0.1",
            &["schedule.learning_rate", "--learning-rate"],
        ),
        (
            "--learning-rate 0.001 --set schedule.cosine.learning_rate=0.001,0.1",
            &["schedule.cosine", "--learning-rate"],
        ),
        ("--batch-size 32 --set training.batch_size=32,256", &["training.batch_size", "--batch-size"]),
        ("--init r --set init.weights=r,mlp_digits", &["init.weights=r", "--init"]),
        ("--init r --set init={weights=\"r\"},{weights=\"mlp_digits\"}", &["init={weights=\"mlp_digits\"}", "--init"]),
        ("--freeze hidden.0 --set init.freeze=[\"hidden.1\"],[\"output\"]", &["init.freeze", "--freeze"]),
        ("--rates output=0.5 --set init.rates.output=0.1,0.2", &["init.rates.output=0.1", "--rates"]),
        ("--set schedule.learning_rate=0.1,0.2 --set schedule.learning_rate=0.3", &["=0.1 ", "=0.3,"]),
        ("--set schedule.learning_rate=0.1,0.2 --set schedule.cosine.learning_rate=0.3,0.4", &["=0.1 ", "=0.3,"]),
        ("--set model.hidden=[32],[64] --set model.hidden=[8]", &["model.hidden=[32]", "model.hidden=[8]"]),
        (
            "--set optimizer.beta1=0.5,0.9 --set optimizer=sgd",
            &["optimizer.beta1=0.5", "or give --set optimizer=sgd first"],
        ),
        ("--set model.dropout=0.1,0.5 --set model=softmax", &["model.dropout=0.1", "model=softmax"]),
        ("--set optimizer=adam,sgd --set optimizer.sgd={}", &["optimizer=adam", "optimizer.sgd={}"]),
    ];
    for (words, expected) in cases {
        for plan in ["", "--plan"] {
            let said = desk.refused(&format!("--model mlp_digits {words} {plan} --offline --out sweep"));
            assert!(said.contains("does not count beside") && said.trim_end().lines().count() == 1, "{words}: {said}");
            assert!(expected.iter().all(|part| said.contains(part)), "{words}: {said}");
        }
    }
    assert!(!desk.path("sweep").exists());
}

#[test]
fn two_settings_of_one_recipe_are_refused() {
    let desk = Desk::new();
    for (words, one, other) in [
        ("--set schedule.learning_rate=0.001,0.002,1e-3", "learning_rate=0.001", "learning_rate=1e-3"),
        ("--set optimizer=sgd,{sgd={}}", "optimizer=sgd", "optimizer={sgd={}}"),
        ("--seeds 1,2 --set training.seeds=[3],[4]", "seeds=[3]", "seeds=[4]"),
    ] {
        for plan in ["", "--plan"] {
            let said = desk.refused(&format!("--model mlp_digits {words} {plan} --offline --out sweep"));
            assert!(said.contains(&format!("the settings {one} and {other} train the same recipe")), "{words}: {said}");
        }
    }
    assert!(!desk.path("sweep").exists());
    // The recipe's first seed is the run's.
    desk.trainer("--model mlp_digits --set training.seeds=[3],[4] --plan --offline --out sweep").assert().success();
}

#[test]
fn settings_that_score_alike_are_a_tie() {
    let desk = Desk::new();
    // After one epoch the last is the best.
    let words =
        "--model softmax_digits --epochs 1 --set training.keep=last,best_valid_loss --seeds 1,2 --offline --out sweep";
    let text = stdout(desk.trainer(words).assert().success().get_output());
    assert!(text.contains("best on validation, a tie: keep=last and keep=best_valid_loss"), "{text}");
}

#[test]
fn a_run_that_diverges_is_a_row_and_not_the_end() {
    let desk = Desk::new();
    let words = "--model mlp_digits --epochs 1 --set optimizer=sgd --set schedule.learning_rate=1e20,0.01 --offline --out sweep";
    let output = desk.trainer(words).assert().success();
    let text = stdout(output.get_output());
    assert!(text.contains("learning_rate=1e20,seed") && text.contains("diverged"), "{text}");
    assert_eq!(column(&desk, "state"), ["diverged", "finished"]);
    assert!(column(&desk, "error")[0].contains("epoch 1, batch"));
    let again = desk.trainer("--resume sweep").assert().success();
    assert!(stdout(again.get_output()).contains("2 of 2 runs are over already"));
}

#[test]
fn a_run_that_fails_is_named_and_the_others_are_trained() {
    let desk = Desk::new();
    let words = "--model mlp_digits --epochs 1 --seeds 1,2 --offline --out sweep";
    desk.trainer(words).assert().success();
    for damage in ["report.json", "run.json"] {
        fs::write(desk.path("sweep/seed1").join(damage), "{").unwrap();
    }
    fs::remove_file(desk.path("sweep/seed2/report.json")).unwrap();
    let said = desk.refused("--resume sweep");
    assert!(said.contains("1 of 2 runs failed") && said.contains("seed1") && said.contains("run.json"), "{said}");
    assert_eq!(column(&desk, "state"), ["failed", "finished"]);
}

#[test]
fn a_plan_is_one_line_a_run_that_trains_it_alone_and_may_be_given_twice() {
    let desk = Desk::new();
    let words = "--model mlp_digits --epochs 1 --seeds 1,2 --set model.hidden=[8],[16] --offline --threads 1 --plan --out sweep";
    let output = desk.trainer(words).assert().success();
    let lines: Vec<String> = stdout(output.get_output()).lines().map(str::to_string).collect();
    assert_eq!(lines.len(), 4);
    assert!(!desk.path("sweep").exists(), "a plan trains nothing");
    assert_eq!(
        lines[3],
        "trainer --model mlp_digits --epochs 1 --threads 1 --offline --set 'model.hidden=[16]' --seed 2 --out 'sweep/hidden=16,seed2' --continue"
            .replace("'sweep/hidden=16,seed2'", "sweep/hidden=16,seed2")
    );
    for _ in 0..2 {
        for line in &lines {
            let line = line.replacen("trainer", env!("CARGO_BIN_EXE_trainer"), 1);
            let status = Command::new("sh").current_dir(desk.path("")).args(["-c", &line]).output().unwrap().status;
            assert!(status.success(), "{line}");
        }
    }
    // What other machines have trained is summed up by the command itself.
    let output = desk.trainer(&words.replace("--plan", "")).assert().success();
    assert!(stdout(output.get_output()).contains("4 of 4 runs are over already"));
    assert_eq!(column(&desk, "state"), ["finished"; 4]);
    let refused =
        desk.refused("--model mlp_digits --epochs 3 --seed 1 --offline --out sweep/hidden=8,seed1 --continue");
    assert!(refused.contains("another recipe"), "{refused}");
}

#[test]
fn a_plan_over_own_data_is_commands_alone_and_a_sweep_says_once_what_the_data_is() {
    let desk = Desk::new();
    let rows: String = (0..60).map(|row| format!("{row}.5,{}.2,{}\n", row * 7 % 13, row % 2)).collect();
    fs::write(desk.path("two.csv"), format!("a,b,k\n{rows}")).unwrap();
    let words = "--data two.csv --label k --epochs 2 --seeds 1,2 --threads 1 --out sweep";
    let planned = desk.trainer(&format!("{words} --plan")).assert().success();
    let lines: Vec<String> = stdout(planned.get_output()).lines().map(str::to_string).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("trainer --data two.csv ")), "{lines:?}");
    let trained = desk.trainer(words).assert().success();
    assert_eq!(stdout(trained.get_output()).matches("two.csv: 60 rows; ").count(), 1);
}

#[test]
fn what_is_wrong_with_own_data_is_told_once_for_all_runs() {
    let desk = Desk::new();
    // Each row twice, so that some are on both sides of a cut.
    let row = |row: usize| format!("{}.5,{}.2,{}\n", row / 2, row / 2 * 7 % 13, row / 2 % 2);
    let rows: String = (0..60).map(row).collect();
    fs::write(desk.path("two.csv"), format!("a,b,k\n{rows}")).unwrap();
    for words in [
        "--out single",
        "--seeds 1,2 --out people",
        "--seeds 1,2 --progress none --out none",
        "--seeds 1,2 --progress json --out json",
        "--set training.batch_size=8,16 --progress none --out set",
        "--seeds 1,2 --plan --out plan",
        "--folds 3 --progress none --out folds",
    ] {
        let output =
            desk.trainer(&format!("--data two.csv --label k --epochs 1 --threads 1 {words}")).assert().success();
        let output = output.get_output();
        let text = [output.stdout.as_slice(), &output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        let expected = " test examples are also in the training split, value by value";
        assert_eq!(text.matches(expected).count(), 1, "{words}: {text}");
    }
    // What no run could be cut from leaves nothing.
    fs::write(desk.path("few.csv"), format!("a,b,k\n{rows}100.5,7.2,9\n101.5,8.2,9\n")).unwrap();
    let refused = desk.refused("--data few.csv --label k --epochs 1 --threads 1 --seeds 1,2 --out few");
    assert!(refused.contains("the class 9 of few has 2 examples, too few to be in"), "{refused}");
    assert!(!desk.path("few").exists());
}

#[cfg(unix)]
mod stopped {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Stdio};

    const LONG: &str =
        "--model mlp_digits --epochs 40 --seeds 1..3 --offline --threads 2 --jobs 2 --progress json --out sweep";

    fn start(desk: &Desk) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trainer"))
            .current_dir(desk.path(""))
            .args(LONG.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The first run is over, another is under way.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        child
    }

    fn send(child: &Child, signal: &str) {
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    }

    /// Waits until no process works in the folder any more, be it that it has a run locked or, where the system tells, that it is about to.
    fn wait_for_runs(desk: &Desk) {
        let folder = fs::canonicalize(desk.path("")).unwrap();
        let works_there = |process: fs::DirEntry| {
            fs::read_link(process.path().join("cwd")).is_ok_and(|works_in| works_in.starts_with(&folder))
        };
        while fs::read_dir("/proc").is_ok_and(|mut processes| processes.any(|process| process.is_ok_and(works_there))) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        for run in ["seed1", "seed2", "seed3"] {
            fs::File::open(desk.path("sweep").join(run).join("run.lock"))
                .map(|lock| lock.lock().unwrap())
                .unwrap_or(());
        }
    }

    #[test]
    fn ctrl_c_and_a_kill_stop_all_runs_with_a_checkpoint_and_they_go_on_to_the_same_bits() {
        let desk = Desk::new();
        let alone = desk.train("--model mlp_digits --epochs 40 --seed 3", "alone").weights_sha256;
        for (signal, code) in [("-INT", Some(130)), ("-KILL", None)] {
            let mut child = start(&desk);
            send(&child, signal);
            assert_eq!(child.wait().unwrap().code(), code);
            if code.is_some() {
                let states = column(&desk, "state");
                assert!(
                    !states.contains(&"running".to_string()) && states.contains(&"finished".to_string()),
                    "{states:?}"
                );
            }
            wait_for_runs(&desk);
            desk.trainer("--resume sweep --progress none").assert().success();
            assert_eq!(column(&desk, "state"), ["finished"; 3]);
            assert_eq!(desk.report("sweep/seed3").weights_sha256, alone);
            fs::remove_dir_all(desk.path("sweep")).unwrap();
        }
    }
}

#[test]
fn a_plan_is_refused_where_its_runs_would_find_no_data_folder() {
    let desk = Desk::new();
    fs::write(desk.path("file"), "mine").unwrap();
    let is_told = |said: &[u8]| {
        let said = String::from_utf8_lossy(said);
        assert!(said.starts_with("error: file is a file, expected a folder for data files"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    };
    for words in ["--data-dir file --plan", "--data-dir file"] {
        is_told(desk.refused(&format!("{WORDS} {words}")).as_bytes());
    }
    let plan = desk.trainer(&format!("{WORDS} --plan")).env("ZOO_DATA_DIR", "file").assert().code(2);
    is_told(&plan.get_output().stderr);
    assert_eq!(files_in(&desk.path("")), ["file"]);
}
