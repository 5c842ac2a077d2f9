//! Chores of the workspace: `cargo xtask bench` times, `reproduce` runs what is claimed and records it, `report` draws it, `verify`
//! holds it together, `readme` writes it into the READMEs.

mod bench;
mod experiments;
mod output;
mod readme;
mod recipes;
mod report;
mod reproduce;
mod results;
mod sources;
mod verify;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Something was wrong and has been said.
const FAILED: u8 = 2;

/// Chores of the workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Time the zoo's models against stock Burn and PyTorch, taking turns: `cargo xtask bench --help`
    #[command(disable_help_flag = true)]
    Bench {
        /// `--profile dev` or `--profile release` (the default), and the options of `zoo-bench`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every experiment, and every recipe over its seeds, and hold what comes out against what they expect
    ///
    /// A mean above its band counts as holding, and is printed as ABOVE ITS BAND: too good is usually a leak.
    ///
    /// Exit codes: 0 all of it ran and holds, 1 a claim does not hold, 2 something was wrong, 3 something could not be
    /// run (its data is not here), 130 stopped by you; the same command goes on where it stopped.
    Reproduce(reproduce::Options),
    /// Write the page of all that was measured, with its figures
    Report(report::Options),
    /// Hold the published figures against the recipes, the shipped weights and what these give on test
    Verify(verify::Options),
    /// Write the generated tables of the READMEs
    Readme(readme::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Bench { arguments } => bench::bench(arguments),
        Chore::Reproduce(options) => reproduce::reproduce(&options),
        Chore::Report(options) => report::report(&options).map(|()| ExitCode::SUCCESS),
        Chore::Verify(options) => verify::verify(&options),
        Chore::Readme(options) => readme::readme(&options),
    };
    done.unwrap_or_else(|error| {
        output::say(&format!("error: {error:#}"));
        ExitCode::from(FAILED)
    })
}
