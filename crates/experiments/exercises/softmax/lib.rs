//! # A linear classifier: its scores, and softmax
//!
//! A linear classifier has weights W with a row for each class, biases b, and gives an input x one score per class:
//!
//! ```text
//! s = W x + b        s_k = sum over j of W_kj x_j  +  b_k
//! ```
//!
//! Softmax makes probabilities of the scores: positive numbers whose sum is 1.
//!
//! ```text
//! p_k = exp(s_k) / sum over i of exp(s_i)
//! ```
//!
//! exp(710) is more than an `f64` can hold. The same number may be subtracted from every score without changing a probability
//! (why?). Which number, so that no exponent is ever above zero?

/// The scores of `x`, one per class. `weights` has a row per class, which is as long as `x`.
pub fn scores(weights: &[Vec<f64>], biases: &[f64], x: &[f64]) -> Vec<f64> {
    // answer: s = W x + b
    let score = |(row, bias): (&Vec<f64>, &f64)| row.iter().zip(x).map(|(weight, x)| weight * x).sum::<f64>() + bias;
    weights.iter().zip(biases).map(score).collect()
    // mistake: the bias is missing
    // | weights.iter().map(|row| row.iter().zip(x).map(|(weight, x)| weight * x).sum()).collect()
    // end of answer
}

/// The probabilities of the classes, also where scores are in the thousands.
pub fn softmax(scores: &[f64]) -> Vec<f64> {
    // answer: p_k, without ever taking exp of a large number
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
    // mistake: exp(1000) is infinite
    // | let powers: Vec<f64> = scores.iter().map(|score| score.exp()).collect();
    // | let sum: f64 = powers.iter().sum();
    // | powers.iter().map(|power| power / sum).collect()
    // mistake: divides by their sum
    // | let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // | scores.iter().map(|score| (score - largest).exp()).collect()
    // mistake: the scores themselves
    // | let sum: f64 = scores.iter().sum();
    // | scores.iter().map(|score| score / sum).collect()
    // end of answer
}

#[cfg(test)]
mod tests;
