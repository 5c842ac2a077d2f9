//! Softmax: its derivative, and how differences of scores become ratios of probabilities.

use crate::autodiff::{apply, gradient, largest_difference};
use crate::prelude::*;
use burn::tensor::activation;

/// Of every probability by every score, `∂s_i/∂x_j = s_i (δ_ij - s_j)`, at random scores.
pub(super) fn derivative(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 1);
    let mut apart = 0.0_f64;
    for _ in 0..settings.choose(200, 20) {
        let scores: Vec<f64> = (0..2 + random.index(6)).map(|_| random.uniform(-6.0, 6.0)).collect();
        let s = softmax(&scores);
        for i in 0..scores.len() {
            let by_score = s.iter().enumerate().map(|(j, s_j)| s[i] * (f64::from(u8::from(i == j)) - s_j));
            let found = gradient(&scores, [1, scores.len()], |x| activation::softmax(x, 1).narrow(1, i, 1))?;
            apart = larger(apart, largest_difference(&found, &by_score.collect::<Vec<_>>()));
        }
    }
    findings.claim("∂s_i/∂x_j = s_i (δ_ij - s_j): largest difference from autodiff", apart, AtMost(1e-8));
    Ok(())
}

/// Ratios and shifts.
pub(super) fn amplification(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 2);
    let burn = |scores: &[f64]| apply(scores, [1, scores.len()], |x: Tensor<2>| activation::softmax(x, 1));
    let (mut ratio, mut shift) = (0.0_f64, 0.0_f64);
    for _ in 0..settings.choose(500, 50) {
        let scores: Vec<f64> = (0..5).map(|_| random.uniform(-10.0, 10.0)).collect();
        let probabilities = burn(&scores)?;
        let expected = (scores[0] - scores[1]).exp();
        ratio = larger(ratio, (probabilities[0] / probabilities[1] / expected - 1.0).abs());
        let by = random.uniform(-1000.0, 1000.0);
        let moved: Vec<f64> = scores.iter().map(|score| score + by).collect();
        shift = larger(shift, largest_difference(&burn(&moved)?, &probabilities));
    }
    findings
        // Rounding of scores up to 10 is 1e-15, which their powers keep.
        .claim("A difference becomes a ratio, p_i / p_j = e^(x_i - x_j): largest relative error", ratio, AtMost(1e-12))
        // Scores of 1000 are rounded to 1e-13.
        .claim("The same added to all scores changes nothing: largest difference", shift, AtMost(1e-11));
    Ok(())
}
