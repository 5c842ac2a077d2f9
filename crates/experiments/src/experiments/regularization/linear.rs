//! Penalties on the weights of a linear model: the path of the lasso and of ridge regression.

use crate::prelude::*;

/// Inputs, targets and the weights the targets were made with.
pub(crate) struct Task {
    pub(crate) inputs: Matrix,
    pub(crate) targets: Vec<f64>,
    pub(crate) truth: Vec<f64>,
}

impl Task {
    /// Standard normal inputs; the first weights are 3, -2, 1.5, all others 0; noise of deviation 1.
    pub(crate) fn draw(examples: usize, features: usize, random: &mut Stream) -> Self {
        let mut truth = vec![0.0; features];
        for (weight, value) in truth.iter_mut().zip([3.0, -2.0, 1.5]) {
            *weight = value;
        }
        let inputs = Matrix { rows: examples, columns: features, values: random.normals(examples * features) };
        let targets = inputs.times(&truth).into_iter().map(|target| target + random.normal()).collect();
        Self { inputs, targets, truth }
    }

    /// The gradient of `1/(2N) |X w - y|^2`.
    pub(crate) fn gradient(&self, weights: &[f64]) -> Vec<f64> {
        let predictions = self.inputs.times(weights);
        let errors: Vec<f64> = predictions.iter().zip(&self.targets).map(|(found, wanted)| found - wanted).collect();
        let count = self.targets.len() as f64;
        self.inputs.transposed_times(&errors).iter().map(|value| value / count).collect()
    }

    /// The least `lambda` at which all weights of the lasso are zero.
    pub(crate) fn largest_lambda(&self) -> f64 {
        self.gradient(&vec![0.0; self.inputs.columns]).iter().fold(0.0, |most, value| larger(most, value.abs()))
    }

    /// The minimum of `1/(2N) |X w - y|^2 + lambda sum |w|`.
    pub(crate) fn lasso(&self, lambda: f64) -> Vec<f64> {
        self.elastic_net(lambda, 0.0)
    }

    /// The minimum of `1/(2N) |X w - y|^2 + l1 sum |w| + l2/2 |w|^2`, a weight at a time: each has its minimum at a soft threshold.
    pub(crate) fn elastic_net(&self, l1: f64, l2: f64) -> Vec<f64> {
        let count = self.targets.len() as f64;
        let gram = self.inputs.gram();
        let pulls = self.inputs.transposed_times(&self.targets);
        let mut weights = vec![0.0; self.inputs.columns];
        for _sweep in 0..500 {
            for place in 0..weights.len() {
                let own = gram.at(place, place);
                let pull = pulls[place] - dot(gram.row(place), &weights) + own * weights[place];
                weights[place] = soft_threshold(pull / count, l1) / (own / count + l2);
            }
        }
        weights
    }

    /// The same minimum by proximal gradient descent: a step against the gradient, then all weights toward zero by `rate lambda`.
    pub(crate) fn lasso_by_proximal_steps(&self, lambda: f64, steps: usize) -> Vec<f64> {
        let curvatures = self.inputs.gram().eigenvalues();
        let rate = self.targets.len() as f64 / curvatures.last().copied().unwrap_or(1.0);
        let mut weights = vec![0.0; self.inputs.columns];
        for _ in 0..steps {
            let gradient = self.gradient(&weights);
            for (weight, slope) in weights.iter_mut().zip(gradient) {
                *weight = soft_threshold(*weight - rate * slope, rate * lambda);
            }
        }
        weights
    }

    /// The minimum of `1/(2N) |X w - y|^2 + lambda/2 |w|^2`, in closed form.
    pub(crate) fn ridge(&self, lambda: f64) -> Option<Vec<f64>> {
        self.inputs.least_squares(&self.targets, lambda * self.targets.len() as f64)
    }

    /// By how much `weights` miss the conditions of the minimum: the gradient with that of `l2` is `-l1 sign w` where `w` is not zero,
    /// and at most `l1` where it is (Karush, Kuhn, Tucker).
    pub(crate) fn violation(&self, weights: &[f64], l1: f64, l2: f64) -> f64 {
        let violation = |(slope, weight): (&f64, &f64)| match *weight {
            0.0 => (slope.abs() - l1).max(0.0),
            weight => (slope + l2 * weight + l1 * weight.signum()).abs(),
        };
        self.gradient(weights).iter().zip(weights).map(violation).fold(0.0, larger)
    }
}

/// Toward zero by `amount`, and zero within it: the minimum of `1/2 (w - x)^2 + amount |w|`.
pub(crate) fn soft_threshold(x: f64, amount: f64) -> f64 {
    x.signum() * (x.abs() - amount).max(0.0)
}

pub(crate) fn zeros(weights: &[f64]) -> usize {
    weights.iter().filter(|weight| **weight == 0.0).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn soft_thresholds_are_minima(x in -3.0..3.0f64, amount in 0.0..2.0f64, other in -3.0..3.0f64) {
            let cost = |w: f64| 0.5 * (w - x).powi(2) + amount * w.abs();
            prop_assert!(cost(soft_threshold(x, amount)) <= cost(other) + 1e-12);
        }

        #[test]
        fn ridge_has_no_slope_left(seed: u64, lambda in 0.01..10.0f64) {
            let task = Task::draw(40, 8, &mut Stream::numbered(seed, 0));
            let weights = task.ridge(lambda).unwrap();
            for (slope, weight) in task.gradient(&weights).iter().zip(&weights) {
                prop_assert!((slope + lambda * weight).abs() < 1e-9);
            }
        }

        #[test]
        fn everything_is_zero_from_the_largest_lambda_on(seed: u64) {
            let task = Task::draw(40, 8, &mut Stream::numbered(seed, 0));
            let largest = task.largest_lambda();
            prop_assert_eq!(zeros(&task.lasso(1.001 * largest)), 8);
            prop_assert!(zeros(&task.lasso(0.999 * largest)) < 8);
        }
    }
}
