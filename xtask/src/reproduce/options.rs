//! What the user may ask for, what is of no use found out before anything is built.

use crate::experiments;
use crate::recipes::{self, Patterns, Shipped};
use crate::workspace::{self, Profile};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;

/// What to reproduce, and how.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Recipes and experiments to run, globs allowed: `cnn_*` [default: all]
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
    /// Go on after what does not hold or goes wrong
    #[arg(long)]
    pub(super) keep_going: bool,
    /// Experiments with smaller samples and wider tolerances: all of them in seconds
    #[arg(long)]
    pub(super) quick: bool,
    /// Write results/, the shipped weights, their cards and the READMEs' tables, of all that ran whole
    #[arg(long, conflicts_with_all = ["seeds", "quick"])]
    pub(super) record: bool,
    /// Where runs are kept, to go on with and to look at [default: target/reproduce]
    #[arg(long, value_name = "DIR")]
    pub(super) runs: Option<PathBuf>,
    /// Cargo's profile for trainer and experiments
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    pub(super) profile: Profile,
}

/// What is to be run.
pub(super) struct Asked {
    pub(super) recipes: Vec<Shipped>,
    /// Their names.
    pub(super) experiments: Vec<String>,
    /// Whether nothing was left out.
    pub(super) is_all: bool,
}

/// The programs that run it.
pub(super) struct Programs {
    pub(super) trainer: PathBuf,
    pub(super) experiments: Option<PathBuf>,
}

const DEVICES: [&str; 4] = ["flex", "ndarray", "wgpu", "cuda"];

impl Options {
    /// The recipes and the experiments asked for.
    pub(super) fn asked(&self) -> Result<Asked> {
        self.check()?;
        let recipes = recipes::all()?;
        let experiments: Vec<String> = experiments::all()?.into_iter().map(|one| one.name).collect();
        let names: Vec<&str> = recipes.iter().map(|shipped| shipped.recipe.name.as_str()).collect();
        let names: Vec<&str> = names.into_iter().chain(experiments.iter().map(String::as_str)).collect();
        let patterns = Patterns::parse(&self.names, &names, "recipe or experiment")?;
        let asked = Asked {
            recipes: recipes.into_iter().filter(|shipped| patterns.fit(&shipped.recipe.name)).collect(),
            experiments: experiments.into_iter().filter(|name| patterns.fit(name)).collect(),
            is_all: self.names.is_empty(),
        };
        self.check_seeds(&asked.recipes)?;
        Ok(asked)
    }

    fn check_seeds(&self, recipes: &[Shipped]) -> Result<()> {
        for Shipped { recipe, .. } in recipes {
            let stated = recipe.training.seeds.len();
            let wanted = self.seeds.map_or(stated, usize::from);
            if wanted > stated {
                bail!(
                    "--seeds {wanted}: {} states {stated} seeds, and seeds are not chosen afterwards; ask for at most {stated}",
                    recipe.name
                );
            }
        }
        Ok(())
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

    /// The trainer and, if need be, the experiments, built once.
    pub(super) fn build(&self, with_experiments: bool) -> Result<Programs> {
        let packages: &[&str] = if with_experiments { &["trainer", "experiments"] } else { &["trainer"] };
        let features: &[&str] = if self.device == "flex" { &[] } else { &[&self.device] };
        let features: Vec<String> = features.iter().map(|feature| format!("trainer/{feature}")).collect();
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        let mut programs = self.profile.build(packages, packages, &features)?;
        let trainer = programs.remove("trainer").context("cargo built no trainer")?;
        let experiments = programs.remove("experiments");
        if with_experiments && experiments.is_none() {
            bail!("cargo built no experiments");
        }
        Ok(Programs { trainer, experiments })
    }
}
