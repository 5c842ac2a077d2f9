//! The one training loop of the zoo.
//!
//! Everything random is a function of (seed, epoch, position), nothing of what ran before: the order of the examples, their
//! augmentation, the dropout masks. So a run can be cut at any step and go on to the same bits from a
//! [`Checkpoint`](crate::checkpoint::Checkpoint).

use crate::data::Splits;
use crate::error::TrainError;
use crate::evaluate::{predict_while, scalar, tensors_with_targets, values};
use crate::loss::loss;
use crate::network::Network;
use crate::observer::{Observer, StepScores};
use crate::optimizer::{add_l1, clip_gradients};
use crate::schedule::learning_rate;
use crate::state::TrainingState;
use crate::training::{FitOptions, TrainingRun, step_seed};
use burn::module::Module;
use burn::optim::GradientsParams;
use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Instant;
use zoo_core::{Scores, epoch_order};
use zoo_recipe::Recipe;

/// How a training ended.
#[derive(Debug)]
pub enum Fit {
    /// All epochs done, or stopped early by the recipe.
    Finished(Box<FittedModel>),
    /// Stopped by the user after this many epochs and steps; the checkpoint is on disk.
    Interrupted(Box<TrainingState>),
}

/// A trained model.
#[derive(Debug)]
pub struct FittedModel {
    /// With the kept epoch's weights, ready for inference.
    pub network: Network,
    /// Its trainable parameters.
    pub parameters: usize,
    /// What was measured on the way.
    pub state: TrainingState,
}

/// Trains as `recipe` says.
///
/// # Errors
/// If loss or weights stop being finite ([`TrainError::Diverged`]), the checkpoint to resume is another run's, one cannot be
/// written, or the device fails.
pub fn fit(
    recipe: &Recipe,
    splits: &Splits,
    options: &FitOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Fit, TrainError> {
    let (mut run, mut network) = TrainingRun::start(recipe, splits, options)?;
    observer.start(&run.plan(&network));
    run.measures_gradients = observer.wants_gradient_norm();
    while !run.is_over() {
        let order = epoch_order(splits.train.len(), options.identity.seed, run.state.epochs_done);
        for indices in order.chunks(recipe.training.batch_size).skip(run.state.steps_done_in_epoch) {
            let step;
            (network, step) = run.step(network, indices)?;
            observer.batch(&step, &run.state.running);
            if options.stop.is_raised() {
                run.save(&network)?;
                return Ok(Fit::Interrupted(Box::new(run.state)));
            }
            run.save_now_and_then(&network)?;
        }
        let validated = run.validate(&network, observer)?;
        run.save(&network)?;
        if validated.is_break() {
            return Ok(Fit::Interrupted(Box::new(run.state)));
        }
    }
    let network = network.install(&run.best)?;
    let parameters = network.parameters();
    Ok(Fit::Finished(Box::new(FittedModel { network: network.valid(), parameters, state: run.state })))
}

impl TrainingRun<'_> {
    /// One batch forward and backward, and the weights one step on.
    fn step(&mut self, network: Network, indices: &[u32]) -> Result<(Network, StepScores), TrainError> {
        let started = Instant::now();
        let Splits { train, batcher, .. } = self.splits;
        let step = self.state.epochs_done * self.steps_per_epoch() + self.state.steps_done_in_epoch;
        let batch = batcher.train_batch(train, indices, self.state.epochs_done);
        let (labels, numbers) = (batch.labels.clone(), batch.targets.clone());
        let (input, targets) = tensors_with_targets(batch, &self.device);
        // Dropout draws from the device's generator: seeded at every step, a resumed run draws the same masks.
        self.device.seed(step_seed(self.options.identity.seed, step));
        let logits = network.forward(input);
        let loss = loss(&self.recipe.loss, logits.clone(), targets);
        let loss_value = scalar(loss.clone().inner())?;
        self.check_finite("training loss", loss_value, self.state.steps_done_in_epoch + 1)?;

        let mut gradients = GradientsParams::from_grads(loss.backward(), &network);
        add_l1(&mut gradients, &network, self.recipe.regularization.l1);
        let gradient_norm = self.gradient_norm(&gradients, &network)?;
        clip_gradients(&mut gradients, &network, &self.recipe.regularization.gradient_clipping);
        let learning_rate = self.learning_rate(step);
        let network = self.optimizer.step(self.rates.at(learning_rate), network, gradients);
        self.average.update(&network, step)?;

        let logits = values(logits.inner())?;
        self.state.running.add(&logits, loss_value, &labels);
        if let Some(unit) = &self.splits.target {
            self.state.running.add_errors(&logits, &numbers, unit);
        }
        let (epoch, seconds) = (self.state.epochs_done + 1, started.elapsed().as_secs_f64());
        self.state.running.seconds += seconds;
        self.state.steps_done_in_epoch += 1;
        Ok((network, StepScores { step: step + 1, epoch, loss: loss_value, learning_rate, seconds, gradient_norm }))
    }

    /// Ends the epoch: validates, keeps the weights if they are the best, and counts patience. Breaks off once the user wants to stop.
    fn validate(&mut self, network: &Network, observer: &mut dyn Observer) -> Result<ControlFlow<()>, TrainError> {
        let Splits { valid, batcher, .. } = self.splits;
        let averaged = self.average.network(network)?;
        let progress = |done| {
            observer.validating(done, valid.len());
            self.options.stop.check()
        };
        let pass = predict_while(&averaged.valid(), &self.recipe.loss, batcher, valid, &self.options.device, progress)?;
        let Continue(predictions) = pass else {
            return Ok(Break(()));
        };
        let scores = predictions.evaluate(valid, self.splits).scores;
        self.check_finite("validation loss", scores.loss, self.state.steps_done_in_epoch)?;
        self.keep(&averaged, &scores, observer);
        Ok(Continue(()))
    }

    fn keep(&mut self, network: &Network, scores: &Scores, observer: &mut dyn Observer) {
        let last_step = self.state.epochs_done * self.steps_per_epoch() + self.state.steps_done_in_epoch - 1;
        let row = self.state.end_epoch(scores, self.learning_rate(last_step));
        if self.state.is_best(self.recipe.training.keep, scores) {
            self.best = network.named_tensors();
        }
        self.state.count_patience(&self.recipe.early_stopping, scores);
        observer.epoch(&row);
        let (metric, [train, valid]) = row.beside_loss();
        tracing::info!(
            "epoch {}: train loss {:.5} {name} {train:.4}, validation loss {:.5} {name} {valid:.4}",
            row.epoch,
            row.train_loss,
            row.valid_loss,
            name = metric.label()
        );
        self.state.history.push(row);
    }

    fn learning_rate(&self, step: usize) -> f64 {
        let per_epoch = self.steps_per_epoch();
        learning_rate(&self.recipe.schedule, step, per_epoch, per_epoch * self.recipe.training.epochs)
    }
}
