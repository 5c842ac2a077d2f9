//! `cargo xtask verify`: the published figures held against the recipes, the shipped weights with their cards, the weights' own
//! evaluation, and the tables in READMEs.

use crate::experiments;
use crate::output::{answer, say};
use crate::readme;
use crate::recipes::{self, Shipped};
use crate::reproduce::{out_of_date, recorded, weights_file};
use crate::workspace::Profile;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use zoo_core::Scores;
use zoo_results::Record;

/// What to verify, and with which data.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Recipes to verify, globs allowed [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The folder with data files [default: the trainer's]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Never use the network: weights whose data is not here are not evaluated
    #[arg(long)]
    offline: bool,
    /// Cargo's profile for the trainer
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    profile: Profile,
}

/// How far an accuracy may lie from the recorded one where other vector instructions round otherwise.
const OTHER_BITS: f64 = 1e-3;

/// Verifies: 0 if nothing disagrees, 1 if something does.
///
/// # Errors
/// If a file cannot be read or the trainer cannot be built.
pub(crate) fn verify(options: &Options) -> Result<ExitCode> {
    let chosen = recipes::named(recipes::all()?, &options.names)?;
    let mut faults = Vec::new();
    let mut sound = Vec::new();
    for shipped in &chosen {
        let name = &shipped.recipe.name;
        match recorded(name)? {
            None => say(&format!("{name}: nothing recorded")),
            Some(record) => match fault(shipped, &record)? {
                Some(fault) => faults.push(fault),
                None => sound.push((shipped, record)),
            },
        }
    }
    if options.names.is_empty() {
        faults.extend(experiments::faults()?);
        faults.extend(readme::stale()?.map(|tables| format!("{tables}; run `cargo xtask readme`")));
    }
    let trainer = options.build()?;
    for (shipped, record) in &sound {
        match options.evaluate(&trainer, &shipped.recipe.name, record)? {
            Evaluated::Agrees(line) => answer(&line),
            Evaluated::Differs(fault) => faults.push(fault),
            Evaluated::NotHere(reason) => say(&format!("{}: not evaluated: {reason}", shipped.recipe.name)),
        }
    }
    faults.iter().for_each(|fault| say(&format!("wrong: {fault}")));
    answer(&format!("{} records, {} wrong", sound.len(), faults.len()));
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is wrong with a record without evaluating anything.
fn fault(shipped: &Shipped, record: &Record) -> Result<Option<String>> {
    let name = &shipped.recipe.name;
    if !record.is_of(&shipped.recipe) {
        return Ok(Some(format!(
            "{name} was measured by another recipe or other seeds; run `cargo xtask reproduce {name} --record`"
        )));
    }
    if let Some(contradiction) = record.contradiction() {
        return Ok(Some(contradiction));
    }
    let run = record.runs.first().context("a record of this recipe has its seeds' runs")?;
    let file = weights_file(&shipped.family, name);
    let bytes = fs::read(&file).with_context(|| format!("cannot read the weights {}", file.display()))?;
    let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if sha256 != run.weights_sha256 {
        let wanted = &run.weights_sha256;
        return Ok(Some(format!("{} has the sha256 {sha256}, the record says {wanted}", file.display())));
    }
    out_of_date(shipped, record)
}

/// What the shipped weights gave now.
enum Evaluated {
    Agrees(String),
    Differs(String),
    /// Their data, for this reason.
    NotHere(String),
}

/// What `trainer eval --json` says, as far as we ask.
#[derive(Deserialize)]
struct Evaluation {
    scores: Scores,
    instruction_set: Option<String>,
}

impl Options {
    fn build(&self) -> Result<PathBuf> {
        let mut programs = self.profile.build(&["trainer"], &["trainer"], &[])?;
        programs.remove("trainer").context("cargo built no trainer")
    }

    fn trainer(&self, program: &Path, words: &[&str]) -> Result<std::process::Output> {
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::null());
        if let Some(folder) = &self.data_dir {
            command.arg("--data-dir").arg(folder);
        }
        if self.offline {
            command.arg("--offline");
        }
        command.output().with_context(|| format!("cannot start {}", program.display()))
    }

    fn evaluate(&self, program: &Path, name: &str, record: &Record) -> Result<Evaluated> {
        let dataset = record.runs[0].data.name.clone();
        let fetched = self.trainer(program, &["fetch", &dataset, "--progress", "none"])?;
        if !fetched.status.success() {
            return Ok(Evaluated::NotHere(last_line(&fetched.stderr)));
        }
        let output = self.trainer(program, &["eval", "--pretrained", name, "--json"])?;
        let said = String::from_utf8_lossy(&output.stdout);
        let Some(found) = said.lines().next_back().and_then(|line| serde_json::from_str::<Evaluation>(line).ok())
        else {
            bail!("trainer eval --pretrained {name} gave no scores: {}", last_line(&output.stderr));
        };
        Ok(compare(name, record, &found))
    }
}

fn compare(name: &str, record: &Record, found: &Evaluation) -> Evaluated {
    let run = &record.runs[0];
    let same_bits = run.instruction_set == found.instruction_set;
    let difference = (run.test.accuracy - found.scores.accuracy).abs();
    let agrees = if same_bits { run.test == found.scores } else { difference <= OTHER_BITS };
    let accuracies = format!("accuracy {:.4}, recorded {:.4}", found.scores.accuracy, run.test.accuracy);
    if agrees {
        let how = if same_bits { "exactly" } else { "within what other vector instructions change" };
        return Evaluated::Agrees(format!("{name}: the shipped weights agree {how}: {accuracies}"));
    }
    Evaluated::Differs(format!("{name}: the shipped weights give other scores than the record: {accuracies}"))
}

fn last_line(stream: &[u8]) -> String {
    String::from_utf8_lossy(stream).trim().lines().next_back().unwrap_or("it gave no reason").to_string()
}
