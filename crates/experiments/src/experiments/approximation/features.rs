//! ReLU features `max(0, w . x - t)`, drawn once or learned one by one, with output weights by least squares.

use super::harmonic::Harmonic;
use crate::prelude::*;

/// Points of the unit cube with the target's values there.
pub(super) struct CubeSample {
    pub(super) points: Vec<Vec<f64>>,
    pub(super) values: Vec<f64>,
}

/// A hidden unit: the side of a plane that it answers to, and how strongly.
#[derive(Clone, Debug)]
pub(super) struct Feature {
    /// Of length 1.
    direction: Vec<f64>,
    threshold: f64,
}

/// Output weights are held back by this much times the number of points, so that units which all but coincide do no harm.
const RIDGE: f64 = 1e-10;
/// So many random units compete in each round of the greedy fit, and the best climbs on.
const CANDIDATES: usize = 60;
const CLIMBS: usize = 40;
/// Steps of the correction of all units together.
const CORRECTIONS: usize = 20;

impl CubeSample {
    pub(super) fn draw(target: &Harmonic, count: usize, random: &mut Stream) -> Self {
        let dimensions = target.frequencies.len();
        let points: Vec<Vec<f64>> = (0..count).map(|_| (0..dimensions).map(|_| random.unit()).collect()).collect();
        let values = points.iter().map(|x| target.value(x)).collect();
        Self { points, values }
    }
}

impl Feature {
    /// A random direction, and a joint through a random point of the cube.
    pub(super) fn draw(dimensions: usize, random: &mut Stream) -> Self {
        let direction = unit(random.normals(dimensions));
        let point: Vec<f64> = (0..dimensions).map(|_| random.unit()).collect();
        Self { threshold: dot(&direction, &point), direction }
    }

    pub(super) fn answer(&self, x: &[f64]) -> f64 {
        (dot(&self.direction, x) - self.threshold).max(0.0)
    }

    /// The unit's length is the output weight's business.
    fn of_length_one(mut self) -> Self {
        let length = dot(&self.direction, &self.direction).sqrt();
        self.direction.iter_mut().for_each(|part| *part /= length);
        self.threshold /= length;
        self
    }

    /// Whether it answers to no fewer points than it has parameters: otherwise it learns them by heart, with whatever output weight that takes,
    /// and says nothing sound of any other.
    fn is_held(&self, sample: &CubeSample) -> bool {
        let parameters = self.direction.len() + 2;
        sample.points.iter().filter(|x| self.answer(x) > 0.0).nth(parameters - 1).is_some()
    }

    fn answers(&self, sample: &CubeSample) -> Vec<f64> {
        sample.points.iter().map(|x| self.answer(x)).collect()
    }
}

/// The mean squared errors on `test` of networks with these widths, whose units are drawn and never changed.
pub(super) fn drawn(train: &CubeSample, test: &CubeSample, widths: &[usize], random: &mut Stream) -> Result<Vec<f64>> {
    let most = widths.iter().copied().max().unwrap_or(0);
    let mut fit = FeatureFit::new(train, test);
    (0..most).for_each(|_| fit.push(&Feature::draw(train.points[0].len(), random)));
    widths.iter().map(|&width| Ok(fit.error(&fit.weights(width)?))).collect()
}

/// The same for units that are learned: added one by one, each the best that was found for what the others leave over, and at every
/// width to be reported all corrected together.
///
/// Adding is the construction in the proof of Barron's bound (Jones 1992; Barron 1993). It never mends an early unit, which the correction does.
///
/// Gives for each width the mean squared error on the training points and on those of `test`.
pub(super) fn learned(
    train: &CubeSample,
    test: &CubeSample,
    widths: &[usize],
    random: &mut Stream,
) -> Result<Vec<[f64; 2]>> {
    let most = widths.iter().copied().max().unwrap_or(0);
    let mut features = Vec::new();
    let mut fit = FeatureFit::new(train, test);
    let mut errors = Vec::new();
    for width in 1..=most {
        let rest = fit.rest(&fit.weights(width - 1)?);
        features.push(best_for(&rest, train, random));
        fit.push(&features[width - 1]);
        if widths.contains(&width) {
            features = corrected(features, train, test)?;
            fit = FeatureFit::of(&features, train, test);
            let weights = fit.weights(width)?;
            errors.push([mean_square(&fit.rest(&weights)), fit.error(&weights)]);
        }
    }
    Ok(errors)
}

/// All units improved together by Levenberg's and Marquardt's method: linearize, solve least squares held back by a damping, and keep what
/// lowers the error on the training points and leaves no unit with too few of them.
fn corrected(mut features: Vec<Feature>, train: &CubeSample, test: &CubeSample) -> Result<Vec<Feature>> {
    let mut damping = 1e-3;
    let fitted = |features: &[Feature]| -> Result<_> {
        let fit = FeatureFit::of(features, train, test);
        let weights = fit.weights(features.len())?;
        Ok((fit.rest(&weights), weights))
    };
    let (mut rest, mut weights) = fitted(&features)?;
    for _ in 0..CORRECTIONS {
        let linear = linearized(&features, &weights, train);
        let Some(step) = linear.least_squares(&rest, damping * train.values.len() as f64) else { break };
        let moved = stepped(&features, &step, train);
        let (moved_rest, moved_weights) = fitted(&moved)?;
        if dot(&moved_rest, &moved_rest) < dot(&rest, &rest) {
            (features, weights, rest, damping) = (moved, moved_weights, moved_rest, damping * 0.2);
        } else {
            damping *= 10.0;
        }
    }
    Ok(features)
}

/// How the network's answer to each point changes with every threshold, direction and output weight, a row each a point.
fn linearized(features: &[Feature], weights: &[f64], sample: &CubeSample) -> Matrix {
    let row = |x: &Vec<f64>| {
        let mut row = vec![1.0];
        for (feature, weight) in features.iter().zip(&weights[1..]) {
            let answer = feature.answer(x);
            let slope = if answer > 0.0 { *weight } else { 0.0 };
            row.extend([answer, -slope]);
            row.extend(x.iter().map(|x| slope * x));
        }
        row
    };
    Matrix::from_rows(&sample.points.iter().map(row).collect::<Vec<_>>())
}

/// The units after a step in the order of [`linearized`]; output weights are fitted again afterwards. A unit that too few points would hold stays.
fn stepped(features: &[Feature], step: &[f64], sample: &CubeSample) -> Vec<Feature> {
    let size = features[0].direction.len() + 2;
    let moved = |(feature, step): (&Feature, &[f64])| {
        let mut moved = feature.clone();
        moved.threshold += step[1];
        add_scaled(&mut moved.direction, 1.0, &step[2..]);
        let moved = moved.of_length_one();
        if moved.is_held(sample) { moved } else { feature.clone() }
    };
    features.iter().zip(step[1..].chunks_exact(size)).map(moved).collect()
}

/// Columns of answers, the constant first, and what least squares needs of them.
struct FeatureFit<'a> {
    train: &'a CubeSample,
    test: &'a CubeSample,
    columns: Vec<Vec<f64>>,
    test_columns: Vec<Vec<f64>>,
    /// The lower triangle of the products of columns, row by row.
    products: Vec<Vec<f64>>,
    with_values: Vec<f64>,
}

impl<'a> FeatureFit<'a> {
    fn new(train: &'a CubeSample, test: &'a CubeSample) -> Self {
        let (columns, test_columns, products, with_values) = Default::default();
        let mut fit = Self { train, test, columns, test_columns, products, with_values };
        fit.push_columns(vec![1.0; train.values.len()], vec![1.0; test.values.len()]);
        fit
    }

    fn of(features: &[Feature], train: &'a CubeSample, test: &'a CubeSample) -> Self {
        let mut fit = Self::new(train, test);
        features.iter().for_each(|feature| fit.push(feature));
        fit
    }

    fn push(&mut self, feature: &Feature) {
        self.push_columns(feature.answers(self.train), feature.answers(self.test));
    }

    fn push_columns(&mut self, column: Vec<f64>, test_column: Vec<f64>) {
        self.with_values.push(dot(&column, &self.train.values));
        self.columns.push(column);
        let last = &self.columns[self.columns.len() - 1];
        self.products.push(self.columns.iter().map(|other| dot(other, last)).collect());
        self.test_columns.push(test_column);
    }

    /// The output weights of the constant and the first `width` units.
    fn weights(&self, width: usize) -> Result<Vec<f64>> {
        let size = width + 1;
        let mut gram = Matrix::zeros(size, size);
        for row in 0..size {
            for column in 0..=row {
                gram.set(row, column, self.products[row][column]);
                gram.set(column, row, self.products[row][column]);
            }
        }
        let ridge = RIDGE * self.train.values.len() as f64;
        // Where rounding makes the matrix indefinite all the same, a larger ridge mends it.
        let solve = |factor: f64| gram.clone().with_ridge(ridge * factor).solve(&self.with_values[..size]);
        [1.0, 1e2, 1e4].into_iter().find_map(solve).context("the units are linearly dependent, a ridge included")
    }

    fn rest(&self, weights: &[f64]) -> Vec<f64> {
        remainder(&self.train.values, &self.columns, weights)
    }

    /// The mean squared error on points that no weight has seen.
    fn error(&self, weights: &[f64]) -> f64 {
        mean_square(&remainder(&self.test.values, &self.test_columns, weights))
    }
}

fn mean_square(rest: &[f64]) -> f64 {
    dot(rest, rest) / rest.len() as f64
}

fn remainder(values: &[f64], columns: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let mut rest = values.to_vec();
    weights.iter().zip(columns).for_each(|(weight, column)| add_scaled(&mut rest, -weight, column));
    rest
}

/// The unit that explains most of `rest`: the best of many random ones, improved by climbing.
fn best_for(rest: &[f64], sample: &CubeSample, random: &mut Stream) -> Feature {
    let dimensions = sample.points[0].len();
    let candidates = (0..CANDIDATES).map(|_| Feature::draw(dimensions, random));
    let scored = candidates.map(|one| (explained(&one, rest, sample), one));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0));
    let (mut score, mut feature) = best.unwrap_or_else(|| (0.0, Feature::draw(dimensions, random)));
    let mut step = 0.3;
    for _ in 0..CLIMBS {
        let uphill = slope(&feature, rest, sample);
        let mut moved = feature.clone();
        add_scaled(&mut moved.direction, step, &uphill[1..]);
        moved.threshold += step * uphill[0];
        let moved = moved.of_length_one();
        let there = explained(&moved, rest, sample);
        if there > score {
            (score, feature, step) = (there, moved, step * 1.5);
        } else {
            step *= 0.4;
        }
    }
    feature
}

/// `<rest, g>^2 / |g - mean|^2`: the squared error that this unit, with a constant, takes away; nothing if too few points hold it.
fn explained(feature: &Feature, rest: &[f64], sample: &CubeSample) -> f64 {
    if !feature.is_held(sample) {
        return 0.0;
    }
    let answers = feature.answers(sample);
    let (agreement, spread) = agreement(&answers, rest);
    if spread > 0.0 { agreement * agreement / spread } else { 0.0 }
}

fn agreement(answers: &[f64], rest: &[f64]) -> (f64, f64) {
    let (mean, count) = (answers.iter().sum::<f64>() / answers.len() as f64, answers.len() as f64);
    (dot(answers, rest), dot(answers, answers) - count * mean * mean)
}

/// The direction, of length 1, in which threshold and direction of a unit explain more.
fn slope(feature: &Feature, rest: &[f64], sample: &CubeSample) -> Vec<f64> {
    let answers = feature.answers(sample);
    let (agreement, spread) = agreement(&answers, rest);
    let mean = answers.iter().sum::<f64>() / answers.len() as f64;
    let mut uphill = vec![0.0; feature.direction.len() + 1];
    for ((x, answer), rest) in sample.points.iter().zip(&answers).zip(rest) {
        if *answer > 0.0 {
            // The derivative of A^2 / B, but for a factor: B dA - A dB / 2.
            let factor = (spread * rest - agreement * (answer - mean)) * agreement.signum();
            uphill[0] -= factor;
            add_scaled(&mut uphill[1..], factor, x);
        }
    }
    unit(uphill)
}

fn unit(mut vector: Vec<f64>) -> Vec<f64> {
    let length = dot(&vector, &vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|part| *part /= length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(dimensions: usize, seed: u64) -> CubeSample {
        let target = Harmonic { frequencies: vec![3.0; dimensions], phase: 0.4 };
        CubeSample::draw(&target, 200, &mut Stream::numbered(seed, 0))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_slope_points_uphill(seed in any::<u64>(), dimensions in 1..5usize) {
            let sample = sample(dimensions, seed);
            let feature = Feature::draw(dimensions, &mut Stream::numbered(seed, 1));
            // A joint at the cube's very edge leaves no answers to learn from.
            prop_assume!(feature.answers(&sample).iter().filter(|&&answer| answer > 0.0).count() > 20);
            let mean = sample.values.iter().sum::<f64>() / 200.0;
            let rest: Vec<f64> = sample.values.iter().map(|value| value - mean).collect();
            let uphill = slope(&feature, &rest, &sample);
            let mut moved = feature.clone();
            moved.threshold += 1e-6 * uphill[0];
            add_scaled(&mut moved.direction, 1e-6, &uphill[1..]);
            prop_assert!(explained(&moved, &rest, &sample) >= explained(&feature, &rest, &sample) * (1.0 - 1e-9));
        }

        #[test]
        fn more_units_fit_no_worse(seed in any::<u64>()) {
            let sample = sample(2, seed);
            let errors = learned(&sample, &sample, &[1, 2, 4, 8], &mut Stream::numbered(seed, 1)).unwrap();
            prop_assert!(errors.windows(2).all(|pair| pair[1][0] <= pair[0][0] + 1e-8));
        }
    }
}
