//! What logits say of examples: their classes, probabilities, and a classifier's scores, computed on the host, in f64.

use crate::scores::{Evaluated, Scores, TopK};

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
    fn probabilities_sum_to_one_and_survive_large_logits() {
        for logits in [vec![1000.0, -1000.0, 0.0], vec![-800.0], vec![0.0; 26]] {
            let sum: f64 = probabilities(&logits).iter().sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }
}
