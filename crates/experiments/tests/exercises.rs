//! The exercises as a learner meets them: gaps fail, answers pass, and a usual mistake gets the hint for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use assert_cmd::Command;
use experiments::exercises::{EXERCISES, HINTS, results};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process;

/// The files of the answers, with all their markers, so that `cargo fmt` and clippy read them.
#[allow(clippy::duplicate_mod, unreachable_pub, reason = "each is a crate of its own, and has its own hints.rs")]
#[path = "../exercises"]
mod answers {
    #[path = "adam/lib.rs"]
    pub mod adam;
    #[path = "backprop/lib.rs"]
    pub mod backprop;
    #[path = "convolution/lib.rs"]
    pub mod convolution;
    #[path = "cross_entropy/lib.rs"]
    pub mod cross_entropy;
    #[path = "dropout/lib.rs"]
    pub mod dropout;
    #[path = "early_stopping/lib.rs"]
    pub mod early_stopping;
    #[path = "initial_scale/lib.rs"]
    pub mod initial_scale;
    #[path = "momentum/lib.rs"]
    pub mod momentum;
    #[path = "sigmoid/lib.rs"]
    pub mod sigmoid;
    #[path = "softmax/lib.rs"]
    pub mod softmax;
}

/// A variant of an exercise: its module, its `lib.rs`, and what its tests have to give.
struct Variant {
    module: String,
    lib: String,
    tests: &'static str,
    expected: Expected,
}

#[derive(Debug)]
enum Expected {
    AllPass,
    AllFail,
    Hint(String),
}

fn variants() -> Vec<Variant> {
    let of = |exercise: &'static experiments::exercises::Exercise| {
        let variant = move |word: &str, lib, expected| Variant {
            module: format!("{}_{word}", exercise.name),
            lib,
            tests: exercise.tests,
            expected,
        };
        let mistakes = exercise.mistakes().into_iter().enumerate();
        let mistakes = mistakes
            .map(move |(i, mistake)| variant(&format!("mistake_{i}"), mistake.lib, Expected::Hint(mistake.hint)));
        let gaps = variant("gaps", exercise.with_gaps(), Expected::AllFail);
        [gaps, variant("answer", exercise.answer(), Expected::AllPass)].into_iter().chain(mistakes)
    };
    EXERCISES.iter().flat_map(of).collect()
}

/// Compiles every variant as a module of one crate, and gives what its tests print.
fn log_of(variants: &[Variant], folder: &Path) -> String {
    let mut root = String::new();
    for variant in variants {
        let module = folder.join(&variant.module);
        fs::create_dir(&module).unwrap();
        fs::write(module.join("mod.rs"), &variant.lib).unwrap();
        fs::write(module.join("tests.rs"), variant.tests).unwrap();
        root += &format!("mod {};\n", variant.module);
    }
    fs::write(folder.join("hints.rs"), HINTS).unwrap();
    fs::write(folder.join("all.rs"), root).unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let options = ["--test", "--edition=2024", "--cap-lints=allow", "-Cdebuginfo=0", "all.rs", "-o", "all"];
    let compiled = process::Command::new(compiler).current_dir(folder).args(options).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let run = process::Command::new(folder.join("all")).env("RUST_BACKTRACE", "0").output().unwrap();
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn gaps_fail_answers_pass_and_mistakes_get_their_hint() {
    let folder = tempfile::tempdir().unwrap();
    let variants = variants();
    let log = log_of(&variants, folder.path());
    let mut by_module: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for result in results(&log, "") {
        let module = result.name.split_once("::").unwrap().0;
        by_module.entry(module.into()).or_default().push(result);
    }
    assert_eq!(by_module.len(), variants.len());
    for Variant { module, tests, expected, .. } in &variants {
        let results = &by_module[module];
        assert_eq!(results.len(), tests.matches("#[test]").count(), "{module}");
        let mut messages =
            results.iter().filter_map(|result| result.failure.as_ref()).map(|failure| &failure.message[..]);
        let right = match expected {
            Expected::AllPass => messages.next().is_none(),
            Expected::AllFail => {
                messages.filter(|message| message.starts_with("not yet implemented: ")).count() == results.len()
            }
            Expected::Hint(hint) => {
                messages.any(|message| message.split_once("\nhint: ").is_some_and(|(_, told)| told.contains(hint)))
            }
        };
        assert!(right, "{module} {expected:?}: {results:#?}");
    }
}

/// The program, started in `folder`.
fn experiments(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_experiments"));
    command.current_dir(folder).args(arguments);
    command
}

/// What it prints and its exit code.
fn outcome(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output = experiments(folder, arguments).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (if output.status.code() == Some(2) { error } else { text }, output.status.code().unwrap())
}

/// The progress that the list gives for an exercise.
fn progress(folder: &Path, name: &str) -> &'static str {
    let (list, _) = outcome(folder, &["exercise"]);
    let line = list.lines().find(|line| line.starts_with(name)).unwrap();
    ["begun", "done"].into_iter().find(|word| line.split_whitespace().any(|other| other == *word)).unwrap_or("")
}

#[test]
fn an_exercise_is_written_checked_and_done() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lib = folder.join("exercises/dropout/src/lib.rs");
    assert_eq!(progress(folder, "dropout"), "");
    let (text, code) = outcome(folder, &["exercise", "dropout"]);
    assert!(code == 0 && text.contains("then: experiments check exercises/dropout"), "{text}");
    assert_eq!(progress(folder, "dropout"), "begun");
    let (text, code) = outcome(folder, &["check"]);
    assert!(
        code == 1 && text.starts_with("dropout: 0 of 4 tests pass\n") && text.contains("not yet implemented: "),
        "{text}"
    );

    let (answer, _) = outcome(folder, &["exercise", "dropout", "--answer"]);
    fs::write(&lib, answer.replace("value / (1.0 - self.p)", "*value")).unwrap();
    let (text, code) = outcome(folder, &["check", "exercises/dropout"]);
    assert!(
        code == 1 && text.contains("hint: what is kept has to be scaled up: the factor 1/(1 - p) is missing"),
        "{text}"
    );
    // In the order of the source.
    let place = |test: &str| text.find(test).unwrap();
    assert!(place("the_mean_over_many_masks") < place("dropped_is_what_has"), "{text}");

    fs::write(&lib, &answer).unwrap();
    let (text, code) = outcome(&folder.join("exercises/dropout"), &["check"]);
    assert!(code == 0 && text.starts_with("dropout: all 4 tests pass"), "{text}");
    assert_eq!(progress(folder, "dropout"), "done");
    fs::write(&lib, answer + "\n").unwrap();
    assert_eq!(progress(folder, "dropout"), "begun");
}

#[test]
fn cargo_alone_runs_the_tests_offline_also_within_another_workspace() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\nresolver = \"3\"\n").unwrap();
    experiments(folder.path(), &["exercise", "sigmoid"]).assert().success();
    let crate_folder = folder.path().join("exercises/sigmoid");
    assert!(fs::read_to_string(crate_folder.join("README.md")).unwrap().lines().count() <= 11);
    let (answer, _) = outcome(folder.path(), &["exercise", "sigmoid", "--answer"]);
    fs::write(crate_folder.join("src/lib.rs"), answer).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = crate_folder.join("target");
    let run = Command::new(cargo)
        .current_dir(&crate_folder)
        .args(["test", "--offline", "--target-dir"])
        .arg(target)
        .assert()
        .success();
    assert!(String::from_utf8_lossy(&run.get_output().stdout).contains("3 passed"));
}

#[test]
fn tests_that_were_changed_or_left_out_do_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    experiments(folder, &["exercise", "sigmoid", "here"]).assert().success();
    fs::write(folder.join("here/src/tests.rs"), "#[test]\nfn the_derivative_is_the_slope() {}\n").unwrap();
    let (text, code) = outcome(folder, &["check", "here"]);
    assert!(code == 1 && text.starts_with("sigmoid: 0 of 3 tests pass"), "{text}");
    let lib = folder.join("here/src/lib.rs");
    let without = fs::read_to_string(&lib).unwrap().replace("#[cfg(test)]\nmod tests;\n", "");
    fs::write(&lib, without).unwrap();
    let (text, code) = outcome(folder, &["check", "here"]);
    assert!(code == 1 && text.contains("has to end with `#[cfg(test)] mod tests;`"), "{text}");
}

#[test]
fn several_are_checked_in_the_order_of_the_notes_and_one_that_fails_decides() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["sigmoid", "softmax"] {
        experiments(folder, &["exercise", name]).assert().success();
    }
    let (answer, _) = outcome(folder, &["exercise", "sigmoid", "--answer"]);
    fs::write(folder.join("exercises/sigmoid/src/lib.rs"), answer).unwrap();
    let (text, code) = outcome(folder, &["check"]);
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!((code, lines.len()), (1, 2), "{text}");
    assert!(
        lines[0].starts_with("softmax: 0 of 5") && lines[1].starts_with("sigmoid: all 3 tests pass; next: "),
        "{text}"
    );
}

/// The one sentence of a refusal.
fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let (text, code) = outcome(folder, arguments);
    assert!(code == 2 && text.starts_with("error: ") && text.lines().count() == 1, "{code}: {text}");
    text
}

#[test]
fn what_lies_there_already_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir_all(folder.join("mine/src")).unwrap();
    fs::write(folder.join("mine/src/lib.rs"), "mine").unwrap();
    let text = refusal(folder, &["exercise", "adam", "mine"]);
    assert!(text.contains("mine/src/lib.rs is there already"), "{text}");
    assert_eq!(fs::read_to_string(folder.join("mine/src/lib.rs")).unwrap(), "mine");
    assert!(!folder.join("mine/Cargo.toml").exists());
    fs::write(folder.join("file"), "mine").unwrap();
    assert!(refusal(folder, &["exercise", "adam", "file"]).contains("cannot make the folder file"));
}

#[test]
fn names_and_folders_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = refusal(folder, &["exercise", "adma"]);
    assert!(
        text.contains("there is no exercise `adma` (did you mean `adam`?); known are softmax, sigmoid, "),
        "{text}"
    );
    assert!(refusal(folder, &["exercise", "adma", "--answer"]).contains("there is no exercise"));
    assert!(refusal(folder, &["check"]).contains("there is no exercise in exercises: "));
    assert!(refusal(folder, &["check", "nowhere"]).contains("there is no exercise in nowhere: "));
    experiments(folder, &["exercise", "adam"]).assert().success();
    fs::remove_file(folder.join("exercises/adam/src/lib.rs")).unwrap();
    assert!(refusal(folder, &["check"]).contains("cannot read exercises/adam/src/lib.rs"));
    experiments(folder, &["exercise", "adam", "other", "--answer"]).assert().code(2);
    experiments(folder, &["exercise", "--answer"]).assert().code(2);
}
