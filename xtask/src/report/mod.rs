//! `cargo xtask report`: everything that was measured, on one page that needs no network.

mod cards;
mod charts;
mod claims;
mod html;
mod inspection;
mod measured;
mod page;

use crate::output::{answer, say};
use crate::recipes::{self, Shipped};
use crate::reproduce::RESULTS;
use crate::workspace::{self, Profile};
use anyhow::{Context, Result};
use clap::Args;
use inspection::{Inspection, Inspector};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_recipe::Record;

/// Where the report goes and what it is made from.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder to write [default: target/report]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The folder with records [default: results]
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
    write(&results, &out, &inspector)
}

/// The report of a reproduction, whose runs are in `runs`.
///
/// # Errors
/// As [`report`].
pub(crate) fn of_runs(results: &Path, runs: &Path, out: &Path, program: &Path, data_dir: Option<&Path>) -> Result<()> {
    let data_dir = data_dir.map(Path::to_path_buf);
    let inspector =
        Inspector { program: program.to_path_buf(), data_dir, offline: true, runs: Some(runs.to_path_buf()) };
    write(results, out, &inspector)
}

fn write(results: &Path, out: &Path, inspector: &Inspector) -> Result<()> {
    let mut models = Vec::new();
    for shipped in recipes::all()? {
        let record = read(results, &shipped.recipe.name)?;
        let inspection = match &record {
            Some(record) => inspector.inspect(&shipped, record)?,
            None => None,
        };
        models.push(Model { shipped, record, inspection });
    }
    fs::create_dir_all(out.join("figures")).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let mut sections = Vec::new();
    for model in &models {
        let (section, figures) = cards::section(model)?;
        for Figure { name, svg, .. } in &figures {
            put(&out.join("figures").join(format!("{name}.svg")), &charts::standalone(svg))?;
        }
        sections.push(section);
    }
    let page = page::page(&claims::section(&models), &models, &sections);
    put(&out.join("index.html"), &page)?;
    answer(&format!("report: {}", out.join("index.html").display()));
    Ok(())
}

fn read(results: &Path, recipe: &str) -> Result<Option<Record>> {
    let file = results.join(format!("{recipe}.json"));
    if !file.exists() {
        say(&format!("{recipe}: no record in {}", results.display()));
        return Ok(None);
    }
    Ok(Some(Record::read(&file)?))
}

fn put(path: &Path, text: &str) -> Result<()> {
    zoo_recipe::write_text(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests;
