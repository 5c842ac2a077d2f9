//! Ctrl-C asks; training, validation and test answer after the batch they are in.

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What shells report for a program ended by Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// The user stopped a pass over a part of the data.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("stopped by the user")]
pub struct Stopped;

/// Set once the user wants the run to stop.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// A flag raised by Ctrl-C and by a request to terminate. The second such signal ends the process at once.
    pub(crate) fn on_signal() -> Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, INTERRUPTED.into(), stop.0.clone())
                .and_then(|_| flag::register(signal, stop.0.clone()))
                .context("cannot listen for Ctrl-C")?;
        }
        Ok(stop)
    }

    /// Asks for a stop.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// For work that has no better way to end early than an error.
    ///
    /// # Errors
    /// [`Stopped`] once a stop was asked for.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.is_raised() { Err(Stopped) } else { Ok(()) }
    }

    /// Whether a stop was asked for.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
