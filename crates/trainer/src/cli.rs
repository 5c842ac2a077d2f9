//! The command line.

use crate::args::{
    CompletionsArgs, EvalArgs, ExplainArgs, ExportArgs, FetchArgs, FindRateArgs, InspectArgs, ListArgs, ManArgs,
    NewArgs, PredictArgs, ServeArgs, ShowArgs,
};
use crate::commands;
use crate::logging::Log;
use crate::output;
use crate::progress::ProgressMode;
use crate::run_args::{CompareArgs, ReportArgs, RunsArgs};
use crate::settings::Found;
use crate::shell::flag_words;
use crate::train_args::TrainArgs;
use crate::{pretrained, registry, run_folder, version};
use anyhow::{Context, Result, bail};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Train, evaluate and apply the models of the zoo.
///
/// Without a subcommand it trains: `trainer --model cnn_digits`.
#[derive(Debug, Parser)]
#[command(name = "trainer", version, args_conflicts_with_subcommands = true, after_help = TRAIN_EXAMPLES)]
struct TrainerCli {
    #[command(subcommand)]
    command: Option<TrainerCommand>,
    #[command(flatten)]
    train: TrainArgs,
}

#[derive(Debug, Subcommand)]
enum TrainerCommand {
    /// Look at your own data and write a recipe for it, NAME.toml, with a comment at each choice
    #[command(after_help = "Examples:\n  trainer new pets --data pets/\n  trainer --recipe pets.toml")]
    New(NewArgs),
    /// Train a model; the same as without a subcommand
    #[command(after_help = TRAIN_EXAMPLES)]
    Train(Box<TrainArgs>),
    /// List the models with their claims
    #[command(after_help = "Examples:\n  trainer list\n  trainer list --json | jq -r '.[].name'")]
    List(ListArgs),
    /// Print a model's recipe as TOML
    #[command(
        after_help = "Example:\n  trainer show mlp_digits > mine.toml      # change it, then: trainer --recipe mine.toml"
    )]
    Show(ShowArgs),
    /// Say what a key of a recipe decides, and what it accepts
    #[command(after_help = "Examples:
  trainer explain                          # all keys
  trainer explain optimizer                # all optimizers, with their keys
  trainer explain schedule.cosine
  trainer explain settings                 # of this machine: zoo.toml
  trainer explain progress                 # the lines of --progress json")]
    Explain(ExplainArgs),
    /// Download data sets, or check those on disk
    #[command(
        after_help = "Examples:\n  trainer fetch cifar10 emnist_letters\n  trainer fetch cifar10 --data-dir DIR --offline"
    )]
    Fetch(FetchArgs),
    /// Measure a finished run, or the weights that ship with the zoo, again
    #[command(after_help = "Examples:
  trainer eval --run RUN --split valid
  trainer eval --run RUN --list test.csv   # which examples are wrong
  trainer eval --pretrained cnn_digits
  trainer eval --pretrained cnn_digits --int8
  trainer eval --pretrained all --json")]
    Eval(EvalArgs),
    /// Show what can be seen in a model: test pictures it gets right and wrong, its first layer, a table's coefficients
    #[command(after_help = "Examples:
  trainer inspect --pretrained cnn_digits --out seen
  trainer inspect --run RUN --json > seen.json")]
    Inspect(InspectArgs),
    /// List runs, remove what of them is not needed
    #[command(after_help = "Examples:\n  trainer runs ls\n  trainer runs prune")]
    Runs(RunsArgs),
    /// Compare settings: what differs, mean scores with intervals, paired and Welch tests
    #[command(after_help = "Example:\n  trainer compare 'runs/mlp_digits/*' 'runs/softmax_digits/*' --csv")]
    Compare(CompareArgs),
    /// Draw runs on one page of HTML that needs no network
    #[command(after_help = "Example:\n  trainer report runs/mlp_digits/* --open")]
    Report(ReportArgs),
    /// Classify pictures, or the rows of CSV files, with a finished run or shipped weights
    #[command(after_help = "Examples:
  trainer predict --pretrained cnn_cifar10_best cat.jpg dog.png
  trainer predict --run RUN --json table.csv
  trainer predict --pretrained cnn_emnist letter.jpg --save-input seen.png")]
    Predict(PredictArgs),
    /// Show a finished run, or shipped weights, pictures on the zoo's page: in a browser on this machine alone, until Ctrl-C
    #[command(after_help = "Examples:
  cargo xtask web                          # makes the page, in target/web
  trainer serve --run RUN
  trainer serve --pretrained cnn_digits --port 0")]
    Serve(ServeArgs),
    /// Write a model for other programs, as safetensors or ONNX
    #[command(after_help = "Examples:
  trainer export --run RUN model.onnx
  trainer export --pretrained mlp_digits mlp_digits.safetensors
  trainer export --pretrained cnn_digits --format int8 cnn_digits.onnx   # smaller; `eval --int8` measures the cost")]
    Export(ExportArgs),
    /// Find a learning rate: train some steps with a rate that rises, and see where the loss falls fastest
    #[command(after_help = "Example:\n  trainer find-rate mlp_digits")]
    FindRate(FindRateArgs),
    /// List the devices and whether they work here
    #[command(after_help = "Example:\n  trainer devices --json")]
    Devices(ListArgs),
    /// Print what a shell needs to complete commands and flags
    #[command(after_help = "Examples:
  trainer completions bash > ~/.local/share/bash-completion/completions/trainer
  trainer completions zsh > ~/.zfunc/_trainer
  trainer completions fish > ~/.config/fish/completions/trainer.fish")]
    Completions(CompletionsArgs),
    /// Write manual pages
    #[command(after_help = "Example:\n  trainer man ~/.local/share/man/man1")]
    Man(ManArgs),
}

const TRAIN_EXAMPLES: &str = "Examples:
  trainer --model cnn_digits                             # offline, in seconds
  trainer --model mlp_digits --set 'model.hidden=[64,32]' --set optimizer=sgd --epochs 20
  trainer --recipe mine.toml --seed 7 --out my_run
  trainer --resume my_run
  trainer --model mlp_breast_cancer --folds 10 --repeats 5
  trainer --model mlp_digits --progress json             # every line is JSON

Settings of a machine, such as --threads or --data-dir, may stand in the environment or in zoo.toml: trainer explain settings";

/// Parses this process's command line and carries it out: 0 if it worked, 1 if shipped weights do not give what was recorded, 2 if
/// something was wrong, 75 if another process trains in the run folder, 130 if the user stopped it.
pub fn main() -> ExitCode {
    main_of(std::env::args_os().collect())
}

/// [`main`] of another command line, whose first word is the program.
pub fn main_of(words: Vec<OsString>) -> ExitCode {
    run(&words).unwrap_or_else(|error| output::report(&error))
}

/// Refuses settings of the machine, in the environment or in `zoo.toml`, that the trainer refuses: for programs that start trainers, or
/// read what they read.
///
/// # Errors
/// With the first that cannot be.
pub fn check_settings() -> Result<()> {
    Found::here().map(drop)
}

fn run(words: &[OsString]) -> Result<ExitCode> {
    let found = Found::here();
    let (cli, matches) = match parsed(&found.as_ref().cloned().unwrap_or_default(), words) {
        Ok(parsed) => parsed,
        Err(said) => return output::tell(&said),
    };
    let log = Log::install();
    let command = match cli.command {
        // These need no settings, and explain what is wrong with them.
        Some(TrainerCommand::Explain(args)) => return commands::explain(&args).map(|()| ExitCode::SUCCESS),
        Some(TrainerCommand::Completions(args)) => {
            return commands::completions(&args, TrainerCli::command()).map(|()| ExitCode::SUCCESS);
        }
        Some(TrainerCommand::Man(args)) => {
            return commands::man(&args, TrainerCli::command()).map(|()| ExitCode::SUCCESS);
        }
        command => command,
    };
    let found = found?;
    let train = |mut args: TrainArgs, matches: &ArgMatches| -> Result<ExitCode> {
        args.settings_from = found.sources(matches);
        args.words = words_of_every_run(matches);
        let code = commands::train(&args, &log)?;
        output::check_said().context("lines about the run are lost, and its folder has what it reached")?;
        Ok(code)
    };
    match command {
        None => return train(cli.train, &matches),
        Some(TrainerCommand::Train(args)) => {
            return train(*args, matches.subcommand_matches("train").unwrap_or(&matches));
        }
        Some(TrainerCommand::New(args)) => {
            check_no_json(&matches, "new", args.progress)?;
            commands::new(&args)?;
        }
        Some(TrainerCommand::List(args)) => commands::list(&args)?,
        Some(TrainerCommand::Show(args)) => commands::show(&args)?,
        Some(TrainerCommand::Fetch(args)) => {
            check_no_json(&matches, "fetch", args.progress)?;
            commands::fetch(&args)?;
        }
        Some(TrainerCommand::Eval(args)) => return commands::eval(&args),
        Some(TrainerCommand::Export(args)) => commands::export(&args)?,
        Some(TrainerCommand::Inspect(args)) => commands::inspect_model(&args)?,
        Some(TrainerCommand::Runs(args)) => return commands::runs(&args, is_named(&matches, "runs")),
        Some(TrainerCommand::Compare(args)) => commands::compare(&args)?,
        Some(TrainerCommand::Report(args)) => commands::report(&args)?,
        Some(TrainerCommand::Predict(args)) => return commands::predict(&args),
        Some(TrainerCommand::Serve(args)) => return commands::serve(&args),
        Some(TrainerCommand::FindRate(args)) => return commands::find_rate(&args),
        Some(TrainerCommand::Devices(args)) => commands::devices(&args)?,
        Some(TrainerCommand::Explain(_) | TrainerCommand::Completions(_) | TrainerCommand::Man(_)) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// The command line, over what was found elsewhere. A run that goes on has settings of its own.
fn parsed(found: &Found, words: &[OsString]) -> Result<(TrainerCli, ArgMatches), clap::Error> {
    let matches_of = |found: &Found| command(found).try_get_matches_from(words).map_err(|error| with_tip(error, words));
    let matches = matches_of(found)?;
    let of_train = matches.subcommand_matches("train").unwrap_or(&matches);
    let goes_on = matches!(of_train.try_get_one::<PathBuf>("resume"), Ok(Some(_)));
    let matches = if goes_on { matches_of(&found.of_a_session())? } else { matches };
    Ok((TrainerCli::from_arg_matches(&matches)?, matches))
}

/// The error about a word that belongs behind a flag, with that flag in place of clap's guess.
fn with_tip(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let of_kind = |kind: &ContextKind| error.get(*kind).cloned();
    let word = [ContextKind::InvalidSubcommand, ContextKind::InvalidArg].iter().find_map(of_kind);
    let is_stray = matches!(error.kind(), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument);
    if let (true, Some(ContextValue::String(word))) = (is_stray, word)
        && let Some(call) = call_with(&word, words)
    {
        error.remove(ContextKind::SuggestedSubcommand);
        let tip = format!("{word} goes with a flag: {call}").into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// How a model, a recipe file or a run folder that stands alone is named to its command: `trainer --model cnn_digits`.
fn call_with(word: &str, words: &[OsString]) -> Option<String> {
    let whole = TrainerCli::command();
    let named = words.get(1).and_then(|name| whole.find_subcommand(name));
    let (command, call) =
        named.map_or((&whole, String::new()), |command| (command, format!("{} ", command.get_name())));
    let is_run = run_folder::exists(Path::new(word));
    let flags = [
        ("model", registry::names().any(|name| name == word)),
        ("pretrained", pretrained::find(word).is_ok()),
        ("recipe", word.ends_with(".toml")),
        ("resume", is_run),
        ("run", is_run),
    ];
    let has = |flag: &str| command.get_arguments().any(|arg| arg.get_long() == Some(flag));
    let (flag, _) = flags.into_iter().find(|(flag, fits)| *fits && has(flag))?;
    Some(format!("trainer {call}--{flag} {word}"))
}

fn command(found: &Found) -> Command {
    found.apply(with_negative_numbers(TrainerCli::command().long_version(version::long())))
}

/// A negative number behind a flag is its value, and no flag: what is wrong with it is then said in the value's own words.
fn with_negative_numbers(command: Command) -> Command {
    let allowed = |arg: clap::Arg| {
        let is_flag = arg.get_long().is_some() && arg.get_action().takes_values();
        arg.allow_negative_numbers(is_flag)
    };
    command.mut_args(allowed).mut_subcommands(with_negative_numbers)
}

/// Refuses lines for programs where there are none; a setting of the machine means training.
fn check_no_json(matches: &ArgMatches, command: &str, progress: ProgressMode) -> Result<()> {
    if progress == ProgressMode::Json && is_named(matches, "progress") {
        bail!("--progress json is for training alone, and `trainer {command}` answers in words; leave it out");
    }
    Ok(())
}

/// Whether the command line itself, and not a setting, gives the flag of the innermost command.
fn is_named(matches: &ArgMatches, id: &str) -> bool {
    match matches.subcommand() {
        Some((_, inner)) => is_named(inner, id),
        None => matches.value_source(id) == Some(ValueSource::CommandLine),
    }
}

/// Flags that a sweep gives each of its runs anew, or that are about it alone.
const FLAGS_OF_A_SWEEP: [&str; 8] = ["set", "seeds", "seed", "jobs", "plan", "out", "continue", "progress"];

/// The flags of a command line that trains that every run of a sweep has, too.
fn words_of_every_run(matches: &ArgMatches) -> Vec<String> {
    let command = TrainerCli::command();
    let is_given = |arg: &&clap::Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let mut words = Vec::new();
    for arg in command.get_arguments().filter(is_given) {
        let Some(flag) = arg.get_long().filter(|flag| !FLAGS_OF_A_SWEEP.contains(flag)) else {
            continue;
        };
        let values = matches.get_raw(arg.get_id().as_str()).into_iter().flatten();
        match arg.get_action().takes_values() {
            true => {
                values.for_each(|value| words.extend(flag_words(&format!("--{flag}"), &value.to_string_lossy())));
            }
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
