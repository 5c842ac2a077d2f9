//! Looks at a table that nobody has described.

use crate::TableError;
use crate::column::{Column, ColumnKind};
use crate::decimal::DecimalSign;
use crate::encode::{like_comments, missing_label};
use crate::found::{FoundTable, reasons};
use crate::sheet::Sheet;
use crate::target::{MOST_CLASSES, TargetColumn, TargetKind, ends, is_one, is_value, other_kind, target_numbers};
use crate::text::{MOST_LISTED, shown};
use crate::underflow::underflow;
use crate::unit::like_numbers;
use anyhow::{Context, Error, Result, anyhow, bail};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use zoo_core::{LEAST_OF_A_CLASS, listed, nearest};
use zoo_recipe::{CategoryColumn, Missing, TableFormat};

/// Looks at the table in `path`, of which the column `label` is to be predicted: texts and few whole numbers are classes.
///
/// # Errors
/// As [`look_as`].
pub fn look(path: &Path, label: Option<&str>) -> Result<FoundTable, TableError> {
    look_as(path, label.map(TargetColumn::from))
}

/// The same where it may be said what the column holds.
///
/// # Errors
/// If it is no table, has no such column or one twice, a number is none, there are no two classes of two examples each, or no column is of
/// use.
pub fn look_as(path: &Path, target: Option<TargetColumn<'_>>) -> Result<FoundTable, TableError> {
    Ok(found(path, target)?)
}

fn found(path: &Path, target: Option<TargetColumn<'_>>) -> Result<FoundTable> {
    let (label, kind) = (target.map(|target| target.name), target.and_then(|target| target.kind));
    let wanted: Vec<String> = label.map(str::to_owned).into_iter().collect();
    let sheet = Sheet::read(path, &wanted, |_| None)?;
    check_names(&sheet)?;
    let label = label_position(&sheet, label)?;
    let columns: Vec<Column<'_>> = (0..sheet.names().len()).map(|position| Column::new(&sheet, position)).collect();
    let digits: Vec<usize> =
        columns.iter().filter(|column| column.is_of_digits()).map(|column| column.position).collect();
    let sign = sheet.decimal_sign(&digits)?;

    let mut format = TableFormat {
        label: sheet.names()[label].clone(),
        missing: Missing::Refuse,
        left_out: Vec::new(),
        numbers: Vec::new(),
        categories: Vec::new(),
    };
    let others = columns.iter().filter(|column| column.position != label);
    let Others { left_out, mut texts } = sorted(others, sign, &mut format)?;
    check_any_column(sheet.path(), &format, &left_out)?;
    let column = columns[label];
    let numbers = target_numbers(column, sign, kind)?;
    if numbers.is_none() && kind.is_none() {
        texts.push(column);
    }
    // However it is spelled; a user who says that they are classes has its spellings told apart.
    if kind != Some(TargetKind::Classes) {
        check_not_one(column, numbers.as_deref(), sign)?;
    }
    let range = numbers.as_deref().filter(|numbers| is_value(numbers, kind)).and_then(ends);
    if range.is_some() {
        column.check_precision(sign)?;
    }
    let may_be = if kind.is_none() { other_kind(numbers.as_deref(), range.is_some()) } else { None };
    let like_numbers =
        texts.into_iter().filter_map(|column| Some((column.name().to_owned(), like_numbers(column, sign)?)));
    let like_numbers: Vec<(String, String)> = like_numbers.collect();
    let classes = if range.is_some() { Vec::new() } else { classes(&sheet, column, sign)? };
    let is_number = |column: &&Column<'_>| match column.position == label {
        true => range.is_some(),
        false => format.numbers.iter().any(|name| name == column.name()),
    };
    let underflows =
        columns.iter().filter(is_number).filter_map(|column| underflow(column.name(), column.fields(), sign)).collect();
    let sources = format.sources();
    let used = columns.iter().filter(|column| sources.iter().any(|source| source == column.name()));
    let marks: Vec<Cow<'_, str>> = used.flat_map(|column| column.missing()).collect();
    if !marks.is_empty() {
        format.missing = Missing::Median;
    }
    let file = sheet.path().to_owned();
    let is_windows_1252 = !is_utf8(&sheet, &format);
    Ok(FoundTable {
        file,
        format,
        classes,
        range,
        may_be,
        comments: sheet.comments(),
        like_comments: like_comments(&sheet),
        rows: sheet.rows(),
        left_out,
        duplicates: duplicates(&sheet),
        missing: marks.len(),
        missing_marks: distinct(&marks),
        like_numbers,
        underflows,
        is_windows_1252,
    })
}

/// Columns that are not plain numbers.
#[derive(Default)]
struct Others<'a> {
    /// Those without use, and why.
    left_out: Vec<(String, String)>,
    /// Those of texts, whether or not they are of use.
    texts: Vec<Column<'a>>,
}

/// Puts the columns into the format by what they are good for.
fn sorted<'a: 'b, 'b>(
    columns: impl Iterator<Item = &'b Column<'a>>,
    sign: DecimalSign,
    format: &mut TableFormat,
) -> Result<Others<'a>> {
    let mut others = Others::default();
    for column in columns {
        let name = column.name().to_owned();
        let why = match column.kind(sign)? {
            ColumnKind::Numbers => {
                format.numbers.push(name);
                continue;
            }
            ColumnKind::Categories(values) => {
                others.texts.push(*column);
                format.categories.push(CategoryColumn { column: name, values });
                continue;
            }
            ColumnKind::Texts(different) => {
                others.texts.push(*column);
                let why = like_numbers(*column, sign).map(|why| format!(", {why}")).unwrap_or_default();
                format!("it holds {different} different texts{why}")
            }
            ColumnKind::LeftOut(why) => why,
        };
        if name.is_empty() {
            others.left_out.push((format!("column {}", column.position + 1), why));
        } else {
            format.left_out.push(name.clone());
            others.left_out.push((name, why));
        }
    }
    Ok(others)
}

/// Every name once and printable; a nameless column is none.
fn check_names(sheet: &Sheet) -> Result<()> {
    let names = sheet.names();
    for (second, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if name.contains(char::is_control) {
            let (path, name, column) = (sheet.path(), shown(name.as_bytes()), second + 1);
            bail!("{path}: the header names column {column} {name}, which holds a control character; rename it");
        }
        if let Some(first) = names[..second].iter().position(|other| other == name) {
            let (path, first, second) = (sheet.path(), first + 1, second + 1);
            bail!("{path}: the header names {name:?} twice, in columns {first} and {second}; rename one of them");
        }
    }
    Ok(())
}

fn label_position(sheet: &Sheet, label: Option<&str>) -> Result<usize> {
    let (path, names) = (sheet.path(), sheet.names());
    let all = || listed(&names.iter().filter(|name| !name.is_empty()).collect::<Vec<_>>(), MOST_LISTED);
    let label =
        label.with_context(|| format!("name the column of {path} to predict with --label; it has {}", all()))?;
    if let Some(position) = names.iter().position(|name| name == label) {
        return Ok(position);
    }
    if names.iter().any(|name| name.parse::<f64>().is_ok()) {
        bail!("{path} has no column {label:?}: its first line holds values; put a line with the names above it");
    }
    let hint = match nearest(label, names.iter().map(String::as_str)).as_slice() {
        [] => format!("it has {}", all()),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    bail!("{path} has no column {label:?}; {hint}")
}

/// Refuses a table that has nothing to learn from.
fn check_any_column(path: &str, format: &TableFormat, left_out: &[(String, String)]) -> Result<()> {
    if !format.columns().is_empty() {
        return Ok(());
    }
    let label = &format.label;
    match reasons(left_out) {
        none if none.is_empty() => bail!("{path} has no column beside {label}; add some to learn from"),
        reasons => bail!("{path} has no column to learn from beside {label}; left out are {reasons}"),
    }
}

/// Refuses to predict numbers that are one, however each is written, or that have become one, as all are too small.
fn check_not_one(column: Column<'_>, numbers: Option<&[f64]>, sign: DecimalSign) -> Result<()> {
    let Some((_, one)) = column.fields().next() else { return Ok(()) };
    if !numbers.is_some_and(is_one) || column.missing().next().is_some() {
        return Ok(());
    }
    let other = column.fields().find(|(_, field)| *field != one).map(|(_, other)| shown(other.as_bytes()));
    if other.is_some() {
        column.check_precision(sign)?;
    }
    let hint =
        other.map(|other| format!(", or have other ways to write it, such as {other}, told apart by --target classes"));
    Err(nothing_to_tell_apart(column.path(), column.name(), &one, &hint.unwrap_or_default()))
}

/// The classes with the examples of each: numbers by size, texts by the alphabet.
fn classes(sheet: &Sheet, column: Column<'_>, sign: DecimalSign) -> Result<Vec<(String, usize)>> {
    let (path, label) = (sheet.path(), &sheet.names()[column.position]);
    let mut names = column.distinct();
    column.check_texts(&names)?;
    let number = |name: &String| name.parse::<f64>().ok();
    let is_numeric = names.iter().all(|name| number(name).is_some());
    if is_numeric {
        names.sort_by(|left, right| number(left).unwrap_or(0.0).total_cmp(&number(right).unwrap_or(0.0)));
    }
    let mut counts = vec![0; names.len()];
    for row in 0..sheet.rows() {
        let name = sheet.field(row, column.position);
        match names.iter().position(|known| *known == name) {
            Some(class) => counts[class] += 1,
            None => return Err(missing_label(sheet, row, column.position, label)),
        }
    }
    let classes: Vec<(String, usize)> = names.into_iter().zip(counts).collect();
    let hint = || match like_numbers(column, sign) {
        Some(why) => format!(" ({label} is read as classes, {why})"),
        None if is_numeric => ", or predict the numbers themselves by --target value".to_owned(),
        None => String::new(),
    };
    match classes.as_slice() {
        [(one, _)] => return Err(nothing_to_tell_apart(path, label, one, "")),
        many if many.len() > MOST_CLASSES => bail!(
            "{path}: {label} has {} classes, expected at most {MOST_CLASSES}; choose another --label or put rare ones together{}",
            many.len(),
            hint()
        ),
        _ => {}
    }
    if let Some((name, _)) = classes.iter().find(|(_, examples)| *examples < 2) {
        bail!(
            "{path}: the class {} of {label} has 1 example, expected at least {LEAST_OF_A_CLASS}, for training, validation and test; add some \
             or delete it{}",
            shown(name.as_bytes()),
            hint()
        );
    }
    Ok(classes)
}

/// The error about a column to predict that holds one value alone, and what may be done besides.
fn nothing_to_tell_apart(path: &str, label: &str, one: &str, hint: &str) -> Error {
    let one = shown(one.as_bytes());
    anyhow!("{path}: {label} is {one} in every row; there is nothing to tell apart, so choose another --label{hint}")
}

/// Whether the columns that are used are UTF-8, names and all.
fn is_utf8(sheet: &Sheet, format: &TableFormat) -> bool {
    let (names, sources) = (sheet.names(), format.sources());
    let is_used = |name: &String| *name == format.label || sources.contains(name);
    (0..names.len()).all(|position| !is_used(&names[position]) || sheet.is_utf8(position))
}

/// Each of the marks once, but for nothing at all.
fn distinct(marks: &[Cow<'_, str>]) -> Vec<String> {
    let distinct: BTreeSet<&str> = marks.iter().map(|mark| &**mark).filter(|mark| !mark.is_empty()).collect();
    distinct.into_iter().map(str::to_owned).collect()
}

/// The rows that are there before.
fn duplicates(sheet: &Sheet) -> usize {
    let row = |row| (0..sheet.names().len()).map(|position| sheet.field(row, position)).collect::<Vec<_>>();
    let distinct: HashSet<_> = (0..sheet.rows()).map(row).collect();
    sheet.rows() - distinct.len()
}
