//! The READMEs' tables of what was measured, from the records.

use crate::catalog::RecipeEntry;
use crate::outcomes::{self, RecordedOutcome};
use crate::replication;
use crate::workspace::Workspace;
use anyhow::Result;
use std::collections::BTreeSet;
use zoo_core::weights::{Entry, Index};
use zoo_core::{Metric, Provenance};
use zoo_recipe::{Band, Recipe};
use zoo_report::table::{counted, left, markdown, right};
use zoo_results::outcome::Outcome;
use zoo_results::{Overlap, Record, Replication, Report, ScoresOf, Spread, Summary, Verdict};

/// Behind a figure that was measured on other files than the published ones.
const UNVERIFIED: &str = " (unverified data)";

/// Behind a band that is no blind forecast.
pub(crate) fn origin(band: Band) -> &'static str {
    match band {
        Band::Forecast => "",
        Band::Informed => " (set knowing other test scores)",
        Band::Recorded => " (set by the record)",
    }
}

/// Whether any of it was measured on other files than the published ones.
pub(crate) fn is_unverified(record: &Record) -> bool {
    record.runs.iter().any(|run| run.data.provenance == Provenance::Unverified)
}

/// The table of every recipe of a family, or of all, and what it was measured with.
pub(crate) fn recipes(workspace: &Workspace, family: Option<&str>) -> Result<String> {
    let (mut rows, mut records) = (Vec::new(), Vec::new());
    for entry in workspace.recipes()?.iter().filter(|entry| family.is_none_or(|family| entry.family == family)) {
        let record = workspace.record(&entry.recipe.name)?;
        let fresh = workspace.fresh_record(&entry.recipe.name)?;
        rows.push(recipe_row(entry, record.as_ref(), fresh.as_ref()));
        records.extend(record);
    }
    let measured = "measured: mean ± sd, 95 % interval of the mean";
    let words = ["recipe", "data", "metric", measured, "expected", "the source says"].map(left);
    let columns: Vec<_> = words.into_iter().chain([right("training"), left("")]).collect();
    Ok(format!("{}\n{}\n", markdown(&columns, &rows), measured_with(&records.iter().collect::<Vec<_>>())))
}

/// The table of a family's shipped weights.
pub(crate) fn weights(workspace: &Workspace, family: &str) -> Result<String> {
    let index = workspace.root().join("models").join(family).join("weights/index.json");
    let row = |Entry { name, metrics, bytes, seed, sha256, provenance, .. }: Entry| {
        let mark = if provenance == Provenance::Unverified { UNVERIFIED } else { "" };
        let accuracy = format!("{:.4}{mark}", metrics.accuracy);
        let [link, digest] = [format!("[`{name}`](weights/{name}.md)"), format!("`{sha256:.12}…`")];
        vec![link, accuracy, bytes.to_string(), seed.to_string(), digest]
    };
    let rows: Vec<_> = Index::read(&index)?.weights.into_iter().map(row).collect();
    let columns = [left("weights"), right("test accuracy"), right("bytes"), right("seed"), left("sha256")];
    Ok(markdown(&columns, &rows))
}

/// The table of every experiment, and what it was run with.
pub(crate) fn experiments(workspace: &Workspace) -> Result<String> {
    let (mut rows, mut outcomes) = (Vec::new(), Vec::new());
    for experiment in outcomes::all() {
        let (name, sources) = (experiment.name, outcomes::sources(experiment).join(", "));
        let Some(RecordedOutcome { outcome, .. }) = outcomes::read(&workspace.outcomes(), name)? else {
            let link = format!("`{name}`");
            rows.push([link, sources, "–".into(), "not recorded".into(), "–".into(), String::new()].to_vec());
            continue;
        };
        let link = format!("[`{name}`](../../results/experiments/{name})");
        let verdict = if outcome.holds() { "holds" } else { "**fails**" }.to_string();
        let (counts, seconds) = (outcome.counts_in_words(), format!("{:.1}", outcome.seconds));
        rows.push(vec![link, sources, outcome.title.clone(), counts, seconds, verdict]);
        outcomes.push(outcome);
    }
    let words = ["experiment", "sections", "what it shows", "claims"].map(left);
    let columns: Vec<_> = words.into_iter().chain([right("seconds"), left("")]).collect();
    let table = markdown(&columns, &rows);
    if outcomes.is_empty() {
        return Ok(table);
    }
    Ok(format!("{table}\n{}\n", run_with(&outcomes.iter().collect::<Vec<_>>())))
}

/// One sentence on what experiments were run with; different ones are all named.
pub(crate) fn run_with(outcomes: &[&Outcome]) -> String {
    format!(
        "Run on device {}, {}, Burn {}, commit {}, {}, seed {}.",
        distinct(outcomes.iter().map(|one| one.device.clone())),
        distinct(outcomes.iter().map(|one| counted(one.threads, "thread"))),
        distinct(outcomes.iter().map(|one| one.burn.clone())),
        distinct(outcomes.iter().map(|one| short_commit(one.commit.as_deref()))),
        distinct(outcomes.iter().map(|one| day(&one.started).to_string())),
        distinct(outcomes.iter().map(|one| one.seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))),
    )
}

/// What the mean is over, in words.
pub(crate) fn over(record: &Record, recipe: &Recipe) -> String {
    let (run, stated) = (record.runs.len(), &recipe.training.seeds);
    let seeds = match record.runs.iter().filter(|run| stated.contains(&run.seed)).count() {
        0 => counted(run, "fresh seed"),
        known if known == run && run < stated.len() => format!("{run} of {}", counted(stated.len(), "seed")),
        _ => counted(run, "seed"),
    };
    match &record.folds {
        Some(folds) => format!("{} by each of {seeds}", counted(folds.folds, "fold")),
        None => seeds,
    }
}

/// The first twelve digits of a commit.
pub(crate) fn short_commit(commit: Option<&str>) -> String {
    commit.map_or("unknown".to_string(), |commit| format!("{commit:.12}"))
}

/// The date of a time of day.
pub(crate) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or_default()
}

/// All different ones, in order.
fn distinct(all: impl Iterator<Item = String>) -> String {
    all.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

fn recipe_row(entry: &RecipeEntry, record: Option<&Record>, fresh: Option<&Record>) -> Vec<String> {
    let (recipe, claim) = (&entry.recipe, entry.recipe.zoo_claim());
    let expected = format!("{} ± {}{}", claim.expected, claim.tolerance, origin(claim.band()));
    let summarized = record.and_then(|record| Some((record, record.summary(recipe)?)));
    let [data, measured, seconds, verdict] = match &summarized {
        Some((record, summary)) => measured_cells(entry, record, summary, fresh),
        None => ["–", "not recorded", "–", ""].map(String::from),
    };
    let name = format!("`{}`", recipe.name);
    let metric = claim.metric.label().to_string();
    vec![name, data, metric, measured, expected, claim.stated.clone(), seconds, verdict]
}

fn measured_cells(entry: &RecipeEntry, record: &Record, summary: &Summary, fresh: Option<&Record>) -> [String; 4] {
    let Spread { mean, deviation, .. } = summary.measured;
    let overlap = record.folds.as_ref().map_or(Overlap::default(), |folds| Overlap::of_folds(folds.folds));
    let interval = overlap.interval(&summary.measured);
    let spread = interval.map(|(low, high)| format!(" ± {deviation:.4}, {low:.4} to {high:.4}")).unwrap_or_default();
    let mut measured = format!("**{mean:.4}**{spread}, {}", over(record, &entry.recipe));
    for (metric, _, mean) in summary.floors.iter().filter(|(metric, ..)| *metric != entry.recipe.zoo_claim().metric) {
        measured += &format!("; {} {mean:.4}", metric.label());
    }
    measured += &baseline(record);
    measured += &augmented(&record.runs);
    let replication = fresh.and_then(|fresh| Replication::of(&entry.recipe, record, fresh, 2).ok());
    measured += &replication.map(|replication| format!("; {}", replication::short(&replication))).unwrap_or_default();
    let mean_seconds = record.runs.iter().map(|run| run.train_seconds).sum::<f64>() / record.runs.len() as f64;
    let verdict = match summary.verdict {
        _ if !record.is_of(&entry.recipe) => "measured by another recipe than this",
        Verdict::Holds => "holds",
        Verdict::AboveBand => "above its band",
        Verdict::Fails => "**fails**",
    };
    [data(record), measured, format!("{mean_seconds:.1} s"), verdict.to_string()]
}

fn data(record: &Record) -> String {
    let Some(run) = record.runs.first() else {
        return "–".to_string();
    };
    let is_unverified = run.data.provenance == Provenance::Unverified;
    format!("{}{}", run.data.name, if is_unverified { UNVERIFIED } else { "" })
}

/// Of two classes: the majority-class baseline beside our accuracy.
fn baseline(record: &Record) -> String {
    let Some(run) = record.runs.first().filter(|run| run.class_names.len() == 2) else {
        return String::new();
    };
    let counts: Vec<u64> = run.confusion.iter().map(|row| row.iter().sum()).collect();
    let (total, most) = (counts.iter().sum::<u64>(), counts.iter().copied().max().unwrap_or(0));
    let majority = most as f64 / total.max(1) as f64;
    let accuracy = record.spread(Metric::Accuracy).map_or(f64::NAN, |spread| spread.mean);
    format!("; accuracy {accuracy:.4}, majority-class baseline {majority:.4}")
}

/// The figures of test-time augmentation that every run has.
fn augmented(runs: &[Report]) -> String {
    let figure = |(name, of): (&str, ScoresOf)| {
        let values: Vec<f64> = runs.iter().filter_map(|run| Some(of(run)?.accuracy)).collect();
        let spread = Spread::of(&values).filter(|spread| spread.count == runs.len())?;
        Some(format!("; {name} {:.4}", spread.mean))
    };
    Report::AUGMENTED.into_iter().filter_map(figure).collect()
}

/// One sentence on what all of it was measured with; different ones are all named.
pub(crate) fn measured_with(records: &[&Record]) -> String {
    let runs = || records.iter().flat_map(|record| &record.runs);
    let days: BTreeSet<_> = runs().map(|run| day(&run.started)).collect();
    let days = match (days.first(), days.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (Some(first), _) => (*first).to_string(),
        (None, _) => return "Nothing recorded yet: `cargo xtask reproduce --record`.".to_string(),
    };
    format!(
        "Measured on device {}, {}, {}, Burn {}, commit {}, {days}; training time is the mean of a run's.",
        distinct(runs().map(|run| run.device.clone())),
        distinct(runs().map(|run| counted(run.threads, "thread"))),
        distinct(records.iter().flat_map(|record| record.machines().into_keys())),
        distinct(runs().map(|run| run.burn.clone())),
        distinct(runs().map(|run| short_commit(run.commit.as_deref()))),
    )
}
