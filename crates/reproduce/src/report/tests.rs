#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::outcomes::RecordedOutcome;
use experiments::errata::{ERRATA, Evidence};
use maud::html;
use zoo_results::outcome::{FigureFile, Finding, FindingVerdict, OUTCOME_SCHEMA, Outcome, ResultTable};

/// A recipe as it was recorded, without pictures.
fn model(name: &str) -> ModelPage {
    let workspace = Workspace::here();
    let entry = workspace.recipes().unwrap().into_iter().find(|entry| entry.recipe.name == name).unwrap();
    ModelPage { entry, record: workspace.record(name).unwrap(), recorded: None, inspection: None }
}

fn figures_of(model: &ModelPage) -> Vec<Drawn> {
    model.record.as_ref().map(|record| figures(&set_of(record), None)).unwrap_or_default()
}

fn page_of(models: &[ModelPage]) -> String {
    let sections: Vec<_> = models.iter().map(|model| model::section(model, &figures_of(model))).collect();
    page::page(&exhibits(models, &[]), models, &[], &sections)
}

#[test]
fn the_same_records_give_the_same_page_and_a_changed_one_another() {
    let page = page_of(&[model("softmax_digits")]);
    assert_eq!(page_of(&[model("softmax_digits")]), page);
    let mut changed = model("softmax_digits");
    changed.record.as_mut().unwrap().runs[1].test.accuracy -= 0.01;
    assert_ne!(page_of(&[changed]), page);
}

#[test]
fn every_figure_is_there_and_nothing_is_fetched() {
    let figures = figures_of(&model("logistic_breast_cancer"));
    let names: Vec<&str> =
        figures.iter().map(|figure| figure.entry.file.trim_start_matches("logistic_breast_cancer-")).collect();
    assert_eq!(names, ["loss.svg", "accuracy.svg", "confusion.svg", "reliability.svg", "roc.svg"]);
    let page = page_of(&[model("logistic_breast_cancer"), model("mlp_emnist")]);
    for fetching in ["<script", "<link", "@import", "src=\"http", "url("] {
        assert!(!page.contains(fetching), "{fetching}");
    }
    assert!(page.contains("on unverified data") && page.contains("2 of 2 claims hold"));
    assert!(figures.iter().all(|figure| page.contains(&figure.svg)), "figures are part of the page");
}

#[test]
fn what_was_not_measured_is_listed_with_its_command() {
    let unmeasured = ModelPage { record: None, ..model("softmax_digits") };
    let page = page_of(&[unmeasured]);
    assert!(page.contains("0 of 0 claims hold; 1 not run") && page.contains("cargo xtask reproduce softmax_digits"));
}

#[test]
fn a_part_of_the_seeds_is_reported_as_such() {
    let mut part = model("softmax_digits");
    part.record.as_mut().unwrap().runs.truncate(1);
    let page = page_of(&[part, ModelPage { record: None, ..model("mlp_digits") }]);
    for wanted in [
        "1 of 1 claims hold; 1 not run",
        "1 of 20 seeds",
        "1 of 2 sections hold; 1 as far as they were run; 14 not run",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("± 0.0000") && !page.contains("1 seeds") && !page.contains("by another recipe"));
    let whole = page_of(&[model("softmax_digits")]);
    assert!(whole.contains("20 seeds") && !whole.contains("of 20 seeds") && whole.contains("set by the record"));
}

#[test]
fn what_the_notes_get_wrong_comes_first_and_is_counted_in_the_headline() {
    let page = page_of(&[model("cnn_cifar10")]);
    let at = |part: &str| page.find(part).unwrap();
    assert!(at("id=\"errata\"") < at("id=\"sections\"") && at("id=\"errata\"") < at("id=\"claims\""));
    assert!(at("1 of 1 sections hold; 14 not run; the notes are wrong in") < at("<nav"));
    let by_reading = ERRATA.iter().filter(|one| matches!(one.evidence, Evidence::Reading { .. })).count();
    let not_run = ERRATA.len() - by_reading - 1;
    let counts = format!("1 shown by a check, {by_reading} by reading alone; {not_run} more not checked");
    assert!(page.contains(&counts), "{counts}");
    assert!(ERRATA.iter().all(|one| page.contains(&html! { (one.right) }.into_string())));
    assert!(page.contains("Training accuracy stays together"));
}

#[test]
fn an_erratum_stands_and_falls_with_what_was_recorded() {
    let page = |verdict| {
        let claims = vec![Finding {
            id: Some("linear_rate".into()),
            sentence: "The plateau falls at a linear rate".into(),
            expected: "1 ± 0.2".into(),
            measured: "0.54".into(),
            verdict,
        }];
        let outcome = Outcome { claims, ..sample("0", FindingVerdict::Holds) };
        page_with(outcome)
    };
    let shown = page(FindingVerdict::Differs { reason: "It keeps falling.".into() });
    assert!(
        shown.contains("✓ shown by") && shown.contains("0.54, not 1 ± 0.2") && shown.contains(": 1 shown by a check")
    );
    let refuted = page(FindingVerdict::Holds);
    assert!(refuted.contains("✗ not shown by") && refuted.contains("1 more NOT shown by their checks"));
}

#[test]
fn a_claim_that_differs_and_is_no_erratum_is_listed_too() {
    let page = page_with(sample("2", FindingVerdict::Differs { reason: "Another seed.".into() }));
    assert!(
        page.contains("what netbp follows") && page.contains("Another seed.") && page.contains(": 1 shown by a check")
    );
}

#[test]
fn an_experiment_has_its_page_and_a_changed_outcome_changes_it() {
    let holds = page_with(sample("1", FindingVerdict::Holds));
    for part in
        ["The cost falls &amp; falls.", "<svg width=\"10\">", "Cost by step", "&lt;0.1", "Why it falls.", "1.5 s"]
    {
        assert!(holds.contains(part), "{part}");
    }
    assert!(holds.contains("1 of 1 experiments hold") && holds.contains("1 of 1 sections hold; 15 not run"));
    let fails = page_with(sample("2", FindingVerdict::Fails));
    assert!(fails.contains("0 of 1 experiments hold") && fails.contains("✗ fails"));
}

/// What an experiment found, with a single claim.
fn sample(measured: &str, verdict: FindingVerdict) -> Outcome {
    Outcome {
        schema: OUTCOME_SCHEMA,
        experiment: "netbp".into(),
        sources: vec!["S5".into()],
        title: "Back-propagation".into(),
        says: "The cost falls & falls.".into(),
        quick: false,
        seeds: vec![1],
        seconds: 1.5,
        device: "flex".into(),
        threads: 2,
        burn: "0.22.1".into(),
        commit: None,
        started: "2026-01-01T00:00:00Z".into(),
        claims: vec![Finding {
            id: None,
            sentence: "It falls".into(),
            expected: "1".into(),
            measured: measured.into(),
            verdict,
        }],
        figures: vec![FigureFile { file: "cost.svg".into(), caption: "Cost by step".into() }],
        tables: vec![ResultTable { caption: "Costs".into(), head: vec!["a".into()], rows: vec![vec!["<0.1".into()]] }],
        notes: vec!["Why it falls.".into()],
    }
}

/// A page of this outcome alone.
fn page_with(outcome: Outcome) -> String {
    let svg = "<svg width=\"10\"></svg>".to_string();
    let figures = vec![Drawn { entry: outcome.figures[0].clone(), svg }];
    let recorded = Some(RecordedOutcome { outcome, figures });
    let experiments = [ExperimentPage { name: "netbp".into(), sources: vec!["S5".into()], recorded }];
    let sections = [experiment::section(&experiments[0])];
    page::page(&exhibits(&[], &experiments), &[], &experiments, &sections)
}
