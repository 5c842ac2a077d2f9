//! What the user may ask for, what is of no use found out before anything is built.

use crate::recipes::{self, Shipped};
use crate::workspace::{self, Profile};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;

/// What to reproduce, and how.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Recipes to run, globs allowed: `cnn_*` [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only the first N of each recipe's seeds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    seeds: Option<u16>,
    /// What to compute on: flex, ndarray, wgpu or cuda
    #[arg(long, value_name = "NAME", default_value = "flex")]
    pub(super) device: String,
    /// CPU threads [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// The folder with data files [default: the trainer's]
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Never use the network
    #[arg(long)]
    pub(super) offline: bool,
    /// Go on after a recipe that does not hold
    #[arg(long)]
    pub(super) keep_going: bool,
    /// Write results/, the shipped weights, their cards and the READMEs' tables, of every recipe that ran whole
    #[arg(long, conflicts_with = "seeds")]
    pub(super) record: bool,
    /// Where runs are kept, to go on with and to look at [default: target/reproduce]
    #[arg(long, value_name = "DIR")]
    pub(super) runs: Option<PathBuf>,
    /// Cargo's profile for the trainer
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    pub(super) profile: Profile,
}

const DEVICES: [&str; 4] = ["flex", "ndarray", "wgpu", "cuda"];

impl Options {
    /// The recipes asked for, each with the seeds to run.
    pub(super) fn recipes(&self) -> Result<Vec<Shipped>> {
        self.check()?;
        let mut chosen = recipes::named(recipes::all()?, &self.names)?;
        for Shipped { recipe, .. } in &mut chosen {
            let stated = recipe.training.seeds.len();
            let wanted = self.seeds.map_or(stated, usize::from);
            if wanted > stated {
                bail!(
                    "--seeds {wanted}: {} states {stated} seeds, and seeds are not chosen afterwards; ask for at most {stated}",
                    recipe.name
                );
            }
        }
        Ok(chosen)
    }

    /// The first of a recipe's seeds, as many as asked for.
    pub(super) fn seeds<'a>(&self, shipped: &'a Shipped) -> &'a [u64] {
        let stated = &shipped.recipe.training.seeds;
        &stated[..self.seeds.map_or(stated.len(), usize::from).min(stated.len())]
    }

    fn check(&self) -> Result<()> {
        if !DEVICES.contains(&self.device.as_str()) {
            bail!("--device {}: there is no such device; choose one of {}", self.device, DEVICES.join(", "));
        }
        if let Some(data_dir) = self.data_dir.as_deref().filter(|data_dir| !data_dir.is_dir()) {
            bail!("--data-dir {} is no folder; name the one that holds the trainer's data files", data_dir.display());
        }
        let commit = workspace::commit();
        match commit.as_deref() {
            _ if !self.record => Ok(()),
            None => bail!("--record states the commit that was measured, and this is no clone; clone the repository"),
            Some(commit) if commit.ends_with("-dirty") => {
                bail!("--record states the commit that was measured, and tracked files differ from it; commit first")
            }
            Some(_) => Ok(()),
        }
    }

    /// The trainer, built once.
    pub(super) fn build(&self) -> Result<PathBuf> {
        let features: &[&str] = if self.device == "flex" { &[] } else { &[&self.device] };
        let features: Vec<String> = features.iter().map(|feature| format!("trainer/{feature}")).collect();
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        let mut programs = self.profile.build(&["trainer"], &["trainer"], &features)?;
        programs.remove("trainer").context("cargo built no trainer")
    }
}
