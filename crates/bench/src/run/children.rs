//! The processes we started: none outlives us, however we end.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// Between two looks at a process.
pub(super) const MOMENT: Duration = Duration::from_millis(10);

/// Moments a process that has closed its output may take to end.
const PATIENCE: usize = 200;

/// What runs, by its process identifier.
static RUNNING: Mutex<BTreeMap<u32, Child>> = Mutex::new(BTreeMap::new());

/// A running process, killed when this is dropped.
pub(super) struct ChildGuard {
    /// Its process identifier.
    pub(super) id: u32,
}

/// Takes care of a process.
pub(super) fn watch(child: Child) -> ChildGuard {
    let id = child.id();
    running().insert(id, child);
    ChildGuard { id }
}

impl ChildGuard {
    /// How it ended, if it has.
    pub(super) fn ended(&self) -> Result<Option<ExitStatus>> {
        let mut running = running();
        let child = running.get_mut(&self.id).context("nobody watches this process")?;
        child.try_wait().context("cannot wait for a process")
    }

    /// How a process ended that no longer answers, in words; one that does not end by itself is ended.
    pub(super) fn end(&self) -> String {
        for _ in 0..PATIENCE {
            match self.ended() {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) => sleep(MOMENT),
                Err(error) => return error.to_string(),
            }
        }
        running().get_mut(&self.id).into_iter().for_each(stop);
        "it stayed silent and was stopped".to_string()
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        running().remove(&self.id).iter_mut().for_each(stop);
    }
}

fn stop(child: &mut Child) {
    // Both fail only if it has ended already.
    let _ = child.kill();
    let _ = child.wait();
}

/// A lock whose holder panicked guards processes nonetheless.
fn running() -> MutexGuard<'static, BTreeMap<u32, Child>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// On Ctrl-C and its like: ends all processes, removes `scratch`, and exits as a program stopped by that signal does. Where there
/// are no signals a console ends the whole group, and workers end with their input.
#[cfg_attr(not(unix), allow(unused_variables))]
pub(super) fn end_with_us(scratch: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let scratch = scratch.to_path_buf();
        let signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]);
        let mut signals = signals.context("cannot listen for Ctrl-C")?;
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                // The lock is kept until we exit: nobody shall start another one now.
                let mut running = running();
                running.values_mut().for_each(stop);
                let _ = std::fs::remove_dir_all(scratch);
                std::process::exit(128 + signal);
            }
        });
    }
    Ok(())
}
