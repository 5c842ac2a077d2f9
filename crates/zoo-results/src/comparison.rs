//! The difference of two means, with its interval and its p-value.

use serde::Serialize;

use crate::{Spread, student_critical, student_p};

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// Relative to a mean difference, how much of its standard error may be rounding.
const ROUNDING: f64 = 1e-12;

/// How much more the mean of models of a cross-validation varies than that of independent runs, as the training data of its models
/// overlap: the examples tested over those trained on, by Nadeau and Bengio (2003). 0 for independent runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlap(f64);

/// A mean less another mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeanDifference {
    /// The difference.
    pub mean: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Student's t.
    pub t: f64,
    /// Its degrees of freedom.
    pub degrees: f64,
    /// The two-sided p-value.
    pub p: f64,
}

impl Overlap {
    /// Of a cross-validation that cuts the data into so many folds.
    pub fn of_folds(folds: usize) -> Overlap {
        Overlap(1.0 / folds.saturating_sub(1).max(1) as f64)
    }

    /// The squared standard error of a mean.
    fn squared_error(self, spread: &Spread) -> f64 {
        spread.deviation.powi(2) * (1.0 / spread.count as f64 + self.0)
    }

    /// The 95 % interval of a mean by Student's distribution; `None` of a single value.
    ///
    /// ```
    /// use zoo_results::{Overlap, Spread};
    ///
    /// let spread = Spread::of(&[1.0, 2.0, 3.0]).unwrap();
    /// let (low, high) = Overlap::default().interval(&spread).unwrap();
    /// assert!((low + 0.484_138).abs() < 1e-6 && (high - 4.484_138).abs() < 1e-6);
    /// ```
    pub fn interval(self, spread: &Spread) -> Option<(f64, f64)> {
        let half = student_critical(CONFIDENCE, (spread.count - 1).max(1) as f64) * self.squared_error(spread).sqrt();
        (spread.count > 1).then_some((spread.mean - half, spread.mean + half))
    }
}

impl MeanDifference {
    /// Of pairs, each measured under the same conditions but one: `right - left`. With no [`Overlap`] it is
    /// `scipy.stats.ttest_rel(right, left)`. `None` of fewer than two pairs, of as many as are not alike, and of differences that do not
    /// vary but for rounding: they say nothing of chance.
    pub fn paired(left: &[f64], right: &[f64], overlap: Overlap) -> Option<MeanDifference> {
        let differences: Vec<f64> = left.iter().zip(right).map(|(left, right)| right - left).collect();
        let spread = Spread::of(&differences).filter(|_| left.len() == right.len() && left.len() > 1)?;
        Self::of(spread.mean, overlap.squared_error(&spread), (spread.count - 1) as f64)
    }

    /// Of independent measurements of whatever spread, by Welch: `right - left`. With no [`Overlap`] it is
    /// `scipy.stats.ttest_ind(right, left, equal_var=False)`. `None` where one side has fewer than two, or neither varies.
    pub fn welch(left: &[f64], right: &[f64], overlaps: [Overlap; 2]) -> Option<MeanDifference> {
        let [left, right] = [Spread::of(left)?, Spread::of(right)?];
        if left.count < 2 || right.count < 2 {
            return None;
        }
        let [of_left, of_right] = [overlaps[0].squared_error(&left), overlaps[1].squared_error(&right)];
        let sum = of_left + of_right;
        let weighted = |error: f64, count: usize| error.powi(2) / (count - 1) as f64;
        let degrees = sum.powi(2) / (weighted(of_left, left.count) + weighted(of_right, right.count));
        Self::of(right.mean - left.mean, sum, degrees)
    }

    /// Of independent measurements that spread alike: `right - left`. It is `scipy.stats.ttest_ind(right, left)`, and one side may be a single
    /// value. `None` where a side has none, both have one, or neither varies.
    pub fn pooled(left: &[f64], right: &[f64]) -> Option<MeanDifference> {
        let [left, right] = [Spread::of(left)?, Spread::of(right)?];
        let squares = |side: &Spread| side.deviation.powi(2) * (side.count - 1) as f64;
        let degrees = (left.count + right.count - 2) as f64;
        let variance = (squares(&left) + squares(&right)) / degrees;
        Self::of(right.mean - left.mean, variance * (1.0 / left.count as f64 + 1.0 / right.count as f64), degrees)
    }

    fn of(mean: f64, squared_error: f64, degrees: f64) -> Option<MeanDifference> {
        let error = squared_error.sqrt();
        if error.is_nan() || error <= ROUNDING * mean.abs() {
            return None;
        }
        let (half, t) = (student_critical(CONFIDENCE, degrees) * error, mean / error);
        Some(MeanDifference { mean, low: mean - half, high: mean + half, t, degrees, p: student_p(t, degrees) })
    }
}

/// Holm's correction of p-values of one family: the probability of even one false alarm stays below each that is called significant.
///
/// ```
/// assert_eq!(zoo_results::holm(&[0.01, 0.5, 0.03]), [0.03, 0.5, 0.06]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|left, right| p[*left].total_cmp(&p[*right]));
    let (mut corrected, mut largest) = (vec![0.0; p.len()], 0.0f64);
    for (rank, place) in order.into_iter().enumerate() {
        largest = largest.max((p[place] * (p.len() - rank) as f64).min(1.0));
        corrected[place] = largest;
    }
    corrected
}
