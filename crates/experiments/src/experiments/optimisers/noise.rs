//! Stochastic descent: what looking at one example, a few, or all at a time does.

use anyhow::Result;
use trainer::schedule::learning_rate;
use zoo_recipe::{Optimizer, Schedule};

use super::examples::{Batches, Drawing, Examples};
use crate::descent::Walkers;
use crate::random::Random;
use crate::statistics::Mean;
use crate::{Check, Findings, Settings, number};

const COUNT: usize = 100;
const START: [f64; 2] = [4.0, 3.0];
const RATE: f64 = 0.1;
/// The excess that counts as arrived. Single examples' noise lies far above it, so they arrive by chance.
const ARRIVED: f64 = 0.02;

/// How one experiment of many runs is set up.
struct Descent {
    drawing: Drawing,
    size: usize,
    schedule: Schedule,
    steps: usize,
}

const CONSTANT: Schedule = Schedule::Constant { learning_rate: RATE, warmup_steps: 0 };
const COSINE: Schedule = Schedule::Cosine { learning_rate: RATE, warmup_steps: 0, final_learning_rate: 0.0 };

impl Descent {
    /// The excess loss of every run after every step, the start included: `[step][run]`.
    fn run(&self, examples: &Examples, runs: usize, settings: &Settings) -> Result<Vec<Vec<f64>>> {
        let stream = |run: usize| Random::new(settings.seed, 10_000 + run as u64);
        let mut batches: Vec<Batches> =
            (0..runs).map(|run| Batches::new(self.drawing, self.size, examples.len(), stream(run))).collect();
        let mut walkers = Walkers::new(&Optimizer::Sgd, &vec![START; runs]);
        let mut places = vec![START; runs];
        let mut curves = vec![vec![examples.excess(START); runs]];
        for step in 0..self.steps {
            let gradients: Vec<_> = places
                .iter()
                .zip(&mut batches)
                .map(|(place, batches)| examples.gradient(*place, &batches.next()))
                .collect();
            walkers = walkers.step(learning_rate(&self.schedule, step, 1, self.steps), &gradients);
            places = walkers.places()?;
            curves.push(places.iter().map(|place| examples.excess(*place)).collect());
        }
        Ok(curves)
    }
}

pub(super) fn batches(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let examples = Examples::draw(COUNT, &mut Random::new(settings.seed, 9_000));
    let runs = settings.choose(400, 100);
    let mut rows = Vec::new();
    for drawing in [Drawing::WithReplacement, Drawing::WithoutReplacement] {
        let mut arrivals = Vec::new();
        for size in [1, 10] {
            let descent = Descent { drawing, size, schedule: CONSTANT, steps: settings.choose(1000, 400) };
            let curves = descent.run(&examples, runs, settings)?;
            if drawing == Drawing::WithReplacement {
                plateau(&examples, size, &curves, settings, findings);
            }
            arrivals.push(steps_to_arrival(&curves));
            rows.push(row(drawing, size, &curves));
        }
        fewer_steps(drawing, &arrivals, findings);
    }
    let all = Descent { drawing: Drawing::WithoutReplacement, size: COUNT, schedule: CONSTANT, steps: 100 };
    rows.push(row(Drawing::WithoutReplacement, COUNT, &all.run(&examples, 2, settings)?));
    findings.table(
        "Steps until the excess loss is at most 0.02, at rate 0.1",
        &["drawn", "examples a step", "mean steps ± 95 %", "gradients looked at", "excess at the end"],
        rows,
    );
    epochs(&examples, runs, settings, findings)?;
    schedules(&examples, runs, settings, findings)
}

/// Every run's first step with an excess of at most [`ARRIVED`]; a run that never arrives counts with all its steps.
fn steps_to_arrival(curves: &[Vec<f64>]) -> Vec<f64> {
    let first = |run: usize| curves.iter().position(|excess| excess[run] <= ARRIVED).unwrap_or(curves.len());
    (0..curves[0].len()).map(|run| first(run) as f64).collect()
}

/// The mean over the last tenth of the steps, by run.
fn ends(curves: &[Vec<f64>]) -> Vec<f64> {
    let last = &curves[curves.len() - curves.len() / 10..];
    (0..curves[0].len()).map(|run| last.iter().map(|excess| excess[run]).sum::<f64>() / last.len() as f64).collect()
}

fn row(drawing: Drawing, size: usize, curves: &[Vec<f64>]) -> Vec<String> {
    let (steps, end) = (Mean::of(&steps_to_arrival(curves)), Mean::of(&ends(curves)));
    let drawn = match drawing {
        _ if size == COUNT => "all",
        Drawing::WithReplacement => "with replacement",
        Drawing::WithoutReplacement => "by permuted epochs",
    };
    let reach = steps.interval().1 - steps.value;
    vec![
        drawn.into(),
        size.to_string(),
        format!("{} ± {}", number(steps.value), number(reach)),
        number(steps.value * size as f64),
        number(end.value),
    ]
}

fn plateau(examples: &Examples, size: usize, curves: &[Vec<f64>], settings: &Settings, findings: &mut Findings) {
    let found = Mean::of(&ends(curves));
    // Four standard errors: one seed in 16,000 misses it.
    let check = Check::Near { expected: examples.plateau(RATE, size), tolerance: 4.0 * found.error };
    let sentence =
        format!("Batches of {size} drawn with replacement stay above the minimum by what theory says: excess loss");
    findings.claim(&sentence, found.value, check).measured_with(&format!(" ({} runs)", settings.choose(400, 100)));
}

fn fewer_steps(drawing: Drawing, arrivals: &[Vec<f64>], findings: &mut Findings) {
    let differences: Vec<f64> = arrivals[0].iter().zip(&arrivals[1]).map(|(one, ten)| one - ten).collect();
    let difference = Mean::of(&differences);
    let drawn = match drawing {
        Drawing::WithReplacement => "with replacement",
        Drawing::WithoutReplacement => "by permuted epochs",
    };
    let sentence = format!(
        "Mini-batches of 10, {drawn}, need fewer steps than single examples: lower end of the difference's 95 % interval"
    );
    findings
        .claim(&sentence, difference.interval().0, Check::AtLeast(0.0))
        .measured_with(&format!(" (difference {})", number(difference.value)));
}

/// At the end of an epoch that has seen every example once, most of the noise has cancelled.
fn epochs(examples: &Examples, runs: usize, settings: &Settings, findings: &mut Findings) -> Result<()> {
    // Slow enough that the pulls of one epoch act on nearly the same place.
    let schedule = Schedule::Constant { learning_rate: RATE / 10.0, warmup_steps: 0 };
    let end = |drawing| -> Result<Vec<f64>> {
        let descent = Descent { drawing, size: 10, schedule, steps: settings.choose(1000, 600) };
        Ok(descent.run(examples, runs, settings)?.pop().unwrap_or_default())
    };
    let (with, without) = (end(Drawing::WithReplacement)?, end(Drawing::WithoutReplacement)?);
    let difference = Mean::of(&with.iter().zip(&without).map(|(with, without)| with - without).collect::<Vec<_>>());
    findings
        .claim("At rate 0.01 permuted epochs end lower than draws with replacement: lower end of the difference's 95 % interval", difference.interval().0, Check::AtLeast(0.0))
        .measured_with(&format!(" ({} against {})", number(Mean::of(&without).value), number(Mean::of(&with).value)));
    Ok(())
}

fn schedules(examples: &Examples, runs: usize, settings: &Settings, findings: &mut Findings) -> Result<()> {
    let end = |schedule| -> Result<Mean> {
        let descent =
            Descent { drawing: Drawing::WithReplacement, size: 1, schedule, steps: settings.choose(1000, 300) };
        Ok(Mean::of(&descent.run(examples, runs, settings)?.pop().unwrap_or_default()))
    };
    let (constant, cosine) = (end(CONSTANT)?, end(COSINE)?);
    findings
        .claim(
            "A falling rate quiets the noise: last excess under a cosine schedule over that at a constant rate",
            cosine.value / constant.value,
            Check::AtMost(0.1),
        )
        .measured_with(&format!(" ({} against {})", number(cosine.value), number(constant.value)));
    Ok(())
}
