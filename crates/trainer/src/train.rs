//! The one training loop of the zoo.
//!
//! Everything random is a function of (seed, epoch, position), nothing of what ran before: the order of the examples, their
//! augmentation, the dropout masks. So a run can be cut at any step and go on to the same bits from a
//! [`Checkpoint`](crate::checkpoint::Checkpoint).

use crate::ahead::{Lead, TrainBatches};
use crate::data::Splits;
use crate::error::TrainError;
use crate::evaluate::predict_while;
use crate::network::Network;
use crate::observer::{Observer, StepScores};
use crate::schedule::learning_rate;
use crate::state::TrainingState;
use crate::training::{FitOptions, TrainingRun};
use crate::unread::UnreadStep;
use burn::module::Module;
use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Instant;
use zoo_core::{Batch, Metric, Scores, score_text};
use zoo_recipe::Recipe;
use zoo_train::batch::tensors_with_targets;
use zoo_train::keep::as_kept;
use zoo_train::step::{Objective, TakenStep, step, step_seed};

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
    fit_with(recipe, splits, options, observer, Lead::on(&options.device))
}

fn fit_with(
    recipe: &Recipe,
    splits: &Splits,
    options: &FitOptions<'_>,
    observer: &mut dyn Observer,
    lead: Lead,
) -> Result<Fit, TrainError> {
    let (mut run, mut network) = TrainingRun::start(recipe, splits, options, lead)?;
    let batches = TrainBatches::new(splits, recipe.training.batch_size, options.identity.seed, lead)?;
    observer.start(&run.plan(&network));
    run.measures_gradients = observer.wants_gradient_norm();
    while !run.is_over() {
        let (epoch, done) = (run.state.epochs_done, run.state.steps_done_in_epoch);
        let trained = batches.of_epoch(epoch, done, |batches| run.epoch(network, batches, observer))?;
        let Continue(trained) = trained else {
            return Ok(Fit::Interrupted(Box::new(run.state)));
        };
        network = trained;
        let validated = run.validate(&network, observer)?;
        run.save(&network, observer)?;
        if validated.is_break() {
            return Ok(Fit::Interrupted(Box::new(run.state)));
        }
    }
    let network = network.install(&run.best)?;
    let parameters = network.parameters();
    Ok(Fit::Finished(Box::new(FittedModel { network: network.valid(), parameters, state: run.state })))
}

impl TrainingRun<'_> {
    /// One step a batch. Breaks off once the user wants to stop, and saves where it is.
    fn epoch(
        &mut self,
        mut network: Network,
        batches: &mut dyn Iterator<Item = Batch>,
        observer: &mut dyn Observer,
    ) -> Result<ControlFlow<(), Network>, TrainError> {
        let mut started = Instant::now(); // of the batch
        for batch in batches {
            let step;
            (network, step) = self.step(network, batch, started);
            self.count(step, observer)?;
            if self.options.stop.is_raised() {
                self.save(&network, observer)?;
                return Ok(Break(()));
            }
            self.save_now_and_then(&network, observer)?;
            started = Instant::now();
        }
        Ok(Continue(network))
    }

    /// One batch forward and backward, and the weights one step on. Nothing in it waits for the device.
    fn step(&mut self, network: Network, batch: Batch, started: Instant) -> (Network, UnreadStep) {
        let number = self.state.epochs_done * self.steps_per_epoch() + self.state.steps_done_in_epoch;
        let (labels, targets) = (batch.labels.clone(), batch.targets.clone());
        let inputs = tensors_with_targets(batch, &self.device);
        // Dropout draws from the device's generator: seeded at every step, a resumed run draws the same masks.
        self.device.seed(step_seed(self.options.identity.seed, number));
        let learning_rate = self.learning_rate(number);
        let objective = Objective {
            loss: &self.recipe.loss,
            regularization: &self.recipe.regularization,
            measures_gradients: self.measures_gradients,
        };
        let taken = step(network, inputs, objective, &mut self.optimizer, self.rates.at(learning_rate));
        let TakenStep { network, loss, logits, gradient_norm } = taken;
        self.average.update(&network, number);

        let (epoch, seconds) = (self.state.epochs_done + 1, started.elapsed().as_secs_f64());
        let scores =
            StepScores { step: number + 1, epoch, loss: f64::NAN, learning_rate, seconds, gradient_norm: None };
        (network, UnreadStep { scores, loss, logits, gradient_norm, labels, targets })
    }

    /// Ends the epoch: validates, keeps the weights if they are the best, and counts patience. Breaks off once the user wants to stop.
    fn validate(&mut self, network: &Network, observer: &mut dyn Observer) -> Result<ControlFlow<()>, TrainError> {
        self.read_steps(observer)?;
        let Splits { valid, batcher, .. } = self.splits;
        let kept = as_kept(self.average.network(network), self.recipe.training.keep_as)?;
        let progress = |done| {
            observer.validating(done, valid.len());
            self.options.stop.check()
        };
        let pass = predict_while(&kept.valid(), &self.recipe.loss, batcher, valid, &self.options.device, progress)?;
        let Continue(predictions) = pass else {
            return Ok(Break(()));
        };
        let scores = self.splits.evaluate(&predictions, valid).scores;
        self.check_finite("validation loss", scores.loss, self.state.steps_done_in_epoch)?;
        self.keep(&kept, &scores, observer);
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
        let [train, valid] = [train, valid].map(|score| score_text(Some(metric), score));
        let [train_loss, valid_loss] =
            [row.train_loss, row.valid_loss].map(|loss| score_text(Some(Metric::Loss), loss));
        tracing::info!(
            "epoch {}: train loss {train_loss} {name} {train}, validation loss {valid_loss} {name} {valid}",
            row.epoch,
            name = metric.label()
        );
        self.state.history.push(row);
    }

    fn learning_rate(&self, step: usize) -> f64 {
        let per_epoch = self.steps_per_epoch();
        learning_rate(&self.recipe.schedule, step, per_epoch, per_epoch * self.recipe.training.epochs)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::interrupt::StopFlag;
    use crate::observer::Silent;
    use crate::optimizer::optimizer;
    use crate::state::{Identity, Running};
    use burn::tensor::Device;
    use zoo_core::weights::NamedTensor;
    use zoo_core::{Progress, Sizes, Store};

    /// A read a step, as on a CPU; some within an epoch; fewer than one an epoch.
    const LEADS: [Lead; 3] = [
        Lead { steps_per_read: 1, prefetches: false },
        Lead { steps_per_read: 3, prefetches: true },
        Lead { steps_per_read: 100, prefetches: true },
    ];

    /// Seven steps an epoch, the last with four examples; no dropout, whose masks other tests would have a part in.
    fn seven_steps(learning_rate: &str) -> (Recipe, Splits) {
        let schedule = format!("{{ constant = {{ learning_rate = {learning_rate}, warmup_steps = 0 }} }}");
        let changes = [
            ("schedule", schedule.as_str()),
            ("model.dropout", "0.0"),
            ("model.batch_norm", "true"),
            ("training.epochs", "2"),
            ("training.batch_size", "16"),
            ("training.ema", "{ exponential = { decay = 0.9 } }"),
            ("regularization.gradient_clipping", "{ norm = { max = 1.0 } }"),
            ("early_stopping", "none"),
        ]
        .map(|(key, value)| (key.to_string(), value.to_string()));
        let recipe = crate::registry::recipe("mlp_digits").unwrap().with_overrides(&changes).unwrap();
        let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).unwrap();
        let mut splits = crate::data::prepare(&recipe, &store, 1).unwrap();
        splits.train = splits.train.select(&(0..100).collect::<Vec<u32>>());
        (recipe, splits)
    }

    /// Weights that all trainings of a test start from, whatever other tests draw meanwhile.
    fn start(recipe: &Recipe, splits: &Splits) -> Checkpoint {
        let device = Device::flex();
        let sizes = Sizes { input: splits.train.inputs.shape(), outputs: splits.class_names.len() };
        let model = Network::init(&recipe.model, &sizes, 1, &device).unwrap().named_tensors();
        let optimizer = optimizer(&recipe.optimizer, &recipe.regularization.weight_decay, &device);
        let optimizer = optimizer.into_bytes().unwrap().to_vec();
        Checkpoint { state: TrainingState::default(), model, best: Vec::new(), average: Vec::new(), optimizer }
    }

    /// Every step's number, loss and norm, and the sums after it.
    #[derive(Debug, Default, PartialEq)]
    struct Heard(Vec<(usize, f64, Option<f64>, f64, u64)>);

    impl Observer for Heard {
        fn batch(&mut self, step: &StepScores, running: &Running) {
            self.0.push((step.step, step.loss, step.gradient_norm, running.loss_sum, running.correct));
        }

        fn wants_gradient_norm(&self) -> bool {
            true
        }
    }

    #[test]
    fn how_far_the_host_goes_ahead_moves_no_bit() {
        let (recipe, splits) = seven_steps("0.1");
        let start = start(&recipe, &splits);
        let [alone, others @ ..] = LEADS.map(|lead| -> (Heard, Vec<f64>, Vec<NamedTensor>) {
            let (identity, stop, resume) = (Identity::default(), StopFlag::default(), Some(start.clone()));
            let options =
                FitOptions { identity, device: Device::flex(), folder: None, resume, init: None, stop: &stop };
            let mut heard = Heard::default();
            let Fit::Finished(fitted) = fit_with(&recipe, &splits, &options, &mut heard, lead).unwrap() else {
                panic!("nobody stopped it");
            };
            let row = |row: &zoo_results::EpochScores| [row.train_loss, row.train_accuracy, row.valid_loss];
            (heard, fitted.state.history.iter().flat_map(row).collect(), fitted.network.named_tensors())
        });
        assert_eq!(alone.0.0.iter().map(|step| step.0).collect::<Vec<_>>(), (1..=14).collect::<Vec<_>>());
        others.iter().for_each(|other| assert_eq!(*other, alone));
    }

    #[test]
    fn a_loss_that_is_not_finite_ends_the_run_before_anything_is_kept_and_is_named_by_its_batch() {
        let complaints = |learning_rate, scale: Option<f32>| {
            let (recipe, mut splits) = seven_steps(learning_rate);
            let start = start(&recipe, &splits);
            splits.batcher.normalizer.scale = scale.unwrap_or(splits.batcher.normalizer.scale);
            LEADS.map(|lead| {
                let (identity, stop, resume) = (Identity::default(), StopFlag::default(), Some(start.clone()));
                // Whoever stops a run has a checkpoint made of it.
                if scale.is_some() {
                    stop.raise();
                }
                let options =
                    FitOptions { identity, device: Device::flex(), folder: None, resume, init: None, stop: &stop };
                fit_with(&recipe, &splits, &options, &mut Silent, lead).unwrap_err().to_string()
            })
        };
        let [alone, others @ ..] = complaints("1e38", None);
        assert!(alone.starts_with("the training loss is ") && alone.contains("in epoch 1, batch "), "{alone}");
        others.iter().for_each(|other| assert_eq!(*other, alone));
        for complaint in complaints("0.1", Some(f32::NAN)) {
            assert!(complaint.starts_with("the training loss is NaN in epoch 1, batch 1 of 7"), "{complaint}");
        }
    }
}
