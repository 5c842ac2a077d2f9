//! Runs on one page of HTML.

use super::comparison::{Comparison, SettingDifference, SettingScores};
use super::setting::MeasuredSetting;
use crate::tables::p_in_words;
use maud::{Markup, html};
use zoo_recipe::Recipe;
use zoo_report::elements::{chart, details, link_to_as, thousands};
use zoo_report::figures::{figures, overlaid};
use zoo_report::page::Page;
use zoo_report::table::{markup, text};
use zoo_report::{RunSet, classes, gallery};
use zoo_results::{Inspection, Report};

/// What a page is made from.
pub(crate) struct PageSources<'a> {
    pub(crate) settings: &'a [MeasuredSetting],
    pub(crate) comparison: &'a Comparison,
    /// What can be seen in the first model of each setting, or why nothing can.
    pub(crate) seen: &'a [Result<Inspection, String>],
    /// In sentences, what was left out.
    pub(crate) left_out: &'a [String],
}

/// The page, in one file that fetches nothing.
pub(crate) fn page(PageSources { settings, comparison, seen, left_out }: &PageSources<'_>) -> String {
    let names: Vec<String> = settings.iter().map(|one| format!("{} {}", one.letter, one.label)).collect();
    let reports: Vec<Vec<Report>> = settings.iter().map(MeasuredSetting::reports).collect();
    let parts = || settings.iter().zip(&reports).zip(&names);
    let sets: Vec<RunSet<'_>> =
        parts().map(|((setting, reports), name)| RunSet { name, ..setting.run_set(reports) }).collect();
    let is_many = settings.len() > 1;
    let title = match settings {
        [one] => one.label.clone(),
        many => format!("{} settings side by side", many.len()),
    };
    let content = html! {
        (overview(settings, comparison))
        @for line in comparison.warnings.iter().chain(*left_out).chain(&comparison.beyond_bounds()) { p.note { (line) } }
        @if is_many {
            (differences(comparison))
            section #curves { h2 { "Curves" } div.charts { @for figure in &overlaid(&sets) { (chart(figure)) } } }
        }
        @for ((setting, set), seen) in settings.iter().zip(&sets).zip(*seen) { (section(setting, set, seen)) }
    };
    let links = parts().map(|((setting, _), name)| link_to_as(&setting.letter, name)).collect();
    let intro = html! { "Written by " code { "trainer report" } " from the reports of finished runs." };
    Page { title: &title, intro, nav: &[links], content, foot: html! {} }.render()
}

/// What each setting has reached.
fn overview(settings: &[MeasuredSetting], comparison: &Comparison) -> Markup {
    let row = |(setting, scores): (&MeasuredSetting, &SettingScores)| {
        let reports = || setting.models.iter().map(|model| &model.report);
        let count = setting.models.len() as f64;
        let seconds = reports().map(|report| report.train_seconds).sum::<f64>() / count;
        let epochs = reports().map(|report| report.epochs_run as f64).sum::<f64>() / count;
        let first = &setting.models[0].report;
        let folds = scores.folds.map(|folds| format!("{folds} folds, ")).unwrap_or_default();
        let seeds: Vec<String> = scores.seeds.iter().map(u64::to_string).collect();
        let score = |value| comparison.score(value);
        let interval =
            scores.interval.map_or("–".to_string(), |(low, high)| format!("{} to {}", score(low), score(high)));
        vec![
            link_to_as(&setting.letter, &format!("{} {}", setting.letter, setting.label)),
            html! { strong { (score(scores.mean)) } },
            text(interval),
            text(format!("{folds}{}", seeds.join(", "))),
            text(thousands(first.parameters as u64)),
            text(format!("{epochs:.0}")),
            text(format!("{seconds:.1}")),
        ]
    };
    let rows: Vec<_> = settings.iter().zip(&comparison.settings).map(row).collect();
    let metric = format!("{} on {}, mean", comparison.metric, comparison.split.label());
    html! {
        section #scores {
            h2 { "Scores" }
            (markup(&["setting", &metric, "95 % interval", "seeds", "parameters", "epochs", "seconds"], &rows))
            p.note { "Epochs and seconds are means over the models. Intervals are Student's; those of models of a cross-validation, \
                      whose training data overlap, are widened by Nadeau and Bengio's correction." }
        }
    }
}

/// What differs between the recipes, and what it makes of the score.
fn differences(comparison: &Comparison) -> Markup {
    let letters: Vec<&str> = comparison.settings.iter().map(|one| one.letter.as_str()).collect();
    let head: Vec<&str> = std::iter::once("key").chain(letters).collect();
    let keys = comparison.differing_keys.iter();
    let keys: Vec<Vec<Markup>> = keys
        .map(|one| {
            let key = html! { code { (one.key) } };
            std::iter::once(key).chain(one.values.iter().map(text)).collect()
        })
        .collect();
    let rows: Vec<_> = comparison.differences.iter().map(|one| difference_row(comparison, one)).collect();
    html! {
        section #differences {
            h2 { "What differs" }
            @if keys.is_empty() { p { "The recipes are the same." } } @else { (markup(&head, &keys)) }
            (markup(&["difference", "mean", "95 % interval", "p", "p corrected by Holm", "test"], &rows))
        }
    }
}

fn difference_row(comparison: &Comparison, one: &SettingDifference) -> Vec<Markup> {
    let signed = |difference| comparison.difference(difference);
    let names = text(format!("{} − {}", one.letter, one.against));
    let cells = match one.difference {
        None => ["–".to_string(), "–".to_string(), "–".to_string()],
        Some(found) => [
            format!("{} to {}", signed(found.low), signed(found.high)),
            p_in_words(found.p),
            one.p_holm.map_or("–".to_string(), p_in_words),
        ],
    };
    [names, text(signed(one.mean))].into_iter().chain(cells.map(text)).chain([text(one.test.to_string())]).collect()
}

/// One setting: its figures, classes, pictures, recipe.
fn section(setting: &MeasuredSetting, set: &RunSet<'_>, seen: &Result<Inspection, String>) -> Markup {
    let first = &setting.models[0].report;
    let drawn = figures(set, seen.as_ref().ok());
    html! {
        section.model id=(setting.letter) {
            h2 { (set.name) }
            p { (setting.recipe.summary()) }
            p.note { (facts(setting, first)) }
            div.charts { @for figure in &drawn { (chart(figure)) } }
            (classes::scores(set))
            (classes::counts(set))
            @match seen {
                Ok(seen) => {
                    (gallery::images(seen, first.data.test))
                    (gallery::first_layer(&seen.first_layer, &first.class_names, convolves(&setting.recipe)))
                }
                Err(reason) => { p.note { "No pictures: " (reason) } }
            }
            (details("The recipe", &html! { pre { (setting.recipe.to_toml()) } }))
        }
    }
}

fn convolves(recipe: &Recipe) -> bool {
    recipe.model.has_convolutions()
}

fn facts(setting: &MeasuredSetting, first: &Report) -> String {
    let data = &first.data;
    let instructions = first.instruction_set.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let folders: Vec<String> = setting.paths.iter().map(|path| path.display().to_string()).collect();
    format!(
        "{}: {} training, {} validation, {} test examples; device {}{instructions}, Burn {}; started {}; {}",
        data.name,
        thousands(data.train as u64),
        thousands(data.valid as u64),
        thousands(data.test as u64),
        first.device,
        first.burn,
        first.started.get(..10).unwrap_or(&first.started),
        folders.join(", ")
    )
}
