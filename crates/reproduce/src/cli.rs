//! The command line.

use crate::int8::{self, Int8Options};
use crate::readme::{self, ReadmeOptions};
use crate::report::{self, ReportOptions};
use crate::run::{self, ExperimentOptions, RunOptions};
use crate::verify::{self, VerifyOptions};
use crate::workspace::Workspace;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;
use trainer::cli::check_settings;
use trainer::output;

/// Runs what the zoo claims, records it, and writes everything published from the records.
#[derive(Debug, Parser)]
#[command(name = "reproduce", version, disable_help_subcommand = true)]
struct ReproduceCli {
    #[command(subcommand)]
    command: ReproduceCommand,
}

#[derive(Debug, Subcommand)]
enum ReproduceCommand {
    /// Run every experiment, and every recipe over its seeds, and hold the results against their claims
    ///
    /// A mean above its band counts as holding, and is printed as ABOVE ITS BAND: too good is usually a leak.
    ///
    /// Exit codes: 0 all of it ran and holds, 1 a claim does not hold, 2 something was wrong, 3 something could not be
    /// run (its data is not here), 130 stopped by you; the same command goes on where it stopped.
    Run(RunOptions),
    /// Train one run, as the program `trainer` does: what the lines of a plan call
    #[command(disable_help_flag = true)]
    Train {
        /// The trainer's own options
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
        options: Vec<OsString>,
    },
    /// Perform one experiment: what a reproduction starts
    #[command(hide = true)]
    Experiment(ExperimentOptions),
    /// Write the book, a small site: what was measured, a page per model and lesson, how things are done
    Report(ReportOptions),
    /// Hold the published figures against the recipes, the shipped weights and their scores on test
    Verify(VerifyOptions),
    /// Measure the shipped models in 8-bit integers beside f32, and record it
    Int8(Int8Options),
    /// Write the generated tables of the READMEs, and the model cards
    Readme(ReadmeOptions),
}

/// Parses the command line and carries it out.
pub fn main() -> ExitCode {
    let workspace = Workspace::here();
    let cli: ReproduceCli = match output::parsed() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    // The trainer looks at them itself, as some of its commands need none.
    if !matches!(cli.command, ReproduceCommand::Train { .. })
        && let Err(error) = check_settings()
    {
        return output::report(&error);
    }
    let done = match cli.command {
        ReproduceCommand::Run(options) => run::run(&workspace, &options),
        ReproduceCommand::Train { options } => {
            return trainer::cli::main_of(std::iter::once(OsString::from("trainer")).chain(options).collect());
        }
        ReproduceCommand::Experiment(options) => run::perform(&options),
        ReproduceCommand::Report(options) => report::report(&workspace, &options).map(|()| ExitCode::SUCCESS),
        ReproduceCommand::Verify(options) => verify::verify(&workspace, &options),
        ReproduceCommand::Int8(options) => int8::record(&workspace, &options),
        ReproduceCommand::Readme(options) => readme::readme(&workspace, &options),
    };
    let all_said = done.and_then(|code| {
        output::check_said()?;
        Ok(code)
    });
    all_said.unwrap_or_else(|error| output::report(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        ReproduceCli::command().debug_assert();
    }
}
