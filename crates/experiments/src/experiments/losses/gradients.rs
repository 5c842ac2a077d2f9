//! Every gradient three ways: by hand, by autodiff of the zoo's or Burn's loss, by central differences.

use super::formulas::{LOSSES, LossFormula, TargetKind};
use crate::autodiff::{apply, central_difference, difference, gradient, largest_difference};
use crate::prelude::*;

/// Rounding of sums of a few terms in double precision is 1e-15; Burn's own losses take constants in single precision only where
/// these are exact.
const IN_DOUBLE: f64 = 1e-10;
/// The zoo's losses run in single precision: 6e-8 a number, and a few dozen operations.
const IN_SINGLE: f64 = 1e-5;
/// Third derivatives up to 1e3 (of ln p at p = 0.1) times h² / 6 = 2e-11.
const BY_DIFFERENCE: f64 = 1e-7;
const BATCH: usize = 5;

/// Predictions and targets, a row each an example.
pub(super) struct LossBatch {
    pub(super) x: Vec<Vec<f64>>,
    pub(super) targets: Vec<Vec<f64>>,
}

/// How far the ways lie apart: value, gradient by autodiff, by central differences.
pub(super) type LossGaps = [f64; 3];

pub(super) fn three_ways(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 0);
    let (mut double, mut single, mut differences) = (0.0_f64, 0.0_f64, 0.0_f64);
    let mut rows = Vec::new();
    for loss in &LOSSES {
        let mut worst = [0.0_f64; 3];
        for _ in 0..settings.choose(200, 20) {
            let found = compare(loss, &LossBatch::draw(loss.kind, &mut random))?;
            worst = [0, 1, 2].map(|place| larger(worst[place], found[place]));
        }
        let ours = if is_zoo(loss) { &mut single } else { &mut double };
        *ours = larger(larger(*ours, worst[0]), worst[1]);
        differences = larger(differences, worst[2]);
        let texts = [loss.name, loss.formula, loss.gradient_formula].map(String::from);
        rows.push(texts.into_iter().chain(worst.map(number)).collect());
    }
    findings
        .claiming(
            "The zoo's losses and their gradients by autodiff, in single precision: largest difference from the \
             formulas by hand, relative to the larger of 1 and them",
        )
        .is(single, AtMost(IN_SINGLE))
        .claim("The other losses on Burn tensors, in double precision: the same", double, AtMost(IN_DOUBLE))
        .claim("Gradients by hand against central differences: largest difference", differences, AtMost(BY_DIFFERENCE))
        .table(
            "Losses of predictions x against targets t (e = x - t), and the largest differences from what is \
             computed otherwise",
            &["loss", "formula", "gradient", "value apart", "gradient apart from autodiff", "from central differences"],
            rows,
        );
    Ok(())
}

pub(super) fn is_zoo(loss: &LossFormula) -> bool {
    matches!(loss.kind, TargetKind::Score | TargetKind::Scores(_))
}

pub(super) fn compare(loss: &LossFormula, batch: &LossBatch) -> Result<LossGaps> {
    let shape = [batch.x.len(), batch.x[0].len()];
    let (flat, count) = (batch.x.concat(), batch.x.len() as f64);
    let value = apply(&flat, shape, |x| (loss.on_tensors)(x, &batch.targets))?;
    let found = gradient(&flat, shape, |x| (loss.on_tensors)(x, &batch.targets))?;
    let (mut expected, mut sum, mut differences) = (Vec::new(), 0.0, 0.0_f64);
    for (x, target) in batch.x.iter().zip(&batch.targets) {
        let by_hand = (loss.gradient)(x, target);
        differences = larger(differences, apart_from_differences(loss, x, target, &by_hand));
        sum += (loss.value)(x, target);
        expected.extend(by_hand.iter().map(|part| part / count));
    }
    Ok([difference(value[0], sum / count), largest_difference(&found, &expected), differences])
}

fn apart_from_differences(loss: &LossFormula, x: &[f64], target: &[f64], by_hand: &[f64]) -> f64 {
    let along = |place: usize| {
        let moved = |value: f64| {
            let mut x = x.to_vec();
            x[place] = value;
            (loss.value)(&x, target)
        };
        difference(central_difference(moved, x[place]), by_hand[place])
    };
    (0..x.len()).map(along).fold(0.0, larger)
}

impl LossBatch {
    /// Stream examples, none of them at a kink, where no way has a derivative.
    pub(super) fn draw(kind: TargetKind, random: &mut Stream) -> LossBatch {
        let mut batch = LossBatch { x: Vec::new(), targets: Vec::new() };
        while batch.x.len() < BATCH {
            let (x, target) = example(kind, random);
            let is_smooth = |loss: &LossFormula| loss.kind != kind || (loss.to_kink)(&x, &target) > 1e-3;
            if LOSSES.iter().all(is_smooth) {
                batch.x.push(x);
                batch.targets.push(target);
            }
        }
        batch
    }
}

fn example(kind: TargetKind, random: &mut Stream) -> (Vec<f64>, Vec<f64>) {
    // Single precision has them too, so that both precisions see the same.
    let mut scores = |count: usize| (0..count).map(|_| f64::from(random.uniform(-5.0, 5.0) as f32)).collect::<Vec<_>>();
    match kind {
        TargetKind::Numbers(count) => (scores(count), scores(count)),
        TargetKind::Probability => {
            let x = scores(1);
            (vec![0.5 + x[0] * 0.08], vec![random.index(2) as f64])
        }
        TargetKind::Score => (scores(1), vec![random.index(2) as f64]),
        TargetKind::Scores(classes) | TargetKind::OneAgainstRest(classes) => {
            (scores(classes), one_hot(classes, random.index(classes)))
        }
        TargetKind::Distribution(count) => (scores(count), softmax(&scores(count))),
    }
}

/// 1 for the class, 0 for the others.
pub(super) fn one_hot(classes: usize, class: usize) -> Vec<f64> {
    (0..classes).map(|other| f64::from(u8::from(other == class))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn losses_are_convex_in_numbers_scores_and_logits(seed in any::<u64>(), part in 0.0..1.0f64) {
            let mut random = Stream::numbered(seed, 1);
            // Squared errors of squashed outputs are not convex: that is what the pairings are about.
            for loss in LOSSES.iter().filter(|loss| !loss.name.starts_with("squared error")) {
                let LossBatch { x, targets } = LossBatch::draw(loss.kind, &mut random);
                let between: Vec<f64> = x[0].iter().zip(&x[1]).map(|(a, b)| a + part * (b - a)).collect();
                let [low, high] = [0, 1].map(|place: usize| (loss.value)(&x[place], &targets[0]));
                let chord = low + part * (high - low);
                prop_assert!((loss.value)(&between, &targets[0]) <= chord + 1e-9, "{}", loss.name);
            }
        }
    }

    #[test]
    fn a_wrong_gradient_is_noticed() {
        let wrong = LossFormula { gradient: |x, t| vec![x[0] - t[0]], ..LOSSES[0] };
        let [_, gradient, differences] =
            compare(&wrong, &LossBatch { x: vec![vec![2.0]], targets: vec![vec![0.0]] }).unwrap();
        assert!(gradient > 0.1 && differences > 0.1);
    }
}
