//! What the commands that look at several runs can be told.

use crate::args::DataArgs;
use crate::evaluation::SplitName;
use crate::places::place;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub(crate) struct RunsArgs {
    #[command(subcommand)]
    pub(crate) action: RunsAction,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum RunsAction {
    /// List runs: how far they are, what they reached on test, their age and size
    Ls(RunsPlace),
    /// Remove the checkpoints of finished runs, which only training such a run longer needs
    Prune(RemoveArgs),
    /// Remove runs that never started, and unreadable ones that hold neither weights nor checkpoints
    Clean(RemoveArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RunsPlace {
    /// The folder with runs
    #[arg(id = "runs", long = "in", value_name = "DIR", default_value = "runs", value_parser = place())]
    pub(crate) folder: PathBuf,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RemoveArgs {
    #[command(flatten)]
    pub(crate) place: RunsPlace,
    /// Remove without asking; otherwise a terminal is asked, and elsewhere nothing is removed but shown
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CompareArgs {
    /// Run folders, cross-validations, sweeps, folders of them, or patterns: 'runs/mlp_*/*'. Seeds of one recipe are one row
    #[arg(required = true, value_name = "RUN")]
    pub(crate) runs: Vec<String>,
    /// The score to compare by its key in report.json: accuracy, loss, auroc, f1, ... [default: the recipes' own]
    #[arg(long, value_name = "NAME")]
    pub(crate) metric: Option<String>,
    /// The split it was measured on; choose settings by valid
    #[arg(long, value_enum, default_value_t)]
    pub(crate) split: SplitName,
    /// As a CSV table, one row a setting
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// As a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ReportArgs {
    /// Run folders, cross-validations, sweeps, folders of them, or patterns: 'runs/mlp_*/*'. Seeds of one recipe are one setting
    #[arg(required = true, value_name = "RUN")]
    pub(crate) runs: Vec<String>,
    /// The page to write; an earlier page there is replaced, another file is not
    #[arg(long, value_name = "FILE", default_value = "report.html", value_parser = place())]
    pub(crate) out: PathBuf,
    /// Open it in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// The score to compare by its key in report.json: accuracy, loss, auroc, f1, ... [default: the recipes' own]
    #[arg(long, value_name = "NAME")]
    pub(crate) metric: Option<String>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}
