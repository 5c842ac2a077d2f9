//! Numbers within bounds, for the keys of recipes and of models: `#[serde(deserialize_with = "range::positive")]`.
//!
//! A value out of range is refused where it is read, with the value and what is accepted.

use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// Any finite number.
///
/// # Errors
/// If it is not.
pub fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a finite number", |_| true)
}

/// Above 0.
///
/// # Errors
/// If it is not.
pub fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number above 0", |value| value > 0.0)
}

/// 0 or more.
///
/// # Errors
/// If it is not.
pub fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number of at least 0", |value| value >= 0.0)
}

/// 1 or more.
///
/// # Errors
/// If it is not.
pub fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number of at least 1", |value| value >= 1.0)
}

/// A fraction of a whole where neither none nor all of it makes sense.
///
/// # Errors
/// If it is not.
pub fn fraction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number above 0 and below 1", |value| value > 0.0 && value < 1.0)
}

/// A decay of a running mean, or the probability of being dropped: 1 would keep or drop all.
///
/// # Errors
/// If it is not.
pub fn below_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number of at least 0 and below 1", |value| (0.0..1.0).contains(&value))
}

/// From 0 to 1, both included.
///
/// # Errors
/// If it is not.
pub fn unit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number of at least 0 and at most 1", |value| (0.0..=1.0).contains(&value))
}

/// Above 0 and at most 1.
///
/// # Errors
/// If it is not.
pub fn factor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number above 0 and at most 1", |value| value > 0.0 && value <= 1.0)
}

/// An angle in degrees, above 0 and at most 180.
///
/// # Errors
/// If it is not.
pub fn angle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number above 0 and at most 180", |value| value > 0.0 && value <= 180.0)
}

/// A finite number that `accepts`; an integer is a number too.
///
/// # Errors
/// If it is not one: the error says what is `expected`.
pub fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &'static str,
    accepts: fn(f64) -> bool,
) -> Result<f64, D::Error> {
    struct Number(&'static str, fn(f64) -> bool);
    impl Visitor<'_> for Number {
        type Value = f64;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
            if value.is_finite() && (self.1)(value) {
                return Ok(value);
            }
            Err(E::invalid_value(Unexpected::Float(value), &self))
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
            self.visit_f64(value as f64)
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
            self.visit_f64(value as f64)
        }
    }
    deserializer.deserialize_f64(Number(expected, accepts))
}

/// A whole number within bounds that no sensible run meets, so that a slip of a digit is an error and not a full disk.
///
/// # Errors
/// If it is not.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D, range: RangeInclusive<u64>) -> Result<u64, D::Error> {
    struct Integer(RangeInclusive<u64>);
    impl Visitor<'_> for Integer {
        type Value = u64;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            match *self.0.end() == i64::MAX as u64 {
                true => write!(formatter, "an integer of at least {}", self.0.start()),
                false => write!(formatter, "an integer from {} to {}", self.0.start(), self.0.end()),
            }
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<u64, E> {
            if self.0.contains(&value) {
                return Ok(value);
            }
            Err(E::invalid_value(Unexpected::Unsigned(value), &self))
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<u64, E> {
            match u64::try_from(value) {
                Ok(value) => self.visit_u64(value),
                Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
            }
        }
    }
    deserializer.deserialize_u64(Integer(range))
}

/// A count from 1 to `MOST`.
///
/// # Errors
/// If it is not.
pub fn count<'de, const MOST: u64, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    integer(deserializer, 1..=MOST).map(|value| value as usize)
}

/// A count from 0 to `MOST`.
///
/// # Errors
/// If it is not.
pub fn count_or_none<'de, const MOST: u64, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    integer(deserializer, 0..=MOST).map(|value| value as usize)
}

/// The seed of a split or of a run: TOML holds integers up to `i64::MAX`.
///
/// # Errors
/// If it is not.
pub fn seed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    integer(deserializer, 0..=i64::MAX as u64)
}

/// `"a list of 1 to 64 items"`, unless the list has as many.
///
/// # Errors
/// If it has not.
pub fn length<T, E: Error>(items: Vec<T>, lengths: RangeInclusive<usize>) -> Result<Vec<T>, E> {
    if lengths.contains(&items.len()) {
        return Ok(items);
    }
    let expected = format!("a list of {} to {} items", lengths.start(), lengths.end());
    Err(E::invalid_length(items.len(), &expected.as_str()))
}
