//! What several measurements say together.

use crate::matrix::norm;
use crate::text::{Words, number};
use std::fmt;
use zoo_results::{CONFIDENCE, student_critical};

/// The half-width of a 95 % interval in standard errors of a normal distribution.
pub(crate) const NORMAL_95: f64 = 1.959_964;

/// A mean with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mean {
    /// The mean.
    pub(crate) value: f64,
    /// Its standard error; 0 of a single value.
    pub(crate) error: f64,
    /// Of how many values.
    pub(crate) count: usize,
}

impl Mean {
    /// Of at least one value.
    pub(crate) fn of(values: &[f64]) -> Mean {
        let count = values.len();
        let value = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|x| (x - value).powi(2)).sum();
        let error = if count > 1 { (squares / (count - 1) as f64 / count as f64).sqrt() } else { 0.0 };
        Mean { value, error, count }
    }

    /// Of at least one value.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>) -> Mean {
        Mean::of(&values.into_iter().collect::<Vec<_>>())
    }

    /// Half the width of the 95 % interval, by Student's distribution: honest for few values of about normal spread. Infinite of a
    /// single one.
    pub(crate) fn half_width(&self) -> f64 {
        if self.count < 2 { f64::INFINITY } else { student(self.count) * self.error }
    }

    /// The 95 % interval.
    pub(crate) fn interval(&self) -> (f64, f64) {
        (self.value - self.half_width(), self.value + self.half_width())
    }
}

/// The mean with half its 95 % interval: `0.5 ± 0.01`.
impl fmt::Display for Mean {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{} ± {}", number(self.value), number(self.half_width()))
    }
}

impl Words for Mean {}

/// The largest absolute difference of numbers in the same place; infinite if there are more of the one.
pub(crate) fn largest_gap(left: &[f64], right: &[f64]) -> f64 {
    if left.len() != right.len() {
        return f64::INFINITY;
    }
    left.iter().zip(right).map(|(left, right)| (left - right).abs()).fold(0.0, larger)
}

/// How far apart two gradients are, relative to the longer.
pub(crate) fn apart(left: &[f64], right: &[f64]) -> f64 {
    let difference: Vec<f64> = left.iter().zip(right).map(|(left, right)| left - right).collect();
    if left.len() != right.len() { f64::INFINITY } else { norm(&difference) / norm(left).max(norm(right)) }
}

/// The larger of two values; NaN if one of them is, unlike [`f64::max`], so that no check passes what was never computed.
pub(crate) fn larger(left: f64, right: f64) -> f64 {
    if left.is_nan() || right.is_nan() { f64::NAN } else { left.max(right) }
}

/// The value below which the fraction `part` of `values` lies, interpolated; 0.5 is the median.
///
/// NaN if there is no value, or one is NaN: no check passes it.
pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = part * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = place.ceil() as usize;
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

/// Wilson's 95 % interval of a fraction, of `hits` in `trials`; it begins at exactly 0 without a hit, and ends at exactly 1 without a miss.
pub(crate) fn fraction_interval(hits: usize, trials: usize) -> (f64, f64) {
    let (n, z) = (trials as f64, NORMAL_95);
    let fraction = hits as f64 / n;
    let center = (fraction + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (fraction * (1.0 - fraction) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    (if hits == 0 { 0.0 } else { center - half }, if hits == trials { 1.0 } else { center + half })
}

/// Half the width of a 95 % interval in standard errors estimated from this many values, by Student's distribution; infinite for
/// fewer than two.
pub(crate) fn student(count: usize) -> f64 {
    if count < 2 { f64::INFINITY } else { student_critical(CONFIDENCE, (count - 1) as f64) }
}

/// The rise of the straight line through at least two points of different `x`, by least squares.
pub(crate) fn fitted_slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let x_mean = points.iter().map(|p| p.0).sum::<f64>() / n;
    let y_mean = points.iter().map(|p| p.1).sum::<f64>() / n;
    let spread: f64 = points.iter().map(|p| (p.0 - x_mean).powi(2)).sum();
    points.iter().map(|p| (p.0 - x_mean) * (p.1 - y_mean)).sum::<f64>() / spread
}

/// The same through the logarithms of both coordinates: the exponent of a power law.
pub(crate) fn fitted_exponent(points: &[(f64, f64)]) -> f64 {
    fitted_slope(&points.iter().map(|&(x, y)| (x.ln(), y.ln())).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_error() {
        let mean = Mean::of(&[1.0, 2.0, 3.0]);
        assert_eq!((mean.value, mean.count), (2.0, 3));
        assert!((mean.error - (1.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn few_values_have_a_wide_interval() {
        // scipy.stats.t.interval(0.95, 2, loc=2, scale=scipy.stats.sem([1, 2, 3])): -0.484 to 4.484.
        let (low, high) = Mean::of(&[1.0, 2.0, 3.0]).interval();
        assert!((low + 0.484).abs() < 1e-3 && (high - 4.484).abs() < 1e-3, "{low} {high}");
        assert_eq!(Mean::of(&[1.0]).half_width(), f64::INFINITY);
    }

    #[test]
    fn what_is_not_a_number_is_not_lost_among_numbers() {
        assert_eq!([1.0, 3.0, 2.0].into_iter().fold(0.0, larger), 3.0);
        for place in 0..3 {
            let mut values = [1.0, 3.0, 2.0];
            values[place] = f64::NAN;
            assert!(values.into_iter().fold(0.0, larger).is_nan());
        }
    }

    #[test]
    fn gaps_are_the_largest_and_of_as_many() {
        assert_eq!(largest_gap(&[1.0, 2.0, 3.0], &[1.0, 2.5, 2.75]), 0.5);
        assert_eq!(largest_gap(&[1.0], &[1.0, 2.0]), f64::INFINITY);
        assert!(largest_gap(&[f64::NAN, 1.0], &[1.0, 1.0]).is_nan());
    }

    #[test]
    fn gradients_of_different_length_are_apart() {
        assert_eq!(apart(&[1.0], &[1.0, 0.0]), f64::INFINITY);
        assert_eq!(apart(&[3.0, 4.0], &[3.0, 4.0]), 0.0);
    }

    #[test]
    fn a_power_laws_exponent_is_its_logarithms_slope() {
        let law = [1.0, 2.0, 5.0].map(|x: f64| (x, 3.0 * x.powi(-2)));
        assert!((fitted_exponent(&law) + 2.0).abs() < 1e-12);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0], 0.25), 1.25);
        assert!(quantile(&[], 0.5).is_nan() && quantile(&[1.0, f64::NAN], 0.0).is_nan());
    }

    #[test]
    fn wilsons_interval() {
        // statsmodels.stats.proportion.proportion_confint(10, 100, method="wilson")
        let (low, high) = fraction_interval(10, 100);
        assert!((low - 0.055_229).abs() < 1e-5 && (high - 0.174_367).abs() < 1e-5, "{low} {high}");
        assert_eq!((fraction_interval(0, 300).0, fraction_interval(300, 300).1), (0.0, 1.0));
    }

    #[test]
    fn a_line_is_found_again() {
        assert!((fitted_slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]) - 2.0).abs() < 1e-12);
    }
}
