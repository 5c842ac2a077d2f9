//! The command line.

use crate::args::{EvalArgs, ExportArgs, FetchArgs, InspectArgs, ListArgs, PredictArgs, ShowArgs, TrainArgs};
use crate::commands;
use crate::logging::Log;
use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Something was wrong and has been said.
const FAILED: u8 = 2;

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
    /// List the models with their claims
    List(ListArgs),
    /// Print a model's recipe as TOML
    Show(ShowArgs),
    /// Download data sets, or check those on disk
    Fetch(FetchArgs),
    /// Measure a finished run, or the weights that ship with the zoo, again
    Eval(EvalArgs),
    /// Show what a report draws of a model: test images it gets right and wrong, its weights as pictures; as JSON
    Inspect(InspectArgs),
    /// Classify pictures, or the rows of CSV files, with a finished run or shipped weights
    Predict(PredictArgs),
    /// Write a model for other programs, as safetensors or ONNX
    Export(ExportArgs),
    /// List the devices and whether they work here
    Devices,
}

/// Parses the command line and carries it out: 0 if it worked, 1 if shipped weights do not give what was recorded, 2 if something was wrong, 130 if the user stopped it.
pub fn main() -> ExitCode {
    let cli = TrainerCli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: &TrainerCli) -> Result<ExitCode> {
    let log = Log::install();
    match &cli.command {
        None => return commands::train(&cli.train, &log),
        Some(TrainerCommand::List(args)) => commands::list(args)?,
        Some(TrainerCommand::Show(args)) => commands::show(args)?,
        Some(TrainerCommand::Fetch(args)) => commands::fetch(args)?,
        Some(TrainerCommand::Eval(args)) => return commands::eval(args),
        Some(TrainerCommand::Export(args)) => commands::export(args)?,
        Some(TrainerCommand::Inspect(args)) => commands::inspect(args)?,
        Some(TrainerCommand::Predict(args)) => commands::predict(args)?,
        Some(TrainerCommand::Devices) => commands::devices()?,
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "the one place where an error reaches the user")]
fn report(error: &anyhow::Error) {
    let sentence = printable(&sentence(error));
    tracing::error!("{sentence}");
    eprintln!("error: {sentence}");
}

/// The text with control characters, which a file may have brought along, written as escapes: none reaches the terminal.
fn printable(text: &str) -> String {
    let is_harmless = |one: char| !one.is_control() || one == '\n' || one == '\t';
    text.chars().map(|one| if is_harmless(one) { one.to_string() } else { one.escape_default().to_string() }).collect()
}

/// An error with its causes, except those that its own sentence has told already.
fn sentence(error: &anyhow::Error) -> String {
    let told = |text: String, cause: String| if text.ends_with(&cause) { text } else { format!("{text}: {cause}") };
    error.chain().map(ToString::to_string).reduce(told).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn a_cause_is_told_once() {
        let cause = std::io::Error::other("disk full");
        let own = crate::TrainError::io("write", std::path::Path::new("run"))(cause);
        assert_eq!(sentence(&anyhow::Error::from(own).context("no log")), "no log: cannot write run: disk full");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[2J\u{9b}é\n\tb"), "a\\u{1b}[2J\\u{9b}é\n\tb");
    }

    #[test]
    fn the_command_line_is_consistent() {
        TrainerCli::command().debug_assert();
    }
}
