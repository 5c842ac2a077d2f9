//! What a report draws besides scores: how far probabilities can be trusted, and what a threshold trades.

use crate::evaluate::Predictions;
use zoo_core::{margins, predicted_class, probabilities};
use zoo_results::{CalibrationBin, MOST_ROC_POINTS};

const BINS: usize = 15;

/// The reliability of the probability given to the predicted class, in equally wide bins.
pub(crate) fn calibration(predictions: &Predictions, labels: &[u8]) -> Vec<CalibrationBin> {
    let mut sums = [(0_u64, 0.0_f64, 0_u64); BINS];
    for (row, label) in predictions.rows().zip(labels) {
        let class = predicted_class(row);
        let confidence = probabilities(row)[class];
        let (count, confidences, hits) = &mut sums[((confidence * BINS as f64) as usize).min(BINS - 1)];
        *count += 1;
        *confidences += confidence;
        *hits += u64::from(class == usize::from(*label));
    }
    let bin = |(index, (count, confidences, hits)): (usize, &(u64, f64, u64))| {
        let examples = (*count).max(1) as f64;
        let from = index as f64 / BINS as f64;
        CalibrationBin { from, count: *count, confidence: confidences / examples, accuracy: *hits as f64 / examples }
    };
    sums.iter().enumerate().map(bin).collect()
}

/// `[false positive rate, true positive rate]` for every threshold from the highest score down, equal scores at once; thinned.
/// Empty where one of the two classes has no example.
pub(crate) fn roc(predictions: &Predictions, labels: &[u8]) -> Vec<[f64; 2]> {
    let margins = margins(&predictions.logits, predictions.width);
    let mut order: Vec<usize> = (0..margins.len()).collect();
    order.sort_by(|left, right| margins[*right].total_cmp(&margins[*left]));
    let positives = labels.iter().filter(|label| **label == 1).count();
    let negatives = labels.len() - positives;
    if positives == 0 || negatives == 0 {
        return Vec::new();
    }
    let mut found = [0, 0];
    let mut points = vec![[0.0, 0.0]];
    for tied in order.chunk_by(|left, right| margins[*left] == margins[*right]) {
        tied.iter().for_each(|index| found[usize::from(labels[*index] == 1)] += 1);
        points.push([found[0] as f64 / negatives as f64, found[1] as f64 / positives as f64]);
    }
    thinned(points)
}

/// At most [`MOST_ROC_POINTS`] of them, evenly chosen, the first and the last among them.
fn thinned(points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    if points.len() <= MOST_ROC_POINTS {
        return points;
    }
    let place = |index: usize| index * (points.len() - 1) / (MOST_ROC_POINTS - 1);
    (0..MOST_ROC_POINTS).map(|index| points[place(index)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_logit(logits: &[f32]) -> Predictions {
        Predictions { logits: logits.to_vec(), width: 1, loss: 0.0 }
    }

    // scikit-learn 1.7: roc_curve([0,0,1,1,1], [.1,.4,.35,.8,.4], drop_intermediate=False)[:2]
    // == [0, 0, .5, .5, 1], [0, 1/3, 2/3, 1, 1]
    #[test]
    fn the_curve_is_scikit_learns() {
        let points = roc(&one_logit(&[0.1, 0.4, 0.35, 0.8, 0.4]), &[0, 0, 1, 1, 1]);
        let third = 1.0 / 3.0;
        assert_eq!(points, [[0.0, 0.0], [0.0, third], [0.5, 2.0 * third], [0.5, 1.0], [1.0, 1.0]]);
    }

    #[test]
    fn a_long_curve_is_thinned_between_its_ends() {
        let logits: Vec<f32> = (0..1000).map(|index| (index * 37 % 1000) as f32).collect();
        let labels: Vec<u8> = (0..1000).map(|index| (index % 3 == 0).into()).collect();
        let points = roc(&one_logit(&logits), &labels);
        assert_eq!(points.len(), MOST_ROC_POINTS);
        assert_eq!([points[0], points[MOST_ROC_POINTS - 1]], [[0.0, 0.0], [1.0, 1.0]]);
        assert!(points.is_sorted());
    }

    #[test]
    fn one_class_alone_has_no_curve() {
        assert!(roc(&one_logit(&[1.0, 2.0]), &[1, 1]).is_empty());
    }

    #[test]
    fn bins_hold_every_example_where_its_confidence_lies() {
        let bins = calibration(&one_logit(&[0.0, -10.0, 10.0, 10.0]), &[0, 0, 1, 0]);
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), 4);
        let [even, sure] = [bins[BINS / 2], bins[BINS - 1]];
        assert_eq!((even.count, even.accuracy, even.confidence), (1, 1.0, 0.5));
        assert_eq!((sure.count, sure.accuracy), (3, 2.0 / 3.0));
        assert!(sure.confidence > 0.9999);
    }
}
