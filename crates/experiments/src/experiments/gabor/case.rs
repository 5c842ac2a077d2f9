//! Which starts reach the lowest basin, on all examples and on a few at a time.

use super::settings::{BATCH, NOISE};
use crate::batches::{Batches, DrawMode};
use crate::prelude::*;
use rayon::prelude::*;
use trainer::schedule::learning_rate;
use zoo_recipe::{Optimizer, Schedule};
use zoo_toys::gabor::{EXAMPLES, GaborSample, REACH, Setting};

/// A form of the model with its data and the starts of descent.
pub(super) struct GaborCase<'a> {
    pub(super) setting: &'a Setting,
    pub(super) sample: GaborSample,
    pub(super) starts: Vec<[f64; 2]>,
    /// The examples of a batch.
    pub(super) batch: usize,
    /// The lowest point.
    minimum: [f64; 2],
    /// One over the largest curvature there: half of the rate that would diverge on all examples.
    rate: f64,
    /// The loss below which a walk has reached the lowest basin.
    good: f64,
    seed: u64,
    steps: usize,
}

/// Whether each start reaches the lowest basin.
pub(super) struct Reached {
    pub(super) on_all: Vec<bool>,
    pub(super) on_few: Vec<bool>,
}

/// The batches.
pub(super) struct Few {
    pub(super) size: usize,
    /// The fraction of them whose step at the rate `1 / lambda_max` leads away from the lowest point.
    pub(super) too_steep: f64,
}

impl<'a> GaborCase<'a> {
    pub(super) fn draw(setting: &'a Setting, stream: u64, settings: &Setup) -> Self {
        let mut random = Stream::numbered(settings.seed, stream);
        let spread = [REACH, settings.number(NOISE)];
        let sample = GaborSample::draw(setting.form, setting.truth, spread, EXAMPLES, &mut random);
        let starts = (0..settings.choose(300, 200))
            .map(|_| setting.bounds.map(|[low, high]| random.uniform(low, high)))
            .collect();
        let (minimum, least) = sample.global_minimum(setting.bounds, 100);
        Self {
            setting,
            starts,
            batch: settings.whole(BATCH),
            minimum,
            rate: 1.0 / sample.curvatures(minimum)[1],
            good: least + 0.05 * (sample.loss_of_nothing() - least),
            seed: settings.seed,
            steps: settings.choose(2000, 200),
            sample,
        }
    }

    /// From the same starts at `1 / lambda_max` in every step, and falling from there to 0.
    pub(super) fn descend(&self) -> Result<[Reached; 2]> {
        let rate = self.rate;
        let kept = Schedule::Constant { learning_rate: rate, warmup_steps: 0 };
        let falling = Schedule::Cosine { learning_rate: rate, warmup_steps: 0, final_learning_rate: 0.0 };
        let reached = |schedule: &Schedule| -> Result<Reached> {
            Ok(Reached { on_all: self.walk(EXAMPLES, schedule)?, on_few: self.walk(self.batch, schedule)? })
        };
        Ok([reached(&kept)?, reached(&falling)?])
    }

    /// Descent from every start on batches of `size` examples, each in an order of its own: whether it reaches the lowest basin.
    fn walk(&self, size: usize, schedule: &Schedule) -> Result<Vec<bool>> {
        let mut walkers = Walkers::new(&Optimizer::Sgd, &self.starts, &Device::flex());
        let mut epochs: Vec<_> = (0..self.starts.len()).map(|start| self.epochs(size, 100 + start as u64)).collect();
        let mut places = self.starts.clone();
        for step in 0..self.steps {
            let slope = |(place, epochs): (&[f64; 2], &mut Batches)| self.sample.gradient(*place, &epochs.next());
            let gradients: Vec<_> = places.par_iter().zip(&mut epochs).map(slope).collect();
            walkers = walkers.step(learning_rate(schedule, step, EXAMPLES / size, self.steps), &gradients);
            places = walkers.places()?;
        }
        Ok(places.par_iter().map(|place| self.leads_to_the_lowest(*place)).collect())
    }

    /// Batches of `size` of the examples, every example once an epoch.
    fn epochs(&self, size: usize, stream: u64) -> Batches {
        Batches::new(DrawMode::WithoutReplacement, size, EXAMPLES, Stream::numbered(self.seed, stream))
    }

    /// Whether this lies in the lowest basin: where descent on all examples leads from here.
    fn leads_to_the_lowest(&self, place: [f64; 2]) -> bool {
        let [across, up] = self.setting.bounds.map(|[low, high]| high - low);
        self.sample.settle(place, 0.005 * across.min(up), 3000) < self.good
    }

    /// The batches of 200 epochs; those are too steep that have a curvature above 2 over the rate at the lowest point.
    pub(super) fn few(&self) -> Few {
        let (size, count) = (self.batch, 200 * EXAMPLES / self.batch);
        let mut epochs = self.epochs(size, 50);
        let mut curvature = || self.rate * self.sample.curvatures_of(self.minimum, &epochs.next())[1];
        let too_steep = (0..count).filter(|_| curvature() > 2.0).count() as f64 / count as f64;
        Few { size, too_steep }
    }
}
