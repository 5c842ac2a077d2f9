//! What the user may ask for; what is of no use is found out before anything runs.

use super::seeds::SeedChoice;
use super::task::{RecipeTask, RunTask};
use crate::catalog::NamePatterns;
use crate::outcomes;
use crate::workspace::{Workspace, check_commit, check_folder};
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;
use trainer::device::{DeviceName, all_threads};
use trainer::numbers::whole;
use trainer::places::place;
use zoo_recipe::Recipe;

/// What to reproduce, and how.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Recipes and experiments to run, globs allowed: `cnn_*` [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The seeds of each recipe: N fresh ones, whose scores are held against the record; a range, 41..43; or `recorded`, for the bits of the record
    /// [default: 3; `recorded` with --record]
    #[arg(long, value_name = "SEEDS")]
    seeds: Option<SeedChoice>,
    /// What to compute on: flex, ndarray, wgpu or cuda
    #[arg(long, value_name = "NAME", default_value = "flex")]
    device: String,
    /// CPU threads of all runs together; in a plan, of each [default: all]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole(1..=1024_u16))]
    threads: Option<u16>,
    /// Runs at once, the threads divided among them [default: a thread each, and more once fewer wait than there are threads; 1 with --record]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole(1..=1024_u16))]
    jobs: Option<u16>,
    /// Train nothing; print a shell command for each run, safe to repeat, that trains it into the same store
    #[arg(long, conflicts_with_all = ["record", "jobs", "collect", "keep_going", "quick"])]
    pub(crate) plan: bool,
    /// Take over what is finished in the stores of other machines, as --runs named them there; repeatable
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(crate) collect: Vec<PathBuf>,
    /// The folder with data files [default: the trainer's]
    #[arg(long, value_name = "DIR", value_parser = place())]
    data_dir: Option<PathBuf>,
    /// Never use the network
    #[arg(long)]
    offline: bool,
    /// Go on after what does not hold or goes wrong
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Experiments with smaller samples and wider tolerances: all of them in seconds
    #[arg(long)]
    quick: bool,
    /// Write results/, the shipped weights, their cards and the READMEs' tables, of all that ran whole; of fresh seeds only results/fresh and
    /// the tables
    #[arg(long, conflicts_with = "quick")]
    pub(crate) record: bool,
    /// Where runs are kept, to go on with and to look at [default: target/reproduce]
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(crate) runs: Option<PathBuf>,
}

/// What is to be run, and on what.
#[derive(Clone)]
pub(crate) struct Selection {
    /// Experiments first.
    pub(crate) tasks: Vec<RunTask>,
    /// Whether nothing was left out.
    pub(crate) is_all: bool,
    pub(crate) quick: bool,
    pub(crate) device: DeviceName,
    /// Of all processes together.
    pub(crate) threads: usize,
    /// Processes at once; `None` is as many as there are threads for.
    pub(crate) jobs: Option<usize>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) offline: bool,
}

impl RunOptions {
    /// What is asked for, if none of the options is of no use.
    pub(crate) fn selection(&self, workspace: &Workspace) -> Result<Selection> {
        let Some(device) = DeviceName::ALL.into_iter().find(|device| device.name() == self.device) else {
            let known = DeviceName::ALL.map(DeviceName::name).join(", ");
            bail!("--device {}: there is no such device; choose one of {known}", self.device);
        };
        if let Some(folder) = &self.data_dir {
            check_folder("--data-dir", folder, "the trainer's data files")?;
        }
        if self.record {
            check_commit("--record", workspace)?;
        }
        let tasks = self.tasks(workspace)?;
        device.open()?;
        Ok(Selection {
            tasks,
            is_all: self.names.is_empty(),
            quick: self.quick,
            device,
            threads: self.threads.map_or_else(all_threads, usize::from),
            // Recorded times are those of a run that has the machine to itself.
            jobs: self.jobs.map(usize::from).or(self.record.then_some(1)),
            data_dir: self.data_dir.as_deref().map(std::path::absolute).transpose()?,
            offline: self.offline,
        })
    }

    /// The threads of each line of a plan, if the user names them: otherwise each machine's own.
    pub(crate) fn planned_threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }

    fn tasks(&self, workspace: &Workspace) -> Result<Vec<RunTask>> {
        let mut tasks: Vec<RunTask> = outcomes::all().into_iter().map(RunTask::Experiment).collect();
        for entry in workspace.recipes()? {
            let record = workspace.record(&entry.recipe.name)?;
            tasks.push(RunTask::Recipe(Box::new(RecipeTask { entry, seeds: Vec::new(), record })));
        }
        let names: Vec<&str> = tasks.iter().map(RunTask::name).collect();
        let patterns = NamePatterns::parse(&self.names, &names, "recipe or experiment")?;
        tasks.retain(|task| patterns.fit(task.name()));
        for task in &mut tasks {
            if let RunTask::Recipe(task) = task {
                task.seeds = self.seeds(&task.entry.recipe)?;
            }
        }
        Ok(tasks)
    }

    fn seeds(&self, recipe: &Recipe) -> Result<Vec<u64>> {
        const USUAL: SeedChoice = SeedChoice::Fresh(3);
        let usual = if self.record { &SeedChoice::Recorded } else { &USUAL };
        let (seeds, recorded) = (self.seeds.as_ref().unwrap_or(usual).of(recipe), &recipe.training.seeds);
        if self.record && seeds != *recorded && seeds.iter().any(|seed| recorded.contains(seed)) {
            bail!(
                "--record: a record of {} is of all its seeds ({}), or of fresh ones; leave --seeds out, or ask for fresh ones",
                recipe.name,
                recorded.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
            );
        }
        Ok(seeds)
    }
}

impl Selection {
    /// How many tests hold fresh runs against recorded ones: two a recipe.
    pub(crate) fn tests(&self) -> usize {
        2 * self.tasks.iter().filter(|task| task.is_recipe()).count()
    }

    /// The threads of a step's process while so many are free and so many steps wait. Two runs of a thread each take 0.7 of the time of one
    /// after the other with two threads (the CNN; small networks half), so threads are shared only when there are not enough runs.
    pub(crate) fn threads_of_one(&self, free: usize, waiting: usize) -> usize {
        self.jobs.map_or_else(|| free / waiting.max(1), |jobs| self.threads / jobs).max(1)
    }

    /// The threads of all processes that may run at once.
    pub(crate) fn budget(&self) -> usize {
        self.jobs.map_or(self.threads, |jobs| jobs * (self.threads / jobs).max(1))
    }
}
