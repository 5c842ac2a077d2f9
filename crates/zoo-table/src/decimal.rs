//! What stands before the decimals: a point or a comma, one for the whole table.

use anyhow::{Result, bail};
use std::borrow::Cow;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecimalSign {
    Point,
    Comma,
}

impl DecimalSign {
    /// The sign of all `rows`, with the lines they are on.
    pub(crate) fn of(rows: &[(usize, Vec<Cow<'_, str>>)]) -> Result<DecimalSign> {
        let numbers = || {
            let fields = rows.iter().flat_map(|(line, fields)| fields.iter().map(move |field| (line, field.trim())));
            fields.filter(|(_, field)| is_numeric(field))
        };
        let first = |sign| numbers().find(|(_, field)| field.contains(sign));
        match (first('.'), first(',')) {
            (_, None) => Ok(DecimalSign::Point),
            (Some((line, point)), Some((other, comma))) => bail!(
                "line {line} has the number {point:?} and line {other} {comma:?}; write all with one decimal sign, and thousands \
                 without any"
            ),
            (None, Some(_)) if numbers().any(|(_, field)| field.contains(',') && !is_grouped(field)) => {
                Ok(DecimalSign::Comma)
            }
            (None, Some((line, field))) => bail!(
                "line {line} has the number {field:?}, whose comma may stand before decimals or after thousands, as all others in \
                 this table; write a decimal point, and thousands without any sign"
            ),
        }
    }

    /// The number that is written so.
    pub(crate) fn parse(self, field: &str) -> Option<f32> {
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

/// Whether the commas may be those between thousands: `1,001` and `12,345,678`, not `0,118` or `17,99`.
fn is_grouped(field: &str) -> bool {
    let mut groups = field.trim_start_matches(['+', '-']).split(',');
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = |group: &str| (1..=3).contains(&group.len()) && !group.starts_with('0') && is_digits(group);
    groups.next().is_some_and(is_first) && groups.all(|group| group.len() == 3 && is_digits(group))
}
