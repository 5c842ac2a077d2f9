//! The command line.

use crate::args::{
    EvalArgs, ExportArgs, FetchArgs, FindRateArgs, InspectArgs, ListArgs, NewArgs, PredictArgs, ShowArgs, TrainArgs,
};
use crate::commands;
use crate::logging::Log;
use crate::output;
use crate::run_args::{CompareArgs, ReportArgs, RunsArgs};
use anyhow::Result;
use clap::parser::ValueSource;
use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

/// Train, evaluate and apply the models of the zoo.
///
/// Without a subcommand it trains: `trainer --model cnn_digits`.
#[derive(Debug, Parser)]
#[command(name = "trainer", version, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct TrainerCli {
    #[command(subcommand)]
    command: Option<TrainerCommand>,
    #[command(flatten)]
    train: TrainArgs,
}

#[derive(Debug, Subcommand)]
enum TrainerCommand {
    /// Look at your own data and write a recipe for it, NAME.toml, with a comment at each choice
    New(NewArgs),
    /// List the models with their claims
    List(ListArgs),
    /// Print a model's recipe as TOML
    Show(ShowArgs),
    /// Download data sets, or check those on disk
    Fetch(FetchArgs),
    /// Measure a finished run, or the weights that ship with the zoo, again
    Eval(EvalArgs),
    /// Show what can be seen in a model: test pictures it gets right and wrong, its first layer, a table's coefficients
    Inspect(InspectArgs),
    /// List runs, remove what of them is not needed
    Runs(RunsArgs),
    /// Compare settings: what differs, mean scores with intervals, paired and Welch tests
    Compare(CompareArgs),
    /// Draw runs on one page of HTML that needs no network
    Report(ReportArgs),
    /// Classify pictures, or the rows of CSV files, with a finished run or shipped weights
    Predict(PredictArgs),
    /// Write a model for other programs, as safetensors or ONNX
    Export(ExportArgs),
    /// Find a learning rate: train some steps with a rate that rises, and see where the loss falls fastest
    FindRate(FindRateArgs),
    /// List the devices and whether they work here
    Devices,
}

/// Parses the command line and carries it out: 0 if it worked, 1 if shipped weights do not give what was recorded, 2 if something was wrong, 130 if the user stopped it.
pub fn main() -> ExitCode {
    let cli = TrainerCli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(error) => output::report(&error),
    }
}

fn run(cli: &TrainerCli) -> Result<ExitCode> {
    let log = Log::install();
    match &cli.command {
        None => return commands::train(&cli.train, &log),
        Some(TrainerCommand::New(args)) => commands::new(args)?,
        Some(TrainerCommand::List(args)) => commands::list(args)?,
        Some(TrainerCommand::Show(args)) => commands::show(args)?,
        Some(TrainerCommand::Fetch(args)) => commands::fetch(args)?,
        Some(TrainerCommand::Eval(args)) => return commands::eval(args),
        Some(TrainerCommand::Export(args)) => commands::export(args)?,
        Some(TrainerCommand::Inspect(args)) => commands::inspect_model(args)?,
        Some(TrainerCommand::Runs(args)) => commands::runs(args)?,
        Some(TrainerCommand::Compare(args)) => commands::compare(args)?,
        Some(TrainerCommand::Report(args)) => commands::report(args)?,
        Some(TrainerCommand::Predict(args)) => return commands::predict(args),
        Some(TrainerCommand::FindRate(args)) => return commands::find_rate(args),
        Some(TrainerCommand::Devices) => commands::devices()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Flags that a sweep gives each of its runs anew, or that are about it alone.
const FLAGS_OF_A_SWEEP: [&str; 8] = ["set", "seeds", "seed", "jobs", "plan", "out", "continue", "progress"];

/// The flags of this process's command line that every run of a sweep has, too.
pub(crate) fn words_of_every_run() -> Vec<String> {
    let command = TrainerCli::command();
    let matches = command.clone().get_matches();
    let is_given = |arg: &&clap::Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let mut words = Vec::new();
    for arg in command.get_arguments().filter(is_given) {
        let Some(flag) = arg.get_long().filter(|flag| !FLAGS_OF_A_SWEEP.contains(flag)) else {
            continue;
        };
        let values = matches.get_raw(arg.get_id().as_str()).into_iter().flatten();
        match arg.get_action().takes_values() {
            true => values.for_each(|value| {
                words.extend([format!("--{flag}"), value.to_string_lossy().into_owned()]);
            }),
            false => words.push(format!("--{flag}")),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        TrainerCli::command().debug_assert();
    }
}
