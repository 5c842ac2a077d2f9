//! From a trained model to its report.

use crate::data::Splits;
use crate::device::DeviceName;
use crate::diagnostics::{calibration, roc};
use crate::evaluate::{Predictions, predict_while};
use crate::metrics::{self, class_scores};
use crate::network::Network;
use crate::run_folder::RunSettings;
use crate::state::EpochRow;
use crate::train::Trained;
use anyhow::Result;
use burn::tensor::Device;
use zoo_data::Examples;
use zoo_recipe::{
    Augmentation, ClassScores, DataFacts, EpochScores, Expected, Provenance, REPORT_SCHEMA, Recipe, Report, Scores,
    TopK,
};

/// What a network makes of a part.
pub(crate) struct Measured {
    pub(crate) predictions: Predictions,
    pub(crate) scores: metrics::Scores,
}

/// Scores a network on a part.
pub(crate) fn measure(
    network: &Network,
    recipe: &Recipe,
    splits: &Splits,
    part: &Examples,
    device: &Device,
    mut progress: impl FnMut(usize),
) -> Result<Measured> {
    let progress = |done| {
        progress(done);
        Ok(())
    };
    measure_while(network, recipe, splits, part, device, progress)
}

/// Scores a network on a part, for as long as `progress` is content.
pub(crate) fn measure_while(
    network: &Network,
    recipe: &Recipe,
    splits: &Splits,
    part: &Examples,
    device: &Device,
    progress: impl FnMut(usize) -> Result<()>,
) -> Result<Measured> {
    let predictions = predict_while(network, &recipe.loss, &splits.batcher, part, device, progress)?;
    let scores = predictions.score(&part.labels, splits.class_names.len());
    Ok(Measured { predictions, scores })
}

/// Scores the mean of every image's logits and its mirror image's, where the recipe mirrors images in training too.
pub(crate) fn measure_mirrored(
    network: &Network,
    recipe: &Recipe,
    splits: &Splits,
    (part, plain): (&Examples, &Measured),
    device: &Device,
    progress: impl FnMut(usize) -> Result<()>,
) -> Result<Option<metrics::Scores>> {
    let mirrors = |change: &Augmentation| matches!(change, Augmentation::Flip | Augmentation::AlternateFlip);
    if !recipe.data.augmentation.iter().any(mirrors) {
        return Ok(None);
    }
    let part_mirrored = part.clone().mirrored();
    let mirrored = predict_while(network, &recipe.loss, &splits.batcher, &part_mirrored, device, progress)?;
    let averaged = plain.predictions.clone().averaged_with(&mirrored, &recipe.loss, &part.labels, device)?;
    Ok(Some(averaged.score(&part.labels, splits.class_names.len())))
}

/// What a finished run's report is made from.
pub(crate) struct Finished<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) settings: &'a RunSettings,
    pub(crate) splits: &'a Splits,
    pub(crate) trained: &'a Trained,
    pub(crate) valid: Measured,
    pub(crate) test: Measured,
    /// As in [`Report::test_mirrored`].
    pub(crate) test_mirrored: Option<metrics::Scores>,
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
        let Measured { predictions, scores: test } = self.test;
        let labels = &splits.test.labels;
        Report {
            schema: REPORT_SCHEMA,
            model: recipe.name.clone(),
            recipe_sha256: recipe.sha256(),
            overrides: settings.overrides.clone(),
            seed: settings.seed,
            device: settings.device.clone(),
            threads: settings.threads,
            instruction_set: instruction_set(settings),
            burn: crate::BURN_VERSION.to_string(),
            commit: crate::commit().map(String::from),
            started: settings.started.clone(),
            parameters: *parameters,
            multiply_adds: trained.network.multiply_adds(),
            epochs_run: state.history.len(),
            best_epoch: state.best.map_or(0, |best| best.epoch),
            train_seconds: state.seconds,
            examples_per_second: examples as f64 / state.step_seconds,
            data: facts(splits),
            valid: scores(&self.valid.scores),
            test: scores(&test),
            test_mirrored: self.test_mirrored.as_ref().map(scores),
            curves: state.history.iter().map(epoch_scores).collect(),
            class_names: splits.class_names.clone(),
            per_class: per_class(&splits.class_names, &test),
            calibration: calibration(&predictions, labels),
            roc: if test.binary.is_some() { roc(&predictions, labels) } else { Vec::new() },
            expected: Expected::compare(claim.metric, claim.expected, claim.tolerance, test.value(claim.metric)),
            confusion: test.confusion,
            weights: self.weights,
            weights_sha256: self.weights_sha256,
        }
    }
}

/// What decides the bits on the CPU; other devices have none we could name.
pub(crate) fn instruction_set(settings: &RunSettings) -> Option<String> {
    instruction_set_of(&settings.device)
}

/// Likewise, by the device's name.
pub(crate) fn instruction_set_of(device: &str) -> Option<String> {
    let name = zoo_kernels::instruction_set().ok().filter(|_| device == DeviceName::Flex.name());
    name.map(str::to_string)
}

fn epoch_scores(row: &EpochRow) -> EpochScores {
    let EpochRow { epoch, train_loss, train_accuracy, valid_loss, valid_accuracy, learning_rate, .. } = *row;
    EpochScores { epoch, train_loss, train_accuracy, valid_loss, valid_accuracy, learning_rate }
}

/// What a run is trained and judged on.
pub(crate) fn facts(splits: &Splits) -> DataFacts {
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
