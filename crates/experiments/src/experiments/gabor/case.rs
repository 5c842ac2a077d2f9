//! Which starts reach the lowest basin, on all examples and on a few at a time.

use super::settings::{BATCH, NOISE};
use crate::batches::{Batches, DrawMode};
use crate::prelude::*;
use rayon::prelude::*;
use trainer::schedule::learning_rate;
use zoo_recipe::{Optimizer, Schedule};
use zoo_toys::gabor::{EXAMPLES, GaborSample, REACH, Setting, Settled};

/// Half of the rate that would diverge at the lowest point on all examples.
pub(super) const LARGEST: &str = "1 / lambda_max";
pub(super) const FALLING: &str = "falling from there";
const GENTLE: &str = "1 / (5 lambda_max)";

/// A form of the model with its data and the starts of descent.
pub(super) struct GaborCase<'a> {
    pub(super) setting: &'a Setting,
    pub(super) sample: GaborSample,
    pub(super) starts: Vec<[f64; 2]>,
    /// The batch that the claims are about.
    pub(super) batch: usize,
    /// The lowest point.
    pub(super) minimum: [f64; 2],
    /// One over the largest curvature there.
    rate: f64,
    /// The loss below which a walk has reached the lowest basin.
    good: f64,
    seed: u64,
    steps: usize,
}

/// What becomes of a start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// It reaches the lowest basin.
    Lowest,
    /// It ends in another minimum.
    Other,
    /// It is still on its way, not in the lowest basin.
    Moving,
}

/// One way to descend, and which starts reach the lowest basin by it.
pub(super) struct Way {
    pub(super) batch: usize,
    pub(super) rate: &'static str,
    /// What becomes of every start.
    pub(super) fates: Vec<Fate>,
    /// The fraction of batches whose step leads away from the lowest point.
    pub(super) too_steep: f64,
}

impl Way {
    pub(super) fn count(&self, fate: Fate) -> usize {
        self.fates.iter().filter(|one| **one == fate).count()
    }
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

    /// Every batch size at every rate, from the same starts.
    pub(super) fn compare(&self, settings: &Setup) -> Result<Vec<Way>> {
        let mut sizes = settings.choose(vec![EXAMPLES, 7, self.batch, 1], vec![EXAMPLES, self.batch]);
        sizes.sort_unstable();
        sizes.dedup();
        let falling = Schedule::Cosine { learning_rate: self.rate, warmup_steps: 0, final_learning_rate: 0.0 };
        let mut rates = vec![(LARGEST, self.constant(1.0)), (FALLING, falling)];
        if !settings.quick {
            rates.insert(0, (GENTLE, self.constant(0.2)));
        }
        let mut ways = Vec::new();
        let bar = settings.progress("descent from every start", sizes.len() * rates.len());
        for (rate, schedule) in rates {
            for &batch in sizes.iter().rev() {
                let ends = self.walk(&self.starts, batch, &schedule, |_| {})?;
                let fates = ends.par_iter().map(|end| self.fate(*end)).collect();
                let too_steep = self.too_steep(batch, schedule.learning_rate() / self.rate);
                ways.push(Way { batch, rate, fates, too_steep });
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        Ok(ways)
    }

    /// This part of 1 / lambda_max in every step.
    pub(super) fn constant(&self, part: f64) -> Schedule {
        Schedule::Constant { learning_rate: part * self.rate, warmup_steps: 0 }
    }

    /// Descent on batches of `size` examples. Says where all walks end, and shows `see` where they are after every step.
    pub(super) fn walk(
        &self,
        starts: &[[f64; 2]],
        size: usize,
        schedule: &Schedule,
        mut see: impl FnMut(&[[f64; 2]]),
    ) -> Result<Vec<[f64; 2]>> {
        let mut walkers = Walkers::new(&Optimizer::Sgd, starts, &Device::flex());
        let mut epochs: Vec<Batches> = (0..starts.len()).map(|start| self.epochs(size, 100 + start as u64)).collect();
        let mut places = starts.to_vec();
        for step in 0..self.steps {
            let slope = |(place, epochs): (&[f64; 2], &mut Batches)| self.sample.gradient(*place, &epochs.next());
            let gradients: Vec<_> = places.par_iter().zip(&mut epochs).map(slope).collect();
            let rate = learning_rate(schedule, step, EXAMPLES / size, self.steps);
            walkers = walkers.step(rate, &gradients);
            places = walkers.places()?;
            see(&places);
        }
        Ok(places)
    }

    /// Batches of `size` of the examples, every example once an epoch.
    pub(super) fn epochs(&self, size: usize, stream: u64) -> Batches {
        Batches::new(DrawMode::WithoutReplacement, size, EXAMPLES, Stream::numbered(self.seed, stream))
    }

    /// Where descent on all examples leads from here: to the bottom of the basin that this lies in.
    fn fate(&self, end: [f64; 2]) -> Fate {
        let [across, up] = self.setting.bounds.map(|[low, high]| high - low);
        match self.sample.settle(end, 0.005 * across.min(up), 3000) {
            Settled { loss, .. } if loss < self.good => Fate::Lowest,
            Settled { rests: true, .. } => Fate::Other,
            _ => Fate::Moving,
        }
    }

    /// The fraction of 200 epochs' batches with a curvature above 2 over the rate at the lowest point; the rate is `part / lambda_max`.
    fn too_steep(&self, size: usize, part: f64) -> f64 {
        let (mut epochs, count) = (self.epochs(size, 50), 200 * EXAMPLES / size);
        let mut curvature = || self.rate * self.sample.curvatures_of(self.minimum, &epochs.next())[1];
        (0..count).filter(|_| curvature() > 2.0 / part).count() as f64 / count as f64
    }
}
