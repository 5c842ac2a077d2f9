//! What a benchmark ran on.

use super::results::Machine;
use std::fs;
use std::thread::available_parallelism;

/// More than this, and others were using the machine.
const IDLE: f64 = 0.5;

/// This computer, its peaks not yet measured.
pub(crate) fn machine() -> Machine {
    Machine {
        cpu: cpu_name().unwrap_or_else(|| "unknown".to_string()),
        cores: available_parallelism().map_or(1, usize::from),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        instruction_sets: instruction_sets(),
        load_before: load(),
        peaks: Vec::new(),
    }
}

/// A sentence for those whose machine is not idle.
pub(crate) fn warning(machine: &Machine) -> Option<String> {
    let load = machine.load_before.filter(|load| *load > IDLE)?;
    Some(format!(
        "warning: the load of this machine is {load:.2}, so other programs are running; their share is in every figure, and \
         PyTorch's threads, which wait for each other, suffer most"
    ))
}

/// What the processor calls itself.
pub(crate) fn cpu_name() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

/// Whether the zoo can be held back to AVX2 here.
pub(crate) fn has_avx2() -> bool {
    instruction_sets().iter().any(|name| name == "avx2")
}

/// The mean number of processes that wanted to run in the last minute.
fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(target_arch = "x86_64")]
fn instruction_sets() -> Vec<String> {
    let found = [
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
    ];
    found.into_iter().filter(|(_, found)| *found).map(|(name, _)| name.to_string()).collect()
}

#[cfg(target_arch = "aarch64")]
fn instruction_sets() -> Vec<String> {
    vec!["neon".to_string()]
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn instruction_sets() -> Vec<String> {
    Vec::new()
}
