//! Functions of numbers that several experiments need.

use crate::statistics::larger;
use std::f64::consts::TAU;

/// `1 / (1 + e^-x)`.
pub(crate) fn sigmoid(x: f64) -> f64 {
    // e^-x overflows to infinity for very negative x, and 1 over that is 0, as it should be.
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|)`, which does not overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// `e^x_i / Σ_j e^x_j`, all exponents lowered by the largest: what is common to all cancels, and nothing overflows.
pub(crate) fn softmax(scores: &[f64]) -> Vec<f64> {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, larger);
    let powers: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// `-Σ p ln p`: `ln K` if all of `K` are alike, 0 if one is certain.
pub(crate) fn entropy(probabilities: &[f64]) -> f64 {
    -probabilities.iter().filter(|&&p| p > 0.0).map(|p| p * p.ln()).sum::<f64>()
}

/// The mean of `f(z)` for a normal `z` of mean 0 and variance `square`, by the trapezium rule: exact to rounding where `f` is smooth,
/// to 1e-6 where it has a kink or a jump at 0.
pub(crate) fn normal_mean(square: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (steps, reach, deviation) = (8000, 10.0, square.sqrt());
    let width = 2.0 * reach / f64::from(steps);
    let term = |step: i32| {
        // At a jump the rule wants the middle of both sides, and 0 lies on the grid.
        let z = width * f64::from(step - steps / 2);
        let sides = if step * 2 == steps { [-1e-12, 1e-12] } else { [z, z] };
        (-z * z / 2.0).exp() * (f(deviation * sides[0]) + f(deviation * sides[1])) / 2.0
    };
    (0..=steps).map(term).sum::<f64>() * width / TAU.sqrt()
}

/// Values numbered from 1, as a chart takes them: one per layer.
pub(crate) fn numbered(values: &[f64]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(index, value)| ((index + 1) as f64, *value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_distribution_come_out() {
        assert!((normal_mean(3.0, |_| 1.0) - 1.0).abs() < 1e-12);
        assert!((normal_mean(3.0, |x| x * x) - 3.0).abs() < 1e-12);
        assert!((normal_mean(3.0, |x| f64::from(u8::from(x >= 0.0))) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn nothing_overflows() {
        assert_eq!([sigmoid(-1e4), sigmoid(1e4), softplus(-1e4), softplus(1e4)], [0.0, 1.0, 0.0, 1e4]);
    }
}
