//! The run's log: kept in memory until the run folder exists, then written there. The terminal stays free for progress.

use crate::error::TrainError;
use crate::files::check_file_if_there;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<LogTarget>>);

enum LogTarget {
    Memory(Vec<u8>),
    File(File),
}

impl Log {
    /// Collects `tracing` events from now on; `RUST_LOG` chooses which, `info` and above by default.
    pub(crate) fn install() -> Self {
        let log = Self(Arc::new(Mutex::new(LogTarget::Memory(Vec::new()))));
        let writer = log.clone();
        let filter = tracing_subscriber::EnvFilter::try_from_default_env()
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,wgpu=warn,naga=warn,cubecl=warn"));
        // A second installation (tests, a host program's own subscriber) keeps the first: not an error.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .try_init();
        log
    }

    /// Appends everything so far, and everything to come, to the file.
    pub(crate) fn write_to(&self, path: &Path) -> Result<(), TrainError> {
        let file = check_file_if_there(path).and_then(|()| OpenOptions::new().create(true).append(true).open(path));
        let mut file = file.map_err(TrainError::io("open the log", path))?;
        let mut target = self.target();
        if let LogTarget::Memory(bytes) = &*target {
            file.write_all(bytes).map_err(TrainError::io("write the log", path))?;
        }
        *target = LogTarget::File(file);
        Ok(())
    }

    fn target(&self) -> MutexGuard<'_, LogTarget> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *self.target() {
            LogTarget::Memory(memory) => memory.write(bytes),
            LogTarget::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut *self.target() {
            LogTarget::Memory(_) => Ok(()),
            LogTarget::File(file) => file.flush(),
        }
    }
}
