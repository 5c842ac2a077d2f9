#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::outcomes::RecordedOutcome;
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
fn an_experiment_has_its_page_and_a_changed_outcome_changes_it() {
    let outcome = |measured: &str, verdict| Outcome {
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
        claims: vec![Finding { sentence: "It falls".into(), expected: "1".into(), measured: measured.into(), verdict }],
        figures: vec![FigureFile { file: "cost.svg".into(), caption: "Cost by step".into() }],
        tables: vec![ResultTable { caption: "Costs".into(), head: vec!["a".into()], rows: vec![vec!["<0.1".into()]] }],
        notes: vec!["Why it falls.".into()],
    };
    let page = |outcome: Outcome| {
        let svg = "<svg width=\"10\"></svg>".to_string();
        let figures = vec![Drawn { entry: outcome.figures[0].clone(), svg }];
        let recorded = Some(RecordedOutcome { outcome, figures });
        let experiments = [ExperimentPage { name: "netbp".into(), sources: vec!["S5".into()], recorded }];
        let sections = [experiment::section(&experiments[0])];
        page::page(&exhibits(&[], &experiments), &[], &experiments, &sections)
    };
    let holds = page(outcome("1", FindingVerdict::Holds));
    for part in
        ["The cost falls &amp; falls.", "<svg width=\"10\">", "Cost by step", "&lt;0.1", "Why it falls.", "1.5 s"]
    {
        assert!(holds.contains(part), "{part}");
    }
    assert!(holds.contains("1 of 1 experiments hold") && holds.contains("1 of 1 sections hold; 15 not run"));
    let fails = page(outcome("2", FindingVerdict::Fails));
    assert!(fails.contains("0 of 1 experiments hold") && fails.contains("✗ fails"));
}
