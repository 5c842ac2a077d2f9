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
            let expected =
                if value == f64::INFINITY { format!("{}, at most 1.8e308", self.0) } else { self.0.to_owned() };
            Err(E::invalid_value(Unexpected::Float(value), &expected.as_str()))
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
            self.visit_u128(value.into())
        }

        // What is too large is told how large it may be.
        fn visit_u128<E: Error>(self, value: u128) -> Result<u64, E> {
            let found = format!("integer `{value}`");
            if value < u128::from(*self.0.start()) {
                return Err(E::invalid_value(Unexpected::Other(&found), &self));
            }
            let expected = format!("an integer from {} to {}", self.0.start(), self.0.end());
            Err(E::invalid_value(Unexpected::Other(&found), &expected.as_str()))
        }

        fn visit_i128<E: Error>(self, value: i128) -> Result<u64, E> {
            match u128::try_from(value) {
                Ok(value) => self.visit_u128(value),
                Err(_) => Err(E::invalid_value(Unexpected::Other(&format!("integer `{value}`")), &self)),
            }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, F64Deserializer, I64Deserializer, U64Deserializer};

    use super::*;

    type Number = fn(F64Deserializer<Error>) -> Result<f64, Error>;

    #[test]
    fn bounds_of_numbers_hold_to_the_next_one() {
        const LEAST: f64 = f64::MIN_POSITIVE;
        let (below_1, above_1) = (1.0_f64.next_down(), 1.0_f64.next_up());
        let cases: [(Number, &[f64], &[f64]); 9] = [
            (finite, &[f64::MIN, 0.0, f64::MAX], &[]),
            (positive, &[LEAST, f64::MAX], &[0.0, -0.0, -1.0]),
            (not_negative, &[0.0, -0.0, f64::MAX], &[-LEAST]),
            (at_least_one, &[1.0, f64::MAX], &[below_1]),
            (fraction, &[LEAST, below_1], &[0.0, 1.0]),
            (below_one, &[0.0, below_1], &[-LEAST, 1.0]),
            (unit, &[0.0, 1.0], &[-LEAST, above_1]),
            (factor, &[LEAST, 1.0], &[0.0, above_1]),
            (angle, &[LEAST, 180.0], &[0.0, 180.0_f64.next_up()]),
        ];
        for (index, (range, accepted, refused)) in cases.into_iter().enumerate() {
            for value in accepted {
                assert_eq!(range(value.into_deserializer()), Ok(*value), "range {index}");
            }
            for value in refused.iter().chain(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]) {
                assert!(range(value.into_deserializer()).is_err(), "range {index}: {value}");
            }
        }
    }

    #[test]
    fn bounds_of_integers_hold() {
        type Integer = fn(U64Deserializer<Error>) -> Result<u64, Error>;
        let count: Integer = |deserializer| count::<10, _>(deserializer).map(|count| count as u64);
        let count_or_none: Integer = |deserializer| count_or_none::<10, _>(deserializer).map(|count| count as u64);
        let largest_seed = i64::MAX as u64;
        let cases: [(Integer, u64, u64); 3] = [(count, 1, 10), (count_or_none, 0, 10), (seed, 0, largest_seed)];
        for (range, first, last) in cases {
            for value in [first, last] {
                assert_eq!(range(value.into_deserializer()), Ok(value));
            }
            for value in [first.checked_sub(1), Some(last + 1)].into_iter().flatten() {
                assert!(range(value.into_deserializer()).is_err(), "{value}");
            }
        }
        let negative: I64Deserializer<Error> = (-1_i64).into_deserializer();
        assert!(seed(negative).is_err());
    }

    #[test]
    fn an_integer_is_a_number_and_a_number_is_no_integer() {
        let (three, minus_three): (U64Deserializer<Error>, I64Deserializer<Error>) =
            (3_u64.into_deserializer(), (-3_i64).into_deserializer());
        assert_eq!(positive(three), Ok(3.0));
        assert_eq!(finite(minus_three), Ok(-3.0));
        let float: F64Deserializer<Error> = 3.0_f64.into_deserializer();
        let error = seed(float).unwrap_err().to_string();
        assert_eq!(error, "invalid type: floating point `3.0`, expected an integer of at least 0");
    }

    #[test]
    fn errors_say_what_was_found_and_what_is_accepted() {
        let number: F64Deserializer<Error> = 1.5_f64.into_deserializer();
        let error = below_one(number).unwrap_err().to_string();
        assert_eq!(error, "invalid value: floating point `1.5`, expected a number of at least 0 and below 1");
        let integer: U64Deserializer<Error> = 11_u64.into_deserializer();
        let error = count::<10, _>(integer).unwrap_err().to_string();
        assert_eq!(error, "invalid value: integer `11`, expected an integer from 1 to 10");
        let largest: U64Deserializer<Error> = u64::MAX.into_deserializer();
        let error = seed(largest).unwrap_err().to_string();
        assert!(error.ends_with(", expected an integer from 0 to 9223372036854775807"), "{error}");
        let infinite: F64Deserializer<Error> = f64::INFINITY.into_deserializer();
        let error = positive(infinite).unwrap_err().to_string();
        assert!(error.ends_with(", expected a number above 0, at most 1.8e308"), "{error}");
        assert_eq!(length::<_, Error>(vec![1, 2], 1..=2), Ok(vec![1, 2]));
        let error = length::<u8, Error>(vec![], 1..=2).unwrap_err().to_string();
        assert_eq!(error, "invalid length 0, expected a list of 1 to 2 items");
    }
}
