//! What a table that nobody has described holds.

use crate::TableError;
use crate::column::{Column, ColumnKind};
use crate::encode::{is_missing, present};
use crate::sheet::{Sheet, shown};
use anyhow::{Context, Result, bail};
use std::collections::HashSet;
use std::path::Path;
use zoo_core::nearest;
use zoo_recipe::{CategoryColumn, Missing, TableFormat};

/// Whole numbers that differ more often than this are numbers, not classes.
const MOST_NUMBERED_CLASSES: usize = 20;

/// Labels are bytes.
const MOST_CLASSES: usize = 256;

/// A table, and what was found in it.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundTable {
    /// As its user has named it.
    pub file: String,
    /// For the recipe.
    pub format: TableFormat,
    /// The classes in order with the examples of each; none where the target is a number.
    pub classes: Vec<(String, usize)>,
    /// The smallest and the largest target, where it is a number.
    pub range: Option<[f32; 2]>,
    /// Rows below the header.
    pub rows: usize,
    /// Columns left out, and why; one without a name by its number, such as `column 1`.
    pub left_out: Vec<(String, String)>,
    /// Rows that are there before, label and all.
    pub duplicates: usize,
    /// Values that are missing.
    pub missing: usize,
    /// Whether columns that are used are not UTF-8, and so were read as Windows-1252.
    pub is_windows_1252: bool,
}

/// Looks at the table in `path`, of which the column `label` is to be predicted.
///
/// # Errors
/// If it is no table, has no such column or one twice, a number is none, there are no two classes of two examples each, or no column is of
/// use.
pub fn look(path: &Path, label: Option<&str>) -> Result<FoundTable, TableError> {
    Ok(found(path, label)?)
}

fn found(path: &Path, label: Option<&str>) -> Result<FoundTable> {
    let wanted: Vec<String> = label.map(str::to_owned).into_iter().collect();
    let sheet = Sheet::read(path, &wanted, |_| None)?;
    check_names(&sheet)?;
    let label = label_position(&sheet, label)?;
    let columns = (0..sheet.names().len()).map(|position| Column { sheet: &sheet, position });
    let digits: Vec<usize> =
        columns.clone().filter(|column| column.is_of_digits()).map(|column| column.position).collect();
    let sign = sheet.decimal_sign(&digits)?;

    let mut format = TableFormat {
        label: sheet.names()[label].clone(),
        missing: Missing::Refuse,
        left_out: Vec::new(),
        numbers: Vec::new(),
        categories: Vec::new(),
    };
    let mut left_out = Vec::new();
    for column in columns.filter(|column| column.position != label) {
        let name = sheet.names()[column.position].clone();
        match column.kind(sign)? {
            ColumnKind::Numbers => format.numbers.push(name),
            ColumnKind::Categories(values) => format.categories.push(CategoryColumn { column: name, values }),
            ColumnKind::LeftOut(why) if name.is_empty() => {
                left_out.push((format!("column {}", column.position + 1), why));
            }
            ColumnKind::LeftOut(why) => {
                format.left_out.push(name.clone());
                left_out.push((name, why));
            }
        }
    }
    if format.columns().is_empty() {
        let (path, label) = (sheet.path(), &format.label);
        match reasons(&left_out) {
            none if none.is_empty() => bail!("{path} has no column beside {label}; add some to learn from"),
            reasons => bail!("{path} has no column to learn from beside {label}; left out are {reasons}"),
        }
    }
    let column = Column { sheet: &sheet, position: label };
    let range = target_range(column.numbers(sign)?);
    if range.is_some() {
        column.check_precision(sign)?;
    }
    let classes = if range.is_some() { Vec::new() } else { classes(&sheet, column)? };
    let missing = missing(&sheet, &format)?;
    if missing > 0 {
        format.missing = Missing::Median;
    }
    let file = sheet.path().to_owned();
    let is_windows_1252 = !is_utf8(&sheet, &format);
    Ok(FoundTable {
        file,
        format,
        classes,
        range,
        rows: sheet.rows(),
        left_out,
        duplicates: duplicates(&sheet),
        missing,
        is_windows_1252,
    })
}

impl FoundTable {
    /// What was found, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let FoundTable { file, format, classes, range, rows, left_out, duplicates, missing, is_windows_1252 } = self;
        let label = &format.label;
        let mut said = vec![match range {
            Some([least, most]) => {
                format!("{file}: {rows} rows; {label} is a number from {least} to {most}, so this is regression")
            }
            None => {
                let counts: Vec<String> = classes.iter().map(|(name, examples)| format!("{name} {examples}")).collect();
                format!("{file}: {rows} rows; {label} has {} classes ({})", classes.len(), counts.join(", "))
            }
        }];
        let categories: Vec<String> =
            format.categories.iter().map(|of| format!("{} ({})", of.column, of.values.join(", "))).collect();
        let of_categories =
            if categories.is_empty() { String::new() } else { format!("; of categories: {}", categories.join("; ")) };
        said.push(format!("columns of numbers: {}{of_categories}", listed(&format.numbers)));
        if !left_out.is_empty() {
            said.push(format!("left out: {}", reasons(left_out)));
        }
        if *is_windows_1252 {
            said.push("read as Windows-1252, as it is not UTF-8".to_string());
        }
        if *missing > 0 {
            said.push(format!(
                "{} missing: the training split's median stands in",
                counted(*missing, "value is", "values are")
            ));
        }
        if *duplicates > 0 {
            let rows = counted(*duplicates, "row repeats", "rows repeat");
            said.push(format!("warning: {rows} an earlier one, so test may hold what training has seen"));
        }
        let counts = || classes.iter().map(|(_, examples)| *examples);
        if let (Some(least), Some(most)) = (counts().min(), counts().max())
            && most >= 10 * least
        {
            said.push(format!("warning: the largest class has {most} examples and the smallest {least}: look at balanced accuracy or recall"));
        }
        said
    }
}

fn reasons(left_out: &[(String, String)]) -> String {
    left_out.iter().map(|(name, why)| format!("{name} ({why})")).collect::<Vec<_>>().join(", ")
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_string() } else { names.join(", ") }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
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
    let all = || names.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(", ");
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

/// From where to where the targets go, unless they are texts or whole numbers that are few and repeat: classes.
fn target_range(numbers: Option<Vec<f64>>) -> Option<[f32; 2]> {
    let numbers = numbers?;
    let distinct: HashSet<u64> = numbers.iter().map(|number| number.to_bits()).collect();
    let is_few = distinct.len() <= MOST_NUMBERED_CLASSES && distinct.len() * 10 < numbers.len() * 9;
    let is_numbered = is_few && numbers.iter().all(|number| number.fract() == 0.0);
    let ends = || Some([numbers.iter().copied().reduce(f64::min)?, numbers.iter().copied().reduce(f64::max)?]);
    let range = || Some(ends()?.map(|end| end as f32));
    if is_numbered || distinct.len() < 3 { None } else { range() }
}

/// The classes with the examples of each: numbers by size, texts by the alphabet.
fn classes(sheet: &Sheet, column: Column<'_>) -> Result<Vec<(String, usize)>> {
    let (path, label) = (sheet.path(), &sheet.names()[column.position]);
    let mut names = column.distinct();
    column.check_texts(&names)?;
    let number = |name: &String| name.parse::<f64>().ok();
    if names.iter().all(|name| number(name).is_some()) {
        names.sort_by(|left, right| number(left).unwrap_or(0.0).total_cmp(&number(right).unwrap_or(0.0)));
    }
    let mut counts = vec![0; names.len()];
    for row in 0..sheet.rows() {
        let name = present(sheet, row, column.position, label)?;
        let class = names.iter().position(|known| *known == name).expect("every value is one of those that differ");
        counts[class] += 1;
    }
    let classes: Vec<(String, usize)> = names.into_iter().zip(counts).collect();
    match classes.as_slice() {
        [(one, _)] => {
            bail!("{path}: {label} is {one:?} in every row; there is nothing to tell apart, so choose another --label")
        }
        many if many.len() > MOST_CLASSES => bail!(
            "{path}: {label} has {} classes, expected at most {MOST_CLASSES}; choose another --label or put rare ones together",
            many.len()
        ),
        _ => {}
    }
    if let Some((name, _)) = classes.iter().find(|(_, examples)| *examples < 2) {
        bail!(
            "{path}: the class {name:?} of {label} has 1 example, expected at least 2, as it is in training and test; add some or delete it"
        );
    }
    Ok(classes)
}

/// Whether the columns that are used are UTF-8, names and all.
fn is_utf8(sheet: &Sheet, format: &TableFormat) -> bool {
    let (names, sources) = (sheet.names(), format.sources());
    let is_used = |name: &String| *name == format.label || sources.contains(name);
    (0..names.len()).all(|position| !is_used(&names[position]) || sheet.is_utf8(position))
}

/// The values that are missing in columns that are used.
fn missing(sheet: &Sheet, format: &TableFormat) -> Result<usize> {
    let sources = format.sources();
    let positions = sources.iter().map(|column| sheet.position(column, &sources)).collect::<Result<Vec<_>>>()?;
    let of_row = |row| positions.iter().filter(|position| is_missing(&sheet.field(row, **position))).count();
    Ok((0..sheet.rows()).map(of_row).sum())
}

/// The rows that are there before.
fn duplicates(sheet: &Sheet) -> usize {
    let row = |row| (0..sheet.names().len()).map(|position| sheet.field(row, position)).collect::<Vec<_>>();
    let distinct: HashSet<_> = (0..sheet.rows()).map(row).collect();
    sheet.rows() - distinct.len()
}
