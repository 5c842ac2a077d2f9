//! What a model got right: every score's definition.
//!
//! All scores are fractions of 1, except the loss and those of predicted numbers.

use serde::{Deserialize, Serialize};

use crate::Explain;

/// A number that a run is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The mean loss over the examples; lower is better.
    Loss,
    /// The fraction of the examples whose most probable class is the true one.
    Accuracy,
    /// The mean of sensitivity and specificity; two classes only.
    BalancedAccuracy,
    /// The area under the receiver operating characteristic; two classes only.
    Auroc,
    /// The root of the mean squared error, in the target's unit; lower is better; regression only.
    Rmse,
    /// The mean absolute error, in the target's unit; lower is better; regression only.
    Mae,
    /// The coefficient of determination: 1 minus the mean squared error over the variance; regression only.
    R2,
}

impl Metric {
    /// The metric as people write it: `balanced accuracy`.
    pub fn label(self) -> &'static str {
        match self {
            Metric::Loss => "loss",
            Metric::Accuracy => "accuracy",
            Metric::BalancedAccuracy => "balanced accuracy",
            Metric::Auroc => "AUROC",
            Metric::Rmse => "RMSE",
            Metric::Mae => "MAE",
            Metric::R2 => "R2",
        }
    }

    /// Whether the metric is defined for two classes only.
    pub fn needs_two_classes(self) -> bool {
        matches!(self, Metric::BalancedAccuracy | Metric::Auroc)
    }

    /// Whether the metric is defined for predicted numbers only.
    pub fn needs_numbers(self) -> bool {
        matches!(self, Metric::Rmse | Metric::Mae | Metric::R2)
    }

    /// The metric of that name in a report: `balanced_accuracy`.
    pub fn named(name: &str) -> Option<Metric> {
        serde_json::from_value(name.into()).ok()
    }

    /// Whether the value is in the unit of the numbers to predict, and so of any size.
    pub(crate) fn is_in_unit_of_target(self) -> bool {
        matches!(self, Metric::Rmse | Metric::Mae)
    }

    /// Whether a lower value is the better one.
    pub fn lower_is_better(self) -> bool {
        matches!(self, Metric::Loss | Metric::Rmse | Metric::Mae)
    }

    /// Whether no value is above 1.
    pub fn is_at_most_one(self) -> bool {
        !self.lower_is_better()
    }

    /// The value with its sign turned where lower is better, so that the larger of two is always the better one.
    pub fn larger_is_better(self, value: f64) -> f64 {
        if self.lower_is_better() { -value } else { value }
    }
}

/// How good the weights are on one split of the data. The optional scores from `auroc` to `f1` are those of two classes, where
/// label 1 is the positive one; those after them are of predicted numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// The mean loss over the examples.
    pub loss: f64,
    /// The fraction of the examples whose most probable class is the true one; NaN, and not written, of predicted numbers.
    #[serde(default = "nan", skip_serializing_if = "is_nan")]
    pub accuracy: f64,
    /// For more than two classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_k: Option<TopK>,
    /// The area under the receiver operating characteristic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auroc: Option<f64>,
    /// The mean of sensitivity and specificity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced_accuracy: Option<f64>,
    /// The true-positive rate: the fraction of the positives that were found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<f64>,
    /// The true-negative rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specificity: Option<f64>,
    /// The fraction of the examples predicted positive that are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// The same as `sensitivity`, by its name beside `precision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// The harmonic mean of `precision` and `recall`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f1: Option<f64>,
    /// The root of the mean squared error, in the target's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rmse: Option<f64>,
    /// The mean absolute error, in the target's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mae: Option<f64>,
    /// The coefficient of determination; absent where all targets are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2: Option<f64>,
}

/// An accuracy where there are no classes.
fn nan() -> f64 {
    f64::NAN
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nan(value: &f64) -> bool {
    value.is_nan()
}

/// How often the true class is among the most probable ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct TopK {
    /// How many classes count as right.
    pub k: usize,
    /// The fraction of the examples whose true class is among them.
    pub accuracy: f64,
}

/// How well one class is told from the others. A ratio whose denominator is 0 is 0, as in scikit-learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct ClassScores {
    /// The class.
    pub name: String,
    /// The fraction of the examples predicted as this class that are of it.
    pub precision: f64,
    /// The fraction of this class's examples that were found.
    pub recall: f64,
    /// The harmonic mean of the two.
    pub f1: f64,
    /// The class's examples.
    pub support: u64,
}

/// The scores of one pass over a split, and the confusion matrix most of them follow from.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// The scores.
    pub scores: Scores,
    /// `confusion[true class][predicted class]`, in examples; empty of predicted numbers.
    pub confusion: Vec<Vec<u64>>,
}

impl Scores {
    /// One of them by name; `None` where it is for two classes and there are more, or could not be measured.
    pub fn value(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::Loss => Some(self.loss),
            // One that is NaN although there are classes stays: it fails every comparison.
            Metric::Accuracy => self.rmse.is_none().then_some(self.accuracy),
            Metric::BalancedAccuracy => self.balanced_accuracy,
            Metric::Auroc => self.auroc,
            Metric::Rmse => self.rmse,
            Metric::Mae => self.mae,
            Metric::R2 => self.r2,
        }
    }

    /// Those that follow from a confusion matrix whose rows are the true classes; the loss is 0.
    pub fn of_confusion(confusion: &[Vec<u64>]) -> Scores {
        let hits: u64 = confusion.iter().enumerate().map(|(class, row)| row[class]).sum();
        let accuracy = hits as f64 / confusion.iter().flatten().sum::<u64>() as f64;
        if confusion.len() != 2 {
            return Scores { accuracy, ..Scores::default() };
        }
        let [negative, positive] = [0, 1].map(|class| ClassScores::of(confusion, class, ""));
        Scores {
            accuracy,
            balanced_accuracy: Some((negative.recall + positive.recall) / 2.0),
            sensitivity: Some(positive.recall),
            specificity: Some(negative.recall),
            precision: Some(positive.precision),
            recall: Some(positive.recall),
            f1: Some(positive.f1),
            ..Scores::default()
        }
    }

    /// The first that no measurement gives, by the name of its key: one that is a share of a whole and not from 0 to 1, or above 1 and
    /// one that is at most 1.
    pub fn impossible(&self) -> Option<(&'static str, f64)> {
        let mut measured = self.named().into_iter().filter_map(|(name, value)| Some((name, value?)));
        measured.find(|&(name, value)| Self::is_impossible(name, value))
    }

    /// Whether no measurement gives this value of the score whose key has this name.
    ///
    /// ```
    /// use zoo_core::Scores;
    ///
    /// assert!(Scores::is_impossible("accuracy", 1.1) && Scores::is_impossible("auroc", -0.1));
    /// assert!(!Scores::is_impossible("accuracy", 1.0) && !Scores::is_impossible("r2", -3.0));
    /// ```
    pub fn is_impossible(name: &str, value: f64) -> bool {
        // A mean of several may be rounded up.
        const ROUNDING: f64 = 1e-9;
        match name {
            "loss" | "rmse" | "mae" => false,
            "r2" => value > 1.0 + ROUNDING,
            _ => !(-ROUNDING..=1.0 + ROUNDING).contains(&value) && !value.is_nan(),
        }
    }

    /// All of them with the names of their keys.
    pub fn named(&self) -> [(&'static str, Option<f64>); 13] {
        [
            ("loss", Some(self.loss)),
            ("accuracy", self.value(Metric::Accuracy)),
            ("top_k accuracy", self.top_k.map(|top| top.accuracy)),
            ("auroc", self.auroc),
            ("balanced_accuracy", self.balanced_accuracy),
            ("sensitivity", self.sensitivity),
            ("specificity", self.specificity),
            ("precision", self.precision),
            ("recall", self.recall),
            ("f1", self.f1),
            ("rmse", self.rmse),
            ("mae", self.mae),
            ("r2", self.r2),
        ]
    }
}

impl ClassScores {
    /// Precision, recall and F1 of `class`, called `name`, from a confusion matrix whose rows are the true classes.
    pub fn of(confusion: &[Vec<u64>], class: usize, name: &str) -> ClassScores {
        let hits = confusion[class][class] as f64;
        let support: u64 = confusion[class].iter().sum();
        let called: u64 = confusion.iter().map(|row| row[class]).sum();
        let ratio = |numerator: f64, denominator: f64| if denominator > 0.0 { numerator / denominator } else { 0.0 };
        ClassScores {
            name: name.to_owned(),
            precision: ratio(hits, called as f64),
            recall: ratio(hits, support as f64),
            f1: ratio(2.0 * hits, (called + support) as f64),
            support,
        }
    }

    /// One row per class.
    pub fn of_all(names: &[String], confusion: &[Vec<u64>]) -> Vec<ClassScores> {
        names.iter().enumerate().map(|(class, name)| ClassScores::of(confusion, class, name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_scores_follow_their_definitions() {
        let confusion = vec![vec![8, 2, 0], vec![1, 5, 4], vec![0, 0, 0]];
        let first = ClassScores::of(&confusion, 0, "first");
        assert!((first.precision - 8.0 / 9.0).abs() < 1e-12);
        assert!((first.recall - 0.8).abs() < 1e-12);
        assert!((first.f1 - 16.0 / 19.0).abs() < 1e-12);
        let third = ClassScores { name: "third".into(), precision: 0.0, recall: 0.0, f1: 0.0, support: 0 };
        assert_eq!(ClassScores::of(&confusion, 2, "third"), third);
    }
}
