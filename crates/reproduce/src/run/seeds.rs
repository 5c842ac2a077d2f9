//! The seeds that a reproduction runs a recipe by.

use std::ops::RangeInclusive;
use std::str::FromStr;
use zoo_recipe::Recipe;

/// Which seeds, of whatever recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SeedChoice {
    /// So many that follow the recipe's own: nothing was chosen or recorded by them.
    Fresh(u64),
    /// These.
    Range(RangeInclusive<u64>),
    /// The recipe's own.
    Recorded,
}

impl SeedChoice {
    pub(crate) fn of(&self, recipe: &Recipe) -> Vec<u64> {
        let recorded = &recipe.training.seeds;
        let last = recorded.iter().max().copied().unwrap_or_default();
        match self {
            Self::Fresh(count) => (last + 1..=last + count).collect(),
            Self::Range(range) => range.clone().collect(),
            Self::Recorded => recorded.clone(),
        }
    }
}

impl FromStr for SeedChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const MOST: u64 = 1_000;
        let wanted = || {
            format!("expected how many fresh seeds (3), a range (41..43, 43 included) or `recorded`, at most {MOST}")
        };
        let number = |text: &str| text.parse::<u64>().ok();
        let range = |(first, last): (&str, &str)| {
            let last = last.strip_prefix('=').unwrap_or(last);
            Some(number(first)?..=number(last)?).filter(|range| !range.is_empty() && range.end() - range.start() < MOST)
        };
        if text == "recorded" {
            return Ok(Self::Recorded);
        }
        match text.split_once("..") {
            Some(ends) => range(ends).map(Self::Range),
            None => number(text).filter(|count| (1..=MOST).contains(count)).map(Self::Fresh),
        }
        .ok_or_else(wanted)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn fresh_seeds_follow_the_recorded_ones() {
        let recipe = trainer::registry::recipe("softmax_digits").unwrap();
        let of = |text: &str| text.parse::<SeedChoice>().map(|choice| choice.of(&recipe));
        let last = *recipe.training.seeds.iter().max().unwrap();
        assert_eq!(of("2"), Ok(vec![last + 1, last + 2]));
        assert_eq!([of("41..43"), of("41..=43")], [Ok(vec![41, 42, 43]), Ok(vec![41, 42, 43])]);
        assert_eq!(of("recorded"), Ok(recipe.training.seeds.clone()));
        for wrong in ["", "0", "1001", "43..41", "1..", "..3", "1..2000", "first", "-1", "18446744073709551616"] {
            assert!(of(wrong).unwrap_err().starts_with("expected how many fresh seeds (3), a range"), "{wrong}");
        }
    }
}
