//! From a trained model to its report.

use crate::data::Splits;
use crate::evaluate::predict;
use crate::metrics::{self, class_scores};
use crate::network::Network;
use crate::run_folder::RunSettings;
use crate::train::Trained;
use anyhow::Result;
use burn::tensor::Device;
use zoo_data::Examples;
use zoo_recipe::{ClassScores, DataFacts, Expected, Provenance, REPORT_SCHEMA, Recipe, Report, Scores, TopK};

/// Scores a network on a part.
pub(crate) fn measure(
    network: &Network,
    recipe: &Recipe,
    splits: &Splits,
    part: &Examples,
    device: &Device,
    progress: impl FnMut(usize),
) -> Result<metrics::Scores> {
    let predictions = predict(network, &recipe.loss, &splits.batcher, part, device, progress)?;
    Ok(predictions.score(&part.labels, splits.class_names.len()))
}

/// What a finished run's report is made from.
pub(crate) struct Finished<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) settings: &'a RunSettings,
    pub(crate) splits: &'a Splits,
    pub(crate) trained: &'a Trained,
    pub(crate) valid: metrics::Scores,
    pub(crate) test: metrics::Scores,
    /// The file's name in the run folder.
    pub(crate) weights: String,
    pub(crate) weights_sha256: String,
}

impl Finished<'_> {
    pub(crate) fn report(self) -> Report {
        let Self { recipe, settings, splits, trained, .. } = self;
        let Trained { state, parameters, .. } = trained;
        let examples = state.history.len() * splits.train.len();
        let claim = &recipe.claim;
        Report {
            schema: REPORT_SCHEMA,
            model: recipe.name.clone(),
            recipe_sha256: recipe.sha256(),
            overrides: settings.overrides.clone(),
            seed: settings.seed,
            device: settings.device.clone(),
            threads: settings.threads,
            burn: env!("ZOO_BURN_VERSION").to_string(),
            commit: Some(env!("ZOO_COMMIT").to_string()).filter(|commit| commit != "unknown"),
            started: settings.started.clone(),
            parameters: *parameters,
            epochs_run: state.history.len(),
            best_epoch: state.best.map_or(0, |best| best.epoch),
            train_seconds: state.seconds,
            examples_per_second: examples as f64 / state.step_seconds,
            data: facts(splits),
            valid: scores(&self.valid),
            test: scores(&self.test),
            class_names: splits.class_names.clone(),
            per_class: per_class(&splits.class_names, &self.test),
            expected: Expected::compare(claim.metric, claim.expected, claim.tolerance, self.test.value(claim.metric)),
            confusion: self.test.confusion,
            weights: self.weights,
            weights_sha256: self.weights_sha256,
        }
    }
}

fn facts(splits: &Splits) -> DataFacts {
    DataFacts {
        name: splits.name.clone(),
        provenance: match splits.provenance {
            zoo_data::Provenance::Official => Provenance::Official,
            zoo_data::Provenance::Unverified => Provenance::Unverified,
        },
        train: splits.train.len(),
        valid: splits.valid.len(),
        test: splits.test.len(),
    }
}

/// The scores in the report's form.
pub(crate) fn scores(scores: &metrics::Scores) -> Scores {
    let binary = scores.binary;
    let positive = binary.map(|_| class_scores(&scores.confusion, 1));
    Scores {
        loss: scores.loss,
        accuracy: scores.accuracy,
        top_k: scores.top_5.map(|accuracy| TopK { k: 5, accuracy }),
        auroc: binary.map(|scores| scores.auroc).filter(|auroc| auroc.is_finite()),
        balanced_accuracy: binary.map(|scores| scores.balanced_accuracy),
        sensitivity: binary.map(|scores| scores.sensitivity),
        specificity: binary.map(|scores| scores.specificity),
        precision: positive.map(|scores| scores.precision),
        recall: positive.map(|scores| scores.recall),
        f1: positive.map(|scores| scores.f1),
    }
}

/// One row a class.
pub(crate) fn per_class(names: &[String], scores: &metrics::Scores) -> Vec<ClassScores> {
    let row = |(class, name): (usize, &String)| {
        let metrics::ClassScores { precision, recall, f1, support } = class_scores(&scores.confusion, class);
        ClassScores { name: name.clone(), precision, recall, f1, support }
    };
    names.iter().enumerate().map(row).collect()
}
