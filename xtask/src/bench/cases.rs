//! What is measured: every workload of every family, for some batch sizes and thread counts.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A model family of the zoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Family {
    Cnn,
    Mlp,
    Softmax,
    Logistic,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Workload {
    /// A batch already on the device: forward, loss, backward, optimizer, the loss read.
    TrainStep,
    /// A batch already on the device: logits read. Of one image it is the latency.
    Inference,
    /// A batch gathered from bytes in memory and normalized.
    Batches,
    /// The same, flipped and shifted at random.
    AugmentedBatches,
    /// One epoch and its validation through the program `trainer`; peers do the same work.
    Epoch,
    /// The recipe as a user runs it, from start to report; peers run as many epochs and nothing else.
    Run,
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) workload: Workload,
    pub(crate) family: Family,
    pub(crate) batch: usize,
    pub(crate) threads: usize,
}

/// How thorough a benchmark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Full,
    /// Enough to see that it works.
    Quick,
}

const FAMILIES: [Family; 4] = [Family::Cnn, Family::Mlp, Family::Softmax, Family::Logistic];

/// The cases of a benchmark whose name holds one of the patterns; without a pattern, all.
pub(crate) fn cases(extent: Extent, patterns: &[String]) -> Vec<Case> {
    let all = match extent {
        Extent::Full => [1, 2].into_iter().flat_map(full).collect(),
        Extent::Quick => quick(),
    };
    let wanted = |case: &Case| {
        let name = case.to_string();
        patterns.is_empty() || patterns.iter().any(|pattern| name.contains(pattern.as_str()))
    };
    all.into_iter().filter(wanted).collect()
}

fn full(threads: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for family in FAMILIES {
        for (workload, batches) in [
            (Workload::TrainStep, &[32, 128][..]),
            (Workload::Inference, &[1, 32, 128]),
            (Workload::Batches, &[32, 128]),
            (Workload::AugmentedBatches, &[32, 128]),
            (Workload::Epoch, &[32, 128]),
            (Workload::Run, &[32]),
        ] {
            cases.extend(batches.iter().map(|&batch| Case { workload, family, batch, threads }));
        }
    }
    cases.retain(|case| case.makes_sense());
    cases
}

/// Every workload once, on the smallest data.
fn quick() -> Vec<Case> {
    let case = |workload, family, batch| Case { workload, family, batch, threads: 2 };
    vec![
        case(Workload::TrainStep, Family::Cnn, 32),
        case(Workload::TrainStep, Family::Logistic, 32),
        case(Workload::Inference, Family::Cnn, 1),
        case(Workload::Batches, Family::Mlp, 32),
        case(Workload::AugmentedBatches, Family::Cnn, 32),
        case(Workload::Epoch, Family::Logistic, 32),
    ]
}

impl Case {
    fn makes_sense(&self) -> bool {
        match self.workload {
            // A table has nothing to flip or shift.
            Workload::AugmentedBatches => self.family != Family::Logistic,
            // The run the zoo promises something about, as its user starts it: on all cores.
            Workload::Run => self.family == Family::Cnn && self.threads == 2,
            _ => true,
        }
    }

    /// Whether it runs the program `trainer` on a data set.
    pub(crate) fn needs_data(&self) -> bool {
        matches!(self.workload, Workload::Epoch | Workload::Run)
    }
}

impl Family {
    /// As in a table.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Cnn => "CNN",
            Self::Mlp => "MLP",
            Self::Softmax => "softmax",
            Self::Logistic => "logistic regression",
        }
    }

    /// Epochs timed at once: one, but as many of a data set of 384 rows as its recipe has.
    pub(crate) fn epochs(self) -> usize {
        match self {
            Self::Logistic => 60,
            _ => 1,
        }
    }
}

impl Workload {
    /// As in a table.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::TrainStep => "train step",
            Self::Inference => "inference",
            Self::Batches => "batch from memory",
            Self::AugmentedBatches => "augmented batch",
            Self::Epoch => "epoch with validation",
            Self::Run => "whole run, 10 epochs",
        }
    }
}

/// The name that patterns are compared with: `train_step/cnn/batch32/threads2`.
impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_string();
        let workload = serde_json::to_value(self.workload).map(name).unwrap_or_default();
        let family = serde_json::to_value(self.family).map(name).unwrap_or_default();
        write!(formatter, "{workload}/{family}/batch{}/threads{}", self.batch, self.threads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(extent: Extent, patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        cases(extent, &patterns).iter().map(Case::to_string).collect()
    }

    #[test]
    fn the_full_benchmark_has_every_family_at_both_batch_sizes_and_thread_counts() {
        let all = names(Extent::Full, &[]);
        for family in ["cnn", "mlp", "softmax", "logistic"] {
            for workload in ["train_step", "inference", "batches", "epoch"] {
                for size in ["batch32/threads1", "batch128/threads1", "batch32/threads2", "batch128/threads2"] {
                    let name = format!("{workload}/{family}/{size}");
                    assert!(all.contains(&name), "{name} is missing");
                }
            }
            assert!(all.contains(&format!("inference/{family}/batch1/threads2")));
        }
        assert!(all.contains(&"run/cnn/batch32/threads2".to_string()));
        assert_eq!(all.len(), 2 * (4 * (2 + 3 + 2 + 2) + 3 * 2) + 1);
    }

    #[test]
    fn patterns_choose_by_name() {
        assert_eq!(names(Extent::Full, &["train_step/mlp/batch32/"]).len(), 2);
        assert_eq!(names(Extent::Full, &["run/", "inference/cnn/batch128/threads2"]).len(), 2);
        assert!(names(Extent::Full, &["transformer"]).is_empty());
    }
}
