//! Descent from many starts, on batches drawn by permuted epochs.

use crate::batches::{Batches, DrawMode};
use crate::prelude::*;
use rayon::prelude::*;
use trainer::schedule::learning_rate;
use zoo_recipe::{Optimizer, Schedule};
use zoo_toys::gabor::GaborSample;

/// What stays the same whatever the batch.
pub(super) struct BatchDescent<'a> {
    pub(super) sample: &'a GaborSample,
    pub(super) seed: u64,
    pub(super) steps: usize,
    /// The stream of random numbers of the first start's epochs; the others follow.
    pub(super) stream: u64,
}

/// One step of the walks from all starts, as it was taken.
pub(super) struct WalkStep<'a> {
    /// Where each walk was.
    pub(super) before: &'a [[f64; 2]],
    /// The examples that each looked at.
    pub(super) batches: &'a [Vec<usize>],
    pub(super) rate: f64,
    /// Where each walk is now.
    pub(super) after: &'a [[f64; 2]],
}

impl BatchDescent<'_> {
    /// The same for another number of steps.
    pub(super) fn of(self, steps: usize) -> Self {
        Self { steps, ..self }
    }

    /// Where every start is after every step, on batches of `size` examples: `[step][start]`.
    pub(super) fn walks(&self, starts: &[[f64; 2]], size: usize, schedule: &Schedule) -> Result<Vec<Vec<[f64; 2]>>> {
        let mut walks = vec![starts.to_vec()];
        self.walk(starts, size, schedule, |step| walks.push(step.after.to_vec()))?;
        Ok(walks)
    }

    /// Where the walks end.
    pub(super) fn ends(&self, starts: &[[f64; 2]], size: usize, schedule: &Schedule) -> Result<Vec<[f64; 2]>> {
        self.walk(starts, size, schedule, |_| {})
    }

    /// Shows every step to `see`, and says where the walks end. Each start has its own epochs, without replacement; `size` divides the
    /// number of examples.
    pub(super) fn walk(
        &self,
        starts: &[[f64; 2]],
        size: usize,
        schedule: &Schedule,
        mut see: impl FnMut(WalkStep),
    ) -> Result<Vec<[f64; 2]>> {
        let count = self.sample.inputs.len();
        let mut walkers = Walkers::new(&Optimizer::Sgd, starts, &Device::flex());
        let mut epochs: Vec<Batches> =
            (0..starts.len()).map(|start| epochs(self.seed, self.stream + start as u64, size, count)).collect();
        let mut places = starts.to_vec();
        for step in 0..self.steps {
            let slope = |(place, epochs): (&[f64; 2], &mut Batches)| {
                let batch = epochs.next();
                (self.sample.gradient(*place, &batch), batch)
            };
            let (gradients, batches): (Vec<_>, Vec<_>) = places.par_iter().zip(&mut epochs).map(slope).unzip();
            let rate = learning_rate(schedule, step, count / size, self.steps);
            walkers = walkers.step(rate, &gradients);
            let after = walkers.places()?;
            see(WalkStep { before: &places, batches: &batches, rate, after: &after });
            places = after;
        }
        Ok(places)
    }
}

/// Batches of `size` of `count` examples, every example once an epoch.
pub(super) fn epochs(seed: u64, stream: u64, size: usize, count: usize) -> Batches {
    Batches::new(DrawMode::WithoutReplacement, size, count, Stream::numbered(seed, stream))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_toys::gabor::Form;

    const COUNT: usize = 12;
    const FALLING: Schedule = Schedule::Cosine { learning_rate: 0.1, warmup_steps: 0, final_learning_rate: 0.0 };

    fn sample(seed: u64) -> GaborSample {
        GaborSample::draw(Form::Prince, [0.0, 16.6], [15.0, 0.1], COUNT, &mut Stream::numbered(seed, 0))
    }

    #[test]
    fn walks_begin_at_the_starts_end_at_the_ends_and_repeat() {
        let sample = sample(1);
        let descent = BatchDescent { sample: &sample, seed: 1, steps: 7, stream: 1 };
        let starts = [[1.0, 10.0], [-3.0, 20.0]];
        let walks = descent.walks(&starts, 4, &FALLING).unwrap();
        assert_eq!((walks.len(), walks[0].as_slice()), (8, starts.as_slice()));
        assert_eq!(walks[7], descent.ends(&starts, 4, &FALLING).unwrap());
    }
}
