//! Numbers on the command line: what is not one is told what was expected, in words.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};
use std::str::FromStr;

/// Parses a whole number of this range of unsigned numbers, whose start is one of them.
pub fn whole<N, R>(range: R) -> impl Fn(&str) -> Result<N, String> + Clone + Send + Sync + 'static
where
    N: Copy + Display + PartialOrd + FromStr + Send + Sync + 'static,
    R: RangeBounds<N> + Clone + Send + Sync + 'static,
{
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        Err(_) if is_too_large(text) && matches!(range.end_bound(), Bound::Unbounded) => {
            let most = u128::MAX >> (u128::BITS as usize - 8 * size_of::<N>());
            Err(format!("expected a whole number{} and at most {most}", in_words(&range)))
        }
        _ => Err(format!("expected a whole number{}", in_words(&range))),
    }
}

/// Whether a text that is no number of its type is one all the same, of more digits.
pub(crate) fn is_too_large(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Parses any number.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_infinite() && text.contains(|one: char| one.is_ascii_digit()) => {
            let end = if number > 0.0 { "at most 1.8e308" } else { "at least -1.8e308" };
            Err(format!("expected a number of {end}, such as 0.001"))
        }
        Ok(number) => Ok(number),
        Err(_) => Err("expected a number, such as 0.001".to_string()),
    }
}

fn in_words<N: Copy + Display>(range: &impl RangeBounds<N>) -> String {
    match (range.start_bound(), range.end_bound()) {
        (Bound::Included(least), Bound::Included(most)) => format!(" from {least} to {most}"),
        (Bound::Included(least), _) => format!(" of at least {least}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_of_the_range_is_told_what_is() {
        let threads = whole(1..=1024_u16);
        assert_eq!(threads("1024"), Ok(1024));
        for text in ["", "0", "1025", "-1", "70000", "2.5", "all"] {
            assert_eq!(threads(text), Err("expected a whole number from 1 to 1024".to_string()), "{text}");
        }
        assert_eq!(whole(2_u32..)("1"), Err("expected a whole number of at least 2".to_string()));
        assert_eq!(whole(2_u32..)("2"), Ok(2));
        for text in ["4294967296", "99999999999999999999"] {
            let said = whole(2_u32..)(text);
            assert_eq!(said, Err("expected a whole number of at least 2 and at most 4294967295".to_string()), "{text}");
        }
        let most = format!("expected a whole number of at least 0 and at most {}", u64::MAX);
        assert_eq!(whole(0_u64..)("99999999999999999999"), Err(most));
        assert_eq!(number("1e-3"), Ok(0.001));
        assert_eq!(number("1e400"), Err("expected a number of at most 1.8e308, such as 0.001".to_string()));
        assert_eq!(number("-1e400"), Err("expected a number of at least -1.8e308, such as 0.001".to_string()));
        assert_eq!(number("fast"), Err("expected a number, such as 0.001".to_string()));
    }
}
