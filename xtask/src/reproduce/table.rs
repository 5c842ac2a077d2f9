//! The table, row by row, as recipes end.

use super::Found;
use crate::recipes::Shipped;
use zoo_core::{Metric, Provenance};
use zoo_recipe::Measured;
use zoo_results::{Record, Summary, Verdict};

/// The width of the name column.
const NAME: usize = 22;

pub(super) fn header() -> String {
    format!(
        "{:NAME$} {:18} {:16} {:18} {:18} {:>9}  verdict",
        "recipe", "metric", "expected", "mean ± sd", "min to max", "seconds"
    )
}

/// A recipe's row, and below it what the source states.
pub(super) fn row(shipped: &Shipped, found: &Found) -> String {
    let (name, claim) = (&shipped.recipe.name, &shipped.recipe.claim);
    let expected = format!("{} ± {}", claim.expected, claim.tolerance);
    let metric = claim.metric.label();
    let cells = match found {
        Found::Measured { record, summary } => measured(record, summary),
        Found::Missing(_) => "not run: its data is not here".to_string(),
        Found::Broken(_) => "not run: it went wrong".to_string(),
    };
    format!("{name:NAME$} {metric:18} {expected:16} {cells}\n{:NAME$} source: {}", "", claim.stated)
}

fn measured(record: &Record, summary: &Summary) -> String {
    let spread = &summary.measured;
    let mean = format!("{:.4} ± {:.4}", spread.mean, spread.deviation);
    let range = format!("{:.4} to {:.4}", spread.min, spread.max);
    format!("{mean:18} {range:18} {:>9.1}  {}", seconds(record), verdict(record, summary))
}

/// The training time of all seeds and folds.
pub(super) fn seconds(record: &Record) -> f64 {
    let runs: f64 = record.runs.iter().map(|run| run.train_seconds).sum();
    runs + record.folds.as_ref().map_or(0.0, |folds| folds.train_seconds)
}

fn verdict(record: &Record, summary: &Summary) -> String {
    let over = match &record.folds {
        Some(folds) => format!("{} folds", folds.runs.len()),
        None => format!("{} seeds", record.runs.len()),
    };
    let missed = summary.floors.iter().filter(|(_, least, mean)| mean < least || mean.is_nan());
    let missed: String =
        missed.map(|(metric, least, mean)| format!("; {} {mean:.4} is below {least}", metric.label())).collect();
    let unverified = record.runs.iter().any(|run| run.data.provenance == Provenance::Unverified);
    let data = if unverified { ", on unverified data" } else { "" };
    let word = match summary.verdict {
        Verdict::Holds => "holds",
        Verdict::AboveBand => "ABOVE ITS BAND: too good is usually a leak",
        Verdict::Fails => "FAILS",
    };
    format!("{word} ({over}{data}){missed}")
}

/// What a recipe's work takes, by its own estimate.
pub(super) fn estimate(shipped: &Shipped, seeds: usize) -> f64 {
    let folds = match shipped.recipe.claim.measured {
        Measured::Test => 0,
        Measured::Folds { folds } => folds,
    };
    shipped.recipe.claim.seconds * (seeds * (1 + folds)) as f64
}
