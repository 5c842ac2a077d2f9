//! Descent from many starts, on batches drawn by permuted epochs.

use rayon::prelude::*;
use trainer::schedule::learning_rate;
use zoo_recipe::{Optimizer, Schedule};

use super::model::GaborSample;
use crate::batches::{Batches, DrawMode};
use crate::descent::Walkers;
use crate::prelude::*;

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
        let mut walkers = Walkers::new(&Optimizer::Sgd, starts);
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
    use proptest::prelude::*;

    use super::super::model::Form;
    use super::*;

    const COUNT: usize = 12;
    const CONSTANT: Schedule = Schedule::Constant { learning_rate: 0.1, warmup_steps: 0 };
    const FALLING: Schedule = Schedule::Cosine { learning_rate: 0.1, warmup_steps: 0, final_learning_rate: 0.0 };

    fn sample(seed: u64) -> GaborSample {
        GaborSample::draw(Form::Prince, [0.0, 16.6], [15.0, 0.1], COUNT, &mut Stream::numbered(seed, 0))
    }

    fn close(left: [f64; 2], right: [f64; 2]) -> bool {
        (0..2).all(|k| (left[k] - right[k]).abs() < 1e-5)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn every_step_goes_down_the_gradient_of_its_own_batch(seed: u64, size in prop::sample::select(vec![1, 3, 4, 12])) {
            let sample = sample(seed);
            let descent = BatchDescent { sample: &sample, seed, steps: 10, stream: 1 };
            let mut close_steps = 0;
            descent.walk(&[[1.0, 10.0], [-3.0, 20.0]], size, &FALLING, |step| {
                for start in 0..2 {
                    let from = step.before[start];
                    let slope = sample.gradient(from, &step.batches[start]);
                    let to = [0, 1].map(|k| from[k] - step.rate * slope[k]);
                    close_steps += usize::from(step.batches[start].len() == size && close(step.after[start], to));
                }
            }).unwrap();
            prop_assert_eq!(close_steps, 20);
        }

        #[test]
        fn every_start_sees_each_example_once_an_epoch_in_an_order_of_its_own(seed: u64) {
            let sample = sample(seed);
            let descent = BatchDescent { sample: &sample, seed, steps: COUNT / 3, stream: 1 };
            let mut seen = [Vec::new(), Vec::new()];
            let see = |step: WalkStep| (0..2).for_each(|start| seen[start].extend_from_slice(&step.batches[start]));
            descent.walk(&[[1.0, 10.0]; 2], 3, &CONSTANT, see).unwrap();
            prop_assert_ne!(&seen[0], &seen[1]);
            for mut order in seen {
                order.sort_unstable();
                prop_assert_eq!(order, (0..COUNT).collect::<Vec<_>>());
            }
        }

        #[test]
        fn on_all_examples_it_is_plain_descent(seed: u64) {
            let sample = sample(seed);
            let descent = BatchDescent { sample: &sample, seed, steps: 10, stream: 1 };
            let all: Vec<usize> = (0..COUNT).collect();
            let plain = (0..10).fold([1.0, 10.0], |place, _| {
                let slope = sample.gradient(place, &all);
                [0, 1].map(|k| place[k] - 0.1 * slope[k])
            });
            let end = descent.ends(&[[1.0, 10.0]], COUNT, &CONSTANT).unwrap()[0];
            prop_assert!(close(end, plain), "{end:?} {plain:?}");
        }
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
