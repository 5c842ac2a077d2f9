//! The processes we started: none outlives us, however we end.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// Between two looks at a process.
pub(crate) const MOMENT: Duration = Duration::from_millis(10);

/// Moments a process that has closed its output may take to end.
const PATIENCE: usize = 200;

type Shared = Arc<Mutex<Child>>;

/// Who is running, and the folder that goes when we go.
static RUNNING: Mutex<Vec<Shared>> = Mutex::new(Vec::new());
static SCRATCH: Mutex<Option<PathBuf>> = Mutex::new(None);

/// A running process, killed when this is dropped.
pub(crate) struct Guard(Shared);

/// Takes care of a process.
pub(crate) fn watch(child: Child) -> Guard {
    let child = Arc::new(Mutex::new(child));
    lock(&RUNNING).push(Arc::clone(&child));
    Guard(child)
}

impl Guard {
    /// Its process identifier.
    pub(crate) fn id(&self) -> u32 {
        lock(&self.0).id()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// If the system does not say.
    pub(crate) fn ended(&self) -> Result<Option<ExitStatus>> {
        lock(&self.0).try_wait().context("cannot wait for a process")
    }

    /// How a process ended that no longer answers, in words; one that does not end by itself is ended.
    pub(crate) fn end(&self) -> String {
        for _ in 0..PATIENCE {
            match self.ended() {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) => sleep(MOMENT),
                Err(error) => return error.to_string(),
            }
        }
        stop(&self.0);
        "it stayed silent and was stopped".to_string()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        stop(&self.0);
        lock(&RUNNING).retain(|other| !Arc::ptr_eq(other, &self.0));
    }
}

fn stop(child: &Shared) {
    let mut child = lock(child);
    // Both fail only if it has ended already.
    let _ = child.kill();
    let _ = child.wait();
}

/// A lock whose holder panicked guards a process nonetheless.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// On Ctrl-C and its like: ends all processes, removes `scratch`, and exits as a program stopped by that signal does.
///
/// # Errors
/// If the signals cannot be listened to.
pub(crate) fn end_with_us(scratch: &Path) -> Result<()> {
    *lock(&SCRATCH) = Some(scratch.to_path_buf());
    listen().context("cannot listen for Ctrl-C")
}

#[cfg(unix)]
fn listen() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            end_all();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// Elsewhere a console ends the whole group, and workers end with their input.
#[cfg(not(unix))]
fn listen() -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn end_all() {
    // The lock is kept: nobody shall start another one now.
    let running = lock(&RUNNING);
    running.iter().for_each(stop);
    if let Some(scratch) = lock(&SCRATCH).take() {
        let _ = fs::remove_dir_all(scratch);
    }
    std::mem::forget(running);
}
