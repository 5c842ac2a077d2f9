//! Text files of limited length.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The text of a file, of at most so many bytes. A pipe, which may never say anything, is none.
///
/// # Errors
/// If it cannot be read, is longer, or not UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_fifo(&path.metadata()?.file_type()) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is a pipe, expected a file"));
    }
    read_text_or_pipe(path, most)
}

/// The same, waiting for what a pipe says.
///
/// # Errors
/// As [`read_text`].
pub fn read_text_or_pipe(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    // One byte more than allowed tells "at the limit" from "beyond it".
    File::open(path)?.take(most.saturating_add(1)).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        let reason = format!("it has more than {most} bytes, which no such file has; look what it is");
        return Err(io::Error::new(ErrorKind::FileTooLarge, reason));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("text");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(read_text(&file, 5).unwrap(), "12345");
        assert_eq!(read_text(&file, 4).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_text(&folder.path().join("none"), 4).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_has_no_end_is_refused() {
        assert_eq!(read_text(Path::new("/dev/zero"), 1000).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }
}
