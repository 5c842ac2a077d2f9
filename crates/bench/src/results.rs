//! What a benchmark leaves behind, as JSON.

use crate::cases::{BenchCase, NetworkSize};
use crate::layers::LayerCase;
use crate::machine::Machine;
use crate::peers::Peer;
use crate::statistics::RoundTimes;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use zoo_core::{Flush, write_atomically};

/// Rises when a key changes its name or meaning.
pub(crate) const BENCH_SCHEMA: u32 = 2;

/// Everything measured in one run, and on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BenchResults {
    /// [`BENCH_SCHEMA`].
    pub(crate) schema: u32,
    /// When the run started, RFC 3339.
    pub(crate) started: String,
    /// Whether it was a `--quick` run, whose figures mean nothing.
    pub(crate) quick: bool,
    pub(crate) machine: Machine,
    pub(crate) software: Software,
    /// How the peers' results compared before anything was timed, one sentence each.
    pub(crate) agreement: Vec<String>,
    /// What could not be measured, one sentence each.
    pub(crate) left_out: Vec<String>,
    pub(crate) families: Vec<NetworkSize>,
    pub(crate) measurements: Vec<CaseTimes>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) layers: Vec<CaseTimes<LayerCase>>,
}

/// The programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Software {
    /// With `-dirty` if tracked files differed from it; absent outside a clone.
    pub(crate) commit: Option<String>,
    /// Cargo's profile: dev or release.
    pub(crate) profile: String,
    pub(crate) burn: String,
    /// Absent without `--against-pytorch`.
    pub(crate) torch: Option<String>,
    /// What else the same Python has to compare with, with versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<String>,
}

/// One case by all its peers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseTimes<C = BenchCase> {
    pub(crate) case: C,
    pub(crate) entries: Vec<PeerTimes>,
}

/// One case by one peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeerTimes {
    pub(crate) peer: Peer,
    /// Of one step, batch, epoch, run or pass.
    pub(crate) seconds: RoundTimes,
    /// The most memory the process held, where it was one process for this alone and the system says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peak_bytes: Option<u64>,
}

impl<C> CaseTimes<C> {
    /// The time of a peer.
    pub(crate) fn of(&self, peer: Peer) -> Option<&PeerTimes> {
        self.entries.iter().find(|entry| entry.peer == peer)
    }
}

impl BenchResults {
    /// The measurement of a case.
    pub(crate) fn find(&self, wanted: BenchCase) -> Option<&CaseTimes> {
        self.measurements.iter().find(|measured| measured.case == wanted)
    }

    /// Reads what [`write`](Self::write) wrote; `None` if there is no such file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        serde_json::from_str(&text).map(Some).with_context(|| {
            let path = path.display();
            format!("{path} is not a result of this benchmark; measure again with `cargo xtask bench --record`")
        })
    }

    /// Writes everything to a file.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        Ok(write_atomically(path, text.as_bytes(), Flush::ToDisk)?)
    }
}

/// Made-up results for tests.
#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::cases::{BenchFamily, Workload};

    pub(crate) const CASE: BenchCase =
        BenchCase { workload: Workload::TrainStep, family: BenchFamily::Cnn, batch: 32, threads: 2 };

    pub(crate) const JSON: &str = r#"{
        "schema": 2, "started": "2026-01-02T03:04:05Z", "quick": false,
        "machine": {"cpu": "A processor", "cores": 2, "system": "linux x86_64", "instruction_sets": [], "load_before": null,
            "peaks": [{"threads": 2, "instructions": "avx512", "macs_per_second": 117.6e9}]},
        "software": {"commit": "0123456789abcdef-dirty", "profile": "release", "burn": "0.22.1", "torch": null},
        "agreement": ["all the same"], "left_out": [],
        "families": [
            {"family": "cnn", "recipe": "cnn_cifar10", "parameters": 1, "macs": {"forward": 2000000, "train": 6250000}}],
        "measurements": [{
            "case": {"workload": "train_step", "family": "cnn", "batch": 32, "threads": 2},
            "entries": [
                {"peer": "zoo", "peak_bytes": 4500000,
                    "seconds": {"median": 0.004, "low": 0.004, "high": 0.005, "rounds": [0.004, 0.004, 0.005]}},
                {"peer": "pytorch",
                    "seconds": {"median": 0.012, "low": 0.008, "high": 0.0125, "rounds": [0.008, 0.012, 0.0125]}}]}],
        "layers": [{
            "case": {"pass": "forward", "threads": 2, "layer": {"name": "pooled", "batch": 32, "shape": {
                "channels": [64, 128], "groups": 1, "kernel": 3, "stride": 2, "dilation": 1, "padding": 1, "size": 16,
                "pooled": true, "norm": true, "activation": "gelu"}}},
            "entries": [
                {"peer": "zoo", "seconds": {"median": 0.002, "low": 0.001, "high": 0.003, "rounds": [0.003, 0.001, 0.002]}},
                {"peer": "onnx_runtime", "seconds": {"median": 0.003, "low": 0.003, "high": 0.003, "rounds": [0.003]}}]}]}"#;

    pub(crate) fn results() -> BenchResults {
        serde_json::from_str(JSON).expect("the sample is of this form")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn results_survive_their_file() {
        let results = samples::results();
        let text = serde_json::to_string(&results).unwrap();
        assert_eq!(serde_json::from_str::<BenchResults>(&text).unwrap(), results);
    }

    #[test]
    fn results_without_layers_are_read() {
        let results = BenchResults { layers: Vec::new(), ..samples::results() };
        let text = serde_json::to_string(&results).unwrap();
        assert!(!text.contains("layers"), "{text}");
        assert_eq!(serde_json::from_str::<BenchResults>(&text).unwrap(), results);
    }
}
