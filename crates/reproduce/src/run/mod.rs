//! A reproduction: every experiment, and every recipe over its seeds, held against what they expect.

mod options;
mod seeds;

mod collect;
mod runner;
mod step;
mod stop;
mod task;

mod perform;
mod progress;
mod store;

mod record;
mod summary;

use crate::notes;
use crate::report::{self, ReportSources};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use options::Selection;
use runner::TaskRunner;
use std::process::ExitCode;
use step::RunStep;
use store::RunStore;
use summary::{conclude, head, row, tell_cost, tell_machines, tell_reasons};
use task::{RunTask, TaskResult};
use trainer::interrupt::{INTERRUPTED, StopFlag};
use trainer::output::{say, warn};
use trainer::shell::shell_line;
use zoo_core::{Progress, Store};

pub(crate) use options::RunOptions;
pub(crate) use perform::{ExperimentOptions, perform};

/// Tasks, each with its steps.
type Planned = Vec<(RunTask, Vec<RunStep>)>;

/// Runs what is asked for and says what came of it.
pub(crate) fn run(workspace: &Workspace, options: &RunOptions) -> Result<ExitCode> {
    let selection = options.selection(workspace)?;
    let runs = options.runs.clone().unwrap_or_else(|| workspace.root().join("target/reproduce"));
    let store = RunStore::new(&runs, selection.device)?;
    let with_steps = |task: &RunTask| (task.clone(), task.steps(&selection, &store, task.seconds(workspace)));
    let planned: Planned = selection.tasks.iter().map(with_steps).collect();
    let data = Store::new(selection.data_dir.clone(), true, Progress::Hidden)?;
    if options.plan {
        return print_plan(&selection, options.planned_threads(), &planned);
    }
    let _lock = store.lock()?;
    let stop = StopFlag::default();
    stop.raise_on_signal()?;
    if !options.collect.is_empty() {
        collect::collect(&store, &options.collect, &planned)?;
    }
    let mut results: Vec<(RunTask, TaskResult)> = Vec::new();
    let is_stopped = TaskRunner::new(&selection, &stop, planned)?.run(|progress, task, result| {
        if results.last().is_none_or(|(last, _)| last.is_recipe() != task.is_recipe()) {
            progress.show(|| say(&head(task)));
        }
        progress.show(|| say(&row(task, &result)));
        let goes_on = options.keep_going || !result.is_failure();
        results.push((task.clone(), result));
        goes_on
    })?;
    if is_stopped {
        let (done, of) = (results.len(), selection.tasks.len());
        warn(&format!("stopped after {done} of {of} experiments and recipes; the same command goes on from here"));
        return Ok(ExitCode::from(INTERRUPTED));
    }
    // Before the report, which may find the same fault in other words.
    tell_reasons(&selection.tasks, &results);
    tell_machines(&results);
    tell_cost(&results);
    record::keep(&store, &results)?;
    let sources = ReportSources {
        workspace,
        results: store.results(),
        outcomes: store.outcomes(selection.quick),
        is_of_all: selection.is_all,
        run: Some(&|recipe, seed| store.run(recipe, seed, None)),
        store: data,
    };
    let exhibits = report::write(&sources, &store.report())?;
    if options.record {
        record::publish(workspace, &store, &results)?;
    }
    if selection.is_all {
        say(&format!("\n{}\n", notes::text(&exhibits)));
        if selection.quick {
            say("--quick: the experiments' samples were smaller and their tolerances wider than in a full run");
        }
    }
    Ok(ExitCode::from(conclude(&selection.tasks, &results)))
}

/// A line a run, which any scheduler may start, and start again.
fn print_plan(selection: &Selection, threads: Option<usize>, planned: &Planned) -> Result<ExitCode> {
    let program = std::env::current_exe().context("cannot find this program's own file")?.display().to_string();
    for (task, steps) in planned {
        for step in steps.iter().filter(|step| step.is_planned()) {
            let words = step.words(task, selection, threads);
            say(&shell_line(&[vec![program.clone()], words].concat()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
