//! Stochastic descent: what looking at one example, a few, or all at a time does.

use super::examples::QuadraticExamples;
use super::settings::{BATCH, RATE};
use super::walks::{plane, points};
use crate::batches::{Batches, DrawMode};
use crate::prelude::*;
use zoo_recipe::Optimizer;

pub(super) const COUNT: usize = 100;
pub(super) const START: [f64; 2] = [4.0, 3.0];
/// The excess that counts as arrived. Single examples' noise lies far above it, so they arrive by chance.
const ARRIVED: f64 = 0.02;

/// Runs of stochastic descent side by side.
pub(super) struct NoisyDescent<'a> {
    pub(super) examples: &'a QuadraticExamples,
    pub(super) drawing: DrawMode,
    pub(super) size: usize,
    pub(super) runs: usize,
    pub(super) seed: u64,
}

impl NoisyDescent<'_> {
    /// The excess loss of every run after every step at these rates, the start included: `[step][run]`.
    pub(super) fn excess(&self, rates: &[f64]) -> Result<Vec<Vec<f64>>> {
        let excess = |place: &[f64; 2]| self.examples.excess(*place);
        Ok(self.walk(rates)?.iter().map(|places| places.iter().map(excess).collect()).collect())
    }

    /// Where every run is, at the start and after every step.
    fn walk(&self, rates: &[f64]) -> Result<Vec<Vec<[f64; 2]>>> {
        let stream = |run: usize| Stream::numbered(self.seed, 10_000 + run as u64);
        let batches = |run| Batches::new(self.drawing, self.size, COUNT, stream(run));
        let mut batches: Vec<Batches> = (0..self.runs).map(batches).collect();
        let mut walk = vec![vec![START; self.runs]];
        let mut walkers = Walkers::new(&Optimizer::Sgd, &walk[0], &Device::flex());
        for (step, rate) in rates.iter().enumerate() {
            let slope = |(place, batches): (&[f64; 2], &mut Batches)| self.examples.gradient(*place, &batches.next());
            let gradients: Vec<_> = walk[step].iter().zip(&mut batches).map(slope).collect();
            walkers = walkers.step(*rate, &gradients);
            walk.push(walkers.places()?);
        }
        Ok(walk)
    }
}

/// Single examples and a few, drawn both ways: where the noise keeps them, and how soon they arrive.
pub(super) fn batches(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (few, seed, runs) = (settings.whole(BATCH), settings.seed, settings.choose(1000, 400));
    let rates = vec![settings.number(RATE); settings.choose(1000, 400)];
    for drawing in [DrawMode::WithReplacement, DrawMode::WithoutReplacement] {
        let excess = |size| NoisyDescent { examples, drawing, size, runs, seed }.excess(&rates);
        let (one, some) = (excess(1)?, excess(few)?);
        let mut name = "by permuted epochs";
        if drawing == DrawMode::WithReplacement {
            name = "with replacement";
            for (size, curves) in [(1, &one), (few, &some)] {
                plateau(&examples.expected(START, &rates, size), size, curves, findings);
            }
        }
        let arrivals = steps_to_arrival(&one).into_iter().zip(steps_to_arrival(&some));
        let difference = Mean::over(arrivals.map(|(one, some)| one - some));
        findings
            .claiming(format!(
                "Mini-batches of {few}, {name}, need fewer steps: lower end of the difference's 95 % interval"
            ))
            .is(difference.interval().0, Above(0.0))
            .measured_with(format!(" (difference {})", number(difference.value)));
    }
    Ok(())
}

/// Every run's first step with an excess of at most [`ARRIVED`]; a run that never arrives counts with all its steps.
fn steps_to_arrival(curves: &[Vec<f64>]) -> Vec<f64> {
    let first = |run: usize| curves.iter().position(|excess| excess[run] <= ARRIVED).unwrap_or(curves.len());
    (0..curves[0].len()).map(|run| first(run) as f64).collect()
}

/// The mean over the last tenth of the steps, over all runs, against the expectation.
fn plateau(expected: &[f64], size: usize, curves: &[Vec<f64>], findings: &mut Findings) {
    let first = curves.len() - curves.len() / 10;
    let count = (curves.len() - first) as f64;
    let end = |run: usize| curves[first..].iter().map(|excess| excess[run]).sum::<f64>() / count;
    let found = Mean::over((0..curves[0].len()).map(end));
    let theory = expected[first..].iter().sum::<f64>() / count;
    findings
        .claiming(format!("Batches of {size} drawn with replacement stay above the minimum as theory says: excess"))
        // Five standard errors: the excess is skew, so four are missed more often than a normal distribution says.
        .is(found.value, Near(theory, 5.0 * found.error))
        .measured_with(format!(" ({} runs)", found.count));
}

/// By permuted epochs every example counts once in an epoch, so the errors of its gradients sum to zero: while the parameters hardly move,
/// as at a small rate, they cancel.
pub(super) fn permuted_epochs(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (rate, size, runs) = (settings.choose(0.005, 0.03), settings.whole(BATCH), settings.choose(400, 200));
    // In the flat direction e^-12 of the start is left, in whole epochs: nothing beside the noise.
    let steps = (12.0 / rate / (COUNT / size) as f64).ceil() as usize * (COUNT / size);
    let end_of_epoch = |drawing| -> Result<Mean> {
        let descent = NoisyDescent { examples, drawing, size, runs, seed: settings.seed };
        Ok(Mean::of(&descent.excess(&vec![rate; steps])?[steps]))
    };
    let (with, without) = (end_of_epoch(DrawMode::WithReplacement)?, end_of_epoch(DrawMode::WithoutReplacement)?);
    findings
        .claiming(format!(
            "At rate {rate} permuted epochs end lower than with replacement: difference in standard errors"
        ))
        .is((with.value - without.value) / with.error.hypot(without.error), AtLeast(5.0))
        .measured_with(format!(" ({} against {})", number(without.value), number(with.value)));
    Ok(())
}

/// The pictures of the notes: all examples against single ones, and these against a few.
pub(super) fn paths(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (rates, few) = ([settings.number(RATE); 60], settings.whole(BATCH));
    let walk = |size| -> Result<Vec<(f64, f64)>> {
        let drawing = DrawMode::WithoutReplacement;
        let descent = NoisyDescent { examples, drawing, size, runs: 1, seed: settings.seed };
        Ok(points(&descent.walk(&rates)?.concat()))
    };
    let (one, some, all) = (walk(1)?, walk(few)?, walk(COUNT)?);
    let levels: Vec<f64> = (-1..6).map(|power| 8.0 * 3.0_f64.powi(-power)).collect();
    let sides = [("first parameter", -1.5..4.5), ("second parameter", -3.0..4.0)];
    let plane = plane(sides, &levels, |x, y| examples.excess([x, y])).path("1 example", &one);
    let against = |few: &str| format!("one example against {few} per step");
    let charts = vec![
        plane.clone().heading(&against("all")).path("all 100", &all),
        plane.heading(&against("a few")).path(&format!("{few} examples"), &some),
    ];
    let caption = "Sixty steps at rate 0.1 down the mean of 100 quadratic losses, curvatures 1 and 5. On all \
                   examples descent goes straight to the minimum; on single ones it comes near just as fast and then \
                   wanders; mini-batches of ten wander less and arrive in fewer steps.";
    findings.panels("stochastic_paths", "Paths of stochastic descent", caption, 2, charts);
    Ok(())
}
