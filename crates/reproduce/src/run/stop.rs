//! Ctrl-C during work that cannot be broken off and leaves nothing half done.

use std::process::exit;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;
use trainer::interrupt::{INTERRUPTED, StopFlag};
use trainer::output::warn;

/// Between two looks at whether the user wants to stop.
const MOMENT: Duration = Duration::from_millis(50);

/// Does `work`; the program ends at once if a stop is asked for in the meantime. What was finished before is on disk.
pub(crate) fn ending_on<T>(stop: &StopFlag, work: impl FnOnce() -> T) -> T {
    let (done, is_done) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = is_done.recv_timeout(MOMENT) {
                if stop.is_raised() {
                    warn("stopped; the same command goes on from here");
                    exit(INTERRUPTED.into());
                }
            }
        });
        let result = work();
        drop(done);
        result
    })
}
