//! One pass of a model over a split of the data.

use crate::ahead::Lead;
use crate::data::Splits;
use crate::error::TrainError;
use crate::network::Network;
use burn::tensor::Device;
use std::convert::Infallible;
use std::ops::ControlFlow;
use zoo_core::{Augmentation, Batcher, Evaluated, Examples, Scores};
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

    /// Test-time augmentation: the scores of the mean of every image's logits and its mirror image's, given the former; `None` where
    /// training does not flip images.
    pub(crate) fn with_tta<B>(
        self,
        examples: &Examples,
        plain: &Measurement,
        progress: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Option<Scores>>, TrainError> {
        let Self { recipe, splits, device, .. } = self;
        let flips = |change: &Augmentation| change.is_flip();
        if !recipe.data.augmentation.iter().any(flips) {
            return Ok(ControlFlow::Continue(None));
        }
        let flipped = match self.on(&examples.clone().mirrored(), progress)? {
            ControlFlow::Continue(measurement) => measurement.predictions,
            ControlFlow::Break(reason) => return Ok(ControlFlow::Break(reason)),
        };
        let averaged = plain.predictions.clone().averaged_with(&flipped, &recipe.loss, examples, device)?;
        let evaluated = splits.evaluate(&averaged, examples);
        Ok(ControlFlow::Continue(Some(evaluated.scores)))
    }
}

/// For a pass that nobody stops.
pub(crate) fn go_on(_done: usize) -> ControlFlow<Infallible> {
    ControlFlow::Continue(())
}
