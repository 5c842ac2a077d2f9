//! Figures of a report that cannot all be true: what follows from others beside it is computed again.

use zoo_core::{ClassScores, Scores};

use crate::{CalibrationBin, Expected, FoldsReport, Report, spread_scores};

/// A figure read from JSON may miss the one computed again by a rounding error.
const ROUNDING: f64 = 1e-9;

/// What contradicts what in the report of a run of `recipe`, as the rest of a sentence.
pub(crate) fn of_run(run: &Report, recipe: &str) -> Option<String> {
    let Report { model, data, test, valid, curves, confusion, .. } = run;
    if model != recipe {
        return Some(format!("is a run of {model}"));
    }
    let examples = total(confusion);
    if examples != data.test as u64 {
        return Some(format!("has a confusion matrix of {examples} examples, and {} were tested", data.test));
    }
    let kept = curves.iter().find(|row| row.epoch == run.best_epoch);
    let kept = kept.map(|row| Scores { loss: row.valid_loss, accuracy: row.valid_accuracy, ..Scores::default() });
    of_counts(test, &run.class_names, &run.per_class, confusion)
        .or_else(|| of_calibration(&run.calibration, confusion))
        .or_else(|| differing(valid, &kept?, "by the curve of its best epoch"))
        .or_else(|| of_claim(run.expected?, test))
}

/// The same of a cross-validation.
pub(crate) fn of_folds(folds: &FoldsReport, recipe: &str) -> Option<String> {
    let FoldsReport { model, data, runs, mean, deviation, class_names, per_class, confusion, .. } = folds;
    if model != recipe {
        return Some(format!("is one of {model}"));
    }
    let (found, expected) = (runs.len(), folds.folds * folds.seeds.len());
    if found != expected {
        return Some(format!("has {found} models, expected {expected}"));
    }
    let (found, expected) = (total(confusion), (data.train + data.valid + data.test) * folds.seeds.len());
    if found != expected as u64 {
        return Some(format!("has a confusion matrix of {found} examples, and {expected} were tested"));
    }
    let scores: Vec<&Scores> = runs.iter().map(|run| &run.test).collect();
    of_classes(class_names, per_class, confusion)
        .or_else(|| of_calibration(&folds.calibration, confusion))
        .or_else(|| differing(mean, &spread_scores(&scores, |spread| spread.mean), "as the mean of its models"))
        .or_else(|| {
            differing(deviation, &spread_scores(&scores, |spread| spread.deviation), "by its models' deviation")
        })
        .or_else(|| of_claim(folds.expected?, mean))
}

fn total(confusion: &[Vec<u64>]) -> u64 {
    confusion.iter().flatten().sum()
}

/// Scores and class scores beside the confusion matrix.
fn of_counts(scores: &Scores, names: &[String], classes: &[ClassScores], confusion: &[Vec<u64>]) -> Option<String> {
    let counted = Scores { loss: scores.loss, ..Scores::of_confusion(confusion) };
    differing(scores, &counted, "by its confusion matrix").or_else(|| of_classes(names, classes, confusion))
}

fn of_classes(names: &[String], classes: &[ClassScores], confusion: &[Vec<u64>]) -> Option<String> {
    let same = |found: &ClassScores, counted: &ClassScores| {
        let figures = |class: &ClassScores| [class.precision, class.recall, class.f1];
        let close = figures(found).iter().zip(figures(counted)).all(|(found, counted)| is_close(*found, counted));
        close && (&found.name, found.support) == (&counted.name, counted.support)
    };
    let pairs = || classes.iter().zip(ClassScores::of_all(names, confusion));
    let (found, counted) = pairs().find(|(found, counted)| !same(found, counted))?;
    Some(format!("has for {} {found:?}, and {counted:?} by its confusion matrix", counted.name))
}

/// The calibration's bins hold every example, and their hits are those of the confusion matrix.
fn of_calibration(bins: &[CalibrationBin], confusion: &[Vec<u64>]) -> Option<String> {
    let count: u64 = bins.iter().map(|bin| bin.count).sum();
    let hits: f64 = bins.iter().map(|bin| bin.count as f64 * bin.accuracy).sum();
    let counted: u64 = confusion.iter().enumerate().map(|(class, row)| row[class]).sum();
    let agrees = bins.is_empty() || (count == total(confusion) && (hits - counted as f64).abs() < 1e-6);
    (!agrees).then(|| format!("has a calibration of {hits} hits in {count} examples, other than its confusion matrix"))
}

fn of_claim(claim: Expected, scores: &Scores) -> Option<String> {
    let Expected { metric, expected, tolerance, measured, holds } = claim;
    let score = scores.value(metric).unwrap_or(f64::NAN);
    let compared = Expected::compare(metric, expected, tolerance, score);
    let agrees = is_close(measured, score) && holds == compared.holds;
    (!agrees).then(|| format!("has its claim's {} as {measured}, holds: {holds}, and {score} measured", metric.label()))
}

/// The first of the scores that both have and that are not the same.
fn differing(found: &Scores, other: &Scores, whence: &str) -> Option<String> {
    let mut pairs = found.named().into_iter().zip(other.named());
    pairs.find_map(|((name, found), (_, other))| {
        let (found, other) = (found?, other?);
        (!is_close(found, other)).then(|| format!("has the {name} {found}, and {other} {whence}"))
    })
}

fn is_close(found: f64, other: f64) -> bool {
    (found - other).abs() <= ROUNDING
}
