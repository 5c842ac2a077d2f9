//! Which learning rate to start with: the loss over a rate that rises from step to step.
//!
//! The range test of Leslie Smith (Cyclical Learning Rates for Training Neural Networks, 2017, section 3.3), with a rate that rises
//! exponentially and the stop at four times the least loss, as fastai has it.

use crate::data::Splits;
use crate::error::TrainError;
use crate::interrupt::StopFlag;
use crate::observer::{Observer, RunPlan, StepScores};
use crate::state::{Identity, Running};
use crate::train::fit;
use crate::training::FitOptions;
use crate::warm_start;
use burn::tensor::Device;
use serde::Serialize;
use zoo_core::epoch_order;
use zoo_recipe::{EarlyStopping, Recipe, Schedule};

/// The running mean of the losses that decides when to stop: how much of it stays at a step.
const STAYS: f64 = 0.95;
/// The running mean, in units of its least value, at which the loss is taken to diverge.
const DIVERGES: f64 = 4.0;
/// Steps before that is asked.
const FIRST_STEPS: usize = 10;
/// The width of the bell that smooths the curve, in powers of ten of the rate: wide enough for the noise of small batches.
const WIDTH: f64 = 0.15;

/// How a rate is searched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateSearch {
    /// Steps, one batch each.
    pub steps: usize,
    /// The rate of the first.
    pub from: f64,
    /// The rate of the last.
    pub to: f64,
}

/// One step of a search.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RatePoint {
    /// Its learning rate.
    pub learning_rate: f64,
    /// The loss of its batch, before it.
    pub loss: f64,
    /// The losses around it, averaged.
    pub smoothed: f64,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct RateCurve {
    /// Up to the step where the loss diverged, if it did.
    pub points: Vec<RatePoint>,
    /// Whether it did.
    pub has_diverged: bool,
}

/// Trains with a rising rate, until the loss diverges; `None` if the user stopped it. Nothing is kept of it.
///
/// # Errors
/// If the recipe does not fit the data, or the device fails.
pub fn search(
    recipe: &Recipe,
    splits: &Splits,
    device: &Device,
    seed: u64,
    search: RateSearch,
    progress: &mut dyn FnMut(usize),
    stop: &StopFlag,
) -> Result<Option<RateCurve>, TrainError> {
    let wanted = search.steps * recipe.training.batch_size;
    let mut splits = splits.clone();
    let mut order = epoch_order(splits.train.len(), seed, 0);
    order.truncate(wanted);
    splits.train = splits.train.select(&order);
    let steps_per_epoch = splits.train.len().div_ceil(recipe.training.batch_size);
    let mut recipe = rising(recipe, search, steps_per_epoch);
    let weights = warm_start::of_recipe(&mut recipe)?;
    let start = warm_start::hold(&recipe, weights, &mut splits, device)?;
    let init = start.as_ref().map(|start| &start.weights);
    let mut collector = Collector {
        progress,
        search,
        user: stop,
        own: StopFlag::default(),
        points: Vec::new(),
        mean: 0.0,
        least: f64::INFINITY,
    };
    let own = collector.own.clone();
    let identity = Identity { seed, ..Identity::default() };
    let options = FitOptions { identity, device: device.clone(), folder: None, resume: None, init, stop: &own };
    let has_diverged = match fit(&recipe, &splits, &options, &mut collector) {
        Err(TrainError::Diverged { .. }) if !own.is_raised() => true,
        Err(TrainError::Diverged { .. }) | Ok(_) => collector.diverges(),
        Err(error) => return Err(error),
    };
    if stop.is_raised() {
        return Ok(None);
    }
    Ok(Some(RateCurve { points: smoothed(&collector.points), has_diverged }))
}

/// The recipe with a rate that rises from the first step of the search to its last.
fn rising(recipe: &Recipe, search: RateSearch, steps_per_epoch: usize) -> Recipe {
    let RateSearch { steps, from, to } = search;
    let factor = (to / from).powf(steps_per_epoch as f64 / (steps - 1) as f64);
    let mut recipe = recipe.clone();
    recipe.schedule = Schedule::Exponential { learning_rate: from, warmup_steps: 0, factor };
    recipe.early_stopping = EarlyStopping::None;
    recipe.training.epochs = steps.div_ceil(steps_per_epoch);
    recipe
}

/// Takes down every step, and stops after the last or when the loss diverges.
struct Collector<'a> {
    progress: &'a mut dyn FnMut(usize),
    search: RateSearch,
    user: &'a StopFlag,
    own: StopFlag,
    points: Vec<(f64, f64)>,
    /// The running mean of the losses, before it is corrected for its start at zero.
    mean: f64,
    /// The least corrected mean so far.
    least: f64,
}

impl Collector<'_> {
    fn corrected_mean(&self) -> f64 {
        self.mean / (1.0 - STAYS.powi(self.points.len() as i32))
    }

    fn diverges(&self) -> bool {
        self.points.len() > FIRST_STEPS && self.corrected_mean() > DIVERGES * self.least
    }
}

impl Observer for Collector<'_> {
    fn start(&mut self, _plan: &RunPlan) {
        (self.progress)(0);
    }

    fn batch(&mut self, step: &StepScores, _running: &Running) {
        // A GPU may have gone some steps further.
        if self.own.is_raised() {
            return;
        }
        self.points.push((step.learning_rate, step.loss));
        self.mean = STAYS * self.mean + (1.0 - STAYS) * step.loss;
        self.least = self.least.min(self.corrected_mean());
        (self.progress)(self.points.len());
        if self.points.len() >= self.search.steps || self.diverges() || self.user.is_raised() {
            self.own.raise();
        }
    }
}

/// The losses with a bell-shaped mean around each, which unlike a running mean does not lag behind.
fn smoothed(points: &[(f64, f64)]) -> Vec<RatePoint> {
    let weight = |left: f64, right: f64| (-((left / right).log10() / WIDTH).powi(2) / 2.0).exp();
    let mean = |rate: f64| {
        let (sum, weights) = points.iter().fold((0.0, 0.0), |(sum, weights), &(other, loss)| {
            let weight = weight(rate, other);
            (sum + weight * loss, weights + weight)
        });
        sum / weights
    };
    let point = |&(learning_rate, loss): &(f64, f64)| RatePoint { learning_rate, loss, smoothed: mean(learning_rate) };
    points.iter().map(point).collect()
}

impl RateCurve {
    /// The point of the least smoothed loss.
    pub fn minimum(&self) -> Option<RatePoint> {
        self.points.iter().copied().min_by(|left, right| left.smoothed.total_cmp(&right.smoothed))
    }

    /// Where the smoothed loss falls fastest per power of ten of the rate, before its minimum; `None` where it never falls.
    pub fn steepest(&self) -> Option<RatePoint> {
        let end = self.points.iter().position(|point| Some(*point) == self.minimum())?;
        let slope = |three: &[RatePoint]| {
            (three[2].smoothed - three[0].smoothed) / (three[2].learning_rate / three[0].learning_rate).log10()
        };
        let falling =
            self.points[..=end].windows(3).map(|three| (three[1], slope(three))).filter(|(_, slope)| *slope < 0.0);
        falling.min_by(|left, right| left.1.total_cmp(&right.1)).map(|(point, _)| point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loss over the logarithm of the rate, from 1e-5 to 1: level, falling around 1e-3, least at 1e-2, rising.
    fn curve(loss: impl Fn(f64) -> f64) -> RateCurve {
        let points: Vec<(f64, f64)> =
            (0..=500).map(|step| f64::from(step) / 100.0 - 5.0).map(|log| (10_f64.powf(log), loss(log))).collect();
        RateCurve { points: smoothed(&points), has_diverged: false }
    }

    #[test]
    fn the_steepest_descent_and_the_minimum_are_found_through_noise() {
        let valley = |log: f64| {
            2.3 - 2.0 / (1.0 + (-6.0 * (log + 3.0)).exp()) + if log > -2.0 { (log + 2.0).powi(2) } else { 0.0 }
        };
        let noisy = curve(|log| valley(log) + 0.3 * ((log * 1000.0).sin()));
        let log_of = |point: Option<RatePoint>| point.expect("it falls").learning_rate.log10();
        assert!((log_of(noisy.steepest()) + 3.0).abs() < 0.15, "{:?}", noisy.steepest());
        assert!((log_of(noisy.minimum()) + 1.9).abs() < 0.3, "{:?}", noisy.minimum());
    }

    #[test]
    fn a_loss_that_only_rises_has_no_descent() {
        assert_eq!(curve(|log| log).steepest(), None);
        assert_eq!(RateCurve { points: Vec::new(), has_diverged: true }.steepest(), None);
    }

    #[test]
    fn the_rate_rises_from_the_first_step_to_the_last() {
        let recipe = crate::registry::recipe("mlp_digits").expect("a recipe");
        for per_epoch in [7, 50, 200] {
            let search = RateSearch { steps: 200, from: 1e-6, to: 10.0 };
            let rising = rising(&recipe, search, per_epoch);
            let rate = |step| crate::schedule::learning_rate(&rising.schedule, step, per_epoch, 1000);
            assert!((rate(0) / 1e-6 - 1.0).abs() < 1e-9 && (rate(199) / 10.0 - 1.0).abs() < 1e-9, "{per_epoch}");
            assert!(rising.training.epochs * per_epoch >= 200);
        }
    }
}
