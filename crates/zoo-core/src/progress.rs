//! How far a download is: a bar, a line now and then, or nothing.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Progress;

const BETWEEN_LINES: Duration = Duration::from_secs(5);
const TEMPLATE: &str = "{msg} [{bar:30}] {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";

/// Counts the bytes of one file and shows them.
pub(crate) struct Meter {
    // The bar also serves as the estimator of the rate where it is not drawn.
    bar: ProgressBar,
    lines: Option<LastLine>,
}

struct LastLine(Instant);

impl Meter {
    pub(crate) fn start(progress: Progress, file: &str, bytes: u64) -> Meter {
        let target = match progress {
            Progress::Bar => ProgressDrawTarget::stderr(),
            Progress::Lines | Progress::Hidden => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(bytes), target).with_message(file.to_owned());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        let lines = (progress == Progress::Lines).then(|| LastLine(Instant::now()));
        Meter { bar, lines }
    }

    /// The bytes present before a request, which the rate must not count.
    pub(crate) fn resume_at(&self, bytes: u64) {
        self.bar.set_position(bytes);
        self.bar.reset_eta();
    }

    pub(crate) fn add(&mut self, bytes: u64) {
        self.bar.inc(bytes);
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
            HumanBytes(position),
            HumanBytes(length),
            HumanBytes(self.bar.per_sec() as u64),
            HumanDuration(self.bar.eta()),
        );
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
