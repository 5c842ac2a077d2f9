//! The shipped models in integers of 8 bits: measured, recorded, and the table of it.

use crate::results::short_commit;
use crate::workspace::{Workspace, check_commit, check_folder};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trainer::TrainError;
use trainer::device::{DeviceName, all_threads, use_threads};
use trainer::evaluation::{EvalOptions, Evaluation};
use trainer::output::{say, warn};
use trainer::places::place;
use trainer::pretrained;
use zoo_core::{Progress, Provenance, Store};
use zoo_report::table::{left, markdown, right};
use zoo_results::{INT8_SCHEMA, Int8Model, Int8Record, digest};

/// In the folder of the results.
pub(crate) const FILE: &str = "int8.json";

/// With which data.
#[derive(Debug, Args)]
pub(crate) struct Int8Options {
    /// The folder with data files [default: the trainer's]
    #[arg(long, value_name = "DIR", value_parser = place())]
    data_dir: Option<PathBuf>,
    /// Never use the network
    #[arg(long)]
    offline: bool,
}

/// Measures every weights file that ships, in `f32` and in integers, and records it: all of them that integers take, or none.
pub(crate) fn record(workspace: &Workspace, options: &Int8Options) -> Result<ExitCode> {
    if let Some(folder) = &options.data_dir {
        check_folder("--data-dir", folder, "the trainer's data files")?;
    }
    check_commit("the record", workspace)?;
    use_threads(all_threads())?;
    let store = Store::new(options.data_dir.clone(), options.offline, Progress::Hidden)?;
    let mut models = Vec::new();
    for shipped in pretrained::all() {
        let options = EvalOptions { int8: true, ..EvalOptions::default() };
        match Evaluation::of_shipped(shipped, &store, options) {
            Ok(evaluation) => models.push(model(evaluation)?),
            Err(refused @ TrainError::NotForIntegers { .. }) => {
                warn(&format!("left out: {refused}"));
                continue;
            }
            Err(TrainError::Data(reason)) => bail!("{}: {reason}; the record holds all models or none", shipped.name()),
            Err(error) => return Err(error).with_context(|| format!("cannot evaluate {}", shipped.name())),
        }
        warn(&format!("{}: measured", shipped.name()));
    }
    let instruction_set = DeviceName::default().instruction_set();
    let commit = trainer::commit().map(String::from);
    let record = Int8Record { schema: INT8_SCHEMA, commit, instruction_set, models };
    record.write(&workspace.results().join(FILE))?;
    digest(&workspace.results(), FILE)?;
    say(&table(&record, |_| None));
    warn(&format!("results/{FILE} written; `cargo xtask readme` writes its table"));
    Ok(ExitCode::SUCCESS)
}

fn model(evaluation: Evaluation) -> Result<Int8Model> {
    let (entry, _) = evaluation.shipped.context("shipped weights have an entry")?;
    Ok(Int8Model {
        name: entry.name,
        weights_sha256: entry.sha256,
        data: evaluation.data,
        provenance: evaluation.provenance,
        examples: evaluation.examples,
        scores: evaluation.scores,
        int8: evaluation.int8.context("integers were asked for")?,
    })
}

/// The table of the record, in which weights that were recorded since are marked.
pub(crate) fn section(file: &Path) -> Result<String> {
    if !file.exists() {
        return Ok("Not recorded yet: `cargo xtask int8`.".to_string());
    }
    let shipped = |name: &str| Some(pretrained::find(name).ok()?.entry().ok()?.sha256);
    Ok(table(&Int8Record::read(file)?, shipped))
}

fn table(record: &Int8Record, shipped: impl Fn(&str) -> Option<String>) -> String {
    let row = |model: &Int8Model| {
        let [before, after] = [&model.scores, &model.int8.scores].map(|scores| format!("{:.4}", scores.accuracy));
        let is_other = shipped(&model.name).is_some_and(|sha256| sha256 != model.weights_sha256);
        let unverified = if model.provenance == Provenance::Unverified { " (unverified data)" } else { "" };
        vec![
            format!("`{}`{}", model.name, if is_other { " (of other weights than these)" } else { unverified }),
            before,
            after,
            model.int8.changed.map_or_else(String::new, |changed| format!("{changed} of {}", model.examples)),
            format!("{:.3} of {:.2}", model.int8.largest_difference, model.int8.largest_logit),
            model.int8.f32_bytes.to_string(),
            model.int8.bytes.to_string(),
        ]
    };
    let words = ["accuracy", "in 8 bits", "answers changed", "largest logit difference", "ONNX bytes", "in 8 bits"];
    let columns: Vec<_> = [left("weights")].into_iter().chain(words.map(right)).collect();
    let rows: Vec<_> = record.models.iter().map(row).collect();
    let instruction_set = record.instruction_set.as_deref().unwrap_or("no particular instructions");
    format!(
        "{}\nTest split; calibrated on up to {} training examples. In f32 by {instruction_set}; in 8 bits the same for every instruction set, and with ReLU alone on every platform. Commit {}.\n",
        markdown(&columns, &rows),
        trainer::int8::CALIBRATION,
        short_commit(record.commit.as_deref()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_core::Scores;
    use zoo_results::Int8Scores;

    #[test]
    fn weights_that_were_recorded_since_are_marked() {
        let int8 = Int8Scores {
            calibration_examples: 50,
            scores: Scores::default(),
            changed: Some(3),
            largest_difference: 0.125,
            largest_logit: 8.0,
            bytes: 1000,
            f32_bytes: 4000,
        };
        let model = Int8Model {
            name: "mlp".to_string(),
            weights_sha256: "ab".to_string(),
            data: "digits".to_string(),
            provenance: Provenance::Official,
            examples: 100,
            scores: Scores::default(),
            int8,
        };
        let record = Int8Record { schema: INT8_SCHEMA, commit: None, instruction_set: None, models: vec![model] };
        let of = |sha256: &str| table(&record, |_| Some(sha256.to_string()));
        assert!(of("ab").contains("| 3 of 100 |") && of("ab").contains("0.125 of 8.00"), "{}", of("ab"));
        let mark = "of other weights than these";
        assert!(of("cd").contains(mark) && !of("ab").contains(mark));
    }
}
