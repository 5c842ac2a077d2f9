//! What a run writes down as it goes, for other programs: in its folder, beside `metrics.csv`.
//!
//! A log holds each step or epoch once, however often the run was killed: what was written after the checkpoint that a run goes on
//! from is cut off, as it will be trained and written again.

mod watched;

mod steps;
mod tensorboard;

mod records;

use crate::files::check_file_if_there;
use crate::observer::{RunPlan, StepScores};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use zoo_results::EpochScores;

pub(crate) use watched::Watched;

/// A log that a run keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Event files that `tensorboard --logdir runs` shows: the columns of metrics.csv, a point an epoch
    Tensorboard,
    /// metrics.jsonl: a JSON object a step, with loss, learning rate, seconds and the gradient's norm
    Steps,
}

/// A log that is being written.
trait RunLog {
    /// Whether it writes [`StepScores::gradient_norm`].
    fn wants_gradient_norm(&self) -> bool {
        false
    }
    /// After a step.
    fn step(&mut self, _step: &StepScores) -> io::Result<()> {
        Ok(())
    }
    /// After an epoch.
    fn epoch(&mut self, _row: &EpochScores) -> io::Result<()> {
        Ok(())
    }
}

impl LogFormat {
    /// The file's name in the run folder.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Tensorboard => "events.out.tfevents.trainer",
            Self::Steps => "metrics.jsonl",
        }
    }

    /// The log of a run that starts or goes on by this plan.
    fn open(self, folder: &Path, plan: &RunPlan) -> io::Result<Box<dyn RunLog>> {
        let path = folder.join(self.file());
        check_file_if_there(&path)?;
        Ok(match self {
            Self::Tensorboard => Box::new(tensorboard::EventLog::open(&path, plan)?),
            Self::Steps => Box::new(steps::StepLog::open(&path, plan)?),
        })
    }
}
