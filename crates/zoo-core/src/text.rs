//! Text files of limited length, in UTF-8.

use std::borrow::Cow;
use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::files::read_at_most;

/// What the first bytes of a text say of its encoding, where that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrderMark {
    /// UTF-16, the lower byte first, as Windows writes it.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
    /// UTF-32 in either order.
    Utf32,
}

impl ByteOrderMark {
    /// The mark that a text begins with, if there is one.
    ///
    /// ```
    /// use zoo_core::ByteOrderMark;
    ///
    /// assert_eq!(ByteOrderMark::of(b"\xff\xfen\0"), Some(ByteOrderMark::Utf16Le));
    /// assert_eq!(ByteOrderMark::of("n".as_bytes()), None);
    /// ```
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some(Self::Utf32),
            [0xFF, 0xFE, ..] => Some(Self::Utf16Le),
            [0xFE, 0xFF, ..] => Some(Self::Utf16Be),
            _ => None,
        }
    }
}

/// A name with its control characters, line breaks among them, written as escapes: it stays on one line, and none reaches a terminal.
///
/// ```
/// assert_eq!(zoo_core::printable("two\nlines\u{1b}[2J"), "two\\nlines\\u{1b}[2J");
/// ```
pub fn printable(name: &str) -> String {
    printable_but(name, &[])
}

/// A text with its control characters, which a file may have brought along, written as escapes but for those that are `kept`.
///
/// ```
/// assert_eq!(zoo_core::printable_but("two\nlines\u{1b}[2J\u{9b}é", &['\n']), "two\nlines\\u{1b}[2J\\u{9b}é");
/// ```
pub fn printable_but(text: &str, kept: &[char]) -> String {
    let is_harmless = |one: char| !one.is_control() || kept.contains(&one);
    text.chars().map(|one| if is_harmless(one) { one.to_string() } else { one.escape_default().to_string() }).collect()
}

/// A name as a sentence or a table shows it: whole, or where nobody would read it to its end, the start of it.
///
/// ```
/// assert_eq!(zoo_core::shortened("cat"), "cat");
/// assert_eq!(zoo_core::shortened(&"cat".repeat(1000)), format!("{}...", "cat".repeat(20)));
/// ```
pub fn shortened(name: &str) -> Cow<'_, str> {
    const LONGEST: usize = 80;
    const KEPT: usize = 60;
    match (name.chars().nth(LONGEST), name.char_indices().nth(KEPT)) {
        (Some(_), Some((end, _))) => Cow::Owned(format!("{}...", &name[..end])),
        _ => Cow::Borrowed(name),
    }
}

/// The first `most` of some names, [`shortened`], in one line, and how many more there are.
///
/// ```
/// assert_eq!(zoo_core::listed(&["a", "b", "c"], 3), "a, b, c");
/// assert_eq!(zoo_core::listed(&["a", "b", "c", "d"], 2), "a, b and 2 more");
/// ```
pub fn listed<S: AsRef<str>>(names: &[S], most: usize) -> String {
    joined(&names.iter().map(|name| shortened(name.as_ref())).collect::<Vec<_>>(), most)
}

/// The first `most` of some parts, such as names with their counts, whole and in one line, and how many more there are.
///
/// ```
/// let counted = |name: &str| format!("{} 200", zoo_core::shortened(name));
/// let parts = [counted(&"cat".repeat(26)), counted("dog"), counted("emu")];
/// assert!(zoo_core::joined(&parts, 2).ends_with("cat 200, dog 200 and 1 more"));
/// ```
pub fn joined<S: AsRef<str>>(parts: &[S], most: usize) -> String {
    let shown: Vec<&str> = parts.iter().take(most).map(S::as_ref).collect();
    shown.join(", ") + &and_more(parts.len(), most)
}

/// What stands behind the first `most` of `all` names: how many more there are, or nothing.
///
/// ```
/// assert_eq!(zoo_core::and_more(5, 3), " and 2 more");
/// assert_eq!(zoo_core::and_more(3, 3), "");
/// ```
pub fn and_more(all: usize, most: usize) -> String {
    match all.saturating_sub(most) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}

/// Whether a path is one by which a shell hands something over, such as `/dev/stdin` or that of `<(...)`.
///
/// ```
/// use std::path::Path;
///
/// assert!(zoo_core::is_handed_over(Path::new("/dev/fd/63")));
/// assert!(!zoo_core::is_handed_over(Path::new("data/rows.csv")));
/// ```
pub fn is_handed_over(path: &Path) -> bool {
    let is_of_a_process = || path.starts_with("/proc") && path.iter().any(|part| part == "fd");
    ["/dev/stdin", "/dev/fd"].iter().any(|place| path.starts_with(place)) || is_of_a_process()
}

/// Refuses a pipe that has a name, as nobody may ever write to it. One that a shell hands over has somebody at its other end.
///
/// # Errors
/// If it is one; not if nothing is there.
pub fn check_not_named_pipe(path: &Path) -> io::Result<()> {
    if path.metadata().is_ok_and(|found| is_pipe(&found)) && !is_handed_over(path) {
        let reason =
            "it is a named pipe, which may never say anything; name a file, or hand the pipe over as /dev/stdin";
        return Err(io::Error::new(ErrorKind::InvalidInput, reason));
    }
    Ok(())
}

#[cfg(unix)]
fn is_pipe(found: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&found.file_type())
}

/// Files that are pipes are a matter of Unix.
#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}

/// The text of a file, of at most so many bytes. A pipe, which may never say anything, is none.
///
/// # Errors
/// If it cannot be read, is longer, or not UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    if is_pipe(&path.metadata()?) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is a pipe, expected a file"));
    }
    read_text_or_pipe(path, most)
}

/// The same, waiting for what a pipe without a name says.
///
/// # Errors
/// As [`read_text`] and [`check_not_named_pipe`].
pub fn read_text_or_pipe(path: &Path, most: u64) -> io::Result<String> {
    check_not_named_pipe(path)?;
    let bytes = read_at_most(path, most)?;
    let mark = ByteOrderMark::of(&bytes);
    String::from_utf8(bytes).map_err(|error| {
        let reason = match mark {
            Some(ByteOrderMark::Utf16Le | ByteOrderMark::Utf16Be) => "it is UTF-16; save it as UTF-8".to_owned(),
            Some(ByteOrderMark::Utf32) => "it is UTF-32; save it as UTF-8".to_owned(),
            None => {
                let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
                format!("its line {line} is not UTF-8; save it as UTF-8, or copy it again if it is damaged")
            }
        };
        io::Error::new(ErrorKind::InvalidData, reason)
    })
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

    #[test]
    fn other_encodings_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let said = |bytes: &[u8]| {
            let file = folder.path().join("text");
            std::fs::write(&file, bytes).unwrap();
            read_text(&file, 100).unwrap_err().to_string()
        };
        for bytes in [b"\xff\xfea\0", b"\xfe\xff\0a"] {
            assert_eq!(said(bytes), "it is UTF-16; save it as UTF-8");
        }
        assert_eq!(said(b"\xff\xfe\0\0a\0\0\0"), "it is UTF-32; save it as UTF-8");
        let advice = "save it as UTF-8, or copy it again if it is damaged";
        assert_eq!(said(b"one\ngr\xfcn"), format!("its line 2 is not UTF-8; {advice}"));
        assert_eq!(said(b"\xff"), format!("its line 1 is not UTF-8; {advice}"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_has_no_end_is_refused() {
        assert_eq!(read_text(Path::new("/dev/zero"), 1000).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }
}
