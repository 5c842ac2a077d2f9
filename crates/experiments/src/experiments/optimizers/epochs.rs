//! Drawing with and without replacement: what of the noise cancels in an epoch.

use super::examples::QuadraticExamples;
use super::noise::{COUNT, NoisyDescent};
use super::settings::BATCH;
use crate::batches::DrawMode;
use crate::prelude::*;

/// The mean excess at the end of an epoch.
type Plateaus = Vec<(f64, Mean)>;

/// Both drawings at falling rates; permuted epochs against their theory, and against drawing with replacement.
pub(super) fn permuted(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let size = settings.whole(BATCH);
    let rates = settings.choose(vec![0.2, 0.1, 0.05, 0.02, 0.01, 0.005], vec![0.1, 0.03]);
    let measure = |drawing| -> Result<Plateaus> {
        let at = |rate: &f64| -> Result<(f64, Mean)> { Ok((*rate, end_of_epoch(examples, drawing, *rate, settings)?)) };
        rates.iter().map(at).collect()
    };
    let (with, without) = (measure(DrawMode::WithReplacement)?, measure(DrawMode::WithoutReplacement)?);
    let off = |(rate, found): &(f64, Mean)| (found.value - examples.epoch_plateau(*rate, size)).abs() / found.error;
    let (rate, slow_with) = with.last().context("there is no rate to compare at")?;
    let (_, slow_without) = without.last().context("there is no rate to compare at")?;
    let gap = (slow_with.value - slow_without.value) / slow_with.error.hypot(slow_without.error);
    findings
        .claiming(format!(
            "By permuted epochs, the excess at the end of an epoch is what theory says, at all {} rates: largest \
             difference in standard errors",
            rates.len()
        ))
        .is(without.iter().map(off).fold(0.0, larger), AtMost(5.0))
        .claiming(format!(
            "At rate {rate} permuted epochs end lower than with replacement: difference in standard errors"
        ))
        .is(gap, AtLeast(5.0))
        .measured_with(format!(" ({} against {})", number(slow_without.value), number(slow_with.value)))
        .note(what_cancels(examples, size));
    draw(examples, size, [&with, &without], findings);
    Ok(())
}

fn end_of_epoch(examples: &QuadraticExamples, drawing: DrawMode, rate: f64, settings: &Setup) -> Result<Mean> {
    let size = settings.whole(BATCH);
    // In the flat direction e^-12 of the start is left, in whole epochs: nothing beside the noise.
    let steps = (12.0 / rate / (COUNT / size) as f64).ceil() as usize * (COUNT / size);
    let descent = NoisyDescent { examples, drawing, size, runs: settings.choose(400, 200), seed: settings.seed };
    let ends = descent.excess(&vec![rate; steps])?.pop().context("descent of no step has no end")?;
    Ok(Mean::of(&ends))
}

fn what_cancels(examples: &QuadraticExamples, size: usize) -> String {
    let kept = |size| number(examples.epoch_plateau(0.1, size) / examples.plateau(0.1, size));
    format!(
        "Every epoch without replacement sees each example once, so the errors of its gradients sum to zero: while the \
         parameters hardly move they cancel, and what stays is of order rate^3 instead of rate. At a large rate, or in \
         long epochs, the first batches are forgotten before the last ones come: at rate 0.1 single examples keep {} \
         of the excess of draws with replacement, batches of {size} keep {}.",
        kept(1),
        kept(size),
    )
}

fn draw(examples: &QuadraticExamples, size: usize, [with, without]: [&Plateaus; 2], findings: &mut Findings) {
    let grid = || (0..=40).map(|index| 0.004 * 10_f64.powf(f64::from(index) / 22.0));
    let with_theory: Vec<_> = grid().map(|rate| (rate, examples.plateau(rate, size))).collect();
    let without_theory: Vec<_> = grid().map(|rate| (rate, examples.epoch_plateau(rate, size))).collect();
    let mut chart = Chart::new(Axis::log("learning rate"), Axis::log("mean excess at the end of an epoch"));
    for (name, theory, found) in [("with replacement", with_theory, with), ("permuted epochs", without_theory, without)]
    {
        let interval = |(rate, found): &(f64, Mean)| (*rate, found.interval().0, found.interval().1);
        let points: Vec<_> = found.iter().map(|(rate, found)| (*rate, found.value)).collect();
        chart = chart.dashed(name, &theory).intervals(name, &found.iter().map(interval).collect::<Vec<_>>());
        chart = chart.scatter(name, &points);
    }
    let caption = "Mean excess loss at which mini-batches of 10 of 100 examples stay, measured with 95 % intervals, \
                   and by theory (dashed). Drawn with replacement it falls with the rate, by permuted epochs with \
                   its cube as soon as the rate is small.";
    findings.figure("epochs", "With and without replacement", caption, chart);
}
