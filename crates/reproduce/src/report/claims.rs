//! The first part: every claim, what was measured, and what follows.

use super::pages::{ExperimentPage, ModelPage, class};
use crate::replication::{holds, lines, unlike};
use crate::results::{mean_and_deviation, origin, over, range};
use maud::{Markup, html};
use zoo_core::Provenance;
use zoo_report::elements::{besides, colored, command, link_to};
use zoo_report::table::{markup, text};
use zoo_results::{Record, Replication, Summary, Verdict};

/// How many claims hold, and the table of all.
pub(crate) fn recipes(models: &[ModelPage]) -> Markup {
    let tests = 2 * models.iter().filter(|model| model.recorded.is_some() && model.record.is_some()).count();
    let against: Vec<Against> = models.iter().map(|model| model.replication(tests)).collect();
    let judged: Vec<ClaimState> = models.iter().map(judge).collect();
    let is_held = |(state, against): &(&ClaimState<'_>, &Against)| match state {
        ClaimState::Measured(summary, _) => holds(summary, against.iter().flatten().next()),
        _ => false,
    };
    let holding = judged.iter().zip(&against).filter(is_held).count();
    let measured = judged.iter().filter(|state| matches!(state, ClaimState::Measured(..))).count();
    let rows = models.iter().zip(&judged).zip(&against);
    let rows: Vec<Vec<Markup>> = rows.map(|((model, state), against)| recipe_row(model, state, against)).collect();
    let head = ["recipe", "claim of the source", "expected", "measured on test", "verdict", "to make it again"];
    html! {
        section #claims {
            h2 { "Claims of the recipes" }
            p.verdict {
                strong { (holding) " of " (measured) " claims hold" (besides(models.len() - measured, "not run")) "." }
                " A recipe states its seeds and what it expects before any of them is run; where test scores of other seeds or \
                 settings were known by then, that stands with the band. Figures on unverified data, which are not the published \
                 files, are marked."
            }
            (markup(&head, &rows))
        }
    }
}

/// Every experiment and how many of its claims came out.
pub(crate) fn experiments(experiments: &[ExperimentPage]) -> Markup {
    let outcomes = || experiments.iter().filter_map(|one| Some(&one.recorded.as_ref()?.outcome));
    let (holds, measured) = (outcomes().filter(|outcome| outcome.holds()).count(), outcomes().count());
    let claims: usize = outcomes().map(|outcome| outcome.claims.len()).sum();
    let rows: Vec<Vec<Markup>> = experiments.iter().map(experiment_row).collect();
    html! {
        section #experiments {
            h2 { "Experiments" }
            p.verdict {
                strong { (holds) " of " (measured) " experiments hold" }
                ", with " (claims) " claims" (besides(experiments.len() - measured, "not run")) ". A claim differs where a source states what does not come out; the reason stands with it."
            }
            (markup(&["experiment", "sections", "verdict", "claims", "seconds", "to run it again"], &rows))
        }
    }
}

fn experiment_row(experiment: &ExperimentPage) -> Vec<Markup> {
    let standing = experiment.exhibit().standing;
    let outcome = experiment.recorded.as_ref().map(|recorded| &recorded.outcome);
    vec![
        link_to(&experiment.name),
        text(experiment.sources.join(", ")),
        colored(class(standing), standing.text()),
        text(outcome.map_or_else(String::new, |outcome| outcome.counts_in_words())),
        text(outcome.map_or_else(String::new, |outcome| format!("{:.1}", outcome.seconds))),
        command(&format!("cargo run -p experiments -- run {}", experiment.name)),
    ]
}

/// The runs held against what was recorded, where there is both.
type Against = Option<Result<Replication, &'static str>>;

/// Whether a claim was measured, and what came out.
enum ClaimState<'a> {
    NotMeasured,
    /// By another recipe than the present one.
    Outdated,
    Measured(Summary, &'a Record),
}

fn judge(model: &ModelPage) -> ClaimState<'_> {
    let recipe = &model.entry.recipe;
    match &model.record {
        None => ClaimState::NotMeasured,
        Some(record) if !record.is_by(recipe) => ClaimState::Outdated,
        Some(record) => {
            record.summary(recipe).map_or(ClaimState::NotMeasured, |summary| ClaimState::Measured(summary, record))
        }
    }
}

fn recipe_row(model: &ModelPage, state: &ClaimState<'_>, replication: &Against) -> Vec<Markup> {
    let claim = model.entry.recipe.zoo_claim();
    let expected = html! {
        (claim.metric.label()) " " (claim.expected) " ± " (claim.tolerance)
        (origin(claim.band()))
        @for floor in &claim.floors { br; (floor.metric.label()) " at least " (floor.least) }
    };
    let (class, verdict) = match state {
        ClaimState::NotMeasured => ("open", "not measured"),
        ClaimState::Outdated => ("open", "measured by another recipe than the present one"),
        ClaimState::Measured(summary, _) => match summary.verdict {
            Verdict::Holds => match replication.iter().flatten().find_map(unlike) {
                Some(unlike) => ("fails", unlike),
                None => ("holds", "✓ holds"),
            },
            Verdict::AboveBand => ("open", "above its band: too good is usually a leak"),
            Verdict::Fails => ("fails", "✗ fails"),
        },
    };
    vec![
        link_to(model.name()),
        html! { small { (claim.source) } br; (claim.stated) },
        expected,
        html! { (measured(model, state)) @for line in replication.iter().flat_map(lines) { br; small { (line) } } },
        colored(class, verdict),
        command(&format!("cargo xtask reproduce {}", model.name())),
    ]
}

fn measured(model: &ModelPage, state: &ClaimState<'_>) -> Markup {
    let ClaimState::Measured(summary, record) = state else {
        return text("not measured");
    };
    let spread = summary.measured;
    let others = summary.floors.iter().filter(|(metric, ..)| *metric != model.entry.recipe.zoo_claim().metric);
    html! {
        strong { (mean_and_deviation(&spread)) } br;
        small { @if spread.count > 1 { (range(&spread)) ", " } (over(record, &model.entry.recipe)) }
        @for (metric, _, mean) in others { br; (metric.label()) (format!(" {mean:.4}")) }
        @if is_unverified(record) { br; em { "on unverified data" } }
    }
}

/// Whether any of it was measured on other files than the published ones.
pub(crate) fn is_unverified(record: &Record) -> bool {
    record.runs.iter().any(|run| run.data.provenance == Provenance::Unverified)
}
