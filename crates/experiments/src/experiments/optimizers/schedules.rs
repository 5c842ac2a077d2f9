//! Learning rates that fall, or do not: what becomes of the noise of single examples.

use super::examples::QuadraticExamples;
use super::noise::{COUNT, NoisyDescent, START};
use super::settings::RATE;
use super::walks::by_step;
use crate::batches::DrawMode;
use crate::prelude::*;
use std::f64::consts::PI;
use trainer::schedule::learning_rate;
use zoo_recipe::Schedule;

const STEPS: usize = 300;

/// The part of the first rate that is left at a step.
type PartLeft = fn(usize) -> f64;

/// Constant, in three steps, with five half-lives, and half a cosine down to 0: as the zoo's recipes have them, and by formula.
fn schedules(learning_rate: f64) -> [(&'static str, Schedule, PartLeft); 4] {
    let of_an_epoch = 0.5_f64.powf(5.0 * COUNT as f64 / STEPS as f64);
    let step = Schedule::Step { learning_rate, warmup_steps: 0, factor: 0.3, every_epochs: 1 };
    let exponential = Schedule::Exponential { learning_rate, warmup_steps: 0, factor: of_an_epoch };
    let cosine = Schedule::Cosine { learning_rate, warmup_steps: 0, final_learning_rate: 0.0 };
    [
        ("constant", Schedule::Constant { learning_rate, warmup_steps: 0 }, |_| 1.0),
        ("in steps", step, |step| 0.3_f64.powi((step / COUNT) as i32)),
        ("exponential", exponential, |step| 0.5_f64.powf(5.0 * step as f64 / STEPS as f64)),
        ("half a cosine", cosine, |step| 0.5 + 0.5 * (PI * step as f64 / (STEPS - 1) as f64).cos()),
    ]
}

/// Descent at the zoo's rates against the expectation at the formulas' ones.
pub(super) fn fall(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let first = settings.number(RATE);
    // Nearly the square of a normal number, an excess has a standard deviation of 1.4 times its mean: this is more than four standard
    // errors of so many runs.
    let (runs, tolerance) = settings.choose((16_000, 0.05), (2000, 0.15));
    let axis = Axis::linear("learning rate").range(0.0..larger(0.11, 1.05 * first));
    let mut rate_chart = Chart::new(Axis::linear("step"), axis).heading("rate");
    let mut excess_chart = Chart::new(Axis::linear("step"), Axis::log("mean excess loss")).heading("excess");
    for (name, schedule, part_left) in schedules(first) {
        let rates: Vec<f64> = (0..STEPS).map(|step| learning_rate(&schedule, step, COUNT, STEPS)).collect();
        let drawing = DrawMode::WithReplacement;
        let curves = NoisyDescent { examples, drawing, size: 1, runs, seed: settings.seed }.excess(&rates)?;
        let by_formula: Vec<f64> = (0..STEPS).map(|step| first * part_left(step)).collect();
        let expected = examples.expected(START, &by_formula, 1);
        findings
            .claiming(format!(
                "Single examples at a rate {name}: mean excess after {STEPS} steps is what theory expects"
            ))
            .is(Mean::of(&curves[STEPS]).value, Near(expected[STEPS], tolerance * expected[STEPS]))
            .measured_with(format!(" ({runs} runs)"));
        rate_chart = rate_chart.line(name, &by_step(rates));
        let means = curves.iter().map(|step| Mean::of(step).value);
        excess_chart = excess_chart.line(name, &by_step(means)).dashed("", &by_step(expected));
    }
    let caption = "Four schedules for single examples, and the mean excess loss they lead to; dashed the exact \
                   expectation. At a constant rate the noise keeps the excess where it is; it falls with the rate.";
    findings.panels("schedules", "Learning-rate schedules", caption, 2, vec![rate_chart, excess_chart]);
    Ok(())
}
