//! Epochs in words, with the time left, estimated from the epochs of this session.

use crate::observer::RunPlan;
use std::time::{Duration, Instant};
use zoo_core::score_text;
use zoo_results::EpochScores;

/// Started with the first step of a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
    epochs_before: f64,
    /// Of the whole run.
    pub(super) epochs: usize,
}

impl Clock {
    pub(super) fn start(plan: &RunPlan) -> Self {
        Self { started: Instant::now(), epochs_before: plan.epochs_begun(), epochs: plan.epochs }
    }

    /// After `epochs_done` epochs of the whole run.
    pub(super) fn time_left(&self, epochs_done: usize) -> Duration {
        let done = epochs_done as f64 - self.epochs_before;
        let left = self.epochs.saturating_sub(epochs_done) as f64;
        self.started.elapsed().mul_f64(if done > 0.0 { left / done } else { 0.0 })
    }

    /// An epoch in one line, which a terminal of 80 columns takes whole.
    pub(super) fn line(&self, row: &EpochScores) -> String {
        let width = self.epochs.to_string().len();
        let (metric, [train, valid]) = row.beside_loss();
        let name = metric.label();
        let [train, valid] = [train, valid].map(|score| score_text(Some(metric), score));
        let [train_loss, valid_loss] = [row.train_loss, row.valid_loss].map(|loss| score_text(None, loss));
        format!(
            "epoch {:>width$}/{}  loss {train_loss} valid {valid_loss}  {name} {train} valid {valid}  {} left",
            row.epoch,
            self.epochs,
            readable_seconds(self.time_left(row.epoch)),
        )
    }
}

/// `8s`, `3m12s`, `1h05m`.
pub(crate) fn readable_seconds(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        seconds => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_naturally() {
        let texts = [0, 59, 60, 3599, 3600, 86_399].map(|seconds| readable_seconds(Duration::from_secs(seconds)));
        assert_eq!(texts, ["0s", "59s", "1m00s", "59m59s", "1h00m", "23h59m"]);
    }
}
