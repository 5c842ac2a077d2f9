//! A reproduction: every experiment, and every recipe over its seeds, held against what they expect.

mod options;

mod runner;
mod stop;

mod progress;
mod store;

mod record;
mod summary;

use crate::notes;
use crate::output::{answer, say};
use crate::report::{self, ReportSources};
use crate::table::head_line;
use crate::workspace::Workspace;
use anyhow::Result;
use options::Selection;
use runner::{Run, Runner, StoppedByUser, experiment_seconds, recipe_seconds};
use std::process::ExitCode;
use store::RunStore;
use summary::{RunResults, conclude, experiment_columns, experiment_row, recipe_columns, recipe_row};
use trainer::device::use_threads;
use trainer::interrupt::{INTERRUPTED, StopFlag};
use zoo_core::{Progress, Store};

pub(crate) use options::RunOptions;

/// Runs what is asked for and says what came of it.
///
/// # Errors
/// If an option is of no use, or files cannot be written.
pub(crate) fn run(workspace: &Workspace, options: &RunOptions) -> Result<ExitCode> {
    let selection = options.selection(workspace)?;
    let runs = options.runs.clone().unwrap_or_else(|| workspace.root().join("target/reproduce"));
    let store = RunStore::open(&runs, selection.device)?;
    use_threads(selection.threads)?;
    let stop = StopFlag::default();
    stop.raise_on_signal()?;
    let recipes = selection.recipes.iter().map(|entry| recipe_seconds(entry, options.seeds(entry).len()));
    let experiments = selection.experiments.iter().map(|experiment| experiment_seconds(workspace, experiment));
    let seconds = recipes.chain(experiments).sum();
    let mut runner = Runner::new(&selection, &store, options.offline, &stop, seconds);
    let mut results = RunResults::default();
    let ended = run_all(&mut runner, workspace, options, &selection, &mut results)?;
    runner.progress.end();
    if let Err(StoppedByUser) = ended {
        return Ok(tell_stopped(&selection, &results));
    }
    record::keep(&store, &results)?;
    let exhibits = report::write(
        &ReportSources {
            workspace,
            results: store.results(),
            outcomes: store.outcomes(options.quick),
            run: Some(&|recipe, seed| store.seed(recipe, seed)),
            store: Store::new(selection.data_dir.clone(), true, Progress::Hidden)?,
        },
        &store.report(),
    )?;
    if options.record {
        record::publish(workspace, &store, &results)?;
    }
    if selection.is_all {
        answer(&format!("\n{}\n", notes::text(&exhibits)));
        if options.quick {
            answer("--quick: the experiments' samples were smaller and their tolerances wider than in a full run");
        }
    }
    Ok(ExitCode::from(conclude(&selection, &results)))
}

/// Runs the experiments, then the recipes; up to the first failure unless asked to keep going.
fn run_all(
    runner: &mut Runner<'_>,
    workspace: &Workspace,
    options: &RunOptions,
    selection: &Selection,
    results: &mut RunResults,
) -> Result<Run<()>> {
    if !selection.experiments.is_empty() {
        runner.progress.show(|| answer(&head_line(&experiment_columns())));
    }
    for experiment in &selection.experiments {
        let result = runner.experiment(experiment, experiment_seconds(workspace, experiment), options.quick)?;
        runner.progress.show(|| answer(&experiment_row(experiment.name, &result)));
        let is_last = result.is_failure() && !options.keep_going;
        results.experiments.push((experiment.name, result));
        if is_last {
            return Ok(Ok(()));
        }
    }
    if !selection.recipes.is_empty() {
        runner.progress.show(|| answer(&head_line(&recipe_columns())));
    }
    for entry in &selection.recipes {
        let result = match runner.recipe(entry, options.seeds(entry))? {
            Ok(result) => result,
            Err(StoppedByUser) => return Ok(Err(StoppedByUser)),
        };
        runner.progress.show(|| answer(&recipe_row(entry, &result)));
        let is_last = result.is_failure() && !options.keep_going;
        results.recipes.push((entry.clone(), result));
        if is_last {
            return Ok(Ok(()));
        }
    }
    Ok(Ok(()))
}

fn tell_stopped(selection: &Selection, results: &RunResults) -> ExitCode {
    say(&format!(
        "stopped after {} of {} experiments and {} of {} recipes; the same command goes on from here",
        results.experiments.len(),
        selection.experiments.len(),
        results.recipes.len(),
        selection.recipes.len()
    ));
    ExitCode::from(INTERRUPTED)
}
