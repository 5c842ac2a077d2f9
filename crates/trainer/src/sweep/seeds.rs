//! Seeds as the command line lists them.

use crate::numbers::is_too_large;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// More than anybody has machines for.
const MOST: u64 = 10_000;

/// `1..20`, `1..=20` or `1,2,5`: the end of a range is one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeedList(pub(crate) Vec<u64>);

impl FromStr for SeedList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut seeds = Vec::new();
        for part in text.split(',') {
            let range = range(part.trim())?;
            if range.is_empty() || range.end() - range.start() >= MOST {
                return Err(format!("{part} is no range of 1 to {MOST} seeds; write the smaller one first: 1..20"));
            }
            seeds.extend(range);
        }
        let mut sorted = seeds.clone();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("the seed {} stands there twice", pair[0])),
            None => Ok(Self(seeds)),
        }
    }
}

fn range(part: &str) -> Result<RangeInclusive<u64>, String> {
    let number = |text: &str| {
        text.trim().parse::<u64>().map_err(|_| match is_too_large(text.trim()) {
            true => format!("the seed {text:?} is too large, expected at most {}", u64::MAX),
            false => format!("{text:?} is no seed; write 1..20 (20 included) or 1,2,5"),
        })
    };
    match part.split_once("..") {
        Some((first, last)) => Ok(number(first)?..=number(last.strip_prefix('=').unwrap_or(last))?),
        None => number(part).map(|seed| seed..=seed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_their_end() {
        let of = |text: &str| text.parse::<SeedList>().map(|SeedList(seeds)| seeds);
        assert_eq!(of("1..4"), Ok(vec![1, 2, 3, 4]));
        assert_eq!(of("1..=4"), of("1..4"));
        assert_eq!(of("7, 1..2"), Ok(vec![7, 1, 2]));
        assert_eq!(of("3..3"), Ok(vec![3]));
    }

    #[test]
    fn what_is_no_list_is_refused_in_words() {
        for text in ["", "1..", "..4", "4..1", "one", "1,,2", "1,1", "1..3,2", "-1", "0..18446744073709551615"] {
            assert!(text.parse::<SeedList>().is_err(), "{text}");
        }
    }
}
