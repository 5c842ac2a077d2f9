//! What a reproduction says: a row per task as they end, and what all of them come to.

use super::task::{MeasuredRecipe, RunTask, TaskResult};
use crate::replication;
use crate::results::over;
use crate::spreads::{mean_and_deviation, range};
use std::collections::BTreeMap;
use trainer::output::{say, warn};
use zoo_core::{Cost, Provenance};
use zoo_recipe::Recipe;
use zoo_report::table::{Column, counted, head_line, left, line, right};
use zoo_results::Verdict;
use zoo_results::outcome::{Finding, FindingVerdict};

/// A claim does not hold.
const FAILS: u8 = 1;
/// Something went wrong.
const BROKEN: u8 = 2;
/// Something could not be run.
const INCOMPLETE: u8 = 3;

/// The characters of a name.
const NAME: usize = 22;

fn columns(task: &RunTask) -> Vec<Column> {
    let seconds = right("seconds").width(9);
    match task {
        RunTask::Experiment(_) => {
            let claims = left("claims").width(34);
            vec![left("experiment").width(NAME), left("source").width(10), claims, seconds, left("verdict")]
        }
        RunTask::Recipe(..) => {
            let [mean, range] = ["mean ± sd", "min to max"].map(|title| left(title).width(18));
            let (metric, expected) = (left("metric").width(18), left("expected").width(16));
            vec![left("recipe").width(NAME), metric, expected, mean, range, seconds, left("verdict")]
        }
    }
}

/// The head above the rows of tasks of this kind.
pub(crate) fn head(task: &RunTask) -> String {
    head_line(&columns(task))
}

/// A task's row, and below it the experiment's claims that fail or what the recipe's source states.
pub(crate) fn row(task: &RunTask, result: &TaskResult) -> String {
    let mut cells = vec![task.name().to_string()];
    let mut below = Vec::new();
    if let RunTask::Recipe(task) = task {
        let claim = task.entry.recipe.zoo_claim();
        cells.extend([claim.metric.label().to_string(), format!("{} ± {}", claim.expected, claim.tolerance)]);
        below.push(format!("source: {}", claim.stated));
    }
    match (result, task) {
        (TaskResult::MissingData(_), _) => cells.push("not run: its data is not here".to_string()),
        (TaskResult::Record(measured), RunTask::Recipe(task)) => {
            cells.extend(measured_cells(measured, &task.entry.recipe));
            below.extend(replication::lines(&measured.replication));
        }
        (TaskResult::Broken(_) | TaskResult::Record(_), _) => cells.push("not run: it went wrong".to_string()),
        (TaskResult::Outcome(outcome), _) => {
            let verdict = if outcome.holds() { "holds" } else { "FAILS" }.to_string();
            let seconds = format!("{:.1}", outcome.seconds);
            cells.extend([outcome.sources.join(", "), outcome.counts_in_words(), seconds, verdict]);
            let failing = outcome.claims.iter().filter(|finding| finding.verdict == FindingVerdict::Fails);
            below.extend(failing.map(|Finding { sentence, expected, measured, .. }| {
                format!("{sentence}: expected {expected}, measured {measured}")
            }));
        }
    }
    below.iter().fold(line(&columns(task), &cells), |row, below| format!("{row}\n{:NAME$} {below}", ""))
}

fn measured_cells(measured: &MeasuredRecipe, recipe: &Recipe) -> [String; 4] {
    let MeasuredRecipe { record, summary, .. } = measured;
    let folds_seconds = record.folds.as_ref().map_or(0.0, |folds| folds.train_seconds);
    let seconds = folds_seconds + record.runs.iter().map(|run| run.train_seconds).sum::<f64>();
    let spread = &summary.measured;
    [mean_and_deviation(spread), range(spread), format!("{seconds:.1}"), verdict(measured, recipe)]
}

fn verdict(MeasuredRecipe { record, summary, replication }: &MeasuredRecipe, recipe: &Recipe) -> String {
    let over = over(record, recipe);
    let missed = summary.floors.iter().filter(|(_, least, mean)| mean < least || mean.is_nan());
    let missed: String =
        missed.map(|(metric, least, mean)| format!("; {} {mean:.4} is below {least}", metric.label())).collect();
    let unverified = record.runs.iter().any(|run| run.data.provenance == Provenance::Unverified);
    let data = if unverified { ", on unverified data" } else { "" };
    let word = match summary.verdict {
        Verdict::Holds => replication.as_ref().ok().and_then(replication::unlike).unwrap_or("holds"),
        Verdict::AboveBand => "ABOVE ITS BAND: too good is usually a leak",
        Verdict::Fails => "FAILS",
    };
    format!("{word} ({over}{data}){missed}")
}

/// Where the runs came from, if from machines of more than one kind, whose bits need not be the same.
pub(crate) fn tell_machines(results: &[(RunTask, TaskResult)]) {
    let mut kinds = BTreeMap::<String, usize>::new();
    for (_, result) in results {
        if let TaskResult::Record(measured) = result {
            measured.record.machines().into_iter().for_each(|(kind, runs)| *kinds.entry(kind).or_default() += runs);
        }
    }
    if kinds.len() > 1 {
        let rows: Vec<String> =
            kinds.iter().map(|(kind, runs)| format!("  {kind}: {}", counted(*runs, "run"))).collect();
        say(&format!("the runs came from {} kinds of machines\n{}", kinds.len(), rows.join("\n")));
    }
}

/// What all runs together cost, as far as the systems they ran on said.
pub(crate) fn tell_cost(results: &[(RunTask, TaskResult)]) {
    let of_record = |(_, result): &(RunTask, TaskResult)| match result {
        TaskResult::Record(measured) => measured.record.costs(),
        _ => Vec::new(),
    };
    let costs: Vec<Cost> = results.iter().flat_map(of_record).collect();
    if costs.iter().any(Cost::is_unknown) {
        return;
    }
    let Cost { cpu_seconds, watt_hours } = Cost::sum(costs.into_iter());
    let energy = match watt_hours {
        Some(watt_hours) => format!("{watt_hours:.2} Wh of the processors"),
        None => "energy is not measured here".to_string(),
    };
    if let Some(seconds) = cpu_seconds {
        say(&format!("the runs took {seconds:.1} core-seconds; {energy}"));
    }
}

/// What was not run, why, and what would help.
pub(crate) fn tell_reasons(tasks: &[RunTask], results: &[(RunTask, TaskResult)]) {
    for (task, result) in results {
        match result {
            TaskResult::MissingData(reason) => warn(&format!("incomplete: {}: {reason}", task.name())),
            TaskResult::Broken(reason) => warn(&format!("error: {}: {reason}", task.name())),
            TaskResult::Outcome(_) | TaskResult::Record(_) => {}
        }
    }
    if tasks.len() > results.len() {
        warn(&format!("{} were not begun after that; --keep-going goes on", tasks.len() - results.len()));
    }
    if results.iter().any(|(_, result)| matches!(result, TaskResult::MissingData(_))) {
        warn("data that is missing is downloaded without --offline, or found by --data-dir DIR");
    }
}

/// The last lines: how much holds and how much does not; gives the exit code.
pub(crate) fn conclude(tasks: &[RunTask], results: &[(RunTask, TaskResult)]) -> u8 {
    let mut totals = [0; 3];
    for (kind, is_recipe) in [("experiments", false), ("recipes", true)] {
        let of = tasks.iter().filter(|task| task.is_recipe() == is_recipe).count();
        if of == 0 {
            continue;
        }
        let results = || results.iter().filter(|(task, _)| task.is_recipe() == is_recipe).map(|(_, result)| result);
        let count = |wanted: fn(&TaskResult) -> bool| results().filter(|result| wanted(result)).count();
        let holds = count(TaskResult::holds);
        let fails = count(|result| result.is_measured() && !result.holds());
        let broken = count(|result| matches!(result, TaskResult::Broken(_)));
        let not_run = of - holds - fails - broken;
        let is_above = |result: &TaskResult| matches!(result, TaskResult::Record(measured) if measured.summary.verdict == Verdict::AboveBand);
        let above = if is_recipe { format!("{} above their band, ", count(is_above)) } else { String::new() };
        say(&format!("{holds} of {of} {kind} hold, {above}{fails} fail, {broken} went wrong, {not_run} not run"));
        totals.iter_mut().zip([fails, broken, not_run]).for_each(|(total, count)| *total += count);
    }
    exit_code(totals)
}

fn exit_code([fails, broken, not_run]: [usize; 3]) -> u8 {
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
        assert_eq!(exit_code([0, 0, 0]), 0);
        assert_eq!(exit_code([0, 0, 4]), INCOMPLETE);
        assert_eq!(exit_code([0, 1, 4]), BROKEN);
        assert_eq!(exit_code([2, 1, 4]), FAILS);
    }
}
