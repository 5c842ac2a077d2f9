//! What a reproduction leaves behind: records beside its runs, and with `--record` in the repository, with the weights
//! of every first seed and their cards.

use super::Found;
use super::place::Place;
use crate::output::answer;
use crate::recipes::Shipped;
use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_recipe::Record;

/// Where the records of the repository are, below its root.
pub(crate) const RESULTS: &str = "results";

/// The file of a recipe's record in the repository.
pub(crate) fn file(recipe: &str) -> PathBuf {
    workspace::root().join(RESULTS).join(format!("{recipe}.json"))
}

/// The record of a recipe in the repository, if there is one.
///
/// # Errors
/// If it is there and cannot be read.
pub(crate) fn read(recipe: &str) -> Result<Option<Record>> {
    let file = file(recipe);
    if !file.exists() {
        return Ok(None);
    }
    Ok(Some(Record::read(&file)?))
}

/// Writes the records beside the runs they are of.
pub(super) fn keep(place: &Place, all: &[(&Shipped, Found)]) -> Result<PathBuf> {
    let folder = place.path().join(RESULTS);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (record, _) in measured(all) {
        record.write(&folder.join(format!("{}.json", record.recipe)))?;
    }
    Ok(folder)
}

/// Writes records and weights into the repository.
pub(super) fn publish(place: &Place, all: &[(&Shipped, Found)]) -> Result<()> {
    for (record, shipped) in measured(all) {
        record.write(&file(&record.recipe))?;
        copy_weights(place, record, shipped)?;
        answer(&format!("{}: recorded", record.recipe));
    }
    Ok(())
}

fn measured<'a>(all: &'a [(&'a Shipped, Found)]) -> impl Iterator<Item = (&'a Record, &'a Shipped)> {
    all.iter().filter_map(|(shipped, found)| match found {
        Found::Measured { record, .. } => Some((record.as_ref(), *shipped)),
        _ => None,
    })
}

fn copy_weights(place: &Place, record: &Record, shipped: &Shipped) -> Result<()> {
    let first = record.runs.first().context("a record has at least one run")?;
    let from = place.seed(&record.recipe, first.seed).join(&first.weights);
    let to = weights_file(&shipped.family, &record.recipe);
    to.parent().map_or(Ok(()), fs::create_dir_all)?;
    copy(&from, &to)
}

/// Where a family keeps a recipe's weights.
pub(crate) fn weights_file(family: &str, recipe: &str) -> PathBuf {
    workspace::root().join("models").join(family).join("weights").join(format!("{recipe}.safetensors"))
}

/// Copies a file, whole or not at all.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let unfinished = to.with_extension("part");
    fs::copy(from, &unfinished)
        .and_then(|_| fs::rename(&unfinished, to))
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}
