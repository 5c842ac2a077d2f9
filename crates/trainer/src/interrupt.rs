//! Ctrl-C and its like ask; training, validation and test answer after the batch they are in.

use crate::error::TrainError;
#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What shells report for a program ended by Ctrl-C.
pub const INTERRUPTED: u8 = 130;

/// Set once the user wants the run to stop.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// From now on Ctrl-C, a request to terminate and the terminal's end raise the flag. The second of the first two ends the process
    /// at once; a terminal's end is told twice, by the shell and by the system.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn raise_on_signal(&self) -> Result<(), TrainError> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, INTERRUPTED.into(), asked.clone())
                .and_then(|_| flag::register(signal, asked.clone()))
                .and_then(|_| flag::register(signal, self.0.clone()))
                .map_err(TrainError::Signals)?;
        }
        #[cfg(unix)]
        if !is_ignored(SIGHUP) {
            flag::register(SIGHUP, self.0.clone()).map_err(TrainError::Signals)?;
        }
        Ok(())
    }

    /// Raises the flag when standard input ends, as it does when the process at its other end closes it or is gone.
    pub fn raise_at_end_of_input(&self) {
        let stop = self.clone();
        std::thread::spawn(move || {
            // An input that cannot be read has ended, too.
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            stop.raise();
        });
    }

    /// Asks for a stop.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether a stop was asked for.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Breaks off once a stop was asked for.
    pub(crate) fn check(&self) -> ControlFlow<()> {
        if self.is_raised() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Whether the program was started to outlive its terminal, as by `nohup`; where the system does not say, it was not.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    (mask >> (signal - 1)) & 1 == 1
}
