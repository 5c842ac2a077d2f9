//! From the models of a cross-validation to its report.

use crate::data::Splits;
use crate::diagnostics::{calibration, roc};
use crate::evaluate::Predictions;
use crate::results::{data_facts, expected};
use crate::run_folder::{Repeats, RunSettings};
use zoo_core::{ClassScores, Cost, Scores};
use zoo_recipe::Recipe;
use zoo_results::{FOLDS_SCHEMA, FoldScores, FoldsReport, Report, spread_scores};

/// What the models of all folds make of the examples they have not seen, one after another.
#[derive(Default)]
pub(crate) struct Pooled {
    predictions: Option<Predictions>,
    labels: Vec<u8>,
}

impl Pooled {
    pub(crate) fn add(&mut self, predictions: Predictions, labels: &[u8]) {
        self.labels.extend(labels);
        match &mut self.predictions {
            Some(all) => all.logits.extend(predictions.logits),
            None => self.predictions = Some(predictions),
        }
    }
}

/// What a cross-validation's report is made from.
pub(crate) struct CrossValidated<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) settings: &'a RunSettings,
    pub(crate) repeats: &'a Repeats,
    /// The splits of its first fold.
    pub(crate) first: &'a Splits,
    /// One per fold, at least one.
    pub(crate) runs: &'a [(FoldScores, Report)],
    pub(crate) pooled: Pooled,
}

impl CrossValidated<'_> {
    /// The scores are means over the folds, as scikit-learn's `cross_val_score` gives them: logits of different models need not
    /// be comparable, so an AUROC over pooled predictions is not computed. What has to be counted over all examples is pooled.
    pub(crate) fn report(self) -> FoldsReport {
        let Self { recipe, settings, repeats, first, runs, .. } = self;
        let Pooled { predictions, labels } = self.pooled;
        let predictions = predictions.unwrap_or(Predictions { logits: Vec::new(), width: 1, loss: 0.0 });
        let classes = first.class_names.len();
        let confusion = match recipe.is_regression() {
            true => Vec::new(),
            false => zoo_core::evaluate(&predictions.logits, predictions.width, &labels, classes, 0.0).confusion,
        };
        let scores: Vec<&Scores> = runs.iter().map(|(run, _)| &run.test).collect();
        let mean = spread_scores(&scores, |spread| spread.mean);
        FoldsReport {
            schema: FOLDS_SCHEMA,
            model: recipe.name.clone(),
            recipe_sha256: recipe.sha256(),
            overrides: settings.overrides.clone(),
            folds: repeats.folds,
            seeds: repeats.seeds.clone(),
            device: settings.device.clone(),
            threads: settings.threads,
            instruction_set: settings.instruction_set(),
            burn: crate::BURN_VERSION.to_string(),
            commit: common_commit(runs),
            started: settings.started.clone(),
            parameters: runs.first().map_or(0, |(_, report)| report.parameters),
            train_seconds: runs.iter().map(|(_, report)| report.train_seconds).sum(),
            cost: Cost::sum(runs.iter().map(|(_, report)| report.cost)),
            data: data_facts(first),
            runs: runs.iter().map(|(run, _)| run.clone()).collect(),
            expected: expected(recipe, &mean),
            mean,
            deviation: spread_scores(&scores, |spread| spread.deviation),
            class_names: first.class_names.clone(),
            per_class: ClassScores::of_all(&first.class_names, &confusion),
            calibration: if confusion.is_empty() { Vec::new() } else { calibration(&predictions, &labels) },
            roc: if confusion.len() == 2 { roc(&predictions, &labels) } else { Vec::new() },
            confusion,
        }
    }
}

/// The program's commit, unless the folds were trained by different ones.
fn common_commit(runs: &[(FoldScores, Report)]) -> Option<String> {
    let (_, first) = runs.first()?;
    first.commit.clone().filter(|_| runs.iter().all(|(_, report)| report.commit == first.commit))
}
