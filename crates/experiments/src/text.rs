//! Numbers, tables and refusals as a person would write them.

use std::fmt::Display;
use zoo_core::nearest;

/// A number with four significant digits: `0.7312`, `1.2e-9`, `1000000`; what was not to be computed, in words.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() {
        return "not measurable".into();
    }
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

/// A number with all the digits that tell it from others: `0.0001`, `1e-320`.
pub(crate) fn exact(value: f64) -> String {
    let is_plain = value == 0.0 || (1e-4..1e9).contains(&value.abs());
    if is_plain { value.to_string() } else { format!("{value:e}") }
}

/// Such numbers as `--set` takes them: `1,0.5`.
pub(crate) fn with_commas(values: &[f64]) -> String {
    values.iter().copied().map(exact).collect::<Vec<_>>().join(",")
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
    fn what_was_not_to_be_computed_is_said_in_words() {
        assert_eq!(number(f64::NAN), "not measurable");
    }

    #[test]
    fn exact_numbers_are_read_back_and_short() {
        let values = [0.0, 0.05, 1e-4, 1e-5, 1e-320, -2.5e-7, 0.1 + 0.2, 123.0, 1e12];
        let texts = values.map(exact);
        let wanted = ["0", "0.05", "0.0001", "1e-5", "1e-320", "-2.5e-7", "0.30000000000000004", "123", "1e12"];
        assert_eq!(texts, wanted);
        assert_eq!(texts.map(|text| text.parse::<f64>().unwrap()), values);
    }

    #[test]
    fn a_row_takes_words_counts_and_numbers() {
        assert_eq!(row!["He", 3_usize, 0.25, String::from("-")], ["He", "3", "0.25", "-"]);
        assert_eq!(named_row("He", [0.5, 1.0]), row!["He", 0.5, 1.0]);
    }
}
