//! What the user may ask for; what is of no use is found out at once.

use anyhow::{Context, Result, bail};
use clap::Parser;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use trainer::places::place;

/// Time the zoo's models against stock Burn and PyTorch, taking turns
#[derive(Debug, Parser)]
#[command(
    name = "zoo-bench",
    after_help = "`cargo xtask bench` also takes --profile dev or release (the default): Cargo's profile for all that is measured."
)]
pub(super) struct BenchOptions {
    /// Write the results to this file
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(super) json: Option<PathBuf>,
    /// Measure PyTorch, too, with this Python
    #[arg(long, value_name = "PYTHON")]
    pub(super) against_pytorch: Option<PathBuf>,
    /// Rounds of each case; epochs have at most 3, the whole run has 1
    #[arg(
        long,
        value_name = "N",
        default_value_t = 7,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..=1000)
    )]
    pub(super) rounds: u16,
    /// Only cases whose name holds this: `train_step/cnn`, `layer/`, `threads2`; repeatable
    #[arg(long, value_name = "PATTERN", conflicts_with = "record")]
    pub(super) only: Vec<String>,
    /// See that everything works, in seconds; the figures mean nothing
    #[arg(long, conflicts_with = "record")]
    pub(super) quick: bool,
    /// The folder with data files, for epochs and runs [default: the trainer's]
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(super) data_dir: Option<PathBuf>,
    /// Write results/bench.json and results/bench.md, of all cases in one run
    #[arg(long)]
    pub(super) record: bool,
    /// Answer requests on standard input instead, and leave files for other workers in this folder
    #[arg(long, value_name = "DIR", hide = true, exclusive = true)]
    pub(super) worker: Option<PathBuf>,
}

impl BenchOptions {
    /// Whatever can be found wrong before minutes have gone by with that many cases.
    pub(super) fn check(&self, cases: usize) -> Result<()> {
        if cases == 0 {
            let patterns = self.only.join(" or ");
            bail!(
                "no case has a name with {patterns:?} in it; names are like train_step/cnn/batch32/threads2 or \
                 layer/forward/depthwise/batch32/threads2"
            );
        }
        if let Some(data_dir) = self.data_dir.as_deref().filter(|data_dir| !data_dir.is_dir()) {
            bail!(
                "--data-dir {} is not a folder; name the one that holds the trainer's data files",
                data_dir.display()
            );
        }
        self.against_pytorch.as_deref().map(check_python).transpose()?;
        self.json.as_deref().map(check_can_write_file).transpose()?;
        Ok(())
    }
}

fn check_python(python: &Path) -> Result<()> {
    let output = Command::new(python).args(["-c", "import torch"]).output();
    let python = python.display();
    let output = output
        .with_context(|| format!("cannot start {python}; --against-pytorch wants the path of a Python interpreter"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let reason = said.trim().lines().last().unwrap_or("it gave no reason");
        bail!("{python} cannot import torch ({reason}); install PyTorch for it or name another Python");
    }
    Ok(())
}

fn check_can_write_file(path: &Path) -> Result<()> {
    let is_new = !path.exists();
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.with_context(|| format!("cannot write {}; choose another file for --json", path.display()))?;
    if is_new {
        // A benchmark that fails later leaves no empty file behind.
        let _ = fs::remove_file(path);
    }
    Ok(())
}
