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

/// Test-time augmentation: scores of the mean of several views' logits.
#[derive(Clone, Debug)]
pub struct TtaScores {
    /// Of every image and its mirror image.
    pub mirrored: Scores,
    /// Of these, one half, and of both moved by a pixel up and left, and down and right, the other; where training moves images.
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
        let mirrored = match self.on(&examples.clone().mirrored(), &mut progress)? {
            ControlFlow::Continue(mirrored) => mirrored.predictions,
            ControlFlow::Break(reason) => return Ok(ControlFlow::Break(reason)),
        };
        let in_place = self.mean_of(&[plain.predictions.clone(), mirrored], examples)?;
        let scores = |predictions: &Predictions| self.splits.evaluate(predictions, examples).scores;
        let mirrored = scores(&in_place);
        let Some(padding) = changes.iter().find_map(|change| change.shift_padding()) else {
            return Ok(ControlFlow::Continue(Some(TtaScores { mirrored, six_views: None })));
        };
        let mut moved = Vec::new();
        for pixels in [-1, 1] {
            let view = examples.clone().moved(pixels, pixels, padding);
            for view in [view.clone(), view.mirrored()] {
                match self.on(&view, &mut progress)? {
                    ControlFlow::Continue(measurement) => moved.push(measurement.predictions),
                    ControlFlow::Break(reason) => return Ok(ControlFlow::Break(reason)),
                }
            }
        }
        let six_views = self.mean_of(&[in_place, self.mean_of(&moved, examples)?], examples)?;
        Ok(ControlFlow::Continue(Some(TtaScores { mirrored, six_views: Some(scores(&six_views)) })))
    }

    fn mean_of(self, all: &[Predictions], examples: &Examples) -> Result<Predictions, TrainError> {
        Ok(Predictions::mean_of(all, &self.recipe.loss, examples, self.device)?)
    }
}

/// For a pass that nobody stops.
pub(crate) fn go_on(_done: usize) -> ControlFlow<Infallible> {
    ControlFlow::Continue(())
}
