//! The command line.

use std::io::{ErrorKind, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use zoo_recipe::nearest;

use crate::{ALL, Experiment, Settings, files};

/// A claim does not hold.
const FAILED: u8 = 1;
/// Something was wrong and has been said.
const WRONG: u8 = 2;

/// What the course documents show, run, checked and drawn.
#[derive(Debug, Parser)]
#[command(name = "experiments", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the experiments
    List,
    /// Run some of them, or all
    ///
    /// Exit codes: 0 every claim holds or differs from its source for a stated reason, 1 a claim fails, 2 something was wrong.
    Run(Run),
}

#[derive(Debug, Args)]
struct Run {
    /// Names of experiments, or `all`
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Everything random follows from it
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The folder for outcomes and figures, one folder an experiment
    #[arg(long, value_name = "DIR", default_value = "runs/experiments")]
    out: PathBuf,
    /// Smaller samples and wider tolerances: all in seconds
    #[arg(long)]
    quick: bool,
}

/// Parses the command line and carries it out.
pub fn main() -> ExitCode {
    let done = match &Cli::parse().command {
        Command::List => answer(&list()).map(|()| ExitCode::SUCCESS),
        Command::Run(arguments) => run(arguments),
    };
    done.unwrap_or_else(|error| {
        report(&error);
        ExitCode::from(WRONG)
    })
}

fn list() -> String {
    let lines = ALL.iter().map(|one| format!("{:<18}{:<9}{}", one.name, one.sources.join(", "), one.title));
    lines.collect::<Vec<_>>().join("\n")
}

fn run(arguments: &Run) -> Result<ExitCode> {
    let settings = Settings { seed: arguments.seed, quick: arguments.quick };
    let mut all_hold = true;
    for experiment in chosen(&arguments.names)? {
        let done = experiment.perform(&settings);
        let (outcome, figures) = done.with_context(|| format!("the experiment {} broke off", experiment.name))?;
        files::write(&arguments.out.join(experiment.name), &outcome, &figures)?;
        answer(&files::text(&outcome))?;
        all_hold &= outcome.holds();
    }
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// The experiments of these names, each once, in the order of the list.
fn chosen(names: &[String]) -> Result<Vec<&'static Experiment>> {
    let known = || ALL.iter().map(|experiment| experiment.name);
    for name in names {
        if name != "all" && !known().any(|one| one == name) {
            let hint = nearest(name, known()).first().map(|near| format!(" (did you mean `{near}`?)"));
            let known = known().collect::<Vec<_>>().join(", ");
            bail!("there is no experiment `{name}`{}; known are all, {known}", hint.unwrap_or_default());
        }
    }
    let wanted = |one: &&Experiment| names.iter().any(|name| name == "all" || name == one.name);
    Ok(ALL.iter().filter(wanted).collect())
}

/// A reader that has gone away has read enough.
fn answer(text: &str) -> Result<()> {
    match writeln!(stdout(), "{text}").and_then(|()| stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}

#[expect(clippy::print_stderr, reason = "the one place where an error reaches the user")]
fn report(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
