//! What stands before the decimals: a point or a comma, one for the whole table.

use anyhow::{Error, Result, anyhow, bail};
use std::borrow::Cow;
use std::str::FromStr;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecimalSign {
    Point,
    Comma,
}

impl DecimalSign {
    /// The sign of all `rows`, with the lines they are on, of a table with that separator.
    pub(crate) fn of(rows: &[(usize, Vec<Cow<'_, str>>)], separator: u8) -> Result<DecimalSign> {
        let numbers = || {
            let fields = rows.iter().flat_map(|(line, fields)| fields.iter().map(move |field| (line, field.trim())));
            fields.filter(|(_, field)| is_numeric(field))
        };
        let first = |sign: char| numbers().find(|(_, field)| field.contains(sign));
        let is_told = |sign: char| numbers().any(|(_, field)| field.contains(sign) && !is_grouped(field, sign));
        // Semicolons come from where thousands may have points.
        let is_doubtful = || separator == b';' && !is_told('.');
        match (first('.'), first(',')) {
            (Some((line, point)), Some((other, comma))) => bail!(
                "line {line} has the number {point:?} and line {other} {comma:?}; write all with one decimal sign, and thousands \
                 without any"
            ),
            (None, Some(_)) if is_told(',') => Ok(DecimalSign::Comma),
            (None, Some((line, field))) => Err(doubtful(*line, field, "comma")),
            (Some((line, field)), None) if is_doubtful() => Err(doubtful(*line, field, "point")),
            (_, None) => Ok(DecimalSign::Point),
        }
    }

    /// The number that is written so.
    pub(crate) fn parse<T: FromStr>(self, field: &str) -> Option<T> {
        match self {
            DecimalSign::Point => field.trim().parse().ok(),
            DecimalSign::Comma => field.trim().replace(',', ".").parse().ok(),
        }
    }
}

/// A number, or what is written like one; short enough to be shown.
pub(crate) fn is_numeric(field: &str) -> bool {
    field.len() < 40 && field.bytes().all(|byte| byte.is_ascii_digit() || b"+-.,eE".contains(&byte))
}

/// A number that can be read in two ways; another digit tells that its sign stands before decimals.
fn doubtful(line: usize, field: &str, sign: &str) -> Error {
    let example = if sign == "comma" { "1,2340" } else { "1.2340" };
    anyhow!(
        "line {line} has the number {field:?}, whose {sign} may stand before decimals or after thousands, as all others in this table; \
         write thousands without any sign, or one of the decimals with another digit, as in {example}"
    )
}

/// Whether the signs may be those between thousands: `1,001` and `12,345,678`, not `0,118` or `17,99`.
pub(crate) fn is_grouped(field: &str, sign: char) -> bool {
    let mut groups = field.trim_start_matches(['+', '-']).split(sign);
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = |group: &str| (1..=3).contains(&group.len()) && !group.starts_with('0') && is_digits(group);
    groups.next().is_some_and(is_first) && groups.all(|group| group.len() == 3 && is_digits(group))
}
