//! What the zoo promises about its speed, and whether a benchmark bears it out.

use super::cases::{Case, Family, Workload};
use super::peers::Peer;
use super::results::Results;
use super::statistics::Spread;

/// A promise.
pub(crate) struct Claim {
    pub(crate) case: Case,
    pub(crate) promise: Promise,
}

/// Of what kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Promise {
    /// `us` is at least so many times as fast as `them`.
    Faster { us: Peer, them: Peer, times: f64 },
    /// The zoo takes at most so many seconds.
    Seconds(f64),
    /// The zoo's process holds at most so many bytes.
    Bytes(u64),
}

/// How a promise turned out.
pub(crate) struct Verdict {
    /// The measured value, as in a table.
    pub(crate) measured: String,
    /// The promised one.
    pub(crate) wanted: String,
    pub(crate) holds: bool,
}

const TRAIN_STEP: Case = Case { workload: Workload::TrainStep, family: Family::Cnn, batch: 32, threads: 2 };
const INFERENCE: Case = Case { workload: Workload::Inference, family: Family::Cnn, batch: 128, threads: 2 };
const RUN: Case = Case { workload: Workload::Run, family: Family::Cnn, batch: 32, threads: 2 };

/// The small networks are compared at the batch size where overhead weighs most.
const MLP_EPOCH: Case = Case { workload: Workload::Epoch, family: Family::Mlp, batch: 32, threads: 2 };

/// All of them, on two cores.
pub(crate) const CLAIMS: [Claim; 9] = [
    faster(TRAIN_STEP, Peer::Zoo, Peer::PytorchChannelsLast, 1.8),
    faster(TRAIN_STEP, Peer::Zoo, Peer::Pytorch, 3.0),
    faster(TRAIN_STEP, Peer::Zoo, Peer::Flex, 10.0),
    faster(TRAIN_STEP, Peer::ZooAvx2, Peer::PytorchChannelsLast, 1.0),
    faster(INFERENCE, Peer::Zoo, Peer::PytorchChannelsLast, 1.5),
    faster(RUN, Peer::Zoo, Peer::PytorchChannelsLast, 1.0),
    Claim { case: RUN, promise: Promise::Seconds(75.0) },
    Claim { case: RUN, promise: Promise::Bytes(700_000_000) },
    faster(MLP_EPOCH, Peer::Zoo, Peer::Pytorch, 1.5),
];

const fn faster(case: Case, us: Peer, them: Peer, times: f64) -> Claim {
    Claim { case, promise: Promise::Faster { us, them, times } }
}

impl Claim {
    /// In words.
    pub(crate) fn title(&self) -> String {
        let Case { workload, family, batch, .. } = self.case;
        let what = format!("{} {}, batch {batch}", family.label(), workload.label());
        match self.promise {
            Promise::Faster { us: Peer::Zoo, them, .. } => format!("{what}: against {}", them.label()),
            Promise::Faster { us, them, .. } => format!("{what}: {} against {}", us.label(), them.label()),
            Promise::Seconds(_) => format!("{what}: seconds"),
            Promise::Bytes(_) => format!("{what}: peak memory"),
        }
    }

    /// How it turned out; `None` where it was not measured.
    pub(crate) fn verdict(&self, results: &Results) -> Option<Verdict> {
        let measured = results.find(self.case)?;
        match self.promise {
            Promise::Faster { us, them, times } => {
                let Spread { median, low, high, .. } =
                    measured.of(us)?.seconds.ratio_of(&measured.of(them)?.seconds)?;
                let found =
                    if low == high { format!("{median:.2}x") } else { format!("{median:.2}x ({low:.2} to {high:.2})") };
                Some(Verdict { measured: found, wanted: format!("{times:.1}x"), holds: median >= times })
            }
            Promise::Seconds(most) => {
                let seconds = measured.of(Peer::Zoo)?.seconds.median;
                Some(Verdict {
                    measured: format!("{seconds:.1} s"),
                    wanted: format!("{most:.0} s"),
                    holds: seconds <= most,
                })
            }
            Promise::Bytes(most) => {
                let bytes = measured.of(Peer::Zoo)?.peak_bytes?;
                let megabytes = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
                Some(Verdict { measured: megabytes(bytes), wanted: megabytes(most), holds: bytes <= most })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::bench::cases::{Extent, cases};
    use crate::bench::tables::samples;

    #[test]
    fn every_claim_is_measured_by_the_full_benchmark() {
        let all = cases(Extent::Full, &[]);
        for claim in &CLAIMS {
            assert!(all.contains(&claim.case), "{}", claim.title());
            if let Promise::Faster { us, them, .. } = claim.promise {
                assert!(us.takes_part(claim.case) && them.takes_part(claim.case), "{}", claim.title());
            }
        }
    }

    #[test]
    fn claims_are_judged_by_the_median_of_the_ratios() {
        let results = samples::results();
        let verdict = |promise| Claim { case: samples::CASE, promise }.verdict(&results).unwrap();
        let faster = |times| verdict(Promise::Faster { us: Peer::Zoo, them: Peer::Pytorch, times });
        assert_eq!(faster(2.0).measured, "2.50x (2.00 to 3.00)");
        assert!(faster(2.5).holds && !faster(2.6).holds);
        assert!(verdict(Promise::Seconds(0.01)).holds && !verdict(Promise::Seconds(0.001)).holds);
        assert!(verdict(Promise::Bytes(5_000_000)).holds && !verdict(Promise::Bytes(4_000_000)).holds);
        assert!(faster(f64::NAN).measured.starts_with("2.50x"));
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        let results = samples::results();
        let claim = faster(samples::CASE, Peer::Zoo, Peer::Ndarray, 1.0);
        assert!(claim.verdict(&results).is_none());
        assert!(CLAIMS[5].verdict(&results).is_none());
    }
}
