//! The computer a benchmark runs on.

use serde::{Deserialize, Serialize};
use std::fs;
use std::thread::available_parallelism;
use zoo_core::cpu_name;

/// More than this, and others were using the machine.
const IDLE: f64 = 0.5;

/// A computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Machine {
    /// As the system names the processor.
    pub(crate) cpu: String,
    /// Logical cores.
    pub(crate) cores: usize,
    /// Operating system and architecture.
    pub(crate) system: String,
    /// Those that the zoo's kernels can use.
    pub(crate) instruction_sets: Vec<String>,
    /// Processes that wanted to run in the minute before, where the system says: others than us make figures worthless.
    pub(crate) load_before: Option<f64>,
    /// Measured, one for each thread count.
    pub(crate) peaks: Vec<Peak>,
}

/// The most the cores do when nothing stands in their way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peak {
    pub(crate) threads: usize,
    /// The instruction set it was reached with.
    pub(crate) instructions: String,
    /// f32 multiply-accumulates per second, all threads together.
    pub(crate) macs_per_second: f64,
}

impl Peak {
    /// 10^9 floating-point operations per second, two per multiply-accumulate.
    pub(crate) fn gflops(&self) -> f64 {
        2.0 * self.macs_per_second / 1e9
    }
}

impl Machine {
    /// This computer, its peaks not yet measured.
    pub(crate) fn this() -> Self {
        Self {
            cpu: cpu_name().unwrap_or_else(|| "unknown".to_string()),
            cores: available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            instruction_sets: zoo_kernels::instruction_sets().into_iter().map(str::to_string).collect(),
            load_before: load(),
            peaks: Vec::new(),
        }
    }

    /// A sentence for those whose machine is not idle.
    pub(crate) fn warning(&self) -> Option<String> {
        let load = self.load_before.filter(|load| *load > IDLE)?;
        Some(format!(
            "warning: the load of this machine is {load:.2}, so other programs are running; they slow down every figure, and \
             PyTorch's threads, which wait for each other, suffer most"
        ))
    }
}

/// The mean number of processes that wanted to run in the last minute.
fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}
