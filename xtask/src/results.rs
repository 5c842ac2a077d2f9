//! The READMEs' tables of what was measured, from the records in `results/`.

use crate::experiments::{self, Recorded};
use crate::recipes::{self, Shipped};
use crate::reproduce::recorded;
use crate::workspace;
use anyhow::Result;
use std::collections::BTreeSet;
use zoo_core::weights::{Entry, Index};
use zoo_core::{Metric, Provenance};
use zoo_results::outcome::Outcome;
use zoo_results::{Record, Report, Summary, Verdict};

const HEAD: &str = "| recipe | data | metric | measured: mean ± sd (min to max) | expected | the source says | training | |\n\
                    |---|---|---|---|---|---|--:|---|\n";

/// Behind a figure that was measured on other files than the published ones.
const UNVERIFIED: &str = " (unverified data)";

/// The table of every recipe of a family, or of all, and what it was measured with.
///
/// # Errors
/// If a recipe or a record cannot be read.
pub(crate) fn table(family: Option<&str>) -> Result<String> {
    let mut rows = String::from(HEAD);
    let mut records = Vec::new();
    for shipped in recipes::all()?.iter().filter(|shipped| family.is_none_or(|family| shipped.family == family)) {
        let record = recorded(&shipped.recipe.name)?;
        rows += &row(shipped, record.as_ref());
        records.extend(record);
    }
    Ok(format!("{rows}\n{}", provenance(&records)))
}

/// The table of a family's shipped weights.
///
/// # Errors
/// If the index cannot be read.
pub(crate) fn weights(family: &str) -> Result<String> {
    let folder = workspace::root().join("models").join(family).join("weights");
    let mut rows = String::from("| weights | test accuracy | bytes | seed | sha256 |\n|---|--:|--:|--:|---|\n");
    for entry in Index::read(&folder.join("index.json"))?.weights {
        let Entry { name, metrics, bytes, seed, sha256, provenance, .. } = entry;
        let mark = if provenance == Provenance::Unverified { UNVERIFIED } else { "" };
        let accuracy = metrics.accuracy;
        rows +=
            &format!("| [`{name}`](weights/{name}.md) | {accuracy:.4}{mark} | {bytes} | {seed} | `{sha256:.12}…` |\n");
    }
    Ok(rows)
}

/// The table of every experiment, and what it was run with.
///
/// # Errors
/// If an outcome cannot be read.
pub(crate) fn experiments() -> Result<String> {
    let mut rows =
        String::from("| experiment | sections | what it shows | claims | seconds | |\n|---|---|---|---|--:|---|\n");
    let mut outcomes = Vec::new();
    for experiments::Shipped { name, sources } in experiments::all()? {
        let Some(Recorded { outcome, .. }) = experiments::read(&experiments::recorded(), &name)? else {
            rows += &format!("| `{name}` | {} | – | not recorded | – | |\n", sources.join(", "));
            continue;
        };
        let verdict = if outcome.holds() { "holds" } else { "**fails**" };
        rows += &format!(
            "| [`{name}`](../../results/experiments/{name}) | {} | {} | {} | {:.1} | {verdict} |\n",
            sources.join(", "),
            outcome.title,
            experiments::counts(&outcome),
            outcome.seconds
        );
        outcomes.push(outcome);
    }
    let all = |of: &dyn Fn(&Outcome) -> String| {
        outcomes.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    };
    if outcomes.is_empty() {
        return Ok(rows);
    }
    Ok(format!(
        "{rows}\nRun on device {}, {} threads, Burn {}, commit {}, {}, seed {}.\n",
        all(&|one| one.device.clone()),
        all(&|one| one.threads.to_string()),
        all(&|one| one.burn.clone()),
        all(&|one| one.commit.as_deref().map_or("unknown".to_string(), |commit| format!("{commit:.12}"))),
        all(&|one| one.started.get(..10).unwrap_or_default().to_string()),
        all(&|one| one.seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
    ))
}

fn row(shipped: &Shipped, record: Option<&Record>) -> String {
    let (recipe, claim) = (&shipped.recipe, &shipped.recipe.claim);
    let [metric, expected] = [claim.metric.label().to_string(), format!("{} ± {}", claim.expected, claim.tolerance)];
    let found = record.and_then(|record| Some((record, record.summary(recipe)?)));
    let [data, measured, seconds, verdict] = match &found {
        Some((record, summary)) => cells(shipped, record, summary),
        None => ["–", "not recorded", "–", ""].map(String::from),
    };
    format!(
        "| `{}` | {data} | {metric} | {measured} | {expected} | {} | {seconds} | {verdict} |\n",
        recipe.name, claim.stated
    )
}

fn cells(shipped: &Shipped, record: &Record, summary: &Summary) -> [String; 4] {
    let spread = &summary.measured;
    let over = match &record.folds {
        Some(folds) => format!("{} folds, {} times", folds.folds, folds.seeds.len()),
        None => format!("{} seeds", spread.count),
    };
    let mut measured =
        format!("**{:.4}** ± {:.4} ({:.4} to {:.4}), {over}", spread.mean, spread.deviation, spread.min, spread.max);
    for (metric, _, mean) in summary.floors.iter().filter(|(metric, ..)| *metric != shipped.recipe.claim.metric) {
        measured += &format!("; {} {mean:.4}", metric.label());
    }
    measured += &baseline(record);
    measured += &mirrored(&record.runs);
    let mean_seconds = record.runs.iter().map(|run| run.train_seconds).sum::<f64>() / record.runs.len() as f64;
    [data(record), measured, format!("{mean_seconds:.1} s"), verdict(shipped, record, summary)]
}

fn data(record: &Record) -> String {
    let Some(run) = record.runs.first() else {
        return "–".to_string();
    };
    let unverified = run.data.provenance == Provenance::Unverified;
    format!("{}{}", run.data.name, if unverified { UNVERIFIED } else { "" })
}

/// Two classes: what saying always the same would reach, beside our accuracy.
fn baseline(record: &Record) -> String {
    let Some(run) = record.runs.first().filter(|run| run.class_names.len() == 2) else {
        return String::new();
    };
    let counts: Vec<u64> = run.confusion.iter().map(|row| row.iter().sum()).collect();
    let (total, most) = (counts.iter().sum::<u64>(), counts.iter().copied().max().unwrap_or(0));
    let always = most as f64 / total.max(1) as f64;
    let accuracy = record.spread(Metric::Accuracy).map_or(f64::NAN, |spread| spread.mean);
    format!("; accuracy {accuracy:.4}, where saying always the same is right in {always:.4}")
}

/// The figure with every image's logits averaged with its mirror image's.
fn mirrored(runs: &[Report]) -> String {
    let values: Vec<f64> = runs.iter().filter_map(|run| Some(run.test_mirrored.as_ref()?.accuracy)).collect();
    let spread = zoo_results::Spread::of(&values).filter(|spread| spread.count == runs.len());
    spread.map(|spread| format!("; averaged with the mirror image {:.4}", spread.mean)).unwrap_or_default()
}

fn verdict(shipped: &Shipped, record: &Record, summary: &Summary) -> String {
    if !record.is_of(&shipped.recipe) {
        return "measured by another recipe than this".to_string();
    }
    match summary.verdict {
        Verdict::Holds => "holds",
        Verdict::AboveBand => "above its band",
        Verdict::Fails => "**fails**",
    }
    .to_string()
}

/// One sentence on what all of it was measured with; different ones are all named.
fn provenance(records: &[Record]) -> String {
    let runs = || records.iter().flat_map(|record| &record.runs);
    if runs().next().is_none() {
        return "Nothing recorded yet: `cargo xtask reproduce --record`.\n".to_string();
    }
    let all = |of: &dyn Fn(&Report) -> String| {
        runs().map(of).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    };
    let cpus: BTreeSet<_> = records.iter().map(|record| record.cpu.as_str()).collect();
    let days: BTreeSet<_> = runs().map(|run| run.started.get(..10).unwrap_or_default()).collect();
    let days = match (days.first(), days.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (first, _) => first.unwrap_or(&"").to_string(),
    };
    format!(
        "Measured on device {}, {} threads, {} ({}), Burn {}, commit {}, {days}; training time is the mean of a run's.\n",
        all(&|run| run.device.clone()),
        all(&|run| run.threads.to_string()),
        cpus.into_iter().collect::<Vec<_>>().join(", "),
        all(&|run| run.instruction_set.clone().unwrap_or_else(|| "no vector kernels".to_string())),
        all(&|run| run.burn.clone()),
        all(&|run| run.commit.as_deref().map_or("unknown".to_string(), |commit| format!("{commit:.12}"))),
    )
}
