//! Polynomials of growing degree on few noisy points: underfitting, then overfitting.

use super::settings::{NOISE, POINTS};
use crate::prelude::*;
use std::f64::consts::PI;

/// Keeps the system solvable where points nearly coincide.
const RIDGE: f64 = 1e-9;

/// The largest degree: 16 coefficients for 20 points.
const LARGEST: usize = 15;

/// Errors on training and validation points by degree, over many training sets.
pub(super) fn under_and_overfitting(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (points, noise) = (settings.whole(POINTS), settings.number(NOISE));
    let mut errors = vec![[Vec::new(), Vec::new()]; LARGEST + 1];
    for stream in 0..settings.choose(400, 60) {
        let mut random = Stream::numbered(settings.seed, stream);
        let training = NoisyPoints::spread(points, noise, &mut random);
        let validation = NoisyPoints::draw(200, noise, &mut random);
        for (degree, [seen, unseen]) in errors.iter_mut().enumerate() {
            let fit = training.fit(degree)?;
            seen.push(training.error(&fit));
            unseen.push(validation.error(&fit));
        }
    }
    let medians = |part: usize| errors.iter().map(|of| quantile(&of[part], 0.5)).collect::<Vec<_>>();
    let [seen, unseen] = [0, 1].map(medians);
    let best = (0..=LARGEST).min_by(|one, other| unseen[*one].total_cmp(&unseen[*other])).unwrap_or(0);
    findings
        .claim("The validation error is least at degree", best as f64, Within(3.0..=5.0))
        .claiming("A straight line underfits: its validation error over the least")
        .is(unseen[1] / unseen[best], AtLeast(1.5))
        // Noise that 16 coefficients take over from 20 points makes the error 1 + 16 / 20 of the noise at least, 4 make it 1 + 4 / 20.
        .claim("Degree 15 overfits: its validation error over the least", unseen[LARGEST] / unseen[best], AtLeast(1.5))
        .figure(
            "capacity",
            "Error by capacity",
            "Polynomials on noisy points of sin(pi x), two at the ends and one in each of equal parts between them: \
             the median error over many training sets. On training points it falls with every degree; on others it \
             falls, and then rises.",
            draw_errors(&seen, &unseen, noise),
        );
    Ok(())
}

fn draw_errors(seen: &[f64], unseen: &[f64], noise: f64) -> Chart {
    let by_degree = |errors: &[f64]| errors.iter().enumerate().map(|(d, error)| (d as f64, *error)).collect::<Vec<_>>();
    Chart::new(Axis::linear("degree"), Axis::log("mean squared error").range(0.005..2.0))
        .line("training", &by_degree(seen))
        .line("validation", &by_degree(unseen))
        .rule_y("variance of the noise", noise * noise)
}

/// Points of `sin(pi x)` on `-1..1`, with normal noise.
pub(super) struct NoisyPoints {
    inputs: Vec<f64>,
    targets: Vec<f64>,
}

impl NoisyPoints {
    /// Uniform inputs.
    pub(super) fn draw(count: usize, noise: f64, random: &mut Stream) -> Self {
        let inputs = (0..count).map(|_| random.uniform(-1.0, 1.0)).collect();
        Self::at(inputs, noise, random)
    }

    /// One at either end and one in each of `count - 2` equal parts between them. A polynomial of high degree says nothing outside its
    /// points: on uniform inputs most of its error would lie there, and that is no overfitting.
    fn spread(count: usize, noise: f64, random: &mut Stream) -> Self {
        let width = 2.0 / (count - 2) as f64;
        let between = (0..count - 2).map(|part| -1.0 + width * (part as f64 + random.unit()));
        let inputs = between.chain([-1.0, 1.0]).collect();
        Self::at(inputs, noise, random)
    }

    fn at(inputs: Vec<f64>, noise: f64, random: &mut Stream) -> Self {
        let targets = inputs.iter().map(|x| (PI * x).sin() + noise * random.normal()).collect();
        Self { inputs, targets }
    }

    /// The points at `places`.
    pub(super) fn select(&self, places: &[usize]) -> Self {
        let pick = |values: &[f64]| places.iter().map(|place| values[*place]).collect();
        Self { inputs: pick(&self.inputs), targets: pick(&self.targets) }
    }

    /// The coefficients, in Legendre polynomials, of the polynomial of least squares.
    pub(super) fn fit(&self, degree: usize) -> Result<Vec<f64>> {
        features(&self.inputs, degree).least_squares(&self.targets, RIDGE).context("no polynomial fits")
    }

    /// The mean squared error of a polynomial.
    pub(super) fn error(&self, coefficients: &[f64]) -> f64 {
        let found = features(&self.inputs, coefficients.len() - 1).times(coefficients);
        Mean::over(found.iter().zip(&self.targets).map(|(found, wanted)| (found - wanted).powi(2))).value
    }
}

/// Legendre polynomials of degree 0 to `degree`, a row an input.
fn features(inputs: &[f64], degree: usize) -> Matrix {
    let row = |x: &f64| {
        let mut values = vec![1.0, *x];
        for k in 1..degree {
            values.push(((2 * k + 1) as f64 * x * values[k] - k as f64 * values[k - 1]) / (k + 1) as f64);
        }
        values.truncate(degree + 1);
        values
    };
    Matrix::from_rows(&inputs.iter().map(row).collect::<Vec<_>>())
}
