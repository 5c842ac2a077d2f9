//! What reaches the user, on standard output and standard error: pipes that nobody may read any more, or a terminal that was closed.

use crate::error::TrainError;
use std::io::{self, ErrorKind, Write, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use zoo_core::printable_but;

const STANDARD_OUTPUT: &str = "standard output";

/// Something was wrong and has been said.
pub(crate) const FAILED: u8 = 2;
/// Another process trains in the run folder: what waits for its turn tries again later. It is `EX_TEMPFAIL` of sysexits.h.
pub(crate) const IN_USE: u8 = 75;

/// The answer of a command. A reader that has gone away has read enough.
///
/// # Errors
/// If it cannot be written for another reason, such as a full disk.
pub(crate) fn answer(text: &str) -> Result<(), TrainError> {
    write_line(text).map_err(TrainError::io("write to", Path::new(STANDARD_OUTPUT)))
}

/// What another library has printed: help, the version, what is wrong with a command line.
///
/// # Errors
/// As [`answer`].
pub(crate) fn printed(written: io::Result<()>) -> Result<(), TrainError> {
    let written = written.and_then(|()| stdout().flush());
    as_read(written).map_err(TrainError::io("write to", Path::new(STANDARD_OUTPUT)))
}

/// The first reason why a line about a run could not be written.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// A line about a run that goes on whether or not somebody listens: what it finds is in its folder. [`check_said`] tells in the end
/// what could not be written.
pub(crate) fn say(text: &str) {
    // What a terminal that was closed answers on Unix.
    const EIO: i32 = 5;
    match (write_line(text), LOST.lock()) {
        (Err(error), Ok(mut lost)) if lost.is_none() && error.raw_os_error() != Some(EIO) => *lost = Some(error),
        _ => {}
    }
}

/// Whether all that was to be said of a run has been.
///
/// # Errors
/// If a line was lost, such as on a full disk.
pub(crate) fn check_said() -> anyhow::Result<()> {
    let Some(error) = LOST.lock().ok().and_then(|mut lost| lost.take()) else {
        return Ok(());
    };
    let error = anyhow::Error::new(TrainError::io("write to", Path::new(STANDARD_OUTPUT))(error));
    Err(error.context("lines about the run are lost, and its folder has what it reached"))
}

fn write_line(text: &str) -> io::Result<()> {
    as_read(writeln!(stdout(), "{text}").and_then(|()| stdout().flush()))
}

/// A reader that has gone away is no error.
fn as_read(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// A line on standard error, said however progress is shown.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(stderr(), "{}", harmless(text));
}

/// Says what was wrong, in one sentence: the exit code that goes with it.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let sentence = sentence(error);
    tracing::error!("{sentence}");
    warn(&format!("error: {sentence}"));
    ExitCode::from(code_of(error))
}

/// The exit code that goes with an error.
pub(crate) fn code_of(error: &anyhow::Error) -> u8 {
    match error.downcast_ref() {
        Some(TrainError::FolderInUse { .. }) => IN_USE,
        _ => FAILED,
    }
}

/// What was wrong, in one sentence.
pub(crate) fn sentence(error: &anyhow::Error) -> String {
    harmless(&zoo_core::sentence(error.as_ref()))
}

/// Line breaks and tabs of a text stay; no other control character of a name in it reaches the terminal.
pub(crate) fn harmless(text: &str) -> String {
    printable_but(text, &['\n', '\t'])
}
