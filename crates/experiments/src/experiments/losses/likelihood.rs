//! Where a negative log-likelihood is least lies the maximum likelihood estimate, and so does the divergence from the data.

use super::formulas::{cross_entropy, divergence, divergence_from_softmax, huber};
use super::settings::{HEADS, OUTLIER};
use crate::autodiff::{gradient, largest_difference};
use crate::prelude::*;
use zoo_recipe::Loss as Zoo;

/// Gradients in single precision are off by 1e-7, and curvatures are a tenth and more.
const BY_DESCENT: f64 = 1e-5;
/// Near a minimum a function in double precision looks flat over the root of 1e-16.
const BY_SEARCH: f64 = 1e-6;

/// Coins and dice: the zoo's cross-entropies against frequencies.
pub(super) fn of_frequencies(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 10);
    let chance = settings.number(HEADS);
    let flips: Vec<usize> = (0..200).map(|_| usize::from(random.unit() < chance)).collect();
    let heads = flips.iter().sum::<usize>() as f64 / 200.0;
    let score = minimize(&[0.0], &Zoo::BinaryCrossEntropy { positive_weight: 1.0 }, &flips)?[0];
    let rolls: Vec<usize> = (0..200).map(|_| [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][random.index(10)]).collect();
    let frequencies = frequencies(&rolls);
    let scores = minimize(&[0.0; 3], &Zoo::CrossEntropy { label_smoothing: 0.0 }, &rolls)?;
    findings
        .claiming("Binary cross-entropy is least where the sigmoid is the fraction of heads: difference")
        .is((sigmoid(score) - heads).abs(), AtMost(BY_DESCENT))
        .claiming("Cross-entropy is least where softmax gives the classes' frequencies: largest difference")
        .is(largest_difference(&softmax(&scores), &frequencies), AtMost(BY_DESCENT));
    divergence_from_data(&frequencies, &mut random, findings)
}

/// The fraction of each of three classes.
fn frequencies(rolls: &[usize]) -> Vec<f64> {
    let fraction = |class| rolls.iter().filter(|&&roll| roll == class).count() as f64 / rolls.len() as f64;
    (0..3).map(fraction).collect()
}

/// `KL(data || model)` is the cross-entropy less the data's entropy, which no model changes; so both have one minimum.
fn divergence_from_data(frequencies: &[f64], random: &mut Stream, findings: &mut Findings) -> Result<()> {
    let entropy = -frequencies.iter().map(|p| p * p.ln()).sum::<f64>();
    let mut apart = 0.0_f64;
    for _ in 0..100 {
        let scores: Vec<f64> = (0..3).map(|_| random.uniform(-4.0, 4.0)).collect();
        let gap = cross_entropy(&scores, frequencies) - divergence(frequencies, &softmax(&scores));
        apart = larger(apart, (gap - entropy).abs());
    }
    let targets = [frequencies.to_vec()];
    let mut scores = vec![0.0; 3];
    for _ in 0..STEPS {
        let slopes = gradient(&scores, [1, 3], |z| divergence_from_softmax(z, &targets))?;
        scores.iter_mut().zip(slopes).for_each(|(score, slope)| *score -= RATE * slope);
    }
    findings
        .claiming("Cross-entropy less KL(data || model) is the entropy of the data: largest difference, 100 models")
        .is(apart, AtMost(1e-12))
        .claiming("so minimizing KL(data || model) ends at the frequencies too: largest difference")
        .is(largest_difference(&softmax(&scores), frequencies), AtMost(1e-9));
    Ok(())
}

/// The step of a descent on one to three scores, whose curvature is at most 1/2.
const RATE: f64 = 2.0;
const STEPS: usize = 400;

/// Descent on the zoo's mean loss over labels, with the same scores for every example.
fn minimize(start: &[f64], kind: &Zoo, classes: &[usize]) -> Result<Vec<f64>> {
    let mut scores = start.to_vec();
    for _ in 0..STEPS {
        let slopes = gradient(&scores, [1, start.len()], |z: Tensor<2>| {
            let labels = labels(classes, &z.device());
            trainer::loss::loss(kind, z.cast(DType::F32).expand([classes.len(), start.len()]), labels)
        })?;
        scores.iter_mut().zip(slopes).for_each(|(score, slope)| *score -= RATE * slope);
    }
    Ok(scores)
}

/// Numbers: squared error and the mean, absolute error and the median, a Gaussian's likelihood and both its parameters.
pub(super) fn of_numbers(settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 11);
    // An odd count, so that the median is one of them; skewed, so that it is not the mean.
    let data: Vec<f64> = (0..201).map(|_| (0.8 * random.normal()).exp()).collect();
    let (mean, median) = (mean(&data), quantile(&data, 0.5));
    let least = |f: fn(f64) -> f64| minimum(0.0, 20.0, |place| total(&data, place, f));
    let gaussian = |place: f64, deviation: f64| gaussian_likelihood(&data, place, deviation);
    let deviation = total(&data, mean, |e| e * e).sqrt();
    findings
        .claiming("The mean squared error of a constant is least at the mean: difference")
        .is((least(|e| e * e) - mean).abs(), AtMost(BY_SEARCH))
        .claim("the mean absolute error at the median", (least(f64::abs) - median).abs(), AtMost(BY_SEARCH))
        .claiming("and a Gaussian's negative log-likelihood at the mean")
        .is((minimum(0.0, 20.0, |place| gaussian(place, 0.7)) - mean).abs(), AtMost(BY_SEARCH))
        .claiming("and, over its deviation, at the root of the least MSE")
        .is((minimum(0.01, 20.0, |deviation| gaussian(mean, deviation)) - deviation).abs(), AtMost(BY_SEARCH))
        .claiming("since at a given σ it is MSE / (2 σ²) but for a constant: largest difference of changes")
        .is(constant_apart(&data, 0.7), AtMost(1e-12));
    outlier(&data, settings.number(OUTLIER), findings);
}

fn constant_apart(data: &[f64], deviation: f64) -> f64 {
    let rest = |place: f64| {
        gaussian_likelihood(data, place, deviation) - total(data, place, |e| e * e) / (2.0 * deviation * deviation)
    };
    (0..40).map(|step| (rest(f64::from(step) / 10.0) - rest(0.0)).abs()).fold(0.0, larger)
}

/// A loss by the error, with its name.
type Named = (&'static str, fn(f64) -> f64);

/// What one wrong measurement does to each estimate.
fn outlier(data: &[f64], wrong: f64, findings: &mut Findings) {
    let mut spoiled = data.to_vec();
    spoiled[0] = wrong;
    let names: [Named; 3] = [("MSE", |e| e * e), ("Huber, δ = 1", huber), ("MAE", f64::abs)];
    let rows = names.map(|(name, loss)| {
        let [clean, off] = [data, &spoiled[..]].map(|data| minimum(0.0, wrong, |place| total(data, place, loss)));
        row![name, clean, off, off - clean]
    });
    findings.table(
        format!("The constant nearest to 201 skewed numbers, and after one of them has become {wrong}"),
        &["loss", "least at", "with the outlier", "moved by"],
        rows.to_vec(),
    );
}

fn mean(data: &[f64]) -> f64 {
    data.iter().sum::<f64>() / data.len() as f64
}

/// The mean of `loss` over all differences from `place`.
fn total(data: &[f64], place: f64, loss: impl Fn(f64) -> f64) -> f64 {
    data.iter().map(|value| loss(value - place)).sum::<f64>() / data.len() as f64
}

/// The mean of `-ln N(x; place, deviation)`.
fn gaussian_likelihood(data: &[f64], place: f64, deviation: f64) -> f64 {
    total(data, place, |e| (e / deviation).powi(2) / 2.0 + deviation.ln() + std::f64::consts::TAU.ln() / 2.0)
}

/// Where a function with one valley is least, by golden section.
fn minimum(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (low, high);
    for _ in 0..100 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if f(left) < f(right) { high = right } else { low = left }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn squares_mean_and_absolutes_median(data in prop::collection::vec(0.0..10.0f64, 7)) {
            prop_assert!((minimum(0.0, 10.0, |at| total(&data, at, |e| e * e)) - mean(&data)).abs() < BY_SEARCH);
            prop_assert!((minimum(0.0, 10.0, |at| total(&data, at, f64::abs)) - quantile(&data, 0.5)).abs() < BY_SEARCH);
        }

        #[test]
        fn no_distribution_has_less_cross_entropy_than_the_data(p in prop::collection::vec(-3.0..3.0f64, 3), z in prop::collection::vec(-3.0..3.0f64, 3)) {
            let entropy = cross_entropy(&p, &softmax(&p));
            prop_assert!(cross_entropy(&z, &softmax(&p)) >= entropy - 1e-12);
        }
    }
}
