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
    }
}
