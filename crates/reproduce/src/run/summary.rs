//! What a reproduction says: a row per experiment and recipe as they end, and what all of them come to.

use super::options::Selection;
use super::runner::{ExperimentResult, RecipeResult};
use crate::catalog::RecipeEntry;
use crate::output::{answer, say};
use crate::table::{Column, left, line, right};
use zoo_core::Provenance;
use zoo_results::outcome::{Finding, FindingVerdict};
use zoo_results::{Record, Spread, Summary, Verdict};

/// A claim does not hold.
const FAILS: u8 = 1;
/// Something went wrong.
const BROKEN: u8 = 2;
/// Something could not be run.
const INCOMPLETE: u8 = 3;

/// Everything that was run so far.
#[derive(Default)]
pub(crate) struct RunResults {
    pub(crate) experiments: Vec<(&'static str, ExperimentResult)>,
    pub(crate) recipes: Vec<(RecipeEntry, RecipeResult)>,
}

/// The columns of the table of experiments.
pub(crate) fn experiment_columns() -> [Column; 5] {
    [
        left("experiment").width(22),
        left("source").width(10),
        left("claims").width(34),
        right("seconds").width(9),
        left("verdict"),
    ]
}

/// An experiment's row, and below it what fails.
pub(crate) fn experiment_row(name: &str, result: &ExperimentResult) -> String {
    let outcome = match result {
        ExperimentResult::Done(outcome) => outcome,
        ExperimentResult::Broken(_) => return format!("{name:22} not run: it went wrong"),
    };
    let verdict = if outcome.holds() { "holds" } else { "FAILS" }.to_string();
    let seconds = format!("{:.1}", outcome.seconds);
    let cells = [name.to_string(), outcome.sources.join(", "), outcome.counts_in_words(), seconds, verdict];
    let mut row = line(&experiment_columns(), &cells);
    for Finding { sentence, expected, measured, verdict } in &outcome.claims {
        if *verdict == FindingVerdict::Fails {
            row += &format!("\n{:22} {sentence}: expected {expected}, measured {measured}", "");
        }
    }
    row
}

/// The columns of the table of recipes.
pub(crate) fn recipe_columns() -> [Column; 7] {
    [
        left("recipe").width(22),
        left("metric").width(18),
        left("expected").width(16),
        left("mean ± sd").width(18),
        left("min to max").width(18),
        right("seconds").width(9),
        left("verdict"),
    ]
}

/// A recipe's row, and below it what the source states.
pub(crate) fn recipe_row(entry: &RecipeEntry, result: &RecipeResult) -> String {
    let (name, claim) = (&entry.recipe.name, &entry.recipe.claim);
    let mut cells =
        vec![name.clone(), claim.metric.label().to_string(), format!("{} ± {}", claim.expected, claim.tolerance)];
    match result {
        RecipeResult::Measured { record, summary } => cells.extend(measured(record, summary)),
        RecipeResult::MissingData(_) => cells.push("not run: its data is not here".to_string()),
        RecipeResult::Broken(_) => cells.push("not run: it went wrong".to_string()),
    }
    format!("{}\n{:22} source: {}", line(&recipe_columns(), &cells), "", claim.stated)
}

fn measured(record: &Record, summary: &Summary) -> [String; 4] {
    let Spread { mean, deviation, min, max, .. } = summary.measured;
    let folds_seconds = record.folds.as_ref().map_or(0.0, |folds| folds.train_seconds);
    let seconds = folds_seconds + record.runs.iter().map(|run| run.train_seconds).sum::<f64>();
    let range = format!("{min:.4} to {max:.4}");
    [format!("{mean:.4} ± {deviation:.4}"), range, format!("{seconds:.1}"), verdict(record, summary)]
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

/// How many of several things hold, failed, went wrong and were not run.
#[derive(Default)]
struct Tally {
    of: usize,
    holds: usize,
    above: usize,
    fails: usize,
    broken: usize,
    not_run: usize,
}

/// The last lines: what holds, what does not, what was not run and what would help; gives the exit code.
pub(crate) fn conclude(selection: &Selection, results: &RunResults) -> u8 {
    let (experiments, recipes) = (tally_experiments(selection, results), tally_recipes(selection, results));
    let asked = selection.experiments.len() + selection.recipes.len();
    let left = asked - results.experiments.len() - results.recipes.len();
    if left > 0 {
        say(&format!("{left} were not begun after that; --keep-going goes on"));
    }
    if results.recipes.iter().any(|(_, result)| matches!(result, RecipeResult::MissingData(_))) {
        say("data that is missing is downloaded without --offline, or found by --data-dir DIR");
    }
    if experiments.of > 0 {
        let Tally { of, holds, fails, broken, not_run, .. } = experiments;
        answer(&format!("{holds} of {of} experiments hold, {fails} fail, {broken} went wrong, {not_run} not run"));
    }
    if recipes.of > 0 {
        let Tally { of, holds, above, fails, broken, not_run } = recipes;
        answer(&format!(
            "{holds} of {of} recipes hold, {above} above their band, {fails} fail, {broken} went wrong, {not_run} not run"
        ));
    }
    exit_code(
        experiments.fails + recipes.fails,
        experiments.broken + recipes.broken,
        experiments.not_run + recipes.not_run,
    )
}

fn tally_experiments(selection: &Selection, results: &RunResults) -> Tally {
    let of = selection.experiments.len();
    let mut tally = Tally { of, not_run: of - results.experiments.len(), ..Tally::default() };
    for (name, result) in &results.experiments {
        match result {
            ExperimentResult::Done(outcome) if outcome.holds() => tally.holds += 1,
            ExperimentResult::Done(_) => tally.fails += 1,
            ExperimentResult::Broken(reason) => {
                tally.broken += 1;
                say(&format!("error: {name}: {reason}"));
            }
        }
    }
    tally
}

fn tally_recipes(selection: &Selection, results: &RunResults) -> Tally {
    let of = selection.recipes.len();
    let mut tally = Tally { of, not_run: of - results.recipes.len(), ..Tally::default() };
    for (entry, result) in &results.recipes {
        let name = &entry.recipe.name;
        match result {
            RecipeResult::Measured { summary, .. } => match summary.verdict {
                Verdict::Holds => tally.holds += 1,
                Verdict::AboveBand => {
                    tally.holds += 1;
                    tally.above += 1;
                }
                Verdict::Fails => tally.fails += 1,
            },
            RecipeResult::MissingData(reason) => {
                tally.not_run += 1;
                say(&format!("incomplete: {name}: {reason}"));
            }
            RecipeResult::Broken(reason) => {
                tally.broken += 1;
                say(&format!("error: {name}: {reason}"));
            }
        }
    }
    tally
}

fn exit_code(fails: usize, broken: usize, not_run: usize) -> u8 {
    match (fails, broken, not_run) {
        (0, 0, 0) => 0,
        (0, 0, _) => INCOMPLETE,
        (0, _, _) => BROKEN,
        _ => FAILS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_claim_outweighs_what_went_wrong_and_that_what_is_missing() {
        assert_eq!(exit_code(0, 0, 0), 0);
        assert_eq!(exit_code(0, 0, 4), INCOMPLETE);
        assert_eq!(exit_code(0, 1, 4), BROKEN);
        assert_eq!(exit_code(2, 1, 4), FAILS);
    }
}
