//! `metrics.jsonl`: one object a step.

use super::RunLog;
use crate::observer::{RunPlan, StepScores};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::path::Path;

/// Each line reaches the system as it is written, so that a killed program loses none.
pub(super) struct StepLog(File);

impl StepLog {
    /// With the lines of all steps up to the one that the run goes on from, and no others.
    pub(super) fn open(path: &Path, plan: &RunPlan) -> io::Result<Self> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        let mut reader = BufReader::new(file);
        let (mut kept, mut line) = (0, Vec::new());
        while reader.read_until(b'\n', &mut line)? > 0 {
            let is_done = serde_json::from_slice(&line).is_ok_and(|step: StepScores| step.step <= plan.steps_done());
            if !is_done || !line.ends_with(b"\n") {
                break;
            }
            kept += line.len() as u64;
            line.clear();
        }
        let mut file = reader.into_inner();
        file.set_len(kept)?;
        file.seek(io::SeekFrom::End(0))?;
        Ok(Self(file))
    }
}

impl RunLog for StepLog {
    fn wants_gradient_norm(&self) -> bool {
        true
    }

    fn step(&mut self, step: &StepScores) -> io::Result<()> {
        let mut line = serde_json::to_vec(step)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}
