//! From a trained model to its report.

use crate::data::Splits;
use crate::device::DeviceName;
use crate::diagnostics::{calibration, roc};
use crate::evaluate::{Predictions, predict_while};
use crate::network::Network;
use crate::run_folder::RunSettings;
use crate::train::Trained;
use anyhow::Result;
use burn::tensor::Device;
use zoo_core::{ClassScores, Evaluated, Examples, Scores};
use zoo_recipe::{Augmentation, Recipe};
use zoo_results::{DataFacts, Expected, REPORT_SCHEMA, Report};

/// What a network makes of a part.
pub(crate) struct Measured {
    pub(crate) predictions: Predictions,
    pub(crate) evaluated: Evaluated,
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
    let evaluated = predictions.evaluate(&part.labels, splits.class_names.len());
    Ok(Measured { predictions, evaluated })
}

/// Scores the mean of every image's logits and its mirror image's, where the recipe mirrors images in training too.
pub(crate) fn measure_mirrored(
    network: &Network,
    recipe: &Recipe,
    splits: &Splits,
    (part, plain): (&Examples, &Measured),
    device: &Device,
    progress: impl FnMut(usize) -> Result<()>,
) -> Result<Option<Scores>> {
    let mirrors = |change: &Augmentation| matches!(change, Augmentation::Flip | Augmentation::AlternateFlip);
    if !recipe.data.augmentation.iter().any(mirrors) {
        return Ok(None);
    }
    let part_mirrored = part.clone().mirrored();
    let mirrored = predict_while(network, &recipe.loss, &splits.batcher, &part_mirrored, device, progress)?;
    let averaged = plain.predictions.clone().averaged_with(&mirrored, &recipe.loss, &part.labels, device)?;
    Ok(Some(averaged.evaluate(&part.labels, splits.class_names.len()).scores))
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
    pub(crate) test_mirrored: Option<Scores>,
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
        let Measured { predictions, evaluated: Evaluated { scores: test, confusion } } = self.test;
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
            valid: self.valid.evaluated.scores,
            test_mirrored: self.test_mirrored,
            curves: state.history.clone(),
            class_names: splits.class_names.clone(),
            per_class: ClassScores::of_all(&splits.class_names, &confusion),
            calibration: calibration(&predictions, labels),
            roc: if confusion.len() == 2 { roc(&predictions, labels) } else { Vec::new() },
            expected: Expected::compare(
                claim.metric,
                claim.expected,
                claim.tolerance,
                test.value(claim.metric).unwrap_or(f64::NAN),
            ),
            test,
            confusion,
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

/// What a run is trained and judged on.
pub(crate) fn facts(splits: &Splits) -> DataFacts {
    DataFacts {
        name: splits.name.clone(),
        provenance: splits.provenance,
        train: splits.train.len(),
        valid: splits.valid.len(),
        test: splits.test.len(),
    }
}
