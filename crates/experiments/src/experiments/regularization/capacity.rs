//! Polynomials of growing degree on few noisy points: underfitting, then overfitting. And what validation sees of it.

use super::settings::{NOISE, POINTS};
use crate::prelude::*;
use std::f64::consts::PI;

/// Keeps the system solvable where points nearly coincide.
const RIDGE: f64 = 1e-9;

/// The largest degree: 16 coefficients for 20 points.
const LARGEST: usize = 15;

/// Errors on training and validation points by degree, over many training sets.
pub(super) fn under_and_overfitting(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let sets = settings.choose(400, 60);
    let (points, noise) = (settings.whole(POINTS), settings.number(NOISE));
    let mut errors = vec![(Vec::new(), Vec::new()); LARGEST + 1];
    let mut variances = Vec::new();
    for stream in 0..sets {
        let mut random = Stream::numbered(settings.seed, stream);
        let (training, validation) =
            (NoisyPoints::spread(points, noise, &mut random), NoisyPoints::draw(200, noise, &mut random));
        variances.push(training.variance(LARGEST, &validation.inputs).context("no polynomial fits")?);
        for (degree, (seen, unseen)) in errors.iter_mut().enumerate() {
            let fit = training.fit(degree).context("no polynomial fits")?;
            seen.push(training.error(&fit));
            unseen.push(validation.error(&fit));
        }
    }
    capacity_claims(&errors, [points as f64, noise], findings);
    noise_alone(&errors[LARGEST].1, &variances, noise, findings);
    findings
        .figure(
            "capacity",
            "Error by capacity",
            "Polynomials on 20 noisy points of sin(pi x), two at the ends and one in each of 18 equal parts between \
             them: the median error over many training sets, with the middle half of them. On training points it \
             falls with every degree; on others it falls, and then rises.",
            draw_errors(&errors, noise),
        )
        .panels(
            "fits",
            "Three polynomials on the same points",
            "One training set with a polynomial that underfits, one about right, and one that overfits.",
            3,
            draw_fits(&NoisyPoints::spread(points, noise, &mut Stream::numbered(settings.seed, 0)))?,
        );
    Ok(())
}

/// The errors of all training sets on training and on validation points, for one degree.
type DegreeErrors = (Vec<f64>, Vec<f64>);

fn capacity_claims(errors: &[DegreeErrors], [points, noise]: [f64; 2], findings: &mut Findings) {
    let median = |values: &[f64]| quantile(values, 0.5);
    let unseen: Vec<f64> = errors.iter().map(|(_, unseen)| median(unseen)).collect();
    let best = (0..unseen.len()).fold(0, |best, degree| if unseen[degree] < unseen[best] { degree } else { best });
    let seen: Vec<f64> = errors.iter().map(|(seen, _)| Mean::of(seen).value).collect();
    let rise = seen.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::NEG_INFINITY, larger);
    // A polynomial of degree 7 has no visible error of its own on sin(pi x): what is left is noise, less a part for every coefficient.
    let expected = noise * noise * (1.0 - 8.0 / points);
    let seven = Mean::of(&errors[7].0);
    findings
        .claiming("More capacity never fits the training points worse: largest rise of the mean error by a degree")
        .is(rise, AtMost(1e-6))
        .claiming(format!(
            "Training error is too good: at degree 7 it is the noise times 1 - 8 / {points} (coefficients, points)"
        ))
        .is(seven.value, Near(expected, 5.0 * seven.error))
        .measured_with(format!(" (5 standard errors, {} training sets)", seven.count))
        .claim("The validation error is least at degree", best as f64, Within(3.0..=5.0))
        .claiming("A straight line underfits: its validation error over the least")
        .is(unseen[1] / unseen[best], AtLeast(1.5))
        // Noise that 16 coefficients take over from 20 points makes the error 1 + 16 / 20 of the noise at least, 4 make it 1 + 4 / 20.
        .claim("Degree 15 overfits: its validation error over the least", unseen[LARGEST] / unseen[best], AtLeast(1.5))
        .table("Median error by degree", &["degree", "training", "validation"], error_rows(errors));
}

/// A polynomial of degree 15 has no visible error of its own. So all of its error on new points is noise: theirs, and that which each of
/// its 16 coefficients took over from the training points.
fn noise_alone(errors: &[f64], variances: &[f64], noise: f64, findings: &mut Findings) {
    let ratios: Vec<f64> =
        errors.iter().zip(variances).map(|(error, variance)| error / (noise * noise * (1.0 + variance))).collect();
    let ratio = Mean::of(&ratios);
    findings
        .claiming(
            "That is noise learned by heart: validation error at degree 15 over what least squares makes of noise, \
             0.09 (1 + mean of phi(x)^T (Phi^T Phi)^-1 phi(x))",
        )
        .is(ratio.value, Near(1.0, 5.0 * ratio.error))
        .measured_with(format!(" (5 standard errors, {} training sets)", ratio.count));
}

fn error_rows(errors: &[DegreeErrors]) -> Vec<Vec<String>> {
    let row =
        |(degree, (seen, unseen)): (usize, &DegreeErrors)| row![degree, quantile(seen, 0.5), quantile(unseen, 0.5)];
    errors.iter().enumerate().map(row).collect()
}

/// One of both.
type ErrorPart = fn(&DegreeErrors) -> &[f64];

fn draw_errors(errors: &[DegreeErrors], noise: f64) -> Chart {
    let mut chart = Chart::new(Axis::linear("degree"), Axis::log("mean squared error").range(0.005..2.0));
    let parts: [ErrorPart; 2] = [|one| &one.0, |one| &one.1];
    for (label, part) in ["training", "validation"].into_iter().zip(parts) {
        let at = |fraction: f64| errors.iter().map(move |one| quantile(part(one), fraction)).enumerate();
        let band: Vec<_> =
            at(0.25).zip(at(0.75)).map(|((degree, low), (_, high))| (degree as f64, low, high)).collect();
        let line: Vec<_> = at(0.5).map(|(degree, value)| (degree as f64, value)).collect();
        chart = chart.band(label, &band).line(label, &line);
    }

    chart.rule_y("variance of the noise", noise * noise)
}

fn draw_fits(points: &NoisyPoints) -> Result<Vec<Chart>> {
    let places: Vec<f64> = (0..=200).map(|step| f64::from(step) / 100.0 - 1.0).collect();
    let examples: Vec<_> = points.inputs.iter().copied().zip(points.targets.iter().copied()).collect();
    let truth: Vec<_> = places.iter().map(|x| (*x, (PI * x).sin())).collect();
    let panel = |degree: usize| -> Result<Chart> {
        let fit = points.fit(degree).context("no polynomial fits")?;
        let curve: Vec<_> = places.iter().copied().zip(evaluate(&fit, &places)).collect();
        Ok(Chart::new(Axis::linear("x"), Axis::linear("y").range(-2.5..2.5))
            .heading(&format!("degree {degree}"))
            .scatter("training points", &examples)
            .dashed("sin(pi x)", &truth)
            .line("polynomial of least squares", &curve))
    };
    let panels = [1, 3, 15].into_iter().map(panel).collect::<Result<Vec<_>>>()?;
    Ok(panels)
}

/// Points of `sin(pi x)` on `-1..1`, with noise.
pub(crate) struct NoisyPoints {
    pub(crate) inputs: Vec<f64>,
    pub(crate) targets: Vec<f64>,
}

impl NoisyPoints {
    /// Inputs uniform, noise normal of deviation `noise`.
    pub(crate) fn draw(count: usize, noise: f64, random: &mut Stream) -> Self {
        let inputs: Vec<f64> = (0..count).map(|_| random.uniform(-1.0, 1.0)).collect();
        let targets = inputs.iter().map(|x| (PI * x).sin() + noise * random.normal()).collect();
        Self { inputs, targets }
    }

    /// One at either end and one in each of `count - 2` equal parts between them. A polynomial of high degree says nothing outside its
    /// points: on uniform inputs most of its error would lie there, and that is no overfitting.
    fn spread(count: usize, noise: f64, random: &mut Stream) -> Self {
        let width = 2.0 / (count - 2) as f64;
        let between = (0..count - 2).map(|part| -1.0 + width * (part as f64 + random.unit()));
        let inputs: Vec<f64> = between.chain([-1.0, 1.0]).collect();
        let targets = inputs.iter().map(|x| (PI * x).sin() + noise * random.normal()).collect();
        Self { inputs, targets }
    }

    /// The variance of what least squares answers at `places`, on average over them, where the targets have noise of variance 1.
    fn variance(&self, degree: usize, places: &[f64]) -> Option<f64> {
        let gram = features(&self.inputs, degree).gram();
        let seen = features(places, degree);
        let at = |place: usize| Some(dot(seen.row(place), &gram.solve(seen.row(place))?));
        Some((0..places.len()).map(at).sum::<Option<f64>>()? / places.len() as f64)
    }

    pub(crate) fn len(&self) -> usize {
        self.inputs.len()
    }

    /// The points at `places`.
    pub(crate) fn select(&self, places: &[usize]) -> Self {
        let pick = |values: &[f64]| places.iter().map(|place| values[*place]).collect();
        Self { inputs: pick(&self.inputs), targets: pick(&self.targets) }
    }

    /// The coefficients, in Legendre polynomials, of the polynomial of least squares.
    pub(crate) fn fit(&self, degree: usize) -> Option<Vec<f64>> {
        features(&self.inputs, degree).least_squares(&self.targets, RIDGE)
    }

    /// The mean squared error of a polynomial.
    pub(crate) fn error(&self, coefficients: &[f64]) -> f64 {
        let predictions = features(&self.inputs, coefficients.len() - 1).times(coefficients);
        let squares = predictions.iter().zip(&self.targets).map(|(found, wanted)| (found - wanted).powi(2));
        squares.sum::<f64>() / self.len() as f64
    }
}

/// The value of a polynomial at every point of `inputs`.
pub(crate) fn evaluate(coefficients: &[f64], inputs: &[f64]) -> Vec<f64> {
    features(inputs, coefficients.len() - 1).times(coefficients)
}

/// Legendre polynomials of degree 0 to `degree`, a row an input.
fn features(inputs: &[f64], degree: usize) -> Matrix {
    let row = |x: &f64| {
        let mut values = vec![1.0, *x];
        for k in 1..degree {
            let next = ((2 * k + 1) as f64 * x * values[k] - k as f64 * values[k - 1]) / (k + 1) as f64;
            values.push(next);
        }
        values.truncate(degree + 1);
        values
    };
    Matrix::from_rows(&inputs.iter().map(row).collect::<Vec<_>>())
}

/// The error on the part of `points` that a fit does not see, for each of `folds` parts in turn.
pub(crate) fn cross_validate(
    points: &NoisyPoints,
    degree: usize,
    folds: usize,
    random: &mut Stream,
) -> Option<Vec<f64>> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    random.shuffle(&mut order);
    let part = |fold: usize, is_held: bool| -> Vec<usize> {
        let chosen = order.iter().enumerate().filter(|(place, _)| (place % folds == fold) == is_held);
        chosen.map(|(_, index)| *index).collect()
    };
    let error = |fold: usize| {
        let fit = points.select(&part(fold, false)).fit(degree)?;
        Some(points.select(&part(fold, true)).error(&fit))
    };
    (0..folds).map(error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn more_capacity_never_fits_the_training_points_worse(seed: u64) {
            let points = NoisyPoints::draw(20, 0.3, &mut Stream::numbered(seed, 0));
            // What is minimized includes the ridge, so that is what cannot rise.
            let least = |degree: usize| {
                let fit = points.fit(degree).unwrap();
                20.0 * points.error(&fit) + RIDGE * dot(&fit, &fit)
            };
            let errors: Vec<f64> = (0..12).map(least).collect();
            prop_assert!(errors.windows(2).all(|pair| pair[1] <= pair[0] + 1e-7));
        }

        #[test]
        fn a_polynomial_is_found_again(seed: u64, coefficients in prop::collection::vec(-2.0..2.0f64, 5)) {
            let inputs = NoisyPoints::draw(30, 0.0, &mut Stream::numbered(seed, 0)).inputs;
            let targets = evaluate(&coefficients, &inputs);
            let found = NoisyPoints { inputs, targets }.fit(4).unwrap();
            for (found, wanted) in found.iter().zip(&coefficients) {
                prop_assert!((found - wanted).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn every_fold_is_held_once() {
        let points = NoisyPoints::draw(23, 0.3, &mut Stream::numbered(1, 0));
        assert_eq!(cross_validate(&points, 2, 5, &mut Stream::numbered(1, 1)).unwrap().len(), 5);
    }
}
