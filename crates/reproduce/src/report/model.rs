//! A section per model: its card, its curves, its errors, what its weights look like.

use super::claims::is_unverified;
use super::pages::{ModelPage, set_of};
use crate::catalog::zoo_data;
use crate::results::{mean_and_deviation, over, range};
use maud::{Markup, html};
use zoo_core::{DatasetFacts, Scores};
use zoo_recipe::Recipe;
use zoo_report::elements::{chart, command, details, thousands};
use zoo_report::table::{markup, text};
use zoo_report::{classes, gallery};
use zoo_results::outcome::Drawn;
use zoo_results::{Record, Report, Spread};

/// The section with its figures.
pub(crate) fn section(ModelPage { entry, record, inspection, .. }: &ModelPage, figures: &[Drawn]) -> Markup {
    let recipe = &entry.recipe;
    let measured = record.as_ref().and_then(|record| Some((record, record.runs.first()?)));
    html! {
        section.model id=(recipe.name) {
            h2 { (recipe.name) }
            p { (recipe.zoo_claim().summary) "." }
            @match measured {
                None => { p.note { "Not measured yet: " (command(&format!("cargo xtask reproduce {}", recipe.name))) } }
                Some((record, first)) => {
                    (card(recipe, record, first))
                    (scores(recipe, record, first))
                    h3 { "Figures" }
                    div.charts { @for figure in figures { (chart(figure)) } }
                    (classes::scores(&set_of(record)))
                    (classes::counts(&set_of(record)))
                    @if let Some(inspection) = inspection {
                        (gallery::images(inspection, first.data.test))
                        (gallery::first_layer(&inspection.first_layer, &first.class_names, recipe.model.has_convolutions()))
                    }
                }
            }
            (details("The recipe", &html! { pre { (recipe.to_toml()) } }))
        }
    }
}

fn card(recipe: &Recipe, record: &Record, first: &Report) -> Markup {
    let DatasetFacts { task, title, license, citation, url, limits, .. } = zoo_data(recipe).facts();
    let (data, claim) = (&first.data, recipe.zoo_claim());
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
        @if is_unverified(record) { em { "unverified: not the published files" } } @else { "(the published files)" }
    };
    let rows = [
        ("task", text(task)),
        ("data", data),
        ("preprocessing", preprocessing(recipe)),
        ("size", text(format!("{parameters} parameters, {macs} MACs per example"))),
        ("source", text(format!("{}: {}", claim.source, claim.stated))),
        ("how the recipe was found", text(&claim.found)),
        ("seeds", text(seeds)),
        ("training", text(format!("{seconds:.1} s per run on average, {epochs} epochs, {speed:.0} examples/s"))),
        ("measured on", provenance(record, first)),
        ("limits", text(limits)),
        ("license of the data", text(license)),
        ("citation", html! { (citation) ", " a href=(url) { (url) } }),
    ];
    html! { dl.card { @for (name, value) in &rows { dt { (name) } dd { (value) } } } }
}

fn provenance(record: &Record, first: &Report) -> Markup {
    let Report { threads, device, burn, started, .. } = first;
    let instructions = first.instruction_set.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let commit = first.commit.as_deref().map_or("an unknown commit", |commit| commit.get(..12).unwrap_or(commit));
    html! {
        (record.cpu) ", " (threads) " threads, device " (device) (instructions) ", Burn " (burn) ", commit " code { (commit) } ", "
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
    let mirrored: Vec<&Scores> = record.runs.iter().filter_map(|run| run.test_mirrored.as_ref()).collect();
    let name = "accuracy, averaged with the mirror image";
    let mirrored = row(name, mirrored, |scores| Some(scores.accuracy), first.test_mirrored.as_ref());
    let rows: Vec<Vec<Markup>> = plain.chain(mirrored).collect();
    let mean = format!("mean ± sd over {}", over(record, recipe));
    html! {
        h3 { "Test scores" }
        p { "The claim is about the " (recipe.metric().label()) "." }
        (markup(&["score", &mean, "range", "the weights that ship"], &rows))
    }
}
