//! A loss that is a mean over examples, so that descent may look at some of them at a time.
//!
//! Example `i` pulls towards its own centre: `1/2 sum_k h_k (theta_k - c_ik)^2`. The mean over all is a quadratic around the mean centre.

use crate::random::Random;

/// The curvatures `h` of every example's loss.
pub(crate) const CURVATURES: [f64; 2] = [1.0, 5.0];

/// The centres.
pub(crate) struct Examples(Vec<[f64; 2]>);

/// How the examples of a step are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawing {
    /// Every example afresh (3.4.6 of the thesis).
    WithReplacement,
    /// By permuted epochs, every example once in each (3.4.7).
    WithoutReplacement,
}

/// Batches of examples for one run of descent.
pub(crate) struct Batches {
    drawing: Drawing,
    size: usize,
    count: usize,
    waiting: Vec<usize>,
    random: Random,
}

impl Examples {
    /// Centres with standard normal coordinates.
    pub(crate) fn draw(count: usize, random: &mut Random) -> Self {
        Self((0..count).map(|_| [random.normal(), random.normal()]).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The minimum of the mean loss.
    pub(crate) fn centre(&self) -> [f64; 2] {
        [0, 1].map(|k| self.0.iter().map(|centre| centre[k]).sum::<f64>() / self.len() as f64)
    }

    /// How far the mean loss lies above its minimum.
    pub(crate) fn excess(&self, place: [f64; 2]) -> f64 {
        let centre = self.centre();
        (0..2).map(|k| 0.5 * CURVATURES[k] * (place[k] - centre[k]).powi(2)).sum()
    }

    /// The mean gradient over a batch.
    pub(crate) fn gradient(&self, place: [f64; 2], batch: &[usize]) -> [f64; 2] {
        [0, 1].map(|k| {
            let pull: f64 = batch.iter().map(|example| place[k] - self.0[*example][k]).sum();
            CURVATURES[k] * pull / batch.len() as f64
        })
    }

    /// The mean excess at which descent with replacement stays: in every direction the stationary variance
    /// `rate^2 h^2 s^2 / batch / (1 - (1 - rate h)^2)` of the recursion, where `s^2` is the variance of the centres.
    pub(crate) fn plateau(&self, rate: f64, batch: usize) -> f64 {
        let centre = self.centre();
        let variance = |k: usize| self.0.iter().map(|c| (c[k] - centre[k]).powi(2)).sum::<f64>() / self.len() as f64;
        let part = |k: usize| {
            let step = rate * CURVATURES[k];
            let noise = step * step * variance(k) / batch as f64;
            0.5 * CURVATURES[k] * noise / (1.0 - (1.0 - step).powi(2))
        };
        part(0) + part(1)
    }
}

impl Batches {
    pub(crate) fn new(drawing: Drawing, size: usize, count: usize, random: Random) -> Self {
        Self { drawing, size, count, waiting: Vec::new(), random }
    }

    pub(crate) fn next(&mut self) -> Vec<usize> {
        match self.drawing {
            Drawing::WithReplacement => (0..self.size).map(|_| self.random.below(self.count)).collect(),
            Drawing::WithoutReplacement => {
                if self.waiting.is_empty() {
                    self.waiting = (0..self.count).collect();
                    self.random.shuffle(&mut self.waiting);
                }
                let rest = self.waiting.len().saturating_sub(self.size);
                self.waiting.split_off(rest)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_gradient_over_all_is_the_slope_of_the_excess(seed: u64, x in -3.0..3.0f64, y in -3.0..3.0f64) {
            let examples = Examples::draw(20, &mut Random::new(seed, 0));
            let all: Vec<usize> = (0..20).collect();
            let gradient = examples.gradient([x, y], &all);
            let step = 1e-5;
            let slope = (examples.excess([x, y + step]) - examples.excess([x, y - step])) / (2.0 * step);
            prop_assert!((gradient[1] - slope).abs() < 1e-6);
        }

        #[test]
        fn an_epoch_without_replacement_sees_every_example_once(seed: u64, size in 1..9usize) {
            let mut batches = Batches::new(Drawing::WithoutReplacement, size, 20, Random::new(seed, 0));
            let mut seen: Vec<usize> = (0..20_usize.div_ceil(size)).flat_map(|_| batches.next()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..20).collect::<Vec<_>>());
        }
    }
}
