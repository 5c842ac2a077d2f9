//! What reaches the user: answers on standard output, which may be a pipe that nobody reads any more, and what is wrong.

use crate::error::TrainError;
use std::io::{ErrorKind, Write, stdout};
use std::path::Path;
use std::process::ExitCode;

/// Something was wrong and has been said.
const FAILED: u8 = 2;

/// The answer of a command. A reader that has gone away has read enough.
///
/// # Errors
/// If it cannot be written for another reason, such as a full disk.
pub(crate) fn answer(text: &str) -> Result<(), TrainError> {
    match writeln!(stdout(), "{text}").and_then(|()| stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(TrainError::io("write to", Path::new("standard output"))(error))
        }
        _ => Ok(()),
    }
}

/// A line about a run that goes on whether or not somebody listens: what it finds is in its folder.
pub(crate) fn say(text: &str) {
    let _ = writeln!(stdout(), "{text}");
}

/// Says what was wrong, in one sentence: the exit code that goes with it.
#[expect(clippy::print_stderr, reason = "the one place where an error reaches the user")]
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let sentence = sentence(error);
    tracing::error!("{sentence}");
    eprintln!("error: {sentence}");
    ExitCode::from(FAILED)
}

/// Something that does not stop a command, yet makes its answer doubtful.
#[expect(clippy::print_stderr, reason = "the one place where a warning reaches the user")]
pub(crate) fn warn(sentence: &str) {
    tracing::warn!("{sentence}");
    eprintln!("warning: {sentence}");
}

/// An error with its causes, except those that its own sentence has told already.
fn sentence(error: &anyhow::Error) -> String {
    let told = |text: String, cause: String| if text.ends_with(&cause) { text } else { format!("{text}: {cause}") };
    error.chain().map(ToString::to_string).reduce(told).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let cause = std::io::Error::other("disk full");
        let own = crate::TrainError::io("write", std::path::Path::new("run"))(cause);
        assert_eq!(sentence(&anyhow::Error::from(own).context("no log")), "no log: cannot write run: disk full");
    }
}
