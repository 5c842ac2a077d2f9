//! The first record of a table: the names of its columns, and what separates them.

use crate::text::{self, MOST_LISTED, shown};
use anyhow::{Result, bail};
use csv::{ByteRecord, ReaderBuilder};
use zoo_core::listed;

/// What may stand between columns, in the order to try them.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// No header of a table that people read is longer.
const MOST_HEADER_BYTES: usize = 64 << 10;

/// More comments stand above no header.
const MOST_COMMENTS: usize = 100;

/// What else a column may be called.
pub type ColumnNamed = fn(&str) -> Option<&'static str>;

/// The first record of a table.
pub(crate) struct Header {
    pub(crate) separator: u8,
    /// As written.
    pub(crate) cells: ByteRecord,
    /// As the model calls them.
    pub(crate) names: Vec<String>,
}

/// The header of a table, the number of comments above it, and where it starts.
pub(crate) struct PlacedHeader {
    pub(crate) comments: usize,
    pub(crate) start: usize,
    pub(crate) header: Header,
}

/// The header that has most of the columns that are `wanted`, or most columns, over all separators. A name may begin with `#` as well as a
/// comment, so it is the best of such lines and the one below them; `None` of an empty table.
pub(crate) fn placed_header(
    bytes: &[u8],
    wanted: &[String],
    column_named: ColumnNamed,
) -> Result<Option<PlacedHeader>> {
    let (separator, start) = text::preamble(bytes)?;
    let separators = separator.map_or(SEPARATORS.to_vec(), |separator| vec![separator]);
    let matches = |header: &Header| wanted.iter().filter(|column| header.names.contains(column)).count();
    let header_at = |start: usize| {
        let head = &bytes[start..bytes.len().min(start + MOST_HEADER_BYTES)];
        let headers = separators.iter().rev().filter_map(|separator| header(head, *separator, column_named));
        headers.max_by_key(|header| (matches(header), header.names.len()))
    };
    let named = |header: &Header| header.names.iter().filter(|name| !name.is_empty()).count();
    let mut starts = vec![start];
    starts.extend(text::below_comments(bytes, start).into_iter().take(MOST_COMMENTS));
    let headers = starts.into_iter().enumerate().rev();
    let headers =
        headers.filter_map(|(comments, start)| Some(PlacedHeader { comments, start, header: header_at(start)? }));
    // The first of those that are as good.
    Ok(headers.max_by_key(|PlacedHeader { header, .. }| (matches(header), named(header))))
}

fn header(bytes: &[u8], separator: u8, column_named: ColumnNamed) -> Option<Header> {
    let cells = parser(bytes, separator).into_byte_records().next()?.ok()?;
    let name = |cell: &[u8]| {
        let name = words(&text::decoded(cell));
        let known = if name.is_empty() { None } else { column_named(&name) };
        known.map_or(name, str::to_owned)
    };
    let names = cells.iter().map(name).collect();
    Some(Header { separator, cells, names })
}

pub(crate) fn parser(bytes: &[u8], separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(bytes)
}

impl Header {
    /// The columns in order and the class behind them, where the first line is that of a file of scikit-learn's own: how many rows, how
    /// many columns, and the classes, `569,30,malignant,benign`.
    pub(crate) fn of_scikit_learn(&self, columns: &[String]) -> Option<Header> {
        let [rows, count, classes @ ..] = self.names.as_slice() else { return None };
        let is_number = |name: &String| name.parse::<f64>().is_ok();
        let fits = is_number(rows) && *count == columns.len().to_string() && !classes.is_empty();
        let names = columns.iter().map(String::as_str).chain(["target"]).map(str::to_owned);
        (fits && !classes.iter().any(is_number)).then(|| Header {
            names: names.collect(),
            cells: self.cells.clone(),
            ..*self
        })
    }

    /// The place of the one column of that name.
    pub(crate) fn position(&self, path: &str, column: &str, columns: &[String]) -> Result<usize> {
        let mut places = (0..self.names.len()).filter(|place| self.names[*place] == column);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(first), Some(second)) => bail!(
                "{path}: the header names {column:?} twice, as {} in column {} and {} in column {}; delete one of them",
                shown(&self.cells[first]),
                first + 1,
                shown(&self.cells[second]),
                second + 1
            ),
            (None, _) if self.names.iter().any(|name| name.parse::<f64>().is_ok()) => bail!(
                "{path} has no column {column:?}: its first line holds values; put a line with the names above it, of which \
                 the model wants: {}",
                listed(columns, MOST_LISTED)
            ),
            (None, _) => bail!(
                "{path} has no column {column:?} among its {}, separated by {:?}; the model wants: {}",
                self.names.len(),
                char::from(self.separator),
                listed(columns, MOST_LISTED)
            ),
        }
    }

    /// Rows may end with or without what has no name and no value.
    pub(crate) fn fits(&self, record: &ByteRecord) -> bool {
        let named = self.names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let is_rest_blank = || record.iter().skip(named).all(is_blank);
        record.len() == self.names.len() || record.len() >= named && is_rest_blank()
    }
}

/// With single spaces.
pub(crate) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn is_blank(cell: &[u8]) -> bool {
    cell.trim_ascii().is_empty()
}
