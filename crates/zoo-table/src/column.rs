//! What one column of a table holds.

use crate::decimal::{DecimalSign, is_numeric};
use crate::fill::is_missing;
use crate::sheet::{Sheet, number_in_words};
use crate::text::shown;
use crate::underflow::is_lost;
use anyhow::{Result, bail};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Texts that differ more often than this are no categories.
const MOST_CATEGORIES: usize = 50;

/// Numbers in single precision that are spread over so many steps tell rows apart well enough.
const FINE_STEPS: f64 = 10_000.0;

/// A column of smaller numbers than this may have a standard deviation that single precision has not.
pub const LEAST_MAGNITUDE: f64 = 1e-35;

/// What a column is good for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColumnKind {
    Numbers,
    /// The categories, in order.
    Categories(Vec<String>),
    /// Texts, so many that they are no categories.
    Texts(usize),
    /// Nothing, and why.
    LeftOut(String),
}

/// A column of a table.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a> {
    sheet: &'a Sheet,
    pub(crate) position: usize,
    /// Beside `+` a minus is a value, as in results of tests.
    has_plus: bool,
}

impl<'a> Column<'a> {
    pub(crate) fn new(sheet: &'a Sheet, position: usize) -> Self {
        let has_plus = (0..sheet.rows()).any(|row| sheet.field(row, position) == "+");
        Self { sheet, position, has_plus }
    }

    /// The rows that have a value, and the values.
    pub(crate) fn fields(self) -> impl Iterator<Item = (usize, Cow<'a, str>)> {
        let fields = (0..self.sheet.rows()).map(move |row| (row, self.sheet.field(row, self.position)));
        fields.filter(move |(_, field)| !self.is_missing(field))
    }

    /// The fields that stand for a value that is not there.
    pub(crate) fn missing(self) -> impl Iterator<Item = Cow<'a, str>> {
        let fields = (0..self.sheet.rows()).map(move |row| self.sheet.field(row, self.position));
        fields.filter(move |field| self.is_missing(field))
    }

    fn is_missing(self, field: &str) -> bool {
        is_missing(field) && !(self.has_plus && field == "-")
    }

    /// The file.
    pub(crate) fn path(self) -> &'a str {
        self.sheet.path()
    }

    pub(crate) fn name(self) -> &'a str {
        &self.sheet.names()[self.position]
    }

    /// The values that differ, in order.
    pub(crate) fn distinct(self) -> Vec<String> {
        let texts: BTreeSet<Cow<'a, str>> = self.fields().map(|(_, field)| field).collect();
        texts.into_iter().map(Cow::into_owned).collect()
    }

    /// Whether most values are written with digits, so that they tell the table's decimal sign.
    pub(crate) fn is_of_digits(self) -> bool {
        let (all, digits) =
            self.fields().fold((0, 0), |(all, digits), (_, field)| (all + 1, digits + usize::from(is_numeric(&field))));
        all > 0 && digits * 10 >= all * 9
    }

    /// All numbers of a column to learn from, or `None` if the values are texts.
    ///
    /// # Errors
    /// If one in ten or fewer is no number: that is a mistake in the table rather than a text.
    pub(crate) fn numbers(self, sign: DecimalSign) -> Result<Option<Vec<f64>>> {
        self.numbers_or(sign, "correct it, or leave it empty if the value is missing")
    }

    /// The same of the column to predict, which has to have a value in every row.
    ///
    /// # Errors
    /// As [`numbers`](Self::numbers).
    pub(crate) fn targets(self, sign: DecimalSign) -> Result<Option<Vec<f64>>> {
        self.numbers_or(sign, "correct it, or delete the row")
    }

    /// The numbers of a column to predict whose user says that it holds numbers.
    ///
    /// # Errors
    /// If one is none.
    pub(crate) fn all_targets(self, sign: DecimalSign) -> Result<Vec<f64>> {
        let number = |(row, field): (usize, Cow<'_, str>)| match sign.parse::<f64>(&field) {
            Some(number) if (number as f32).is_finite() => Ok(number),
            _ => {
                let (path, line, found) = (self.sheet.path(), self.sheet.line(row), shown(field.as_bytes()));
                bail!(
                    "{path}:{line}: {} is {found}, expected {}, as --target value says; correct it, delete the row, or leave --target out",
                    self.name(),
                    number_in_words(&field, sign)
                )
            }
        };
        self.fields().map(number).collect()
    }

    /// With what to do where a value is wrong.
    fn numbers_or(self, sign: DecimalSign, remedy: &str) -> Result<Option<Vec<f64>>> {
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for (row, field) in self.fields() {
            match sign.parse::<f64>(&field) {
                Some(number) if (number as f32).is_finite() => numbers.push(number),
                _ => texts.push((row, field)),
            }
        }
        match texts.first() {
            None => Ok(Some(numbers)),
            Some((row, field)) if texts.len() * 10 <= numbers.len() + texts.len() => {
                let (path, line, found) = (self.sheet.path(), self.sheet.line(*row), shown(field.as_bytes()));
                let (count, expected) = (numbers.len(), number_in_words(field, sign));
                bail!(
                    "{path}:{line}: {} is {found}, expected {expected}, as {count} other rows have; {remedy}",
                    self.name()
                )
            }
            Some(_) => Ok(None),
        }
    }

    /// Refuses numbers of which many become equal in single precision, as milliseconds since 1970 do. Fractions such as those of 0.3 and
    /// 0.1 + 0.2 may: they are small beside the column's range. Refuses numbers that are too small for it, too.
    ///
    /// # Errors
    /// If the numbers are so.
    pub(crate) fn check_precision(self, sign: DecimalSign) -> Result<()> {
        let parsed = self.fields().filter_map(|(_, field)| sign.parse::<f64>(&field));
        let mut numbers: Vec<f64> = parsed.filter(|number| number.is_finite()).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        self.check_magnitudes(&numbers, sign)?;
        let [least, .., most] = numbers.as_slice() else { return Ok(()) };
        let mut singles: Vec<f32> = numbers.iter().map(|number| *number as f32).collect();
        singles.dedup();
        let step = f64::from(f32::EPSILON) * least.abs().max(most.abs());
        let (different, kept) = (numbers.len(), singles.len());
        if most - least >= FINE_STEPS * step || kept * 10 >= different * 9 {
            return Ok(());
        }
        let (path, name) = (self.sheet.path(), self.name());
        bail!(
            "{path}: the numbers of {name} are too large beside their differences: single precision, in which models take them, keeps {kept} \
             of {different} apart; subtract a starting value from all of them, such as {least}, or delete the column"
        )
    }

    /// Refuses numbers of which many become 0 in single precision, or that all nearly do.
    fn check_magnitudes(self, numbers: &[f64], sign: DecimalSign) -> Result<()> {
        let distinct = self.distinct();
        let lost: Vec<&String> = distinct.iter().filter(|field| is_lost(field, sign)).collect();
        let largest = numbers.iter().fold(0.0, |largest, number| f64::max(largest, number.abs()));
        let found = match lost.first() {
            Some(example) if lost.len() * 10 > distinct.len() => {
                format!("{} of {} become 0 there, such as {}", lost.len(), distinct.len(), shown(example.as_bytes()))
            }
            _ if numbers.len() > 1 && largest < LEAST_MAGNITUDE => {
                format!("the largest is {largest:e}, expected at least {LEAST_MAGNITUDE:e}")
            }
            _ => return Ok(()),
        };
        bail!(
            "{}: the numbers of {} are too small for single precision, in which models take them: {found}; write them in another unit, or \
             delete the column",
            self.sheet.path(),
            self.name()
        )
    }

    /// Refuses texts that no file of a model can hold as names.
    ///
    /// # Errors
    /// If there is a control character.
    pub(crate) fn check_texts(self, texts: &[String]) -> Result<()> {
        let Some(text) = texts.iter().find(|text| text.contains(char::is_control)) else { return Ok(()) };
        let row = (0..self.sheet.rows()).find(|row| self.sheet.field(*row, self.position) == text.as_str());
        let (path, line, text) = (self.sheet.path(), self.sheet.line(row.unwrap_or(0)), shown(text.as_bytes()));
        bail!("{path}:{line}: {} is {text}, which holds a control character; correct it", self.name())
    }

    /// What the column is good for.
    ///
    /// # Errors
    /// As [`numbers`](Self::numbers), [`check_precision`](Self::check_precision) and [`check_texts`](Self::check_texts).
    pub(crate) fn kind(self, sign: DecimalSign) -> Result<ColumnKind> {
        let left_out = |why: &str| Ok(ColumnKind::LeftOut(why.to_string()));
        let distinct = self.distinct();
        match distinct.as_slice() {
            _ if self.name().is_empty() => return left_out("it has no name"),
            [] => return left_out("it has no values"),
            [one] => return left_out(&format!("it is always {}", shown(one.as_bytes()))),
            _ if is_id(self.name()) => return left_out("its name is that of an id"),
            _ => {}
        }
        match self.numbers(sign)? {
            Some(numbers) if counts_rows(&numbers) => left_out("it counts the rows"),
            Some(_) => self.check_precision(sign).map(|()| ColumnKind::Numbers),
            None if distinct.len() > MOST_CATEGORIES.min(self.sheet.rows() / 2) => {
                Ok(ColumnKind::Texts(distinct.len()))
            }
            None => self.check_texts(&distinct).map(|()| ColumnKind::Categories(distinct)),
        }
    }
}

/// `id`, `patient_id`, `PassengerId`, and what pandas calls a nameless column.
fn is_id(name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_camel = || {
        let stem = name.strip_suffix("Id").or_else(|| name.strip_suffix("ID"));
        stem.is_some_and(|stem| stem.ends_with(|last: char| last.is_lowercase()))
    };
    let is_named = ["id", "index", "uuid", "unnamed: 0"].contains(&lower.as_str());
    is_named || lower.ends_with("_id") || lower.ends_with(" id") || is_camel()
}

/// Whether they are consecutive whole numbers, each once.
fn counts_rows(numbers: &[f64]) -> bool {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    numbers.len() > 2
        && sorted.iter().all(|number| number.fract() == 0.0)
        && sorted.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_known_by_their_names() {
        for name in ["id", "ID", "patient_id", "PassengerId", "Unnamed: 0", "customer ID"] {
            assert!(is_id(name), "{name:?}");
        }
        for name in ["width", "acid", "humid", "paid", "fluid_ml", "GRID", "liquid"] {
            assert!(!is_id(name), "{name:?}");
        }
    }

    #[test]
    fn what_counts_is_whole_and_without_gaps() {
        assert!(counts_rows(&[3.0, 1.0, 2.0, 4.0]));
        for other in [vec![1.0, 2.0, 4.0], vec![1.0, 1.0, 2.0], vec![0.5, 1.5, 2.5], vec![1.0, 2.0]] {
            assert!(!counts_rows(&other), "{other:?}");
        }
    }
}
