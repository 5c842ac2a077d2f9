//! Ctrl-C asks; training, validation and test answer after the batch they are in.

use crate::error::TrainError;
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
    /// From now on Ctrl-C and a request to terminate raise the flag. The second such signal ends the process at once.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn raise_on_signal(&self) -> Result<(), TrainError> {
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, INTERRUPTED.into(), self.0.clone())
                .and_then(|_| flag::register(signal, self.0.clone()))
                .map_err(TrainError::Signals)?;
        }
        Ok(())
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
