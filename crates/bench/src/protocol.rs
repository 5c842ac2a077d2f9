//! Questions and answers, one JSON object a line.

use crate::family::Family;
use crate::layers::Work;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A question.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// What this worker knows.
    Describe,
    /// The most multiply-adds a second this machine does on this worker's threads.
    Peak,
    /// Prove that all variants compute the same, and leave the evidence in `folder` for other workers to compare with.
    Check {
        /// Whose networks.
        family: Family,
        /// Where to write the evidence.
        folder: PathBuf,
    },
    /// Write the training and validation examples of a family's recipe to `folder`.
    Export {
        /// Whose data.
        family: Family,
        /// Where data files are; the trainer's usual places if not given.
        data_dir: Option<PathBuf>,
        /// Where to write them.
        folder: PathBuf,
    },
    /// Time something.
    Measure(Measurement),
}

/// What to time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// What is done once a repeat.
    pub workload: Workload,
    /// By which network.
    pub family: Family,
    /// On which backend.
    pub variant: Variant,
    /// With how many examples.
    pub batch: usize,
    /// Untimed before the first timed one.
    pub warmup: usize,
    /// Timed, each by itself.
    pub repeats: usize,
}

/// What is done once a repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    /// A batch already on the device: forward, loss, backward, optimizer, and the loss read by the host.
    TrainStep,
    /// A batch already on the device: logits, read by the host.
    Inference,
    /// A batch gathered from bytes in memory, normalized, and put on the device.
    Batches,
    /// The same with random flips and shifts.
    AugmentedBatches,
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// The zoo's models and optimizers on Burn's flex backend, with the zoo's kernels.
    Zoo,
    /// The same networks from Burn's own layers, losses and optimizers, on flex.
    Flex,
    /// The zoo's models on Burn's ndarray backend.
    Ndarray,
}

/// An answer.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// To [`Request::Describe`].
    Description {
        /// The CPU threads this worker uses.
        threads: usize,
        /// The instruction set of the zoo's kernels.
        kernels: &'static str,
        /// Arithmetic and parameters of each family's network.
        families: Vec<Description>,
    },
    /// To [`Request::Peak`].
    Peak {
        /// The instruction set it was reached with.
        instructions: &'static str,
        /// f32 multiply-adds a second, all threads together.
        multiply_adds_per_second: f64,
    },
    /// To [`Request::Measure`]: one a repeat.
    Seconds {
        /// The times.
        seconds: Vec<f64>,
    },
    /// To [`Request::Check`] and [`Request::Export`].
    Done {
        /// How far the variants were apart, or the examples written, in words.
        done: String,
    },
    /// To a question that cannot be answered.
    Error {
        /// Why.
        error: String,
    },
}

/// A network in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// Whose.
    pub family: Family,
    /// The recipe that states network, loss and optimizer.
    pub recipe: &'static str,
    /// Trainable parameters.
    pub parameters: usize,
    /// Arithmetic of one example.
    pub multiply_adds: Work,
}
