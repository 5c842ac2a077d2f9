//! One pass of a model over a split of the data.

use crate::ahead::Lead;
use crate::data::Splits;
use crate::error::TrainError;
use crate::network::Network;
use burn::tensor::Device;
use std::convert::Infallible;
use std::ops::ControlFlow;
use zoo_core::{Batcher, Evaluated, Examples, Scores};
use zoo_recipe::{Loss, Recipe};
use zoo_train::predictions;

#[doc(no_inline)]
pub use zoo_train::batch::tensors;
#[doc(no_inline)]
pub use zoo_train::predictions::Predictions;

/// Runs `network` over all `examples`; `progress` hears how many are done.
///
/// # Errors
/// If the device cannot hand its results back.
pub fn predict(
    network: &Network,
    kind: &Loss,
    batcher: &Batcher,
    examples: &Examples,
    device: &Device,
    mut progress: impl FnMut(usize),
) -> Result<Predictions, TrainError> {
    let progress = |done| {
        progress(done);
        ControlFlow::<Infallible>::Continue(())
    };
    let ControlFlow::Continue(predictions) = predict_while(network, kind, batcher, examples, device, progress)?;
    Ok(predictions)
}

/// As [`predict`], until `progress` breaks off.
///
/// # Errors
/// If the device cannot hand its results back.
pub fn predict_while<B>(
    network: &Network,
    kind: &Loss,
    batcher: &Batcher,
    examples: &Examples,
    device: &Device,
    progress: impl FnMut(usize) -> ControlFlow<B>,
) -> Result<ControlFlow<B, Predictions>, TrainError> {
    let batches_per_read = Lead::on(device).steps_per_read;
    Ok(predictions::predict_while(network, kind, batcher, examples, device, batches_per_read, progress)?)
}

/// A network and the data it is measured on.
#[derive(Clone, Copy)]
pub(crate) struct Measure<'a> {
    pub(crate) network: &'a Network,
    pub(crate) recipe: &'a Recipe,
    pub(crate) splits: &'a Splits,
    pub(crate) device: &'a Device,
}

/// What a network makes of a split.
pub(crate) struct Measurement {
    pub(crate) predictions: Predictions,
    pub(crate) evaluated: Evaluated,
}

/// The views of an image besides itself: how many pixels it is moved, down as well as right, and whether it is then mirrored.
const VIEWS: [(i64, bool); 5] = [(0, true), (-1, false), (-1, true), (1, false), (1, true)];
/// The weights of the image and its mirror image.
const MIRRORED: [f32; 2] = [0.5, 0.5];
/// The weights of the image and of [`VIEWS`]: as in K. Jordan's cifar10-airbench, those in place count as much as all others.
const SIX_VIEWS: [f32; 6] = [0.25, 0.25, 0.125, 0.125, 0.125, 0.125];

/// Test-time augmentation: scores of the mean logits of several views.
#[derive(Clone, Debug)]
pub struct TtaScores {
    /// Of the image and its mirror image.
    pub mirrored: Scores,
    /// Of both in place (half the weight) and moved by a pixel, up and left or down and right (the other half); where training moves images.
    pub six_views: Option<Scores>,
}

impl Measure<'_> {
    /// Scores the network on `examples`, one of the splits, until `progress` breaks off.
    pub(crate) fn on<B>(
        self,
        examples: &Examples,
        progress: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Measurement>, TrainError> {
        let Self { network, recipe, splits, device } = self;
        let predictions = predict_while(network, &recipe.loss, &splits.batcher, examples, device, progress)?;
        Ok(predictions.map_continue(|predictions| {
            let evaluated = splits.evaluate(&predictions, examples);
            Measurement { predictions, evaluated }
        }))
    }

    /// Test-time augmentation of `examples`, given what is predicted for them as they are; `None` where training does not flip images.
    pub(crate) fn with_tta<B>(
        self,
        examples: &Examples,
        plain: &Measurement,
        mut progress: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Option<TtaScores>>, TrainError> {
        let changes = &self.recipe.data.augmentation;
        if !changes.iter().any(|change| change.is_flip()) {
            return Ok(ControlFlow::Continue(None));
        }
        let padding = changes.iter().find_map(|change| change.shift_padding());
        let mut views = Vec::new();
        for (pixels, is_mirrored) in VIEWS {
            let moved = match (pixels, padding) {
                (0, _) => examples.clone(),
                (_, Some(padding)) => examples.clone().moved(pixels, pixels, padding),
                (_, None) => continue,
            };
            let view = if is_mirrored { moved.mirrored() } else { moved };
            match self.on(&view, &mut progress)? {
                ControlFlow::Continue(measurement) => views.push(measurement.predictions),
                ControlFlow::Break(reason) => return Ok(ControlFlow::Break(reason)),
            }
        }
        let scores = |weights: &[f32]| -> Result<Scores, TrainError> {
            let weighted: Vec<_> =
                weights.iter().copied().zip([&plain.predictions].into_iter().chain(&views)).collect();
            let sum = Predictions::weighted(&weighted, &self.recipe.loss, examples, self.device)?;
            Ok(self.splits.evaluate(&sum, examples).scores)
        };
        let mirrored = scores(&MIRRORED)?;
        let six_views = padding.map(|_| scores(&SIX_VIEWS)).transpose()?;
        Ok(ControlFlow::Continue(Some(TtaScores { mirrored, six_views })))
    }
}

/// For a pass that nobody stops.
pub(crate) fn go_on(_done: usize) -> ControlFlow<Infallible> {
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::{data, registry};
    use std::ops::ControlFlow::Continue;
    use zoo_core::{Augmentation, Batch, Padding, Progress, Sizes, Store};
    use zoo_train::batch::tensors_with_targets;
    use zoo_train::loss::loss;

    #[test]
    fn mean_logits_of_a_linear_network_are_those_of_the_mean_image() {
        let linear = [("model.hidden", "[]"), ("model.dropout", "0.0")].map(|(key, value)| (key.into(), value.into()));
        let mut recipe = registry::recipe("mlp_digits").unwrap().with_overrides(&linear).unwrap();
        let padding = Padding::Edge;
        recipe.data.augmentation = vec![Augmentation::Flip, Augmentation::Shift { pixels: 2, padding }];
        let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).unwrap();
        let (splits, device) = (data::prepare(&recipe, &store, 0).unwrap(), Device::flex());
        let sizes = Sizes { input: splits.test.inputs.shape(), outputs: 10 };
        let network = Network::init(&recipe.model, &sizes, 1, &device).unwrap();
        let measure = Measure { network: &network, recipe: &recipe, splits: &splits, device: &device };
        let Continue(plain) = measure.on(&splits.test, go_on).unwrap();
        let Continue(tta) = measure.with_tta(&splits.test, &plain, go_on).unwrap();
        let TtaScores { mirrored, six_views } = tta.unwrap();

        let numbers = |images: &Examples| splits.batcher.normalizer.apply(&images.inputs);
        let mean = |one: &[f32], other: &[f32]| -> Vec<f32> {
            one.iter().zip(other).map(|(one, other)| (one + other) / 2.0).collect()
        };
        let with_mirror_image = |images: Examples| mean(&numbers(&images), &numbers(&images.clone().mirrored()));
        let moved = |pixels| with_mirror_image(splits.test.clone().moved(pixels, pixels, padding));
        let loss_of = |values: &[f32]| -> f32 {
            let (labels, shape) = (splits.test.labels.clone(), splits.test.inputs.shape());
            let batch = Batch { values: values.to_vec(), labels, targets: Vec::new(), shape };
            let (input, targets) = tensors_with_targets(batch, &device);
            loss(&recipe.loss, network.forward(input), targets).into_scalar()
        };
        let in_place = with_mirror_image(splits.test.clone());
        let six = mean(&in_place, &mean(&moved(-1), &moved(1)));
        let losses = [plain.evaluated.scores.loss, mirrored.loss, six_views.unwrap().loss];
        for (found, values) in losses.into_iter().zip([numbers(&splits.test), in_place, six]) {
            let expected = f64::from(loss_of(&values));
            assert!((found - expected).abs() < 1e-5, "{losses:?}: {expected}");
        }
        assert!(losses[0] != losses[1] && losses[1] != losses[2], "{losses:?}");
    }
}
