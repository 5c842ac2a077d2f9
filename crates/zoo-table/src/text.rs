//! A table's file as bytes of which all that matters is ASCII, and where its lines are.

use anyhow::{Result, bail};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zoo_core::{ByteOrderMark, check_not_named_pipe};

/// Some 300,000 rows of 30 columns.
const MOST_BYTES: u64 = 64 << 20;
/// No line of a table that people made is longer; each of its fields takes more memory than the file.
const MOST_LINE_BYTES: usize = 4 << 20;
/// Enough to see what kind of file it is, before the rest is read.
const START_BYTES: u64 = 64 << 10;

/// In sentences.
pub(crate) const MOST_LISTED: usize = 40;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Windows-1252 from byte 0x80 to 0x9F, by <https://encoding.spec.whatwg.org/index-windows-1252.txt>; the rest is as in Latin-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The whole file, also from a pipe without a name: UTF-16 becomes UTF-8, everything else stays as it is.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    check_not_named_pipe(file)?;
    let mut reader = File::open(file)?.take(MOST_BYTES + 1);
    let mut bytes = Vec::new();
    reader.by_ref().take(START_BYTES).read_to_end(&mut bytes)?;
    let unit: Option<fn([u8; 2]) -> u16> = match ByteOrderMark::of(&bytes) {
        Some(ByteOrderMark::Utf32) => bail!("its mark says UTF-32; save it as CSV in UTF-8"),
        Some(ByteOrderMark::Utf16Le) => Some(u16::from_le_bytes),
        Some(ByteOrderMark::Utf16Be) => Some(u16::from_be_bytes),
        None => None,
    };
    if unit.is_none() && bytes.contains(&0) {
        bail!(
            "it holds zero bytes, as spreadsheets and other binary files do, and UTF-16 without its mark; save it as CSV \
             in UTF-8"
        );
    }
    reader.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("it has more than {MOST_BYTES} bytes; split it");
    }
    let bytes = match unit {
        Some(unit) => utf8(&bytes[2..], unit)?,
        None => bytes,
    };
    if bytes.split(|byte| is_newline(*byte)).any(|line| line.len() > MOST_LINE_BYTES) {
        bail!("it has a line of more than {} MiB; write one row per line", MOST_LINE_BYTES >> 20);
    }
    Ok(bytes)
}

/// The text of a cell: UTF-8, or else Windows-1252, as Excel writes CSV, in which no two texts become one.
pub(crate) fn decoded(cell: &[u8]) -> Cow<'_, str> {
    let letter = |byte: &u8| match *byte {
        byte @ 0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        byte => char::from(byte),
    };
    match str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(cell.iter().map(letter).collect()),
    }
}

/// A field for a sentence, of which the start is enough.
pub(crate) fn shown(field: &[u8]) -> String {
    const MOST: usize = 40;
    let text = decoded(field);
    let start: String = text.chars().take(MOST).collect();
    match text.len() - start.len() {
        0 => format!("{start:?}"),
        1 => format!("{start:?} and 1 byte more"),
        rest => format!("{start:?} and {rest} bytes more"),
    }
}

fn utf8(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Vec<u8>> {
    let (pairs, rest) = bytes.as_chunks();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text.into_bytes()),
        _ => bail!("its mark says UTF-16, and it is cut or damaged; save it as CSV in UTF-8"),
    }
}

/// The separator that a first line `sep=;` names, as Excel writes it, and where the table starts.
pub(crate) fn preamble(bytes: &[u8]) -> Result<(Option<u8>, usize)> {
    let start = if bytes.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    let length = bytes[start..].iter().position(|byte| is_newline(*byte)).unwrap_or(bytes.len() - start);
    let line = &bytes[start..start + length];
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.split_at_checked(4) {
        Some((key, [separator])) if key.eq_ignore_ascii_case(b"sep=") => Ok((Some(*separator), start + length)),
        Some((key, said)) if key.eq_ignore_ascii_case(b"sep=") => {
            bail!("its first line names the separator {}, expected one character, as in sep=;", shown(said))
        }
        _ => Ok((None, start)),
    }
}

/// Where what follows each of the lines starts that begin with `#`, one below the other from `start` on.
pub(crate) fn below_comments(bytes: &[u8], start: usize) -> Vec<usize> {
    let mut ends = vec![start];
    while let Some(end) = ends.last().and_then(|at| end_of_comment(bytes, *at)) {
        ends.push(end);
    }
    ends.split_off(1)
}

/// The end of the line that begins with `#` after blank ones, perhaps in quotation marks, if that is what comes next.
fn end_of_comment(bytes: &[u8], at: usize) -> Option<usize> {
    let begin = at + bytes[at..].iter().position(|byte| !is_newline(*byte))?;
    let line = &bytes[begin..];
    let length = line.iter().position(|byte| is_newline(*byte)).unwrap_or(line.len());
    (line.starts_with(b"#") || line.starts_with(b"\"#")).then_some(begin + length)
}

/// Whether a record runs over several lines because a quotation mark is missing, which would swallow rows.
pub(crate) fn is_left_open(record: &[u8]) -> bool {
    let inside = record.len() - record.iter().rev().take_while(|byte| is_newline(**byte)).count();
    let record = &record[..inside];
    record.iter().any(|byte| is_newline(*byte)) && record.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

/// Counts the lines of a file while its records are read in order.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Lines { bytes, at: 0, line: 1 }
    }

    /// Where the record behind byte `end` starts, after blank lines, and on which line.
    pub(crate) fn of_record(&mut self, end: usize) -> (usize, usize) {
        let blank = self.bytes[end..].iter().take_while(|byte| is_newline(**byte)).count();
        while self.at < end + blank {
            // A carriage return ends a line unless a line feed follows, which then does.
            let ends = match self.bytes[self.at] {
                b'\r' => self.bytes.get(self.at + 1) != Some(&b'\n'),
                byte => byte == b'\n',
            };
            self.line += usize::from(ends);
            self.at += 1;
        }
        (self.at, self.line)
    }
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}
