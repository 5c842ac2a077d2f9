//! Standard output and standard error. A reader that has gone away is no reason to stop; what is lost for another reason, such as a full
//! disk, is told in the end.

/// What the user asked for, on standard output.
pub(crate) use trainer::output::say as answer;
/// How it goes, on standard error.
pub(crate) use trainer::output::warn as say;
