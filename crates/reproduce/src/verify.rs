//! Holds the published figures against the recipes, the shipped weights with their cards, the weights' own evaluation, and the
//! tables in READMEs.

use crate::catalog::{NamePatterns, RecipeEntry};
use crate::workspace::Workspace;
use crate::{card, errata, outcomes, readme};
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use trainer::TrainError;
use trainer::device::{all_threads, use_threads};
use trainer::evaluation::{EvalOptions, Evaluation};
use trainer::output::{say, warn};
use trainer::places::place;
use trainer::pretrained;
use zoo_core::{Progress, Store, sha256_hex};
use zoo_results::{Record, undigested};

/// What to verify, and with which data.
#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    /// Recipes to verify, globs allowed [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The folder with data files [default: the trainer's]
    #[arg(long, value_name = "DIR", value_parser = place())]
    data_dir: Option<PathBuf>,
    /// Never use the network: weights whose data is not here are not evaluated
    #[arg(long)]
    offline: bool,
}

/// What is wrong, and which records are sound as far as they can be judged without evaluating weights.
#[derive(Debug, Default)]
pub struct Verification {
    /// One sentence each.
    pub faults: Vec<String>,
    /// Names of recipes.
    pub sound: Vec<String>,
    /// Names of recipes.
    pub unrecorded: Vec<String>,
}

/// Verifies: 0 if nothing disagrees, 1 if something does.
pub(crate) fn verify(workspace: &Workspace, options: &VerifyOptions) -> Result<ExitCode> {
    let Verification { mut faults, sound, unrecorded } = inspect(workspace, &options.names)?;
    unrecorded.iter().for_each(|name| warn(&format!("{name}: nothing recorded")));
    if !sound.is_empty() {
        use_threads(all_threads())?;
    }
    let store = Store::new(options.data_dir.clone(), options.offline, Progress::Hidden)?;
    for name in &sound {
        match Evaluation::of_shipped(pretrained::find(name)?, &store, EvalOptions::default()) {
            Ok(evaluation) => {
                let sentence = sentence(&evaluation);
                if evaluation.agrees() { say(&sentence) } else { faults.push(sentence) }
            }
            Err(TrainError::Data(reason)) => warn(&format!("{name}: not evaluated: {reason}")),
            Err(error) => return Err(error).with_context(|| format!("cannot evaluate {name}")),
        }
    }
    faults.iter().for_each(|fault| warn(&format!("wrong: {fault}")));
    say(&format!("{} records, {} wrong", sound.len(), faults.len()));
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sentence(evaluation: &Evaluation) -> String {
    let (name, accuracy) = (&evaluation.model, evaluation.scores.accuracy);
    let agreement =
        evaluation.shipped.as_ref().and_then(|(entry, agreement)| Some(agreement.as_ref()?.sentence(entry)));
    format!("{name}: the shipped weights' accuracy {accuracy:.4} {}", agreement.unwrap_or_default())
}

/// Everything that can be judged without evaluating weights, of the recipes that `names` fit; without any also of the experiments
/// and the READMEs.
///
/// # Errors
/// If a file cannot be read.
pub fn inspect(workspace: &Workspace, names: &[String]) -> Result<Verification> {
    let recipes = workspace.recipes()?;
    let known: Vec<&str> = recipes.iter().map(|entry| entry.recipe.name.as_str()).collect();
    let patterns = NamePatterns::parse(names, &known, "recipe")?;
    let mut verification = Verification::default();
    for entry in recipes.iter().filter(|entry| patterns.fit(&entry.recipe.name)) {
        let name = entry.recipe.name.clone();
        match workspace.record(&name)? {
            None => verification.unrecorded.push(name),
            Some(record) => match fault(workspace, entry, &record)? {
                Some(fault) => verification.faults.push(fault),
                None => verification.sound.push(name),
            },
        }
    }
    let is_asked_for = |file: &str| {
        names.is_empty() || file.strip_suffix(".json").is_some_and(|name| known.contains(&name) && patterns.fit(name))
    };
    let undigested = undigested(&workspace.results())?.into_iter().filter(|(file, _)| is_asked_for(file));
    verification.faults.extend(undigested.map(|(_, sentence)| format!("results/{sentence}")));
    if names.is_empty() {
        verification.faults.extend(outcomes::faults(workspace));
        verification.faults.extend(errata::faults(workspace));
        verification.faults.extend(readme::stale(workspace)?.map(|stale| format!("{stale}; run `cargo xtask readme`")));
    }
    Ok(verification)
}

/// What is wrong with a record, its weights and what stands beside them.
fn fault(workspace: &Workspace, entry: &RecipeEntry, record: &Record) -> Result<Option<String>> {
    let name = &entry.recipe.name;
    if !record.is_of(&entry.recipe) {
        return Ok(Some(format!(
            "{name} was measured by another recipe or other seeds; run `cargo xtask reproduce {name} --record`"
        )));
    }
    if let Some(contradiction) = record.contradiction() {
        return Ok(Some(contradiction));
    }
    if let Some(fresh) = workspace.fresh_record(name)? {
        if !fresh.is_by(&entry.recipe) {
            return Ok(Some(format!(
                "{name} was confirmed by another recipe; run `cargo xtask reproduce {name} --record --seeds 3`"
            )));
        }
        if let Some(contradiction) = fresh.contradiction() {
            return Ok(Some(contradiction));
        }
    }
    let run = record.runs.first().context("a record of this recipe has its seeds' runs")?;
    let file = workspace.weights_file(entry);
    let bytes = fs::read(&file).with_context(|| format!("cannot read the weights {}", file.display()))?;
    let (found, recorded) = (sha256_hex(&bytes), &run.weights_sha256);
    if found != *recorded {
        return Ok(Some(format!("{} has the sha256 {found}, the record says {recorded}", file.display())));
    }
    card::fault(workspace, entry, record)
}
