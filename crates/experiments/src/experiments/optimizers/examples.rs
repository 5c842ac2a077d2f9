//! A loss that is a mean over examples, so that descent may look at some of them at a time.
//!
//! Example `i` pulls toward its own center: `1/2 sum_k h_k (theta_k - c_ik)^2`. The mean over all is a quadratic around the mean center.

use crate::prelude::*;

/// The curvatures `h` of every example's loss.
const CURVATURES: [f64; 2] = [1.0, 5.0];

pub(super) struct QuadraticExamples {
    centers: Vec<[f64; 2]>,
    /// Their mean: the minimum of the mean loss.
    center: [f64; 2],
    /// Their variance in either direction.
    variance: [f64; 2],
}

impl QuadraticExamples {
    /// Centers with standard normal coordinates.
    pub(super) fn draw(count: usize, random: &mut Stream) -> Self {
        let centers: Vec<[f64; 2]> = (0..count).map(|_| [random.normal(), random.normal()]).collect();
        let mean = |value: &dyn Fn(&[f64; 2]) -> f64| centers.iter().map(value).sum::<f64>() / count as f64;
        let center = [0, 1].map(|k| mean(&|c| c[k]));
        let variance = [0, 1].map(|k| mean(&|c| (c[k] - center[k]).powi(2)));
        Self { centers, center, variance }
    }

    /// How far the mean loss lies above its minimum.
    pub(super) fn excess(&self, place: [f64; 2]) -> f64 {
        (0..2).map(|k| 0.5 * CURVATURES[k] * (place[k] - self.center[k]).powi(2)).sum()
    }

    /// The mean gradient over a batch.
    pub(super) fn gradient(&self, place: [f64; 2], batch: &[usize]) -> [f64; 2] {
        [0, 1].map(|k| {
            let pull: f64 = batch.iter().map(|example| place[k] - self.centers[*example][k]).sum();
            CURVATURES[k] * pull / batch.len() as f64
        })
    }

    /// The mean excess after every step of descent with replacement from `start` at these rates, the start included.
    ///
    /// In every direction the mean distance to the minimum is multiplied by `1 - rate h` per step, and the variance obeys
    /// `v <- (1 - rate h)^2 v + (rate h)^2 s^2 / batch` with the variance `s^2` of the centers.
    pub(super) fn expected(&self, start: [f64; 2], rates: &[f64], batch: usize) -> Vec<f64> {
        let mut mean = [0, 1].map(|k| start[k] - self.center[k]);
        let noise = self.variance.map(|variance| variance / batch as f64);
        let mut variance = [0.0; 2];
        let mut expected = vec![self.excess(start)];
        for rate in rates {
            for k in 0..2 {
                let pull = rate * CURVATURES[k];
                mean[k] *= 1.0 - pull;
                variance[k] = (1.0 - pull).powi(2) * variance[k] + pull * pull * noise[k];
            }
            expected.push((0..2).map(|k| 0.5 * CURVATURES[k] * (mean[k].powi(2) + variance[k])).sum());
        }
        expected
    }

    /// Where the mean excess of [`expected`](Self::expected) stays at a constant rate: of order `rate`.
    pub(super) fn plateau(&self, rate: f64, batch: usize) -> f64 {
        let part = |k: usize| {
            let pull = rate * CURVATURES[k];
            let noise = pull * pull * self.variance[k] / batch as f64;
            0.5 * CURVATURES[k] * noise / (1.0 - (1.0 - pull).powi(2))
        };
        part(0) + part(1)
    }

    /// The mean excess at the end of an epoch at which descent by permuted epochs stays; `batch` divides the number of examples.
    ///
    /// With `q = 1 - rate h` the batch of step `j` of an epoch's `m` arrives at its end multiplied by `a_j = rate h q^(m-1-j)`. The
    /// deviations of the `m` batches sum to zero, so only the differences of the `a_j` remain: an epoch adds the variance
    /// `s^2 / batch * N / (N - 1) * (sum a_j^2 - (sum a_j)^2 / m)`, and `q^(2 m)` of what was there before is kept. For small rates that
    /// is of order `rate^3`: in first order the pulls of one epoch cancel.
    pub(super) fn epoch_plateau(&self, rate: f64, batch: usize) -> f64 {
        let part = |k: usize| {
            let kept = (1.0 - rate * CURVATURES[k]).powi(2 * (self.centers.len() / batch) as i32);
            0.5 * CURVATURES[k] * self.epoch_variance(k, rate, batch) / (1.0 - kept)
        };
        part(0) + part(1)
    }

    /// The variance that one permuted epoch adds in direction `k`.
    fn epoch_variance(&self, k: usize, rate: f64, batch: usize) -> f64 {
        let (count, steps) = (self.centers.len() as f64, self.centers.len() / batch);
        let pull = rate * CURVATURES[k];
        let weights = (0..steps).map(|later| pull * (1.0 - pull).powi(later as i32));
        let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), a| (sum + a, squares + a * a));
        let spread = squares - sum * sum / steps as f64;
        self.variance[k] / batch as f64 * count / (count - 1.0) * spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step(examples: &QuadraticExamples, place: [f64; 2], rate: f64, batch: &[usize]) -> [f64; 2] {
        let gradient = examples.gradient(place, batch);
        [place[0] - rate * gradient[0], place[1] - rate * gradient[1]]
    }

    proptest! {
        /// All 81 draws of two batches of two of three examples.
        #[test]
        fn the_expected_excess_is_that_over_all_draws(seed: u64, first in 0.01..0.4f64, second in 0.01..0.4f64) {
            let (examples, start) = (QuadraticExamples::draw(3, &mut Stream::numbered(seed, 0)), [4.0, 3.0]);
            let end = |draw: usize| {
                let [a, b, c, d] = [1, 3, 9, 27].map(|power| draw / power % 3);
                examples.excess(step(&examples, step(&examples, start, first, &[a, b]), second, &[c, d]))
            };
            let found = (0..81).map(end).sum::<f64>() / 81.0;
            let expected = examples.expected(start, &[first, second], 2)[2];
            prop_assert!((found - expected).abs() < 1e-9 * expected, "{found} {expected}");
        }

        /// All six epochs of two pairs of four examples.
        #[test]
        fn an_epochs_variance_is_that_over_all_orders(seed: u64, rate in 0.01..0.4f64) {
            let examples = QuadraticExamples::draw(4, &mut Stream::numbered(seed, 0));
            let end = |[a, b]: [usize; 2]| {
                let rest: Vec<usize> = (0..4).filter(|example| ![a, b].contains(example)).collect();
                step(&examples, step(&examples, examples.center, rate, &[a, b]), rate, &rest)
            };
            let ends = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]].map(end);
            for k in 0..2 {
                let found = ends.iter().map(|end| (end[k] - examples.center[k]).powi(2)).sum::<f64>() / 6.0;
                let expected = examples.epoch_variance(k, rate, 2);
                prop_assert!((found - expected).abs() < 1e-9 + 1e-6 * expected, "{found} {expected}");
            }
        }
    }
}
