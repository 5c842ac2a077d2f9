//! What the commands of the program can be told.

use crate::device::DeviceName;
use crate::evaluation::SplitName;
use crate::numbers::{number, whole};
use crate::places::{name_or_pipe, place, place_or_pipe};
use crate::progress::ProgressMode;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;
use zoo_table::{TargetColumn, TargetKind};

/// Reads the kind of a column to predict.
pub(crate) fn target_kind() -> impl TypedValueParser<Value = TargetKind> {
    PossibleValuesParser::new(TargetKind::ALL.map(TargetKind::name))
        .try_map(|name| TargetKind::named(&name).ok_or("no such kind"))
}

/// The column to predict, if one was named.
pub(crate) fn target_column(label: Option<&str>, kind: Option<TargetKind>) -> Option<TargetColumn<'_>> {
    label.map(|name| TargetColumn { name, kind })
}

/// Where data comes from.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DataArgs {
    /// The folder with data files [default: $ZOO_DATA_DIR, else burn-zoo in the cache folder]
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(crate) data_dir: Option<PathBuf>,
    /// Never use the network
    #[arg(long)]
    pub(crate) offline: bool,
    /// An address to ask for data files before those who publish them [default: $ZOO_MIRROR]
    #[arg(long, value_name = "URL")]
    pub(crate) mirror: Option<String>,
}

/// The model that a command is about.
#[derive(Clone, Debug, Args)]
#[group(id = "weights", required = true, multiple = false)]
pub(crate) struct ModelArgs {
    /// The run folder
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(crate) run: Option<PathBuf>,
    /// The recipe whose shipped weights to use: `trainer list` shows all
    #[arg(long, value_name = "NAME")]
    pub(crate) pretrained: Option<String>,
}

/// What to compute on, outside training.
#[derive(Clone, Debug, Args)]
pub(crate) struct DeviceArgs {
    /// flex, ndarray, wgpu or cuda
    #[arg(long, value_name = "NAME", default_value_t)]
    pub(crate) device: DeviceName,
    /// CPU threads [default: all]
    #[arg(long, value_name = "N", value_parser = whole(1..=1024_u16))]
    pub(crate) threads: Option<u16>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct NewArgs {
    /// The recipe's name, and its file's: lowercase letters, digits and `_`
    pub(crate) name: String,
    /// The data: a folder with one folder of pictures per class (also with train, valid, test above them), a folder of idx files as
    /// MNIST's, numpy's arrays in a file .npz, or a table .csv or .tsv
    #[arg(long, value_name = "PATH", value_parser = place())]
    pub(crate) data: PathBuf,
    /// The column of a table to predict: text or few whole numbers are classes, other numbers are predicted themselves (regression)
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    /// What that column holds: classes, or a value, which is predicted itself (regression) [default: what its values look like]
    #[arg(long, value_name = "KIND", requires = "label", value_parser = target_kind())]
    pub(crate) target: Option<TargetKind>,
    /// Leave out pictures that cannot be read, and say how many and which
    #[arg(long)]
    pub(crate) skip_bad: bool,
    /// How to show progress; json is for training alone
    #[arg(long, value_enum, default_value_t)]
    pub(crate) progress: ProgressMode,
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
    /// How to show progress; json is for training alone
    #[arg(long, value_enum, default_value_t)]
    pub(crate) progress: ProgressMode,
}

#[derive(Clone, Debug, Args)]
#[command(mut_arg("pretrained", |arg| arg.help(
    "The recipe whose shipped weights to use: `trainer list` shows all; also `all`, those whose data is here"
)))]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// The split to measure on
    #[arg(long, value_enum, default_value_t)]
    pub(crate) split: SplitName,
    /// With test-time augmentation, too: the mean of every image's logits and its mirror image's, where training flips images;
    /// where it moves them, too, the mean over six views: these two have half the weight, both moved by a pixel (up and left, down and
    /// right) the other
    #[arg(long)]
    pub(crate) tta: bool,
    /// In 8-bit integers, too, calibrated on 512 training examples: the scores of what `export --format int8` writes, and how many answers
    /// change
    #[arg(long)]
    pub(crate) int8: bool,
    /// Write a row per example as CSV: its file, the line of its table, its index in an array (from 0) or else its number, then the true
    /// and the predicted class with its probability, or for regression the target and the prediction; with --int8 what that predicts, too
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(crate) list: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long, requires = "list")]
    pub(crate) force: bool,
    /// As one JSON object per model
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct FindRateArgs {
    /// A model of the zoo, or your own recipe file
    #[arg(value_name = "NAME|FILE", value_parser = name_or_pipe)]
    pub(crate) recipe: String,
    /// Change one key of the recipe; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<String>,
    /// Decides initial weights and order; the recipe's first seed if not given
    #[arg(long, value_name = "N", value_parser = whole(0_u64..))]
    pub(crate) seed: Option<u64>,
    /// Steps from the lowest rate to the highest
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = whole(20..=u16::MAX))]
    pub(crate) steps: u16,
    /// The lowest rate
    #[arg(long, value_name = "RATE", default_value_t = 1e-6, value_parser = number)]
    pub(crate) from: f64,
    /// The highest rate; the search ends before it where the loss diverges
    #[arg(long, value_name = "RATE", default_value_t = 10.0, value_parser = number)]
    pub(crate) to: f64,
    /// The picture to write [default: find-rate-NAME.svg]
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(crate) svg: Option<PathBuf>,
    /// Replace the picture that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// As one JSON object, with every step
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
    /// From raw pixels or columns to logits, for onnxruntime and its like; missing values of a table, NaN, are to be replaced before, by those
    /// of the file's metadata key `fill`
    Onnx,
    /// The same in 8-bit integers, a quarter as large for networks of some size, as ONNX with QuantizeLinear and DequantizeLinear; calibrated
    /// on 512 training examples. What it costs is measured by `eval --int8`
    Int8,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// [default: what the file's name ends with]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// The file to write
    #[arg(value_parser = place())]
    pub(crate) file: PathBuf,
    /// Replace files that are there
    #[arg(long)]
    pub(crate) force: bool,
    /// Where the training examples for --format int8 come from
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Write PNGs and a list of them into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "json", value_parser = place())]
    pub(crate) out: Option<PathBuf>,
    /// As one JSON object with the pictures in it, as base64
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct PredictArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Write what the model sees as PNG: a file, or a folder for several pictures
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(crate) save_input: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long, requires = "save_input")]
    pub(crate) force: bool,
    /// Pictures (PNG, JPEG, WebP, GIF or BMP) of at most 64 million pixels; CSV files with a header for models of tables
    #[arg(required = true, value_name = "FILE", value_parser = place_or_pipe())]
    pub(crate) files: Vec<PathBuf>,
    /// How many classes to show
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = whole(1..=u16::MAX))]
    pub(crate) top: u16,
    /// One JSON object per picture or row
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// The port on this machine; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = zoo_page::PORT, value_parser = whole(0..=u16::MAX))]
    pub(crate) port: u16,
    /// The folder with the page, as `cargo xtask web` makes it
    #[arg(long, value_name = "DIR", default_value = "target/web", value_parser = place())]
    pub(crate) page: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A key of a recipe, such as `optimizer` or `schedule.cosine`, or `settings` or `progress`; without one, all keys of a recipe
    pub(crate) key: Option<String>,
    /// As JSON, for editors and other programs
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ManArgs {
    /// The folder to write the pages to, made if it is not there
    #[arg(value_name = "DIR", value_parser = place())]
    pub(crate) folder: PathBuf,
    /// Replace pages that are there
    #[arg(long)]
    pub(crate) force: bool,
}
