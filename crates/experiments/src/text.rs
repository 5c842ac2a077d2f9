//! Numbers, tables and refusals as a person would write them.

use std::fmt::Display;
use zoo_core::nearest;

/// A number with four significant digits: `0.7312`, `1.2e-9`, `1000000`.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".into(); // Of either sign.
    }
    if !value.is_finite() || (value.fract() == 0.0 && value.abs() < 1e9) {
        return format!("{value}");
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-4..6).contains(&magnitude) {
        return format!("{value:.2e}");
    }
    let decimals = (3 - magnitude).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// An interval: `0.1 to 0.3`.
pub(crate) fn range((low, high): (f64, f64)) -> String {
    format!("{} to {}", number(low), number(high))
}

/// What can stand in a table: words and counts as they are, measured numbers by [`number`].
pub(crate) trait Cell {
    fn cell(&self) -> String;
}

impl Cell for f64 {
    fn cell(&self) -> String {
        number(*self)
    }
}

/// Types whose cell is what they display.
pub(crate) trait Words: Display {}

impl Words for str {}
impl Words for String {}
impl Words for usize {}
impl Words for u64 {}
impl<T: Words + ?Sized> Words for &T {}

impl<T: Words + ?Sized> Cell for T {
    fn cell(&self) -> String {
        self.to_string()
    }
}

/// A row of a table, from cells of different types.
macro_rules! row {
    ($($cell:expr),* $(,)?) => { vec![$($crate::text::Cell::cell(&$cell)),*] };
}
pub(crate) use row;

/// A row that begins with a name: the numbers follow it.
pub(crate) fn named_row(name: impl Display, numbers: impl IntoIterator<Item = f64>) -> Vec<String> {
    std::iter::once(name.to_string()).chain(numbers.into_iter().map(number)).collect()
}

/// That there is no `kind` called `name`, with the nearest of the known ones.
pub(crate) fn no_such(kind: &str, name: &str, known: impl IntoIterator<Item = &'static str>) -> anyhow::Error {
    let known: Vec<&str> = known.into_iter().collect();
    let hint = nearest(name, known.iter().copied()).first().map(|near| format!(" (did you mean `{near}`?)"));
    anyhow::anyhow!("there is no {kind} `{name}`{}; known are {}", hint.unwrap_or_default(), known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let texts = [-0.0, 1.0, 0.5, 0.731_249, 1.234e-9, 123_456.7, 1e12, -0.25, 1e6].map(number);
        assert_eq!(texts, ["0", "1", "0.5", "0.7312", "1.23e-9", "123457", "1.00e12", "-0.25", "1000000"]);
    }

    #[test]
    fn a_row_takes_words_counts_and_numbers() {
        assert_eq!(row!["He", 3_usize, 0.25, String::from("-")], ["He", "3", "0.25", "-"]);
        assert_eq!(named_row("He", [0.5, 1.0]), row!["He", 0.5, 1.0]);
    }
}
