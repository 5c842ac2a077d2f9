//! Batches of examples, drawn with and without replacement.

use zoo_core::Stream;

/// How the examples of a step are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DrawMode {
    /// Every example afresh (3.4.6 of the thesis).
    WithReplacement,
    /// By permuted epochs, every example once in each (3.4.7).
    WithoutReplacement,
}

/// Batches of examples for one run of descent.
pub(crate) struct Batches {
    drawing: DrawMode,
    size: usize,
    count: usize,
    waiting: Vec<usize>,
    random: Stream,
}

impl Batches {
    /// Batches of `size` of `count` examples.
    pub(crate) fn new(drawing: DrawMode, size: usize, count: usize, random: Stream) -> Self {
        Self { drawing, size, count, waiting: Vec::new(), random }
    }

    /// The examples of the next step. Without replacement the last ones of an epoch are fewer if `size` does not divide the number of
    /// examples; a `size` of at least that number gives all of them.
    pub(crate) fn next(&mut self) -> Vec<usize> {
        match self.drawing {
            DrawMode::WithReplacement => (0..self.size).map(|_| self.random.index(self.count)).collect(),
            DrawMode::WithoutReplacement => {
                if self.waiting.is_empty() {
                    self.waiting = (0..self.count).collect();
                    self.random.shuffle(&mut self.waiting);
                }
                let rest = self.waiting.len().saturating_sub(self.size);
                self.waiting.split_off(rest)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Also in one batch of more examples than there are.
        #[test]
        fn an_epoch_without_replacement_sees_every_example_once_in_an_order_of_its_own(seed: u64, size in 1..29usize) {
            let mut batches = Batches::new(DrawMode::WithoutReplacement, size, 20, Stream::numbered(seed, 0));
            let mut epoch = || (0..20_usize.div_ceil(size)).flat_map(|_| batches.next()).collect::<Vec<_>>();
            let (mut first, second) = (epoch(), epoch());
            prop_assert_ne!(&first, &second);
            first.sort_unstable();
            prop_assert_eq!((first, second.len()), ((0..20).collect::<Vec<_>>(), 20));
        }

        #[test]
        fn with_replacement_every_batch_is_full(seed: u64, size in 1..50usize) {
            let mut batches = Batches::new(DrawMode::WithReplacement, size, 20, Stream::numbered(seed, 0));
            for _ in 0..5 {
                let batch = batches.next();
                prop_assert!(batch.len() == size && batch.iter().all(|example| *example < 20));
            }
        }
    }
}
