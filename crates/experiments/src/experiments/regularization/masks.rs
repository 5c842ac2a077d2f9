//! Dropout as the mean over all sub-networks, every one of them enumerated.

/// The mean of `output` over all `2^values.len()` ways to drop values, each dropped with probability `rate` and otherwise divided by
/// `1 - rate`: what training with dropout sees on average, without any drawing.
pub(crate) fn mean_over_masks(values: &[f64], rate: f64, output: impl Fn(&[f64]) -> f64) -> f64 {
    let mut mean = 0.0;
    for mask in 0..1_u32 << values.len() {
        let kept = |place: usize| mask >> place & 1 == 1;
        let masked = |(place, value): (usize, &f64)| if kept(place) { value / (1.0 - rate) } else { 0.0 };
        let values: Vec<f64> = values.iter().enumerate().map(masked).collect();
        let dropped = values.len() as i32 - mask.count_ones() as i32;
        mean += rate.powi(dropped) * (1.0 - rate).powi(mask.count_ones() as i32) * output(&values);
    }
    mean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matrix::dot;

    proptest! {
        #[test]
        fn a_linear_output_is_its_own_mean_over_masks(
            pairs in prop::collection::vec((-2.0..2.0f64, -2.0..2.0f64), 1..9), rate in 0.0..0.9f64,
        ) {
            let (values, weights): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let mean = mean_over_masks(&values, rate, |values| dot(values, &weights));
            prop_assert!((mean - dot(&values, &weights)).abs() < 1e-9);
        }

        #[test]
        fn the_squared_error_gains_the_variance_of_the_masks(
            pairs in prop::collection::vec((-2.0..2.0f64, -2.0..2.0f64), 1..9), rate in 0.0..0.9f64, target in -2.0..2.0f64,
        ) {
            let (values, weights): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let mean = mean_over_masks(&values, rate, |values| (dot(values, &weights) - target).powi(2));
            let penalty: f64 = values.iter().zip(&weights).map(|(value, weight)| (value * weight).powi(2)).sum();
            let expected = (dot(&values, &weights) - target).powi(2) + rate / (1.0 - rate) * penalty;
            prop_assert!((mean - expected).abs() < 1e-8 * (1.0 + expected));
        }
    }
}
