//! Numbers that are not written as such: with a unit, as `12 kg` and `€12`, or with signs between their digits, as `1_000`.

use crate::column::Column;
use crate::decimal::{DecimalSign, is_grouped};
use crate::text::shown;
use std::collections::BTreeSet;

/// No unit is longer.
const LONGEST_UNIT: usize = 16;

/// Why a column of texts may have been meant as one of numbers, as a clause; `None` where most of them are nothing like numbers.
pub(crate) fn like_numbers(column: Column<'_>, sign: DecimalSign) -> Option<String> {
    let (mut rows, mut like, mut written, mut units) = (0, 0, BTreeSet::new(), BTreeSet::new());
    let (mut with_unit, mut other) = (None, None);
    for (_, field) in column.fields() {
        rows += 1;
        let is_number = sign.parse::<f64>(&field).is_some();
        match unit_of(&plain(&field)) {
            Some((before, after)) => {
                like += 1;
                units.insert([before.to_owned(), after.to_owned()]);
                written.insert(field.to_string());
                if !is_number {
                    with_unit.get_or_insert_with(|| shown(field.as_bytes()));
                }
            }
            // Such as 1e300, which no number of a model can be.
            None if is_number => {
                like += 1;
                units.insert(<[String; 2]>::default());
                written.insert(field.to_string());
                with_unit.get_or_insert_with(|| shown(field.as_bytes()));
            }
            None => {
                other.get_or_insert_with(|| shown(field.as_bytes()));
            }
        }
    }
    // A unit that nearly every value has of its own is none: 1st, 2nd, 3rd.
    if like * 2 < rows || units.len() * 2 > written.len() {
        return None;
    }
    let example = with_unit.map(|text| format!("such as {text}")).or(other.map(|text| format!("unlike {text}")))?;
    Some(format!("though most of its values look like numbers, {example}"))
}

/// With the minus sign and the digits that computers read, in place of those of typesetters and of other scripts.
fn plain(field: &str) -> String {
    let scripts = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    let digit = |one: char| {
        let value = scripts.iter().find_map(|zero| (one as u32).checked_sub(*zero as u32).filter(|value| *value < 10));
        value.and_then(|value| char::from_digit(value, 10))
    };
    let signs =
        |one: char| if "\u{2212}\u{2010}\u{2011}\u{2012}\u{2013}\u{fe63}\u{ff0d}".contains(one) { '-' } else { one };
    field.chars().map(|one| digit(one).unwrap_or_else(|| signs(one))).collect()
}

/// What stands before and behind the digits of a number.
fn unit_of(field: &str) -> Option<(&str, &str)> {
    let start = field.find(|one: char| one.is_ascii_digit())?;
    let before = field[..start].trim_end_matches(['+', '-', '.']).trim();
    let is_part = |one: char| one.is_ascii_digit() || ".,_'’ \u{a0}\u{202f}".contains(one);
    let end = field[start..].find(|one: char| !is_part(one)).map_or(field.len(), |length| start + length);
    let (digits, after) = (field[start..end].trim_end(), field[end..].trim());
    // Dates and versions have several points, too.
    let is_number = digits.matches('.').count() < 2 || is_grouped(digits, '.');
    let is_before = before.chars().all(|one| "$€£¥₹₩₽¢<>≤≥~≈=(+-".contains(one));
    let is_after = !after.contains(|one: char| one.is_numeric() && !"²³".contains(one)) && after.len() <= LONGEST_UNIT;
    (is_number && is_before && is_after).then_some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_digits_of_others_are_read_as_ours() {
        assert_eq!(["−0.50", "١٢", "１２"].map(plain), ["-0.50", "12", "12"]);
        assert_eq!(plain("red–blue"), "red-blue");
    }

    #[test]
    fn units_are_told_from_texts_with_digits() {
        for (field, unit) in [
            ("1.96%", "%"),
            ("€12", "€"),
            ("-€ 1,50", "-€"),
            ("12 kg", "kg"),
            ("3.5e", "e"),
            ("7 m²", "m²"),
            ("1_000", ""),
            ("1 234 567", ""),
            ("1'000.5", ""),
            ("1.234.567", ""),
            ("<0.1", "<"),
            ("(12)", "()"),
            ("-12", ""),
            (".5 km/h", "km/h"),
        ] {
            assert_eq!(
                unit_of(field).map(|(before, after)| before.to_owned() + after).as_deref(),
                Some(unit),
                "{field}"
            );
        }
        for text in ["red", "", "A12", "Q1 2024", "2024-01-02", "01.02.2024", "12:30", "1.2.3", "10x20", "18-25", "#12"]
        {
            assert_eq!(unit_of(text), None, "{text}");
        }
    }
}
