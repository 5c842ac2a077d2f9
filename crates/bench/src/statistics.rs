//! Medians of rounds.

use serde::{Deserialize, Serialize};

/// What the rounds of a measurement came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoundTimes {
    /// The median of all rounds.
    pub(crate) median: f64,
    /// The fastest round.
    pub(crate) low: f64,
    /// The slowest round.
    pub(crate) high: f64,
    /// Every round, in the order in which they were run: one round of each peer belongs to one moment of the machine.
    pub(crate) rounds: Vec<f64>,
}

impl RoundTimes {
    /// Of at least one round.
    pub(crate) fn of(rounds: Vec<f64>) -> Option<Self> {
        let median = median(&rounds)?;
        let low = rounds.iter().copied().fold(f64::INFINITY, f64::min);
        let high = rounds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some(Self { median, low, high, rounds })
    }

    /// How many times as long as this `other` takes, round by round: a slow moment of the machine slows both.
    pub(crate) fn ratio_of(&self, other: &Self) -> Option<Self> {
        Self::of(other.rounds.iter().zip(&self.rounds).map(|(other, own)| other / own).collect())
    }
}

/// The middle value; of an even number, the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        even if even % 2 == 0 => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
        _ => Some(sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[9.0, 1.0, 2.0, 4.0]), Some(3.0));
    }

    #[test]
    fn round_times_go_from_the_fastest_to_the_slowest_round() {
        let times = RoundTimes::of(vec![2.0, 5.0, 1.0]).unwrap();
        assert_eq!((times.median, times.low, times.high), (2.0, 1.0, 5.0));
        assert_eq!(RoundTimes::of(Vec::new()), None);
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let ours = RoundTimes::of(vec![1.0, 10.0, 1.0]).unwrap();
        let theirs = RoundTimes::of(vec![2.0, 30.0, 4.0]).unwrap();
        let ratio = ours.ratio_of(&theirs).unwrap();
        assert_eq!(ratio.rounds, [2.0, 3.0, 4.0]);
        assert_eq!(ratio.median, 3.0);
    }
}
