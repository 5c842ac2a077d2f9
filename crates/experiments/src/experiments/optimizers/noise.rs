//! Stochastic descent: what looking at one example, a few, or all at a time does.

use super::examples::QuadraticExamples;
use super::settings::{BATCH, RATE};
use super::walks::{by_step, plane};
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
        let mut curves: Vec<Vec<f64>> = Vec::new();
        self.walk(rates, |places| curves.push(places.iter().map(|place| self.examples.excess(*place)).collect()))?;
        Ok(curves)
    }

    /// Shows `see` where every run is, at the start and after every step.
    fn walk(&self, rates: &[f64], mut see: impl FnMut(&[[f64; 2]])) -> Result<()> {
        let stream = |run: usize| Stream::numbered(self.seed, 10_000 + run as u64);
        let mut batches: Vec<Batches> =
            (0..self.runs).map(|run| Batches::new(self.drawing, self.size, COUNT, stream(run))).collect();
        let mut places = vec![START; self.runs];
        let mut walkers = Walkers::new(&Optimizer::Sgd, &places, &Device::flex());
        see(&places);
        for rate in rates {
            let slope = |(place, batches): (&[f64; 2], &mut Batches)| self.examples.gradient(*place, &batches.next());
            let gradients: Vec<_> = places.iter().zip(&mut batches).map(slope).collect();
            walkers = walkers.step(*rate, &gradients);
            places = walkers.places()?;
            see(&places);
        }
        Ok(())
    }
}

/// Single examples and a few, drawn both ways: where the noise keeps them, and how soon they arrive.
pub(super) fn batches(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (rate, few) = (settings.number(RATE), settings.whole(BATCH));
    let (runs, rates) = (settings.choose(1000, 400), vec![rate; settings.choose(1000, 400)]);
    let excess = |drawing, size, runs, rates: &[f64]| {
        NoisyDescent { examples, drawing, size, runs, seed: settings.seed }.excess(rates)
    };
    let mut chart = Chart::new(Axis::linear("step"), Axis::log("mean excess loss").range(1e-4..40.0));
    let mut rows = Vec::new();
    for drawing in [DrawMode::WithReplacement, DrawMode::WithoutReplacement] {
        let both = [excess(drawing, 1, runs, &rates)?, excess(drawing, few, runs, &rates)?];
        for (size, curves) in [1, few].into_iter().zip(&both) {
            rows.push(row(drawn(drawing), size, curves));
            if drawing == DrawMode::WithReplacement {
                plateau(examples.plateau(rate, size), size, curves, findings);
                chart = chart.line(&format!("examples per step: {size}"), &by_step(means(&curves[..=SHOWN])));
                chart = chart.dashed("", &by_step(examples.expected(START, &rates[..SHOWN], size)));
            }
        }
        fewer_steps(drawing, few, &both, findings);
    }
    let all = excess(DrawMode::WithoutReplacement, COUNT, 2, &rates[..100])?;
    rows.push(row("all", COUNT, &all));
    findings.table(
        format!("Steps until the excess loss is at most 0.02, at rate {rate}"),
        &["drawn", "examples per step", "mean steps ± 95 %", "gradients looked at", "excess at the end"],
        rows,
    );
    let caption = "Mean excess loss of many runs at rate 0.1, drawn with replacement; dashed the exact expectation. \
                   More examples per step end at a lower plateau, in inverse proportion to their number.";
    let chart = chart.line("all 100", &by_step(means(&all[..=SHOWN])));
    findings.figure("batch_sizes", "Excess loss by batch size", caption, chart);
    Ok(())
}

/// Steps that are drawn.
const SHOWN: usize = 80;

fn drawn(drawing: DrawMode) -> &'static str {
    match drawing {
        DrawMode::WithReplacement => "with replacement",
        DrawMode::WithoutReplacement => "by permuted epochs",
    }
}

/// By step, the mean over the runs.
pub(super) fn means(curves: &[Vec<f64>]) -> impl Iterator<Item = f64> {
    curves.iter().map(|step| Mean::of(step).value)
}

/// Every run's first step with an excess of at most [`ARRIVED`]; a run that never arrives counts with all its steps.
fn steps_to_arrival(curves: &[Vec<f64>]) -> Vec<f64> {
    let first = |run: usize| curves.iter().position(|excess| excess[run] <= ARRIVED).unwrap_or(curves.len());
    (0..curves[0].len()).map(|run| first(run) as f64).collect()
}

/// The mean over the last tenth of the steps, over all runs.
fn end(curves: &[Vec<f64>]) -> Mean {
    let last = &curves[curves.len() - curves.len() / 10..];
    let end = |run: usize| last.iter().map(|excess| excess[run]).sum::<f64>() / last.len() as f64;
    Mean::over((0..curves[0].len()).map(end))
}

fn row(drawn: &str, size: usize, curves: &[Vec<f64>]) -> Vec<String> {
    let steps = Mean::of(&steps_to_arrival(curves));
    row![drawn, size, steps, steps.value * size as f64, end(curves).value]
}

fn plateau(theory: f64, size: usize, curves: &[Vec<f64>], findings: &mut Findings) {
    let found = end(curves);
    findings
        .claiming(format!("Batches of {size} drawn with replacement stay above the minimum as theory says: excess"))
        // Five standard errors: the excess is skew, so four are missed more often than a normal distribution says.
        .is(found.value, Near(theory, 5.0 * found.error))
        .measured_with(format!(" ({} runs)", found.count));
}

fn fewer_steps(drawing: DrawMode, few: usize, [one, some]: &[Vec<Vec<f64>>; 2], findings: &mut Findings) {
    let (one, some) = (steps_to_arrival(one), steps_to_arrival(some));
    let difference = Mean::over(one.iter().zip(&some).map(|(one, some)| one - some));
    findings
        .claiming(format!(
            "Mini-batches of {few}, {}, need fewer steps: lower end of the difference's 95 % interval",
            drawn(drawing)
        ))
        .is(difference.interval().0, Above(0.0))
        .measured_with(format!(" (difference {})", number(difference.value)));
}

/// The pictures of the notes: all examples against single ones, and these against a few.
pub(super) fn paths(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (rates, few) = ([settings.number(RATE); 60], settings.whole(BATCH));
    let walk = |size| -> Result<Vec<(f64, f64)>> {
        let mut path: Vec<(f64, f64)> = Vec::new();
        NoisyDescent { examples, drawing: DrawMode::WithoutReplacement, size, runs: 1, seed: settings.seed }
            .walk(&rates, |places| path.extend(places.iter().copied().map(<(f64, f64)>::from)))?;
        Ok(path)
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
