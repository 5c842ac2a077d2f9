//! What the user may ask for; what is of no use is found out before anything runs.

use crate::catalog::{NamePatterns, RecipeEntry};
use crate::outcomes;
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use clap::Args;
use experiments::Experiment;
use std::path::PathBuf;
use trainer::device::{DeviceName, all_threads};

/// What to reproduce, and how.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Recipes and experiments to run, globs allowed: `cnn_*` [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only the first N of each recipe's seeds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    seeds: Option<u16>,
    /// What to compute on: flex, ndarray, wgpu or cuda
    #[arg(long, value_name = "NAME", default_value = "flex")]
    device: String,
    /// CPU threads [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The folder with data files [default: the trainer's]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Never use the network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Go on after what does not hold or goes wrong
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Experiments with smaller samples and wider tolerances: all of them in seconds
    #[arg(long)]
    pub(crate) quick: bool,
    /// Write results/, the shipped weights, their cards and the READMEs' tables, of all that ran whole
    #[arg(long, conflicts_with_all = ["seeds", "quick"])]
    pub(crate) record: bool,
    /// Where runs are kept, to go on with and to look at [default: target/reproduce]
    #[arg(long, value_name = "DIR")]
    pub(crate) runs: Option<PathBuf>,
}

/// What is to be run, and on what.
pub(crate) struct Selection {
    pub(crate) recipes: Vec<RecipeEntry>,
    pub(crate) experiments: Vec<&'static Experiment>,
    /// Whether nothing was left out.
    pub(crate) is_all: bool,
    pub(crate) device: DeviceName,
    pub(crate) threads: usize,
    /// As [`RunOptions::data_dir`], from wherever the program is started.
    pub(crate) data_dir: Option<PathBuf>,
}

impl RunOptions {
    /// The recipes and the experiments asked for.
    ///
    /// # Errors
    /// If a name fits nothing or an option is of no use.
    pub(crate) fn selection(&self, workspace: &Workspace) -> Result<Selection> {
        let device = self.device()?;
        let data_dir = self.data_dir()?;
        if self.record {
            check_commit(workspace)?;
        }
        let (mut recipes, mut experiments) = (workspace.recipes()?, outcomes::all());
        let names = recipes.iter().map(|entry| entry.recipe.name.as_str());
        let names: Vec<&str> = names.chain(experiments.iter().map(|experiment| experiment.name)).collect();
        let patterns = NamePatterns::parse(&self.names, &names, "recipe or experiment")?;
        recipes.retain(|entry| patterns.fit(&entry.recipe.name));
        experiments.retain(|experiment| patterns.fit(experiment.name));
        self.check_seeds(&recipes)?;
        let threads = self.threads.map_or_else(all_threads, usize::from);
        Ok(Selection { recipes, experiments, is_all: self.names.is_empty(), device, threads, data_dir })
    }

    /// The first of a recipe's seeds, as many as asked for.
    pub(crate) fn seeds<'a>(&self, entry: &'a RecipeEntry) -> &'a [u64] {
        let stated = &entry.recipe.training.seeds;
        &stated[..self.seeds.map_or(stated.len(), usize::from).min(stated.len())]
    }

    fn device(&self) -> Result<DeviceName> {
        let known = DeviceName::ALL.map(DeviceName::name).join(", ");
        let found = DeviceName::ALL.into_iter().find(|device| device.name() == self.device);
        match found {
            None => bail!("--device {}: there is no such device; choose one of {known}", self.device),
            Some(device) => {
                device.open()?;
                Ok(device)
            }
        }
    }

    fn data_dir(&self) -> Result<Option<PathBuf>> {
        if let Some(folder) = self.data_dir.as_deref().filter(|folder| !folder.is_dir()) {
            bail!("--data-dir {} is no folder; name the one that holds the trainer's data files", folder.display());
        }
        Ok(self.data_dir.as_deref().map(std::path::absolute).transpose()?)
    }

    fn check_seeds(&self, recipes: &[RecipeEntry]) -> Result<()> {
        for RecipeEntry { recipe, .. } in recipes {
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
}

fn check_commit(workspace: &Workspace) -> Result<()> {
    let is_built_dirty = trainer::commit().is_some_and(|commit| commit.ends_with("-dirty"));
    match workspace.is_clean().filter(|_| trainer::commit().is_some()) {
        None => bail!("--record states the commit that was measured, and this is no clone; clone the repository"),
        Some(is_clean) if is_built_dirty || !is_clean => {
            bail!("--record states the commit that was measured, and tracked files differ from it; commit first")
        }
        Some(_) => Ok(()),
    }
}
