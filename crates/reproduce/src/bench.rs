//! What the benchmark contributes: its tables, and what the processor calls itself.

use crate::workspace::Workspace;
use anyhow::Result;

/// The section `bench` of a README, or of the page of all figures; `None` where only the benchmark's own program writes it.
pub(crate) fn bench_section(_workspace: &Workspace, _is_front_page: bool) -> Result<Option<String>> {
    Ok(None)
}

/// What the processor calls itself.
pub(crate) fn cpu_name() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}
