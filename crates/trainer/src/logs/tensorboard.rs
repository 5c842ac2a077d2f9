//! An event file for TensorBoard: the columns of `metrics.csv`, a point an epoch.

use super::RunLog;
use super::records::{EventMessage, SummaryMessage, SummaryValue, next_record, record};
use crate::observer::RunPlan;
use prost::Message;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::SystemTime;
use zoo_results::EpochScores;

/// The column that is not a scalar but its place.
const STEP: &str = "epoch";

/// Each event reaches the system as it is written.
pub(super) struct EventLog(File);

impl EventLog {
    /// With one event for each epoch that the run goes on from: those that were written then, and those that were not.
    pub(super) fn open(path: &Path, plan: &RunPlan) -> io::Result<Self> {
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (kept, epochs) = kept(&bytes, plan.epochs_done as i64);
        file.set_len(kept as u64)?;
        file.seek(io::SeekFrom::End(0))?;
        let mut log = Self(file);
        if kept == 0 {
            let file_version = Some("brain.Event:2".to_string());
            log.write(&EventMessage { wall_time: now(), step: 0, file_version, summary: None })?;
        }
        plan.history.iter().filter(|row| row.epoch as i64 > epochs).try_for_each(|row| log.epoch(row))?;
        Ok(log)
    }

    fn write(&mut self, event: &EventMessage) -> io::Result<()> {
        self.0.write_all(&record(&event.encode_to_vec()))
    }
}

impl RunLog for EventLog {
    fn epoch(&mut self, row: &EpochScores) -> io::Result<()> {
        let summary = Some(SummaryMessage { value: scalars(row) });
        self.write(&EventMessage { wall_time: now(), step: row.epoch as i64, file_version: None, summary })
    }
}

/// How many bytes of an event file are whole records of epochs up to that one, and the last of these epochs.
fn kept(bytes: &[u8], epochs: i64) -> (usize, i64) {
    let (mut rest, mut last) = (bytes, 0);
    while let Some((payload, after)) = next_record(rest)
        && let Ok(event) = EventMessage::decode(payload)
        && event.step <= epochs
    {
        (rest, last) = (after, event.step);
    }
    (bytes.len() - rest.len(), last)
}

/// The row's columns by name.
fn scalars(row: &EpochScores) -> Vec<SummaryValue> {
    let columns = serde_json::to_value(row).unwrap_or_default();
    let columns = columns.as_object().into_iter().flatten().filter(|(column, _)| *column != STEP);
    columns
        .filter_map(|(column, value)| {
            Some(SummaryValue { tag: column.clone(), simple_value: Some(value.as_f64()? as f32) })
        })
        .collect()
}

fn now() -> f64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs_f64()
}
