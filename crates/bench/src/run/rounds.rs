//! Taking turns: every round asks each peer once, so that a slow moment of the machine is everybody's.

use super::programs::Programs;
use super::trainer_program;
use super::workers::Workers;
use crate::cases::{BenchCase, RUN_EPOCHS, Workload};
use crate::layers::LayerCase;
use crate::peers::Peer;
use crate::protocol::{Timing, WorkerRequest};
use crate::results::{CaseTimes, PeerTimes};
use crate::statistics::{RoundTimes, median};
use crate::worker::export;
use anyhow::{Context, Result, anyhow};
use std::fmt::Display;
use std::path::PathBuf;
use zoo_core::sentence;

/// What a peer is given in a round, in seconds: long enough for a median, short enough that the machine stays the same.
const BURST: f64 = 0.25;
const QUICK_BURST: f64 = 0.02;

/// So many of the fastest steps are enough for a median.
const MOST_REPEATS: f64 = 1000.0;

/// Epochs and runs take seconds to minutes each, so that fewer of them do.
const EPOCH_ROUNDS: usize = 3;
const RUN_ROUNDS: usize = 1;

/// How cases are measured.
pub(super) struct Rounds {
    pub(super) rounds: usize,
    pub(super) quick: bool,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) programs: Programs,
}

/// What peers take turns in.
trait RoundCase: Display {
    /// What has a worker repeat it.
    fn request(&self, peer: Peer, warmup: usize, repeats: usize) -> WorkerRequest;

    /// Rounds, where so many were asked for.
    fn rounds(&self, wanted: usize) -> usize {
        wanted
    }

    /// Whether it takes so long that once is enough for a round, without warming up.
    fn is_long(&self) -> bool {
        false
    }

    /// The seconds a peer took in one round, and the most memory it held, where that is told apart from other cases.
    fn turn(&self, runner: &Runner, _: &Rounds, workers: &mut Workers<'_>) -> Result<(f64, Option<u64>)> {
        let Runner { peer, warmup, repeats, .. } = *runner;
        let timing = ask(workers, peer, &self.request(peer, warmup, repeats))?;
        Ok((seconds(&timing)?, timing.peak_bytes))
    }
}

/// A peer in a case.
struct Runner {
    peer: Peer,
    warmup: usize,
    repeats: usize,
    rounds: Vec<f64>,
    peak_bytes: Option<u64>,
}

impl Rounds {
    /// Measures a network by all peers that take part in it; `left_out` hears of those who cannot, or that its data is not there.
    pub(super) fn measure_network(
        &self,
        case: BenchCase,
        workers: &mut Workers<'_>,
        left_out: &mut Vec<String>,
    ) -> Result<Option<CaseTimes>> {
        if let Err(error) = self.export(case) {
            left_out.push(format!("{case}: {}; --data-dir says where it is", sentence(error.as_ref())));
            return Ok(None);
        }
        let present: Vec<_> =
            Peer::ALL.into_iter().filter(|peer| peer.takes_part(case) && workers.has(*peer)).collect();
        self.measure(case, &present, workers, left_out).map(Some)
    }

    /// Measures a layer by those of the peers that take part in this pass; `left_out` hears of those who cannot.
    pub(super) fn measure_layer(
        &self,
        case: LayerCase,
        peers: &[Peer],
        workers: &mut Workers<'_>,
        left_out: &mut Vec<String>,
    ) -> Result<CaseTimes<LayerCase>> {
        let present: Vec<_> = peers.iter().copied().filter(|peer| peer.runs_layers(case.pass)).collect();
        self.measure(case, &present, workers, left_out)
    }

    fn measure<C: RoundCase>(
        &self,
        case: C,
        peers: &[Peer],
        workers: &mut Workers<'_>,
        left_out: &mut Vec<String>,
    ) -> Result<CaseTimes<C>> {
        let mut runners = Vec::new();
        for &peer in peers {
            match self.prepare(peer, &case, workers)? {
                Ok((warmup, repeats)) => {
                    runners.push(Runner { peer, warmup, repeats, rounds: Vec::new(), peak_bytes: None });
                }
                Err(reason) => left_out.push(format!("{case}, {}: {reason}", peer.label())),
            }
        }
        for _ in 0..case.rounds(self.rounds) {
            for runner in &mut runners {
                let (seconds, peak_bytes) = case.turn(runner, self, workers)?;
                runner.rounds.push(seconds);
                runner.peak_bytes = runner.peak_bytes.max(peak_bytes);
            }
        }
        let entry = |Runner { peer, rounds, peak_bytes, .. }: Runner| {
            let seconds = RoundTimes::of(rounds).context("a case was given no round; --rounds wants at least 1")?;
            Ok(PeerTimes { peer, seconds, peak_bytes })
        };
        Ok(CaseTimes { case, entries: runners.into_iter().map(entry).collect::<Result<_>>()? })
    }

    /// Writes a family's data for the peers that do not read the zoo's formats, unless that is done or the case needs none.
    fn export(&self, case: BenchCase) -> Result<()> {
        let scratch = &self.programs.scratch;
        // The last file that is written.
        if !case.needs_data() || scratch.join(format!("{}.data.json", case.family)).exists() {
            return Ok(());
        }
        export(case.family, self.data_dir.clone(), scratch)
    }

    /// Warms a peer up and finds out how often it can be asked in a round, after how many repeats that do not count; the inner
    /// error is why it cannot take part.
    fn prepare(
        &self,
        peer: Peer,
        case: &impl RoundCase,
        workers: &mut Workers<'_>,
    ) -> Result<Result<(usize, usize), String>> {
        if case.is_long() {
            return Ok(Ok((0, 1)));
        }
        Ok(match workers.ask(peer, &case.request(peer, 1, 1))? {
            Err(reason) => Err(reason),
            Ok(once) => {
                let burst = if self.quick { QUICK_BURST } else { BURST };
                let repeats = (burst / seconds(&once)?).clamp(1.0, MOST_REPEATS) as usize;
                // Caches and branch predictors have just served another peer. Where one repeat fills the burst, they matter little.
                Ok((if repeats == 1 { 0 } else { repeats.div_ceil(10) }, repeats))
            }
        })
    }
}

impl RoundCase for LayerCase {
    fn request(&self, peer: Peer, warmup: usize, repeats: usize) -> WorkerRequest {
        WorkerRequest::MeasureLayer { case: self.clone(), peer, warmup, repeats }
    }
}

impl RoundCase for BenchCase {
    fn request(&self, peer: Peer, warmup: usize, repeats: usize) -> WorkerRequest {
        WorkerRequest::Measure { case: *self, peer, warmup, repeats }
    }

    fn rounds(&self, wanted: usize) -> usize {
        match self.workload {
            Workload::Epoch => wanted.min(EPOCH_ROUNDS),
            Workload::Run => RUN_ROUNDS,
            _ => wanted,
        }
    }

    fn is_long(&self) -> bool {
        self.needs_data()
    }

    fn turn(&self, runner: &Runner, rounds: &Rounds, workers: &mut Workers<'_>) -> Result<(f64, Option<u64>)> {
        let Runner { peer, warmup, repeats, .. } = *runner;
        let case = *self;
        let (timing, epochs) = match case.workload {
            Workload::Epoch | Workload::Run if peer == Peer::Zoo => {
                (trainer_program::run(&rounds.programs, rounds.data_dir.as_deref(), case)?, 1)
            }
            Workload::Epoch => {
                let request = WorkerRequest::Epochs { case, peer, epochs: case.family.task().epochs };
                (Timing { peak_bytes: None, ..ask(workers, peer, &request)? }, 1)
            }
            Workload::Run => {
                // In a process of its own, so that its memory is that of the run.
                workers.renew(peer.worker())?;
                (ask(workers, peer, &WorkerRequest::Epochs { case, peer, epochs: RUN_EPOCHS })?, RUN_EPOCHS)
            }
            _ => (ask(workers, peer, &case.request(peer, warmup, repeats))?, 1),
        };
        Ok((seconds(&timing)? * epochs as f64, timing.peak_bytes))
    }
}

fn ask(workers: &mut Workers<'_>, peer: Peer, request: &WorkerRequest) -> Result<Timing> {
    let answer = workers.ask(peer, request)?;
    answer.map_err(|reason| anyhow!("a worker no longer does what it did a round before: {reason}"))
}

fn seconds(timing: &Timing) -> Result<f64> {
    median(&timing.seconds).context("a worker timed nothing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_times_is_an_error() {
        let error = seconds(&Timing { seconds: Vec::new(), peak_bytes: None }).map_err(|error| error.to_string());
        assert_eq!(error, Err("a worker timed nothing".to_string()));
    }
}
