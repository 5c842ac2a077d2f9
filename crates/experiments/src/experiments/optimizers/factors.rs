//! How fast descent and momentum approach the minimum of a quadratic, by theory.

use crate::prelude::*;

/// What multiplies the distance to the minimum in a step of gradient descent, in the long run: the largest `|1 - rate l|`.
pub(crate) fn descent_factor(curvatures: [f64; 2], rate: f64) -> f64 {
    curvatures.map(|curvature| (1.0 - rate * curvature).abs()).into_iter().fold(0.0, larger)
}

/// The same with momentum: the largest root, in absolute value, of `z^2 - (1 + momentum - rate l) z + momentum`.
pub(crate) fn momentum_factor(curvatures: [f64; 2], rate: f64, momentum: f64) -> f64 {
    let largest_root = |curvature: f64| {
        let half = (1.0 + momentum - rate * curvature) / 2.0;
        let under_root = half * half - momentum;
        if under_root < 0.0 { momentum.sqrt() } else { half.abs() + under_root.sqrt() }
    };
    curvatures.map(largest_root).into_iter().fold(0.0, larger)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn descent_shrinks_below_twice_the_inverse_curvature_and_grows_above(
            flat in 0.1..10.0f64, steep in 0.1..10.0f64, part in 0.01..0.99f64,
        ) {
            let threshold = 2.0 / flat.max(steep);
            prop_assert!(descent_factor([flat, steep], part * threshold) < 1.0);
            prop_assert!(descent_factor([flat, steep], threshold / part) > 1.0);
            prop_assert!((momentum_factor([flat, steep], part * threshold, 0.0) - descent_factor([flat, steep], part * threshold)).abs() < 1e-12);
        }
    }
}
