//! The experiments of a reproduction: those that are done are read, the others run.

use super::runs::{Runs, Stopped};
use super::trainer::Ended;
use crate::experiments::{self, Recorded};
use anyhow::Result;
use std::path::Path;
use std::process::Command;
use zoo_results::outcome::{Claim, Outcome, Verdict};

/// The seed of a reproduction; the program takes any other.
const SEED: u64 = 1;
/// What an experiment of which nothing was recorded is taken to last, in seconds.
const UNKNOWN: f64 = 20.0;

/// What came of an experiment.
pub(super) enum Examined {
    Done(Box<Outcome>),
    /// It went wrong.
    Broken(String),
}

impl Examined {
    pub(super) fn is_failure(&self) -> bool {
        match self {
            Self::Done(outcome) => !outcome.holds(),
            Self::Broken(_) => true,
        }
    }
}

/// How long an experiment took when it was recorded.
pub(super) fn estimate(name: &str) -> f64 {
    let recorded = experiments::read(&experiments::recorded(), name).ok().flatten();
    recorded.map_or(UNKNOWN, |recorded| recorded.outcome.seconds)
}

impl Runs<'_> {
    /// The outcome of an experiment in `folder`, or that of the run made now by `program`.
    pub(super) fn experiment(
        &mut self,
        program: &Path,
        name: &str,
        folder: &Path,
        quick: bool,
    ) -> Result<Result<Examined, Stopped>> {
        let read = || {
            let found = experiments::read(folder, name).ok().flatten().map(|Recorded { outcome, .. }| outcome);
            found.filter(|outcome| outcome.seeds == [SEED] && outcome.quick == quick)
        };
        let seconds = estimate(name);
        if let Some(outcome) = read() {
            self.progress.finish(seconds);
            return Ok(Ok(Examined::Done(Box::new(outcome))));
        }
        self.progress.start(name);
        let mut command = Command::new(program);
        command.args(["run", name, "--seed", &SEED.to_string(), "--out"]).arg(folder);
        command.args(quick.then_some("--quick"));
        let ended = self.trainer.carry_out(command, |_| {})?;
        self.progress.finish(seconds);
        // A claim that fails ends the program badly, too, but leaves an outcome.
        Ok(match (ended, read()) {
            (Ended::Interrupted, _) => Err(Stopped),
            (_, Some(outcome)) => Ok(Examined::Done(Box::new(outcome))),
            (Ended::Badly(reason), None) => Ok(Examined::Broken(reason)),
            (Ended::Well, None) => Ok(Examined::Broken(format!("it left no outcome in {}", folder.display()))),
        })
    }
}

pub(super) fn header() -> String {
    format!("{:22} {:10} {:34} {:>9}  verdict", "experiment", "source", "claims", "seconds")
}

/// An experiment's row, and below it what fails.
pub(super) fn row(name: &str, examined: &Examined) -> String {
    let outcome = match examined {
        Examined::Done(outcome) => outcome,
        Examined::Broken(_) => return format!("{name:22} not run: it went wrong"),
    };
    let claims = experiments::counts(outcome);
    let verdict = if outcome.holds() { "holds" } else { "FAILS" };
    let mut row =
        format!("{name:22} {:10} {claims:34} {:>9.1}  {verdict}", outcome.sources.join(", "), outcome.seconds);
    for Claim { sentence, expected, measured, .. } in outcome.claims.iter().filter(|one| one.verdict == Verdict::Fails)
    {
        row += &format!("\n{:22} {sentence}: expected {expected}, measured {measured}", "");
    }
    row
}
