//! What the user may ask for, what is of no use found out at once, and the programs to be measured.

use super::cases::Case;
use crate::workspace::Profile;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to measure, and how.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write the results to this file
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Measure PyTorch, too, with this Python
    #[arg(long, value_name = "PYTHON")]
    pub(super) against_pytorch: Option<PathBuf>,
    /// Rounds of each case; epochs have at most 3, the whole run has 1
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) rounds: u16,
    /// Only cases whose name holds this: `train_step/cnn`, `threads2`; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub(super) only: Vec<String>,
    /// See that everything works, in seconds; the figures mean nothing
    #[arg(long, conflicts_with = "record")]
    pub(super) quick: bool,
    /// Cargo's profile for the measured programs
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    pub(super) profile: Profile,
    /// The folder with data files, for epochs and runs [default: the trainer's]
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Write results/bench.json and the READMEs' tables, of what was measured
    #[arg(long)]
    pub(super) record: bool,
}

impl Options {
    /// Whatever can be found wrong before minutes have gone by.
    pub(super) fn check(&self, cases: &[Case]) -> Result<()> {
        if cases.is_empty() {
            bail!(
                "no case has a name with {:?} in it; names are like train_step/cnn/batch32/threads2",
                self.only.join(" or ")
            );
        }
        if let Some(data_dir) = self.data_dir.as_deref().filter(|data_dir| !data_dir.is_dir()) {
            bail!("--data-dir {} is no folder; name the one that holds the trainer's data files", data_dir.display());
        }
        if let Some(python) = &self.against_pytorch {
            check_python(python)?;
        }
        self.json.iter().try_for_each(|json| check_writable(json))
    }
}

fn check_python(python: &Path) -> Result<()> {
    let output = Command::new(python).args(["-c", "import torch"]).output();
    let output = output.with_context(|| {
        format!("cannot start {}; --against-pytorch wants the path of a Python interpreter", python.display())
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let reason = said.trim().lines().last().unwrap_or("it gave no reason").to_string();
        bail!("{} cannot import torch ({reason}); install PyTorch for it or name another Python", python.display());
    }
    Ok(())
}

fn check_writable(path: &Path) -> Result<()> {
    let is_new = !path.exists();
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.with_context(|| format!("cannot write {}; choose another file for --json", path.display()))?;
    if is_new {
        // A benchmark that fails later leaves no empty file behind.
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// The programs to be measured.
pub(super) struct Built {
    pub(super) zoo_bench: PathBuf,
    pub(super) zoo_bench_stock: PathBuf,
    pub(super) trainer: PathBuf,
}

impl Built {
    pub(super) fn new(profile: Profile) -> Result<Self> {
        let mut programs =
            profile.build(&["zoo-bench", "trainer"], &["zoo-bench", "zoo-bench-stock", "trainer"], &[])?;
        let mut program = |name: &str| programs.remove(name).with_context(|| format!("cargo built no {name}"));
        Ok(Self {
            zoo_bench: program("zoo-bench")?,
            zoo_bench_stock: program("zoo-bench-stock")?,
            trainer: program("trainer")?,
        })
    }

    /// Copies of the programs, which no build in the meantime can exchange.
    pub(super) fn copy(self, folder: &Path) -> Result<Self> {
        let copy = |program: PathBuf| {
            let copy = folder.join(program.file_name().unwrap_or_default());
            fs::copy(&program, &copy)
                .with_context(|| format!("cannot copy {} to {}", program.display(), copy.display()))?;
            Ok::<_, anyhow::Error>(copy)
        };
        let Self { zoo_bench, zoo_bench_stock, trainer } = self;
        Ok(Self { zoo_bench: copy(zoo_bench)?, zoo_bench_stock: copy(zoo_bench_stock)?, trainer: copy(trainer)? })
    }
}
