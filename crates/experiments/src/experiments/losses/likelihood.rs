//! Where a negative log-likelihood is least lies the maximum likelihood estimate, and so does the divergence from the data.

use super::formulas::{cross_entropy, divergence, divergence_from_softmax, huber};
use super::settings::{HEADS, OUTLIER};
use crate::autodiff::{gradient, largest_difference};
use crate::prelude::*;
use zoo_recipe::Loss as Zoo;

/// Coins and dice: the zoo's cross-entropies against frequencies.
pub(super) fn of_frequencies(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 10);
    let chance = settings.number(HEADS);
    let flips: Vec<usize> = (0..200).map(|_| usize::from(random.unit() < chance)).collect();
    let rolls: Vec<usize> = (0..200).map(|_| [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][random.index(10)]).collect();
    let fraction = |of: &[usize], class: usize| of.iter().filter(|one| **one == class).count() as f64 / of.len() as f64;
    let (heads, frequencies) = (fraction(&flips, 1), [0, 1, 2].map(|class| fraction(&rolls, class)));
    let score = least_at(1, |z| mean_loss(&Zoo::BinaryCrossEntropy { positive_weight: 1.0 }, z, &flips))?[0];
    let scores = least_at(3, |z| mean_loss(&Zoo::CrossEntropy { label_smoothing: 0.0 }, z, &rolls))?;
    findings
        // Gradients in single precision are off by 1e-7, and curvatures are a tenth and more.
        .claiming("Binary cross-entropy is least where the sigmoid is the fraction of heads: difference")
        .is((sigmoid(score) - heads).abs(), AtMost(1e-5))
        .claiming("Cross-entropy is least where softmax gives the classes' frequencies: largest difference")
        .is(largest_difference(&softmax(&scores), &frequencies), AtMost(1e-5));
    divergence_from_data(&frequencies, &mut random, findings)
}

/// `KL(data || model)` is the cross-entropy less the data's entropy, which no model changes; so both have one minimum.
fn divergence_from_data(frequencies: &[f64], random: &mut Stream, findings: &mut Findings) -> Result<()> {
    let mut apart = 0.0_f64;
    for _ in 0..100 {
        let scores: Vec<f64> = (0..3).map(|_| random.uniform(-4.0, 4.0)).collect();
        let gap = cross_entropy(&scores, frequencies) - divergence(frequencies, &softmax(&scores));
        apart = larger(apart, (gap - entropy(frequencies)).abs());
    }
    let scores = least_at(3, |z| divergence_from_softmax(z, &[frequencies.to_vec()]))?;
    findings
        .claiming("Cross-entropy less KL(data || model) is the entropy of the data: largest difference, 100 models")
        .is(apart, AtMost(1e-12))
        .claiming("so minimizing KL(data || model) ends at the frequencies too: largest difference")
        .is(largest_difference(&softmax(&scores), frequencies), AtMost(1e-9));
    Ok(())
}

/// The zoo's mean loss over labels, with the same scores `[1, outputs]` for every example.
fn mean_loss(kind: &Zoo, scores: Tensor<2>, classes: &[usize]) -> Tensor<1> {
    let [_, outputs] = scores.dims();
    let labels = labels(classes, &scores.device());
    trainer::loss::loss(kind, scores.cast(DType::F32).expand([classes.len(), outputs]), labels)
}

/// The scores to which descent goes from zeros. The losses' curvature is at most 1/2, so a rate of 2 is none too large.
fn least_at(outputs: usize, loss: impl Fn(Tensor<2>) -> Tensor<1>) -> Result<Vec<f64>> {
    let mut scores = vec![0.0; outputs];
    for _ in 0..400 {
        let slopes = gradient(&scores, [1, outputs], &loss)?;
        add_scaled(&mut scores, -2.0, &slopes);
    }
    Ok(scores)
}

/// Numbers: squared error and the mean, absolute error and the median, and what one wrong number does.
pub(super) fn of_numbers(settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 11);
    // An odd count, so that the median is one of them; skewed, so that it is not the mean.
    let data: Vec<f64> = (0..201).map(|_| (0.8 * random.normal()).exp()).collect();
    let (mean, median) = (data.iter().sum::<f64>() / data.len() as f64, quantile(&data, 0.5));
    let least = |f: fn(f64) -> f64| minimum(0.0, 20.0, |place| total(&data, place, f));
    findings
        // Near a minimum a function in double precision looks flat over the root of 1e-16.
        .claiming("The mean squared error of a constant is least at the mean: difference")
        .is((least(|e| e * e) - mean).abs(), AtMost(1e-6))
        .claim("the mean absolute error at the median", (least(f64::abs) - median).abs(), AtMost(1e-6));
    outlier(&data, settings.number(OUTLIER), findings);
}

fn outlier(data: &[f64], wrong: f64, findings: &mut Findings) {
    let mut spoiled = data.to_vec();
    spoiled[0] = wrong;
    let names: [(&str, fn(f64) -> f64); 3] = [("MSE", |e| e * e), ("Huber, δ = 1", huber), ("MAE", f64::abs)];
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

/// The mean of `loss` over all differences from `place`.
fn total(data: &[f64], place: f64, loss: impl Fn(f64) -> f64) -> f64 {
    data.iter().map(|value| loss(value - place)).sum::<f64>() / data.len() as f64
}

/// Where a function with one valley is least, by golden section.
fn minimum(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..100 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if f(left) < f(right) { high = right } else { low = left }
    }
    (low + high) / 2.0
}
