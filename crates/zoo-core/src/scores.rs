//! What a model got right: every score's definition and how a classifier's are computed, on the host, in f64.
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
}

/// Scores `logits` (`[labels.len(), width]`, row by row; `width` 1 means two classes) against the labels.
///
/// # Panics
/// If the sizes disagree or a label is not below `classes`.
pub fn evaluate(logits: &[f32], width: usize, labels: &[u8], classes: usize, loss: f64) -> Evaluated {
    assert_eq!(logits.len(), labels.len() * width, "one row of logits per label");
    let rows = || logits.chunks_exact(width).zip(labels.iter().map(|label| usize::from(*label)));
    let mut confusion = vec![vec![0; classes]; classes];
    for (row, label) in rows() {
        confusion[label][predicted_class(row)] += 1;
    }
    let top_5 = || rows().filter(|(row, label)| rank(row, *label) < 5).count() as f64 / labels.len() as f64;
    let area = || Some(auroc(&margins(logits, width), labels)).filter(|auroc| auroc.is_finite());
    let scores = Scores {
        loss,
        top_k: (width > 5).then(|| TopK { k: 5, accuracy: top_5() }),
        auroc: if classes == 2 { area() } else { None },
        ..Scores::of_confusion(&confusion)
    };
    Evaluated { scores, confusion }
}

impl Scores {
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

/// The class a row of logits stands for: the largest of several; of a single one, its sign (probability above one half).
pub fn predicted_class(logits: &[f32]) -> usize {
    match logits {
        [logit] => usize::from(*logit > 0.0),
        logits => {
            let mut best = 0;
            for (class, logit) in logits.iter().enumerate() {
                if *logit > logits[best] {
                    best = class;
                }
            }
            best
        }
    }
}

/// The probability of every class: softmax of several logits; `[1 - p, p]` with the sigmoid of a single one.
pub fn probabilities(logits: &[f32]) -> Vec<f64> {
    if let [logit] = logits {
        let positive = 1.0 / (1.0 + (-f64::from(*logit)).exp());
        return vec![1.0 - positive, positive];
    }
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|logit| f64::from(logit - largest).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.iter().map(|value| value / sum).collect()
}

/// How many classes come before `label` when sorted by falling logit, equal ones by index.
fn rank(row: &[f32], label: usize) -> usize {
    let own = row[label];
    let before = |(class, logit): (usize, &f32)| *logit > own || (*logit == own && class < label);
    row.iter().enumerate().filter(|entry| before(*entry)).count()
}

/// The logit of the positive class of two, also where each has a logit of its own.
pub fn margins(logits: &[f32], width: usize) -> Vec<f32> {
    logits.chunks_exact(width).map(|row| if width == 1 { row[0] } else { row[1] - row[0] }).collect()
}

/// The probability that a random positive scores above a random negative, ties counting one half (Mann-Whitney).
fn auroc(scores: &[f32], labels: &[u8]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|left, right| scores[*left].total_cmp(&scores[*right]));
    let positives = labels.iter().filter(|label| **label == 1).count() as f64;
    let negatives = labels.len() as f64 - positives;
    let mut rank_sum = 0.0;
    let mut below = 0;
    for tied in order.chunk_by(|left, right| scores[*left] == scores[*right]) {
        let mean_rank = below as f64 + (tied.len() + 1) as f64 / 2.0;
        rank_sum += mean_rank * tied.iter().filter(|index| labels[**index] == 1).count() as f64;
        below += tied.len();
    }
    (rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives)
}

#[cfg(test)]
mod tests {
    use super::*;

    // scikit-learn 1.7: roc_auc_score([0,0,1,1,1], [.1,.4,.35,.8,.4]) == 0.75
    #[test]
    fn auroc_counts_ties_as_half() {
        let scores = [0.1, 0.4, 0.35, 0.8, 0.4];
        assert_eq!(auroc(&scores, &[0, 0, 1, 1, 1]), 0.75);
    }

    #[test]
    fn one_logit_is_judged_by_its_sign() {
        let Evaluated { scores, confusion } = evaluate(&[-2.0, -0.1, 0.1, 3.0], 1, &[0, 1, 1, 1], 2, 0.0);
        assert_eq!(confusion, [[1, 0], [1, 2]]);
        assert_eq!(scores.specificity, Some(1.0));
        let close = |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() < 1e-12);
        assert!(close(scores.sensitivity, 2.0 / 3.0));
        assert!(close(scores.balanced_accuracy, 5.0 / 6.0));
        assert_eq!(scores.auroc, Some(1.0));
    }

    #[test]
    fn auroc_of_a_single_class_is_absent() {
        let Evaluated { scores, .. } = evaluate(&[-2.0, 3.0], 1, &[1, 1], 2, 0.0);
        assert_eq!((scores.auroc, scores.sensitivity), (None, Some(0.5)));
    }

    #[test]
    fn top_5_counts_the_true_class_among_the_five_largest() {
        let logits = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0];
        let Evaluated { scores, .. } = evaluate(&logits, 6, &[0, 4], 6, 0.0);
        assert_eq!(scores.top_k, Some(TopK { k: 5, accuracy: 0.5 }));
        assert_eq!(scores.accuracy, 0.0);
    }

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

    #[test]
    fn probabilities_sum_to_one_and_survive_large_logits() {
        for logits in [vec![1000.0, -1000.0, 0.0], vec![-800.0], vec![0.0; 26]] {
            let sum: f64 = probabilities(&logits).iter().sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }
}
