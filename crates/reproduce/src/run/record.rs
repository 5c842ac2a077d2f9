//! What a reproduction leaves behind: records beside its runs, and with `--record` in the workspace, with the weights of every
//! first seed and their cards.

use super::runner::RecipeResult;
use super::store::RunStore;
use super::summary::RunResults;
use crate::catalog::RecipeEntry;
use crate::output::{answer, say};
use crate::workspace::{Workspace, record_file};
use crate::{card, outcomes, readme};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use zoo_core::{Flush, write_atomically};
use zoo_results::Record;

/// Writes the records beside the runs they are of.
pub(crate) fn keep(store: &RunStore, results: &RunResults) -> Result<()> {
    let folder = store.results();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(measured(results).try_for_each(|(_, record)| record.write(&record_file(&folder, &record.recipe)))?)
}

/// Writes records, weights and outcomes into the workspace, and the READMEs' tables of them.
pub(crate) fn publish(workspace: &Workspace, store: &RunStore, results: &RunResults) -> Result<()> {
    for (entry, record) in measured(results) {
        record.write(&record_file(&workspace.results(), &record.recipe))?;
        ship(workspace, store, entry, record)?;
        answer(&format!("{}: recorded", record.recipe));
    }
    for (name, result) in &results.experiments {
        if result.is_failure() {
            say(&format!("{name}: not recorded, as it does not hold"));
            continue;
        }
        outcomes::publish(workspace, &store.outcomes(false), name)?;
        answer(&format!("{name}: recorded"));
    }
    readme::write(workspace)
}

fn measured(results: &RunResults) -> impl Iterator<Item = (&RecipeEntry, &Record)> {
    results.recipes.iter().filter_map(|(entry, result)| match result {
        RecipeResult::Measured { record, .. } => Some((entry, record.as_ref())),
        RecipeResult::MissingData(_) | RecipeResult::Broken(_) => None,
    })
}

/// The first seed's weights, and what stands beside them.
fn ship(workspace: &Workspace, store: &RunStore, entry: &RecipeEntry, record: &Record) -> Result<()> {
    let first = record.runs.first().context("a record has at least one run")?;
    let from = store.seed(&record.recipe, first.seed).join(&first.weights);
    let bytes = fs::read(&from).with_context(|| format!("cannot read the weights {}", from.display()))?;
    let file = workspace.weights_file(entry);
    fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
    write_atomically(&file, &bytes, Flush::ToDisk)?;
    card::write(workspace, entry, record)
}
