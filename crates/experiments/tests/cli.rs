//! The command line as a user meets it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use experiments::errata::{ERRATA, Erratum, Evidence};
use experiments::{ALL, Setup};
use zoo_results::outcome::{FindingVerdict, Outcome};

fn experiments(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_experiments"));
    command.args(arguments);
    command
}

/// What a command that succeeds prints.
fn printed(arguments: &[&str]) -> String {
    String::from_utf8(experiments(arguments).assert().success().get_output().stdout.clone()).unwrap()
}

/// What a command that is refused says.
fn refusal(command: &mut Command) -> String {
    String::from_utf8(command.assert().code(2).get_output().stderr.clone()).unwrap()
}

fn quick_backprop(seed: &str, out: &Path) -> (Outcome, Vec<String>) {
    experiments(&["run", "backprop", "--quick", "--seed", seed, "--out"]).arg(out).assert().success();
    let folder = out.join("backprop");
    let outcome = Outcome::read(&folder.join("outcome.json")).unwrap();
    let figures = outcome.figures.iter().map(|figure| fs::read_to_string(folder.join(&figure.file)).unwrap()).collect();
    (outcome, figures)
}

/// All claims, on smaller samples: gradients against autodiff and differences, counts against counts, and what else the parts of an
/// experiment owe each other. Tests beside the code say only what no claim says.
#[test]
fn every_experiment_holds_in_a_quick_run() {
    for experiment in ALL {
        let (outcome, figures) = experiment.perform(&Setup { seed: 1, quick: true, ..Setup::default() }).unwrap();
        let failed: Vec<_> = outcome.claims.iter().filter(|claim| claim.verdict == FindingVerdict::Fails).collect();
        assert!(outcome.holds() && !figures.is_empty(), "{}: {failed:?}", experiment.name);
        holds_against_the_errata(&outcome);
    }
}

/// What the errata say of an experiment differs from its source there. That all that differs is among them is for `verify` to say, of
/// full runs: intervals of small samples are wide.
fn holds_against_the_errata(outcome: &Outcome) {
    let named: Vec<&str> = ERRATA.iter().filter_map(|erratum| claim_of(erratum, &outcome.experiment)).collect();
    for id in &named {
        let differs = outcome.claims_named(id).any(|claim| claim.verdict.differs());
        assert!(differs, "{}: no claim {id} differs from its source, so the erratum is none", outcome.experiment);
    }
    for claim in &outcome.claims {
        let is_named = claim.id.as_deref().is_none_or(|id| named.contains(&id));
        assert!(is_named, "{}: no erratum names {claim:?}", outcome.experiment);
    }
}

/// The name of the claim by which this experiment shows the erratum, if it does.
fn claim_of(erratum: &Erratum, name: &str) -> Option<&'static str> {
    match erratum.evidence {
        Evidence::Claim { experiment, id } if experiment == name => Some(id),
        _ => None,
    }
}

#[test]
fn the_errata_are_printed_for_people_and_for_programs() {
    let (text, json) = (printed(&["errata"]), printed(&["errata", "--json"]));
    assert!(ERRATA.iter().all(|one| text.contains(one.printed) && text.contains(one.right)), "{text}");
    assert_eq!(text.split("\n\n").count(), ERRATA.len());
    assert!(text.contains("Thesis, Table 2.1 (S6)") && text.contains("claim elu"), "{text}");
    assert!(json.starts_with('[') && json.matches("\"source\"").count() == ERRATA.len(), "{json}");
    assert!(json.contains("\"section\": \"S6\"") && json.contains("\"kind\": \"reading\""), "{json}");
}

#[test]
fn a_run_leaves_claims_and_figures_that_its_seed_decides() {
    let [one, two] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [(outcome, figures), again, other] =
        [("1", &one), ("1", &one), ("2", &two)].map(|(seed, out)| quick_backprop(seed, out.path()));
    assert!(outcome.holds() && outcome.quick && outcome.seeds == [1]);
    assert!(!figures.is_empty() && figures.iter().all(|svg| svg.starts_with("<svg") && svg.contains("<title>")));
    assert!(!outcome.burn.is_empty() && outcome.threads > 0 && outcome.started.ends_with('Z'));
    assert_eq!((&figures, outcome.tables), (&again.1, again.0.tables));
    assert_ne!(figures, other.1);
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest() {
    for verb in ["run", "show"] {
        let error = refusal(&mut experiments(&[verb, "netpb"]));
        assert!(error.starts_with("error: there is no experiment `netpb` (did you mean `netbp`?)"), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn an_experiment_is_shown_with_what_may_be_set() {
    let shown = printed(&["show", "netbp"]);
    for part in
        ["netbp (S5): Back-propagation from scratch", "3-2-3-2", "rate", "0.05", "from 0.0001 to 10", "points=FILE.csv"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn what_is_set_is_used_told_and_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let words = [&["run", "backprop", "--quick"], more].concat();
        experiments(&words).current_dir(folder.path()).assert().get_output().clone()
    };
    let outcome = |name: &str| Outcome::read(&folder.path().join(name).join("backprop/outcome.json")).unwrap();
    assert_eq!(run(&[]).status.code(), Some(0));
    // Central differences of a tenth are nowhere near a gradient.
    let set = run(&["--set", "step=0.1", "--set", "units=4"]);
    let said = String::from_utf8(set.stdout).unwrap();
    assert_eq!(set.status.code(), Some(1), "{said}");
    assert!(said.contains("set     step = 0.1 (the notes: 1.00e-5)") && said.contains("FAILS"), "{said}");
    let (notes, set) = (outcome("runs/experiments-quick"), outcome("runs/experiments-set"));
    assert!(notes.set.is_empty() && notes.holds() && !set.holds());
    let names: Vec<(&str, &str)> = set.set.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
    assert_eq!(names, [("step", "0.1"), ("units", "4")]);
}

#[test]
fn an_outcome_is_not_replaced_by_that_of_another_run() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &str| {
        let words: Vec<&str> = "run backprop --quick --out out".split(' ').chain(more.split_whitespace()).collect();
        experiments(&words).current_dir(folder.path()).assert()
    };
    let outcome = || fs::read(folder.path().join("out/backprop/outcome.json")).unwrap();
    run("").code(0);
    let before = outcome();
    for (more, now) in [("--seed 2", "--seed 2 --quick"), ("--set layers=3", "--seed 1 --quick --set layers=3")] {
        let said = String::from_utf8(run(more).code(2).get_output().stderr.clone()).unwrap();
        let expected = format!(
            "error: out/backprop/outcome.json was made with --seed 1 --quick, and this run is with {now}; name another folder with --out, or \
             replace it with --force\n"
        );
        assert_eq!(said, expected);
        assert_eq!(outcome(), before);
    }
    run("--seed 2 --force").code(0);
    assert_ne!(outcome(), before);
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_named_pipe() {
    let folder = tempfile::tempdir().unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    let mut command = experiments(&["run", "netbp", "--quick", "--set", "points=pipe"]);
    let said = refusal(command.current_dir(folder.path()).timeout(std::time::Duration::from_secs(60)));
    assert!(said.starts_with("error: --set points: cannot read the table pipe: it is a named pipe, "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_printed_onto_a_full_disk_is_no_success() {
    for words in
        ["--help", "-h", "--version", "list", "list --help", "show netbp", "run --help", "errata", "exercise --help"]
    {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_experiments"));
        let output = command.args(words.split(' ')).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(said.starts_with("error: cannot write to standard output: "), "{words}: {said}");
        assert_eq!(said.lines().count(), 1, "{words}: {said}");
    }
}

#[test]
fn settings_that_the_trainer_refuses_are_refused() {
    for (variable, value, expected) in [
        ("ZOO_DATA_DIR", "-", "is \"-\", which names no folder here; ./- names what is called so"),
        ("ZOO_RUNS", "-", "is \"-\", which names no folder here; ./- names what is called so"),
        ("ZOO_OFFLINE", "maybe", "is \"maybe\", expected true or false"),
    ] {
        let mut command = experiments(&["list"]);
        assert_eq!(refusal(command.env(variable, value)), format!("error: {variable} {expected}\n"));
        command.assert().stdout("");
        experiments(&["list"]).env(variable, "").assert().success();
    }
}

#[test]
fn numbers_and_places_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "mine").unwrap();
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/mine"), "mine").unwrap();
    let dash = "- names neither a file nor a folder here; ./- names what is called so";
    for (words, expected) in [
        ("run netbp --quick --seed -1", "expected a whole number of at least 0"),
        ("run netbp --quick --seed x", "expected a whole number of at least 0"),
        ("run netbp --quick --out -", dash),
        ("run netbp --quick --set rate=0", "--set rate=0: expected a number from 0.0001 to 10"),
        ("run netbp --quick --set points=none.csv", "--set points: cannot read the table none.csv"),
        (
            "run netbp --quick --set rate=",
            "--set rate=: expected NAME=VALUE, such as rate=0.5; there is no value after `=`",
        ),
        ("run netbp gabor --quick --set rate=1", "--set changes one experiment, and 2 are named"),
        ("run all --quick --set rate=1", "--set changes one experiment"),
        ("run netbp --quick --set tare=1", "there is no setting of netbp `tare`"),
        ("exercise sigmoid -", dash),
        ("check -", dash),
        ("run netbp --quick --out file", "file is a file; name a new folder"),
        ("run netbp --out file", "cannot make the folder"),
        ("exercise sigmoid file", "file is a file; name a new folder"),
        ("exercise sigmoid full", "full is not empty; name a new folder"),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let said = refusal(experiments(&words).current_dir(folder.path()));
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "mine");
    let mut names: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["file", "full"]);
    assert_eq!(folder.path().join("full").read_dir().unwrap().count(), 1);
}
