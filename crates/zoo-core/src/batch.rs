//! Batches: examples in, the numbers a model sees out.

use std::ops::Range;

use rayon::prelude::*;

use crate::augment::{Canvas, Draw};
use crate::normalization::{groups, push_images, push_row};
use crate::{Augmentation, Examples, Images, Inputs, Normalizer};

/// Below this many bytes to change (some tens of microseconds of work) waking other threads costs more than it saves.
const PARALLEL_FROM: usize = 1 << 15;

/// Makes batches of examples: normalized always, augmented for training.
///
/// An example's changes depend on the seed, the epoch and its index alone, so neither the batch it is in nor the number of
/// threads moves a bit.
///
/// ```
/// use zoo_core::{Augmentation, Batcher, Examples, Images, Inputs, Normalizer};
///
/// let images = Images { channels: 1, height: 1, width: 2, pixels: vec![0, 0, 0, 255] };
/// let examples = Examples::of_classes(Inputs::Images(images), vec![0, 1]);
/// let batcher = Batcher { normalizer: Normalizer::unit(), augmentations: vec![Augmentation::Flip], seed: 7 };
///
/// let batch = batcher.eval_batch(&examples, 0..2);
/// assert_eq!(batch.values, [0.0, 0.0, 0.0, 1.0]);
/// let batch = batcher.train_batch(&examples, &[1], 0);
/// assert!(batch.values == [0.0, 1.0] || batch.values == [1.0, 0.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Batcher {
    /// Applied to every example.
    pub normalizer: Normalizer,
    /// Applied to training images before that, in this order. Tables have nothing to flip or shift and stay as they are.
    pub augmentations: Vec<Augmentation>,
    /// Fixes the augmentations of a whole run.
    pub seed: u64,
}

/// What a model is shown at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[len, channels, height, width]` of images, `[len, columns]` of tables.
    pub values: Vec<f32>,
    /// Class indices, `[len]`; all 0 for regression.
    pub labels: Vec<u8>,
    /// For regression the numbers to predict, `[len]`; else none.
    pub targets: Vec<f32>,
    /// The shape of one example: `[channels, height, width]` or `[columns]`.
    pub shape: Vec<usize>,
}

impl Batcher {
    /// The examples at `indices` in that order, augmented as `epoch` has it.
    ///
    /// # Panics
    ///
    /// Panics if an index is not below `examples.len()`, or if the normalizer was made for other inputs.
    pub fn train_batch(&self, examples: &Examples, indices: &[u32], epoch: usize) -> Batch {
        self.batch(examples, indices, Some(epoch))
    }

    /// The examples of `range`, not augmented.
    ///
    /// # Panics
    ///
    /// Panics if `range` passes `examples.len()`, or if the normalizer was made for other inputs.
    pub fn eval_batch(&self, examples: &Examples, range: Range<usize>) -> Batch {
        let indices: Vec<u32> = range.map(|index| index as u32).collect();
        self.batch(examples, &indices, None)
    }

    /// With an epoch: augmented as it has it.
    fn batch(&self, examples: &Examples, indices: &[u32], epoch: Option<usize>) -> Batch {
        let features = examples.inputs.features();
        let affines = self.normalizer.affines(groups(&examples.inputs));
        let mut values = Vec::with_capacity(indices.len() * features);
        match (&examples.inputs, epoch.filter(|_| !self.augmentations.is_empty())) {
            (Inputs::Images(images), Some(epoch)) => {
                let changed = self.augment(images, indices, epoch);
                push_images(&affines, changed.chunks_exact(features.max(1)), &mut values);
            }
            (Inputs::Images(images), None) => {
                push_images(&affines, indices.iter().map(|&index| images.image(index as usize)), &mut values);
            }
            (Inputs::Table(table), _) => {
                indices.iter().for_each(|&index| push_row(&affines, table.row(index as usize), &mut values));
            }
        }
        let labels = indices.iter().map(|&index| examples.labels[index as usize]).collect();
        let targets = match examples.targets.as_slice() {
            [] => Vec::new(),
            targets => indices.iter().map(|&index| targets[index as usize]).collect(),
        };
        Batch { values, labels, targets, shape: examples.inputs.shape() }
    }

    /// The images changed as `epoch` has it, still bytes, on several threads where that pays.
    fn augment(&self, images: &Images, indices: &[u32], epoch: usize) -> Vec<u8> {
        let features = images.features().max(1); // chunks want a length, also where there is nothing to cut
        let mut changed = vec![0; indices.len() * images.features()];
        let change = |canvas: &mut Canvas, (&index, out): (&u32, &mut [u8])| {
            canvas.load(images.height, images.width, images.image(index as usize));
            let mut draw = Draw::new(self.seed, epoch, index);
            self.augmentations.iter().for_each(|augmentation| augmentation.apply(canvas, &mut draw));
            out.copy_from_slice(canvas.pixels());
        };
        if changed.len() < PARALLEL_FROM {
            let mut canvas = Canvas::default();
            let work = indices.iter().zip(changed.chunks_exact_mut(features));
            work.for_each(|image| change(&mut canvas, image));
        } else {
            let work = indices.par_iter().zip(changed.par_chunks_exact_mut(features));
            work.with_min_len(PARALLEL_FROM.div_ceil(2 * features)).for_each_init(Canvas::default, change);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::{Padding, Table, epoch_order};

    fn images(count: usize, height: usize, width: usize) -> Examples {
        let pixels = (0..count * 3 * height * width).map(|place| (place * 31 % 251) as u8).collect();
        let inputs = Inputs::Images(Images { channels: 3, height, width, pixels });
        Examples::of_classes(inputs, (0..count).map(|index| (index % 10) as u8).collect())
    }

    fn batcher(seed: u64) -> Batcher {
        let padding = Padding::Reflect;
        let augmentations = vec![
            Augmentation::Flip,
            Augmentation::Shift { pixels: 3, padding },
            Augmentation::Rotate { degrees: 10.0, padding },
            Augmentation::Brightness { amount: 0.1 },
            Augmentation::AlternateFlip,
            Augmentation::Cutout { pixels: 2 },
        ];
        let normalizer = Normalizer { scale: 1.0 / 255.0, mean: vec![0.4, 0.5, 0.6], std: vec![0.2, 0.25, 0.3] };
        Batcher { normalizer, augmentations, seed }
    }

    fn threads(count: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap()
    }

    proptest! {
        #[test]
        fn a_batch_is_its_examples_one_by_one(indices in vec(0u32..20, 0..40), epoch in 0usize..5, seed: u64) {
            let (examples, batcher) = (images(20, 4, 5), batcher(seed));
            let batch = batcher.train_batch(&examples, &indices, epoch);
            let singles: Vec<Batch> =
                indices.iter().map(|&index| batcher.train_batch(&examples, &[index], epoch)).collect();
            let values: Vec<f32> = singles.iter().flat_map(|single| single.values.clone()).collect();
            let labels: Vec<u8> = singles.iter().flat_map(|single| single.labels.clone()).collect();
            prop_assert_eq!(batch, Batch { values, labels, targets: vec![], shape: vec![3, 4, 5] });
        }

        #[test]
        fn rows_are_normalized_one_by_one(values in vec(-1e3f32..1e3, 30..=30)) {
            let table = Table { columns: vec!["a".into(), "b".into()], values: values.clone() };
            let examples = Examples::of_classes(Inputs::Table(table), vec![0; 15]);
            let (mean, std) = (vec![10.0, 0.0], vec![4.0, 0.5]);
            let batcher = Batcher { normalizer: Normalizer { scale: 1.0, mean, std }, ..batcher(1) };
            let batch = batcher.train_batch(&examples, &[14, 3], 0);
            let expected = [14, 3].map(|row| [(values[2 * row] - 10.0) / 4.0, values[2 * row + 1] / 0.5]);
            for (found, expected) in batch.values.iter().zip(expected.concat()) {
                prop_assert!((found - expected).abs() <= 1e-6 * expected.abs());
            }
        }
    }

    #[test]
    fn without_augmentation_a_batch_is_the_normalized_images() {
        let examples = images(20, 4, 5);
        let batch = batcher(1).eval_batch(&examples, 5..9);
        assert_eq!(batch.values, batcher(1).normalizer.apply(&examples.select(&[5, 6, 7, 8]).inputs));
        assert_eq!(batch.labels, [5, 6, 7, 8]);
        let plain = Batcher { augmentations: vec![], ..batcher(1) };
        assert_eq!(plain.train_batch(&examples, &[5, 6, 7, 8], 3), batch);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let examples = images(100, 32, 32);
        let indices = epoch_order(100, 1, 0);
        let batch = |count| threads(count).install(|| batcher(1).train_batch(&examples, &indices, 2));
        let one = batch(1);
        assert!(one.values.len() > PARALLEL_FROM);
        assert_eq!(one, batch(2));
        assert_eq!(one, batch(5));
    }

    #[test]
    fn seed_and_epoch_decide() {
        let examples = images(8, 8, 8);
        let batch = |seed, epoch| batcher(seed).train_batch(&examples, &[0, 1, 2], epoch).values;
        assert_eq!(batch(1, 0), batch(1, 0));
        assert_ne!(batch(1, 0), batch(1, 1));
        assert_ne!(batch(1, 0), batch(2, 0));
    }
}
