//! What can go wrong between a data set's name and its bytes, one sentence each.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::atomic::WHAT_TO_CHECK;

/// Why a data set could not be had. Every message names the file or address, what was found, what was expected, and
/// where it is not plain, what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The platform names no cache folder and none was given.
    #[error("this system names no cache folder: say where data files live with --data-dir or ZOO_DATA_DIR")]
    NoCacheFolder,

    /// The data folder's name belongs to a file.
    #[error("{path} is a file, expected a folder for data files: give another with --data-dir or ZOO_DATA_DIR")]
    NotAFolder {
        /// What was named as the data folder.
        path: PathBuf,
    },

    /// A folder (or a device) lies where a file is expected.
    #[error("{path} is not a file, expected one here: move it away")]
    NotAFile {
        /// The place.
        path: PathBuf,
    },

    /// The files are not on disk and the network may not be used.
    #[error("{name} is not in {folder}, and --offline forbids downloading it: put there {wanted}")]
    Offline {
        /// The data set.
        name: String,
        /// The data folder that was searched.
        folder: PathBuf,
        /// Which files, as a phrase: `cifar-10-binary.tar.gz (from https://…)`.
        wanted: String,
    },

    /// An environment variable says something that cannot be.
    #[error("{variable} is {found:?}, expected {expected}")]
    Setting {
        /// Its name.
        variable: String,
        /// Its value, without passwords.
        found: String,
        /// What it has to be, and what to do.
        expected: &'static str,
    },

    /// The operating system refused to read or write.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// A verb: `read`, `write`, `lock`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A file holds nothing.
    #[error("{path} is empty: move it away to have it downloaded again")]
    Empty {
        /// The file.
        path: PathBuf,
    },

    /// A file is shorter or longer than its format says.
    #[error("{path}: found {found} bytes, expected {expected}: move it away to have it downloaded again")]
    Length {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: u64,
        /// The length, or what it has to be: `a multiple of 3073`.
        expected: String,
    },

    /// A label names no class.
    #[error("{path}: label of record {record} is {found}, expected {expected}")]
    Label {
        /// The file.
        path: PathBuf,
        /// The record's index, counted from 0.
        record: usize,
        /// The byte found.
        found: u8,
        /// The range of labels: `0 to 9`.
        expected: String,
    },

    /// A file breaks its format in another way.
    #[error("{path}: {found}, expected {expected}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is there.
        found: String,
        /// What the format asks for.
        expected: String,
    },

    /// Images and labels in each other's place.
    #[error(
        "{} holds labels, expected images, and {} holds images, expected labels: the two look swapped; exchange their names",
        images.display(), labels.display()
    )]
    Swapped {
        /// The file that should hold images.
        images: PathBuf,
        /// The file that should hold labels.
        labels: PathBuf,
    },

    /// An archive cannot be unpacked.
    #[error("{path} is damaged ({problem}): move it away to have it downloaded again")]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What the reader of the archive said.
        problem: String,
    },

    /// No origin gave the file.
    #[error("cannot download {file} to {folder}: {}", list(failures))]
    Download {
        /// The file.
        file: String,
        /// Where it would have gone.
        folder: PathBuf,
        /// The last failure of each origin, in the order tried.
        failures: Vec<OriginFailure>,
    },
}

/// Why one origin did not give a file.
#[derive(Debug)]
pub struct OriginFailure {
    /// The address.
    pub url: String,
    /// What went wrong there.
    pub problem: Problem,
}

/// What went wrong with one request for a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The server answered, but not with the file.
    #[error("the server answered {0}")]
    Status(u16),
    /// No connection, or it broke.
    #[error("{0}")]
    Connection(String),
    /// Nothing arrived for too long.
    #[error("nothing arrived for {} seconds", .0.as_secs_f32())]
    Stalled(Duration),
    /// Less arrived than anybody would wait for.
    #[error("only {bytes} bytes arrived in {} seconds", .time.as_secs_f32())]
    Slow {
        /// How many.
        bytes: u64,
        /// In how long.
        time: Duration,
    },
    /// Only other settings or another network would help: certificates, a proxy, an address that is not encrypted.
    #[error("{0}")]
    Network(String),
    /// The connection ended early.
    #[error("the connection ended after {found} of {expected} bytes")]
    Truncated {
        /// Bytes that arrived.
        found: u64,
        /// Bytes the file has.
        expected: u64,
    },
    /// The server offers a file of another size.
    #[error("the server offers {found} bytes, expected {expected}: not the published file")]
    Size {
        /// What the server announced or sent.
        found: u64,
        /// The published size.
        expected: u64,
    },
    /// All bytes arrived and are not the published ones.
    #[error("sha256 is {found}, expected {expected}")]
    Hash {
        /// The sha256 of what arrived, in hexadecimal.
        found: String,
        /// The published sha256.
        expected: String,
        /// Whether a part came from an earlier try, which may be the one to blame.
        resumed: bool,
    },
    /// The server does not send parts of a file.
    #[error("the server does not answer range requests")]
    NoRanges,
    /// The archive at the other end cannot be read.
    #[error("the archive there cannot be read: {0}")]
    Archive(String),
    /// This side failed (full disk, read-only folder): no other origin can help.
    #[error(transparent)]
    Local(#[from] Box<DataError>),
}

impl From<DataError> for Problem {
    fn from(error: DataError) -> Self {
        Problem::Local(Box::new(error))
    }
}

impl DataError {
    /// A file that breaks its format: what is there, and what the format asks for.
    pub fn format(path: &Path, found: String, expected: impl Into<String>) -> Self {
        DataError::Format { path: path.to_owned(), found, expected: expected.into() }
    }

    /// A closure for `map_err` that says what was being done, and to which file.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| DataError::Io { action, path, source }
    }
}

impl fmt::Display for OriginFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.url, self.problem)
    }
}

fn list(failures: &[OriginFailure]) -> String {
    match failures {
        [] => "no origin is known".to_owned(),
        failures => failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}

/// An error with its causes, except those that its own sentence has told already, and with what to do where the system refused: what a
/// program tells its user.
///
/// ```
/// use zoo_core::{WriteError, sentence};
///
/// let (path, source) = ("run".into(), std::io::Error::other("disk full"));
/// let error = WriteError { path, bytes: 3, source };
/// assert_eq!(sentence(&error), error.to_string());
/// ```
pub fn sentence(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let text = causes.map(ToString::to_string).fold(error.to_string(), |text, cause| match text.ends_with(&cause) {
        true => text,
        false => format!("{text}: {cause}"),
    });
    match system_error(error).and_then(what_to_do) {
        Some(advice) if !text.contains(advice) && !text.contains(WHAT_TO_CHECK) => format!("{text}; {advice}"),
        _ => text,
    }
}

/// What the operating system said, if that is an error or among its causes.
pub fn system_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut errors = std::iter::successors(Some(error), |&cause| cause.source());
    errors.find_map(|error| error.downcast_ref::<io::Error>())
}

/// What helps where the system refuses, if that is plain.
fn what_to_do(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Some("change its permissions, or ask its owner to"),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some("make room, or name a place on another disk"),
        io::ErrorKind::ReadOnlyFilesystem => Some("name a place that can be written"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WriteError;

    #[test]
    fn what_the_system_refuses_is_said_with_what_to_do() {
        let refused = |kind: io::ErrorKind| sentence(&DataError::io("read", "mine.csv")(kind.into()));
        let advice = "; change its permissions, or ask its owner to";
        assert_eq!(
            refused(io::ErrorKind::PermissionDenied),
            format!("cannot read mine.csv: permission denied{advice}")
        );
        assert!(refused(io::ErrorKind::StorageFull).ends_with("; make room, or name a place on another disk"));
        assert!(!refused(io::ErrorKind::NotFound).contains(';'));
        // It says what to do already.
        let error = WriteError { path: "run".into(), bytes: 3, source: io::ErrorKind::PermissionDenied.into() };
        assert_eq!(sentence(&error), error.to_string());
    }
}
