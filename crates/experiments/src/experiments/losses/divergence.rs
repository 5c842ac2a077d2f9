//! The Kullback-Leibler divergence (S7): not symmetric, and the extra length of a wrong code.
//!
//! The best code for symbols of probabilities `q` spends `-log2 q` bits on each. Symbols that really come with `p` then cost
//! `-Σ p log2 q` bits on average, of which `H(p) = -Σ p log2 p` are needed and the rest, `Σ p log2 (p / q) = KL(p || q)`, is the price
//! of the wrong code.

use crate::prelude::*;
use std::f64::consts::LN_2;

/// `KL(p || q) = Σ p ln(p / q)`; what `p` never does costs nothing.
pub(super) fn divergence(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).filter(|(p, _)| **p > 0.0).map(|(p, q)| p * (p / q).ln()).sum()
}

/// `-Σ t ln s(z)`.
pub(super) fn cross_entropy(scores: &[f64], targets: &[f64]) -> f64 {
    -targets.iter().zip(softmax(scores)).filter(|(t, _)| **t > 0.0).map(|(t, p)| t * p.ln()).sum::<f64>()
}

/// Two coins, for which both divergences can be written down.
pub(super) fn asymmetry(findings: &mut Findings) {
    let (fair, loaded) = ([0.5, 0.5], [0.9, 0.1]);
    findings
        .claiming("KL(fair coin || coin of 0.9) is ln(5/3)")
        .is(divergence(&fair, &loaded), Near((5.0_f64 / 3.0).ln(), 1e-12))
        .claiming("KL(coin of 0.9 || fair coin) is 0.9 ln 1.8 + 0.1 ln 0.2, not the same")
        .is(divergence(&loaded, &fair), Near(0.9 * 1.8_f64.ln() + 0.1 * 0.2_f64.ln(), 1e-12));
}

/// A text in its own code, and in one that was made for other frequencies.
pub(super) fn of_a_wrong_code(findings: &mut Findings) {
    // Powers of a half, for which a word can have -log2 of its probability in bits. No word begins with another.
    let (p, q) = ([0.5, 0.25, 0.125, 0.125], [0.125, 0.125, 0.25, 0.5]);
    let (text, own, other) = ("aaaabbcd", ["0", "10", "110", "111"], ["111", "110", "10", "0"]);
    let bits = |words: [&str; 4]| {
        let lengths = text.bytes().map(|letter| words[usize::from(letter - b'a')].len());
        lengths.sum::<usize>() as f64 / text.len() as f64
    };
    findings
        .claiming("Symbols of p = 1/2, 1/4, 1/8, 1/8 in the best code for q = 1/8, 1/8, 1/4, 1/2: extra bits")
        .is(bits(other) - bits(own), Exactly(0.875))
        .claim("which is KL(p || q) in bits", divergence(&p, &q) / LN_2, Near(0.875, 1e-12));
}
