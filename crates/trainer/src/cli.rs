//! The command line.

use crate::commands;
use crate::device::DeviceName;
use crate::logging::Log;
use crate::progress::Progress;
use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Something was wrong and has been said.
const FAILED: u8 = 2;

/// Train, evaluate and apply the models of the zoo.
///
/// Without a subcommand it trains: `trainer --model cnn_digits`.
#[derive(Debug, Parser)]
#[command(name = "trainer", version, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    train: TrainArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
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

/// What to train, and how.
#[derive(Clone, Debug, Args)]
pub struct TrainArgs {
    /// The model to train; `trainer list` shows all
    #[arg(long, value_name = "NAME", conflicts_with_all = ["recipe", "resume"])]
    pub model: Option<String>,
    /// Train by your own recipe file instead
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub recipe: Option<PathBuf>,
    /// Change one key of the recipe: `--set optimizer.beta1=0.8`; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE", conflicts_with = "resume")]
    pub overrides: Vec<String>,
    /// Short for --set training.epochs=N
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    pub epochs: Option<u64>,
    /// Short for --set training.batch_size=N
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    pub batch_size: Option<u64>,
    /// Short for --set schedule.learning_rate=RATE
    #[arg(long, value_name = "RATE", conflicts_with = "resume", allow_negative_numbers = true)]
    pub learning_rate: Option<f64>,
    /// Decides initial weights, order, augmentation and dropout; the recipe's first seed if not given
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    pub seed: Option<u64>,
    /// Cross-validate: cut the data into K parts alike and train K models, each tested on the part it has not seen
    #[arg(long, value_name = "K", conflicts_with = "resume", value_parser = clap::value_parser!(u32).range(2..))]
    pub folds: Option<u32>,
    /// Cut and train anew this often, each time by another seed: the recipe's in turn, or --seed and those after it [default: 1]
    #[arg(long, value_name = "R", requires = "folds", conflicts_with = "resume", value_parser = clap::value_parser!(u32).range(1..))]
    pub repeats: Option<u32>,
    /// What to compute on: flex, ndarray, wgpu or cuda [default: flex]
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    pub device: Option<DeviceName>,
    /// CPU threads [default: all]
    #[arg(long, value_name = "N", conflicts_with = "resume", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Where data comes from
    #[command(flatten)]
    pub data: DataArgs,
    /// The run folder to make [default: runs/NAME/DATE-TIME-seedN]
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    pub out: Option<PathBuf>,
    /// Go on with an interrupted run; needs no other flag
    #[arg(long, value_name = "DIR")]
    pub resume: Option<PathBuf>,
    /// How to show progress
    #[arg(long, value_enum, default_value_t)]
    pub progress: Progress,
}

/// Where data comes from.
#[derive(Clone, Debug, Default, Args)]
pub struct DataArgs {
    /// The folder with data files [default: $ZOO_DATA_DIR, else burn-zoo in the cache folder]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Never use the network
    #[arg(long)]
    pub offline: bool,
}

/// What to compute on, outside training.
#[derive(Clone, Debug, Args)]
pub struct DeviceArgs {
    /// flex, ndarray, wgpu or cuda
    #[arg(long, value_name = "NAME", default_value_t)]
    pub device: DeviceName,
    /// CPU threads [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ListArgs {
    /// As a JSON array
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ShowArgs {
    /// The model's name
    pub(crate) name: String,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct FetchArgs {
    /// Names of data sets: cifar10, emnist_letters, ...
    #[arg(required = true, value_name = "DATASET")]
    pub(crate) datasets: Vec<String>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// How to show progress
    #[arg(long, value_enum, default_value_t)]
    pub(crate) progress: Progress,
}

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    /// The test part
    Test,
    /// The validation part
    Valid,
    /// The training part, not augmented
    Train,
}

#[derive(Clone, Debug, Args)]
#[group(id = "weights", required = true, multiple = false, args = ["run", "pretrained"])]
pub(crate) struct EvalArgs {
    /// The run folder
    #[arg(long, value_name = "DIR")]
    pub(crate) run: Option<PathBuf>,
    /// The recipe whose shipped weights to measure and compare with what was recorded of them; `all` for those whose data is here
    #[arg(long, value_name = "NAME")]
    pub(crate) pretrained: Option<String>,
    /// The part to measure on
    #[arg(long, value_enum, default_value_t = Part::Test)]
    pub(crate) split: Part,
    /// Measure the mean of every image's logits and its mirror image's, too, where the recipe mirrors images in training
    #[arg(long)]
    pub(crate) mirrored: bool,
    /// As one JSON object a model
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

/// How a model is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// The zoo's own weights file: parameters by name, everything else in its metadata
    Safetensors,
    /// From raw pixels or columns to logits, for onnxruntime and its like
    Onnx,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArgs {
    /// The run folder
    #[arg(long, value_name = "DIR", required_unless_present = "pretrained", conflicts_with = "pretrained")]
    pub(crate) run: Option<PathBuf>,
    /// The recipe whose shipped weights to write
    #[arg(long, value_name = "NAME")]
    pub(crate) pretrained: Option<String>,
    /// [default: what the file's name ends with]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// The file to write
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct InspectArgs {
    /// The run folder
    #[arg(long, value_name = "DIR", required_unless_present = "pretrained", conflicts_with = "pretrained")]
    pub(crate) run: Option<PathBuf>,
    /// The recipe whose shipped weights to show
    #[arg(long, value_name = "NAME")]
    pub(crate) pretrained: Option<String>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct PredictArgs {
    /// The run folder
    #[arg(long, value_name = "DIR", required_unless_present = "pretrained", conflicts_with = "pretrained")]
    pub(crate) run: Option<PathBuf>,
    /// The recipe whose shipped weights to use
    #[arg(long, value_name = "NAME")]
    pub(crate) pretrained: Option<String>,
    /// Write what the model sees as PNG: a file, or a folder for several pictures
    #[arg(long, value_name = "FILE")]
    pub(crate) save_input: Option<PathBuf>,
    /// PNG or JPEG pictures of at most 20,000 pixels a side; CSV files with a header for models of tables
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How many classes to show
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) top: u16,
    /// One JSON object a picture or row
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

/// Parses the command line and carries it out: 0 if it worked, 1 if shipped weights do not give what was recorded, 2 if something was wrong, 130 if the user stopped it.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode> {
    let log = Log::install();
    match &cli.command {
        None => return commands::train(&cli.train, &log),
        Some(Command::List(args)) => commands::list(args)?,
        Some(Command::Show(args)) => commands::show(args)?,
        Some(Command::Fetch(args)) => commands::fetch(args)?,
        Some(Command::Eval(args)) => return commands::eval(args),
        Some(Command::Export(args)) => commands::export(args)?,
        Some(Command::Inspect(args)) => commands::inspect(args)?,
        Some(Command::Predict(args)) => commands::predict(args)?,
        Some(Command::Devices) => commands::devices()?,
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "the one place where an error reaches the user")]
fn report(error: &anyhow::Error) {
    tracing::error!("{error:#}");
    eprintln!("error: {error:#}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
