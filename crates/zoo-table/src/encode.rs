//! The rows of a table as a model takes them, by its format.

use crate::TableError;
use crate::column::Column;
use crate::decimal::DecimalSign;
use crate::fill::is_missing;
use crate::sheet::{Sheet, TableRow};
use crate::text::shown;
use crate::underflow::{Underflow, underflow};
use anyhow::{Context, Error, Result, anyhow, bail};
use std::path::Path;
use zoo_core::{Examples, Inputs, Sources, Table, listed, look_alike};
use zoo_recipe::{CategoryColumn, Missing, TableFormat};

/// Of a table that is in Windows-1252, for its user.
pub(crate) const IS_WINDOWS_1252: &str = "read as Windows-1252, as it is not UTF-8";

/// The rows of a table as the model takes them.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRows {
    /// With their lines.
    pub rows: Vec<TableRow>,
    /// Whether columns that the model takes are not UTF-8, and so were read as Windows-1252.
    pub(crate) is_windows_1252: bool,
    /// The lines of those that begin as comments do.
    pub(crate) like_comments: Vec<usize>,
    /// Of the columns of numbers those with some that are 0 in single precision alone.
    pub(crate) underflows: Vec<Underflow>,
}

impl TableRows {
    /// What the user should know of them, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let encoding = self.is_windows_1252.then(|| IS_WINDOWS_1252.to_owned());
        let underflows = self.underflows.iter().map(Underflow::warning);
        encoding.into_iter().chain(comment_warning(&self.like_comments)).chain(underflows).collect()
    }
}

/// The lines of a few rows that begin with `#`, as comments do; where many do, as colors and hashtags, it is how values are written.
pub(crate) fn like_comments(sheet: &Sheet) -> Vec<usize> {
    const ONE_IN: usize = 4;
    let has_value = |row: &&usize| !is_missing(&sheet.field(**row, 0));
    let lines: Vec<usize> = sheet.hashed().iter().filter(has_value).map(|row| sheet.line(*row)).collect();
    if lines.len() * ONE_IN <= sheet.rows() { lines } else { Vec::new() }
}

/// What the user should know of such lines, if there are any.
pub(crate) fn comment_warning(lines: &[usize]) -> Option<String> {
    const MOST: usize = 5;
    let numbers: Vec<String> = lines.iter().map(usize::to_string).collect();
    let (lines, begin, are, it) = match lines {
        [] => return None,
        [_] => ("line", "begins", "is read as a row", "it is a comment"),
        _ => ("lines", "begin", "are read as rows", "they are comments"),
    };
    Some(format!(
        "warning: {lines} {} {begin} with # as a comment does, and {are}; delete what is there if {it}, or put the first field into \
         quotation marks",
        listed(&numbers, MOST)
    ))
}

/// All rows with what is to be predicted of them: the class among `class_names`, or a number where there are none.
///
/// # Errors
/// If a column is missing, or a row has what the format does not allow, with the line.
pub fn load(path: &Path, format: &TableFormat, class_names: &[String]) -> Result<Examples, TableError> {
    Ok(examples(path, format, class_names)?)
}

fn examples(path: &Path, format: &TableFormat, class_names: &[String]) -> Result<Examples> {
    let reader = Reader::new(path, format, true)?;
    let rows = reader.rows()?;
    let sources = Sources::Lines(rows.iter().map(|row| row.line).collect());
    let values = rows.into_iter().flat_map(|row| row.values).collect();
    let inputs = Inputs::Table(Table { columns: format.columns(), values });
    let (label, places) = (&format.label, 0..reader.sheet.rows());
    let position = reader.sheet.position(label, &reader.wanted)?;
    reader.check_precision(class_names.is_empty().then_some(position))?;
    if class_names.is_empty() {
        let sign = reader.sign;
        let number = |row| match is_missing(&reader.sheet.field(row, position)) {
            true => Err(missing_label(&reader.sheet, row, position, label)),
            false => reader.sheet.number::<f32>(row, position, label, sign),
        };
        return Ok(Examples::of_numbers(inputs, places.map(number).collect::<Result<_>>()?).with_sources(sources));
    }
    let class = |row| {
        let name = reader.sheet.field(row, position);
        match class_names.iter().position(|known| *known == name) {
            Some(class) => Ok(class as u8),
            None if is_missing(&name) => Err(missing_label(&reader.sheet, row, position, label)),
            None => Err(anyhow!(unknown(&reader.sheet, row, label, &name, class_names))),
        }
    };
    Ok(Examples::of_classes(inputs, places.map(class).collect::<Result<_>>()?).with_sources(sources))
}

/// All rows as the model takes them; NaN for what is missing and may be. The column to predict need not be there.
///
/// # Errors
/// As [`load`].
pub fn rows(path: &Path, format: &TableFormat) -> Result<TableRows, TableError> {
    let reader = Reader::new(path, format, false)?;
    let mut positions = reader.positions.iter().chain(&reader.categories);
    let is_windows_1252 = !positions.all(|position| reader.sheet.is_utf8(*position));
    let columns = reader.positions.iter().map(|position| Column::new(&reader.sheet, *position));
    let underflows = columns.filter_map(|column| underflow(column.name(), column.fields(), reader.sign)).collect();
    Ok(TableRows { rows: reader.rows()?, is_windows_1252, like_comments: like_comments(&reader.sheet), underflows })
}

/// The error about a row without a label.
pub(crate) fn missing_label(sheet: &Sheet, row: usize, position: usize, label: &str) -> Error {
    let (path, line, field) = (sheet.path(), sheet.line(row), sheet.field(row, position));
    let (found, rename) = (mark(&field), if field.is_empty() { "" } else { ", call it otherwise" });
    anyhow!(
        "{path}:{line}: {label} is missing{found}, and it is what is to be predicted; fill it in{rename} or delete the row"
    )
}

/// What stands there for a missing value, unless it is nothing.
fn mark(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!(" ({field:?} counts as missing)") }
}

/// A table on its way through a format.
struct Reader<'a> {
    sheet: Sheet,
    format: &'a TableFormat,
    wanted: Vec<String>,
    /// Of the columns of numbers.
    positions: Vec<usize>,
    /// Of the columns of categories.
    categories: Vec<usize>,
    sign: DecimalSign,
}

impl<'a> Reader<'a> {
    fn new(path: &Path, format: &'a TableFormat, with_label: bool) -> Result<Self> {
        let label = with_label.then(|| format.label.clone());
        let wanted: Vec<String> = format.sources().into_iter().chain(label).collect();
        let sheet = Sheet::read(path, &wanted, |_| None)?;
        let place = |column: &String| sheet.position(column, &wanted);
        let positions = format.numbers.iter().map(place).collect::<Result<Vec<_>>>()?;
        let categories = format.categories.iter().map(|of| place(&of.column)).collect::<Result<Vec<_>>>()?;
        // A number to predict is written as the others are.
        let label = with_label.then(|| place(&format.label)).transpose()?;
        let signed: Vec<usize> = positions.iter().copied().chain(label).collect();
        let sign = sheet.decimal_sign(&signed)?;
        Ok(Reader { sheet, format, wanted, positions, categories, sign })
    }

    /// Of the columns of numbers, and of a `target` that is one.
    fn check_precision(&self, target: Option<usize>) -> Result<()> {
        let mut positions = self.positions.iter().copied().chain(target);
        positions.try_for_each(|position| Column::new(&self.sheet, position).check_precision(self.sign))
    }

    fn rows(&self) -> Result<Vec<TableRow>> {
        (0..self.sheet.rows())
            .map(|row| Ok(TableRow { line: self.sheet.line(row), values: self.values(row)? }))
            .collect()
    }

    fn values(&self, row: usize) -> Result<Vec<f32>> {
        let mut values = Vec::new();
        for (position, column) in self.positions.iter().zip(&self.format.numbers) {
            values.push(match self.is_missing(row, *position, column)? {
                true => f32::NAN,
                false => self.sheet.number(row, *position, column, self.sign)?,
            });
        }
        for (position, CategoryColumn { column, values: known }) in self.categories.iter().zip(&self.format.categories)
        {
            let found = self.sheet.field(row, *position);
            let index = known.iter().position(|value| *value == found);
            if index.is_none() && self.is_missing(row, *position, column)? {
                values.extend(known.iter().map(|_| f32::NAN));
                continue;
            }
            let index = index.with_context(|| unknown(&self.sheet, row, column, &found, known))?;
            values.extend((0..known.len()).map(|of| f32::from(u8::from(of == index))));
        }
        Ok(values)
    }

    fn is_missing(&self, row: usize, position: usize, column: &str) -> Result<bool> {
        let field = self.sheet.field(row, position);
        let is_missing = is_missing(&field);
        if is_missing && self.format.missing == Missing::Refuse {
            let (path, line, found) = (self.sheet.path(), self.sheet.line(row), mark(&field));
            bail!(
                "{path}:{line}: {column} is missing{found}; fill it in, or train with data.files.format.table.missing = \"mean\" or \
                 \"median\""
            );
        }
        Ok(is_missing)
    }
}

/// A category or class that training has not seen.
fn unknown(sheet: &Sheet, row: usize, column: &str, found: &str, known: &[String]) -> String {
    const MOST: usize = 12;
    let alike =
        look_alike(found, known.iter().map(String::as_str)).map(|alike| format!("; {alike}")).unwrap_or_default();
    let (path, line, found) = (sheet.path(), sheet.line(row), shown(found.as_bytes()));
    format!("{path}:{line}: {column} is {found}, expected one of {}{alike}", listed(known, MOST))
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "number_tests.rs"]
mod number_tests;
