//! Random numbers that a description fixes: the same on every machine and with every version of `rand`.
//!
//! `rand` may change how it shuffles or draws from a range in any release, so splits and orders that are promised to stay
//! the same are built here on the bare ChaCha8 stream.

use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream is drawn for. Streams of different purposes share no numbers.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Holdout = 1,
    Folds = 2,
    Order = 3,
    Augmentation = 4,
    Alternation = 5,
}

/// A ChaCha8 stream of random numbers.
///
/// ```
/// use zoo_core::Stream;
///
/// let draw = |seed, number| Stream::numbered(seed, number).normals(3);
/// assert_eq!(draw(1, 2), draw(1, 2));
/// assert_ne!(draw(1, 2), draw(1, 3));
/// ```
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream whose 32-byte key is `seed`, purpose, `major`, `minor`: four little-endian 64-bit words.
    pub(crate) fn new(seed: u64, purpose: Purpose, major: u64, minor: u64) -> Stream {
        let mut key = [0; 32];
        let words = [seed, purpose as u64, major, minor];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Stream(ChaCha8Rng::from_seed(key))
    }

    /// The stream with this number of those of `seed`, which share no numbers: one per repetition, so that repetitions may run in any
    /// order.
    pub fn numbered(seed: u64, number: u64) -> Stream {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(number);
        Stream(generator)
    }

    /// A whole number below `bound`: the upper half of the 128-bit product of the next word and `bound`.
    /// Its bias, at most `bound` in 2^64, is far below anything a data set could show.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.0.next_u64()) * u128::from(bound);
        (product >> 64) as u64
    }

    /// An index below `count`.
    pub fn index(&mut self, count: usize) -> usize {
        self.below(count as u64) as usize
    }

    /// A number in `-reach..=reach`.
    pub(crate) fn within(&mut self, reach: u32) -> i64 {
        self.below(2 * u64::from(reach) + 1) as i64 - i64::from(reach)
    }

    /// A number in `-1.0..1.0`, a multiple of 2^-52.
    pub(crate) fn symmetric(&mut self) -> f64 {
        let steps = (self.0.next_u64() >> 11) as f64; // 53 bits: exact
        steps / (1u64 << 52) as f64 - 1.0
    }

    /// Uniform in `0.0..1.0`, a multiple of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `low..high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (TAU * self.unit()).cos()
    }

    /// `count` standard normal numbers.
    pub fn normals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.normal()).collect()
    }

    /// True or false, one half each.
    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 1
    }

    /// Fisher and Yates, from the last place down to the second.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let chosen = self.below(last as u64 + 1) as usize;
            items.swap(chosen, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_in_their_range() {
        let mut stream = Stream::new(1, Purpose::Order, 0, 0);
        for _ in 0..10_000 {
            assert!(stream.below(3) < 3);
            assert!((-2..=2).contains(&stream.within(2)));
            assert!((-1.0..1.0).contains(&stream.symmetric()));
        }
    }

    #[test]
    fn every_order_of_three_comes_up_equally_often() {
        let mut stream = Stream::new(2, Purpose::Order, 0, 0);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6_000 {
            let mut items = [0, 1, 2];
            stream.shuffle(&mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        // Six standard deviations of a binomial with 6,000 draws and probability 1/6 are 173.
        assert!(counts.values().all(|count| (827..1173).contains(count)));
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let numbers = Stream::numbered(1, 0).normals(40_000);
        let mean = numbers.iter().sum::<f64>() / 40_000.0;
        let variance = numbers.iter().map(|x| x * x).sum::<f64>() / 40_000.0;
        // Five standard errors: of the mean 1/200, of the variance sqrt(2)/200.
        assert!(mean.abs() < 0.025 && (variance - 1.0).abs() < 0.036, "{mean} {variance}");
    }

    #[test]
    fn purposes_share_no_numbers() {
        let mut holdout = Stream::new(7, Purpose::Holdout, 0, 0);
        let mut order = Stream::new(7, Purpose::Order, 0, 0);
        assert_ne!(holdout.below(u64::MAX), order.below(u64::MAX));
    }
}
