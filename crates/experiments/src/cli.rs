//! The command line.

use crate::errata::{ERRATA, Erratum};
use crate::exercises::{self, CheckArgs, ExerciseArgs};
use crate::experiment::{Experiment, Setup};
use crate::experiments::ALL;
use crate::files;
use crate::set_values::SetValues;
use crate::show;
use crate::text::no_such;
use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trainer::cli::check_settings;
use trainer::numbers::whole;
use trainer::output::{self, FAILED, answer, report};
use trainer::places::place;

const DONE: u8 = 0;
/// A claim does not hold, or an exercise is not done.
const NOT_HELD: u8 = 1;

/// What the course documents show, run, checked and drawn.
#[derive(Debug, Parser)]
#[command(name = "experiments", version, disable_help_subcommand = true)]
struct ExperimentsArgs {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the experiments
    List,
    /// Show one: what its source says, and which of its numbers `run --set` changes
    Show {
        /// Its name
        name: String,
    },
    /// Run some of them, or all
    ///
    /// Exit codes: 0 every claim holds or differs from its source for a stated reason, 1 a claim fails, 2 something was wrong. Values that are
    /// set are put to the same tests: 1 says that what the notes claim does not hold for them.
    Run(RunArgs),
    /// Say what the notes get wrong: what is printed, what is right, how we know
    Errata {
        /// An array of objects, for programs
        #[arg(long)]
        json: bool,
    },
    /// List the exercises, or write one: a small crate with gaps
    Exercise(ExerciseArgs),
    /// Run the tests of an exercise, with a hint for each that fails
    ///
    /// Exit codes: 0 all tests pass, 1 not yet, 2 something was wrong.
    Check(CheckArgs),
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Names of experiments, or `all`
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Everything random follows from it
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true, value_parser = whole(0_u64..))]
    seed: u64,
    /// Change one of its numbers and see: `--set rate=0.1`; repeatable. `experiments show NAME` lists them
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The folder for outcomes and figures, one folder an experiment [default: runs/experiments; -quick or -set behind it for such runs]
    #[arg(long, value_name = "DIR", value_parser = place())]
    out: Option<PathBuf>,
    /// Smaller samples and wider tolerances: all in seconds
    #[arg(long)]
    quick: bool,
    /// Replace an outcome that was made by another seed, or with --quick or --set otherwise
    #[arg(long)]
    force: bool,
}

/// Parses the command line and carries it out.
pub fn main() -> ExitCode {
    let arguments: ExperimentsArgs = match output::parsed() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let done = check_settings().and_then(|()| carry_out(&arguments.command));
    done.map_or_else(|error| report(&error), ExitCode::from)
}

fn carry_out(verb: &Verb) -> Result<u8> {
    match verb {
        Verb::List => said(&list()),
        Verb::Show { name } => named(name, &[]).and_then(|one| said(&show::as_text(one))),
        Verb::Run(arguments) => run(arguments),
        Verb::Errata { json } => print_errata(*json),
        Verb::Exercise(arguments) => exercises::exercise(arguments).and_then(|text| said(&text)),
        Verb::Check(arguments) => check(arguments),
    }
}

fn said(text: &str) -> Result<u8> {
    answer(text)?;
    Ok(DONE)
}

fn list() -> String {
    let names = ALL.iter().map(|one| one.name.len()).max().unwrap_or(0);
    let sections = ALL.iter().map(|one| one.sections().len()).max().unwrap_or(0);
    let lines = ALL.iter().map(|one| format!("{:names$}  {:sections$}  {}", one.name, one.sections(), one.title));
    lines.collect::<Vec<_>>().join("\n")
}

fn print_errata(for_programs: bool) -> Result<u8> {
    let as_text = || ERRATA.iter().map(Erratum::as_text).collect::<Vec<_>>().join("\n\n");
    said(&if for_programs { serde_json::to_string_pretty(ERRATA)? } else { as_text() })
}

fn run(arguments: &RunArgs) -> Result<u8> {
    let experiments = chosen(&arguments.names)?;
    let set = set_values(&experiments, &arguments.set)?;
    // What the notes' values gave stays as it is.
    let usual = match (set.is_empty(), arguments.quick) {
        (false, _) => "runs/experiments-set",
        (true, true) => "runs/experiments-quick",
        (true, false) => "runs/experiments",
    };
    let out = arguments.out.clone().unwrap_or_else(|| usual.into());
    let settings = Setup { seed: arguments.seed, quick: arguments.quick, bars: true, set };
    check_places(&experiments, &settings, &out, arguments.force)?;
    perform(&experiments, &settings, &out)
}

/// Refuses, before anything runs, folders that cannot be written into, or whose outcomes are of other runs.
fn check_places(experiments: &[&Experiment], settings: &Setup, out: &Path, force: bool) -> Result<()> {
    experiments.iter().map(|experiment| out.join(experiment.name)).try_for_each(|folder| {
        files::check_place(&folder)?;
        if force { Ok(()) } else { files::check_free(&folder, settings) }
    })
}

/// Of one experiment: a name that is set means something else in each.
fn set_values(experiments: &[&Experiment], texts: &[String]) -> Result<SetValues> {
    match (experiments, texts) {
        (_, []) => Ok(SetValues::default()),
        ([experiment], texts) => experiment.set(texts),
        (experiments, _) => {
            bail!("--set changes one experiment, and {} are named; name the one that it is of", experiments.len())
        }
    }
}

fn check(arguments: &CheckArgs) -> Result<u8> {
    let (done, text) = exercises::check(arguments)?;
    answer(&text)?;
    Ok(if done { DONE } else { NOT_HELD })
}

/// Runs experiments one after another, whatever becomes of each; the exit code.
fn perform(experiments: &[&Experiment], settings: &Setup, out: &Path) -> Result<u8> {
    let mut code = DONE;
    let mut counts = [0; 3];
    for experiment in experiments {
        let folder = out.join(experiment.name);
        let (outcome, figures) = match experiment.perform(settings) {
            Ok(done) => done,
            Err(error) => {
                report(&error.context(format!("the experiment {} broke off", experiment.name)));
                code = FAILED;
                continue;
            }
        };
        files::write(&folder, &outcome, &figures)?;
        answer(&files::text(&outcome, &folder))?;
        if !outcome.holds() {
            code = code.max(NOT_HELD);
        }
        counts.iter_mut().zip(outcome.counts()).for_each(|(sum, count)| *sum += count);
    }
    if experiments.len() > 1 {
        let [hold, differ, fail] = counts;
        answer(&format!(
            "{} experiments: {hold} claims hold, {differ} differ from their source for a stated reason, {fail} fail",
            experiments.len()
        ))?;
    }
    Ok(code)
}

/// The experiment of this name, where `others` would have done, too.
fn named(name: &str, others: &[&'static str]) -> Result<&'static Experiment> {
    let known = || others.iter().copied().chain(ALL.iter().map(|experiment| experiment.name));
    ALL.iter().find(|experiment| experiment.name == name).ok_or_else(|| no_such("experiment", name, known()))
}

/// The experiments of these names, each once, in the order of the list.
fn chosen(names: &[String]) -> Result<Vec<&'static Experiment>> {
    names.iter().filter(|name| *name != "all").try_for_each(|name| named(name, &["all"]).map(drop))?;
    let wanted = |one: &&Experiment| names.iter().any(|name| name == "all" || name == one.name);
    Ok(ALL.iter().filter(wanted).collect())
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
