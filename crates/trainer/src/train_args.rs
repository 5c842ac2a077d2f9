//! What training can be told: what to train on what data, and how.

use crate::args::{DataArgs, target_kind};
use crate::device::DeviceName;
use crate::extension::EpochCount;
use crate::logs::LogFormat;
use crate::numbers::{number, whole};
use crate::places::{place, place_or_pipe};
use crate::progress::ProgressMode;
use crate::sweep::SeedList;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use zoo_recipe::LARGEST_BATCH;
use zoo_table::TargetKind;

/// What to train, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct TrainArgs {
    /// The model to train; `trainer list` shows all
    #[arg(long, value_name = "NAME", conflicts_with_all = ["recipe", "resume"])]
    pub(crate) model: Option<String>,
    /// Train by your own recipe file instead
    #[arg(long, value_name = "FILE", conflicts_with = "resume", value_parser = place_or_pipe())]
    pub(crate) recipe: Option<PathBuf>,
    /// Your own data in place of the recipe's
    #[command(flatten)]
    pub(crate) own: OwnDataArgs,
    /// Change one key of the recipe: `--set optimizer.beta1=0.8`; repeatable. Several values, `--set KEY=A,B`, make several runs
    #[arg(long = "set", value_name = "KEY=VALUE", conflicts_with = "resume")]
    pub(crate) overrides: Vec<String>,
    /// Short for --set training.epochs=N; with --resume, train the run longer: N epochs in all, or +N more
    #[arg(long, value_name = "N")]
    pub(crate) epochs: Option<EpochCount>,
    /// Short for --set training.batch_size=N
    #[arg(long, value_name = "N", conflicts_with = "resume", value_parser = whole(1..=LARGEST_BATCH))]
    pub(crate) batch_size: Option<u64>,
    /// Short for --set schedule.learning_rate=RATE
    #[arg(long, value_name = "RATE", conflicts_with = "resume", value_parser = number)]
    pub(crate) learning_rate: Option<f64>,
    /// Start from trained weights: a NAME whose weights ship, a run folder or a weights file; short for --set init.weights=...
    #[arg(long, value_name = "NAME|RUN|FILE", conflicts_with = "resume")]
    pub(crate) init: Option<String>,
    /// Layers that stay as they are: `conv1,conv2`, `hidden.0`; short for --set init.freeze=[...]
    #[arg(long, value_name = "LAYERS", conflicts_with = "resume", value_delimiter = ',')]
    pub(crate) freeze: Vec<String>,
    /// Factors of the learning rate by layer: `conv1=0.1,conv2=0.3`; short for --set init.rates={...}
    #[arg(long, value_name = "LAYER=FACTOR", conflicts_with = "resume", value_delimiter = ',')]
    pub(crate) rates: Vec<String>,
    /// Decides initial weights, order, augmentation and dropout; the recipe's first seed if not given
    #[arg(long, value_name = "N", conflicts_with = "resume", value_parser = whole(0_u64..))]
    pub(crate) seed: Option<u64>,
    /// One run for each of these seeds: `1..20` (20 included), `1,2,5`
    #[arg(long, value_name = "LIST", conflicts_with_all = ["resume", "seed"], allow_hyphen_values = true)]
    pub(crate) seeds: Option<SeedList>,
    /// Of several runs, train so many side by side; they share --threads [default: 1]
    #[arg(long, value_name = "N", value_parser = whole(1..=1024_u16))]
    pub(crate) jobs: Option<u16>,
    /// Train nothing: print one command line a run, complete by itself and safe to repeat
    #[arg(long, conflicts_with = "resume")]
    pub(crate) plan: bool,
    /// Cross-validate: cut the data into K stratified folds and train K models, each tested on the fold it has not seen
    #[arg(long, value_name = "K", conflicts_with = "resume", value_parser = whole(2_u32..))]
    pub(crate) folds: Option<u32>,
    /// Cut and train anew this often, each time by another seed: the recipe's in turn, or --seed and those after it [default: 1]
    #[arg(long, value_name = "R", requires = "folds", conflicts_with = "resume", value_parser = whole(1_u32..))]
    pub(crate) repeats: Option<u32>,
    /// Take over the folds that another cross-validation by this recipe has finished, on another machine perhaps; repeatable
    #[arg(long, value_name = "DIR", requires = "folds", value_parser = place())]
    pub(crate) folds_from: Vec<PathBuf>,
    /// What to compute on: flex, ndarray, wgpu or cuda [default: flex]
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    pub(crate) device: Option<DeviceName>,
    /// CPU threads [default: all; with --resume, as many as before]
    #[arg(long, value_name = "N", value_parser = whole(1..=1024_u16))]
    pub(crate) threads: Option<u16>,
    /// Where data comes from
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The run folder to make [default: NAME/DATE-TIME-seedN in the folder of runs]; of several runs, the folder of their folders
    #[arg(long, value_name = "DIR", conflicts_with = "resume", value_parser = place())]
    pub(crate) out: Option<PathBuf>,
    /// The folder of runs
    #[arg(long, value_name = "DIR", default_value = "runs", value_parser = place())]
    pub(crate) runs: PathBuf,
    /// If the folder of --out holds this very run, go on with it; if it is finished, that is well
    #[arg(long = "continue", requires = "out", conflicts_with = "resume")]
    pub(crate) continues: bool,
    /// Go on with an interrupted run, or several of one command; needs no other flag. With --epochs, train a run longer, finished or not
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(crate) resume: Option<PathBuf>,
    /// Stop when standard input ends
    #[arg(long, hide = true)]
    pub(crate) stop_with_stdin: bool,
    /// Keep a log for other programs in the run folder; repeatable, and kept up by --resume
    #[arg(long = "log", value_name = "FORMAT", conflicts_with = "resume", value_enum)]
    pub(crate) log_formats: Vec<LogFormat>,
    /// How to show progress
    #[arg(long, value_enum, default_value_t)]
    pub(crate) progress: ProgressMode,
    /// Where each setting came from: a flag, a variable or a file.
    #[arg(skip)]
    pub(crate) settings_from: BTreeMap<String, String>,
    /// The flags of the command line that every run of a sweep has, too.
    #[arg(skip)]
    pub(crate) words: Vec<String>,
}

impl TrainArgs {
    /// The logs asked for, each once.
    pub(crate) fn logs(&self) -> Vec<LogFormat> {
        let mut logs = self.log_formats.clone();
        logs.sort();
        logs.dedup();
        logs
    }
}

/// A user's own data.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct OwnDataArgs {
    /// Learn from your own data: a folder with one folder of pictures per class (also with train, valid, test above them), a folder of
    /// idx files as MNIST's, numpy's arrays in a file .npz, or a table .csv or .tsv; a table needs no --model, and weights
    /// of a run or of the zoo (--init) bring theirs
    #[arg(long, value_name = "PATH", conflicts_with = "resume", value_parser = place())]
    pub(crate) data: Option<PathBuf>,
    /// The column of a table to predict: text or few whole numbers are classes, other numbers are predicted themselves (regression)
    #[arg(long, value_name = "COLUMN", requires = "data")]
    pub(crate) label: Option<String>,
    /// What that column holds: classes, or a value, which is predicted itself (regression) [default: what its values look like]
    #[arg(long, value_name = "KIND", requires = "label", value_parser = target_kind())]
    pub(crate) target: Option<TargetKind>,
    /// Leave out pictures that cannot be read, and say how many and which
    #[arg(long, requires = "data")]
    pub(crate) skip_bad: bool,
}
