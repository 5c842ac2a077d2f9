//! Where a negative log-likelihood is least lies the maximum likelihood estimate, and so does the divergence from the data.

use super::divergence::{cross_entropy, divergence};
use super::formulas::{BCE, huber};
use super::settings::{HEADS, OUTLIER};
use crate::autodiff::{gradient, largest_difference};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use zoo_recipe::Loss as Zoo;

/// Coins and dice: the zoo's cross-entropies against frequencies.
pub(super) fn of_frequencies(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 10);
    let chance = settings.number(HEADS);
    let flips: Vec<usize> = (0..200).map(|_| usize::from(random.unit() < chance)).collect();
    let rolls: Vec<usize> = (0..200).map(|_| [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][random.index(10)]).collect();
    let fraction = |of: &[usize], class: usize| of.iter().filter(|one| **one == class).count() as f64 / of.len() as f64;
    let (heads, frequencies) = (fraction(&flips, 1), [0, 1, 2].map(|class| fraction(&rolls, class)));
    let score = least_at(&BCE, 1, &flips)?[0];
    let scores = least_at(&CROSS_ENTROPY, 3, &rolls)?;
    // KL(data || model) is the cross-entropy less the data's entropy, which no model changes; so both have one minimum.
    let mut apart = 0.0_f64;
    for _ in 0..100 {
        let scores: Vec<f64> = (0..3).map(|_| random.uniform(-4.0, 4.0)).collect();
        let gap = cross_entropy(&scores, &frequencies) - divergence(&frequencies, &softmax(&scores));
        apart = larger(apart, (gap - entropy(&frequencies)).abs());
    }
    findings
        // Gradients in single precision are off by 1e-7, and curvatures are a tenth and more.
        .claiming("Binary cross-entropy is least where the sigmoid is the fraction of heads: difference")
        .is((sigmoid(score) - heads).abs(), AtMost(1e-5))
        .claiming("Cross-entropy is least where softmax gives the classes' frequencies: largest difference")
        .is(largest_difference(&softmax(&scores), &frequencies), AtMost(1e-5))
        .claiming("Cross-entropy less KL(data || model) is the entropy of the data: largest difference, 100 models")
        .is(apart, AtMost(1e-12));
    Ok(())
}

/// The scores, the same for every example, to which descent on the zoo's mean loss over labels goes from zeros. The losses' curvature is
/// at most 1/2, so a rate of 2 is none too large.
fn least_at(kind: &Zoo, outputs: usize, classes: &[usize]) -> Result<Vec<f64>> {
    let mut scores = vec![0.0; outputs];
    for _ in 0..400 {
        let slopes = gradient(&scores, [1, outputs], |scores: Tensor<2>| {
            let labels = labels(classes, &scores.device());
            trainer::loss::loss(kind, scores.cast(DType::F32).expand([classes.len(), outputs]), labels)
        })?;
        add_scaled(&mut scores, -2.0, &slopes);
    }
    Ok(scores)
}

type LossOfError = fn(f64) -> f64;

/// Numbers: squared error and the mean, absolute error and the median, and what one wrong number does.
pub(super) fn of_numbers(settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 11);
    // An odd count, so that the median is one of them; skewed, so that it is not the mean.
    let data: Vec<f64> = (0..201).map(|_| (0.8 * random.normal()).exp()).collect();
    let (mean, median) = (data.iter().sum::<f64>() / data.len() as f64, quantile(&data, 0.5));
    let wrong = settings.number(OUTLIER);
    let mut spoiled = data.clone();
    spoiled[0] = wrong;
    let losses: [(&str, LossOfError); 3] = [("MSE", |e| e * e), ("Huber, δ = 1", huber), ("MAE", f64::abs)];
    let rows = losses.map(|(name, loss)| {
        let [clean, off] = [&data, &spoiled].map(|data| nearest(data, wrong, loss));
        row![name, clean, off, off - clean]
    });
    findings
        // Near a minimum a function in double precision looks flat over the root of 1e-16.
        .claiming("The mean squared error of a constant is least at the mean: difference")
        .is((nearest(&data, 20.0, |e| e * e) - mean).abs(), AtMost(1e-6))
        .claiming("the mean absolute error at the median")
        .is((nearest(&data, 20.0, f64::abs) - median).abs(), AtMost(1e-6))
        .table(
            format!("The constant nearest to 201 skewed numbers, and after one of them has become {wrong}"),
            &["loss", "least at", "with the outlier", "moved by"],
            rows.to_vec(),
        );
}

/// Where from 0 to `high` the mean loss of all differences is least: it has one valley, so by golden section.
fn nearest(data: &[f64], mut high: f64, loss: fn(f64) -> f64) -> f64 {
    let total = |place: f64| data.iter().map(|value| loss(value - place)).sum::<f64>() / data.len() as f64;
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let mut low = 0.0;
    for _ in 0..100 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if total(left) < total(right) { high = right } else { low = left }
    }
    (low + high) / 2.0
}
