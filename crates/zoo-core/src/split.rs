//! Splits and orders by fixed rules: a seed names one split for ever, on every machine.
//!
//! All draws come from ChaCha8 streams whose key is four little-endian 64-bit words: the seed, the purpose (1 a holdout, 2
//! folds, 3 an order), the epoch or 0, and 0. A number below `n` is the upper half of `n` times the next 64-bit word. All shuffles
//! are Fisher and Yates from the last place down. So the rules below can be followed in any language; `tests/split_reference.py`
//! does it in Python.

use crate::random::{Purpose, Stream};

/// A class with fewer examples cannot be in the training, the validation and the test split.
pub const LEAST_OF_A_CLASS: usize = 3;

/// Two splits without a common example that together hold all: indices, each in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldoutSplit {
    /// The examples to go on with.
    pub kept: Vec<u32>,
    /// The examples set aside.
    pub held: Vec<u32>,
}

/// A split that cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// Fewer than two folds.
    #[error("cannot cut examples into {folds} folds: choose at least 2")]
    Folds {
        /// The number of folds asked for.
        folds: usize,
    },
    /// A class that could not be in every fold.
    #[error("label {label} has {examples} examples, too few for {folds} folds: choose at most {examples} folds")]
    Class {
        /// The smallest class.
        label: u8,
        /// Its examples.
        examples: usize,
        /// The number of folds asked for.
        folds: usize,
    },
}

/// Sets aside `fraction` of the examples, the same fraction of every class as nearly as whole examples allow.
///
/// The rule: `fraction * len`, rounded, examples are held in all. Every class gives the whole part of `fraction * its size`; what
/// is still wanting comes, one each, from the classes with the largest fractional parts, the lower label first where
/// they are equal. One stream shuffles the classes' indices in order of label, and each class gives the first of its own.
///
/// ```
/// use zoo_core::stratified_holdout;
///
/// let labels = [0, 0, 0, 0, 1, 1];
/// let split = stratified_holdout(&labels, 0.5, 7);
/// assert_eq!(split.held.len(), 3);
/// assert_eq!(split.held.iter().filter(|&&index| labels[index as usize] == 1).count(), 1);
/// ```
///
/// # Panics
///
/// Panics if `fraction` is not in `0.0..=1.0`.
pub fn stratified_holdout(labels: &[u8], fraction: f64, seed: u64) -> HoldoutSplit {
    assert!((0.0..=1.0).contains(&fraction), "what to hold out is a fraction between 0 and 1, not {fraction}");
    let mut classes = indices_by_class(labels);
    let sizes: Vec<usize> = classes.iter().map(Vec::len).collect();
    let mut stream = Stream::new(seed, Purpose::Holdout, 0, 0);
    let mut is_held = vec![false; labels.len()];
    for (class, quota) in classes.iter_mut().zip(quotas(&sizes, fraction)) {
        stream.shuffle(class);
        for &index in &class[..quota] {
            is_held[index as usize] = true;
        }
    }
    let (held, kept) = (0..labels.len() as u32).partition(|&index| is_held[index as usize]);
    HoldoutSplit { kept, held }
}

/// The held-out indices of each of `folds` folds, for cross-validation: every example is held out once.
///
/// The rule: one stream shuffles the classes' indices in order of label, and the examples so ordered are dealt to the folds in
/// turn, without starting again at a new class. So folds differ by at most one example in size and in every class, and every
/// fold has examples of all classes.
///
/// ```
/// use zoo_core::stratified_k_fold;
///
/// let folds = stratified_k_fold(&[0, 0, 0, 1, 1, 1], 3, 7)?;
/// assert!(folds.iter().all(|fold| fold[0] < 3 && fold[1] >= 3)); // one of each class
/// # Ok::<(), zoo_core::SplitError>(())
/// ```
///
/// # Errors
///
/// [`SplitError::Folds`] if `folds` is below 2, [`SplitError::Class`] if a label that comes at all comes less than once a
/// fold: of several the rarest, whose examples are the most folds there can be.
pub fn stratified_k_fold(labels: &[u8], folds: usize, seed: u64) -> Result<Vec<Vec<u32>>, SplitError> {
    if folds < 2 {
        return Err(SplitError::Folds { folds });
    }
    let mut classes = indices_by_class(labels);
    check_every_class_suffices(&classes, folds)?;
    let mut stream = Stream::new(seed, Purpose::Folds, 0, 0);
    classes.iter_mut().for_each(|class| stream.shuffle(class));
    let mut held = vec![Vec::new(); folds];
    for (place, index) in classes.into_iter().flatten().enumerate() {
        held[place % folds].push(index);
    }
    held.iter_mut().for_each(|fold| fold.sort_unstable());
    Ok(held)
}

fn check_every_class_suffices(classes: &[Vec<u32>], folds: usize) -> Result<(), SplitError> {
    let sizes = (0..=u8::MAX).zip(classes.iter().map(Vec::len)).filter(|(_, examples)| *examples > 0);
    match sizes.min_by_key(|(_, examples)| *examples) {
        Some((label, examples)) if examples < folds => Err(SplitError::Class { label, examples, folds }),
        _ => Ok(()),
    }
}

/// Numbers in at most `most` bins of as many each, the smallest in bin 0: labels by which [`stratified_holdout`] and
/// [`stratified_k_fold`] cut numbers alike. Every bin has at least `least` of them; with too few for two such bins, all are in one.
///
/// ```
/// use zoo_core::quantile_bins;
///
/// assert_eq!(quantile_bins(&[0.5, -2.0, 9.0, 9.0], 10, 2), [0, 0, 1, 1]);
/// ```
pub fn quantile_bins(numbers: &[f32], most: u8, least: usize) -> Vec<u8> {
    let bins = (numbers.len() / least.max(1)).clamp(1, usize::from(most.max(1)));
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|left, right| numbers[*left].total_cmp(&numbers[*right]));
    let mut labels = vec![0; numbers.len()];
    for (rank, index) in order.into_iter().enumerate() {
        labels[index] = (rank * bins / numbers.len()) as u8;
    }
    labels
}

/// The order in which an epoch visits `count` examples: a permutation that `seed` and `epoch` fix.
///
/// It does not depend on earlier epochs, so a resumed run visits what the unbroken one would have.
///
/// ```
/// use zoo_core::epoch_order;
///
/// let mut order = epoch_order(4, 7, 0);
/// assert_eq!(order, epoch_order(4, 7, 0));
/// order.sort_unstable();
/// assert_eq!(order, [0, 1, 2, 3]);
/// ```
pub fn epoch_order(count: usize, seed: u64, epoch: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    Stream::new(seed, Purpose::Order, epoch as u64, 0).shuffle(&mut order);
    order
}

/// The indices of each label, ascending; labels that never come have none.
fn indices_by_class(labels: &[u8]) -> Vec<Vec<u32>> {
    let mut classes = vec![Vec::new(); 256];
    for (index, &label) in (0..).zip(labels) {
        classes[usize::from(label)].push(index);
    }
    classes
}

/// How many examples each class gives: largest remainders.
fn quotas(sizes: &[usize], fraction: f64) -> Vec<usize> {
    let wanted: Vec<f64> = sizes.iter().map(|&size| size as f64 * fraction).collect();
    let mut quotas: Vec<usize> = wanted.iter().map(|quota| quota.floor() as usize).collect();
    let all = (sizes.iter().sum::<usize>() as f64 * fraction).round() as usize;
    let missing = all.saturating_sub(quotas.iter().sum());

    let mut by_remainder: Vec<usize> = (0..sizes.len()).collect();
    by_remainder.sort_by(|&a, &b| wanted[b].fract().total_cmp(&wanted[a].fract()));
    for &class in by_remainder.iter().take(missing) {
        quotas[class] = sizes[class].min(quotas[class] + 1);
    }
    quotas
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn count(labels: &[u8], fold: &[u32], class: u8) -> usize {
        let of_class = |index: &&u32| labels[**index as usize] == class;
        fold.iter().filter(of_class).count()
    }

    fn is_ascending(fold: &[u32]) -> bool {
        fold.windows(2).all(|pair| pair[0] < pair[1])
    }

    /// Labels 0 to 4 in any order, at least nine of each.
    fn enough_of_each() -> impl Strategy<Value = Vec<u8>> {
        vec(9usize..60, 5)
            .prop_map(|sizes| (0..5).zip(sizes).flat_map(|(label, size)| vec![label; size]).collect())
            .prop_shuffle()
    }

    proptest! {
        #[test]
        fn a_holdout_is_disjoint_and_complete(
            labels in vec(0u8..5, 0..300), fraction in 0.0..=1.0, seed: u64,
        ) {
            let split = stratified_holdout(&labels, fraction, seed);
            prop_assert!(is_ascending(&split.kept) && is_ascending(&split.held));
            let mut all = [split.kept, split.held].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..labels.len() as u32).collect::<Vec<_>>());
        }

        #[test]
        fn a_holdout_keeps_the_shares_of_the_classes(
            labels in vec(0u8..5, 0..300), fraction in 0.0..=1.0, seed: u64,
        ) {
            let held = stratified_holdout(&labels, fraction, seed).held;
            prop_assert!((held.len() as f64 - labels.len() as f64 * fraction).abs() <= 0.5 + 1e-9);
            for class in 0..5 {
                let size = labels.iter().filter(|&&label| label == class).count();
                let given = count(&labels, &held, class) as f64;
                prop_assert!((given - size as f64 * fraction).abs() < 1.0 + 1e-9);
            }
        }

        #[test]
        fn folds_partition_and_are_alike(labels in enough_of_each(), folds in 2usize..10, seed: u64) {
            let cut = stratified_k_fold(&labels, folds, seed).unwrap();
            prop_assert_eq!(cut.len(), folds);
            prop_assert!(cut.iter().all(|fold| is_ascending(fold)));
            let mut all = cut.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..labels.len() as u32).collect::<Vec<_>>());
            for class in 0..5 {
                let counts = cut.iter().map(|fold| count(&labels, fold, class));
                prop_assert!(counts.clone().max().unwrap() - counts.min().unwrap() <= 1);
            }
            let sizes = cut.iter().map(Vec::len);
            prop_assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
        }

        #[test]
        fn what_a_fold_holds_of_a_class_does_not_hang_on_the_order_of_the_examples(
            labels in enough_of_each(), folds in 2usize..10, seeds: [u64; 2],
        ) {
            let mut sorted = labels.clone();
            sorted.sort_unstable();
            let cut = stratified_k_fold(&labels, folds, seeds[0]).unwrap();
            let of_sorted = stratified_k_fold(&sorted, folds, seeds[1]).unwrap();
            for (fold, of_sorted) in cut.iter().zip(&of_sorted) {
                for class in 0..5 {
                    prop_assert_eq!(count(&labels, fold, class), count(&sorted, of_sorted, class));
                }
            }
        }

        #[test]
        fn the_smallest_class_of_those_too_small_for_the_folds_is_named(
            common in 20usize..50, rare in 1usize..9, more in 1usize..99, seed: u64,
        ) {
            let labels = [vec![0; common], vec![3; rare]].concat();
            let folds = rare + more;
            let error = stratified_k_fold(&labels, folds, seed).unwrap_err();
            prop_assert_eq!(error, SplitError::Class { label: 3, examples: rare, folds });
            prop_assert!(rare < 2 || stratified_k_fold(&labels, rare, seed).is_ok());
        }

        #[test]
        fn an_order_is_a_permutation(length in 0usize..500, seed: u64, epoch in 0usize..100) {
            let mut order = epoch_order(length, seed, epoch);
            prop_assert_eq!(&order, &epoch_order(length, seed, epoch));
            order.sort_unstable();
            prop_assert_eq!(order, (0..length as u32).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_seed_decides() {
        let labels: Vec<u8> = (0..200).map(|index| (index % 3) as u8).collect();
        let split = |seed| stratified_holdout(&labels, 0.3, seed);
        assert_eq!(split(1), split(1));
        assert_ne!(split(1), split(2));
        let folds = |seed| stratified_k_fold(&labels, 5, seed).unwrap();
        assert_eq!(folds(1), folds(1));
        assert_ne!(folds(1), folds(2));
        assert_ne!(epoch_order(200, 1, 0), epoch_order(200, 2, 0));
        assert_ne!(epoch_order(200, 1, 0), epoch_order(200, 1, 1));
    }

    #[test]
    fn too_few_folds_are_refused() {
        for folds in [0, 1] {
            let error = stratified_k_fold(&[0, 1, 0], folds, 1).unwrap_err();
            assert_eq!(error, SplitError::Folds { folds });
        }
    }

    #[test]
    fn the_rules_are_the_documented_ones() {
        // Printed by tests/split_reference.py, which follows the documentation with a ChaCha8 of its own.
        let labels: Vec<u8> = (0..20).map(|index| index % 3).collect();
        assert_eq!(stratified_holdout(&labels, 0.3, 42).held, [3, 7, 8, 11, 15, 16]);
        assert_eq!(
            stratified_k_fold(&labels, 4, 42).unwrap(),
            [[0, 7, 10, 14, 15], [1, 3, 8, 13, 18], [2, 4, 9, 12, 17], [5, 6, 11, 16, 19]],
        );
        let order = [13, 4, 15, 3, 11, 16, 18, 7, 17, 6, 5, 10, 9, 2, 8, 19, 0, 12, 1, 14];
        assert_eq!(epoch_order(20, 42, 1), order);
    }
}
