//! What a classifier got right: computed from all logits of a part at once, on the host, in f64.

use zoo_recipe::Metric;

/// The scores of one pass over a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Mean of the recipe's loss.
    pub loss: f64,
    /// Share of examples whose most probable class is the true one.
    pub accuracy: f64,
    /// Share whose true class is among the five most probable; `None` with five classes or fewer.
    pub top_5: Option<f64>,
    /// `confusion[true class][predicted class]`, in examples.
    pub confusion: Vec<Vec<u64>>,
    /// Only for two classes.
    pub binary: Option<BinaryScores>,
}

impl Scores {
    /// One of them by name; not a number where it is for two classes and there are more.
    pub fn value(&self, metric: Metric) -> f64 {
        let binary = |of: fn(BinaryScores) -> f64| self.binary.map_or(f64::NAN, of);
        match metric {
            Metric::Loss => self.loss,
            Metric::Accuracy => self.accuracy,
            Metric::BalancedAccuracy => binary(|scores| scores.balanced_accuracy),
            Metric::Auroc => binary(|scores| scores.auroc),
        }
    }
}

/// Scores of a two-class problem; class 1 is the positive one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryScores {
    /// Area under the receiver operating characteristic; ties count one half. Not a number if a class is missing.
    pub auroc: f64,
    /// Mean of sensitivity and specificity.
    pub balanced_accuracy: f64,
    /// Share of the positives found (recall).
    pub sensitivity: f64,
    /// Share of the negatives found.
    pub specificity: f64,
}

/// Precision, recall and F1 of one class; 0 where undefined, as in scikit-learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassScores {
    /// Of those called this class, the share that is.
    pub precision: f64,
    /// Of those of this class, the share called so.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// Examples of this class.
    pub support: u64,
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

/// Scores `logits` (`[labels.len(), width]`, row by row; `width` 1 means two classes) against the labels.
///
/// # Panics
/// If the sizes disagree or a label is not below `classes`.
pub fn score(logits: &[f32], width: usize, labels: &[u8], classes: usize, loss: f64) -> Scores {
    assert_eq!(logits.len(), labels.len() * width, "one row of logits a label");
    let rows = || logits.chunks_exact(width).zip(labels.iter().map(|label| usize::from(*label)));
    let mut confusion = vec![vec![0; classes]; classes];
    for (row, label) in rows() {
        confusion[label][predicted_class(row)] += 1;
    }
    let share = |hits: usize| hits as f64 / labels.len() as f64;
    let hits: u64 = (0..classes).map(|class| confusion[class][class]).sum();
    Scores {
        loss,
        accuracy: share(hits as usize),
        top_5: (width > 5).then(|| share(rows().filter(|(row, label)| rank(row, *label) < 5).count())),
        binary: (classes == 2).then(|| binary_scores(logits, width, labels, &confusion)),
        confusion,
    }
}

/// How many classes come before `label` when sorted by falling logit, equal ones by index.
fn rank(row: &[f32], label: usize) -> usize {
    let own = row[label];
    let before = |(class, logit): (usize, &f32)| *logit > own || (*logit == own && class < label);
    row.iter().enumerate().filter(|entry| before(*entry)).count()
}

fn binary_scores(logits: &[f32], width: usize, labels: &[u8], confusion: &[Vec<u64>]) -> BinaryScores {
    let margins = margins(logits, width);
    let [negative, positive] = [class_scores(confusion, 0), class_scores(confusion, 1)];
    BinaryScores {
        auroc: auroc(&margins, labels),
        balanced_accuracy: (negative.recall + positive.recall) / 2.0,
        sensitivity: positive.recall,
        specificity: negative.recall,
    }
}

/// The logit of the positive class of two, also where each has a logit of its own.
pub(crate) fn margins(logits: &[f32], width: usize) -> Vec<f32> {
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

/// Precision, recall and F1 of `class` from a confusion matrix whose rows are the true classes.
pub fn class_scores(confusion: &[Vec<u64>], class: usize) -> ClassScores {
    let hits = confusion[class][class] as f64;
    let support: u64 = confusion[class].iter().sum();
    let called: u64 = confusion.iter().map(|row| row[class]).sum();
    let ratio = |numerator: f64, denominator: f64| if denominator > 0.0 { numerator / denominator } else { 0.0 };
    ClassScores {
        precision: ratio(hits, called as f64),
        recall: ratio(hits, support as f64),
        f1: ratio(2.0 * hits, (called + support) as f64),
        support,
    }
}

/// A metric as people write it.
pub(crate) fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Loss => "loss",
        Metric::Accuracy => "accuracy",
        Metric::BalancedAccuracy => "balanced accuracy",
        Metric::Auroc => "AUROC",
    }
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
        let scores = score(&[-2.0, -0.1, 0.1, 3.0], 1, &[0, 1, 1, 1], 2, 0.0);
        assert_eq!(scores.confusion, [[1, 0], [1, 2]]);
        let binary = scores.binary.expect("two classes");
        assert_eq!(binary.specificity, 1.0);
        assert!((binary.sensitivity - 2.0 / 3.0).abs() < 1e-12);
        assert!((binary.balanced_accuracy - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(binary.auroc, 1.0);
    }

    #[test]
    fn top_5_counts_the_true_class_among_the_five_largest() {
        let logits = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0];
        let scores = score(&logits, 6, &[0, 4], 6, 0.0);
        assert_eq!(scores.top_5, Some(0.5));
        assert_eq!(scores.accuracy, 0.0);
    }

    #[test]
    fn class_scores_follow_their_definitions() {
        let confusion = vec![vec![8, 2, 0], vec![1, 5, 4], vec![0, 0, 0]];
        let first = class_scores(&confusion, 0);
        assert!((first.precision - 8.0 / 9.0).abs() < 1e-12);
        assert!((first.recall - 0.8).abs() < 1e-12);
        assert!((first.f1 - 16.0 / 19.0).abs() < 1e-12);
        assert_eq!(class_scores(&confusion, 2), ClassScores { precision: 0.0, recall: 0.0, f1: 0.0, support: 0 });
    }

    #[test]
    fn probabilities_sum_to_one_and_survive_large_logits() {
        for logits in [vec![1000.0, -1000.0, 0.0], vec![-800.0], vec![0.0; 26]] {
            let sum: f64 = probabilities(&logits).iter().sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }
}
