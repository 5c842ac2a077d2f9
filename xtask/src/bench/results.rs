//! What a benchmark leaves behind, as JSON.

use super::cases::Case;
use super::peers::Peer;
use super::statistics::Spread;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Everything measured in one run, and on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Results {
    /// Rises when a key changes its meaning.
    pub(crate) schema: u32,
    /// When the run started, RFC 3339.
    pub(crate) started: String,
    /// Whether it was a `--quick` run, whose figures mean nothing.
    pub(crate) quick: bool,
    /// The computer.
    pub(crate) machine: Machine,
    /// The programs.
    pub(crate) software: Software,
    /// How the variants compared before anything was timed, one sentence each.
    pub(crate) agreement: Vec<String>,
    /// What could not be measured, one sentence each.
    pub(crate) left_out: Vec<String>,
    /// The networks.
    pub(crate) families: Vec<FamilyFacts>,
    /// The measurements.
    pub(crate) measurements: Vec<Measured>,
}

/// The computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Machine {
    /// As the system names the processor.
    pub(crate) cpu: String,
    /// Logical cores.
    pub(crate) cores: usize,
    /// Operating system and architecture.
    pub(crate) system: String,
    /// Those of interest here.
    pub(crate) instruction_sets: Vec<String>,
    /// Processes that wanted to run in the minute before, where the system says: others than us make figures worthless.
    pub(crate) load_before: Option<f64>,
    /// Measured, one for each thread count.
    pub(crate) peaks: Vec<Peak>,
}

/// What the cores do when nothing stands in their way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peak {
    pub(crate) threads: usize,
    /// The instruction set it was reached with.
    pub(crate) instructions: String,
    /// f32 multiply-adds a second.
    pub(crate) multiply_adds_per_second: f64,
}

/// The programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Software {
    /// With `-dirty` if tracked files differed from it; absent outside a clone.
    pub(crate) commit: Option<String>,
    /// Cargo's profile: dev or release.
    pub(crate) profile: String,
    pub(crate) burn: Option<String>,
    /// Absent without `--against-pytorch`.
    pub(crate) torch: Option<String>,
}

/// A network in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamilyFacts {
    pub(crate) family: super::cases::Family,
    pub(crate) recipe: String,
    pub(crate) parameters: u64,
    pub(crate) multiply_adds: Work,
}

/// Multiply-adds of one example, as a direct computation needs them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Work {
    pub(crate) forward: u64,
    /// Forward and backward.
    pub(crate) train: u64,
}

/// One case by all its peers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measured {
    pub(crate) case: Case,
    pub(crate) entries: Vec<Entry>,
}

/// One case by one peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) peer: Peer,
    /// Of one step, batch, epoch or run.
    pub(crate) seconds: Spread,
    /// 10^9 floating point operations a second, two a multiply-add of the direct computation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gflops: Option<f64>,
    /// Of the measured peak. Above 1 where an algorithm needs fewer operations than the direct computation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) share_of_peak: Option<f64>,
    /// The most memory the process held, where it was one process for this alone and the system says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peak_bytes: Option<u64>,
}

impl Measured {
    /// The time of a peer.
    pub(crate) fn of(&self, peer: Peer) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.peer == peer)
    }
}

impl Results {
    /// The measurement of a case.
    pub(crate) fn find(&self, wanted: Case) -> Option<&Measured> {
        self.measurements.iter().find(|measured| measured.case == wanted)
    }

    /// Reads what [`write`](Self::write) wrote; `None` if there is no such file.
    ///
    /// # Errors
    /// If it cannot be read or is not such a file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let results = serde_json::from_str(&text);
        results.map(Some).with_context(|| {
            format!(
                "{} is not a result of this benchmark; measure again with `cargo xtask bench --record`",
                path.display()
            )
        })
    }

    /// Writes everything to a file.
    ///
    /// # Errors
    /// If that fails.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}
