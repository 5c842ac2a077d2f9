//! What the zoo promises about its speed, and whether a benchmark bears it out.

use crate::cases::{BenchCase, BenchFamily, Workload};
use crate::peers::Peer;
use crate::results::BenchResults;
use crate::statistics::RoundTimes;

/// A promise about one case.
pub(crate) struct SpeedPromise {
    case: BenchCase,
    bound: SpeedBound,
}

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq)]
enum SpeedBound {
    /// `us` is at least so many times as fast as `them`.
    Faster { us: Peer, them: Peer, times: f64 },
    /// The zoo takes at most so many seconds.
    Seconds(f64),
    /// The zoo's process holds at most so many bytes.
    Bytes(u64),
}

/// How a promise turned out.
pub(crate) struct KeptPromise {
    /// The measured value, as in a table.
    pub(crate) measured: String,
    /// The promised one.
    pub(crate) wanted: String,
    pub(crate) holds: bool,
}

pub(crate) const TRAIN_STEP: BenchCase = cnn(Workload::TrainStep, 32);
const INFERENCE: BenchCase = cnn(Workload::Inference, 128);
const ONE_IMAGE: BenchCase = cnn(Workload::Inference, 1);
const ONE_IMAGE_ON_ONE_THREAD: BenchCase = BenchCase { threads: 1, ..ONE_IMAGE };
const RUN: BenchCase = cnn(Workload::Run, 32);

/// Trained in batches of 250: the larger of the two sizes is nearer.
const SPEEDNET_STEP: BenchCase = BenchCase { family: BenchFamily::Speednet, batch: 128, ..TRAIN_STEP };
const SPEEDNET_INFERENCE: BenchCase = BenchCase { family: BenchFamily::Speednet, ..INFERENCE };

/// The small networks are compared at the batch size where overhead weighs most.
const MLP_EPOCH: BenchCase = BenchCase { workload: Workload::Epoch, family: BenchFamily::Mlp, batch: 32, threads: 2 };

/// All of them, on two cores.
pub(crate) const PROMISES: [SpeedPromise; 17] = [
    faster(TRAIN_STEP, Peer::Zoo, Peer::PytorchChannelsLast, 1.8),
    faster(TRAIN_STEP, Peer::Zoo, Peer::Pytorch, 3.0),
    faster(TRAIN_STEP, Peer::Zoo, Peer::Flex, 10.0),
    faster(TRAIN_STEP, Peer::ZooAvx2, Peer::PytorchChannelsLast, 1.0),
    faster(INFERENCE, Peer::Zoo, Peer::PytorchChannelsLast, 1.5),
    faster(ONE_IMAGE, Peer::ZooPrepared, Peer::OnnxRuntime, 1.1),
    faster(ONE_IMAGE, Peer::ZooPrepared, Peer::Openvino, 1.1),
    faster(ONE_IMAGE_ON_ONE_THREAD, Peer::ZooPrepared, Peer::OnnxRuntime, 1.0),
    faster(INFERENCE, Peer::ZooPrepared, Peer::OnnxRuntime, 2.0),
    faster(RUN, Peer::Zoo, Peer::PytorchChannelsLast, 1.0),
    SpeedPromise { case: RUN, bound: SpeedBound::Seconds(75.0) },
    SpeedPromise { case: RUN, bound: SpeedBound::Bytes(700_000_000) },
    faster(MLP_EPOCH, Peer::Zoo, Peer::Pytorch, 1.5),
    faster(SPEEDNET_STEP, Peer::Zoo, Peer::PytorchChannelsLast, 1.5),
    faster(SPEEDNET_STEP, Peer::Zoo, Peer::PytorchCompile, 1.5),
    faster(SPEEDNET_INFERENCE, Peer::ZooPrepared, Peer::PytorchChannelsLast, 1.5),
    faster(SPEEDNET_INFERENCE, Peer::ZooPrepared, Peer::PytorchCompile, 1.5),
];

const fn cnn(workload: Workload, batch: usize) -> BenchCase {
    BenchCase { workload, family: BenchFamily::Cnn, batch, threads: 2 }
}

const fn faster(case: BenchCase, us: Peer, them: Peer, times: f64) -> SpeedPromise {
    SpeedPromise { case, bound: SpeedBound::Faster { us, them, times } }
}

impl SpeedPromise {
    /// In words.
    pub(crate) fn title(&self) -> String {
        let BenchCase { workload, family, batch, threads } = self.case;
        let threads = if threads == 1 { ", one thread" } else { "" };
        let what = format!("{} {}, batch {batch}{threads}", family.task().label, workload.label());
        match self.bound {
            SpeedBound::Faster { us: Peer::Zoo, them, .. } => format!("{what}: against {}", them.label()),
            SpeedBound::Faster { us, them, .. } => format!("{what}: {} against {}", us.label(), them.label()),
            SpeedBound::Seconds(_) => format!("{what}: seconds"),
            SpeedBound::Bytes(_) => format!("{what}: peak memory"),
        }
    }

    /// How it turned out; `None` where it was not measured.
    pub(crate) fn judge(&self, results: &BenchResults) -> Option<KeptPromise> {
        let case = results.find(self.case)?;
        let (measured, wanted, holds) = match self.bound {
            SpeedBound::Faster { us, them, times } => {
                let RoundTimes { median, low, high, .. } = case.of(us)?.seconds.ratio_of(&case.of(them)?.seconds)?;
                let range = if low == high { String::new() } else { format!(" ({low:.2} to {high:.2})") };
                (format!("{median:.2}x{range}"), format!("{times:.1}x"), median >= times)
            }
            SpeedBound::Seconds(most) => {
                let seconds = case.of(Peer::Zoo)?.seconds.median;
                (format!("{seconds:.1} s"), format!("{most:.0} s"), seconds <= most)
            }
            SpeedBound::Bytes(most) => {
                let bytes = case.of(Peer::Zoo)?.peak_bytes?;
                (megabytes(bytes), megabytes(most), bytes <= most)
            }
        };
        Some(KeptPromise { measured, wanted, holds })
    }
}

/// As in a table.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::cases::cases;
    use crate::results::samples;

    #[test]
    fn every_promise_is_measured_by_the_full_benchmark() {
        let all = cases(false, &[]);
        for promise in &PROMISES {
            assert!(all.contains(&promise.case), "{}", promise.title());
            if let SpeedBound::Faster { us, them, .. } = promise.bound {
                assert!(us.takes_part(promise.case) && them.takes_part(promise.case), "{}", promise.title());
            }
        }
    }

    #[test]
    fn promises_are_judged_by_the_median_of_the_ratios() {
        let results = samples::results();
        let judge = |bound| SpeedPromise { case: samples::CASE, bound }.judge(&results).unwrap();
        let faster = |times| judge(SpeedBound::Faster { us: Peer::Zoo, them: Peer::Pytorch, times });
        assert_eq!(faster(2.0).measured, "2.50x (2.00 to 3.00)");
        assert!(faster(2.5).holds && !faster(2.6).holds);
        assert!(judge(SpeedBound::Seconds(0.01)).holds && !judge(SpeedBound::Seconds(0.001)).holds);
        assert!(judge(SpeedBound::Bytes(5_000_000)).holds && !judge(SpeedBound::Bytes(4_000_000)).holds);
        assert!(faster(f64::NAN).measured.starts_with("2.50x"));
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        let results = samples::results();
        assert!(faster(samples::CASE, Peer::Zoo, Peer::Ndarray, 1.0).judge(&results).is_none());
        assert!(PROMISES[9].judge(&results).is_none());
    }
}
