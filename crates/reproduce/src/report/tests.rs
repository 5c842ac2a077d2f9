#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::outcomes::RecordedOutcome;
use experiments::ALL;
use experiments::errata::{ERRATA, Evidence};
use maud::html;
use zoo_results::outcome::{FigureFile, Finding, FindingVerdict, OUTCOME_SCHEMA, Outcome, ResultTable, SetValue};

/// A recipe as it was recorded, without pictures.
fn model(name: &str) -> ModelPage {
    let workspace = Workspace::here();
    let entry = workspace.recipes().unwrap().into_iter().find(|entry| entry.recipe.name == name).unwrap();
    ModelPage { entry, record: workspace.record(name).unwrap(), recorded: None, inspection: None }
}

fn site_of(models: &[ModelPage], experiments: &[ExperimentPage]) -> Vec<(String, String)> {
    let figures: Vec<_> = models.iter().map(figures_of).collect();
    site::render(site_pages(&exhibits(models, experiments), models, &figures, experiments, how_tos(), None))
}

fn how_tos() -> Vec<HowTo> {
    how_to::read(&Workspace::here()).unwrap()
}

/// The text of one page.
fn page(pages: &[(String, String)], file: &str) -> String {
    pages.iter().find(|page| page.0 == file).map(|page| page.1.clone()).unwrap()
}

fn overview_of(models: &[ModelPage]) -> String {
    page(&site_of(models, &[]), OVERVIEW)
}

#[test]
fn the_same_records_give_the_same_pages_and_a_changed_one_others() {
    let pages = site_of(&[model("softmax_digits")], &[]);
    assert_eq!(site_of(&[model("softmax_digits")], &[]), pages);
    let mut changed = model("softmax_digits");
    changed.record.as_mut().unwrap().runs[1].test.accuracy -= 0.01;
    let changed = site_of(&[changed], &[]);
    let differing = pages.iter().zip(&changed).filter(|(before, after)| before != after);
    let differing: Vec<&str> = differing.map(|(before, _)| before.0.as_str()).collect();
    assert_eq!(differing, [OVERVIEW, "model-softmax_digits.html"], "the errata are about another model");
}

#[test]
fn every_figure_is_there_and_nothing_is_fetched() {
    let figures = figures_of(&model("logistic_breast_cancer"));
    let names: Vec<&str> =
        figures.iter().map(|figure| figure.entry.file.trim_start_matches("logistic_breast_cancer-")).collect();
    assert_eq!(names, ["loss.svg", "accuracy.svg", "confusion.svg", "reliability.svg", "roc.svg"]);
    let experiments: Vec<_> = ALL.iter().map(|one| ExperimentPage::new(one, None)).collect();
    let pages = site_of(&[model("logistic_breast_cancer"), model("mlp_emnist")], &experiments);
    assert_eq!(pages.len(), 4 + experiments.len() + how_tos().len());
    for (file, html) in &pages {
        for fetching in ["<script", "<link", "@import", "src=\"http", "url("] {
            assert!(!html.contains(fetching), "{file}: {fetching}");
        }
    }
    let (overview, own) = (page(&pages, OVERVIEW), page(&pages, "model-logistic_breast_cancer.html"));
    assert!(overview.contains("unverified data") && overview.contains("2 of 2 claims hold"));
    assert!(how_tos().iter().all(|one| overview.contains(&format!("href=\"{}\"", one.page.file))));
    assert!(figures.iter().all(|figure| own.contains(&figure.svg)), "figures are part of the page");
}

/// Links of the pages among each other lead to a page, and where they name a place, to one that is there.
#[test]
fn every_link_leads_somewhere() {
    let experiments: Vec<_> = ALL.iter().map(|one| ExperimentPage::new(one, None)).collect();
    let pages = site_of(&[model("softmax_digits"), model("mlp_emnist"), model("cnn_cifar10")], &experiments);
    let mut followed = 0;
    for (file, html) in &pages {
        for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let (target, place) = link.split_once('#').unwrap_or((link, ""));
            if target.starts_with("http") {
                continue;
            }
            let target = page(&pages, if target.is_empty() { file } else { target });
            assert!(place.is_empty() || target.contains(&format!("id=\"{place}\"")), "{file}: {link}");
            followed += 1;
        }
    }
    assert!(followed > 10 * pages.len() / 2, "{followed}");
}

/// The lines that ran are cut from the file that their caption leads to.
#[test]
fn the_lines_that_ran_stand_in_the_file_beside_them() {
    let experiments: Vec<_> = ALL.iter().map(|one| ExperimentPage::new(one, None)).collect();
    let pages = site_of(&[], &experiments);
    for one in ALL {
        let (html, code) = (page(&pages, &format!("lesson-{}.html", one.name)), one.lesson.code);
        let whole = html! { pre #file tabindex="0" { (code.source) } }.into_string();
        let link = html! { a href="#file" { code { (code.file) } } }.into_string();
        assert!(html.contains(&whole) && html.contains(&link), "{}", one.name);
    }
}

/// Screen readers go from heading to heading: one h1, and no level left out on the way down.
#[test]
fn headings_are_in_order() {
    let experiments: Vec<_> = ALL.iter().map(|one| ExperimentPage::new(one, None)).collect();
    for (file, html) in site_of(&[model("softmax_digits"), model("mlp_emnist")], &experiments) {
        let levels: Vec<usize> =
            html.split("<h").skip(1).filter_map(|rest| rest.get(..2)?.strip_suffix('>')?.parse().ok()).collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{file}");
        assert!(levels.len() > 1 && levels[0] == 1, "{file}: {levels:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{file}: {levels:?}");
    }
}

#[test]
fn every_formula_is_well_formed() {
    let mut formulas = ALL.iter().flat_map(|one| one.lesson.mathematics).flat_map(|shown| shown.formulas).peekable();
    assert!(formulas.peek().is_some());
    formulas.for_each(|formula| assert!(zoo_report::math::is_well_formed(formula), "{formula}"));
}

#[test]
fn what_was_not_measured_is_listed_with_its_command() {
    let unmeasured = ModelPage { record: None, ..model("softmax_digits") };
    let page = overview_of(&[unmeasured]);
    assert!(page.contains("0 of 0 claims hold; 1 not run") && page.contains("cargo xtask reproduce softmax_digits"));
}

#[test]
fn a_part_of_the_seeds_is_reported_as_such() {
    let mut part = model("softmax_digits");
    part.record.as_mut().unwrap().runs.truncate(1);
    let overview = overview_of(&[part, ModelPage { record: None, ..model("mlp_digits") }]);
    for wanted in [
        "1 of 1 claims hold; 1 not run",
        "1 of 20 seeds",
        "1 of 2 sections hold; 1 as far as they were run; 14 not run",
    ] {
        assert!(overview.contains(wanted), "{wanted}");
    }
    assert!(!overview.contains("± 0.0000") && !overview.contains("1 seeds"));
    let whole = site_of(&[model("softmax_digits")], &[]);
    let own = page(&whole, "model-softmax_digits.html");
    assert!(own.contains("20 seeds") && !own.contains("of 20 seeds") && own.contains("set by the record"));
    assert!(!own.contains("by another recipe"));
}

/// Runs that are unlike their record fail, in the table of models and in the counts alike.
#[test]
fn runs_unlike_their_record_fail_everywhere() {
    let mut unlike = model("softmax_digits");
    unlike.recorded = unlike.record.clone();
    unlike.recorded.as_mut().unwrap().runs.iter_mut().for_each(|run| run.test.accuracy -= 0.05);
    // Fresh seeds, and not those of the record.
    unlike.record.as_mut().unwrap().runs.iter_mut().for_each(|run| run.seed += 1000);
    let overview = overview_of(&[unlike]);
    assert!(overview.contains("DIFFERS FROM ITS RECORD") && overview.contains("0 of 1 claims hold"));
    assert!(overview.contains("<strong>1</strong> fail<small>0 in lessons, 1 of models</small>"), "{overview}");
}

#[test]
fn what_the_notes_get_wrong_comes_first_and_is_counted_in_the_headline() {
    let pages = site_of(&[model("cnn_cifar10")], &[]);
    assert_eq!([&pages[0].0, &pages[1].0], [OVERVIEW, "errata.html"]);
    let (overview, page) = (&pages[0].1, &pages[1].1);
    let at = |part: &str| overview.find(part).unwrap();
    assert!(at("href=\"errata.html\"") < at("href=\"index.html#sections\""));
    assert!(at("1 of 2 sections hold; 1 as far as they were run; 14 not run; the notes are wrong in") < at("<nav"));
    let by_reading = ERRATA.iter().filter(|one| matches!(one.evidence, Evidence::Reading { .. })).count();
    let not_run = ERRATA.len() - by_reading - 1;
    let counts = format!("1 shown by a check, {by_reading} by reading alone; {not_run} more not checked");
    assert!(page.contains(&counts) && overview.contains(&counts), "{counts}");
    assert!(ERRATA.iter().all(|one| page.contains(&html! { (one.right) }.into_string())));
    assert!(page.contains("Training accuracy stays together"));
}

#[test]
fn an_erratum_stands_and_falls_with_what_was_recorded() {
    let errata = |verdict| {
        let claims = vec![Finding {
            id: Some("linear_rate".into()),
            sentence: "The plateau falls at a linear rate".into(),
            expected: "1 ± 0.2".into(),
            measured: "0.54".into(),
            verdict,
        }];
        let outcome = Outcome { claims, ..sample("0", FindingVerdict::Holds) };
        page(&site_with(outcome), "errata.html")
    };
    let shown = errata(FindingVerdict::Differs { reason: "It keeps falling.".into() });
    assert!(
        shown.contains("✓ shown by") && shown.contains("0.54, not 1 ± 0.2") && shown.contains(": 1 shown by a check")
    );
    let refuted = errata(FindingVerdict::Holds);
    assert!(refuted.contains("✗ not shown by") && refuted.contains("1 more NOT shown by their checks"));
}

#[test]
fn a_claim_that_differs_and_is_no_erratum_is_listed_too() {
    let pages = site_with(sample("2", FindingVerdict::Differs { reason: "Another seed.".into() }));
    let page = page(&pages, "errata.html");
    assert!(
        page.contains("what netbp follows") && page.contains("Another seed.") && page.contains(": 1 shown by a check")
    );
}

#[test]
fn an_experiment_has_its_page_and_a_changed_outcome_changes_it() {
    let pages = |measured, verdict| {
        let pages = site_with(sample(measured, verdict));
        [page(&pages, OVERVIEW), page(&pages, "lesson-netbp.html")]
    };
    let [overview, holds] = pages("1", FindingVerdict::Holds);
    for part in [
        "The cost falls &amp; falls.",
        "<svg width=\"10\">",
        "Cost by step",
        "&lt;0.1",
        "Why it falls.",
        "1.5 s",
        "<math",
    ] {
        assert!(holds.contains(part), "{part}");
    }
    let fold = holds.find("<details>").unwrap();
    assert!(!holds[..fold].contains("<table"), "tables are folded");
    assert!(overview.contains("1 of 1 experiments hold") && overview.contains("1 of 1 sections hold; 15 not run"));
    let [overview, fails] = pages("2", FindingVerdict::Fails);
    assert!(overview.contains("0 of 1 experiments hold") && fails.contains("✗ fails"));
    let reason = FindingVerdict::Differs { reason: "A misprint.".into() };
    let [overview, differs] = pages("2", reason);
    assert!(overview.contains("<strong>1</strong> differ from the source"));
    let (shown, folded) = differs.split_at(differs.find("<details>").unwrap());
    assert!(shown.contains("A misprint.") && folded.contains("differs</span>"));
}

#[test]
fn an_outcome_of_other_values_than_the_notes_says_so() {
    let rate = SetValue { name: "rate".into(), value: "0.5".into(), default: "0.05".into() };
    let page = |set| page(&site_with(Outcome { set, ..sample("1", FindingVerdict::Holds) }), "lesson-netbp.html");
    let (plain, set) = (page(vec![]), page(vec![rate]));
    let said = "rate = 0.5 (the notes: 0.05)";
    assert!(!plain.contains("--set") && !plain.contains(said));
    assert!(set.contains(said) && set.contains("run netbp --set rate=0.5"));
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
        set: vec![],
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

/// The pages of this outcome alone.
fn site_with(outcome: Outcome) -> Vec<(String, String)> {
    let svg = "<svg width=\"10\"></svg>".to_string();
    let figures = vec![Drawn { entry: outcome.figures[0].clone(), svg }];
    let netbp = ALL.iter().find(|one| one.name == "netbp").unwrap();
    site_of(&[], &[ExperimentPage::new(netbp, Some(RecordedOutcome { outcome, figures }))])
}
