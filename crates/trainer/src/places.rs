//! Files and folders on the command line: `-` is none, though other programs take it for standard input or output.

use crate::TrainError;
use clap::builder::{PathBufValueParser, TypedValueParser};
use std::path::{Path, PathBuf};

/// What other programs take for standard input or output.
pub(crate) const DASH: &str = "-";

/// Parses the name of a file or folder.
pub fn place() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match path == Path::new(DASH) {
        true => Err("- names neither a file nor a folder here; ./- names what is called so"),
        false => Ok(path),
    })
}

/// Refuses a folder that cannot be made, as a file is in its place, or in that of one above it.
///
/// # Errors
/// With both.
pub fn check_no_file_instead(folder: &Path) -> Result<(), TrainError> {
    let is_file = |above: &&Path| above.symlink_metadata().is_ok() && !above.is_dir();
    match folder.ancestors().find(is_file) {
        Some(file) => Err(TrainError::FileInPlaceOfFolder { path: folder.to_path_buf(), file: file.to_path_buf() }),
        None => Ok(()),
    }
}

/// Parses the name of a file that may be a pipe, too.
pub(crate) fn place_or_pipe() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| path.to_str().map_or(Ok(()), check_no_dash).map(|()| path))
}

/// The same of a file that may be named otherwise, too.
pub(crate) fn name_or_pipe(text: &str) -> Result<String, &'static str> {
    check_no_dash(text).map(|()| text.to_string())
}

fn check_no_dash(text: &str) -> Result<(), &'static str> {
    match text == DASH {
        true => Err("- is no file name here; standard input is /dev/stdin, and ./- names a file called so"),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_dash_alone_is_no_name() {
        assert!(name_or_pipe("-").is_err());
        for name in ["./-", "-x", "--", ""] {
            assert_eq!(name_or_pipe(name), Ok(name.to_string()));
        }
    }
}
