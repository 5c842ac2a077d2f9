//! A network that learns the digits while one looks on: the trainer's own steps, by a recipe of the zoo.

mod data;
mod progress;

use crate::error::EngineError;
use crate::recipes::{Setting, recipe};
use crate::tiles::{Tiles, filters};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Transaction};
use std::convert::Infallible;
use std::ops::ControlFlow::{self, Continue};
use zoo_core::weights::{Facts, NamedTensor, WEIGHTS_SCHEMA, Weights};
use zoo_core::{Evaluated, Examples, Sizes, epoch_order, predicted_class, probabilities};
use zoo_recipe::{EarlyStopping, Recipe};
use zoo_train::average::Average;
use zoo_train::batch::tensors_with_targets;
use zoo_train::keep::{as_kept, is_kept, kept_by};
use zoo_train::network::Network;
use zoo_train::optimizer::optimizer;
use zoo_train::patience::Patience;
use zoo_train::predictions::{Predictions, predict_while};
use zoo_train::readback::ReadBack;
use zoo_train::schedule::learning_rate;
use zoo_train::step::{Objective, TakenStep, step, step_seed};

use self::data::Parts;
use self::progress::Sums;

pub use self::progress::{EpochRow, Mistake, Progress};

/// A training of the digits that goes on when it is told to.
///
/// By the same recipe and seed it takes the same steps as the trainer does, to the bit on the same machine.
pub struct TrainingSession {
    recipe: Recipe,
    seed: u64,
    parts: Parts,
    /// With autodiff.
    device: Device,
    /// `None` after a step that failed.
    network: Option<Network>,
    optimizer: ModuleOptimizer,
    average: Average,
    /// The order of the examples of this epoch.
    order: Vec<u32>,
    steps_done_in_epoch: usize,
    sums: Sums,
    history: Vec<EpochRow>,
    patience: Patience,
    /// The value and the weights of the epoch that is kept so far.
    best: Option<(f64, Vec<NamedTensor>)>,
    /// Of the last epoch's validation.
    validated: Option<(Predictions, Evaluated)>,
}

impl TrainingSession {
    /// Before the first step: `mlp_digits` or `cnn_digits`, with these keys set otherwise.
    ///
    /// # Errors
    /// If there is no such recipe, a setting makes none, or is for the trainer alone.
    pub fn new(name: &str, settings: &[Setting], seed: u64) -> Result<Self, EngineError> {
        let usual = recipe(name)?;
        let recipe = usual.with_overrides(settings)?;
        data::check(&recipe, &usual)?;
        let parts = Parts::of(&recipe, seed)?;
        check_batches(&recipe, &parts.train)?;
        let device = Device::flex().autodiff();
        let sizes = Sizes { input: parts.train.inputs.shape(), outputs: recipe.logits_of(parts.class_names.len()) };
        let network = Network::init(&recipe.model, &sizes, seed, &device)?;
        let network = network.started_from(&recipe.model, &parts.batcher, &parts.train);
        Ok(Self {
            optimizer: optimizer(&recipe.optimizer, &recipe.regularization.weight_decay, &Device::flex()),
            average: Average::new(recipe.training.ema),
            order: epoch_order(parts.train.len(), seed, 0),
            recipe,
            seed,
            parts,
            device,
            network: Some(network),
            steps_done_in_epoch: 0,
            sums: Sums::default(),
            history: Vec::new(),
            patience: Patience::default(),
            best: None,
            validated: None,
        })
    }

    /// Takes up to `most` steps, and gives the loss of each: fewer where an epoch ends, which is then validated, or the training is over.
    ///
    /// # Errors
    /// If the loss stops being finite.
    pub fn advance(&mut self, most: usize) -> Result<Vec<f64>, EngineError> {
        let mut losses = Vec::new();
        while losses.len() < most && !self.is_over() {
            losses.push(self.step()?);
            if self.steps_done_in_epoch == self.steps_per_epoch() {
                self.end_epoch()?;
                break;
            }
        }
        Ok(losses)
    }

    /// Whether all epochs are done, or patience is at its end.
    pub fn is_over(&self) -> bool {
        let is_patient = match self.recipe.early_stopping {
            EarlyStopping::None => true,
            EarlyStopping::Patience { patience, .. } => !self.patience.has_lasted(patience),
        };
        self.history.len() >= self.recipe.training.epochs || !is_patient
    }

    /// How far it is.
    pub fn progress(&self) -> Progress<'_> {
        Progress {
            epoch: self.history.len(),
            epochs: self.recipe.training.epochs,
            step: self.steps_done(),
            steps_per_epoch: self.steps_per_epoch(),
            loss: self.sums.loss(),
            accuracy: self.sums.accuracy(),
            is_over: self.is_over(),
            history: &self.history,
        }
    }

    /// The recipe as it is trained, as TOML: `trainer --recipe FILE` takes the same steps by it.
    pub fn recipe(&self) -> String {
        self.recipe.of_run(&[self.seed]).to_toml()
    }

    /// The classes, by label.
    pub fn class_names(&self) -> &[String] {
        &self.parts.class_names
    }

    /// What the first layer looks for now; `None` after a step that failed.
    pub fn filters(&self) -> Option<Tiles> {
        let tensors = self.network.as_ref()?.named_tensors();
        filters(&tensors, &self.parts.train.inputs.shape())
    }

    /// `confusion[true class][predicted class]` of the last validation; empty before the first.
    pub fn confusion(&self) -> &[Vec<u64>] {
        self.validated.as_ref().map_or(&[][..], |(_, evaluated)| evaluated.confusion.as_slice())
    }

    /// What the last validation got wrong, the surest mistake first, and their pictures in the same order.
    pub fn mistakes(&self) -> (Vec<Mistake>, Tiles) {
        let Some((predictions, _)) = &self.validated else {
            return (Vec::new(), Tiles::default());
        };
        let labels = self.parts.valid.labels.iter().map(|label| usize::from(*label));
        let of = |(index, (row, label)): (usize, (&[f32], usize))| {
            let predicted = predicted_class(row);
            let probability = probabilities(row)[predicted];
            (predicted != label).then_some(Mistake { index, label, predicted, probability })
        };
        let mut mistakes: Vec<Mistake> = predictions.rows().zip(labels).enumerate().filter_map(of).collect();
        mistakes.sort_by(|left, right| right.probability.total_cmp(&left.probability));
        let pictures = self.parts.pictures(mistakes.iter().map(|mistake| mistake.index));
        (mistakes, pictures)
    }

    /// The accuracy on the test split of the weights that are kept. It is read once the training is over: it chooses nothing.
    ///
    /// # Errors
    /// If an earlier step failed.
    pub fn test_accuracy(&self) -> Result<f64, EngineError> {
        let (_, evaluated) = self.measure(&self.kept()?, &self.parts.test)?;
        Ok(evaluated.scores.accuracy)
    }

    /// The weights file of the network as it is, or once the training is over of the weights that are kept.
    ///
    /// # Errors
    /// If an earlier step failed.
    pub fn weights(&self) -> Result<Vec<u8>, EngineError> {
        let facts = Facts {
            schema: WEIGHTS_SCHEMA,
            recipe: self.recipe(),
            model: serde_json::to_value(&self.recipe.model)?,
            input_shape: self.parts.train.inputs.shape(),
            class_names: self.parts.class_names.clone(),
            columns: Vec::new(),
            picture: self.recipe.data.picture(),
            normalizer: self.parts.batcher.normalizer.clone(),
            target: None,
            fill: Vec::new(),
        };
        Ok(Weights { tensors: self.kept()?.named_tensors(), facts }.to_bytes())
    }

    fn step(&mut self) -> Result<f64, EngineError> {
        let (number, epoch) = (self.steps_done(), self.history.len());
        let start = self.steps_done_in_epoch * self.recipe.training.batch_size;
        let end = (start + self.recipe.training.batch_size).min(self.order.len());
        let batch = self.parts.batcher.train_batch(&self.parts.train, &self.order[start..end], epoch);
        let labels = batch.labels.clone();
        let inputs = tensors_with_targets(batch, &self.device);
        // Dropout draws from the device's generator.
        self.device.seed(step_seed(self.seed, number));
        let objective = Objective {
            loss: &self.recipe.loss,
            regularization: &self.recipe.regularization,
            measures_gradients: false,
        };
        let per_epoch = self.order.len().div_ceil(self.recipe.training.batch_size);
        let rate = learning_rate(&self.recipe.schedule, number, per_epoch, per_epoch * self.recipe.training.epochs);
        let network = self.network.take().ok_or(EngineError::Failed)?;
        let TakenStep { network, loss, logits, .. } = step(network, inputs, objective, &mut self.optimizer, rate);
        let mut results = ReadBack::of(Transaction::default().register(loss).register(logits))?;
        let (loss, logits) = (results.scalar()?, results.values()?);
        if !loss.is_finite() {
            return Err(EngineError::Diverged { loss, step: number + 1 });
        }
        self.average.update(&network, number);
        self.network = Some(network);
        self.sums.add(loss, &logits, &labels);
        self.steps_done_in_epoch += 1;
        Ok(loss)
    }

    fn end_epoch(&mut self) -> Result<(), EngineError> {
        let averaged = self.average.network(self.network.as_ref().ok_or(EngineError::Failed)?);
        let kept = as_kept(averaged, self.recipe.training.keep_as)?;
        let validated = self.measure(&kept, &self.parts.valid)?;
        let scores = &validated.1.scores;
        self.history.push(EpochRow {
            epoch: self.history.len() + 1,
            train_loss: self.sums.loss(),
            train_accuracy: self.sums.accuracy(),
            valid_loss: scores.loss,
            valid_accuracy: scores.accuracy,
        });
        let keep = self.recipe.training.keep;
        let value = kept_by(keep, scores);
        if is_kept(keep, value, self.best.as_ref().map(|(best, _)| *best)) {
            self.best = Some((value, kept.named_tensors()));
        }
        if let EarlyStopping::Patience { metric, min_delta, .. } = self.recipe.early_stopping {
            self.patience.see(metric.larger_is_better(scores.value(metric).unwrap_or(f64::NAN)), min_delta);
        }
        self.validated = Some(validated);
        self.sums = Sums::default();
        self.steps_done_in_epoch = 0;
        self.order = epoch_order(self.parts.train.len(), self.seed, self.history.len());
        Ok(())
    }

    /// The network that a user should be given now.
    fn kept(&self) -> Result<Network, EngineError> {
        let network = self.network.as_ref().ok_or(EngineError::Failed)?;
        match (&self.best, self.is_over()) {
            (Some((_, tensors)), true) => Ok(network.valid().install(tensors)?),
            _ => Ok(self.average.network(network)),
        }
    }

    fn measure(&self, network: &Network, examples: &Examples) -> Result<(Predictions, Evaluated), EngineError> {
        let (device, batcher) = (Device::flex(), &self.parts.batcher);
        let go_on = |_| -> ControlFlow<Infallible> { Continue(()) };
        let pass = predict_while(&network.valid(), &self.recipe.loss, batcher, examples, &device, 1, go_on)?;
        let Continue(predictions) = pass;
        let evaluated = predictions.evaluate(examples, self.parts.class_names.len(), None);
        Ok((predictions, evaluated))
    }

    fn steps_done(&self) -> usize {
        self.history.len() * self.steps_per_epoch() + self.steps_done_in_epoch
    }

    fn steps_per_epoch(&self) -> usize {
        self.parts.train.len().div_ceil(self.recipe.training.batch_size)
    }
}

/// Refuses a last batch that is too small for the model.
fn check_batches(recipe: &Recipe, train: &Examples) -> Result<(), EngineError> {
    let (examples, batch_size) = (train.len(), recipe.training.batch_size);
    match recipe.model.takes_batches(batch_size, examples) {
        true => Ok(()),
        false => Err(EngineError::BatchOfOne { batch_size, examples }),
    }
}
