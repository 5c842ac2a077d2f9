//! What is asked of a worker and what it answers, one JSON object per line.

use crate::cases::{BenchCase, BenchFamily};
use crate::layers::{BenchLayer, LayerCase};
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
    /// Says how far a peer's layer is from the zoo's: a [`LayerDistance`]. The zoo's worker answers for stock Burn, and writes what the
    /// layer is given and what it computes, each part as little-endian f32 in `layer.NAME.PART`, with which other workers compare.
    CheckLayer { layer: BenchLayer, peer: Peer },
    /// Times a layer that was checked: a [`Timing`] with one time per repeat.
    MeasureLayer { case: LayerCase, peer: Peer, warmup: usize, repeats: usize },
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

/// How far a peer is from the zoo.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerDistance {
    /// The largest difference between outputs, as a fraction of the largest output.
    pub(crate) outputs: f32,
    /// The root mean square of the differences between gradients, as a fraction of the gradients' own; absent where a peer has none.
    pub(crate) gradients: Option<f32>,
}

/// What something took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Timing {
    pub(crate) seconds: Vec<f64>,
    /// The most memory the process held, where the system says.
    #[serde(default)]
    pub(crate) peak_bytes: Option<u64>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::layers::layer_cases;

    #[test]
    fn a_layer_is_sent_with_all_its_numbers() {
        let case = layer_cases(false, &["layer/forward/depthwise_stride2_5x5/batch32/threads1".into()]).remove(0);
        let request = WorkerRequest::MeasureLayer { case, peer: Peer::Zoo, warmup: 1, repeats: 2 };
        let sent = serde_json::to_string(&request).unwrap();
        let expected = r#"{"request":"measure_layer","case":{"pass":"forward","layer":{"name":"depthwise_stride2_5x5","batch":32,"shape":{"channels":[64,64],"groups":64,"kernel":5,"stride":2,"dilation":1,"padding":2,"size":16,"pooled":false,"norm":false,"activation":"relu"}},"threads":1},"peer":"zoo","warmup":1,"repeats":2}"#;
        assert_eq!(sent, expected);
        let received: WorkerRequest = serde_json::from_str(&sent).unwrap();
        assert_eq!(serde_json::to_string(&received).unwrap(), sent);
    }

    #[test]
    fn a_distance_is_never_taken_from_what_is_no_number() {
        let read = |text: &str| serde_json::from_str::<LayerDistance>(text).ok();
        let outputs = 1e-6;
        let found = read(r#"{"outputs": 1e-6, "gradients": 0.5}"#);
        assert_eq!(found, Some(LayerDistance { outputs, gradients: Some(0.5) }));
        assert_eq!(read(r#"{"outputs": 1e-6, "gradients": null}"#), Some(LayerDistance { outputs, gradients: None }));
        assert_eq!(read(r#"{"outputs": null, "gradients": null}"#), None);
        assert_eq!(read(r#"{"outputs": NaN, "gradients": 0.5}"#), None);
    }
}
