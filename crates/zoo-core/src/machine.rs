//! The machine that this runs on.

use std::fs;

/// What the processor calls itself: `AMD EPYC`; `None` where the system does not say.
pub fn cpu_name() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}
