//! The program `trainer`, run as a user runs it.

use super::cases::{Case, Workload};
use super::children::{self, MOMENT};
use super::crew::KERNELS_VARIABLE;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

/// How to start it.
pub(crate) struct Trainer {
    pub(crate) program: PathBuf,
    pub(crate) data_dir: Option<PathBuf>,
    /// For run folders.
    pub(crate) scratch: PathBuf,
}

/// What a run took.
pub(crate) struct Cost {
    /// Of an epoch with its validation, or of the whole process.
    pub(crate) seconds: f64,
    /// The most memory it held, where the system says.
    pub(crate) peak_bytes: Option<u64>,
}

impl Trainer {
    /// Trains a recipe as a case asks, and takes the run folder away again.
    ///
    /// # Errors
    /// If the trainer fails; it has said why.
    pub(crate) fn run(&self, recipe: &str, case: Case) -> Result<Cost> {
        let folder = self.scratch.join("run");
        let mut command = self.command(recipe, case, &folder);
        let start = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
        let child = children::watch(child);
        let mut peak_bytes = None;
        let status = loop {
            if let Some(status) = child.ended()? {
                break status;
            }
            // The high-water mark only rises, so what is missed is growth within the last moment.
            peak_bytes = high_water_mark(child.id()).or(peak_bytes);
            sleep(MOMENT);
        };
        let wall_seconds = start.elapsed().as_secs_f64();
        if !status.success() {
            bail!("the trainer failed on {recipe} ({status}); what it said is above");
        }
        let report = read_report(&folder.join("report.json"))?;
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        let seconds = match case.workload {
            Workload::Run => wall_seconds,
            _ => seconds_of_an_epoch(&report)?,
        };
        Ok(Cost { seconds, peak_bytes })
    }

    fn command(&self, recipe: &str, case: Case, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--model", recipe, "--offline", "--progress", "none", "--out"]).arg(folder);
        command.args(["--batch-size", &case.batch.to_string(), "--threads", &case.threads.to_string()]);
        if case.workload == Workload::Epoch {
            command.args(["--epochs", &case.family.epochs().to_string()]);
        }
        if let Some(data_dir) = &self.data_dir {
            command.arg("--data-dir").arg(data_dir);
        }
        command.env_remove(KERNELS_VARIABLE).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

fn read_report(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("the trainer left no {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

fn seconds_of_an_epoch(report: &Value) -> Result<f64> {
    let seconds = report["train_seconds"].as_f64().zip(report["epochs_run"].as_f64());
    let (seconds, epochs) = seconds.context("the trainer's report has no train_seconds or no epochs_run")?;
    Ok(seconds / epochs)
}

/// The most memory a process has held so far; `None` where the system does not say, and of a process that has ended.
fn high_water_mark(id: u32) -> Option<u64> {
    parse_high_water_mark(&fs::read_to_string(format!("/proc/{id}/status")).ok()?)
}

fn parse_high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use serde_json::json;

    #[test]
    fn the_high_water_mark_is_in_bytes() {
        let status = "Name:\ttrainer\nVmPeak:\t  900 kB\nVmHWM:\t  512 kB\nVmRSS:\t  100 kB\n";
        assert_eq!(parse_high_water_mark(status), Some(512 * 1024));
        assert_eq!(parse_high_water_mark("Name:\ttrainer\n"), None);
    }

    #[test]
    fn an_epoch_is_its_part_of_the_training() {
        assert_eq!(seconds_of_an_epoch(&json!({ "train_seconds": 6.0, "epochs_run": 3 })).unwrap(), 2.0);
        assert!(seconds_of_an_epoch(&json!({ "epochs_run": 3 })).is_err());
    }
}
