#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::reproduce::recorded;
use zoo_results::outcome::{self, Claim, OUTCOME_SCHEMA, Outcome, Table};

/// A recipe as it was recorded, without pictures.
fn model(name: &str) -> Model {
    let shipped = recipes::all().unwrap().into_iter().find(|shipped| shipped.recipe.name == name).unwrap();
    Model { shipped, record: recorded(name).unwrap(), inspection: None }
}

fn page_of(models: &[Model]) -> String {
    let sections: Vec<String> = models.iter().map(|model| cards::section(model).0).collect();
    page::page(&shown(models, &[]), models, &[], &sections)
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
    let (_, figures) = cards::section(&model("logistic_breast_cancer"));
    let names: Vec<&str> =
        figures.iter().map(|figure| figure.name.trim_start_matches("logistic_breast_cancer-")).collect();
    assert_eq!(names, ["loss", "accuracy", "confusion", "reliability", "roc"]);
    let page = page_of(&[model("logistic_breast_cancer"), model("mlp_emnist")]);
    for fetching in ["<script", "<link", "@import", "src=\"http", "url("] {
        assert!(!page.contains(fetching), "{fetching}");
    }
    assert!(page.contains("on unverified data") && page.contains("2 of 2 claims hold"));
}

#[test]
fn what_was_not_measured_is_listed_with_its_command() {
    let unmeasured = Model { record: None, ..model("softmax_digits") };
    let page = page_of(&[unmeasured]);
    assert!(page.contains("0 of 1 claims hold") && page.contains("cargo xtask reproduce softmax_digits"));
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
        claims: vec![Claim { sentence: "It falls".into(), expected: "1".into(), measured: measured.into(), verdict }],
        figures: vec![outcome::Figure { file: "cost.svg".into(), caption: "Cost by step".into() }],
        tables: vec![Table { caption: "Costs".into(), head: vec!["a".into()], rows: vec![vec!["<0.1".into()]] }],
        notes: vec!["Why it falls.".into()],
    };
    let page = |outcome: Outcome| {
        let recorded = Some(Recorded { outcome, figures: vec!["<svg width=\"10\"></svg>".into()] });
        let experiments = [Experiment {
            shipped: experiments::Shipped { name: "netbp".into(), sources: vec!["S5".into()] },
            recorded,
        }];
        page::page(&shown(&[], &experiments), &[], &experiments, &[examined::section(&experiments[0])])
    };
    let holds = page(outcome("1", outcome::Verdict::Holds));
    for part in
        ["The cost falls &amp; falls.", "<svg width=\"10\">", "Cost by step", "&lt;0.1", "Why it falls.", "1.5 s"]
    {
        assert!(holds.contains(part), "{part}");
    }
    assert!(holds.contains("1 of 1 experiments hold") && holds.contains("1 of 16 sections hold"));
    let fails = page(outcome("2", outcome::Verdict::Fails));
    assert!(fails.contains("0 of 1 experiments hold") && fails.contains("✗ fails"));
}
