//! What a reproduction leaves behind: records beside its runs, and with `--record` in the workspace, with the weights of every
//! first seed and their cards.

use super::store::RunStore;
use super::task::{RunTask, TaskResult};
use crate::catalog::RecipeEntry;
use crate::workspace::{Workspace, record_file};
use crate::{card, outcomes, readme};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use trainer::output::{say, warn};
use zoo_core::{Flush, write_atomically};
use zoo_results::{Record, digest};

/// Writes the records beside the runs they are of.
pub(crate) fn keep(store: &RunStore, results: &[(RunTask, TaskResult)]) -> Result<()> {
    let folder = store.results();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let records = results.iter().filter_map(|(_, result)| match result {
        TaskResult::Record(measured) => Some(&measured.record),
        _ => None,
    });
    Ok(records.into_iter().try_for_each(|record| record.write(&record_file(&folder, &record.recipe)))?)
}

/// Writes records, weights and outcomes into the workspace, and the READMEs' tables of them.
pub(crate) fn publish(workspace: &Workspace, store: &RunStore, results: &[(RunTask, TaskResult)]) -> Result<()> {
    for (task, result) in results {
        match (task, result) {
            (RunTask::Recipe(recipe), TaskResult::Record(measured)) => {
                let record = &measured.record;
                if !record.is_of(&recipe.entry.recipe) {
                    publish_fresh(workspace, record)?;
                    say(&format!("{}: recorded in {}", task.name(), Workspace::FRESH));
                    continue;
                }
                record.write(&record_file(&workspace.results(), &record.recipe))?;
                digest(&workspace.results(), &format!("{}.json", record.recipe))?;
                ship(workspace, store, &recipe.entry, record)?;
            }
            (RunTask::Experiment(experiment), TaskResult::Outcome(outcome)) if outcome.holds() => {
                outcomes::publish(workspace, &store.outcomes(false), experiment.name)?;
                digest(&workspace.results(), &format!("experiments/{}", experiment.name))?;
            }
            (RunTask::Experiment(experiment), _) => {
                warn(&format!("{}: not recorded, as it does not hold", experiment.name));
                continue;
            }
            (RunTask::Recipe(_), _) => continue,
        }
        say(&format!("{}: recorded", task.name()));
    }
    readme::write(workspace)
}

/// The record of runs that only confirm another.
fn publish_fresh(workspace: &Workspace, record: &Record) -> Result<()> {
    let folder = workspace.results().join(Workspace::FRESH);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    record.write(&record_file(&folder, &record.recipe))?;
    Ok(digest(&workspace.results(), &format!("{}/{}.json", Workspace::FRESH, record.recipe))?)
}

/// The first seed's weights, and what stands beside them.
fn ship(workspace: &Workspace, store: &RunStore, entry: &RecipeEntry, record: &Record) -> Result<()> {
    let first = record.runs.first().context("a record has at least one run")?;
    let from = store.run(&record.recipe, first.seed, None).join(&first.weights);
    let bytes = fs::read(&from).with_context(|| format!("cannot read the weights {}", from.display()))?;
    let file = workspace.weights_file(entry);
    fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
    write_atomically(&file, &bytes, Flush::ToDisk)?;
    card::write(workspace, entry, record)
}
