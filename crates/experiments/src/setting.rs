//! The numbers of an experiment that `--set` changes, each declared once: its name, the notes' value, what else may be set, and its unit.
//!
//! A lesson reads them by [`Setup::number`](crate::Setup::number) and its like. Where nothing is set that gives the notes' values, and with
//! them the bits that were recorded.

use crate::text::{exact, number, with_commas};

/// A number, or several, that `--set` changes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExperimentSetting {
    Number(NumberSetting),
    Whole(WholeSetting),
    List(ListSetting),
    Points(PointsSetting),
}

/// Any number of a range.
pub(crate) type NumberSetting = RangeSetting<f64>;
/// As many numbers as the notes have, each of a range.
pub(crate) type ListSetting = RangeSetting<&'static [f64]>;

/// One of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RangeSetting<T> {
    /// What stands before the `=`.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) about: &'static str,
    /// What it is measured in; empty for a plain number.
    pub(crate) unit: &'static str,
    /// The notes' value.
    pub(crate) default: T,
    /// The least and the largest that a number of it may be.
    pub(crate) range: [f64; 2],
    /// Another one that is worth a look.
    pub(crate) example: T,
}

/// A whole number of a range.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WholeSetting {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// What it counts.
    pub(crate) unit: &'static str,
    pub(crate) default: usize,
    pub(crate) range: [usize; 2],
    /// What it has to divide, if anything.
    pub(crate) divides: Option<usize>,
    pub(crate) example: usize,
}

/// The rows of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PointsSetting {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The notes' points, in words.
    pub(crate) default: &'static str,
    /// In the order in which a row gives their numbers.
    pub(crate) columns: &'static [PointColumn],
    /// The least and the largest number of rows.
    pub(crate) rows: [usize; 2],
}

/// A column of a table of points.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PointColumn {
    /// Numbers from the one to the other, of which the least and the largest are so far apart at least; 0 if all may be one.
    Number { name: &'static str, range: [f64; 2], apart: f64 },
    /// Whole numbers from 1 to `count`, each of them in some row.
    Class { name: &'static str, count: usize },
}

impl ExperimentSetting {
    /// What stands before the `=`.
    pub(crate) fn name(&self) -> &'static str {
        self.name_and_about().0
    }

    /// What it is.
    pub(crate) fn about(&self) -> &'static str {
        self.name_and_about().1
    }

    fn name_and_about(&self) -> (&'static str, &'static str) {
        match self {
            Self::Number(one) => (one.name, one.about),
            Self::Whole(one) => (one.name, one.about),
            Self::List(one) => (one.name, one.about),
            Self::Points(one) => (one.name, one.about),
        }
    }

    /// The notes' value.
    pub(crate) fn default_text(&self) -> String {
        match *self {
            Self::Number(one) => number(one.default),
            Self::Whole(one) => one.default.to_string(),
            Self::List(one) => with_commas(one.default),
            Self::Points(one) => one.default.into(),
        }
    }

    /// What may be set, as it follows `expected`: `a number from 0.0001 to 10`.
    pub(crate) fn expected(&self) -> String {
        match *self {
            Self::Number(one) => format!("a number {}{}", between(one.range), behind(one.unit)),
            Self::Whole(one) => {
                let [least, most] = one.range;
                let divides = one.divides.map_or_else(String::new, |number| format!(" that divides {number}"));
                format!("a whole number from {least} to {most}{}{divides}", behind(one.unit))
            }
            Self::List(one) => {
                let (count, unit) = (one.default.len(), behind(one.unit));
                format!("{count} numbers {}{unit} with commas between them", between(one.range))
            }
            Self::Points(PointsSetting { columns, rows: [least, most], .. }) => {
                let columns: Vec<String> = columns.iter().map(PointColumn::in_words).collect();
                format!("a CSV file of {least} to {most} rows with the columns {}", columns.join(", "))
            }
        }
    }

    /// What to try: `rate=0.5`.
    pub(crate) fn example(&self) -> String {
        let value = match *self {
            Self::Number(one) => exact(one.example),
            Self::Whole(one) => one.example.to_string(),
            Self::List(one) => with_commas(one.example),
            Self::Points(_) => "FILE.csv".into(),
        };
        format!("{}={value}", self.name())
    }
}

impl<T: Copy> RangeSetting<T> {
    /// Plain numbers: their name, what they are, the notes', the least and the largest that may be set, and others worth a look.
    pub(crate) const fn new(name: &'static str, about: &'static str, default: T, range: [f64; 2], example: T) -> Self {
        Self { name, about, unit: "", default, range, example }
    }

    pub(crate) const fn in_units(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// NaN is within no range.
    pub(crate) fn allows(&self, values: &[f64]) -> bool {
        values.iter().all(|value| is_within(*value, self.range))
    }
}

impl WholeSetting {
    /// As [`RangeSetting::new`].
    pub(crate) const fn new(
        name: &'static str,
        about: &'static str,
        default: usize,
        range: [usize; 2],
        example: usize,
    ) -> Self {
        Self { name, about, unit: "", default, range, divides: None, example }
    }

    pub(crate) const fn in_units(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    pub(crate) fn allows(&self, value: usize) -> bool {
        let [least, most] = self.range;
        (least..=most).contains(&value) && self.divides.is_none_or(|number| number.is_multiple_of(value))
    }
}

impl PointColumn {
    pub(crate) fn name(&self) -> &'static str {
        match *self {
            Self::Number { name, .. } | Self::Class { name, .. } => name,
        }
    }

    pub(crate) fn allows(&self, value: f64) -> bool {
        match *self {
            Self::Number { range, .. } => is_within(value, range),
            Self::Class { count, .. } => (1..=count).any(|class| value == class as f64),
        }
    }

    /// What a field may hold: `a number from 0 to 1`.
    pub(crate) fn expected(&self) -> String {
        match *self {
            Self::Number { range, .. } => format!("a number {}", between(range)),
            Self::Class { count, .. } => format!("a whole number from 1 to {count}"),
        }
    }

    /// What is wrong with all its values together: they are too near to each other, or a class is missing.
    pub(crate) fn fault(&self, values: &[f64]) -> Option<String> {
        match *self {
            Self::Number { name, apart, .. } => {
                let least = values.iter().copied().fold(f64::INFINITY, f64::min);
                let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let found = match least == most {
                    true => format!("is always {}", exact(least)),
                    false => format!("goes from {} to {}", exact(least), exact(most)),
                };
                (most - least < apart).then(|| format!("{name} {found}, expected {}; give others", some_apart(apart)))
            }
            Self::Class { name, count } => {
                let missing = (1..=count).find(|class| !values.contains(&(*class as f64)))?;
                Some(format!("{name} is {missing} in no row, expected every class from 1 to {count}"))
            }
        }
    }

    /// `x1 (a number from 0 to 1)`.
    fn in_words(&self) -> String {
        let apart = match *self {
            Self::Number { apart, .. } if apart > 0.0 => format!(", {}", some_apart(apart)),
            _ => String::new(),
        };
        format!("{} ({}{apart})", self.name(), self.expected())
    }
}

fn some_apart(apart: f64) -> String {
    format!("some of them {} apart or more", number(apart))
}

fn is_within(value: f64, [least, most]: [f64; 2]) -> bool {
    (least..=most).contains(&value)
}

fn between([least, most]: [f64; 2]) -> String {
    format!("from {} to {}", number(least), number(most))
}

fn behind(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}

#[cfg(test)]
#[path = "setting_tests.rs"]
mod tests;
