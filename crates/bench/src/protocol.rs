//! What is asked of a worker and what it answers, one JSON object per line.

use crate::cases::{BenchCase, BenchFamily};
use crate::peers::Peer;
use serde::{Deserialize, Serialize};

/// A request. Files go to the folder that the worker was started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum WorkerRequest {
    /// What this worker is: a [`WorkerDescription`].
    Describe,
    /// Proves that all peers of this worker compute the same, and says how far apart they were. The zoo writes
    /// `FAMILY.check.json`, with which other workers compare.
    Check { family: BenchFamily },
    /// Times a workload that needs no data set: a [`Timing`] with one time per repeat.
    Measure { case: BenchCase, peer: Peer, warmup: usize, repeats: usize },
    /// Trains on exported examples: a [`Timing`] with the mean time of an epoch.
    Epochs { case: BenchCase, peer: Peer, epochs: usize },
}

/// A reply.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WorkerReply<T> {
    /// What was asked for.
    Answer(T),
    /// There is no such thing here, and why; the others go on without it.
    Unsupported(String),
    /// It failed, and why.
    Error(String),
}

/// What a worker is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WorkerDescription {
    /// The CPU threads it uses.
    pub(crate) threads: usize,
    /// The instruction set of the zoo's kernels.
    pub(crate) kernels: Option<String>,
    /// The version of PyTorch.
    pub(crate) torch: Option<String>,
    /// What else it measures, with versions.
    #[serde(default)]
    pub(crate) others: Option<String>,
}

/// What something took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Timing {
    pub(crate) seconds: Vec<f64>,
    /// The most memory the process held, where the system says.
    #[serde(default)]
    pub(crate) peak_bytes: Option<u64>,
}
