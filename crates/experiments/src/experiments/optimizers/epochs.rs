//! Drawing with and without replacement: what of the noise cancels in an epoch.

use super::examples::QuadraticExamples;
use super::noise::{COUNT, NoisyDescent};
use super::settings::BATCH;
use crate::batches::DrawMode;
use crate::prelude::*;
use zoo_recipe::Schedule;

/// The mean excess at the end of an epoch, measured and by theory.
struct Plateau {
    rate: f64,
    found: Mean,
    theory: f64,
}

/// Both drawings at falling rates, each against its own theory, and both theories against each other.
pub(super) fn permuted(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let examples = QuadraticExamples::draw(COUNT, &mut Stream::numbered(settings.seed, 9_000));
    let rates = settings.choose(vec![0.2, 0.1, 0.05, 0.02, 0.01, 0.005], vec![0.1, 0.03]);
    let measure = |drawing| -> Result<Vec<Plateau>> {
        rates.iter().map(|rate| plateau(&examples, drawing, *rate, settings)).collect()
    };
    let (with, without) = (measure(DrawMode::WithReplacement)?, measure(DrawMode::WithoutReplacement)?);
    agree(&with, "With replacement", findings);
    agree(&without, "By permuted epochs", findings);
    let size = settings.whole(BATCH);
    compare(&examples, size, &with, &without, findings)?;
    draw(&examples, size, &with, &without, findings);
    Ok(())
}

fn plateau(examples: &QuadraticExamples, drawing: DrawMode, rate: f64, settings: &Setup) -> Result<Plateau> {
    let size = settings.whole(BATCH);
    // In the flat direction e^-12 of the start is left, in whole epochs: nothing beside the noise.
    let steps = (12.0 / rate / (COUNT / size) as f64).ceil() as usize * (COUNT / size);
    let schedule = Schedule::Constant { learning_rate: rate, warmup_steps: 0 };
    let descent = NoisyDescent { drawing, size, schedule, steps };
    let ends =
        descent.run(examples, settings.choose(400, 200), settings)?.pop().context("descent of no step has no end")?;
    let theory = match drawing {
        DrawMode::WithReplacement => examples.plateau(rate, size),
        DrawMode::WithoutReplacement => examples.epoch_plateau(rate, size),
    };
    Ok(Plateau { rate, found: Mean::of(&ends), theory })
}

fn agree(plateaus: &[Plateau], drawn: &str, findings: &mut Findings) {
    let apart = plateaus.iter().map(|one| (one.found.value - one.theory).abs() / one.found.error).fold(0.0, larger);
    findings
        .claiming(format!(
            "{drawn}, the excess at the end of an epoch is what theory says, at all {} rates: largest difference in \
         standard errors",
            plateaus.len()
        ))
        .is(apart, AtMost(5.0));
}

fn compare(
    examples: &QuadraticExamples,
    size: usize,
    with: &[Plateau],
    without: &[Plateau],
    findings: &mut Findings,
) -> Result<()> {
    let (slow_with, slow_without) = with.last().zip(without.last()).context("there is no rate to compare at")?;
    let gap = slow_with.found.value - slow_without.found.value;
    let error = slow_with.found.error.hypot(slow_without.found.error);
    findings
        .claiming(format!(
            "At rate {} permuted epochs end lower than with replacement: difference in standard errors",
            slow_with.rate
        ))
        .is(gap / error, AtLeast(5.0))
        .measured_with(format!(" ({} against {})", number(slow_without.found.value), number(slow_with.found.value)))
        .note(what_cancels(examples, size));
    tabulate(size, with, without, findings);
    Ok(())
}

fn what_cancels(examples: &QuadraticExamples, size: usize) -> String {
    format!(
        "Every epoch without replacement sees each example once, so the errors of its gradients sum to zero: if the \
         parameters hardly move within an epoch they cancel, and what stays is of order rate^3 instead of rate. At a \
         large rate, or in long epochs, the parameters forget the first batches before the last ones come, and \
         little cancels: at rate 0.1 single examples keep {} of the excess of draws with replacement, batches of \
         {size} keep {}. So the notes' two ways differ where the rate times the number of steps an epoch times the \
         curvature is below about 1, and hardly elsewhere.",
        number(examples.epoch_plateau(0.1, 1) / examples.plateau(0.1, 1)),
        number(examples.epoch_plateau(0.1, size) / examples.plateau(0.1, size)),
    )
}

fn tabulate(size: usize, with: &[Plateau], without: &[Plateau], findings: &mut Findings) {
    let row =
        |(with, without): (&Plateau, &Plateau)| row![with.rate, with.found, with.theory, without.found, without.theory];
    findings.table(
        format!("Mean excess at the end of an epoch of batches of {size}, with 95 % intervals"),
        &["rate", "with replacement", "theory", "permuted epochs", "theory"],
        with.iter().zip(without).map(row).collect(),
    );
}

fn draw(examples: &QuadraticExamples, size: usize, with: &[Plateau], without: &[Plateau], findings: &mut Findings) {
    let grid: Vec<f64> = (0..=40).map(|index| 0.004 * 10_f64.powf(f64::from(index) / 22.0)).collect();
    let curve = |plateau: &dyn Fn(f64) -> f64| grid.iter().map(|rate| (*rate, plateau(*rate))).collect::<Vec<_>>();
    let points = |all: &[Plateau]| all.iter().map(|one| (one.rate, one.found.value)).collect::<Vec<_>>();
    let intervals = |all: &[Plateau]| -> Vec<_> {
        all.iter().map(|one| (one.rate, one.found.interval().0, one.found.interval().1)).collect()
    };
    let chart = Chart::new(Axis::log("learning rate"), Axis::log("mean excess at the end of an epoch"))
        .dashed("with replacement", &curve(&|rate| examples.plateau(rate, size)))
        .dashed("permuted epochs", &curve(&|rate| examples.epoch_plateau(rate, size)))
        .intervals("with replacement", &intervals(with))
        .intervals("permuted epochs", &intervals(without))
        .scatter("with replacement", &points(with))
        .scatter("permuted epochs", &points(without));
    let caption = "Mean excess loss at which mini-batches of 10 of 100 examples stay, measured with 95 % intervals, \
                   and by theory (dashed). Drawn with replacement it falls with the rate, by permuted epochs with \
                   its cube as soon as the rate is small.";
    findings.figure("epochs", "With and without replacement", caption, chart);
}
