//! Taking turns: every round asks each peer once, so that a slow moment of the machine is everybody's.

use super::cases::{Case, Workload};
use super::crew::Crew;
use super::peers::Peer;
use super::results::{Entry, FamilyFacts, Measured};
use super::statistics::{Spread, median};
use super::trainer::Trainer;
use super::worker::Answer;
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// What a peer is given in a round, in seconds: long enough for a median, short enough that the machine stays the same.
const BURST: f64 = 0.25;
const QUICK_BURST: f64 = 0.02;

/// So many of the fastest steps are enough for a median.
const MOST_REPEATS: f64 = 1000.0;

/// Epochs and runs take seconds to minutes each, so that fewer of them do.
const EPOCH_ROUNDS: usize = 3;
const RUN_ROUNDS: usize = 1;

/// How cases are measured.
pub(crate) struct Rounds {
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    pub(crate) trainer: Trainer,
}

/// A peer in a case.
struct Runner {
    peer: Peer,
    warmup: usize,
    repeats: usize,
    rounds: Vec<f64>,
    peak_bytes: Option<u64>,
}

/// What one peer did in one round.
struct Turn {
    seconds: f64,
    peak_bytes: Option<u64>,
}

impl Rounds {
    /// Measures a case by all peers that take part in it; `left_out` hears of those who cannot.
    ///
    /// # Errors
    /// If a worker fails.
    pub(crate) fn measure(
        &self,
        case: Case,
        facts: &FamilyFacts,
        crew: &mut Crew,
        left_out: &mut Vec<String>,
    ) -> Result<Measured> {
        let mut runners = Vec::new();
        let present: Vec<_> = Peer::ALL.into_iter().filter(|peer| peer.takes_part(case) && crew.has(*peer)).collect();
        for peer in present {
            match self.prepare(peer, case, crew)? {
                Ok(runner) => runners.push(runner),
                Err(reason) => left_out.push(format!("{case}, {}: {reason}", peer.label())),
            }
        }
        for _ in 0..self.rounds_of(case) {
            for runner in &mut runners {
                let turn = self.turn(runner, case, facts, crew)?;
                runner.rounds.push(turn.seconds);
                runner.peak_bytes = runner.peak_bytes.max(turn.peak_bytes);
            }
        }
        let entries = runners.into_iter().map(|runner| entry(runner, case, facts)).collect::<Result<_>>()?;
        Ok(Measured { case, entries })
    }

    fn rounds_of(&self, case: Case) -> usize {
        match case.workload {
            Workload::Epoch => self.rounds.min(EPOCH_ROUNDS),
            Workload::Run => RUN_ROUNDS,
            _ => self.rounds,
        }
    }

    /// Warms a peer up and finds out how often it can be asked in a round; the inner error is why it cannot take part.
    fn prepare(&self, peer: Peer, case: Case, crew: &mut Crew) -> Result<Result<Runner, String>> {
        let runner = |warmup, repeats| Runner { peer, warmup, repeats, rounds: Vec::new(), peak_bytes: None };
        if case.needs_data() {
            return Ok(Ok(runner(0, 1)));
        }
        let question = json!({ "request": "measure", "workload": case.workload, "warmup": 1, "repeats": 1 });
        Ok(match crew.ask(peer, case, question)? {
            Answer::Unsupported(reason) => Err(reason),
            Answer::Given(answer) => {
                let once = median(&seconds(&answer)?).context("a worker timed nothing")?;
                let burst = if self.quick { QUICK_BURST } else { BURST };
                let repeats = (burst / once).clamp(1.0, MOST_REPEATS) as usize;
                // Caches and branch predictors have just served another peer. Where one repeat fills the burst, they matter little.
                let warmup = if repeats == 1 { 0 } else { repeats.div_ceil(10) };
                Ok(runner(warmup, repeats))
            }
        })
    }

    fn turn(&self, runner: &Runner, case: Case, facts: &FamilyFacts, crew: &mut Crew) -> Result<Turn> {
        if !case.needs_data() {
            let (warmup, repeats) = (runner.warmup, runner.repeats);
            let question =
                json!({ "request": "measure", "workload": case.workload, "warmup": warmup, "repeats": repeats });
            let seconds = median(&seconds(&given(crew.ask(runner.peer, case, question)?)?)?);
            return Ok(Turn { seconds: seconds.context("a worker timed nothing")?, peak_bytes: None });
        }
        if runner.peer == Peer::Zoo {
            let cost = self.trainer.run(&facts.recipe, case)?;
            return Ok(Turn { seconds: cost.seconds, peak_bytes: cost.peak_bytes });
        }
        if case.workload == Workload::Run {
            // In a process of its own, so that its memory is that of the run.
            crew.renew(runner.peer)?;
            let answer = epochs(runner.peer, case, RUN_EPOCHS, crew)?;
            let seconds = median(&seconds(&answer)?).context("a worker timed nothing")? * RUN_EPOCHS as f64;
            return Ok(Turn { seconds, peak_bytes: answer["peak_bytes"].as_u64() });
        }
        let answer = epochs(runner.peer, case, case.family.epochs(), crew)?;
        let seconds = median(&seconds(&answer)?).context("a worker timed nothing")?;
        Ok(Turn { seconds, peak_bytes: None })
    }
}

/// What the recipe of the CNN has.
const RUN_EPOCHS: usize = 10;

fn epochs(peer: Peer, case: Case, epochs: usize, crew: &mut Crew) -> Result<Value> {
    given(crew.ask(peer, case, json!({ "request": "epochs", "epochs": epochs }))?)
}

fn given(answer: Answer) -> Result<Value> {
    match answer {
        Answer::Given(answer) => Ok(answer),
        Answer::Unsupported(reason) => anyhow::bail!("a worker no longer does what it did a round before: {reason}"),
    }
}

fn seconds(answer: &Value) -> Result<Vec<f64>> {
    serde_json::from_value(answer["seconds"].clone()).with_context(|| format!("{answer} holds no seconds"))
}

fn entry(runner: Runner, case: Case, facts: &FamilyFacts) -> Result<Entry> {
    let Runner { peer, rounds, peak_bytes, .. } = runner;
    let seconds = Spread::of(rounds).context("a case was given no round; --rounds wants at least 1")?;
    let gflops = operations(case, facts).map(|operations| operations / seconds.median / 1e9);
    Ok(Entry { peer, seconds, gflops, share_of_peak: None, peak_bytes })
}

/// Floating point operations of one repeat; none where arithmetic is not what takes the time.
fn operations(case: Case, facts: &FamilyFacts) -> Option<f64> {
    let of_an_example = match case.workload {
        Workload::TrainStep => facts.multiply_adds.train,
        Workload::Inference => facts.multiply_adds.forward,
        _ => return None,
    };
    Some(2.0 * of_an_example as f64 * case.batch as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::bench::cases::Family;
    use crate::bench::results::Work;

    fn facts() -> FamilyFacts {
        let multiply_adds = Work { forward: 10, train: 30 };
        FamilyFacts { family: Family::Cnn, recipe: "cnn_cifar10".into(), parameters: 1, multiply_adds }
    }

    #[test]
    fn operations_are_two_a_multiply_add_of_each_example() {
        let case = |workload| Case { workload, family: Family::Cnn, batch: 4, threads: 1 };
        assert_eq!(operations(case(Workload::TrainStep), &facts()), Some(240.0));
        assert_eq!(operations(case(Workload::Inference), &facts()), Some(80.0));
        assert_eq!(operations(case(Workload::Batches), &facts()), None);
        let rounds = vec![2e-9, 1e-9, 4e-9];
        let runner = Runner { peer: Peer::Zoo, warmup: 0, repeats: 1, rounds, peak_bytes: Some(7) };
        let entry = entry(runner, case(Workload::TrainStep), &facts()).unwrap();
        assert_eq!((entry.seconds.median, entry.gflops, entry.peak_bytes), (2e-9, Some(120.0), Some(7)));
    }

    #[test]
    fn an_answer_without_seconds_is_shown() {
        let error = seconds(&json!({ "second": [1.0] })).unwrap_err().to_string();
        assert_eq!(error, "{\"second\":[1.0]} holds no seconds");
    }
}
