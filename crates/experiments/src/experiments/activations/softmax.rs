//! Softmax: its derivative, and how differences of scores become ratios of probabilities.

use super::derivatives::{BY_DIFFERENCE, IN_DOUBLE};
use crate::autodiff::{apply, central_difference, difference, gradient, largest_difference};
use crate::prelude::*;
use burn::tensor::activation;

/// Row `i` of the matrix of derivatives: `s_i (δ_ij - s_j)`.
fn derivative_by_hand(probabilities: &[f64], of: usize) -> Vec<f64> {
    let entry = |(by, p): (usize, &f64)| probabilities[of] * (f64::from(u8::from(of == by)) - p);
    probabilities.iter().enumerate().map(entry).collect()
}

/// Of every probability by every score, at random scores.
pub(super) fn derivative(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 1);
    let (mut autodiff, mut differences) = (0.0_f64, 0.0_f64);
    for _ in 0..settings.choose(200, 20) {
        let scores: Vec<f64> = (0..2 + random.index(6)).map(|_| random.uniform(-6.0, 6.0)).collect();
        let apart = derivatives_apart(&scores)?;
        autodiff = larger(autodiff, apart.0);
        differences = larger(differences, apart.1);
    }
    findings
        .claim("∂s_i/∂x_j = s_i (δ_ij - s_j): largest difference from autodiff", autodiff, AtMost(IN_DOUBLE))
        .claim("and from central differences", differences, AtMost(BY_DIFFERENCE));
    Ok(())
}

fn derivatives_apart(scores: &[f64]) -> Result<(f64, f64)> {
    let probabilities = softmax(scores);
    let (mut autodiff, mut differences) = (0.0_f64, 0.0_f64);
    for of in 0..scores.len() {
        let by_hand = derivative_by_hand(&probabilities, of);
        let found = gradient(scores, [1, scores.len()], |x| activation::softmax(x, 1).narrow(1, of, 1))?;
        autodiff = larger(autodiff, largest_difference(&found, &by_hand));
        for (by, expected) in by_hand.iter().enumerate() {
            let one = |score: f64| {
                let mut moved = scores.to_vec();
                moved[by] = score;
                softmax(&moved)[of]
            };
            differences = larger(differences, difference(central_difference(one, scores[by]), *expected));
        }
    }
    Ok((autodiff, differences))
}

/// Ratios, shifts and scores so large that their powers overflow.
pub(super) fn amplification(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 2);
    let (mut ratio, mut shift, mut sum) = (0.0_f64, 0.0_f64, 0.0_f64);
    for _ in 0..settings.choose(500, 50) {
        let scores: Vec<f64> = (0..5).map(|_| random.uniform(-10.0, 10.0)).collect();
        let probabilities = burn_softmax(&scores)?;
        let expected = (scores[0] - scores[1]).exp();
        ratio = larger(ratio, (probabilities[0] / probabilities[1] / expected - 1.0).abs());
        let by = random.uniform(-1000.0, 1000.0);
        let moved: Vec<f64> = scores.iter().map(|score| score + by).collect();
        shift = larger(shift, largest_difference(&burn_softmax(&moved)?, &probabilities));
        sum = larger(sum, (probabilities.iter().sum::<f64>() - 1.0).abs());
    }
    let naive = 1000.0_f64.exp() / (1000.0_f64.exp() + 999.0_f64.exp());
    let found = burn_softmax(&[1000.0, 999.0])?[0];
    findings
        // Rounding of scores up to 10 is 1e-15, which their powers keep.
        .claim("A difference becomes a ratio, p_i / p_j = e^(x_i - x_j): largest relative error", ratio, AtMost(1e-12))
        // Scores of 1000 are rounded to 1e-13.
        .claim("The same added to all scores changes nothing: largest difference", shift, AtMost(1e-11))
        .claim("Probabilities sum to 1: largest difference", sum, AtMost(1e-12))
        .claiming("so it need not overflow: the first probability of scores 1000 and 999")
        .is(found, Near(1.0 / (1.0 + (-1.0_f64).exp()), 1e-12))
        .note(format!(
            "Written down as it stands, e^1000 / (e^1000 + e^999) comes out as {naive}: infinity over infinity. \
             Libraries take the largest score off first, which the shift invariance allows."
        ));
    Ok(())
}

fn burn_softmax(scores: &[f64]) -> Result<Vec<f64>> {
    apply(scores, [1, scores.len()], |x: Tensor<2>| activation::softmax(x, 1))
}

/// Scores times a factor `β`: the entropy falls at the rate `dH/dβ = -β Var(x)`, the variance of the scores under their probabilities.
pub(super) fn sharpening(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 3);
    let mut apart = 0.0_f64;
    for _ in 0..settings.choose(200, 30) {
        let scores: Vec<f64> = (0..5).map(|_| random.uniform(-3.0, 3.0)).collect();
        let factor = random.uniform(0.0, 4.0);
        let found = central_difference(|factor| entropy(&softmax(&scaled(&scores, factor))), factor);
        apart = larger(apart, (found - entropy_slope(&scores, factor)).abs());
    }
    findings
        .claiming("Larger scores sharpen: the entropy's slope by a factor β is -β Var(x): largest difference")
        .is(apart, AtMost(BY_DIFFERENCE));
    let row = |factor: f64| {
        let probabilities = softmax(&scaled(&EXAMPLE, factor));
        let cells = probabilities.iter().copied().chain([probabilities[3] / probabilities[2], entropy(&probabilities)]);
        named_row(number(factor), cells)
    };
    findings.table(
        "Softmax of the scores 1, 2, 3, 4 times a factor",
        &["factor", "p_1", "p_2", "p_3", "p_4", "p_4 / p_3", "entropy in nats"],
        FACTORS.iter().map(|&factor| row(factor)).collect(),
    );
    Ok(())
}

pub(super) const EXAMPLE: [f64; 4] = [1.0, 2.0, 3.0, 4.0];
pub(super) const FACTORS: [f64; 5] = [0.0, 0.5, 1.0, 2.0, 5.0];

pub(super) fn scaled(scores: &[f64], factor: f64) -> Vec<f64> {
    scores.iter().map(|score| score * factor).collect()
}

fn entropy_slope(scores: &[f64], factor: f64) -> f64 {
    let probabilities = softmax(&scaled(scores, factor));
    let mean: f64 = probabilities.iter().zip(scores).map(|(p, x)| p * x).sum();
    -factor * probabilities.iter().zip(scores).map(|(p, x)| p * (x - mean).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn probabilities_stay_in_order_and_sum_to_one(scores in prop::collection::vec(-700.0..700.0f64, 2..8)) {
            let probabilities = softmax(&scores);
            prop_assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for (p, x) in probabilities.iter().zip(&scores) {
                for (q, y) in probabilities.iter().zip(&scores) {
                    prop_assert!(x < y || p >= q);
                }
            }
        }

        #[test]
        fn sharper_means_less_entropy(scores in prop::collection::vec(-5.0..5.0f64, 2..8), low in 0.0..3.0f64) {
            let at = |factor: f64| entropy(&softmax(&scaled(&scores, factor)));
            prop_assert!(at(low + 0.5) <= at(low) + 1e-12);
        }
    }
}
