//! How far all of it is: one bar on a terminal, one line per run elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::time::Duration;
use trainer::output::warn;

/// The bar counts in these fractions of a second of the recipes' own estimates.
const TICKS: f64 = 100.0;

/// Progress over everything asked for.
pub(crate) struct OverallProgress {
    bar: ProgressBar,
    /// Estimated seconds of what is done.
    done: f64,
    running: BTreeMap<usize, RunProgress>,
}

/// A run that trains.
struct RunProgress {
    name: String,
    /// Estimated.
    seconds: f64,
    /// The part of it that is done.
    fraction: f64,
    /// Of a cross-validation: models that are done, and all of them.
    models: Option<(usize, usize)>,
    /// `epoch 3 of 10`.
    at: String,
}

impl OverallProgress {
    /// Of work that takes about this many seconds.
    pub(crate) fn new(seconds: f64) -> Self {
        let bar = ProgressBar::new(ticks(seconds));
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %, {elapsed} so far, {eta} left  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar, done: 0.0, running: BTreeMap::new() }
    }

    /// A run of about `seconds` starts.
    pub(crate) fn start(&mut self, run: usize, name: &str, seconds: f64) {
        let (name, at) = (name.to_string(), String::new());
        if self.bar.is_hidden() {
            warn(&name);
        }
        self.running.insert(run, RunProgress { name, seconds, fraction: 0.0, models: None, at });
        self.tell();
    }

    /// An epoch of a run is done; of a cross-validation, of the model that trains.
    pub(crate) fn epoch(&mut self, run: usize, epoch: usize, epochs: usize) {
        let Some(running) = self.running.get_mut(&run) else { return };
        let (before, models) = running.models.unwrap_or((0, 1));
        let of_model = running.models.map(|_| format!("model {} of {models}, ", before + 1)).unwrap_or_default();
        running.at = format!(": {of_model}epoch {epoch} of {epochs}");
        // Until its first model is done, nobody knows how many there are.
        let is_single = running.models.is_some() || !running.name.contains(" folds");
        if is_single {
            running.fraction = (before as f64 + epoch as f64 / epochs.max(1) as f64) / models as f64;
        }
        self.tell();
    }

    /// A model of a cross-validation is done.
    pub(crate) fn fold(&mut self, run: usize, done: usize, models: usize) {
        let Some(running) = self.running.get_mut(&run) else { return };
        (running.models, running.fraction) = (Some((done, models)), done as f64 / models.max(1) as f64);
        running.at = format!(": {done} of {models} models");
        self.tell();
    }

    /// A run ended.
    pub(crate) fn finish(&mut self, run: usize) {
        self.done += self.running.remove(&run).map_or(0.0, |running| running.seconds);
        self.tell();
    }

    /// Work of about `seconds` will not be done.
    pub(crate) fn skip(&mut self, seconds: f64) {
        self.done += seconds;
        self.tell();
    }

    fn tell(&self) {
        let running = self.running.values().map(|one| one.fraction * one.seconds).sum::<f64>();
        self.bar.set_position(ticks(self.done + running));
        let names: Vec<String> = self.running.values().map(|one| format!("{}{}", one.name, one.at)).collect();
        self.bar.set_message(names.join("; "));
    }

    /// Prints lines that stay, above the bar.
    pub(crate) fn show(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn ticks(seconds: f64) -> u64 {
    (seconds * TICKS).max(1.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_moves_with_every_epoch_of_runs_side_by_side() {
        let mut overall = OverallProgress::new(20.0);
        (0..2).for_each(|run| overall.start(run, "x", 10.0));
        for epoch in 1..=4 {
            overall.epoch(0, epoch, 4);
            overall.epoch(1, epoch, 8);
            assert_eq!(overall.bar.position(), epoch as u64 * (250 + 125));
        }
        assert_eq!(overall.bar.message(), "x: epoch 4 of 4; x: epoch 4 of 8");
        overall.finish(0);
        overall.finish(1);
        assert_eq!(overall.bar.position(), 2000);
    }

    #[test]
    fn the_bar_moves_with_every_model_of_a_cross_validation() {
        let mut overall = OverallProgress::new(30.0);
        overall.start(0, "x in 6 folds", 24.0);
        overall.epoch(0, 4, 4);
        assert_eq!(overall.bar.position(), 1, "the first of how many?");
        for done in 1..=6 {
            overall.fold(0, done, 6);
            assert_eq!(overall.bar.position(), done as u64 * 400);
            overall.epoch(0, 1, 4);
            assert_eq!(overall.bar.position(), (done as u64 * 400 + 100).min(2500));
        }
        overall.finish(0);
        overall.skip(6.0);
        assert_eq!(overall.bar.position(), 3000);
    }
}
