//! What reaches the user of a program, on standard output and standard error: pipes that nobody may read any more, or a terminal that
//! was closed. All programs of the workspace speak through it.

use crate::error::TrainError;
use clap::Parser;
use std::io::{self, ErrorKind, Write, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use zoo_core::printable_but;

const STANDARD_OUTPUT: &str = "standard output";

/// Something was wrong and has been said.
pub const FAILED: u8 = 2;
/// Another process trains in the run folder: what waits for its turn tries again later. It is `EX_TEMPFAIL` of sysexits.h.
pub(crate) const IN_USE: u8 = 75;

/// The answer of a command. A reader that has gone away has read enough.
///
/// # Errors
/// If it cannot be written for another reason, such as a full disk.
pub fn answer(text: &str) -> Result<(), TrainError> {
    write_line(text).map_err(TrainError::io("write to", Path::new(STANDARD_OUTPUT)))
}

/// This process's command line, or the exit code where there is nothing to carry out: help or the version was asked for, or something is
/// wrong with the command line, which has been told.
///
/// # Errors
/// With that exit code.
pub fn parsed<C: Parser>() -> Result<C, ExitCode> {
    C::try_parse().map_err(|said| tell(&said).unwrap_or_else(|error| report(&error)))
}

/// Prints the help or the version that was asked for, or what is wrong with a command line: the exit code that goes with it.
///
/// # Errors
/// As [`answer`].
pub(crate) fn tell(said: &clap::Error) -> anyhow::Result<ExitCode> {
    let written = said.print().and_then(|()| stdout().flush());
    as_read(written).map_err(TrainError::io("write to", Path::new(STANDARD_OUTPUT)))?;
    Ok(if said.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// The first reason why a line could not be written.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// A line of work that goes on whether or not somebody listens: what it finds is in its folder. [`check_said`] tells in the end what
/// could not be written.
pub fn say(text: &str) {
    // What a terminal that was closed answers on Unix.
    const EIO: i32 = 5;
    match (write_line(text), LOST.lock()) {
        (Err(error), Ok(mut lost)) if lost.is_none() && error.raw_os_error() != Some(EIO) => *lost = Some(error),
        _ => {}
    }
}

/// Whether all lines of [`say`] have been written.
///
/// # Errors
/// If one was lost, such as on a full disk.
pub fn check_said() -> Result<(), TrainError> {
    match LOST.lock().ok().and_then(|mut lost| lost.take()) {
        Some(error) => Err(TrainError::io("write to", Path::new(STANDARD_OUTPUT))(error)),
        None => Ok(()),
    }
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
pub fn warn(text: &str) {
    let _ = writeln!(stderr(), "{}", harmless(text));
}

/// Says what was wrong, in one sentence: the exit code that goes with it.
pub fn report(error: &anyhow::Error) -> ExitCode {
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
