//! Every loss and its gradient by hand against the zoo's loss and autodiff of it.

use super::formulas::{CLASSES, LOSSES, LossFormula, TargetKind, one_hot};
use crate::autodiff::{apply, gradient, largest_difference};
use crate::prelude::*;

const BATCH: usize = 5;

/// A prediction and a target.
type LossExample = (Vec<f64>, Vec<f64>);

pub(super) fn by_hand_and_by_autodiff(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 0);
    let mut worst = 0.0_f64;
    for loss in LOSSES {
        for _ in 0..settings.choose(200, 20) {
            let batch: Vec<LossExample> = (0..BATCH).map(|_| example(loss.kind, &mut random)).collect();
            worst = larger(worst, apart(loss, &batch)?);
        }
    }
    let row = |loss: &LossFormula| row![loss.name, loss.formula, loss.gradient_formula];
    findings
        .claiming(
            "The zoo's losses and their gradients by autodiff, in single precision: largest difference from the \
             formulas by hand, relative to the larger of 1 and them",
        )
        // 6e-8 a number, and a few dozen operations.
        .is(worst, AtMost(1e-5))
        .table(
            "Losses of predictions x against targets t, e = x - t",
            &["loss", "formula", "gradient"],
            LOSSES.iter().map(row).collect(),
        );
    Ok(())
}

/// How far the mean loss of a batch and its gradient are from those by hand.
fn apart(loss: &LossFormula, batch: &[LossExample]) -> Result<f64> {
    let (x, targets): (Vec<_>, Vec<_>) = batch.iter().cloned().unzip();
    let shape = [x.len(), x[0].len()];
    let found = apply(&x.concat(), shape, |x| (loss.on_tensors)(x, &targets))?;
    let slopes = gradient(&x.concat(), shape, |x| (loss.on_tensors)(x, &targets))?;
    let mean = Mean::over(batch.iter().map(|(x, target)| (loss.value)(x, target))).value;
    let by_hand = batch.iter().flat_map(|(x, target)| (loss.gradient)(x, target));
    let by_hand: Vec<f64> = by_hand.map(|slope| slope / batch.len() as f64).collect();
    Ok(larger(largest_difference(&found, &[mean]), largest_difference(&slopes, &by_hand)))
}

fn example(kind: TargetKind, random: &mut Stream) -> LossExample {
    let mut place = 0;
    // Each of a grid of its own, so that no example is at a kink, where no way has a derivative; and all of a grid that single
    // precision has too, so that it rounds no difference of two.
    let mut scores = |count: usize| {
        let mut score = || {
            place += 1;
            (random.uniform(-5.0, 5.0) * 1024.0).round() / 1024.0 + f64::from(place) / 8192.0
        };
        (0..count).map(|_| score()).collect::<Vec<f64>>()
    };
    match kind {
        TargetKind::Number => (scores(1), scores(1)),
        TargetKind::Binary => (scores(1), vec![random.index(2) as f64]),
        TargetKind::Classes => (scores(CLASSES), one_hot(CLASSES, random.index(CLASSES))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_gradient_is_noticed() {
        let wrong = LossFormula { gradient: |x, t| vec![x[0] - t[0]], ..LOSSES[0] };
        assert!(apart(&wrong, &[(vec![2.0], vec![0.0])]).unwrap() > 0.1);
    }
}
