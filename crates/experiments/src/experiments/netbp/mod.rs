//! Back-propagation from scratch (S5): the thesis's network on ten points, written out by hand in [`network`].

mod lesson;

mod settings;
mod task;

mod network;
mod training;

mod figures;

use self::network::NetbpNetwork;
use self::task::NetbpTask;
use self::training::{REPORTED, STEPS, TrainedStart};
use crate::prelude::*;
use rayon::prelude::*;
use std::time::Instant;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "netbp",
    sources: &[SourceSection(5)],
    title: "Back-propagation from scratch",
    says: "A network of 3-2-3-2 sigmoid units learns ten points in a million stochastic steps of rate 0.05. From \
         weights and biases 0.5 randn the cost falls from about 6.3 to about 7.3e-4: fast at first, then along a \
         plateau with a slow linear rate.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    let task = NetbpTask::of(settings);
    shapes_of_the_listing(&mut findings);
    let seconds = seconds_of_a_run(&task, settings);
    let starts = settings.choose(200, 20);
    let bar = settings.progress("a million steps from every start", starts);
    let train = |start: usize| {
        let trained = TrainedStart::from_start(&task, &mut Stream::numbered(settings.seed, start as u64));
        bar.inc(1);
        trained
    };
    let runs: Vec<TrainedStart> = (0..starts).into_par_iter().map(train).collect();
    bar.finish_and_clear();
    gradient(&task, settings, &mut findings)?;
    start_and_end(&task, &runs, &mut findings);
    speed(seconds, &mut findings);
    shape_of_the_curve(&task, &runs, &mut findings);
    power_law(&task, settings, &mut findings);
    findings.figure("cost", "Cost by step", figures::COST_CAPTION, figures::cost_by_step(&runs));
    findings.figure("ends", "Cost at the start and at the end", figures::ENDS_CAPTION, figures::ends_by_start(&runs));
    findings.panels(
        "regions",
        "Decision regions",
        figures::REGIONS_CAPTION,
        2,
        figures::decision_regions(&task, &runs),
    );
    Ok(findings)
}

/// A layer's matrix in the listing: units, inputs.
type MatrixShape = [usize; 2];

/// How many layers cannot be applied to what the layer before gives.
fn misfits(inputs: usize, layers: &[MatrixShape]) -> usize {
    let mut width = inputs;
    let mut count = 0;
    for [units, columns] in layers {
        count += usize::from(*columns != width);
        width = *units;
    }
    count
}

fn shapes_of_the_listing(findings: &mut Findings) {
    let none = Exactly(0.0);
    findings
        .claiming("The listing's W2 2x3, W3 3x3, W4 2x3 can be multiplied in turn: layers that do not fit")
        .should_be(
            misfits(3, &[[2, 3], [3, 3], [2, 3]]) as f64,
            none.clone(),
            "Layer 2 has two units, so it hands two values on and W3 must have two columns: 3x2. A 3x3 matrix times \
             two values is not defined, so the listing cannot have run as printed.",
        )
        .known_as("w3")
        .claim("With W3 3x2 they can: layers that do not fit", misfits(3, &[[2, 3], [3, 2], [2, 3]]) as f64, none);
}

/// What every step goes against, at the start and, where units are saturated, with all parameters ten times as large.
fn gradient(task: &NetbpTask, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let starts = settings.choose(100, 20);
    let off = |start: u64| {
        let mut network = NetbpNetwork::draw(task, &mut Stream::numbered(settings.seed, start));
        let largest =
            |network: NetbpNetwork| task.points.iter().map(|point| network.off_differences(point)).fold(0.0, larger);
        let fresh = largest(network);
        network.parameters().for_each(|value| *value *= 10.0);
        larger(fresh, largest(network))
    };
    // Differences of a cost near 1 over 1e-5 are exact to about 1e-11, and their truncation to 1e-10 of the third derivative.
    findings
        .claiming("A step follows -grad 1/2 ||y - a||^2: largest difference to central differences")
        .is((0..starts).map(off).fold(0.0, larger), AtMost(1e-8))
        .measured_with(format!(" ({starts} networks, every point)"));
    let mut apart = 0.0;
    for start in 0..starts {
        let network = NetbpNetwork::draw(task, &mut Stream::numbered(settings.seed, start));
        for point in &task.points {
            apart = larger(apart, network.off_autodiff(point)?);
        }
    }
    findings
        .claiming("and it is Burn's gradient of the same cost, by autodiff in f64: largest difference of a parameter")
        .is(apart, AtMost(1e-12))
        .measured_with(format!(" ({starts} networks, every point)"));
    Ok(())
}

fn start_and_end(task: &NetbpTask, runs: &[TrainedStart], findings: &mut Findings) {
    let starts: Vec<f64> = runs.iter().map(TrainedStart::start).collect();
    let ends: Vec<f64> = runs.iter().map(TrainedStart::end).collect();
    let learned = runs.iter().filter(|run| run.has_learned(task)).count();
    findings
        .claim("The cost at the start: median", quantile(&starts, 0.5), Within(5.0..=7.4))
        .measured_with(least_to_most(&starts))
        .claiming("The thesis's start, 6.3, is one of them: standard deviations of the logarithms from their mean")
        .is(deviations(REPORTED[0].ln(), &starts), INSIDE)
        .measured_with(format!(" (fraction at least as high: {})", number(part(&starts, |cost| cost >= REPORTED[0]))))
        .claim("The cost after a million steps: median", quantile(&ends, 0.5), Within(5e-4..=2e-3))
        .measured_with(least_to_most(&ends))
        .claiming("The thesis's end, 7.3e-4, is one of them: standard deviations of the logarithms from their mean")
        .should_be(
            deviations(REPORTED[1].ln(), &ends),
            INSIDE,
            "From the starts drawn here a million steps of rate 0.05 end elsewhere; the thesis's own start, drawn by \
             another generator, was out of the ordinary.",
        )
        .measured_with(format!(" (fraction at least as low: {})", number(part(&ends, |cost| cost <= REPORTED[1]))))
        .claim("All ten points are told apart: fraction of starts", fraction(learned, runs), AtLeast(0.9))
        .measured_with(interval(learned, runs))
        .table(
            "Cost over the starts",
            &["", "least", "5 %", "median", "95 %", "most"],
            vec![row("start", &starts), row("end", &ends)],
        )
        .note(
            "The listing seeds its generator with 5000; the stream of that program's generator is not made again \
             here. What a single start can show is therefore replaced by the distribution over many, and no start is \
             chosen.",
        );
}

/// What four standard deviations do not reach is not one of them.
const INSIDE: Check = Within(-4.0..=4.0);

/// How far a logarithm lies from the mean of the costs' logarithms.
fn deviations(logarithm: f64, costs: &[f64]) -> f64 {
    let mean = Mean::over(costs.iter().map(|cost| cost.ln()));
    (logarithm - mean.value) / (mean.error * (mean.count as f64).sqrt())
}

fn part(costs: &[f64], is_counted: impl Fn(f64) -> bool) -> f64 {
    costs.iter().filter(|cost| is_counted(**cost)).count() as f64 / costs.len() as f64
}

fn fraction(count: usize, runs: &[TrainedStart]) -> f64 {
    count as f64 / runs.len() as f64
}

fn interval(count: usize, runs: &[TrainedStart]) -> String {
    format!(" ({}, 95 %, {} starts)", range(fraction_interval(count, runs.len())), runs.len())
}

fn least_to_most(costs: &[f64]) -> String {
    format!(" ({}, {} starts)", range((quantile(costs, 0.0), quantile(costs, 1.0))), costs.len())
}

fn row(name: &str, costs: &[f64]) -> Vec<String> {
    named_row(name, [0.0, 0.05, 0.5, 0.95, 1.0].map(|part| quantile(costs, part)))
}

/// The median time of a run by itself, before others keep the machine busy.
fn seconds_of_a_run(task: &NetbpTask, settings: &Setup) -> f64 {
    let time = |start: u64| {
        let started = Instant::now();
        let trained = TrainedStart::from_start(task, &mut Stream::numbered(settings.seed, start));
        std::hint::black_box(trained.end());
        started.elapsed().as_secs_f64()
    };
    let times: Vec<f64> = (0..settings.choose(5, 3)).map(time).collect();
    quantile(&times, 0.5)
}

/// A time is the machine's: it is told, and claims nothing.
fn speed(seconds: f64, findings: &mut Findings) {
    findings
        .note(format!("A million steps took {} s on one core of the machine that this was run on.", number(seconds)));
}

/// Fast, then slow; and how slow.
fn shape_of_the_curve(task: &NetbpTask, runs: &[TrainedStart], findings: &mut Findings) {
    let learned: Vec<&TrainedStart> = runs.iter().filter(|run| run.has_learned(task)).collect();
    let early: Vec<f64> = learned.iter().map(|run| run.costs[50] / run.start()).collect();
    let late: Vec<f64> = learned.iter().map(|run| run.end() / run.costs[50]).collect();
    let rate = |run: &TrainedStart, from: usize| (run.costs[from] / run.costs[from + 10]).ln();
    let rates: Vec<f64> = learned.iter().map(|run| rate(run, 90) / rate(run, 50)).collect();
    findings
        .claiming("Fast at first: median cost after half of the steps, over that at the start")
        .is(quantile(&early, 0.5), AtMost(0.01))
        .claiming("then slow: median cost at the end over that after half of the steps")
        .is(quantile(&late, 0.5), Within(0.1..=0.9))
        .claiming("The plateau falls at a linear rate: median of the last rate over that at half of the steps")
        .should_be(
            quantile(&rates, 0.5),
            Near(1.0, 0.2),
            "On an axis that is logarithmic in the cost and linear in the steps the end looks straight, but the rate \
             keeps falling: the descent is sublinear.",
        )
        .known_as("linear_rate");
}

/// The cost long after the thesis's million steps: by which power of the number of steps does it fall?
fn power_law(task: &NetbpTask, settings: &Setup, findings: &mut Findings) {
    let (starts, doublings) = (settings.choose(10, 4), settings.choose(4, 2));
    let costs = |start: u64| costs_at_doublings(task, &mut Stream::numbered(settings.seed, start), doublings);
    let costs: Vec<Vec<f64>> = (0..starts).into_par_iter().map(costs).collect();
    let exponents: Vec<Mean> = (0..=doublings)
        .map(|window| Mean::over(costs.iter().map(|costs| (costs[window + 1] / costs[window]).log2())))
        .collect();
    let (first, last) = (exponents[0], exponents[doublings]);
    let rows = exponents.iter().enumerate().map(|(window, exponent)| {
        let from = 0.5 * f64::from(1_u32 << window);
        row![format!("{from} to {}", 2.0 * from), exponent.value, exponent.half_width()]
    });
    findings
        .claiming("It falls as a power of the number of steps instead: mean exponent over the last doubling of it")
        .is(last.value, Near(-1.0, settings.choose(0.2, 0.3)))
        .measured_with(format!(
            " ± {} (95 %, {starts} starts, {} million steps)",
            number(last.half_width()),
            1 << doublings
        ))
        .claiming("and comes nearer to 1/t the longer it falls: exponent of the last doubling less that of the first")
        .is(last.value - first.value, AtLeast(0.05))
        .table("Exponents of the cost", &["million steps", "mean exponent", "± 95 %"], rows.collect())
        .note(
            "Why about 1/t: near the end an output misses its target by a small e, and the sigmoid passes on only e \
             (1 - e) of it, so the step in z is about e^2. As e falls like exp(-|z|), de/dt is about -e^3, hence e ~ \
             t^(-1/2), and the cost, a sum of e^2, falls as 1/t. That is the limit: the clock of this law starts \
             only after the fast fall, and the weights into the outputs, which multiply the step, still grow.",
        );
}

/// The cost after half a million steps, after a million, and after every further doubling.
fn costs_at_doublings(task: &NetbpTask, random: &mut Stream, doublings: usize) -> Vec<f64> {
    let mut network = NetbpNetwork::draw(task, random);
    let mut steps = STEPS / 2;
    let mut costs = Vec::with_capacity(doublings + 2);
    for place in 0..doublings + 2 {
        network.learn(task, steps, random);
        costs.push(network.cost(&task.points));
        steps = if place == 0 { steps } else { 2 * steps };
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_fit_and_shapes_that_do_not() {
        assert_eq!(misfits(3, &[[2, 3], [3, 2], [2, 3]]), 0);
        assert_eq!(misfits(3, &[[2, 3], [3, 3], [2, 3]]), 1);
    }
}
