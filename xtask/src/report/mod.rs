//! `cargo xtask report`: everything that was measured, on one page that needs no network.

mod cards;
mod claims;
mod examined;
mod html;
mod inspection;
mod measured;
mod overview;
mod page;

use crate::experiments::{self, Recorded};
use crate::output::{answer, say};
use crate::recipes::{self, Shipped};
use crate::reproduce::RESULTS;
use crate::sources::{LOOKING, Shown, State};
use crate::workspace::{self, Profile};
use anyhow::{Context, Result};
use clap::Args;
use inspection::{Inspection, Inspector};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_core::{Flush, write_atomically};
use zoo_results::Record;

/// Where the report goes and what it is made from.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder to write [default: target/report]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The folder with records and, below it, the experiments' outcomes [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The folder with data files, for test images [default: the trainer's]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Download data for test images that is not here; without it the report says which is missing
    #[arg(long)]
    download: bool,
    /// Cargo's profile for the trainer, which draws images and filters
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    profile: Profile,
}

/// A recipe with everything known about it.
struct Model {
    shipped: Shipped,
    record: Option<Record>,
    inspection: Option<Inspection>,
}

/// A figure with the name of its file.
struct Figure {
    name: String,
    svg: String,
    caption: String,
}

/// What a reproduction made.
pub(crate) struct Made {
    /// The folder of its records.
    pub(crate) results: PathBuf,
    /// The folder of its experiments' outcomes.
    pub(crate) experiments: PathBuf,
    /// The folder of its runs.
    pub(crate) runs: PathBuf,
}

/// An experiment with what it found.
struct Experiment {
    shipped: experiments::Shipped,
    recorded: Option<Recorded>,
}

/// Writes the report.
///
/// # Errors
/// If a record cannot be read, the trainer cannot be built, or files cannot be written.
pub(crate) fn report(options: &Options) -> Result<()> {
    let mut programs = options.profile.build(&["trainer"], &["trainer"], &[])?;
    let program = programs.remove("trainer").context("cargo built no trainer")?;
    let results = options.results.clone().unwrap_or_else(|| workspace::root().join(RESULTS));
    let out = options.out.clone().unwrap_or_else(|| workspace::root().join("target/report"));
    let inspector = Inspector { program, data_dir: options.data_dir.clone(), offline: !options.download, runs: None };
    write(&results, &results.join("experiments"), &out, &inspector)?;
    Ok(())
}

/// The report of a reproduction, and what it shows of each section of the notes.
///
/// # Errors
/// As [`report`].
pub(crate) fn of_runs(made: &Made, out: &Path, program: &Path, data_dir: Option<&Path>) -> Result<Vec<Shown>> {
    let data_dir = data_dir.map(Path::to_path_buf);
    let inspector =
        Inspector { program: program.to_path_buf(), data_dir, offline: true, runs: Some(made.runs.clone()) };
    write(&made.results, &made.experiments, out, &inspector)
}

fn write(results: &Path, outcomes: &Path, out: &Path, inspector: &Inspector) -> Result<Vec<Shown>> {
    let models = models(results, inspector)?;
    let experiments = read_experiments(outcomes)?;
    fs::create_dir_all(out.join("figures")).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let mut sections = Vec::new();
    for model in &models {
        let (section, figures) = cards::section(model);
        for Figure { name, svg, .. } in &figures {
            put(&out.join("figures").join(format!("{name}.svg")), svg)?;
        }
        sections.push(section);
    }
    for experiment in &experiments {
        sections.push(examined::section(experiment));
        for (name, svg) in examined::files(experiment) {
            put(&out.join("figures").join(name), svg)?;
        }
    }
    let shown = shown(&models, &experiments);
    let is_missing = |one: &&Shown| one.state == State::NotRun && one.sections != [LOOKING];
    let missing: Vec<&str> = shown.iter().filter(is_missing).map(|one| one.name.as_str()).collect();
    if !missing.is_empty() {
        say(&format!("not run, so not in the report: {}", missing.join(", ")));
    }
    put(&out.join("index.html"), &page::page(&shown, &models, &experiments, &sections))?;
    answer(&format!("report: {}", out.join("index.html").display()));
    Ok(shown)
}

fn models(results: &Path, inspector: &Inspector) -> Result<Vec<Model>> {
    let model = |shipped: Shipped| {
        let record = read(results, &shipped.recipe.name)?;
        let inspection = match &record {
            Some(record) => inspector.inspect(&shipped, record)?,
            None => None,
        };
        Ok(Model { shipped, record, inspection })
    };
    recipes::all()?.into_iter().map(model).collect()
}

fn read_experiments(outcomes: &Path) -> Result<Vec<Experiment>> {
    let mut all = Vec::new();
    for shipped in experiments::all()? {
        let recorded = experiments::read(outcomes, &shipped.name)?;
        all.push(Experiment { shipped, recorded });
    }
    // In the order of the notes.
    all.sort_by_key(|one| Shown::experiment(&one.shipped, None).sections.first().copied());
    Ok(all)
}

/// What shows which section of the notes, and what came of it.
fn shown(models: &[Model], experiments: &[Experiment]) -> Vec<Shown> {
    let recipes = models.iter().map(|model| Shown::recipe(&model.shipped.recipe, model.record.as_ref()));
    let experiments = experiments.iter().map(|one| Shown::experiment(&one.shipped, one.recorded.as_ref()));
    let looked = models.iter().map(|model| {
        let is_whole = model.inspection.as_ref().is_some_and(Inspection::is_whole);
        Shown::looking(&model.shipped.recipe, model.record.as_ref(), is_whole)
    });
    recipes.chain(experiments).chain(looked).collect()
}

fn read(results: &Path, recipe: &str) -> Result<Option<Record>> {
    let file = results.join(format!("{recipe}.json"));
    if !file.exists() {
        return Ok(None);
    }
    Ok(Some(Record::read(&file)?))
}

fn put(path: &Path, text: &str) -> Result<()> {
    Ok(write_atomically(path, text.as_bytes(), Flush::ToDisk)?)
}

#[cfg(test)]
mod tests;
