//! One network that overfits, and every cure of the notes beside it.

use super::training::{Cure, Draw, Losses, WRONG, cures, measure};
use crate::digits::{CLASSES, Digits};
use crate::prelude::*;

pub(super) fn side_by_side(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (all, cures) = (Digits::all()?, cures(settings));
    let of_draw = |draw: u64| {
        let draw = Draw::new(&all, settings, draw);
        cures.iter().map(|(cure, _)| measure(*cure, &draw, settings)).collect::<Result<Vec<_>>>()
    };
    // `[draw][cure]`.
    let measured = (0..settings.choose(8, 4)).map(of_draw).collect::<Result<Vec<_>>>()?;
    let mean = |cure: Cure, of: fn(&Losses) -> f64| Mean::over(measured.iter().map(|one| of(&one[cure as usize])));
    let against_none = |cure: Cure, of: fn(&Losses, &Losses) -> f64| {
        Mean::over(measured.iter().map(|one| of(&one[cure as usize], &one[Cure::None as usize])))
    };
    let gap = mean(Cure::None, Losses::gap);
    findings
        .claiming(
            "Without a cure the network learns by heart: gap of test and training loss, lower end of the interval",
        )
        .is(gap.interval().0, AtLeast(1.0))
        .measured_with(format!(" ({gap}, {} draws)", gap.count));
    for (cure, name) in cures.iter().skip(1) {
        narrows(name, *cure, &against_none(*cure, |one, none| one.gap() / none.gap()), findings);
    }
    let spared = against_none(Cure::EarlyStopping, |one, none| none.test - one.test);
    findings
        .claiming("Early stopping's restored weights lose less on new digits: loss spared, lower end of the interval")
        .is(spared.interval().0, Above(0.0))
        .measured_with(format!(" ({spared})"))
        .figure(
            "cures",
            "One overfitting network and seven trainings of it",
            "Loss on the digits learned from and on new ones, a fifth of all labels wrong in both. Without a cure the \
             network learns every wrong label by heart. No cure brings the loss on new digits near 0: wrong labels \
             cannot be foreseen, and the least that can be expected is the dashed line.",
            draw(&cures, &mean),
        );
    Ok(())
}

/// The part of the gap that is left under a cure, draw by draw.
fn narrows(name: &str, cure: Cure, left: &Mean, findings: &mut Findings) {
    let (measured, check) = (left.interval().1, AtMost(0.75));
    let claiming = findings.claiming(format!(
        "With {name} at most three quarters of that gap are left: fraction, upper end of the 95 % interval"
    ));
    let claimed = match cure {
        Cure::BatchNorm => claiming.should_be(measured, check, BATCH_NORM).known_as("batch_norm"),
        _ => claiming.is(measured, check),
    };
    claimed.measured_with(format!(" ({left})"));
}

const BATCH_NORM: &str = "Batch normalization rescales and lets a network learn faster, the wrong labels among the \
                          rest. It holds neither weights nor answers back, and the noise of its batches is small \
                          against a fifth of wrong labels.";

fn draw(cures: &[(Cure, String)], mean: &impl Fn(Cure, fn(&Losses) -> f64) -> Mean) -> Chart {
    let names: Vec<&str> = cures.iter().map(|(_, name)| name.as_str()).collect();
    let bars = |of: fn(&Losses) -> f64| cures.iter().map(|(cure, _)| mean(*cure, of).value).collect::<Vec<_>>();
    Chart::new(Axis::categories("cure", &names), Axis::linear("cross-entropy"))
        .bars("training", &bars(|one| one.training))
        .bars("new digits", &bars(|one| one.test))
        .rule_y("the least that foresight could lose", least_loss())
}

/// What even the best answer loses: the entropy of a label that is right in four of five and one of nine others else.
fn least_loss() -> f64 {
    let other = WRONG / (CLASSES - 1) as f64;
    entropy(&[vec![1.0 - WRONG], vec![other; CLASSES - 1]].concat())
}
