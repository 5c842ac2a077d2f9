//! Numbers that are 0 in single precision, in which models take them, and not as they are written.

use crate::decimal::DecimalSign;
use crate::text::shown;
use std::borrow::Cow;

/// A few numbers of a column that are not 0 and become 0 in single precision.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Underflow {
    column: String,
    rows: usize,
    /// The first of them, as it is shown.
    example: String,
}

impl Underflow {
    /// What the user should know of them.
    pub(crate) fn warning(&self) -> String {
        let Self { column, rows, example } = self;
        let (rows, become_0) = match rows {
            1 => ("1 row has a number".to_owned(), "becomes 0"),
            many => (format!("{many} rows have numbers"), "become 0"),
        };
        format!(
            "warning: {rows} of {column} that {become_0} in single precision, in which models take them, such as {example}; write the column \
             in another unit if that matters"
        )
    }
}

/// Those among the fields of a column with their rows, if there are any.
pub(crate) fn underflow<'a>(
    column: &str,
    fields: impl Iterator<Item = (usize, Cow<'a, str>)>,
    sign: DecimalSign,
) -> Option<Underflow> {
    let mut lost = fields.filter(|(_, field)| is_lost(field, sign));
    let (_, first) = lost.next()?;
    Some(Underflow { column: column.to_owned(), example: shown(first.as_bytes()), rows: 1 + lost.count() })
}

/// Whether a number other than 0 is 0 in single precision. In double precision it may be, too.
pub(crate) fn is_lost(field: &str, sign: DecimalSign) -> bool {
    let before_exponent = field.split(['e', 'E']).next().unwrap_or_default();
    sign.parse::<f32>(field) == Some(0.0) && before_exponent.contains(|one: char| ('1'..='9').contains(&one))
}
