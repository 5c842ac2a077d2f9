//! What one setting was measured by.

use crate::table::counted;
use zoo_core::ClassScores;
use zoo_results::{CalibrationBin, FoldsReport, Report};

/// The runs of one recipe by different seeds, at least one, or the models of its cross-validation with what they reached together.
#[derive(Clone, Copy, Debug)]
pub struct RunSet<'a> {
    /// What it is called, which begins the names of its figures' files.
    pub name: &'a str,
    /// One report a seed; of a cross-validation those of plain runs or of its models, which give the curves.
    pub runs: &'a [Report],
    /// What a cross-validation's models reached together.
    pub folds: Option<&'a FoldsReport>,
}

impl<'a> RunSet<'a> {
    /// Of what the matrices and scores by class are: in words.
    pub fn over(&self) -> &'static str {
        match self.folds {
            Some(_) => "pooled over all folds",
            None => "of the first seed",
        }
    }

    /// Over what the curves are.
    pub fn curves_over(&self) -> String {
        match self.folds {
            Some(folds) if self.runs.len() == folds.runs.len() => "the models of all folds".to_string(),
            Some(_) => "plain runs".to_string(),
            None => counted(self.runs.len(), "seed"),
        }
    }

    /// The names of the classes; none where a number is predicted.
    pub fn class_names(&self) -> &'a [String] {
        self.pick(|folds| &folds.class_names, |run| &run.class_names)
    }

    /// The scores of each class on test.
    pub fn per_class(&self) -> &'a [ClassScores] {
        self.pick(|folds| &folds.per_class, |run| &run.per_class)
    }

    /// Test examples by true class (row) and predicted class (column).
    pub fn confusion(&self) -> &'a [Vec<u64>] {
        self.pick(|folds| &folds.confusion, |run| &run.confusion)
    }

    /// Bins of probability, as in [`Report::calibration`].
    pub fn calibration(&self) -> &'a [CalibrationBin] {
        self.pick(|folds| &folds.calibration, |run| &run.calibration)
    }

    /// The receiver operating characteristic, as in [`Report::roc`].
    pub fn roc(&self) -> &'a [[f64; 2]] {
        self.pick(|folds| &folds.roc, |run| &run.roc)
    }

    fn pick<T>(&self, of_folds: fn(&FoldsReport) -> &Vec<T>, of_run: fn(&Report) -> &Vec<T>) -> &'a [T] {
        match (self.folds, self.runs.first()) {
            (Some(folds), _) => of_folds(folds),
            (None, Some(first)) => of_run(first),
            (None, None) => &[],
        }
    }
}
