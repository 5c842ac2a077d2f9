//! The first part: every claim, what was measured, and what follows.

use super::html::{escape, table};
use super::overview::class;
use super::{Experiment, Model};
use crate::experiments::counts;
use crate::sources::Shown;
use zoo_core::Provenance;
use zoo_results::{Record, Summary, Verdict};

/// How many claims hold, and the table of all.
pub(super) fn section(models: &[Model]) -> String {
    let judged: Vec<_> = models.iter().map(|model| (model, judge(model))).collect();
    let holds = judged.iter().filter(|(_, judged)| matches!(judged, Judged::Measured { holds: true, .. })).count();
    let rows: Vec<Vec<String>> = judged.iter().map(|(model, judged)| row(model, judged)).collect();
    let head = ["recipe", "claim of the source", "expected", "measured on test", "verdict", "to make it again"];
    format!(
        "<section id=\"claims\">\n<h2>Claims of the recipes</h2>\n<p class=\"verdict\"><strong>{holds} of {} claims hold.</strong> A recipe states its seeds and \
         what it expects before any of them is run. Figures on unverified data, which are not the published files, are marked.</p>\n{}</section>\n",
        models.len(),
        table(&head, &rows)
    )
}

/// Every experiment and how many of its claims came out.
pub(super) fn experiments(experiments: &[Experiment]) -> String {
    let outcomes = || experiments.iter().filter_map(|one| Some(&one.recorded.as_ref()?.outcome));
    let holds = outcomes().filter(|outcome| outcome.holds()).count();
    let claims: usize = outcomes().map(|outcome| outcome.claims.len()).sum();
    let rows: Vec<Vec<String>> = experiments.iter().map(experiment_row).collect();
    format!(
        "<section id=\"experiments\">\n<h2>Experiments</h2>\n<p class=\"verdict\"><strong>{holds} of {} experiments hold</strong>, with {claims} \
         claims. A claim differs where a source states what does not come out; the reason stands with it.</p>\n{}</section>\n",
        experiments.len(),
        table(&["experiment", "sections", "verdict", "claims", "seconds", "to run it again"], &rows)
    )
}

fn experiment_row(experiment: &Experiment) -> Vec<String> {
    let name = &experiment.shipped.name;
    let state = Shown::experiment(&experiment.shipped, experiment.recorded.as_ref()).state;
    let outcome = experiment.recorded.as_ref().map(|recorded| &recorded.outcome);
    vec![
        format!("<a href=\"#{name}\">{name}</a>"),
        escape(&experiment.shipped.sources.join(", ")),
        format!("<span class=\"{}\">{}</span>", class(state), state.text()),
        outcome.map_or_else(String::new, counts),
        outcome.map_or_else(String::new, |outcome| format!("{:.1}", outcome.seconds)),
        format!("<code>cargo run -p experiments -- run {name}</code>"),
    ]
}

/// What came of a claim.
enum Judged {
    Missing,
    Stale,
    Measured { summary: Box<Summary>, holds: bool },
}

fn judge(model: &Model) -> Judged {
    let recipe = &model.shipped.recipe;
    match &model.record {
        None => Judged::Missing,
        Some(record) if !record.is_of(recipe) => Judged::Stale,
        Some(record) => record.summary(recipe).map_or(Judged::Missing, |summary| {
            let holds = summary.verdict != Verdict::Fails;
            Judged::Measured { summary: Box::new(summary), holds }
        }),
    }
}

fn row(model: &Model, judged: &Judged) -> Vec<String> {
    let recipe = &model.shipped.recipe;
    let claim = &recipe.claim;
    let expected = format!("{} {} ± {}{}", claim.metric.label(), claim.expected, claim.tolerance, floors(model));
    vec![
        format!("<a href=\"#{0}\">{0}</a>", recipe.name),
        format!("<small>{}</small><br>{}", escape(&claim.source), escape(&claim.stated)),
        expected,
        measured(model, judged),
        verdict(judged),
        format!("<code>cargo xtask reproduce {}</code>", recipe.name),
    ]
}

fn floors(model: &Model) -> String {
    let floor = |floor: &zoo_recipe::Floor| format!("<br>{} at least {}", floor.metric.label(), floor.least);
    model.shipped.recipe.claim.floors.iter().map(floor).collect()
}

fn measured(model: &Model, judged: &Judged) -> String {
    let (Judged::Measured { summary, .. }, Some(record)) = (judged, &model.record) else {
        return "not measured".to_string();
    };
    let spread = &summary.measured;
    let mut text = format!(
        "<strong>{:.4}</strong> ± {:.4}<br><small>{:.4} to {:.4}, {}</small>",
        spread.mean,
        spread.deviation,
        spread.min,
        spread.max,
        over(record)
    );
    for (metric, _, mean) in summary.floors.iter().filter(|(metric, ..)| *metric != model.shipped.recipe.claim.metric) {
        text += &format!("<br>{} {mean:.4}", metric.label());
    }
    if is_unverified(record) {
        text += "<br><em>on unverified data</em>";
    }
    text
}

/// What the mean is over, in words.
pub(super) fn over(record: &Record) -> String {
    match &record.folds {
        Some(folds) => format!("{} folds, cut anew {} times", folds.folds, folds.seeds.len()),
        None => format!("{} seeds", record.runs.len()),
    }
}

/// Whether any of it was measured on other files than the published ones.
pub(super) fn is_unverified(record: &Record) -> bool {
    record.runs.iter().any(|run| run.data.provenance == Provenance::Unverified)
}

fn verdict(judged: &Judged) -> String {
    let (class, text) = match judged {
        Judged::Missing => ("open", "not measured"),
        Judged::Stale => ("open", "measured by another recipe than the present one"),
        Judged::Measured { summary, .. } => match summary.verdict {
            Verdict::Holds => ("holds", "✓ holds"),
            Verdict::AboveBand => ("open", "above its band: too good is usually a leak"),
            Verdict::Fails => ("fails", "✗ fails"),
        },
    };
    format!("<span class=\"{class}\">{text}</span>")
}
