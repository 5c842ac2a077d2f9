//! What a reproduction leaves behind: records beside its runs, and with `--record` in the repository, with the weights
//! of every first seed and their cards.

use super::Found;
use super::card::card;
use super::place::Place;
use crate::output::answer;
use crate::recipes::Shipped;
use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_core::weights::{Entry, Index};
use zoo_core::{Flush, write_atomically};
use zoo_results::{Record, Summary};

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
pub(super) fn keep(place: &Place, all: &[(Shipped, Found)]) -> Result<PathBuf> {
    let folder = place.path().join(RESULTS);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (record, ..) in measured(all) {
        record.write(&folder.join(format!("{}.json", record.recipe)))?;
    }
    Ok(folder)
}

/// Writes records and weights into the repository.
pub(super) fn publish(place: &Place, all: &[(Shipped, Found)]) -> Result<()> {
    for (record, shipped, summary) in measured(all) {
        record.write(&file(&record.recipe))?;
        ship(place, record, shipped, summary)?;
        answer(&format!("{}: recorded", record.recipe));
    }
    Ok(())
}

fn measured(all: &[(Shipped, Found)]) -> impl Iterator<Item = (&Record, &Shipped, &Summary)> {
    all.iter().filter_map(|(shipped, found)| match found {
        Found::Measured { record, summary } => Some((record.as_ref(), shipped, summary)),
        _ => None,
    })
}

/// The first seed's weights, their entry in the family's index, and their card.
fn ship(place: &Place, record: &Record, shipped: &Shipped, summary: &Summary) -> Result<()> {
    let first = record.runs.first().context("a record has at least one run")?;
    let from = place.seed(&record.recipe, first.seed).join(&first.weights);
    let file = weights_file(&shipped.family, &record.recipe);
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    copy(&from, &file)?;
    let entry = first.index_entry(fs::metadata(&file)?.len());
    let card = card(shipped, record, summary, first, entry.bytes);
    write_atomically(&file.with_extension("md"), card.as_bytes(), Flush::ToDisk)?;
    let index = folder.join("index.json");
    let mut entries = if index.exists() { Index::read(&index)?.weights } else { Vec::new() };
    entries.retain(|other| other.name != entry.name);
    entries.push(entry);
    Ok(Index::new(entries).write(&index)?)
}

/// What stands beside the shipped weights and is not what their record says: the model card, or the entry in the family's index.
///
/// # Errors
/// If the weights or the index cannot be read.
pub(crate) fn out_of_date(shipped: &Shipped, record: &Record) -> Result<Option<String>> {
    let name = &record.recipe;
    let first = record.runs.first().context("a record has at least one run")?;
    let summary = record.summary(&shipped.recipe).context("a record has at least one run")?;
    let file = weights_file(&shipped.family, name);
    let bytes = fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?.len();
    let index = file.with_file_name("index.json");
    if !Index::read(&index)?.weights.contains(&first.index_entry(bytes)) {
        return Ok(Some(format!("{} has another entry for {name} than its record gives", index.display())));
    }
    let path = file.with_extension("md");
    let is_current = fs::read_to_string(&path).is_ok_and(|text| text == card(shipped, record, &summary, first, bytes));
    Ok((!is_current).then(|| format!("the model card {} is not what its record says", path.display())))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::recipes;

    #[test]
    fn cards_and_index_are_what_the_records_say_and_of_no_other() {
        for shipped in recipes::all().unwrap() {
            let Some(mut record) = super::read(&shipped.recipe.name).unwrap() else { continue };
            assert_eq!(out_of_date(&shipped, &record).unwrap(), None, "{}", shipped.recipe.name);
            record.cpu.push_str(" II");
            assert!(out_of_date(&shipped, &record).unwrap().unwrap().contains("the model card"));
            record.runs[0].test.accuracy -= 0.001;
            assert!(out_of_date(&shipped, &record).unwrap().unwrap().contains("another entry"));
        }
    }
}
