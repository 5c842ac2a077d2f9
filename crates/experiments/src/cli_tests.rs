//! That experiments are found, run and kept as the command line says.

use super::*;
use crate::prelude::*;
use std::fs;
use zoo_results::outcome::Outcome;

const SAMPLE: Experiment = Experiment {
    name: "sample",
    sources: &[SourceSection(5)],
    title: "A sample",
    says: "Nothing.",
    lesson: ALL[0].lesson,
    settings: &[],
    run: |settings| {
        let mut findings = Findings::default();
        // Holds for seeds up to 1.
        findings.claim("The seed is small", settings.seed as f64, AtMost(1.0));
        Ok(findings.figure("none", "None", "Nothing", Chart::new(Axis::bare(), Axis::bare())).clone())
    },
};

fn quick(seed: u64) -> Setup {
    Setup { seed, quick: true, ..Setup::default() }
}

#[test]
fn a_claim_that_fails_ends_the_run_with_one_and_leaves_its_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let run = |seed| perform(&[&SAMPLE], &quick(seed), folder.path()).unwrap();
    assert_eq!(run(1), DONE);
    assert!(folder.path().join("sample/none.svg").exists());
    assert_eq!(run(2), NOT_HELD);
    assert!(!Outcome::read(&folder.path().join("sample/outcome.json")).unwrap().holds());
}

#[test]
fn an_experiment_that_breaks_off_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let broken = Experiment { run: |_| bail!("the device is gone"), ..SAMPLE };
    check_places(&[&broken], &quick(1), &out, false).unwrap();
    assert_eq!(perform(&[&broken], &quick(1), &out).unwrap(), FAILED);
    assert!(!out.exists());
}

#[test]
fn an_outcome_is_replaced_by_its_like_alone_unless_by_force() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    perform(&[&SAMPLE], &quick(1), out).unwrap();
    let other = Experiment { name: "other", ..SAMPLE };
    let check = |settings: &Setup, force| check_places(&[&other, &SAMPLE], settings, out, force);
    check(&quick(1), false).unwrap();
    let set = set_values(&chosen(&["netbp".into()]).unwrap(), &["rate=0.1".to_string()]).unwrap();
    for (settings, words) in [
        (quick(2), "--seed 2 --quick"),
        (Setup { quick: false, ..quick(1) }, "--seed 1"),
        (Setup { set, ..quick(1) }, "--seed 1 --quick --set rate=0.1"),
    ] {
        let said = check(&settings, false).unwrap_err().to_string();
        let expected =
            format!("outcome.json was made with --seed 1 --quick, and this run is with {words}; name another");
        assert!(said.contains(&expected) && said.ends_with("or replace it with --force"), "{said}");
        check(&settings, true).unwrap();
    }
    fs::write(out.join("sample/outcome.json"), "{").unwrap();
    let said = check(&quick(1), false).unwrap_err().to_string();
    assert!(said.contains("outcome.json") && said.ends_with("or replace it with --force"), "{said}");
    check(&quick(1), true).unwrap();
}

#[test]
fn an_experiment_that_breaks_off_costs_neither_its_earlier_outcome_nor_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let settings = quick(1);
    perform(&[&SAMPLE], &settings, folder.path()).unwrap();
    let broken = Experiment { run: |_| bail!("the device is gone"), ..SAMPLE };
    let other = Experiment { name: "other", ..SAMPLE };
    assert_eq!(perform(&[&broken, &other], &settings, folder.path()).unwrap(), FAILED);
    assert!(["sample", "other"].iter().all(|name| folder.path().join(name).join("outcome.json").exists()));
}

#[test]
fn values_are_set_of_one_experiment_alone() {
    let texts = ["rate=0.1".to_string()];
    assert!(!set_values(&chosen(&["netbp".into()]).unwrap(), &texts).unwrap().is_empty());
    let two = chosen(&["netbp".into(), "gabor".into()]).unwrap();
    assert!(set_values(&two, &[]).unwrap().is_empty());
    assert!(set_values(&two, &texts).unwrap_err().to_string().contains("2 are named"));
}

#[test]
fn the_list_keeps_its_columns_apart() {
    let list = list();
    assert_eq!(list.lines().count(), ALL.len());
    for (line, experiment) in list.lines().zip(ALL) {
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        assert_eq!(cells, [experiment.name, experiment.sections().as_str(), experiment.title]);
    }
}

#[test]
fn every_name_is_found_alone() {
    assert!(ALL.iter().all(|experiment| chosen(&[experiment.name.into()]).unwrap().len() == 1));
    assert_eq!(chosen(&["all".into(), "netbp".into()]).unwrap().len(), ALL.len());
}
