//! Descent from many starts, on batches drawn by permuted epochs.

use anyhow::Result;
use rayon::prelude::*;
use trainer::schedule::learning_rate;
use zoo_recipe::{Optimizer, Schedule};

use super::model::Sample;
use crate::descent::Walkers;
use crate::random::Random;

/// What stays the same whatever the batch.
pub(super) struct Descent<'a> {
    pub(super) sample: &'a Sample,
    pub(super) seed: u64,
    pub(super) steps: usize,
    /// The stream of random numbers of the first start's epochs; the others follow.
    pub(super) stream: u64,
}

impl Descent<'_> {
    /// Where every start is after every step, on batches of `size` examples: `[step][start]`. Each start has its own epochs, without
    /// replacement; `size` divides the number of examples.
    pub(super) fn walks(&self, starts: &[[f64; 2]], size: usize, schedule: &Schedule) -> Result<Vec<Vec<[f64; 2]>>> {
        let mut walks = vec![starts.to_vec()];
        self.walk(starts, size, schedule, |places| walks.push(places.to_vec()))?;
        Ok(walks)
    }

    /// Where the walks end.
    pub(super) fn ends(&self, starts: &[[f64; 2]], size: usize, schedule: &Schedule) -> Result<Vec<[f64; 2]>> {
        self.walk(starts, size, schedule, |_| {})
    }

    fn walk(
        &self,
        starts: &[[f64; 2]],
        size: usize,
        schedule: &Schedule,
        mut see: impl FnMut(&[[f64; 2]]),
    ) -> Result<Vec<[f64; 2]>> {
        let count = self.sample.inputs.len();
        let mut walkers = Walkers::new(&Optimizer::Sgd, starts);
        let mut epochs: Vec<_> =
            (0..starts.len()).map(|start| Epochs::new(self.seed, self.stream + start as u64, count)).collect();
        let mut places = starts.to_vec();
        for step in 0..self.steps {
            let first = step * size % count;
            let gradient =
                |(place, epochs): (&[f64; 2], &mut Epochs)| self.sample.gradient(*place, epochs.batch(first, size));
            let gradients: Vec<_> = places.par_iter().zip(&mut epochs).map(gradient).collect();
            walkers = walkers.step(learning_rate(schedule, step, count / size, self.steps), &gradients);
            places = walkers.places()?;
            see(&places);
        }
        Ok(places)
    }
}

/// The order of the examples in one start's epochs.
pub(super) struct Epochs {
    random: Random,
    order: Vec<usize>,
}

impl Epochs {
    pub(super) fn new(seed: u64, stream: u64, count: usize) -> Self {
        Self { random: Random::new(seed, stream), order: (0..count).collect() }
    }

    pub(super) fn batch(&mut self, first: usize, size: usize) -> &[usize] {
        if first == 0 {
            self.random.shuffle(&mut self.order);
        }
        &self.order[first..][..size]
    }
}
