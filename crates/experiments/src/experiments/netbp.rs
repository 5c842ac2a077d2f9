//! Back-propagation from scratch (S5): the thesis's network on ten points, written out by hand.
//!
//! Algorithm 4.1 and its listing, with arrays in place of matrices: a layer is [`Layer`], a step of training is
//! [`Network::step`], and nothing else learns.

use std::time::Instant;

use anyhow::Result;
use rayon::prelude::*;
use zoo_plot::{Axis, Chart, Field, Figure};

use crate::random::Random;
use crate::statistics::{Line, Mean, quantile, share_interval};
use crate::{Check, Experiment, Findings, Settings, number};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "netbp",
    sources: &["S5"],
    title: "Back-propagation from scratch",
    says: "A network of 3-2-3-2 sigmoid units learns ten points in a million stochastic steps of rate 0.05. From weights and \
           biases 0.5 randn the cost falls from about 6.3 to about 7.3e-4: fast at first, then along a plateau with a slow \
           linear rate.",
    run,
};

/// The points, x1, x2, x3 of each. The first five belong to the first class, the last five to the second.
const POINTS: [[f64; 3]; 10] = [
    [0.1, 0.1, 0.1],
    [0.3, 0.4, 0.2],
    [0.1, 0.5, 0.6],
    [0.6, 0.9, 0.9],
    [0.4, 0.2, 0.4],
    [0.6, 0.3, 0.5],
    [0.5, 0.6, 0.1],
    [0.9, 0.2, 0.2],
    [0.4, 0.4, 0.3],
    [0.7, 0.6, 0.8],
];
const RATE: f64 = 0.05;
const STEPS: usize = 1_000_000;
/// The cost is looked at every so many steps.
const SAMPLED: usize = 10_000;
/// What the thesis reports at the start and at the end.
const REPORTED: [f64; 2] = [6.3, 7.3e-4];

/// `OUT` sigmoid units on `IN` inputs: `a = sigma(W x + b)`.
#[derive(Clone, Copy)]
struct Layer<const IN: usize, const OUT: usize> {
    weights: [[f64; IN]; OUT],
    biases: [f64; OUT],
}

/// The 3-2-3-2 network. The layers are numbered as in the thesis: layer 1 is the input.
#[derive(Clone, Copy)]
struct Network {
    layer2: Layer<3, 2>,
    layer3: Layer<2, 3>,
    layer4: Layer<3, 2>,
}

impl<const IN: usize, const OUT: usize> Layer<IN, OUT> {
    /// Weights and biases `0.5 randn`.
    fn draw(random: &mut Random) -> Self {
        let weights = [(); OUT].map(|()| [(); IN].map(|()| 0.5 * random.normal()));
        Self { weights, biases: [(); OUT].map(|()| 0.5 * random.normal()) }
    }

    fn forward(&self, x: &[f64; IN]) -> [f64; OUT] {
        let mut a = self.biases;
        for (a, weights) in a.iter_mut().zip(&self.weights) {
            for (weight, x) in weights.iter().zip(x) {
                *a += weight * x;
            }
            *a = sigmoid(*a);
        }
        a
    }

    /// `W^T delta`: what reaches the layer before.
    fn back(&self, delta: &[f64; OUT]) -> [f64; IN] {
        let mut reaching = [0.0; IN];
        for (delta, weights) in delta.iter().zip(&self.weights) {
            for (reaching, weight) in reaching.iter_mut().zip(weights) {
                *reaching += weight * delta;
            }
        }
        reaching
    }

    /// Every weight, row after row, then every bias.
    fn parameters(&mut self) -> impl Iterator<Item = &mut f64> {
        self.weights.as_flattened_mut().iter_mut().chain(&mut self.biases)
    }

    /// One step against `dC/dW = delta x^T` (3.5.8) and `dC/db = delta` (3.5.7).
    fn step(&mut self, rate: f64, x: &[f64; IN], delta: &[f64; OUT]) {
        for ((weights, bias), delta) in self.weights.iter_mut().zip(&mut self.biases).zip(delta) {
            for (weight, x) in weights.iter_mut().zip(x) {
                *weight -= rate * delta * x;
            }
            *bias -= rate * delta;
        }
    }
}

impl Network {
    fn draw(random: &mut Random) -> Self {
        Self { layer2: Layer::draw(random), layer3: Layer::draw(random), layer4: Layer::draw(random) }
    }

    fn output(&self, x: &[f64; 3]) -> [f64; 2] {
        self.layer4.forward(&self.layer3.forward(&self.layer2.forward(x)))
    }

    /// One stochastic step on the point `x` of class `y`.
    ///
    /// The listing's `delta_L = sigma'(z_L) o (a_L - y)` is the gradient of `1/2 ||y - a||^2`, half of the cost it prints.
    fn step(&mut self, rate: f64, x: &[f64; 3], y: &[f64; 2]) {
        let a2 = self.layer2.forward(x);
        let a3 = self.layer3.forward(&a2);
        let a4 = self.layer4.forward(&a3);
        let delta4 = through_sigmoid(&a4, &[a4[0] - y[0], a4[1] - y[1]]); // (3.5.5)
        let delta3 = through_sigmoid(&a3, &self.layer4.back(&delta4)); // (3.5.6)
        let delta2 = through_sigmoid(&a2, &self.layer3.back(&delta3));
        self.layer2.step(rate, x, &delta2);
        self.layer3.step(rate, &a2, &delta3);
        self.layer4.step(rate, &a3, &delta4);
    }

    fn parameters(&mut self) -> impl Iterator<Item = &mut f64> {
        self.layer2.parameters().chain(self.layer3.parameters()).chain(self.layer4.parameters())
    }

    /// How far what a step of rate 1 subtracts is from the gradient by central differences: the largest of all parameters.
    fn off_gradient(mut self, point: usize) -> f64 {
        const CHANGE: f64 = 1e-5;
        let mut stepped = self;
        stepped.step(1.0, &POINTS[point], &target(point));
        let before: Vec<f64> = self.parameters().map(|value| *value).collect();
        let half_cost = |place: usize, change: f64| {
            let mut moved = self;
            moved.parameters().skip(place).take(1).for_each(|value| *value += change);
            0.5 * moved.squared_error(point)
        };
        let slope = |place: usize| (half_cost(place, CHANGE) - half_cost(place, -CHANGE)) / (2.0 * CHANGE);
        let off = stepped.parameters().enumerate().map(|(place, after)| (before[place] - *after - slope(place)).abs());
        off.fold(0.0, f64::max)
    }

    /// `||y - a||^2` of one point.
    fn squared_error(&self, point: usize) -> f64 {
        let (a, y) = (self.output(&POINTS[point]), target(point));
        (y[0] - a[0]).powi(2) + (y[1] - a[1]).powi(2)
    }

    /// `sum ||y - a||^2` over the points, without `1/N` and `1/2`.
    fn cost(&self) -> f64 {
        (0..POINTS.len()).map(|point| self.squared_error(point)).sum()
    }

    /// How many points it puts into their class.
    fn right(&self) -> usize {
        let is_right = |point: &usize| {
            let (a, y) = (self.output(&POINTS[*point]), target(*point));
            (a[0] > a[1]) == (y[0] > y[1])
        };
        (0..POINTS.len()).filter(is_right).count()
    }
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// `sigma'(z) o reaching`, where `sigma' = a (1 - a)`.
fn through_sigmoid<const N: usize>(a: &[f64; N], reaching: &[f64; N]) -> [f64; N] {
    let mut delta = *reaching;
    for (delta, a) in delta.iter_mut().zip(a) {
        *delta *= a * (1.0 - a);
    }
    delta
}

fn target(point: usize) -> [f64; 2] {
    if point < 5 { [1.0, 0.0] } else { [0.0, 1.0] }
}

/// What came of one start.
struct Trained {
    network: Network,
    /// The cost at the start, and after every 10,000 steps.
    costs: Vec<f64>,
}

impl Trained {
    /// A million steps, each on a point drawn uniformly with replacement.
    fn from_start(random: &mut Random) -> Self {
        let mut network = Network::draw(random);
        let mut costs = vec![network.cost()];
        for _ in 0..STEPS / SAMPLED {
            for _ in 0..SAMPLED {
                let point = random.below(POINTS.len());
                network.step(RATE, &POINTS[point], &target(point));
            }
            costs.push(network.cost());
        }
        Self { network, costs }
    }

    fn start(&self) -> f64 {
        self.costs[0]
    }

    fn end(&self) -> f64 {
        self.costs[self.costs.len() - 1]
    }
}

fn run(settings: &Settings) -> Result<Findings> {
    let mut findings = Findings::default();
    shapes_of_the_listing(&mut findings);
    let seconds = seconds_of_a_run(settings);
    let starts = settings.choose(200, 20);
    let bar = settings.progress("a million steps from every start", starts);
    let train = |start: usize| {
        let trained = Trained::from_start(&mut Random::new(settings.seed, start as u64));
        bar.inc(1);
        trained
    };
    let runs: Vec<Trained> = (0..starts).into_par_iter().map(train).collect();
    bar.finish_and_clear();
    gradient(settings, &mut findings);
    start_and_end(&runs, &mut findings);
    speed(seconds, &mut findings);
    shape_of_the_curve(&runs, &mut findings);
    findings.figure("cost", COST_CAPTION, cost_by_step(&runs));
    findings.figure("ends", ENDS_CAPTION, ends_by_start(&runs));
    findings.figure("regions", REGIONS_CAPTION, decision_regions(&runs));
    Ok(findings)
}

/// A layer's matrix in the listing: units, inputs.
type Shape = [usize; 2];

/// How many layers cannot be applied to what the layer before gives.
fn misfits(inputs: usize, layers: &[Shape]) -> usize {
    let mut width = inputs;
    let mut count = 0;
    for [units, columns] in layers {
        count += usize::from(*columns != width);
        width = *units;
    }
    count
}

fn shapes_of_the_listing(findings: &mut Findings) {
    let none = Check::Near { expected: 0.0, tolerance: 0.0 };
    findings
        .source_says(
            "The printed listing's matrices, W2 2x3, W3 3x3, W4 2x3, can be multiplied in turn: layers that do not fit",
            misfits(3, &[[2, 3], [3, 3], [2, 3]]) as f64,
            none.clone(),
            "Layer 2 has two units, so it hands two values on and W3 must have two columns: 3x2. A 3x3 matrix times two values is \
             not defined, so the listing cannot have run as printed.",
        )
        .claim("With W3 3x2 they can: layers that do not fit", misfits(3, &[[2, 3], [3, 2], [2, 3]]) as f64, none);
}

/// What every step goes against, at the start and, where units are saturated, with all parameters ten times as large.
fn gradient(settings: &Settings, findings: &mut Findings) {
    let starts = settings.choose(100, 20);
    let off = |start: u64| {
        let mut network = Network::draw(&mut Random::new(settings.seed, start));
        let largest = |network: Network| (0..POINTS.len()).map(|point| network.off_gradient(point)).fold(0.0, f64::max);
        let fresh = largest(network);
        network.parameters().for_each(|value| *value *= 10.0);
        fresh.max(largest(network))
    };
    // Differences of a cost near 1 over 1e-5 are exact to about 1e-11, and their truncation to 1e-10 of the third derivative.
    findings
        .claim(
            "A step goes against the gradient of 1/2 ||y - a||^2: largest difference of a parameter to central differences",
            (0..starts).map(off).fold(0.0, f64::max),
            Check::AtMost(1e-8),
        )
        .measured_with(&format!(" ({starts} networks, every point)"));
}

fn start_and_end(runs: &[Trained], findings: &mut Findings) {
    let starts: Vec<f64> = runs.iter().map(Trained::start).collect();
    let ends: Vec<f64> = runs.iter().map(Trained::end).collect();
    let learned = runs.iter().filter(|run| run.network.right() == POINTS.len()).count();
    findings
        .claim("The cost at the start: median", quantile(&starts, 0.5), Check::Within(5.0..=7.4))
        .measured_with(&range(&starts))
        .claim("The thesis's start, 6.3, is one of them: standard deviations from their mean", deviations(REPORTED[0].ln(), &starts), INSIDE)
        .measured_with(&format!(" (share at least as high: {})", number(part(&starts, |cost| cost >= REPORTED[0]))))
        .claim("The cost after a million steps: median", quantile(&ends, 0.5), Check::Within(5e-4..=2e-3))
        .measured_with(&range(&ends))
        .source_says(
            "The thesis's end, 7.3e-4, is one of them: standard deviations from their mean",
            deviations(REPORTED[1].ln(), &ends),
            INSIDE,
            "From the starts drawn here a million steps of rate 0.05 end elsewhere; the thesis's own start, drawn by another \
             generator, was out of the ordinary.",
        )
        .measured_with(&format!(" (share at least as low: {})", number(part(&ends, |cost| cost <= REPORTED[1]))))
        .claim("All ten points are told apart: share of starts", share(learned, runs), Check::AtLeast(0.9))
        .measured_with(&interval(learned, runs))
        .table("Cost over the starts", &["", "least", "5 %", "median", "95 %", "most"], vec![row("start", &starts), row("end", &ends)])
        .note(
            "The listing seeds its generator with 5000; the stream of that program's generator is not made again here. What a \
             single start can show is therefore replaced by the distribution over many, and no start is chosen.",
        );
}

/// What four standard deviations do not reach is not one of them.
const INSIDE: Check = Check::Within(-4.0..=4.0);

/// How far a logarithm lies from the mean of the costs' logarithms.
fn deviations(logarithm: f64, costs: &[f64]) -> f64 {
    let mean = Mean::of(&costs.iter().map(|cost| cost.ln()).collect::<Vec<_>>());
    (logarithm - mean.value) / (mean.error * (mean.count as f64).sqrt())
}

fn part(costs: &[f64], is_counted: impl Fn(f64) -> bool) -> f64 {
    costs.iter().filter(|cost| is_counted(**cost)).count() as f64 / costs.len() as f64
}

fn share(count: usize, runs: &[Trained]) -> f64 {
    count as f64 / runs.len() as f64
}

fn interval(count: usize, runs: &[Trained]) -> String {
    let (low, high) = share_interval(count, runs.len());
    format!(" ({} to {}, 95 %, {} starts)", number(low), number(high), runs.len())
}

fn range(costs: &[f64]) -> String {
    format!(" ({} to {}, {} starts)", number(quantile(costs, 0.0)), number(quantile(costs, 1.0)), costs.len())
}

fn row(name: &str, costs: &[f64]) -> Vec<String> {
    let quantiles = [0.0, 0.05, 0.5, 0.95, 1.0].map(|part| number(quantile(costs, part)));
    std::iter::once(name.to_string()).chain(quantiles).collect()
}

/// The median time of a run by itself, before others keep the machine busy.
fn seconds_of_a_run(settings: &Settings) -> f64 {
    let time = |start: u64| {
        let started = Instant::now();
        let trained = Trained::from_start(&mut Random::new(settings.seed, start));
        std::hint::black_box(trained.end());
        started.elapsed().as_secs_f64()
    };
    let times: Vec<f64> = (0..settings.choose(5, 3)).map(time).collect();
    quantile(&times, 0.5)
}

fn speed(seconds: f64, findings: &mut Findings) {
    findings.source_says(
        "A million steps take, in seconds, on one core",
        seconds,
        Check::AtMost(0.3),
        "This machine is slower, or was busy with other work. A time says nothing about the mathematics, so this is no failure.",
    );
}

/// Fast, then slow; and how slow.
fn shape_of_the_curve(runs: &[Trained], findings: &mut Findings) {
    let learned: Vec<&Trained> = runs.iter().filter(|run| run.network.right() == POINTS.len()).collect();
    let early: Vec<f64> = learned.iter().map(|run| run.costs[50] / run.start()).collect();
    let late: Vec<f64> = learned.iter().map(|run| run.end() / run.costs[50]).collect();
    let exponents: Vec<f64> = learned.iter().map(|run| exponent(&run.costs)).collect();
    let rates: Vec<f64> =
        learned.iter().map(|run| rate_between(&run.costs, 90, 100) / rate_between(&run.costs, 50, 60)).collect();
    let exponent = Mean::of(&exponents);
    findings
        .claim("Fast at first: median cost after half of the steps, over that at the start", quantile(&early, 0.5), Check::AtMost(0.01))
        .claim("then slow: median cost at the end over that after half of the steps", quantile(&late, 0.5), Check::Within(0.1..=0.9))
        .source_says(
            "The plateau falls at a linear rate, by the same factor every 100,000 steps: median of the last rate over the one at half of the steps",
            quantile(&rates, 0.5),
            Check::Near { expected: 1.0, tolerance: 0.2 },
            "On an axis that is logarithmic in the cost and linear in the steps the end looks straight, but the rate keeps falling: \
             the descent is sublinear.",
        )
        .claim(
            "It falls as a power of the number of steps instead, near 1/t: mean exponent over the second half",
            exponent.value,
            Check::Near { expected: -1.0, tolerance: 0.5 },
        )
        .measured_with(&format!(" ± {} (95 %, {} starts)", number(1.96 * exponent.error), exponent.count))
        .note(
            "Why about 1/t: near the end an output misses its target by a small e, and the sigmoid passes on only e (1 - e) of it, so \
             the step in z is about e^2. As e falls like exp(-|z|), de/dt is about -e^3, hence e ~ t^(-1/2), and the cost, a sum of \
             e^2, falls as 1/t. Points that the network finds harder than others come later and make the fall a little steeper.",
        );
}

/// The slope of the cost against the steps, both as logarithms, over the second half.
fn exponent(costs: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> = (50..costs.len()).map(|place| ((place as f64).ln(), costs[place].ln())).collect();
    Line::fit(&points).slope
}

/// How fast the logarithm of the cost falls between two samples.
fn rate_between(costs: &[f64], from: usize, to: usize) -> f64 {
    (costs[from] / costs[to]).ln() / (to - from) as f64
}

const COST_CAPTION: &str = "The cost by step (Fig. 4.2): half of the starts and nine of ten lie in the bands. The dots are what the thesis reports.";

fn cost_by_step(runs: &[Trained]) -> String {
    let at = |place: usize, part: f64| quantile(&runs.iter().map(|run| run.costs[place]).collect::<Vec<_>>(), part);
    let places = || 0..=STEPS / SAMPLED;
    let step = |place: usize| (place * SAMPLED) as f64;
    let band =
        |low: f64, high: f64| places().map(|place| (step(place), at(place, low), at(place, high))).collect::<Vec<_>>();
    let median: Vec<(f64, f64)> = places().map(|place| (step(place), at(place, 0.5))).collect();
    let chart = Chart::new(Axis::linear("step"), Axis::log("cost, sum of squared errors"))
        .band("nine of ten starts", &band(0.05, 0.95))
        .band("half of the starts", &band(0.25, 0.75))
        .line("median", &median)
        .scatter("the thesis", &[(0.0, REPORTED[0]), (STEPS as f64, REPORTED[1])]);
    Figure::of("Cost by step", COST_CAPTION, chart).svg()
}

const ENDS_CAPTION: &str = "Every start's cost before and after a million steps, and what the thesis reports.";

fn ends_by_start(runs: &[Trained]) -> String {
    let ends: Vec<(f64, f64)> = runs.iter().map(|run| (run.start(), run.end())).collect();
    let chart = Chart::new(Axis::linear("cost at the start"), Axis::log("cost after a million steps"))
        .scatter("a start", &ends)
        .scatter("the thesis", &[(REPORTED[0], REPORTED[1])]);
    Figure::of("Cost at the start and at the end", ENDS_CAPTION, chart).svg()
}

const REGIONS_CAPTION: &str = "The first output of one trained network in four planes through the cube, with the points within 0.1 of each; \
     the line parts the two classes.";

/// Of the run whose end is the median one.
fn decision_regions(runs: &[Trained]) -> String {
    let mut by_end: Vec<&Trained> = runs.iter().collect();
    by_end.sort_by(|left, right| left.end().total_cmp(&right.end()));
    let network = by_end[by_end.len() / 2].network;
    let charts = [0.15, 0.4, 0.6, 0.85].map(|x3| {
        let output = Field::sample(0.0..1.0, 0.0..1.0, [60, 60], |x1, x2| network.output(&[x1, x2, x3])[0]);
        let difference = Field::sample(0.0..1.0, 0.0..1.0, [60, 60], |x1, x2| {
            let [first, second] = network.output(&[x1, x2, x3]);
            first - second
        });
        let near = |class: usize| -> Vec<(f64, f64)> {
            let own = &POINTS[5 * class..][..5];
            own.iter().filter(|x| (x[2] - x3).abs() < 0.11).map(|x| (x[0], x[1])).collect()
        };
        Chart::new(Axis::linear("x1").range(0.0..1.0), Axis::linear("x2").range(0.0..1.0))
            .heading(&format!("x3 = {x3}"))
            .equal_units()
            .heat("first output", &output)
            .contours(&difference, &[0.0])
            .scatter("first class", &near(0))
            .scatter("second class", &near(1))
    });
    Figure::panels("Decision regions", REGIONS_CAPTION, 2, charts.to_vec()).svg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_step_goes_against_the_gradient(seed: u64, point in 0..10_usize) {
            let network = Network::draw(&mut Random::new(seed, 0));
            prop_assert!(network.off_gradient(point) < 1e-9);
        }
    }

    #[test]
    fn the_points_are_those_of_the_thesis() {
        let column = |k: usize| POINTS.map(|point| point[k]);
        assert_eq!(column(0), [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7]);
        assert_eq!(column(1), [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]);
        assert_eq!(column(2), [0.1, 0.2, 0.6, 0.9, 0.4, 0.5, 0.1, 0.2, 0.3, 0.8]);
    }

    #[test]
    fn shapes_that_fit_and_shapes_that_do_not() {
        assert_eq!(misfits(3, &[[2, 3], [3, 2], [2, 3]]), 0);
        assert_eq!(misfits(3, &[[2, 3], [3, 3], [2, 3]]), 1);
    }
}
