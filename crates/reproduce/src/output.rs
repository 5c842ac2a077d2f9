//! Standard output and standard error. A reader that has gone away is no reason to stop.

use std::io::{Write, stderr, stdout};

/// What the user asked for, on standard output.
pub(crate) fn answer(text: &str) {
    let _ = writeln!(stdout(), "{text}");
}

/// How it goes, on standard error.
pub(crate) fn say(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}
