//! The program `trainer`, run as a user runs it.

use super::children::{MOMENT, watch};
use super::programs::Programs;
use crate::cases::{BenchCase, Workload};
use crate::protocol::Timing;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;
use zoo_kernels::ISA_VARIABLE;
use zoo_results::Report;

/// Trains as a case asks, and takes the run folder away again: the time of an epoch with its validation, or of the whole process.
pub(super) fn run(programs: &Programs, data_dir: Option<&Path>, case: BenchCase) -> Result<Timing> {
    let recipe = case.family.task().recipe;
    let folder = programs.scratch.join("run");
    let mut command = command(&programs.trainer, data_dir, case, &folder);
    let start = Instant::now();
    let child = watch(command.spawn().with_context(|| format!("cannot start {}", programs.trainer.display()))?);
    let mut peak_bytes = None;
    let status = loop {
        if let Some(status) = child.ended()? {
            break status;
        }
        // The high-water mark only rises, so what is missed is growth within the last moment.
        peak_bytes = high_water_mark(child.id).or(peak_bytes);
        sleep(MOMENT);
    };
    let wall_seconds = start.elapsed().as_secs_f64();
    if !status.success() {
        bail!("the trainer failed on {recipe} ({status}); what it said is above");
    }
    let report = Report::read(&folder.join("report.json"))?;
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    let seconds = match case.workload {
        Workload::Run => wall_seconds,
        _ => report.train_seconds / report.epochs_run as f64,
    };
    Ok(Timing { seconds: vec![seconds], peak_bytes })
}

fn command(program: &Path, data_dir: Option<&Path>, case: BenchCase, folder: &Path) -> Command {
    let task = case.family.task();
    let mut command = Command::new(program);
    command.args(["--model", task.recipe, "--offline", "--progress", "none", "--out"]).arg(folder);
    command.args(["--batch-size", &case.batch.to_string(), "--threads", &case.threads.to_string()]);
    if case.workload == Workload::Epoch {
        command.args(["--epochs", &task.epochs.to_string()]);
    }
    if let Some(data_dir) = data_dir {
        command.arg("--data-dir").arg(data_dir);
    }
    command.env_remove(ISA_VARIABLE).stdin(Stdio::null()).stdout(Stdio::null());
    command
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
    use super::*;

    #[test]
    fn the_high_water_mark_is_in_bytes() {
        let status = "Name:\ttrainer\nVmPeak:\t  900 kB\nVmHWM:\t  512 kB\nVmRSS:\t  100 kB\n";
        assert_eq!(parse_high_water_mark(status), Some(512 * 1024));
        assert_eq!(parse_high_water_mark("Name:\ttrainer\n"), None);
    }
}
