//! Where each run of a sweep stands, and the table of them.

use super::plan::SweepPlan;
use crate::error::TrainError;
use crate::run::{Ended, finished};
use crate::run_folder;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;
use zoo_core::Explain;
use zoo_core::Scores;
use zoo_results::Report;

/// How far a run of a sweep is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Explain)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunState {
    /// It has not begun.
    Waiting,
    /// It trains.
    Running,
    /// It was stopped, and will go on.
    Stopped,
    /// Its report is whole.
    Finished,
    /// Its loss or weights stopped being finite: it would again.
    Diverged,
    /// Something was wrong; it is tried again when the sweep goes on.
    Failed,
}

/// A run of a sweep: how far it is, and what it reached.
#[derive(Clone, Debug)]
pub(crate) struct SweepRow {
    pub(crate) state: RunState,
    pub(crate) report: Option<Box<Report>>,
    /// What was wrong, in a sentence.
    pub(crate) error: String,
}

impl RunState {
    /// Whether there is nothing left to do for it.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Diverged)
    }

    /// As `sweep.csv` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
            Self::Diverged => "diverged",
            Self::Failed => "failed",
        }
    }
}

impl SweepRow {
    fn new(state: RunState) -> Self {
        Self { state, report: None, error: String::new() }
    }

    /// While it trains.
    pub(crate) fn running() -> Self {
        Self::new(RunState::Running)
    }

    /// Of a run that went wrong.
    pub(crate) fn failed(error: String) -> Self {
        Self { error, ..Self::new(RunState::Failed) }
    }

    /// As the run's folder tells it.
    pub(crate) fn of(run: &Path) -> Result<Self, TrainError> {
        if let Some(Ended::Finished(report)) = finished(run)? {
            return Ok(Self { report: Some(report), ..Self::new(RunState::Finished) });
        }
        Ok(match run_folder::divergence(run) {
            Some(error) => Self { error, ..Self::new(RunState::Diverged) },
            None if run_folder::has_begun(run) => Self::new(RunState::Stopped),
            None => Self::new(RunState::Waiting),
        })
    }
}

/// The numbers of a split's scores by name.
fn columns(scores: &Scores) -> Vec<(String, f64)> {
    let object = serde_json::to_value(scores).unwrap_or_default();
    let entries = object.as_object().cloned().unwrap_or_default();
    entries.into_iter().filter_map(|(name, value)| Some((name, value.as_f64()?))).collect()
}

/// A split's scores by the name of their column.
fn split_columns<'a>(row: &'a SweepRow, split: &str) -> Vec<(String, f64)> {
    let scores: fn(&'a Report) -> &'a Scores =
        if split == "valid" { |report| &report.valid } else { |report| &report.test };
    let scores = row.report.as_deref().map(scores).map(columns).unwrap_or_default();
    scores.into_iter().map(|(name, value)| (format!("{split}_{name}"), value)).collect()
}

/// A row a run, as CSV.
pub(super) fn table(plan: &SweepPlan, rows: &[SweepRow]) -> Vec<u8> {
    let all = |row| ["valid", "test"].into_iter().flat_map(move |split| split_columns(row, split));
    let names: BTreeSet<String> = rows.iter().flat_map(all).map(|(name, _)| name).collect();
    // Validation first: it is what one may choose by.
    let (valid, test): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.starts_with("valid"));
    let scores: Vec<String> = valid.into_iter().chain(test).collect();
    let head = ["run".to_string()].into_iter().chain(plan.keys.clone());
    let head = head.chain(["seed", "state", "epochs"].map(String::from)).chain(scores.clone());
    let head: Vec<String> = head.chain(["seconds", "error"].map(String::from)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write =
        |record: &[String]| writer.write_record(record).expect("all rows are as wide, and memory takes them");
    write(&head);
    for (run, row) in plan.runs.iter().zip(rows) {
        let measured: Vec<(String, f64)> = all(row).collect();
        let score =
            |name: &String| measured.iter().find(|(other, _)| other == name).map(|(_, value)| value.to_string());
        let of_report = |value: fn(&Report) -> String| row.report.as_deref().map(value).unwrap_or_default();
        let record = [run.name.clone()].into_iter().chain(run.values.clone());
        let epochs = of_report(|report| report.epochs_run.to_string());
        let record = record.chain([run.seed.to_string(), row.state.name().to_string(), epochs]);
        let record = record.chain(scores.iter().map(|name| score(name).unwrap_or_default()));
        let seconds = of_report(|report| format!("{:.1}", report.train_seconds));
        write(&record.chain([seconds, row.error.clone()]).collect::<Vec<_>>());
    }
    writer.into_inner().expect("memory takes what is written")
}
