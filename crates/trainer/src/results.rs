//! From a trained model to its report.

use crate::data::Splits;
use crate::diagnostics::{calibration, roc};
use crate::evaluate::{Measurement, TtaScores};
use crate::run_folder::RunSettings;
use crate::train::FittedModel;
use zoo_core::{ClassScores, Evaluated, Scores, cpu_name};
use zoo_recipe::Recipe;
use zoo_results::{DataFacts, Expected, REPORT_SCHEMA, Report};

/// What a finished run's report is made from.
pub(crate) struct Finished<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) settings: &'a RunSettings,
    pub(crate) splits: &'a Splits,
    pub(crate) fitted: &'a FittedModel,
    pub(crate) valid: Measurement,
    pub(crate) test: Measurement,
    /// Where training flips images.
    pub(crate) tta: Option<TtaScores>,
    /// The file's name in the run folder.
    pub(crate) weights: String,
    pub(crate) weights_sha256: String,
}

impl Finished<'_> {
    pub(crate) fn report(self) -> Report {
        let Self { recipe, settings, splits, fitted, .. } = self;
        let FittedModel { state, parameters, network } = fitted;
        let examples = state.history.len() * splits.train.len();
        let Measurement { predictions, evaluated: Evaluated { scores: test, confusion } } = self.test;
        let labels = &splits.test.labels;
        Report {
            schema: REPORT_SCHEMA,
            model: recipe.name.clone(),
            recipe_sha256: recipe.sha256(),
            overrides: settings.overrides.clone(),
            seed: settings.seed,
            device: settings.device.clone(),
            threads: settings.threads,
            instruction_set: settings.instruction_set(),
            cpu: cpu_name(),
            burn: crate::BURN_VERSION.to_string(),
            commit: crate::commit().map(String::from),
            started: settings.started.clone(),
            parameters: *parameters,
            macs: network.macs(&splits.train.inputs.shape()),
            epochs_run: state.history.len(),
            best_epoch: state.best.map_or(0, |best| best.epoch),
            train_seconds: state.seconds,
            cost: state.cost,
            examples_per_second: examples as f64 / state.step_seconds,
            data: data_facts(splits),
            valid: self.valid.evaluated.scores,
            test_six_views: self.tta.as_ref().and_then(|tta| tta.six_views.clone()),
            test_mirrored: self.tta.map(|tta| tta.mirrored),
            curves: state.history.clone(),
            class_names: splits.class_names.clone(),
            per_class: ClassScores::of_all(&splits.class_names, &confusion),
            calibration: if confusion.is_empty() { Vec::new() } else { calibration(&predictions, labels) },
            roc: if confusion.len() == 2 { roc(&predictions, labels) } else { Vec::new() },
            expected: expected(recipe, &test),
            test,
            confusion,
            weights: self.weights,
            weights_sha256: self.weights_sha256,
        }
    }
}

/// The recipe's claim, if it has one, beside what was measured.
pub(crate) fn expected(recipe: &Recipe, measured: &Scores) -> Option<Expected> {
    let claim = recipe.claim.as_ref()?;
    let measured = measured.value(claim.metric).unwrap_or(f64::NAN);
    Some(Expected::compare(claim.metric, claim.expected, claim.tolerance, measured))
}

/// What a run is trained and judged on.
pub(crate) fn data_facts(splits: &Splits) -> DataFacts {
    DataFacts {
        name: splits.name.clone(),
        provenance: splits.provenance,
        train: splits.train.len(),
        valid: splits.valid.len(),
        test: splits.test.len(),
        test_sha256: Some(splits.test_digest()),
    }
}
