//! The mean squared error of a linear model as a function of its parameters, and the two ways to its minimum.

use crate::prelude::*;

/// Rows `(1, x_1, .., x_D)` and what is to be predicted from each.
pub(super) struct LinearProblem {
    pub(super) inputs: Matrix,
    pub(super) targets: Vec<f64>,
}

/// Where gradient descent stopped.
pub(super) struct DescentEnd {
    pub(super) parameters: Vec<f64>,
    pub(super) steps: usize,
}

impl LinearProblem {
    /// `targets = 0.5 + x_1 - x_2 + x_3 - .. + noise`, inputs uniform in `0..2`.
    pub(super) fn random(examples: usize, dimensions: usize, noise: f64, random: &mut Stream) -> Self {
        let mut inputs = Matrix::zeros(examples, dimensions + 1);
        let mut targets = Vec::with_capacity(examples);
        for row in 0..examples {
            let mut target = 0.5 + noise * random.normal();
            inputs.set(row, 0, 1.0);
            for column in 1..=dimensions {
                let value = random.uniform(0.0, 2.0);
                inputs.set(row, column, value);
                target += if column % 2 == 1 { value } else { -value };
            }
            targets.push(target);
        }
        Self { inputs, targets }
    }

    /// A line through points `x, y`.
    pub(super) fn of_points(points: &[Vec<f64>]) -> Self {
        let inputs: Vec<Vec<f64>> = points.iter().map(|point| vec![1.0, point[0]]).collect();
        Self { inputs: Matrix::from_rows(&inputs), targets: points.iter().map(|point| point[1]).collect() }
    }

    /// `L = 1/N sum (phi . x - y)^2`.
    pub(super) fn loss(&self, parameters: &[f64]) -> f64 {
        let errors = self.errors(parameters);
        dot(&errors, &errors) / self.targets.len() as f64
    }

    /// `dL/dphi = 2/N X^T (X phi - y)`.
    pub(super) fn gradient(&self, parameters: &[f64]) -> Vec<f64> {
        let mut gradient = self.inputs.transposed_times(&self.errors(parameters));
        let scale = 2.0 / self.targets.len() as f64;
        gradient.iter_mut().for_each(|value| *value *= scale);
        gradient
    }

    /// `d2L/dphi2 = 2/N X^T X`, the same everywhere: the loss is a paraboloid.
    pub(super) fn hessian(&self) -> Matrix {
        let mut hessian = self.inputs.gram();
        let scale = 2.0 / self.targets.len() as f64;
        hessian.values.iter_mut().for_each(|value| *value *= scale);
        hessian
    }

    /// One over the largest curvature: half the rate at which descent would diverge.
    pub(super) fn rate(&self) -> f64 {
        self.hessian().eigenvalues().last().map_or(0.0, |steepest| 1.0 / steepest)
    }

    /// `(X^T X)^-1 X^T y`.
    pub(super) fn closed_form(&self) -> Result<Vec<f64>> {
        let solved = self.inputs.least_squares(&self.targets, 0.0);
        solved.context("the inputs are linearly dependent, as where x is the same in all rows; give others")
    }

    /// Steps against the gradient until the loss changes by less than `epsilon`, at most `most` of them.
    pub(super) fn descend(&self, start: Vec<f64>, rate: f64, epsilon: f64, most: usize) -> DescentEnd {
        self.descend_watched(start, rate, epsilon, most, |_| ())
    }

    /// Every parameter vector of such a descent, the start included.
    pub(super) fn path(&self, start: Vec<f64>, rate: f64, epsilon: f64, most: usize) -> Vec<Vec<f64>> {
        let mut path = vec![start.clone()];
        self.descend_watched(start, rate, epsilon, most, |parameters| path.push(parameters.to_vec()));
        path
    }

    fn descend_watched(
        &self,
        start: Vec<f64>,
        rate: f64,
        epsilon: f64,
        most: usize,
        mut watch: impl FnMut(&[f64]),
    ) -> DescentEnd {
        let mut parameters = start;
        let mut old_loss = self.loss(&parameters);
        for steps in 1..=most {
            let gradient = self.gradient(&parameters);
            add_scaled(&mut parameters, -rate, &gradient);
            watch(&parameters);
            let loss = self.loss(&parameters);
            if (old_loss - loss).abs() < epsilon {
                return DescentEnd { parameters, steps };
            }
            old_loss = loss;
        }
        DescentEnd { parameters, steps: most }
    }

    fn errors(&self, parameters: &[f64]) -> Vec<f64> {
        let predictions = self.inputs.times(parameters);
        predictions.iter().zip(&self.targets).map(|(prediction, target)| prediction - target).collect()
    }
}

/// What is checked.
impl LinearProblem {
    /// How far the gradient beside the minimum, along `step`, is from the rise of the loss over two steps.
    pub(super) fn distance_to_slope(&self, minimum: &[f64], step: &[f64]) -> f64 {
        let at = |factor: f64| moved(minimum, factor, step);
        let rise = (self.loss(&at(2.0)) - self.loss(&at(0.0))) / 2.0;
        (dot(&self.gradient(&at(1.0)), step) - rise).abs()
    }

    /// How far the loss a step beside the minimum is from `L* + 1/2 d^T H d`.
    pub(super) fn distance_to_paraboloid(&self, minimum: &[f64], step: &[f64]) -> f64 {
        let rise = 0.5 * dot(step, &self.hessian().times(step));
        (self.loss(&moved(minimum, 1.0, step)) - self.loss(minimum) - rise).abs()
    }

    /// The cosine between the gradient and the level line at `angle` around the minimum: zero if they are orthogonal.
    ///
    /// The level line's direction is a central difference of points found by bisection; no derivative enters it.
    pub(super) fn cosine_to_level_line(&self, minimum: &[f64], angle: f64, level: f64) -> Option<f64> {
        let step = 1e-4;
        let on_level = |angle: f64| self.on_level(minimum, angle, level);
        let (before, here, after) = (on_level(angle - step)?, on_level(angle)?, on_level(angle + step)?);
        let tangent = [after[0] - before[0], after[1] - before[1]];
        let gradient = self.gradient(&here);
        Some(dot(&tangent, &gradient) / norm(&tangent) / norm(&gradient))
    }

    /// The point on the ray from `center` in the direction `angle` where the loss of a two-parameter model is `level`, by bisection.
    pub(super) fn on_level(&self, center: &[f64], angle: f64, level: f64) -> Option<[f64; 2]> {
        let at = |radius: f64| [center[0] + radius * angle.cos(), center[1] + radius * angle.sin()];
        let mut bounds = [0.0, 1.0];
        while self.loss(&at(bounds[1])) < level {
            bounds[1] *= 2.0;
            if bounds[1] > 1e12 {
                return None;
            }
        }
        for _ in 0..100 {
            let middle = (bounds[0] + bounds[1]) / 2.0;
            let side = usize::from(self.loss(&at(middle)) >= level);
            bounds[side] = middle;
        }
        Some(at(bounds[0]))
    }
}

fn moved(from: &[f64], factor: f64, step: &[f64]) -> Vec<f64> {
    from.iter().zip(step).map(|(value, step)| value + factor * step).collect()
}
