//! The Gabor model and its loss, by hand (S14).

use std::f64::consts::PI;

use zoo_core::Stream;

/// As many examples as in Prince's book, from `-REACH` to `REACH`.
pub const EXAMPLES: usize = 28;

/// The largest input, and the smallest negated.
pub const REACH: f64 = 15.0;

/// The standard deviation of a target around the model.
pub const NOISE: f64 = 0.1;

/// A form of the model with the parameters that its data comes from and the rectangle in which descent starts.
pub struct Setting {
    /// Whose form it is.
    pub name: &'static str,
    /// The same for file names.
    pub file: &'static str,
    /// Which model.
    pub form: Form,
    /// The parameters that the data comes from.
    pub truth: [f64; 2],
    /// From and to, of either parameter.
    pub bounds: [[f64; 2]; 2],
}

/// The notes give no data. Ours: an envelope that falls to 1/e at a third of the reach, and starts at all phases and at all frequencies
/// that 28 examples in 30 units can tell apart, half a period an example. Prince's: his parameters, and starts over his figure's plane.
pub const SETTINGS: [Setting; 2] = [
    Setting {
        name: "the notes' form",
        file: "notes",
        form: Form::Notes,
        truth: [0.0, 3.0 / REACH],
        bounds: [[-PI, PI], [-PI * EXAMPLES as f64 / (2.0 * REACH), PI * EXAMPLES as f64 / (2.0 * REACH)]],
    },
    Setting {
        name: "Prince's form",
        file: "prince",
        form: Form::Prince,
        truth: [0.0, 16.6],
        bounds: [[-10.0, 10.0], [2.5, 22.5]],
    },
];

/// The two ways in which the model is written down, of parameters `[offset, scale]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The notes': `sin(phi_0 + phi_1 x) exp(-phi_1^2 x^2)`.
    Notes,
    /// Prince's, Understanding Deep Learning (2023), equation 6.8: `sin(u) exp(-u^2 / 32)` with `u = phi_0 + 0.06 phi_1 x`.
    Prince,
}

impl Form {
    /// What it gives for `x`.
    #[inline]
    pub fn predict(self, [offset, scale]: [f64; 2], x: f64) -> f64 {
        match self {
            Form::Notes => (offset + scale * x).sin() * (-(scale * x).powi(2)).exp(),
            Form::Prince => {
                let u = offset + 0.06 * scale * x;
                u.sin() * (-u * u / 32.0).exp()
            }
        }
    }

    /// `df/dphi_0` and `df/dphi_1`.
    pub fn slopes(self, [offset, scale]: [f64; 2], x: f64) -> [f64; 2] {
        match self {
            Form::Notes => {
                let (sin, cos) = (offset + scale * x).sin_cos();
                let envelope = (-(scale * x).powi(2)).exp();
                [cos * envelope, x * envelope * (cos - 2.0 * scale * x * sin)]
            }
            Form::Prince => {
                let u = offset + 0.06 * scale * x;
                let (sin, cos) = u.sin_cos();
                let by_u = (cos - u / 16.0 * sin) * (-u * u / 32.0).exp();
                [by_u, 0.06 * x * by_u]
            }
        }
    }
}

/// Inputs and targets.
#[derive(Clone, Debug)]
pub struct GaborSample {
    /// Which model.
    pub form: Form,
    /// `x` of every example.
    pub inputs: Vec<f64>,
    /// `y` of every example.
    pub targets: Vec<f64>,
}

impl GaborSample {
    /// The model at `truth` with normal noise of deviation `noise`, inputs uniform in `-reach..reach`.
    pub fn draw(form: Form, truth: [f64; 2], [reach, noise]: [f64; 2], count: usize, random: &mut Stream) -> Self {
        let inputs: Vec<f64> = (0..count).map(|_| random.uniform(-reach, reach)).collect();
        let targets = inputs.iter().map(|x| form.predict(truth, *x) + noise * random.normal()).collect();
        Self { form, inputs, targets }
    }

    /// Every example: the batch of plain gradient descent.
    pub fn every(&self) -> Vec<usize> {
        (0..self.inputs.len()).collect()
    }

    /// The mean square of the targets: the loss of a model that always answers 0.
    pub fn loss_of_nothing(&self) -> f64 {
        self.targets.iter().map(|y| y * y).sum::<f64>() / self.targets.len() as f64
    }

    /// The mean squared error.
    pub fn loss(&self, parameters: [f64; 2]) -> f64 {
        let pairs = self.inputs.iter().zip(&self.targets);
        pairs.map(|(x, y)| (self.form.predict(parameters, *x) - y).powi(2)).sum::<f64>() / self.inputs.len() as f64
    }

    /// Its gradient over the examples of `batch`.
    pub fn gradient(&self, parameters: [f64; 2], batch: &[usize]) -> [f64; 2] {
        let mut sum = [0.0; 2];
        for &example in batch {
            let (x, y) = (self.inputs[example], self.targets[example]);
            let error = self.form.predict(parameters, x) - y;
            let [by_offset, by_scale] = self.form.slopes(parameters, x);
            sum[0] += 2.0 * error * by_offset;
            sum[1] += 2.0 * error * by_scale;
        }
        sum.map(|value| value / batch.len() as f64)
    }

    /// The Hessian at `place` over the examples of `batch`, `[[a, b], [b, d]]` as `[a, b, d]`, from central differences of the gradient.
    pub fn hessian(&self, place: [f64; 2], batch: &[usize]) -> [f64; 3] {
        let step = 1e-5;
        let by = |k: usize| {
            let (mut up, mut down) = (place, place);
            up[k] += step;
            down[k] -= step;
            let (up, down) = (self.gradient(up, batch), self.gradient(down, batch));
            [(up[0] - down[0]) / (2.0 * step), (up[1] - down[1]) / (2.0 * step)]
        };
        let ([a, b], [_, d]) = (by(0), by(1));
        [a, b, d]
    }

    /// Its eigenvalues, the smaller first.
    pub fn curvatures(&self, place: [f64; 2]) -> [f64; 2] {
        self.curvatures_of(place, &self.every())
    }

    /// The same over the examples of `batch`.
    pub fn curvatures_of(&self, place: [f64; 2], batch: &[usize]) -> [f64; 2] {
        let [a, b, d] = self.hessian(place, batch);
        let (middle, half) = ((a + d) / 2.0, (((a - d) / 2.0).powi(2) + b * b).sqrt());
        [middle - half, middle + half]
    }

    /// The point without slope that Newton's method finds from `start`, if it does.
    pub fn critical_point(&self, start: [f64; 2]) -> Option<[f64; 2]> {
        let all = self.every();
        let mut place = start;
        for _ in 0..30 {
            let ([x, y], [a, b, d]) = (self.gradient(place, &all), self.hessian(place, &all));
            let determinant = a * d - b * b;
            place = [place[0] - (d * x - b * y) / determinant, place[1] - (a * y - b * x) / determinant];
        }
        let slope = self.gradient(place, &all);
        (slope[0].abs().max(slope[1].abs()) < 1e-10).then_some(place)
    }

    /// The loss down from `start` on all examples until the slope is below 1e-8 or the steps are over, never up and never further than
    /// `longest` at once: a step of Newton's where the loss curves up all around, else down the slope, by more each time that this lowers
    /// the loss.
    pub fn settle(&self, start: [f64; 2], longest: f64, steps: usize) -> f64 {
        let all = self.every();
        let (mut place, mut loss, mut rate) = (start, self.loss(start), 1.0);
        for _ in 0..steps {
            let [x, y] = self.gradient(place, &all);
            let [a, b, d] = self.hessian(place, &all);
            let determinant = a * d - b * b;
            let is_hollow = a > 0.0 && determinant > 0.0;
            if x.abs().max(y.abs()) < 1e-8 {
                return loss;
            }
            let newton = [(d * x - b * y) / determinant, (a * y - b * x) / determinant];
            let tries = [is_hollow.then_some(newton), Some([rate * x, rate * y])].into_iter().flatten();
            let better = tries.map(|[across, up]| {
                let part = (longest / across.hypot(up)).min(1.0);
                [place[0] - part * across, place[1] - part * up]
            });
            match better.map(|next| (next, self.loss(next))).find(|(_, next)| *next < loss) {
                Some((next, lower)) => (place, loss, rate) = (next, lower, rate * 2.0),
                None => rate /= 4.0,
            }
        }
        loss
    }

    /// The lowest point that descent from all points of a grid finds.
    pub fn global_minimum(&self, bounds: [[f64; 2]; 2], points: usize) -> ([f64; 2], f64) {
        let mut best = ([0.0; 2], f64::INFINITY);
        for index in 0..points * points {
            let part = |place: usize, [low, high]: [f64; 2]| low + (high - low) * (place as f64 + 0.5) / points as f64;
            let start = [part(index / points, bounds[0]), part(index % points, bounds[1])];
            let loss = self.loss(start);
            if loss < best.1 {
                best = (start, loss);
            }
        }
        let all = self.every();
        // Far too large; every step that would climb halves it.
        let mut rate = 10.0;
        let (mut here, mut loss) = best;
        for _ in 0..20_000 {
            let gradient = self.gradient(here, &all);
            let next = [here[0] - rate * gradient[0], here[1] - rate * gradient[1]];
            let next_loss = self.loss(next);
            if next_loss <= loss {
                (here, loss) = (next, next_loss);
            } else {
                rate /= 2.0;
            }
        }
        (here, loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn turning_and_mirroring_leave_the_notes_function_as_it_is(offset in -6.0..6.0f64, scale in -2.0..2.0f64, x in -4.0..4.0f64) {
            let predict = |parameters| Form::Notes.predict(parameters, x);
            let (value, pi) = (predict([offset, scale]), std::f64::consts::PI);
            prop_assert!((predict([offset + 2.0 * pi, scale]) - value).abs() < 1e-9);
            prop_assert!((predict([pi - offset, -scale]) - value).abs() < 1e-9);
        }

        #[test]
        fn slopes_are_central_differences(offset in -6.0..6.0f64, scale in -3.0..3.0f64, x in -4.0..4.0f64) {
            for (form, scale) in [(Form::Notes, scale), (Form::Prince, 10.0 * scale)] {
                let step = 1e-6;
                let rise = |[by, along]: [f64; 2]| {
                    let at = |sign: f64| form.predict([offset + sign * by, scale + sign * along], x);
                    (at(1.0) - at(-1.0)) / (2.0 * step)
                };
                let [by_offset, by_scale] = form.slopes([offset, scale], x);
                prop_assert!((by_offset - rise([step, 0.0])).abs() < 1e-6, "{form:?}");
                prop_assert!((by_scale - rise([0.0, step])).abs() < 1e-6, "{form:?}");
            }
        }
    }
}
