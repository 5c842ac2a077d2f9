//! A reproduction: every experiment, and every recipe over its seeds, held against what they expect.

mod options;

mod runner;
mod stop;
mod task;

mod progress;
mod store;

mod record;
mod summary;

use crate::notes;
use crate::output::{answer, say};
use crate::report::{self, ReportSources};
use crate::workspace::Workspace;
use anyhow::Result;
use progress::OverallProgress;
use runner::TaskRunner;
use std::process::ExitCode;
use store::RunStore;
use summary::{conclude, head, row, tell_reasons};
use task::{RunTask, TaskResult};
use trainer::device::use_threads;
use trainer::interrupt::{INTERRUPTED, StopFlag};
use zoo_core::{Progress, Store};

pub(crate) use options::RunOptions;

/// Runs what is asked for and says what came of it.
pub(crate) fn run(workspace: &Workspace, options: &RunOptions) -> Result<ExitCode> {
    let selection = options.selection(workspace)?;
    let runs = options.runs.clone().unwrap_or_else(|| workspace.root().join("target/reproduce"));
    let store = RunStore::open(&runs, selection.device)?;
    use_threads(selection.threads)?;
    let stop = StopFlag::default();
    stop.raise_on_signal()?;
    let seconds: Vec<f64> = selection.tasks.iter().map(|task| task.seconds(workspace)).collect();
    let progress = OverallProgress::new(seconds.iter().sum());
    let mut runner = TaskRunner { selection: &selection, store: &store, stop: &stop, progress, data: Vec::new() };
    let mut results: Vec<(RunTask, TaskResult)> = Vec::new();
    for (task, seconds) in selection.tasks.iter().zip(seconds) {
        if results.last().is_none_or(|(last, _)| last.is_recipe() != task.is_recipe()) {
            runner.progress.show(|| answer(&head(task)));
        }
        let Some(result) = runner.run(task, seconds)? else {
            runner.progress.end();
            let (done, of) = (results.len(), selection.tasks.len());
            say(&format!("stopped after {done} of {of} experiments and recipes; the same command goes on from here"));
            return Ok(ExitCode::from(INTERRUPTED));
        };
        runner.progress.show(|| answer(&row(task, &result)));
        let goes_on = options.keep_going || !result.is_failure();
        results.push((task.clone(), result));
        if !goes_on {
            break;
        }
    }
    runner.progress.end();
    // Before the report, which may find the same fault in other words.
    tell_reasons(&selection.tasks, &results);
    record::keep(&store, &results)?;
    let sources = ReportSources {
        workspace,
        results: store.results(),
        outcomes: store.outcomes(selection.quick),
        run: Some(&|recipe, seed| store.run(recipe, seed, None)),
        store: Store::new(selection.data_dir.clone(), true, Progress::Hidden)?,
    };
    let exhibits = report::write(&sources, &store.report())?;
    if options.record {
        record::publish(workspace, &store, &results)?;
    }
    if selection.is_all {
        answer(&format!("\n{}\n", notes::text(&exhibits)));
        if selection.quick {
            answer("--quick: the experiments' samples were smaller and their tolerances wider than in a full run");
        }
    }
    Ok(ExitCode::from(conclude(&selection.tasks, &results)))
}
