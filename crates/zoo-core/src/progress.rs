//! How far something long is: a bar, a line now and then, or nothing.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Progress;

const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// What a [`Meter`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes, shown as `1.2 MiB`.
    Bytes,
    /// Anything else, shown as a number.
    Items,
}

/// Counts and shows how far something is, on standard error.
pub struct Meter {
    // The bar also serves as the estimator of the rate where it is not drawn.
    bar: ProgressBar,
    lines: Option<LastLine>,
    unit: Unit,
}

struct LastLine(Instant);

impl Meter {
    /// Starts at 0 of `total`, with `name` before it.
    pub fn start(progress: Progress, name: &str, total: u64, unit: Unit) -> Meter {
        let target = match progress {
            Progress::Bar => ProgressDrawTarget::stderr(),
            Progress::Lines | Progress::Hidden => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(total), target).with_message(name.to_owned());
        if let Ok(style) = ProgressStyle::with_template(unit.template()) {
            bar.set_style(style.progress_chars("=> "));
        }
        let lines = (progress == Progress::Lines).then(|| LastLine(Instant::now()));
        Meter { bar, lines, unit }
    }

    /// What was there before, which the rate must not count.
    pub(crate) fn resume_at(&self, count: u64) {
        self.bar.set_position(count);
        self.bar.reset_eta();
    }

    /// Counts that many more.
    pub fn add(&mut self, count: u64) {
        self.bar.inc(count);
        if self.lines.as_ref().is_some_and(|last| last.0.elapsed() >= BETWEEN_LINES) {
            self.lines = Some(LastLine(Instant::now()));
            self.write_line();
        }
    }

    fn write_line(&self) {
        let (position, length) = (self.bar.position(), self.bar.length().unwrap_or(0));
        // A log that cannot be written must not stop a download.
        let _ = writeln!(
            io::stderr(),
            "{}: {} of {}, {}/s, {} left",
            self.bar.message(),
            self.unit.shown(position),
            self.unit.shown(length),
            self.unit.shown(self.bar.per_sec() as u64),
            HumanDuration(self.bar.eta()),
        );
    }
}

impl Unit {
    fn template(self) -> &'static str {
        match self {
            Unit::Bytes => "{msg} [{bar:30}] {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left",
            Unit::Items => "{msg} [{bar:30}] {human_pos}/{human_len}, {per_sec}, {eta} left",
        }
    }

    fn shown(self, count: u64) -> String {
        match self {
            Unit::Bytes => HumanBytes(count).to_string(),
            Unit::Items => count.to_string(),
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
