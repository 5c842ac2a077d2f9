//! An experiment of a reproduction, in a process of its own.

use super::step::EXPERIMENT_SEED;
use super::stop::ending_on;
use crate::outcomes;
use anyhow::{Context, Result};
use clap::Args;
use experiments::{Setup, files};
use std::path::PathBuf;
use std::process::ExitCode;
use trainer::device::use_threads;
use trainer::interrupt::StopFlag;

/// What a reproduction asks of the process.
#[derive(Debug, Args)]
pub(crate) struct ExperimentOptions {
    name: String,
    #[arg(long)]
    quick: bool,
    #[arg(long)]
    threads: usize,
    /// The folder of its outcome
    #[arg(long)]
    out: PathBuf,
    /// It has none to show
    #[arg(long)]
    progress: Option<String>,
    #[arg(long)]
    stop_with_stdin: bool,
}

/// Performs it and leaves its outcome.
pub(crate) fn perform(options: &ExperimentOptions) -> Result<ExitCode> {
    let ExperimentOptions { name, quick, threads, out, .. } = options;
    let experiment = outcomes::all().into_iter().find(|experiment| experiment.name == *name);
    let experiment = experiment.with_context(|| format!("there is no experiment {name}"))?;
    use_threads(*threads)?;
    let stop = StopFlag::default();
    if options.stop_with_stdin {
        stop.raise_at_end_of_input();
    }
    files::check_place(out)?;
    let setup = Setup { seed: EXPERIMENT_SEED, quick: *quick, ..Setup::default() };
    let (outcome, figures) = ending_on(&stop, || experiment.perform(&setup))?;
    files::write(out, &outcome, &figures)?;
    Ok(ExitCode::SUCCESS)
}
