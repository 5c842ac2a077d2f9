//! The one training loop of the zoo.
//!
//! Everything random is a function of (seed, epoch, position), nothing of what ran before: the order of the examples, their
//! augmentation, the dropout masks. So a run can be cut at any step and go on to the same bits from a [`Checkpoint`].

use crate::average::Average;
use crate::checkpoint::{Checkpoint, Checkpoints};
use crate::data::Splits;
use crate::evaluate::{predict_while, scalar, tensors, values};
use crate::interrupt::{StopFlag, Stopped};
use crate::loss::loss;
use crate::network::{NamedTensor, Network};
use crate::optimizer::{add_l1, clip_gradients, optimizer};
use crate::patience::Waiting;
use crate::progress::Observer;
use crate::run_folder::RunFolder;
use crate::schedule::learning_rate;
use crate::state::{Best, Identity, State};
use crate::whitening;
use anyhow::{Context, Result, bail};
use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Bytes, Device};
use std::time::{Duration, Instant};
use zoo_core::{Evaluated, Scores, epoch_order, predicted_class};
use zoo_recipe::{EarlyStopping, FirstFilters, Keep, Model, Recipe};
use zoo_results::EpochScores;

/// A checkpoint within an epoch, where epochs are long.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(30);

/// What a run needs besides recipe and data.
pub struct Settings<'a> {
    /// Its seed decides the initial weights, the order of examples, augmentation and dropout.
    pub identity: Identity,
    /// Where the tensors live.
    pub device: Device,
    /// Where to save; `None` keeps nothing.
    pub folder: Option<&'a RunFolder>,
    /// Where to go on; `None` starts from the beginning.
    pub resume: Option<Checkpoint>,
    /// Raised when the user wants to stop.
    pub stop: &'a StopFlag,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// All epochs done, or stopped early by the recipe.
    Finished(Box<Trained>),
    /// Stopped by the user after this many epochs and steps; the checkpoint is on disk.
    Interrupted(Box<State>),
}

/// A trained model.
#[derive(Debug)]
pub struct Trained {
    /// With the kept epoch's weights, ready for inference.
    pub network: Network,
    /// Its trainable parameters.
    pub parameters: usize,
    /// What was measured on the way.
    pub state: State,
}

/// Training stopped giving numbers.
#[derive(Debug, thiserror::Error)]
#[error(
    "{what} in epoch {epoch}, batch {batch} of {batches}: training has diverged. Start anew with a lower learning rate \
     (--learning-rate), gradient clipping (--set 'regularization.gradient_clipping={{kind=\"norm\",max=1.0}}') or another \
     initializer; checkpoints made before are kept"
)]
pub struct Diverged {
    what: String,
    epoch: usize,
    batch: usize,
    batches: usize,
}

/// Trains as `recipe` says.
///
/// # Errors
/// If loss or weights stop being finite ([`Diverged`]), the checkpoint to resume is another run's, one cannot be written, or the
/// device fails.
pub fn fit(recipe: &Recipe, splits: &Splits, settings: &Settings<'_>, observer: &mut dyn Observer) -> Result<Outcome> {
    let (mut run, mut network) = Run::start(recipe, splits, settings)?;
    observer.start(&run.plan(&network));
    while !run.is_over() {
        match run.epoch(network, observer)? {
            Some(trained) => network = trained,
            None => return Ok(Outcome::Interrupted(Box::new(run.state))),
        }
        let validated = run.validate(&network, observer);
        let stopped = is_stop(&validated);
        if !stopped {
            validated?;
        }
        run.save(&network)?;
        if stopped {
            return Ok(Outcome::Interrupted(Box::new(run.state)));
        }
    }
    let network = network.install(&run.best)?;
    let parameters = network.parameters();
    Ok(Outcome::Finished(Box::new(Trained { network: network.valid(), parameters, state: run.state })))
}

/// Whether the user stopped this, rather than something being wrong.
pub(crate) fn is_stop<T>(result: &Result<T>) -> bool {
    result.as_ref().err().is_some_and(|error| error.is::<Stopped>())
}

/// What an observer may tell the user before the first step.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The recipe's name.
    pub name: String,
    /// Trainable parameters.
    pub parameters: usize,
    /// Epochs in all.
    pub epochs: usize,
    /// Epochs done in earlier sessions.
    pub epochs_done: usize,
    /// The share of the epoch after those that was done, too.
    pub part_done: f64,
    /// Examples an epoch.
    pub train_examples: usize,
    /// Examples a validation.
    pub valid_examples: usize,
}

struct Run<'a> {
    recipe: &'a Recipe,
    splits: &'a Splits,
    settings: &'a Settings<'a>,
    /// The device with autodiff.
    device: Device,
    optimizer: ModuleOptimizer,
    state: State,
    best: Vec<NamedTensor>,
    average: Average,
    checkpoints: Option<Checkpoints>,
    saved: Instant,
}

impl<'a> Run<'a> {
    fn start(recipe: &'a Recipe, splits: &'a Splits, settings: &'a Settings<'a>) -> Result<(Self, Network)> {
        let device = settings.device.clone().autodiff();
        let shape = splits.train.inputs.shape();
        let seed = settings.identity.seed;
        let network = Network::init(recipe, &shape, splits.class_names.len(), seed, &device)?;
        let mut network = start_filters(network, recipe, splits)?;
        let mut run = Self {
            recipe,
            splits,
            settings,
            optimizer: optimizer(&recipe.optimizer, &recipe.regularization.weight_decay, &settings.device),
            device,
            state: State { identity: settings.identity.clone(), ..State::default() },
            best: Vec::new(),
            average: Average::new(recipe.training.averaging),
            checkpoints: settings.folder.map(RunFolder::checkpoints).transpose()?,
            saved: Instant::now(),
        };
        if let Some(checkpoint) = &settings.resume {
            network = run.restore(network, checkpoint.clone())?;
        }
        run.check_batches()?;
        Ok((run, network))
    }

    fn restore(&mut self, network: Network, checkpoint: Checkpoint) -> Result<Network> {
        let Checkpoint { state, model, best, average, optimizer } = checkpoint;
        state.identity.check_same(&self.settings.identity)?;
        self.optimizer = self
            .optimizer
            .clone()
            .from_bytes(Bytes::from_bytes_vec(optimizer))
            .map_err(|error| anyhow::anyhow!("{error}"))
            .context("cannot restore the optimizer's state from the checkpoint")?;
        self.state = state;
        self.best = best;
        self.average.restore(average);
        Ok(network.install(&model)?.train())
    }

    /// Batch norm cannot learn from a batch of one, whose every value is its own mean.
    fn check_batches(&self) -> Result<()> {
        let (examples, batch_size) = (self.splits.train.len(), self.recipe.training.batch_size);
        let smallest = match examples % batch_size {
            0 => batch_size,
            rest => rest,
        };
        if smallest == 1 && matches!(self.recipe.model, Model::Mlp { batch_norm: true, .. }) {
            bail!(
                "training.batch_size = {batch_size} leaves a batch of one of the {examples} training examples, and batch norm \
                 wants at least two in a batch; choose another batch size"
            );
        }
        Ok(())
    }

    fn plan(&self, network: &Network) -> Plan {
        Plan {
            name: self.recipe.name.clone(),
            parameters: network.parameters(),
            epochs: self.recipe.training.epochs,
            epochs_done: self.state.epochs_done,
            part_done: self.state.steps_done_in_epoch as f64 / self.steps_per_epoch() as f64,
            train_examples: self.splits.train.len(),
            valid_examples: self.splits.valid.len(),
        }
    }

    fn is_over(&self) -> bool {
        let out_of_patience = match self.recipe.early_stopping {
            EarlyStopping::None => false,
            EarlyStopping::Patience { patience, .. } => self.state.stale_epochs >= patience,
        };
        out_of_patience || self.state.epochs_done >= self.recipe.training.epochs
    }

    fn steps_per_epoch(&self) -> usize {
        self.splits.train.len().div_ceil(self.recipe.training.batch_size)
    }

    /// The rest of the current epoch; `None` if the user stopped it.
    fn epoch(&mut self, mut network: Network, observer: &mut dyn Observer) -> Result<Option<Network>> {
        let order = epoch_order(self.splits.train.len(), self.seed(), self.state.epochs_done);
        let batches = order.chunks(self.recipe.training.batch_size).skip(self.state.steps_done_in_epoch);
        for indices in batches {
            let started = Instant::now();
            network = self.step(network, indices)?;
            self.state.running.seconds += started.elapsed().as_secs_f64();
            self.state.steps_done_in_epoch += 1;
            observer.batch(self.state.epochs_done + 1, &self.state.running);
            if self.settings.stop.is_raised() {
                self.save(&network)?;
                return Ok(None);
            }
            if self.saved.elapsed() > CHECKPOINT_INTERVAL {
                self.save(&network)?;
            }
        }
        Ok(Some(network))
    }

    fn step(&mut self, network: Network, indices: &[u32]) -> Result<Network> {
        let Splits { train, batcher, .. } = self.splits;
        let step = self.state.epochs_done * self.steps_per_epoch() + self.state.steps_done_in_epoch;
        // Dropout draws from the device's generator: seeded at every step, a resumed run draws the same masks.
        self.device.seed(step_seed(self.seed(), step));
        let (inputs, labels) = tensors(batcher.train_batch(train, indices, self.state.epochs_done), &self.device);
        let logits = network.forward(inputs);
        let loss = loss(&self.recipe.loss, logits.clone(), labels);
        let value = scalar(loss.clone().inner())?;
        self.check("training loss", value, self.state.steps_done_in_epoch + 1)?;
        let mut gradients = GradientsParams::from_grads(loss.backward(), &network);
        add_l1(&mut gradients, &network, self.recipe.regularization.l1);
        clip_gradients(&mut gradients, &network, &self.recipe.regularization.gradient_clipping);
        let network = self.optimizer.step(self.rate(step), network, gradients);
        self.average.update(&network, step)?;
        self.count(&values(logits.inner())?, value, indices);
        Ok(network)
    }

    fn rate(&self, step: usize) -> f64 {
        let per_epoch = self.steps_per_epoch();
        learning_rate(&self.recipe.schedule, step, per_epoch, per_epoch * self.recipe.training.epochs)
    }

    fn seed(&self) -> u64 {
        self.settings.identity.seed
    }

    fn check(&self, what: &str, value: f64, batch: usize) -> Result<()> {
        if value.is_finite() {
            return Ok(());
        }
        Err(self.diverged(format!("the {what} is {value}"), batch))
    }

    fn diverged(&self, what: String, batch: usize) -> anyhow::Error {
        Diverged { what, epoch: self.state.epochs_done + 1, batch, batches: self.steps_per_epoch() }.into()
    }

    fn count(&mut self, logits: &[f32], loss: f64, indices: &[u32]) {
        let labels = &self.splits.train.labels;
        let rows = logits.chunks_exact(logits.len() / indices.len());
        let correct =
            rows.zip(indices).filter(|(row, index)| predicted_class(row) == usize::from(labels[**index as usize]));
        let running = &mut self.state.running;
        running.correct += correct.count() as u64;
        running.loss_sum += loss * indices.len() as f64;
        running.seen += indices.len() as u64;
    }

    /// Ends the epoch: validates, keeps the weights if they are the best, and counts patience.
    fn validate(&mut self, network: &Network, observer: &mut dyn Observer) -> Result<()> {
        let Splits { valid, batcher, class_names, .. } = self.splits;
        let kept = self.average.network(network)?;
        let eval = kept.valid();
        let progress = |done| {
            observer.validating(done, valid.len());
            Ok(self.settings.stop.check()?)
        };
        let predictions = predict_while(&eval, &self.recipe.loss, batcher, valid, &self.settings.device, progress)?;
        let Evaluated { scores, .. } = predictions.evaluate(&valid.labels, class_names.len());
        self.check("validation loss", scores.loss, self.state.steps_done_in_epoch)?;
        let row = self.finish_epoch(&scores);
        self.keep_if_best(&kept, &scores, row.epoch);
        self.count_patience(&scores);
        observer.epoch(&row);
        tracing::info!(
            "epoch {}: train loss {:.5} accuracy {:.4}, validation loss {:.5} accuracy {:.4}",
            row.epoch,
            row.train_loss,
            row.train_accuracy,
            row.valid_loss,
            row.valid_accuracy
        );
        self.state.history.push(row);
        Ok(())
    }

    fn finish_epoch(&mut self, scores: &Scores) -> EpochScores {
        let last_step = self.state.epochs_done * self.steps_per_epoch() + self.state.steps_done_in_epoch - 1;
        let running = std::mem::take(&mut self.state.running);
        self.state.epochs_done += 1;
        self.state.steps_done_in_epoch = 0;
        self.state.step_seconds += running.seconds;
        let seen = running.seen as f64;
        EpochScores {
            epoch: self.state.epochs_done,
            train_loss: running.loss_sum / seen,
            train_accuracy: running.correct as f64 / seen,
            valid_loss: scores.loss,
            valid_accuracy: scores.accuracy,
            learning_rate: self.rate(last_step),
            examples_per_second: Some(seen / running.seconds),
        }
    }

    fn keep_if_best(&mut self, network: &Network, scores: &Scores, epoch: usize) {
        let value = match self.recipe.training.keep {
            Keep::Last => 0.0,
            Keep::BestValidLoss => -scores.loss,
            Keep::BestValidAccuracy => scores.accuracy,
        };
        let improved = self.state.best.is_none_or(|best| value > best.value);
        if improved || self.recipe.training.keep == Keep::Last {
            self.state.best = Some(Best { epoch, value });
            self.best = network.named_tensors();
        }
    }

    fn count_patience(&mut self, scores: &Scores) {
        let EarlyStopping::Patience { metric, min_change, .. } = self.recipe.early_stopping else {
            return;
        };
        let value = metric.larger_is_better(scores.value(metric).unwrap_or(f64::NAN));
        let mut waiting = Waiting { best: self.state.stopping_best, stale: self.state.stale_epochs };
        waiting.see(value, min_change);
        (self.state.stopping_best, self.state.stale_epochs) = (waiting.best, waiting.stale);
    }

    fn save(&mut self, network: &Network) -> Result<()> {
        self.state.seconds += self.saved.elapsed().as_secs_f64();
        self.saved = Instant::now();
        let (Some(folder), Some(checkpoints)) = (self.settings.folder, &self.checkpoints) else {
            return Ok(());
        };
        let model = network.named_tensors();
        if let Some((name, _)) = model.iter().find(|(_, data)| !data.iter::<f32>().all(f32::is_finite)) {
            return Err(
                self.diverged(format!("the weights {name} are no longer finite"), self.state.steps_done_in_epoch)
            );
        }
        folder.write_metrics(&self.state.history)?;
        let optimizer = self
            .optimizer
            .into_bytes()
            .map_err(|error| anyhow::anyhow!("cannot record the optimizer's state: {error}"))?;
        checkpoints.save(&Checkpoint {
            state: self.state.clone(),
            model,
            best: self.best.clone(),
            average: self.average.tensors().to_vec(),
            optimizer: optimizer.to_vec(),
        })
    }
}

/// The network with the first filters its recipe asks for.
fn start_filters(network: Network, recipe: &Recipe, splits: &Splits) -> Result<Network> {
    match recipe.model {
        Model::Cnn { first_filters: FirstFilters::Whitening { epsilon }, .. } => {
            let filters = whitening::filters(&splits.batcher, &splits.train, zoo_cnn::FIRST_FILTERS, epsilon);
            network.with_first_filters(filters)
        }
        _ => Ok(network),
    }
}

/// A seed of its own for every step (the finalizer of SplitMix64), and none of them the one initial weights are drawn with.
fn step_seed(seed: u64, step: usize) -> u64 {
    let mut mixed = seed.wrapping_add((step as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
