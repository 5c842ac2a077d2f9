//! Stochastic descent: what looking at one example, a few, or all at a time does.

use super::examples::QuadraticExamples;
use super::settings::{BATCH, RATE};
use crate::batches::{Batches, DrawMode};
use crate::prelude::*;
use trainer::schedule::learning_rate;
use zoo_recipe::{Optimizer, Schedule};

pub(super) const COUNT: usize = 100;
pub(super) const START: [f64; 2] = [4.0, 3.0];
/// The excess that counts as arrived. Single examples' noise lies far above it, so they arrive by chance.
const ARRIVED: f64 = 0.02;

/// How one experiment of many runs is set up.
pub(super) struct NoisyDescent {
    pub(super) drawing: DrawMode,
    pub(super) size: usize,
    pub(super) schedule: Schedule,
    pub(super) steps: usize,
}

fn constant(learning_rate: f64) -> Schedule {
    Schedule::Constant { learning_rate, warmup_steps: 0 }
}

impl NoisyDescent {
    /// The excess loss of every run after every step, the start included: `[step][run]`.
    pub(super) fn run(&self, examples: &QuadraticExamples, runs: usize, settings: &Setup) -> Result<Vec<Vec<f64>>> {
        let walks = self.walks(examples, runs, settings)?;
        Ok(walks.iter().map(|places| places.iter().map(|place| examples.excess(*place)).collect()).collect())
    }

    /// The learning rates of all steps.
    pub(super) fn rates(&self) -> Vec<f64> {
        (0..self.steps).map(|step| learning_rate(&self.schedule, step, COUNT, self.steps)).collect()
    }

    /// Where every run is after every step: `[step][run]`.
    fn walks(&self, examples: &QuadraticExamples, runs: usize, settings: &Setup) -> Result<Vec<Vec<[f64; 2]>>> {
        let stream = |run: usize| Stream::numbered(settings.seed, 10_000 + run as u64);
        let mut batches: Vec<Batches> =
            (0..runs).map(|run| Batches::new(self.drawing, self.size, examples.len(), stream(run))).collect();
        let mut walkers = Walkers::new(&Optimizer::Sgd, &vec![START; runs], &Device::flex());
        let mut places = vec![START; runs];
        let mut walks = vec![places.clone()];
        for rate in self.rates() {
            let gradients: Vec<_> = places
                .iter()
                .zip(&mut batches)
                .map(|(place, batches)| examples.gradient(*place, &batches.next()))
                .collect();
            walkers = walkers.step(rate, &gradients);
            places = walkers.places()?;
            walks.push(places.clone());
        }
        Ok(walks)
    }
}

pub(super) fn batches(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let examples = QuadraticExamples::draw(COUNT, &mut Stream::numbered(settings.seed, 9_000));
    let runs = settings.choose(1000, 400);
    let (rate, few) = (settings.number(RATE), settings.whole(BATCH));
    let mut rows = Vec::new();
    for drawing in [DrawMode::WithReplacement, DrawMode::WithoutReplacement] {
        let (mut arrivals, mut stays) = (Vec::new(), Vec::new());
        // Between the two plateaus, in equal ratio to both.
        let level = (examples.plateau(rate, 1) * examples.plateau(rate, few)).sqrt();
        for size in [1, few] {
            let descent = NoisyDescent { drawing, size, schedule: constant(rate), steps: settings.choose(1000, 400) };
            let curves = descent.run(&examples, runs, settings)?;
            if drawing == DrawMode::WithReplacement {
                plateau(&examples, size, &curves, settings, findings);
            }
            arrivals.push(steps_to_arrival(&curves));
            stays.push(stays_below(&curves, level));
            rows.push(row(drawing, size, &curves));
        }
        fewer_steps(drawing, few, &arrivals, findings);
        let text = |step: Option<usize>| step.map_or("never".into(), |step| format!("from step {step}"));
        findings
            .claiming(format!("The mean excess stays below {}: of batches of {few}, of single examples", number(level)))
            .comes_out(
                "from some step on; never",
                format!("{}; {}", text(stays[1]), text(stays[0])),
                stays[1].is_some() && stays[0].is_none(),
            )
            .note(format!(
                "Fewer steps have their price: to the first excess below {ARRIVED} batches of {few} compute {} \
                 gradients, single examples {}, though these leave again at once.",
                number(few as f64 * Mean::of(&arrivals[1]).value),
                number(Mean::of(&arrivals[0]).value),
            ));
    }
    let schedule = constant(rate);
    let all = NoisyDescent { drawing: DrawMode::WithoutReplacement, size: COUNT, schedule, steps: 100 };
    rows.push(row(DrawMode::WithoutReplacement, COUNT, &all.run(&examples, 2, settings)?));
    findings.table(
        format!("Steps until the excess loss is at most 0.02, at rate {rate}"),
        &["drawn", "examples per step", "mean steps ± 95 %", "gradients looked at", "excess at the end"],
        rows,
    );
    paths(&examples, settings, findings)?;
    curves(&examples, runs, settings, findings)?;
    schedules(&examples, runs, settings, findings)
}

/// Every run's first step with an excess of at most [`ARRIVED`]; a run that never arrives counts with all its steps.
fn steps_to_arrival(curves: &[Vec<f64>]) -> Vec<f64> {
    let first = |run: usize| curves.iter().position(|excess| excess[run] <= ARRIVED).unwrap_or(curves.len());
    (0..curves[0].len()).map(|run| first(run) as f64).collect()
}

/// The step from which the mean excess stays below a level; `None` if it is above at the end.
fn stays_below(curves: &[Vec<f64>], level: f64) -> Option<usize> {
    let from = curves.iter().rposition(|step| Mean::of(step).value > level).map_or(0, |last| last + 1);
    (from < curves.len()).then_some(from)
}

/// The mean over the last tenth of the steps, by run.
fn ends(curves: &[Vec<f64>]) -> Vec<f64> {
    let last = &curves[curves.len() - curves.len() / 10..];
    (0..curves[0].len()).map(|run| last.iter().map(|excess| excess[run]).sum::<f64>() / last.len() as f64).collect()
}

fn row(drawing: DrawMode, size: usize, curves: &[Vec<f64>]) -> Vec<String> {
    let (steps, end) = (Mean::of(&steps_to_arrival(curves)), Mean::of(&ends(curves)));
    let drawn = match drawing {
        _ if size == COUNT => "all",
        DrawMode::WithReplacement => "with replacement",
        DrawMode::WithoutReplacement => "by permuted epochs",
    };
    let reach = steps.interval().1 - steps.value;
    row![drawn, size, format!("{} ± {}", number(steps.value), number(reach)), steps.value * size as f64, end.value]
}

fn plateau(examples: &QuadraticExamples, size: usize, curves: &[Vec<f64>], settings: &Setup, findings: &mut Findings) {
    let found = Mean::of(&ends(curves));
    // Five standard errors: the excess is skew, so four are missed more often than a normal distribution says.
    let check = Near(examples.plateau(settings.number(RATE), size), 5.0 * found.error);
    findings
        .claiming(format!("Batches of {size} drawn with replacement stay above the minimum as theory says: excess"))
        .is(found.value, check)
        .measured_with(format!(" ({} runs)", settings.choose(1000, 400)));
}

fn fewer_steps(drawing: DrawMode, few: usize, arrivals: &[Vec<f64>], findings: &mut Findings) {
    let differences: Vec<f64> = arrivals[0].iter().zip(&arrivals[1]).map(|(one, few)| one - few).collect();
    let difference = Mean::of(&differences);
    let drawn = match drawing {
        DrawMode::WithReplacement => "with replacement",
        DrawMode::WithoutReplacement => "by permuted epochs",
    };
    findings
        .claiming(format!(
            "Mini-batches of {few}, {drawn}, need fewer steps: lower end of the difference's 95 % interval"
        ))
        .is(difference.interval().0, Above(0.0))
        .measured_with(format!(" (difference {})", number(difference.value)));
}

/// The pictures of the notes: all examples against single ones, and these against a few.
fn paths(examples: &QuadraticExamples, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (schedule, size_of_few) = (constant(settings.number(RATE)), settings.whole(BATCH));
    let walk = |size| -> Result<Vec<(f64, f64)>> {
        let descent = NoisyDescent { drawing: DrawMode::WithoutReplacement, size, schedule, steps: 60 };
        let walks = descent.walks(examples, 1, settings)?;
        Ok(walks.iter().map(|places| (places[0][0], places[0][1])).collect())
    };
    let (one, few, all) = (walk(1)?, walk(size_of_few)?, walk(COUNT)?);
    let (x, y) = (-1.5..4.5, -3.0..4.0);
    let field = Field::sample(x.clone(), y.clone(), [60, 60], |x, y| examples.excess([x, y]));
    let levels: Vec<f64> = (-1..6).map(|power| 8.0 * 3.0_f64.powi(-power)).collect();
    let plane = |heading| {
        let axis = |name, range: &std::ops::Range<f64>| Axis::linear(name).range(range.clone());
        Chart::new(axis("first parameter", &x), axis("second parameter", &y)).heading(heading).contours(&field, &levels)
    };
    let charts = vec![
        plane("all examples against one per step").path("1 example", &one).path("all 100", &all),
        plane("one example against ten per step")
            .path("1 example", &one)
            .path(&format!("{size_of_few} examples"), &few),
    ];
    let caption = "Sixty steps at rate 0.1 down the mean of 100 quadratic losses, curvatures 1 and 5. On all \
                   examples descent goes straight to the minimum; on single ones it comes near just as fast and then \
                   wanders; mini-batches of ten wander less and arrive in fewer steps.";
    findings.panels("stochastic_paths", "Paths of stochastic descent", caption, 2, charts);
    Ok(())
}

/// The mean excess by step, and by the number of gradients looked at, with what theory expects.
fn curves(examples: &QuadraticExamples, runs: usize, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut by_step =
        Chart::new(Axis::linear("step"), Axis::log("mean excess loss").range(1e-4..40.0)).heading("by step");
    let mut by_work =
        Chart::new(Axis::log("gradients of single examples"), Axis::log("mean excess loss").range(1e-4..40.0))
            .heading("by work");
    let (schedule, few) = (constant(settings.number(RATE)), settings.whole(BATCH));
    let of_few = format!("{few} examples");
    for (name, size) in [("1 example", 1), (of_few.as_str(), few), ("all 100", COUNT)] {
        let drawing = if size == COUNT { DrawMode::WithoutReplacement } else { DrawMode::WithReplacement };
        let descent = NoisyDescent { drawing, size, schedule, steps: 80 };
        let means: Vec<f64> = descent.run(examples, runs, settings)?.iter().map(|step| Mean::of(step).value).collect();
        let points = |per_step: usize| -> Vec<_> {
            means.iter().enumerate().map(|(step, mean)| ((step * per_step) as f64, *mean)).collect()
        };
        by_step = by_step.line(name, &points(1));
        by_work = by_work.line(name, &points(size));
        if size != COUNT {
            by_step = by_step.dashed("", &numbered(&examples.expected(START, &descent.rates(), size)));
        }
    }
    let caption = "Mean excess loss of many runs at rate 0.1, drawn with replacement; dashed the exact expectation. \
                   More examples per step end at a lower plateau, in inverse proportion to their number; single \
                   examples get furthest per gradient at first.";
    findings.panels("batch_sizes", "Excess loss by batch size", caption, 2, vec![by_step, by_work]);
    Ok(())
}

fn numbered(values: &[f64]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(step, value)| (step as f64, *value)).collect()
}

/// Single examples under rates that fall or do not.
fn schedules(examples: &QuadraticExamples, runs: usize, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (steps, rate) = (settings.choose(1000, 300), settings.number(RATE));
    let rates = Axis::linear("learning rate").range(0.0..larger(0.11, 1.05 * rate));
    let mut rate_chart = Chart::new(Axis::linear("step"), rates).heading("rate");
    let mut excess_chart = Chart::new(Axis::linear("step"), Axis::log("mean excess loss")).heading("excess");
    let mut rows = Vec::new();
    for (name, schedule) in rates_by_name(rate, steps) {
        let descent = NoisyDescent { drawing: DrawMode::WithReplacement, size: 1, schedule, steps };
        let curves = descent.run(examples, runs, settings)?;
        let expected = examples.expected(START, &descent.rates(), 1);
        let end = Mean::of(&curves[steps]);
        let sentence =
            format!("Single examples at a rate {name}: mean excess after {steps} steps is what theory expects");
        // Five standard errors: the excess is skew.
        let check = Near(expected[steps], 5.0 * end.error);
        findings.claim(&sentence, end.value, check).measured_with(format!(" ({runs} runs)"));
        rows.push(row![name, end.value, end.half_width(), expected[steps]]);
        rate_chart = rate_chart.line(name, &numbered(&descent.rates()));
        let means: Vec<f64> = curves.iter().map(|step| Mean::of(step).value).collect();
        excess_chart = excess_chart.line(name, &thinned(&means)).dashed("", &thinned(&expected));
    }
    findings.table(
        "Mean excess at the end by schedule, single examples",
        &["rate", "measured", "± 95 %", "theory"],
        rows,
    );
    let caption = "Four schedules for single examples, and the mean excess loss they lead to; dashed the exact \
                   expectation. At a constant rate the noise keeps the excess where it is; it falls with the rate.";
    findings.panels("schedules", "Learning-rate schedules", caption, 2, vec![rate_chart, excess_chart]);
    Ok(())
}

/// Constant, in three steps, with five half-lives, and down to 0.
fn rates_by_name(learning_rate: f64, steps: usize) -> [(&'static str, Schedule); 4] {
    let half_lives = |epochs: f64| 0.5_f64.powf(1.0 / epochs);
    let step = Schedule::Step { learning_rate, warmup_steps: 0, factor: 0.3, every_epochs: steps / 3 / COUNT };
    let cosine = Schedule::Cosine { learning_rate, warmup_steps: 0, final_learning_rate: 0.0 };
    let exponential =
        Schedule::Exponential { learning_rate, warmup_steps: 0, factor: half_lives(steps as f64 / 5.0 / COUNT as f64) };
    [("constant", constant(learning_rate)), ("in steps", step), ("exponential", exponential), ("half a cosine", cosine)]
}

/// Every fifth value, which is as much as a line can show.
fn thinned(values: &[f64]) -> Vec<(f64, f64)> {
    numbered(values).into_iter().step_by(5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_fall_as_their_names_say() {
        let (first, steps) = (0.1, 1000);
        let formulas: [fn(f64) -> f64; 4] = [
            |_| 1.0,
            |part| 0.3_f64.powf((part * 10.0 / 3.0).floor()),
            |part| 0.5_f64.powf(5.0 * part),
            |part| 0.5 + 0.5 * (std::f64::consts::PI * part * 1000.0 / 999.0).cos(),
        ];
        for ((name, schedule), formula) in rates_by_name(first, steps).into_iter().zip(formulas) {
            let descent = NoisyDescent { drawing: DrawMode::WithReplacement, size: 1, schedule, steps };
            for (step, rate) in descent.rates().into_iter().enumerate() {
                let expected = first * formula(step as f64 / steps as f64);
                assert!((rate - expected).abs() < 1e-12, "{name}: {rate} at step {step}, expected {expected}");
            }
        }
    }
}
