//! What the training loop works on: how it starts or is restored, and how it is saved.

use crate::ahead::Lead;
use crate::average::Average;
use crate::baseline::Baseline;
use crate::checkpoint::{Checkpoint, Checkpoints};
use crate::data::Splits;
use crate::error::TrainError;
use crate::init::InitWeights;
use crate::interrupt::StopFlag;
use crate::layers::{self, LayerRates};
use crate::network::Network;
use crate::observer::{Observer, RunPlan};
use crate::optimizer::optimizer;
use crate::run_folder::RunFolder;
use crate::state::{Identity, TrainingState};
use crate::unread::{self, ReadStep, UnreadStep};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::{Bytes, Device};
use std::mem;
use std::time::{Duration, Instant};
use zoo_core::weights::NamedTensor;
use zoo_core::{CostMeter, Metric, Sizes};
use zoo_recipe::Recipe;

/// A checkpoint within an epoch, where epochs are long.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(30);

/// What a training needs besides recipe and data.
pub struct FitOptions<'a> {
    /// Its seed decides the initial weights, the order of examples, augmentation and dropout.
    pub identity: Identity,
    /// Where the tensors live.
    pub device: Device,
    /// Where to save; `None` keeps nothing.
    pub folder: Option<&'a RunFolder>,
    /// Where to go on; `None` starts from the beginning.
    pub resume: Option<Checkpoint>,
    /// The weights that the beginning is, in part; `None` starts from the seed alone.
    pub init: Option<&'a InitWeights>,
    /// Raised when the user wants to stop.
    pub stop: &'a StopFlag,
}

/// A training between two steps: all but its network, which a step takes and gives back.
pub(crate) struct TrainingRun<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) splits: &'a Splits,
    pub(crate) options: &'a FitOptions<'a>,
    /// The device with autodiff.
    pub(crate) device: Device,
    pub(crate) optimizer: ModuleOptimizer,
    pub(crate) rates: LayerRates,
    pub(crate) state: TrainingState,
    /// The weights of the best epoch so far.
    pub(crate) best: Vec<NamedTensor>,
    pub(crate) average: Average,
    /// Whether every step measures the norm of its gradient.
    pub(crate) measures_gradients: bool,
    steps_per_read: usize,
    /// The steps since the last read.
    unread: Vec<UnreadStep>,
    checkpoints: Option<Checkpoints>,
    saved: Instant,
    /// Since then.
    meter: CostMeter,
}

impl<'a> TrainingRun<'a> {
    /// At the first step, or where the checkpoint to resume was saved.
    pub(crate) fn start(
        recipe: &'a Recipe,
        splits: &'a Splits,
        options: &'a FitOptions<'a>,
        lead: Lead,
    ) -> Result<(Self, Network), TrainError> {
        check_batches(recipe, splits)?;
        let device = options.device.clone().autodiff();
        let outputs = recipe.logits_of(splits.class_names.len());
        let sizes = Sizes { input: splits.train.inputs.shape(), outputs };
        let network = Network::init(&recipe.model, &sizes, options.identity.seed, &device)?;
        let mut training = Self {
            recipe,
            splits,
            options,
            optimizer: optimizer(&recipe.optimizer, &recipe.regularization.weight_decay, &options.device),
            rates: LayerRates::new(recipe),
            device,
            state: TrainingState {
                identity: options.identity.clone(),
                recipe: recipe.to_toml(),
                ..TrainingState::default()
            },
            best: Vec::new(),
            average: Average::new(recipe.training.ema),
            measures_gradients: false,
            steps_per_read: lead.steps_per_read,
            unread: Vec::new(),
            checkpoints: options.folder.map(RunFolder::checkpoints).transpose()?,
            saved: Instant::now(),
            meter: CostMeter::start(),
        };
        let network = match &options.resume {
            Some(checkpoint) => training.restore(network, checkpoint.clone())?,
            None => training.begin(network)?,
        };
        if let Some(init) = &recipe.init {
            layers::check(init, &network)?;
        }
        Ok((training, layers::freeze(network, recipe)))
    }

    fn begin(&self, network: Network) -> Result<Network, TrainError> {
        let Self { recipe, splits, options, .. } = self;
        let network = network.started_from(&recipe.model, &splits.batcher, &splits.train);
        match (options.init, recipe.init.as_ref().and_then(|init| init.weights.as_ref())) {
            (Some(init), _) => init.fit(&network, recipe, &splits.class_names)?.put_into(network),
            (None, Some(source)) => Err(TrainError::Init(format!("the weights {source} to start from were not given"))),
            (None, None) => Ok(network),
        }
    }

    fn restore(&mut self, network: Network, checkpoint: Checkpoint) -> Result<Network, TrainError> {
        let Checkpoint { state, model, best, average, optimizer } = checkpoint;
        state.check_same(&self.options.identity, self.recipe)?;
        let restored = self.optimizer.clone().from_bytes(Bytes::from_bytes_vec(optimizer));
        self.optimizer =
            restored.map_err(|error| TrainError::Checkpoint { action: "use", reason: error.to_string() })?;
        self.state = TrainingState { recipe: self.recipe.to_toml(), ..state };
        self.best = best;
        self.average.restore(&network, &average)?;
        Ok(network.install(&model)?.train())
    }

    pub(crate) fn plan(&self, network: &Network) -> RunPlan {
        RunPlan {
            name: self.recipe.name.clone(),
            parameters: network.parameters(),
            epochs: self.recipe.training.epochs,
            epochs_done: self.state.epochs_done,
            steps_done_in_epoch: self.state.steps_done_in_epoch,
            steps_per_epoch: self.steps_per_epoch(),
            history: self.state.history.clone(),
            baseline: Baseline::of(&self.recipe.loss, &self.splits.train.labels, self.splits.class_names.len()),
            beside_loss: if self.recipe.is_regression() { Metric::Rmse } else { Metric::Accuracy },
            train_examples: self.splits.train.len(),
            valid_examples: self.splits.valid.len(),
        }
    }

    /// Whether all epochs are done, or patience is at its end.
    pub(crate) fn is_over(&self) -> bool {
        self.state.epochs_done >= self.recipe.training.epochs
            || self.state.is_out_of_patience(&self.recipe.early_stopping)
    }

    pub(crate) fn steps_per_epoch(&self) -> usize {
        self.splits.train.len().div_ceil(self.recipe.training.batch_size)
    }

    /// Takes down a step that the device is at. When there are enough of them, their results are read.
    pub(crate) fn count(&mut self, step: UnreadStep, observer: &mut dyn Observer) -> Result<(), TrainError> {
        self.state.steps_done_in_epoch += 1;
        self.unread.push(step);
        if self.unread.len() >= self.steps_per_read { self.read_steps(observer) } else { Ok(()) }
    }

    /// Adds up the results of all steps so far, and stops at the first of them whose loss is not finite.
    pub(crate) fn read_steps(&mut self, observer: &mut dyn Observer) -> Result<(), TrainError> {
        if self.unread.is_empty() {
            return Ok(());
        }
        for step in unread::read(mem::take(&mut self.unread))? {
            let ReadStep { scores, logits, labels, targets } = step;
            self.check_finite("training loss", scores.loss, (scores.step - 1) % self.steps_per_epoch() + 1)?;
            let running = &mut self.state.running;
            running.add(&logits, scores.loss, &labels);
            if let Some(unit) = &self.splits.target {
                running.add_errors(&logits, &targets, unit);
            }
            running.seconds += scores.seconds;
            observer.batch(&scores, running);
        }
        Ok(())
    }

    /// Refuses a loss, as after batch `batch`, that is not finite.
    pub(crate) fn check_finite(&self, what: &str, value: f64, batch: usize) -> Result<(), TrainError> {
        if value.is_finite() { Ok(()) } else { Err(self.diverged(format!("the {what} is {value}"), batch)) }
    }

    fn diverged(&self, what: String, batch: usize) -> TrainError {
        TrainError::Diverged { what, epoch: self.state.epochs_done + 1, batch, batches: self.steps_per_epoch() }
    }

    /// Saves a checkpoint if the last one is some time ago.
    pub(crate) fn save_now_and_then(
        &mut self,
        network: &Network,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        if self.saved.elapsed() > CHECKPOINT_INTERVAL { self.save(network, observer) } else { Ok(()) }
    }

    /// Saves a checkpoint and the rows of all epochs so far, unless a loss was not finite or the weights no longer are.
    pub(crate) fn save(&mut self, network: &Network, observer: &mut dyn Observer) -> Result<(), TrainError> {
        self.read_steps(observer)?;
        self.state.seconds += self.saved.elapsed().as_secs_f64();
        self.saved = Instant::now();
        self.state.cost += self.meter.lap();
        let (Some(folder), Some(checkpoints)) = (self.options.folder, &self.checkpoints) else {
            return Ok(());
        };
        let model = network.named_tensors();
        if let Some((name, _)) = model.iter().find(|(_, data)| !data.iter::<f32>().all(f32::is_finite)) {
            let what = format!("the weights {name} are no longer finite");
            return Err(self.diverged(what, self.state.steps_done_in_epoch));
        }
        folder.write_metrics(&self.state.history)?;
        let optimizer = self.optimizer.into_bytes();
        let optimizer =
            optimizer.map_err(|error| TrainError::Checkpoint { action: "write", reason: error.to_string() })?;
        checkpoints.save(&Checkpoint {
            state: self.state.clone(),
            model,
            best: self.best.clone(),
            average: self.average.tensors(),
            optimizer: optimizer.to_vec(),
        })
    }
}

/// Refuses a last batch that is too small for the model: batch norm cannot learn from a batch of one.
pub(crate) fn check_batches(recipe: &Recipe, splits: &Splits) -> Result<(), TrainError> {
    let (examples, batch_size) = (splits.train.len(), recipe.training.batch_size);
    let fits = |size: &usize| recipe.model.takes_batches(*size, examples);
    if fits(&batch_size) {
        return Ok(());
    }
    let other = (1..batch_size).rev().chain(batch_size..=examples).find(fits).unwrap_or(examples);
    Err(TrainError::BatchOfOne { batch_size, examples, other })
}
