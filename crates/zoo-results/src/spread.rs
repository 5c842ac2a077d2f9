//! Mean, deviation and range of several measurements of one thing.

use zoo_core::{Metric, Scores, TopK};

/// Several measurements of one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their sample standard deviation; 0 of a single one.
    pub deviation: f64,
    /// The least.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of at least one value.
    ///
    /// ```
    /// use zoo_results::Spread;
    ///
    /// let spread = Spread::of(&[0.70, 0.72]).unwrap();
    /// assert!((spread.mean - 0.71).abs() < 1e-12 && (spread.deviation - 0.0141421356).abs() < 1e-9);
    /// assert_eq!(Spread::of(&[]), None);
    /// ```
    pub fn of(values: &[f64]) -> Option<Spread> {
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = if count > 1 { (squares / (count - 1) as f64).sqrt() } else { 0.0 };
        let min = values.iter().copied().reduce(f64::min)?;
        let max = values.iter().copied().reduce(f64::max)?;
        Some(Spread { count, mean, deviation, min, max })
    }
}

/// One figure of every score's spread over the models that could measure it.
pub fn spread_scores(scores: &[&Scores], figure: fn(Spread) -> f64) -> Scores {
    let over = |score: fn(&Scores) -> Option<f64>| {
        let values: Vec<f64> = scores.iter().filter_map(|scores| score(scores)).collect();
        Spread::of(&values).map(figure)
    };
    let top = scores.iter().find_map(|scores| scores.top_k);
    Scores {
        loss: over(|scores| Some(scores.loss)).unwrap_or(f64::NAN),
        accuracy: over(|scores| scores.value(Metric::Accuracy)).unwrap_or(f64::NAN),
        top_k: over(|scores| scores.top_k.map(|top| top.accuracy))
            .zip(top)
            .map(|(accuracy, top)| TopK { k: top.k, accuracy }),
        auroc: over(|scores| scores.auroc),
        balanced_accuracy: over(|scores| scores.balanced_accuracy),
        sensitivity: over(|scores| scores.sensitivity),
        specificity: over(|scores| scores.specificity),
        precision: over(|scores| scores.precision),
        recall: over(|scores| scores.recall),
        f1: over(|scores| scores.f1),
        rmse: over(|scores| scores.rmse),
        mae: over(|scores| scores.mae),
        r2: over(|scores| scores.r2),
    }
}
