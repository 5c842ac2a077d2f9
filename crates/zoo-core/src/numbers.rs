//! Numbers as people read them.

use crate::scores::Metric;

/// Whole digits beyond this are read by nobody.
const LARGEST: f64 = 1e15;
/// Zeros behind the point beyond these are counted by nobody.
const SMALLEST: f64 = 1e-5;

/// A number with so many significant digits, and as a power of ten where it is very large or very small.
///
/// ```
/// use zoo_core::significant;
///
/// assert_eq!([152.312_34, 1_234_567.8, -3.0].map(|value| significant(value, 6)), ["152.312", "1234568", "-3"]);
/// assert_eq!([1.0997e-29, -1.5e300, 0.0].map(|value| significant(value, 6)), ["1.0997e-29", "-1.5e300", "0"]);
/// ```
pub fn significant(value: f64, digits: usize) -> String {
    let most = digits.saturating_sub(1);
    if value == 0.0 {
        return "0".to_string();
    }
    if value.is_finite() && !(SMALLEST..LARGEST).contains(&value.abs()) {
        let text = format!("{value:.most$e}");
        return match text.split_once('e') {
            Some((number, power)) => format!("{}e{power}", without_zeros(number)),
            None => text,
        };
    }
    let decimals = (most as f64 - value.abs().log10().floor()).clamp(0.0, 20.0) as usize;
    without_zeros(&format!("{value:.decimals$}")).to_string()
}

/// A score with four decimals; where those say nothing of it, such as of an error in a unit of its target that is small, with four
/// significant digits.
///
/// ```
/// use zoo_core::{Metric, score_text};
///
/// assert_eq!(score_text(Some(Metric::Accuracy), 0.00012), "0.0001");
/// assert_eq!([57.38612, 0.0].map(|rmse| score_text(Some(Metric::Rmse), rmse)), ["57.3861", "0.0000"]);
/// assert_eq!([0.000_123_45, 3e-31].map(|rmse| score_text(Some(Metric::Rmse), rmse)), ["0.0001234", "3e-31"]);
/// ```
pub fn score_text(metric: Option<Metric>, score: f64) -> String {
    const LARGE: f64 = 1e9;
    let least = if metric.is_some_and(Metric::is_in_unit_of_target) { 0.01 } else { 0.0 };
    let size = score.abs();
    if size != 0.0 && (size < least || size >= LARGE) { significant(score, 4) } else { format!("{score:.4}") }
}

/// A difference of scores, as [`score_text`] and with its sign.
///
/// ```
/// assert_eq!(zoo_core::difference_text(None, 0.5), "+0.5000");
/// ```
pub fn difference_text(metric: Option<Metric>, difference: f64) -> String {
    let sign = if difference.is_sign_negative() { "" } else { "+" };
    format!("{sign}{}", score_text(metric, difference))
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_significant_digits() {
        let texts = [152.312_34, 0.001_234_567, -3.0, 1_234_567.8, 0.0, 1e-30, -2.5e-7, 1.8e18, f64::MAX]
            .map(|value| significant(value, 6));
        let expected = ["152.312", "0.00123457", "-3", "1234568", "0", "1e-30", "-2.5e-7", "1.8e18", "1.79769e308"];
        assert_eq!(texts, expected);
        assert_eq!([f64::NAN, f64::INFINITY].map(|value| significant(value, 6)), ["NaN", "inf"]);
    }

    #[test]
    fn scores_keep_four_decimals_wherever_those_tell_them_apart() {
        let all = [None, Some(Metric::Accuracy), Some(Metric::Loss), Some(Metric::Rmse), Some(Metric::Mae)];
        for score in [0.0, 0.01, 0.5, 1.0, 57.386_12, 123_456.7] {
            assert!(all.iter().all(|metric| score_text(*metric, score) == format!("{score:.4}")), "{score}");
        }
        assert_eq!(score_text(Some(Metric::Loss), 0.000_04), "0.0000");
        assert_eq!(score_text(Some(Metric::Loss), 7e300), "7e300");
        let small = [0.0012, 0.001_234_5, -0.000_5, 1.1e-30].map(|score| score_text(Some(Metric::Rmse), score));
        assert_eq!(small, ["0.0012", "0.001234", "-0.0005", "1.1e-30"]);
        let signed = [0.5, -0.5, 0.0].map(|one| (difference_text(None, one), format!("{one:+.4}")));
        assert!(signed.iter().all(|(found, before)| found == before), "{signed:?}");
        assert_eq!([0.0002, -0.0002].map(|one| difference_text(Some(Metric::Mae), one)), ["+0.0002", "-0.0002"]);
    }
}
