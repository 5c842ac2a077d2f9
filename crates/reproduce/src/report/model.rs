//! A page per model: its claim, its curves, its errors, what its weights look like, its card.

use super::claim::JudgedClaim;
use super::pages::{ModelPage, set_of};
use super::site::{SitePage, model_file, unverified};
use crate::catalog::zoo_data;
use crate::results::{is_unverified, over};
use crate::spreads::{mean_and_deviation, range};
use maud::{Markup, html};
use zoo_core::{DatasetFacts, Scores};
use zoo_recipe::Recipe;
use zoo_report::elements::{chart, details, thousands};
use zoo_report::table::{counted, markup, text};
use zoo_report::{classes, gallery};
use zoo_results::outcome::Drawn;
use zoo_results::{Record, Report, Spread};

/// The page with its figures.
pub(crate) fn page(model: &ModelPage, claim: &JudgedClaim<'_>, figures: &[Drawn]) -> SitePage {
    let recipe = &model.entry.recipe;
    let measured = model.record.as_ref().and_then(|record| Some((record, record.runs.first()?)));
    let content = html! {
        section #claim { h2 { "The claim" } (list(&claim.card())) }
        @if let Some((record, first)) = measured {
            (scores(recipe, record, first))
            section #figures { h2 { "Curves and errors" } div.charts.dense { @for figure in figures { (chart(figure)) } } }
            (by_class(record))
            (seen(model, first))
            section #card { h2 { "Card" } (list(&card(recipe, record, first))) }
        }
        (details("The recipe", &html! { pre tabindex="0" { (recipe.to_toml()) } }))
    };
    SitePage {
        file: model_file(&recipe.name),
        name: recipe.name.clone(),
        title: recipe.name.clone(),
        intro: html! { (recipe.zoo_claim().summary) "." },
        content,
    }
}

fn list(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.card { @for (name, value) in rows { dt { (name) } dd { (value) } } } }
}

/// Scores and counts by class, to be opened.
fn by_class(record: &Record) -> Markup {
    let set = set_of(record);
    html! {
        @if !set.class_names().is_empty() {
            section #classes {
                h2 { "Class by class" }
                (details(&format!("Scores of each of the {} classes", set.class_names().len()), &classes::scores(&set)))
                (classes::counts(&set))
            }
        }
    }
}

/// Test images and the first layer, where they can be shown.
fn seen(model: &ModelPage, first: &Report) -> Markup {
    let convolves = model.entry.recipe.model.has_convolutions();
    html! {
        @if let Some(inspection) = &model.inspection {
            section #seen {
                h2 { "What it sees" }
                (gallery::images(inspection, first.data.test))
                (gallery::first_layer(&inspection.first_layer, &first.class_names, convolves))
            }
        }
    }
}

fn card(recipe: &Recipe, record: &Record, first: &Report) -> Vec<(&'static str, Markup)> {
    let DatasetFacts { task, title, license, citation, url, limits, .. } = zoo_data(recipe).facts();
    let data = &first.data;
    let [train, valid, test] = [data.train, data.valid, data.test].map(|count| thousands(count as u64));
    let [parameters, macs] = [first.parameters as u64, first.macs].map(thousands);
    let seconds = record.runs.iter().map(|run| run.train_seconds).sum::<f64>() / record.runs.len() as f64;
    let (epochs, speed) = (first.epochs_run, first.examples_per_second);
    let run: Vec<u64> = record.runs.iter().map(|run| run.seed).collect();
    let stated = &recipe.training.seeds;
    let here = if run == *stated { String::new() } else { format!("; here {run:?}") };
    let seeds = format!("{stated:?}, stated before any of them ran; the first one's weights ship{here}");
    let data = html! {
        (title) ": " (train) " training, " (valid) " validation, " (test) " test examples "
        @if is_unverified(record) { (unverified()) ": not the published files" } @else { "(the published files)" }
    };
    vec![
        ("task", text(task)),
        ("data", data),
        ("preprocessing", preprocessing(recipe)),
        ("size", text(format!("{parameters} parameters, {macs} MACs per example"))),
        ("seeds", text(seeds)),
        ("training", text(format!("{seconds:.1} s per run on average, {epochs} epochs, {speed:.0} examples/s"))),
        ("measured on", provenance(record, first)),
        ("limits", text(limits)),
        ("license of the data", text(license)),
        ("citation", html! { (citation) ", " a href=(url) { (url) } }),
    ]
}

fn provenance(record: &Record, first: &Report) -> Markup {
    let Report { threads, device, burn, started, .. } = first;
    let instructions = first.instruction_set.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let commit = first.commit.as_deref().map_or("an unknown commit", |commit| commit.get(..12).unwrap_or(commit));
    html! {
        (record.cpu) ", " (counted(*threads, "thread")) ", device " (device) (instructions) ", Burn " (burn) ", commit " code { (commit) } ", "
        (started.get(..10).unwrap_or(started))
    }
}

/// What happens to an example before and while training, as the recipe's keys say it.
fn preprocessing(recipe: &Recipe) -> Markup {
    let text = recipe.to_toml();
    let keys = ["frame =", "normalization =", "augmentation ="];
    let lines = text.lines().filter(|line| keys.iter().any(|key| line.starts_with(key)));
    html! { @for (index, line) in lines.enumerate() { @if index > 0 { br; } code { (line) } } }
}

/// One of several scores.
type Score = fn(&Scores) -> Option<f64>;

/// Mean and spread of every score there is.
fn scores(recipe: &Recipe, record: &Record, first: &Report) -> Markup {
    let named: [(&str, Score); 8] = [
        ("accuracy", |scores| Some(scores.accuracy)),
        ("top-5 accuracy", |scores| scores.top_k.map(|top| top.accuracy)),
        ("AUROC", |scores| scores.auroc),
        ("balanced accuracy", |scores| scores.balanced_accuracy),
        ("sensitivity", |scores| scores.sensitivity),
        ("specificity", |scores| scores.specificity),
        ("F1", |scores| scores.f1),
        ("loss", |scores| Some(scores.loss)),
    ];
    let row = |name: &str, scores: Vec<&Scores>, value: Score, shipped: Option<&Scores>| {
        let values: Vec<f64> = scores.into_iter().filter_map(value).collect();
        let spread = Spread::of(&values)?;
        let shipped = shipped.and_then(value).map_or("–".to_string(), |value| format!("{value:.4}"));
        let cells = [name.to_string(), mean_and_deviation(&spread), range(&spread), shipped];
        Some(cells.iter().map(text).collect())
    };
    let plain = named.iter().filter_map(|(name, value)| row(name, record.scores(), *value, Some(&first.test)));
    let augmented = Report::AUGMENTED.iter().filter_map(|(name, of)| {
        let scores = record.runs.iter().filter_map(of).collect();
        row(&format!("accuracy, {name}"), scores, |scores| Some(scores.accuracy), of(first))
    });
    let rows: Vec<Vec<Markup>> = plain.chain(augmented).collect();
    let mean = format!("mean ± sd over {}", over(record, recipe));
    html! {
        section #scores {
            h2 { "Test scores" }
            p { "The claim is about the " (recipe.metric().label()) "." }
            (markup(&["score", &mean, "range", "the weights that ship"], &rows))
        }
    }
}
