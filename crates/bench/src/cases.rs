//! What is measured of networks: every workload of every family, for some batch sizes and thread counts.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A model family of the zoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BenchFamily {
    Cnn,
    Mlp,
    Softmax,
    Logistic,
    Speednet,
}

/// How a family is measured.
pub(crate) struct FamilyTask {
    /// As in a table.
    pub(crate) label: &'static str,
    /// The recipe that states network, loss and optimizer.
    pub(crate) recipe: &'static str,
    /// Epochs timed at once: one, but as many as the recipe has where the data set has 384 rows.
    pub(crate) epochs: usize,
}

/// A network in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NetworkSize {
    pub(crate) family: BenchFamily,
    pub(crate) recipe: String,
    /// Trainable ones.
    pub(crate) parameters: usize,
    pub(crate) macs: Macs,
}

/// Multiply-accumulates of one example, as a direct computation needs them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Macs {
    /// From inputs to logits.
    pub(crate) forward: u64,
    /// Forward and backward. The inputs' own gradient is not wanted, so the first layer goes back once (filters that are not trained, not at
    /// all), the others twice.
    pub(crate) train: u64,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Workload {
    /// A batch already on the device: forward, loss, backward, optimizer, the loss read by the host.
    TrainStep,
    /// A batch already on the device: logits read by the host. Of one image it is the latency.
    Inference,
    /// A batch gathered from bytes in memory, normalized, and put on the device.
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
pub(crate) struct BenchCase {
    pub(crate) workload: Workload,
    pub(crate) family: BenchFamily,
    pub(crate) batch: usize,
    pub(crate) threads: usize,
}

/// Epochs of a whole run: those of the CNN's recipe.
pub(crate) const RUN_EPOCHS: usize = 10;

/// All cases, or with `quick` one per workload on the smallest data, whose name holds one of the patterns; without a pattern,
/// all of them.
pub(crate) fn cases(quick: bool, patterns: &[String]) -> Vec<BenchCase> {
    named(if quick { quick_cases() } else { [1, 2].into_iter().flat_map(full_cases).collect() }, patterns)
}

/// Those whose name holds one of the patterns; without a pattern, all of them.
pub(crate) fn named<C: fmt::Display>(cases: Vec<C>, patterns: &[String]) -> Vec<C> {
    let wanted = |case: &C| {
        let name = case.to_string();
        patterns.is_empty() || patterns.iter().any(|pattern| name.contains(pattern.as_str()))
    };
    cases.into_iter().filter(wanted).collect()
}

fn full_cases(threads: usize) -> Vec<BenchCase> {
    let mut cases = Vec::new();
    for family in BenchFamily::ALL {
        for (workload, batches) in [
            (Workload::TrainStep, &[32, 128][..]),
            (Workload::Inference, &[1, 32, 128]),
            (Workload::Batches, &[32, 128]),
            (Workload::AugmentedBatches, &[32, 128]),
            (Workload::Epoch, &[32, 128]),
            (Workload::Run, &[32]),
        ] {
            cases.extend(batches.iter().map(|&batch| BenchCase { workload, family, batch, threads }));
        }
    }
    cases.retain(BenchCase::makes_sense);
    cases
}

fn quick_cases() -> Vec<BenchCase> {
    let case = |workload, family, batch| BenchCase { workload, family, batch, threads: 2 };
    vec![
        case(Workload::TrainStep, BenchFamily::Cnn, 32),
        case(Workload::TrainStep, BenchFamily::Logistic, 32),
        case(Workload::Inference, BenchFamily::Cnn, 1),
        case(Workload::Batches, BenchFamily::Mlp, 32),
        case(Workload::AugmentedBatches, BenchFamily::Cnn, 32),
        case(Workload::Epoch, BenchFamily::Logistic, 32),
    ]
}

impl BenchCase {
    fn makes_sense(&self) -> bool {
        match self.workload {
            Workload::TrainStep | Workload::Inference => true,
            // Its batches are those of the CNN; its epochs are so many steps.
            _ if self.family == BenchFamily::Speednet => false,
            // A table has nothing to flip or shift.
            Workload::AugmentedBatches => self.family != BenchFamily::Logistic,
            // The run the zoo promises something about, as its user starts it: on all cores.
            Workload::Run => self.family == BenchFamily::Cnn && self.threads == 2,
            // The CNN's are those of its run: measured again they would take longer than all the rest.
            Workload::Epoch => self.family != BenchFamily::Cnn,
            Workload::Batches => true,
        }
    }

    /// Whether it trains on a data set.
    pub(crate) fn needs_data(&self) -> bool {
        matches!(self.workload, Workload::Epoch | Workload::Run)
    }
}

impl NetworkSize {
    /// Floating-point operations of one repeat, two per multiply-accumulate; none where arithmetic is not what takes the time.
    pub(crate) fn operations(&self, case: BenchCase) -> Option<f64> {
        let macs_per_example = match case.workload {
            Workload::TrainStep => self.macs.train,
            Workload::Inference => self.macs.forward,
            _ => return None,
        };
        Some(2.0 * macs_per_example as f64 * case.batch as f64)
    }
}

impl BenchFamily {
    pub(crate) const ALL: [Self; 5] = [Self::Cnn, Self::Mlp, Self::Softmax, Self::Logistic, Self::Speednet];

    pub(crate) const fn task(self) -> FamilyTask {
        let (label, recipe, epochs) = match self {
            Self::Cnn => ("CNN", "cnn_cifar10", 1),
            Self::Mlp => ("MLP", "mlp_emnist", 1),
            Self::Softmax => ("softmax", "softmax_cifar10", 1),
            Self::Logistic => ("logistic regression", "logistic_breast_cancer", 60),
            Self::Speednet => ("speednet", "speednet_small", 1),
        };
        FamilyTask { label, recipe, epochs }
    }
}

impl Workload {
    pub(crate) const ALL: [Self; 6] =
        [Self::TrainStep, Self::Inference, Self::Batches, Self::AugmentedBatches, Self::Epoch, Self::Run];

    /// As in a table.
    pub(crate) fn label(self) -> String {
        match self {
            Self::TrainStep => "train step".into(),
            Self::Inference => "inference".into(),
            Self::Batches => "batch from memory".into(),
            Self::AugmentedBatches => "augmented batch".into(),
            Self::Epoch => "epoch with validation".into(),
            Self::Run => format!("whole run, {RUN_EPOCHS} epochs"),
        }
    }
}

/// As in JSON.
impl fmt::Display for BenchFamily {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

/// The name that patterns are compared with: `train_step/cnn/batch32/threads2`.
impl fmt::Display for BenchCase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.workload.serialize(&mut *formatter)?;
        write!(formatter, "/{}/batch{}/threads{}", self.family, self.batch, self.threads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        cases(false, &patterns).iter().map(BenchCase::to_string).collect()
    }

    #[test]
    fn the_full_benchmark_has_every_family_at_both_batch_sizes_and_thread_counts() {
        let all = names(&[]);
        for family in ["cnn", "mlp", "softmax", "logistic"] {
            for workload in ["train_step", "inference", "batches"] {
                for size in ["batch32/threads1", "batch128/threads1", "batch32/threads2", "batch128/threads2"] {
                    let name = format!("{workload}/{family}/{size}");
                    assert!(all.contains(&name), "{name} is missing");
                }
            }
            assert!(all.contains(&format!("inference/{family}/batch1/threads2")));
        }
        assert!(all.contains(&"run/cnn/batch32/threads2".to_string()));
        assert!(all.contains(&"epoch/mlp/batch32/threads1".to_string()));
        assert_eq!(all.len(), 2 * (4 * (2 + 3 + 2) + 3 * 2 + 3 * 2 + (2 + 3)) + 1);
    }

    #[test]
    fn operations_are_two_per_multiply_accumulate_of_each_example() {
        let macs = Macs { forward: 10, train: 30 };
        let network = NetworkSize { family: BenchFamily::Cnn, recipe: "cnn_cifar10".into(), parameters: 1, macs };
        let case = |workload| BenchCase { workload, family: BenchFamily::Cnn, batch: 4, threads: 1 };
        assert_eq!(network.operations(case(Workload::TrainStep)), Some(240.0));
        assert_eq!(network.operations(case(Workload::Inference)), Some(80.0));
        assert_eq!(network.operations(case(Workload::Batches)), None);
    }

    #[test]
    fn patterns_choose_by_name() {
        assert_eq!(names(&["train_step/mlp/batch32/"]).len(), 2);
        assert_eq!(names(&["run/", "inference/cnn/batch128/threads2"]).len(), 2);
        assert!(names(&["transformer"]).is_empty());
    }
}
