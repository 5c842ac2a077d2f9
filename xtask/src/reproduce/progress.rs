//! How far all of it is: one bar on a terminal, one line a run elsewhere.

use crate::output::say;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::time::Duration;

/// The bar counts in these parts of a second of the recipes' own estimates.
const TICKS: f64 = 100.0;

/// Progress over everything asked for.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Ticks of what is done.
    done: u64,
}

impl Progress {
    /// Of work that takes about this many seconds.
    pub(super) fn new(seconds: f64) -> Self {
        let bar = ProgressBar::new(ticks(seconds));
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %, {elapsed} so far, {eta} left  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar, done: 0 }
    }

    /// A run starts.
    pub(super) fn start(&self, name: &str) {
        self.bar.set_message(name.to_string());
        if self.bar.is_hidden() {
            say(name);
        }
    }

    /// What a run of about `seconds` says of itself.
    pub(super) fn hear(&self, name: &str, seconds: f64, event: &Value) {
        let part = match (event["epoch"].as_f64(), event["epochs"].as_f64(), event["fold"].as_f64()) {
            (Some(epoch), Some(epochs), _) => Some((epoch / epochs, format!("{name}: epoch {epoch} of {epochs}"))),
            _ => event["done"].as_f64().map(|done| (done, name.to_string())),
        };
        if let Some((part, message)) = part {
            self.bar.set_position(self.done + (part * ticks(seconds) as f64) as u64);
            self.bar.set_message(message);
        }
    }

    /// Work of about `seconds` is done, or will not be.
    pub(super) fn finish(&mut self, seconds: f64) {
        self.done += ticks(seconds);
        self.bar.set_position(self.done);
    }

    /// Prints lines that stay, above the bar.
    pub(super) fn show(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn ticks(seconds: f64) -> u64 {
    (seconds * TICKS).max(1.0) as u64
}
