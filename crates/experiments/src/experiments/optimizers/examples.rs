//! A loss that is a mean over examples, so that descent may look at some of them at a time.
//!
//! Example `i` pulls toward its own center: `1/2 sum_k h_k (theta_k - c_ik)^2`. The mean over all is a quadratic around the mean center.

use crate::prelude::*;

/// The curvatures `h` of every example's loss.
pub(crate) const CURVATURES: [f64; 2] = [1.0, 5.0];

/// The centers.
pub(crate) struct QuadraticExamples(Vec<[f64; 2]>);

impl QuadraticExamples {
    /// Centers with standard normal coordinates.
    pub(crate) fn draw(count: usize, random: &mut Stream) -> Self {
        Self((0..count).map(|_| [random.normal(), random.normal()]).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The minimum of the mean loss.
    pub(crate) fn center(&self) -> [f64; 2] {
        [0, 1].map(|k| self.0.iter().map(|center| center[k]).sum::<f64>() / self.len() as f64)
    }

    /// How far the mean loss lies above its minimum.
    pub(crate) fn excess(&self, place: [f64; 2]) -> f64 {
        let center = self.center();
        (0..2).map(|k| 0.5 * CURVATURES[k] * (place[k] - center[k]).powi(2)).sum()
    }

    /// The mean gradient over a batch.
    pub(crate) fn gradient(&self, place: [f64; 2], batch: &[usize]) -> [f64; 2] {
        [0, 1].map(|k| {
            let pull: f64 = batch.iter().map(|example| place[k] - self.0[*example][k]).sum();
            CURVATURES[k] * pull / batch.len() as f64
        })
    }

    /// The variance of the centers in direction `k`.
    fn variance(&self, k: usize) -> f64 {
        let center = self.center();
        self.0.iter().map(|c| (c[k] - center[k]).powi(2)).sum::<f64>() / self.len() as f64
    }

    /// The mean excess after every step of descent with replacement from `start` at these rates, the start included.
    ///
    /// In every direction the mean distance to the minimum is multiplied by `1 - rate h` per step, and the variance obeys
    /// `v <- (1 - rate h)^2 v + (rate h)^2 s^2 / batch` with the variance `s^2` of the centers.
    pub(crate) fn expected(&self, start: [f64; 2], rates: &[f64], batch: usize) -> Vec<f64> {
        let center = self.center();
        let noise = [0, 1].map(|k| self.variance(k) / batch as f64);
        let mut mean = [0, 1].map(|k| start[k] - center[k]);
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
    pub(crate) fn plateau(&self, rate: f64, batch: usize) -> f64 {
        let part = |k: usize| {
            let pull = rate * CURVATURES[k];
            let noise = pull * pull * self.variance(k) / batch as f64;
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
    pub(crate) fn epoch_plateau(&self, rate: f64, batch: usize) -> f64 {
        let part = |k: usize| {
            let kept = (1.0 - rate * CURVATURES[k]).powi(2 * (self.len() / batch) as i32);
            0.5 * CURVATURES[k] * self.epoch_variance(k, rate, batch) / (1.0 - kept)
        };
        part(0) + part(1)
    }

    /// The variance that one permuted epoch adds in direction `k`.
    fn epoch_variance(&self, k: usize, rate: f64, batch: usize) -> f64 {
        let (count, steps) = (self.len() as f64, self.len() / batch);
        let pull = rate * CURVATURES[k];
        let weights = (0..steps).map(|later| pull * (1.0 - pull).powi(later as i32));
        let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), a| (sum + a, squares + a * a));
        let spread = squares - sum * sum / steps as f64;
        self.variance(k) / batch as f64 * count / (count - 1.0) * spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_gradient_over_all_is_the_slope_of_the_excess(seed: u64, x in -3.0..3.0f64, y in -3.0..3.0f64) {
            let examples = QuadraticExamples::draw(20, &mut Stream::numbered(seed, 0));
            let all: Vec<usize> = (0..20).collect();
            let gradient = examples.gradient([x, y], &all);
            let step = 1e-5;
            let slope = (examples.excess([x, y + step]) - examples.excess([x, y - step])) / (2.0 * step);
            prop_assert!((gradient[1] - slope).abs() < 1e-6);
        }

        /// All 720 orders of six examples in one epoch of three pairs, against the formula.
        #[test]
        fn an_epochs_variance_is_that_over_all_orders(seed: u64, rate in 0.01..0.4f64) {
            let examples = QuadraticExamples::draw(6, &mut Stream::numbered(seed, 0));
            let center = examples.center();
            let after = |order: &[usize]| {
                order.chunks(2).fold(center, |place, batch| {
                    let gradient = examples.gradient(place, batch);
                    [place[0] - rate * gradient[0], place[1] - rate * gradient[1]]
                })
            };
            let ends: Vec<_> = orders(6).iter().map(|order| after(order)).collect();
            for k in 0..2 {
                let found = ends.iter().map(|end| (end[k] - center[k]).powi(2)).sum::<f64>() / ends.len() as f64;
                let expected = examples.epoch_variance(k, rate, 2);
                prop_assert!((found - expected).abs() < 1e-9 + 1e-6 * expected, "{found} {expected}");
            }
        }

        #[test]
        fn permuted_epochs_plateau_with_the_rate_cubed(seed: u64) {
            let examples = QuadraticExamples::draw(100, &mut Stream::numbered(seed, 0));
            let slope = |plateau: &dyn Fn(f64) -> f64| (plateau(2e-5) / plateau(1e-5)).log2();
            prop_assert!((slope(&|rate| examples.epoch_plateau(rate, 10)) - 3.0).abs() < 0.01);
            prop_assert!((slope(&|rate| examples.plateau(rate, 10)) - 1.0).abs() < 0.01);
        }
    }

    fn orders(count: usize) -> Vec<Vec<usize>> {
        if count == 0 {
            return vec![Vec::new()];
        }
        let insert = |shorter: Vec<usize>| {
            (0..count).map(move |place| {
                let mut order = shorter.clone();
                order.insert(place, count - 1);
                order
            })
        };
        orders(count - 1).into_iter().flat_map(insert).collect()
    }
}
