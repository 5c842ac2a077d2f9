//! A small perceptron on points in the plane, and what each of its units makes of the plane.

mod points;

use crate::error::EngineError;
use crate::recipes::{MLP_DIGITS, Setting, recipe, setting};
use crate::tiles::signed_bytes;
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor, TensorData, Transaction};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::ops::ControlFlow::{self, Continue};
use zoo_core::{Batcher, Examples, Normalizer, Sizes, epoch_order, probabilities};
use zoo_recipe::{Recipe, Schedule};
use zoo_train::batch::tensors_with_targets;
use zoo_train::network::Network;
use zoo_train::optimizer::optimizer;
use zoo_train::predictions::predict_while;
use zoo_train::readback::ReadBack;
use zoo_train::step::{Objective, TakenStep, step, step_seed};

use self::points::Sheet;

pub use self::points::{PlanePoint, PointSet};

/// What the page sets: the points, and keys of the recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaygroundSettings {
    /// Which points.
    pub points: PointSet,
    /// Whether the network sees `(r, theta)` instead of `(x, y)`.
    pub polar: bool,
    /// Points of each class.
    pub count: usize,
    /// Decides the points, the initial weights and the order.
    pub seed: u64,
    /// Keys of a recipe for a perceptron and their values, as `--set` of the trainer.
    pub set: Vec<Setting>,
}

/// How well the points are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PlaygroundScores {
    /// Steps taken.
    pub steps: usize,
    /// On the points that are learned from.
    pub train_loss: f64,
    /// Of these, the fraction that is right.
    pub train_accuracy: f64,
    /// On the points held out; absent where there are none.
    pub test_loss: Option<f64>,
    /// Of these, the fraction that is right.
    pub test_accuracy: Option<f64>,
}

/// What a network makes of the plane, on a square grid, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaneMaps {
    /// Places a row.
    pub side: usize,
    /// The probability of the second class, 0 to 255.
    pub region: Vec<u8>,
    /// Of each hidden layer, first to last, each unit's value; 128 is 0.
    pub units: Vec<u8>,
}

/// The most points of a class that are drawn.
const MOST_POINTS: usize = 500;

/// The most units of a layer, and layers: what can be seen, and is quick.
const MOST_UNITS: usize = 16;
const MOST_LAYERS: usize = 4;

/// What the settings start from, in the recipe of the perceptron on the digits.
fn plain() -> [Setting; 7] {
    [
        setting("model.mlp.hidden", "[4, 4]"),
        setting("model.mlp.activation", "tanh"),
        setting("model.mlp.dropout", "0.0"),
        setting("model.mlp.weights", "xavier_uniform"),
        setting("schedule", "{ constant = { learning_rate = 0.01, warmup_steps = 0 } }"),
        setting("training.batch_size", "10"),
        setting("data.normalization", "none"),
    ]
}

/// A perceptron that learns points.
pub struct Playground {
    recipe: Recipe,
    seed: u64,
    sheet: Sheet,
    train: Examples,
    test: Option<Examples>,
    batcher: Batcher,
    /// With autodiff.
    device: Device,
    /// `None` after a step that failed.
    network: Option<Network>,
    optimizer: ModuleOptimizer,
    steps: usize,
    order: Vec<u32>,
}

impl Playground {
    /// Before the first step.
    ///
    /// # Errors
    /// If a setting makes no recipe, or a network that cannot be looked at.
    pub fn new(settings: &PlaygroundSettings) -> Result<Self, EngineError> {
        let all = [plain().as_slice(), settings.set.as_slice()].concat();
        let recipe = recipe(MLP_DIGITS)?.with_overrides(&all)?;
        check(&recipe)?;
        let count = settings.count.clamp(1, MOST_POINTS);
        let sheet = Sheet::draw(settings.points, settings.polar, count, settings.seed);
        let (train, test) = sheet.examples();
        let device = Device::flex().autodiff();
        let sizes = Sizes { input: vec![sheet.plane.features()], outputs: 2 };
        Ok(Self {
            network: Some(Network::init(&recipe.model, &sizes, settings.seed, &device)?),
            optimizer: optimizer(&recipe.optimizer, &recipe.regularization.weight_decay, &Device::flex()),
            batcher: Batcher { normalizer: Normalizer::identity(), augmentations: Vec::new(), seed: settings.seed },
            order: Vec::new(),
            steps: 0,
            seed: settings.seed,
            recipe,
            sheet,
            train,
            test,
            device,
        })
    }

    /// The points.
    pub fn points(&self) -> &[PlanePoint] {
        &self.sheet.points
    }

    /// From and to, of either coordinate of the plane.
    pub fn bounds(&self) -> [f64; 2] {
        self.sheet.plane.bounds()
    }

    /// Adds a point to learn from. The network stays as it is.
    pub fn add(&mut self, place: [f64; 2], is_second: bool) {
        self.sheet.points.push(PlanePoint { place, is_second, is_held_out: false });
        (self.train, self.test) = self.sheet.examples();
        self.order.clear();
    }

    /// Takes that many steps; none without points.
    ///
    /// # Errors
    /// If the loss stops being finite.
    pub fn advance(&mut self, steps: usize) -> Result<(), EngineError> {
        if self.train.is_empty() {
            return Ok(());
        }
        (0..steps).try_for_each(|_| self.step())
    }

    /// How well the points are told apart now.
    ///
    /// # Errors
    /// If an earlier step failed.
    pub fn scores(&self) -> Result<PlaygroundScores, EngineError> {
        let (train_loss, train_accuracy) = self.measure(&self.train)?;
        let test = self.test.as_ref().map(|test| self.measure(test)).transpose()?;
        Ok(PlaygroundScores {
            steps: self.steps,
            train_loss,
            train_accuracy,
            test_loss: test.map(|(loss, _)| loss),
            test_accuracy: test.map(|(_, accuracy)| accuracy),
        })
    }

    /// What the network and its units make of the plane.
    ///
    /// # Errors
    /// If an earlier step failed.
    pub fn maps(&self, side: usize) -> Result<PlaneMaps, EngineError> {
        let Network::Mlp(mlp) = self.network.as_ref().ok_or(EngineError::Failed)?.valid() else {
            return Err(EngineError::ForTheTrainer("model"));
        };
        let values = self.sheet.plane.grid(side);
        let shape = [side * side, self.sheet.plane.features()];
        let places = Tensor::<2>::from_data(TensorData::new(values, shape), &Device::flex());
        let layers = mlp.hidden_values(places.clone()); // [places, units] each
        let last = layers.last().cloned().unwrap_or(places);
        let logits = mlp.output.forward(last); // [places, 2]
        let widths: Vec<usize> = layers.iter().map(|layer| layer.dims()[1]).collect();
        let all = Transaction::default().register(logits);
        let mut results = ReadBack::of(layers.into_iter().fold(all, |all, layer| all.register(layer)))?;
        let of_second = |row: &[f32]| (255.0 * probabilities(row)[1]).round() as u8;
        let region = results.values()?.chunks_exact(2).map(of_second).collect();
        let mut units = Vec::new();
        for width in widths {
            let values = results.values()?;
            let of_unit = |unit: usize| values.iter().skip(unit).step_by(width).copied().collect::<Vec<f32>>();
            units.extend((0..width).flat_map(|unit| signed_bytes(&of_unit(unit))));
        }
        Ok(PlaneMaps { side, region, units })
    }

    /// The weights of every layer, first to last, each `[inputs, outputs]`, row by row.
    ///
    /// # Errors
    /// If an earlier step failed.
    pub fn weights(&self) -> Result<Vec<f32>, EngineError> {
        let tensors = self.network.as_ref().ok_or(EngineError::Failed)?.named_tensors();
        let weights = tensors.iter().filter(|(name, _)| name.ends_with(".weight"));
        Ok(weights.flat_map(|(_, data)| data.iter::<f32>().collect::<Vec<_>>()).collect())
    }

    fn step(&mut self) -> Result<(), EngineError> {
        let batch_size = self.recipe.training.batch_size;
        let per_epoch = self.train.len().div_ceil(batch_size);
        let (epoch, within) = (self.steps / per_epoch, self.steps % per_epoch);
        if within == 0 || self.order.len() != self.train.len() {
            self.order = epoch_order(self.train.len(), self.seed, epoch);
        }
        let end = ((within + 1) * batch_size).min(self.order.len());
        let batch = self.batcher.train_batch(&self.train, &self.order[within * batch_size..end], epoch);
        let inputs = tensors_with_targets(batch, &self.device);
        self.device.seed(step_seed(self.seed, self.steps));
        let objective = Objective {
            loss: &self.recipe.loss,
            regularization: &self.recipe.regularization,
            measures_gradients: false,
        };
        let rate = self.recipe.schedule.learning_rate();
        let network = self.network.take().ok_or(EngineError::Failed)?;
        let TakenStep { network, loss, .. } = step(network, inputs, objective, &mut self.optimizer, rate);
        let loss = ReadBack::of(Transaction::default().register(loss))?.scalar()?;
        self.steps += 1;
        if !loss.is_finite() {
            return Err(EngineError::Diverged { loss, step: self.steps });
        }
        self.network = Some(network);
        Ok(())
    }

    /// Loss and accuracy; not finite without examples.
    fn measure(&self, examples: &Examples) -> Result<(f64, f64), EngineError> {
        let network = self.network.as_ref().ok_or(EngineError::Failed)?.valid();
        if examples.is_empty() {
            return Ok((f64::NAN, f64::NAN));
        }
        let go_on = |_| -> ControlFlow<Infallible> { Continue(()) };
        let (loss, device) = (&self.recipe.loss, Device::flex());
        let Continue(predictions) = predict_while(&network, loss, &self.batcher, examples, &device, 1, go_on)?;
        Ok((predictions.loss, predictions.evaluate(examples, 2, None).scores.accuracy))
    }
}

/// Refuses what cannot be shown, and keys that would be without effect.
fn check(recipe: &Recipe) -> Result<(), EngineError> {
    let zoo_recipe::Model::Mlp(config) = &recipe.model else {
        return Err(EngineError::ForTheTrainer("a model other than the perceptron"));
    };
    let is_wide = config.hidden.len() > MOST_LAYERS || config.hidden.iter().any(|width| *width > MOST_UNITS);
    match () {
        () if is_wide => Err(EngineError::ForTheTrainer("a network of more than 4 hidden layers or 16 units a layer")),
        () if config.batch_norm => Err(EngineError::ForTheTrainer("model.mlp.batch_norm")),
        () if !matches!(recipe.schedule, Schedule::Constant { .. }) => {
            Err(EngineError::ForTheTrainer("a schedule other than the constant one"))
        }
        () => Ok(()),
    }
}

impl Default for PlaygroundSettings {
    /// Rings, as they are.
    fn default() -> Self {
        Self { points: PointSet::Rings, polar: false, count: 100, seed: 1, set: Vec::new() }
    }
}
