//! Numbers to predict: their standardization, and the scores of what was predicted.

use serde::{Deserialize, Serialize};

use crate::scores::{Evaluated, Scores};

/// `(value - mean) / std`: the unit in which a network predicts a number, fitted on the training split only.
///
/// ```
/// use zoo_core::Standardization;
///
/// let unit = Standardization::fit(&[1.0, 3.0]);
/// assert_eq!((unit.apply(3.0), unit.undo(-1.0)), (1.0, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standardization {
    /// Taken off first.
    pub mean: f64,
    /// Divides the difference; above 0.
    pub std: f64,
}

impl Standardization {
    /// To mean 0 and standard deviation 1 of `values`, the deviation divided by their number; numbers that are all the same keep
    /// their scale.
    pub fn fit(values: &[f32]) -> Standardization {
        let values = || values.iter().copied().map(f64::from);
        let count = values().count().max(1) as f64;
        let mean = values().sum::<f64>() / count;
        let std = (values().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        Standardization { mean, std: if (std as f32).is_normal() { std } else { 1.0 } }
    }

    /// A number in standard deviations from the mean.
    pub fn apply(&self, value: f32) -> f32 {
        ((f64::from(value) - self.mean) / self.std) as f32
    }

    /// A predicted number in its own unit.
    pub fn undo(&self, standardized: f32) -> f64 {
        f64::from(standardized) * self.std + self.mean
    }

    /// Whether it can be calculated with.
    pub fn is_usable(&self) -> bool {
        self.mean.is_finite() && self.std.is_normal() && self.std > 0.0
    }
}

/// Scores predicted numbers against the true ones, both standardized; the errors are in the unit of before.
///
/// # Panics
/// If there are not as many of both.
pub fn evaluate_numbers(predicted: &[f32], targets: &[f32], unit: &Standardization, loss: f64) -> Evaluated {
    assert_eq!(predicted.len(), targets.len(), "one prediction per target");
    let count = targets.len() as f64;
    let errors = || predicted.iter().zip(targets).map(|(found, target)| f64::from(*found) - f64::from(*target));
    let mean = targets.iter().copied().map(f64::from).sum::<f64>() / count;
    let spread: f64 = targets.iter().map(|target| (f64::from(*target) - mean).powi(2)).sum();
    let squares: f64 = errors().map(|error| error * error).sum();
    let scores = Scores {
        loss,
        accuracy: f64::NAN,
        rmse: Some((squares / count).sqrt() * unit.std),
        mae: Some(errors().map(f64::abs).sum::<f64>() / count * unit.std),
        r2: (spread > 0.0).then(|| 1.0 - squares / spread),
        ..Scores::default()
    };
    Evaluated { scores, confusion: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    // scikit-learn 1.7: r2_score, root_mean_squared_error and mean_absolute_error of [3, -0.5, 2, 7] and [2.5, 0.0, 2, 8]
    #[test]
    fn scores_are_scikit_learns() {
        let unit = Standardization { mean: 10.0, std: 2.0 };
        let standardized = |values: [f32; 4]| values.map(|value| unit.apply(value));
        let (targets, predicted) = (standardized([3.0, -0.5, 2.0, 7.0]), standardized([2.5, 0.0, 2.0, 8.0]));
        let Evaluated { scores, confusion } = evaluate_numbers(&predicted, &targets, &unit, 0.25);
        let close = |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() < 1e-6);
        assert!(close(scores.r2, 0.948_608_137_045_0), "{scores:?}");
        assert!(close(scores.rmse, 0.612_372_435_7) && close(scores.mae, 0.5), "{scores:?}");
        assert!(confusion.is_empty() && scores.accuracy.is_nan());
    }

    #[test]
    fn numbers_that_are_all_the_same_have_no_r2_and_keep_their_scale() {
        let unit = Standardization::fit(&[7.0; 3]);
        assert_eq!(unit, Standardization { mean: 7.0, std: 1.0 });
        let scores = evaluate_numbers(&[1.0], &[0.0], &unit, 0.0).scores;
        assert_eq!((scores.r2, scores.rmse), (None, Some(1.0)));
    }
}
