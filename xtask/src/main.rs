//! Starts the programs that do the workspace's chores: `reproduce` and `zoo-bench`, what makes the browser page, and
//! what shows that the checks of lessons can fail.

mod mutants;
mod web;
mod workspace;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::env;
use std::fmt;
use std::io::{ErrorKind, Write, stderr, stdout};
use std::process::{Command, ExitCode};

use mutants::MutantsOptions;
use web::WebOptions;
use workspace::{cargo, exit_code};

/// Something was wrong and has been said.
const FAILED: u8 = 2;

/// Starts the programs that do the workspace's chores.
///
/// Behind a chore stand its program's own options, `--help` for one, and `--profile dev` or `--profile release` (the default): how
/// cargo builds it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Xtask {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Run every experiment, and every recipe over its seeds, and hold the results against their claims
    Reproduce(ProgramOptions),
    /// Write the book, a small site: what was measured, a page per model and lesson, how things are done
    #[command(visible_alias = "book")]
    Report(ProgramOptions),
    /// Hold the published figures against the recipes, the shipped weights and their scores on test
    Verify(ProgramOptions),
    /// Measure the shipped models in 8-bit integers beside f32, and record it
    Int8(ProgramOptions),
    /// Write the generated tables of the READMEs, and the model cards
    Readme(ProgramOptions),
    /// Time the zoo's models against stock Burn and PyTorch, taking turns
    Bench(ProgramOptions),
    /// Make the page that shows the zoo in a browser tab
    Web(WebOptions),
    /// Show that the lessons notice mistakes: a wrong formula, datum and bound in each
    ///
    /// Mistakes are made one at a time, in a copy of the files that git tracks, as mutants.toml in the folder of each lesson lists them. The
    /// lesson's quick run must then fail in the claim that is named there. Exit codes: 0 all are caught, 1 some survive, 2 a list is wrong,
    /// or something else was.
    Mutants(MutantsOptions),
}

#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
struct ProgramOptions {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
    all: Vec<String>,
}

/// Cargo's profile for the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    Dev,
    Release,
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if *self == Self::Dev { "dev" } else { "release" })
    }
}

fn main() -> ExitCode {
    let chore = match Xtask::try_parse() {
        Ok(xtask) => xtask.chore,
        Err(said) => return tell(&said).unwrap_or_else(failed),
    };
    let started = match chore {
        Chore::Reproduce(options) => start("reproduce", Some("run"), options.all),
        Chore::Report(options) => start("reproduce", Some("report"), options.all),
        Chore::Verify(options) => start("reproduce", Some("verify"), options.all),
        Chore::Int8(options) => start("reproduce", Some("int8"), options.all),
        Chore::Readme(options) => start("reproduce", Some("readme"), options.all),
        Chore::Bench(options) => start("zoo-bench", None, options.all),
        Chore::Web(options) => web::web(&options),
        Chore::Mutants(options) => mutants::mutants(&options),
    };
    started.unwrap_or_else(failed)
}

/// Prints the help that was asked for, or what is wrong with the command line: the exit code that goes with it. The programs have it
/// from the trainer, to which this one is not linked.
fn tell(said: &clap::Error) -> Result<ExitCode> {
    match said.print().and_then(|()| stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(if said.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS }),
    }
}

fn failed(error: anyhow::Error) -> ExitCode {
    let _ = writeln!(stderr(), "error: {error:#}");
    ExitCode::from(FAILED)
}

/// Builds a program and becomes it.
fn start(program: &str, subcommand: Option<&str>, mut options: Vec<String>) -> Result<ExitCode> {
    let profile = take_profile(&mut options)?;
    let mut command = command(program, profile, &options)?;
    command.args(subcommand).args(&options);
    if program == "zoo-bench" && options.iter().any(|option| option == "--record") {
        let status = command.status().context("cannot start the benchmark")?;
        if !status.success() {
            return Ok(exit_code(status));
        }
        // The READMEs show what was recorded.
        return start("reproduce", Some("readme"), vec![format!("--profile={profile}")]);
    }
    become_it(&mut command)
}

/// `--profile NAME` is ours, not the program's.
fn take_profile(options: &mut Vec<String>) -> Result<Profile> {
    let Some(place) = options.iter().position(|one| one == "--profile" || one.starts_with("--profile=")) else {
        return Ok(Profile::Release);
    };
    let option = options.remove(place);
    let name = match option.split_once('=') {
        Some((_, name)) => name.to_string(),
        None if place < options.len() => options.remove(place),
        None => String::new(),
    };
    let Ok(profile) = Profile::from_str(&name, false) else {
        bail!("invalid value {name:?} for --profile [possible values: dev, release]");
    };
    Ok(profile)
}

/// What runs a program with these options.
fn command(program: &str, profile: Profile, options: &[String]) -> Result<Command> {
    let backend = backend(options).filter(|_| program == "reproduce");
    if let (Profile::Dev, None) = (profile, backend) {
        return built(program);
    }
    let mut run = cargo("run");
    run.arg(format!("--profile={profile}")).args(["--package", program, "--bin", program]);
    run.args(backend.into_iter().flat_map(|backend| ["--features", backend])).arg("--");
    Ok(run)
}

/// The program beside this one, built with the features of the whole workspace: tests have them too, so Burn is not built again.
fn built(program: &str) -> Result<Command> {
    let status = cargo("build").args(["--workspace", "--bin", program]).status().context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo could not build {program}; its messages are above");
    }
    let this = env::current_exe().context("cannot find this program's own file")?;
    Ok(Command::new(this.with_file_name(format!("{program}{}", env::consts::EXE_SUFFIX))))
}

/// The feature that compiles in what `--device NAME` asks for.
fn backend(options: &[String]) -> Option<&'static str> {
    let after = options.windows(2).find(|pair| pair[0] == "--device").map(|pair| pair[1].as_str());
    let device = after.or_else(|| options.iter().find_map(|option| option.strip_prefix("--device=")))?;
    ["ndarray", "wgpu", "cuda"].into_iter().find(|name| *name == device)
}

/// Replaces this process, so that Ctrl-C, signals and the exit code are the program's own.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<ExitCode> {
    let error = std::os::unix::process::CommandExt::exec(command);
    Err(error).with_context(|| format!("cannot start {}", command.get_program().display()))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    Ok(exit_code(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(String::from).collect()
    }

    #[test]
    fn a_profile_is_taken_out_wherever_it_stands() {
        let taken = |text: &str| {
            let mut options = words(text);
            take_profile(&mut options).map(|profile| (profile, options.join(" "))).map_err(|error| error.to_string())
        };
        assert_eq!(taken("--quick --profile dev cnn_*"), Ok((Profile::Dev, "--quick cnn_*".to_string())));
        assert_eq!(taken("--quick --profile=release"), Ok((Profile::Release, "--quick".to_string())));
        assert_eq!(taken("cnn_*"), Ok((Profile::Release, "cnn_*".to_string())));
        for wrong in ["--profile fast", "--profile"] {
            assert!(taken(wrong).is_err_and(|error| error.contains("[possible values: dev, release]")), "{wrong}");
        }
    }

    #[test]
    fn a_device_brings_its_feature() {
        let backends = ["--device wgpu", "--quick --device=cuda", "--device abacus wgpu", "--quick"].map(words);
        assert_eq!(backends.map(|options| backend(&options)), [Some("wgpu"), Some("cuda"), None, None]);
    }
}
