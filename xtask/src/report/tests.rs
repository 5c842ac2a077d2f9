#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::reproduce::recorded;

/// A recipe as it was recorded, without pictures.
fn model(name: &str) -> Model {
    let shipped = recipes::all().unwrap().into_iter().find(|shipped| shipped.recipe.name == name).unwrap();
    Model { shipped, record: recorded(name).unwrap(), inspection: None }
}

fn page_of(models: &[Model]) -> String {
    let sections: Vec<String> = models.iter().map(|model| cards::section(model).unwrap().0).collect();
    page::page(&claims::section(models), models, &sections)
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
    let (_, figures) = cards::section(&model("logistic_breast_cancer")).unwrap();
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
