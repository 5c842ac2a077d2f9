//! The rows of a user's table, by the names of its columns: as spreadsheets and pandas write CSV, whatever the separator,
//! the decimal sign and the encoding, as long as there is only one way to read it.

use crate::TableError;
use crate::decimal::{DecimalSign, is_numeric};
use crate::header::{ColumnNamed, Header, PlacedHeader, is_blank, parser, placed_header, words};
use crate::text::{self, Lines, MOST_LISTED, shown};
use anyhow::{Context, Result, bail};
use csv::ByteRecord;
use std::borrow::Cow;
use std::path::Path;
use std::str::FromStr;
use zoo_core::{listed, printable};

/// The model's columns of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow<T = f32> {
    /// Where it starts in the file, counted from 1.
    pub line: usize,
    /// NaN for a value that is missing, where that is allowed.
    pub values: Vec<T>,
}

/// A table as it is written: fields of text below a header.
pub(crate) struct Sheet {
    path: String,
    /// Lines above the header that begin with `#`.
    comments: usize,
    header: Header,
    records: Vec<NumberedRecord>,
    /// The rows whose line begins with `#`, without a quotation mark before it.
    hashed: Vec<usize>,
}

/// A record below the header, and the line it starts on.
type NumberedRecord = (usize, ByteRecord);

/// Reads `columns` of the table in `file`, all of numbers, whose header has them in any order, with others between them;
/// `column_named` knows what else they may be called.
///
/// # Errors
/// If the file is no table, a column is missing or there twice, or a row cannot be read in one way alone.
pub fn read(file: &Path, columns: &[String], column_named: ColumnNamed) -> Result<Vec<TableRow>, TableError> {
    Ok(numbers(&Sheet::read(file, columns, column_named)?, columns)?)
}

/// The same in double precision, by these names alone.
///
/// # Errors
/// As [`read`].
pub fn read_doubles(file: &Path, columns: &[String]) -> Result<Vec<TableRow<f64>>, TableError> {
    Ok(numbers(&Sheet::read(file, columns, |_| None)?, columns)?)
}

fn numbers<T: FromStr + Into<f64> + Copy>(sheet: &Sheet, columns: &[String]) -> Result<Vec<TableRow<T>>> {
    let positions = columns.iter().map(|column| sheet.position(column, columns)).collect::<Result<Vec<_>>>()?;
    let sign = sheet.decimal_sign(&positions)?;
    let row = |row: usize| {
        let pairs = positions.iter().zip(columns);
        let values =
            pairs.map(|(position, column)| sheet.number::<T>(row, *position, column, sign)).collect::<Result<_>>()?;
        Ok(TableRow { line: sheet.line(row), values })
    };
    (0..sheet.rows()).map(row).collect()
}

impl Sheet {
    /// The table in `file`, whose separator is the one by which its header has most of the columns that are `wanted`, or most columns.
    ///
    /// # Errors
    /// If the file is no table, or a row is not as long as the header.
    pub(crate) fn read(file: &Path, wanted: &[String], column_named: ColumnNamed) -> Result<Sheet> {
        let path = printable(&file.display().to_string());
        let bytes = text::read(file).with_context(|| format!("cannot read the table {path}"))?;
        Sheet::parse(path, &bytes, wanted, column_named)
    }

    pub(crate) fn parse(path: String, bytes: &[u8], wanted: &[String], column_named: ColumnNamed) -> Result<Sheet> {
        let found = placed_header(bytes, wanted, column_named).with_context(|| path.clone())?;
        let Some(PlacedHeader { comments, start, header }) = found else {
            match wanted {
                [] => bail!("{path} is empty; its first line should name the columns"),
                wanted => {
                    let wanted = listed(wanted, MOST_LISTED);
                    bail!("{path} is empty; its first line should name the columns, {wanted} among them")
                }
            }
        };
        let header = header.of_scikit_learn(wanted).unwrap_or(header);
        let (records, hashed) = records(&path, bytes, start, &header)?;
        Ok(Sheet { path, comments, header, records, hashed })
    }

    /// The file.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// How many lines of comments stand above the header.
    pub(crate) fn comments(&self) -> usize {
        self.comments
    }

    /// The rows whose line begins with `#`.
    pub(crate) fn hashed(&self) -> &[usize] {
        &self.hashed
    }

    /// The names in the header, in order, with single spaces; some may be empty or there twice.
    pub(crate) fn names(&self) -> &[String] {
        &self.header.names
    }

    /// How many rows there are, one at least.
    pub(crate) fn rows(&self) -> usize {
        self.records.len()
    }

    /// The line that a row starts on.
    pub(crate) fn line(&self, row: usize) -> usize {
        self.records[row].0
    }

    /// A field, without blanks around it and with single spaces for its line breaks and tabs; empty where the row ends before.
    pub(crate) fn field(&self, row: usize, position: usize) -> Cow<'_, str> {
        let text = text::decoded(self.records[row].1.get(position).unwrap_or_default().trim_ascii());
        match text.contains(|one: char| one.is_control() && one.is_whitespace()) {
            true => Cow::Owned(words(&text)),
            false => text,
        }
    }

    /// Whether a column and its name are UTF-8.
    pub(crate) fn is_utf8(&self, position: usize) -> bool {
        let mut records = self.records.iter().map(|(_, record)| record).chain([&self.header.cells]);
        records.all(|record| str::from_utf8(record.get(position).unwrap_or_default()).is_ok())
    }

    /// The place of the one column of that name, one of those `wanted`.
    ///
    /// # Errors
    /// If there is none, or more.
    pub(crate) fn position(&self, column: &str, wanted: &[String]) -> Result<usize> {
        self.header.position(&self.path, column, wanted)
    }

    /// What stands before the decimals in these columns.
    ///
    /// # Errors
    /// If that cannot be told.
    pub(crate) fn decimal_sign(&self, positions: &[usize]) -> Result<DecimalSign> {
        let fields = |row| (self.line(row), positions.iter().map(|position| self.field(row, *position)).collect());
        let rows: Vec<(usize, Vec<Cow<'_, str>>)> = (0..self.rows()).map(fields).collect();
        DecimalSign::of(&rows, self.header.separator).with_context(|| self.path.clone())
    }

    /// The number in a field.
    ///
    /// # Errors
    /// If it is none, or not finite.
    pub(crate) fn number<T>(&self, row: usize, position: usize, column: &str, sign: DecimalSign) -> Result<T>
    where
        T: FromStr + Into<f64> + Copy,
    {
        let (field, place) = (self.field(row, position), || format!("{}:{}", self.path, self.line(row)));
        match sign.parse::<T>(&field) {
            Some(value) if value.into().is_finite() => Ok(value),
            _ => {
                let (found, expected) = (shown(field.as_bytes()), number_in_words(&field, sign));
                bail!("{}: {column} is {found}, expected {expected}; correct it", place())
            }
        }
    }
}

/// What is expected of a field that holds no number, or one that models cannot take.
pub(crate) fn number_in_words(field: &str, sign: DecimalSign) -> &'static str {
    match sign.parse::<f64>(field) {
        Some(_) if is_numeric(field) => "a number from -3.4e38 to 3.4e38, as models calculate in single precision",
        Some(_) => "a finite number",
        None => "a number",
    }
}

/// All that is not blank below the header, and which of it begins with `#`.
fn records(path: &str, bytes: &[u8], start: usize, header: &Header) -> Result<(Vec<NumberedRecord>, Vec<usize>)> {
    let mut parser = parser(&bytes[start..], header.separator);
    let mut lines = Lines::of(bytes);
    let (mut records, mut record, mut end) = (Vec::new(), ByteRecord::new(), start);
    let (mut is_header, mut hashed) = (true, Vec::new());
    while parser.read_byte_record(&mut record)? {
        let (begin, line) = lines.of_record(end);
        end = start + parser.position().byte() as usize;
        if text::is_left_open(&bytes[begin..end]) {
            bail!("{path}:{line}: a quotation mark opens a field there and is not closed; close it");
        }
        if !is_header && !record.iter().all(is_blank) {
            if !header.fits(&record) {
                let (found, expected, separator) = (record.len(), header.names.len(), char::from(header.separator));
                let fields = if found == 1 { "field" } else { "fields" };
                let remedy = match record.get(0).is_some_and(|first| first.starts_with(b"#")) {
                    true => "delete the line if it is a comment".to_owned(),
                    false => format!("put what holds {separator:?} into quotation marks"),
                };
                bail!("{path}:{line} has {found} {fields}, expected {expected} as in the header; {remedy}");
            }
            if bytes[begin..end].trim_ascii_start().starts_with(b"#") {
                hashed.push(records.len());
            }
            records.push((line, record.clone()));
        }
        is_header = false;
    }
    match records.is_empty() {
        true => bail!("{path} has no rows below its header"),
        false => Ok((records, hashed)),
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
