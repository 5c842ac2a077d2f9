//! Linear regression (S12): gradient descent with a stop rule against the normal equations, the paraboloid they both
//! descend, and what the closed form costs.

mod lesson;
mod settings;

mod cost;
mod figures;
mod line;
mod zoo;

use self::cost::{COST_HEAD, ClosedFormCost, measure};
use self::line::{LinearProblem, cosine_to_level_line};
use self::settings::{EXAMPLES, NOISE, POINTS, RATE};
use crate::prelude::*;
use anyhow::ensure;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "linear_regression",
    sources: &[SourceSection(12)],
    title: "Linear regression: two ways to one minimum",
    says: "Gradient descent on the mean squared error, stopped when the loss changes by less than epsilon, ends where \
           the normal equations (X^T X)^-1 X^T y lie. The loss is a paraboloid with one minimum, its gradient is \
           orthogonal to its level lines, and the closed form costs O(N D^2 + D^3).",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

/// The loss changes by less than this in the last step of a descent.
///
/// At the minimum it is about 0.09, where neighboring doubles lie 1.4e-17 apart: descent stops where two losses are the same to the last bit.
const EPSILON: f64 = 1e-17;
/// Steps after which a descent gives up.
const MOST_STEPS: usize = 1_000_000;

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    one_minimum(settings, &mut findings)?;
    same_as_the_zoo(settings, &mut findings)?;
    level_lines(settings, &mut findings)?;
    stop_rule(settings, &mut findings)?;
    closed_form_cost(settings, &mut findings)?;
    Ok(findings)
}

/// Descent against the normal equations on random problems of 1 to 5 inputs, and the shape of the loss around the minimum.
fn one_minimum(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let problems = settings.choose(200, 20);
    let (examples, noise) = (settings.whole(EXAMPLES), settings.number(NOISE));
    let mut ran_out = 0;
    let (mut apart, mut off_paraboloid, mut off_slope, mut flattest) = (0.0_f64, 0.0_f64, 0.0_f64, f64::INFINITY);
    for stream in 0..problems {
        let mut random = Stream::numbered(settings.seed, stream);
        let dimensions = 1 + stream as usize % 5;
        let problem = LinearProblem::random(examples, dimensions, noise, &mut random);
        let minimum = minimum(&problem)?;
        let curvatures = problem.hessian().eigenvalues();
        let rate = settings.number(RATE) * problem.rate();
        let descent = problem.descend(vec![0.0; dimensions + 1], rate, EPSILON, MOST_STEPS);
        ran_out += i32::from(!descent.stopped);
        apart = larger(apart, largest_gap(&descent.parameters, &minimum));
        flattest = flattest.min(curvatures[0]);
        let step = random.normals(dimensions + 1);
        off_slope = larger(off_slope, distance_to_slope(&problem, &minimum, &step));
        off_paraboloid = larger(off_paraboloid, distance_to_paraboloid(&problem, &minimum, &step));
    }
    findings
        .claim("Descent ends at the parameters of the normal equations: largest difference", apart, AtMost(1e-6))
        .measured_with(format!(" ({problems} problems of {examples} examples and 1 to 5 inputs)"))
        .claiming(
            "Every one of these descents stops by the rule, here with epsilon = 1e-17: that is, at two losses which \
             are the same double, as around the minimum's 0.09 neighboring doubles lie 1.4e-17 apart. Descents that \
             ran out of a million steps",
        )
        .is(f64::from(ran_out), Exactly(0.0))
        .claiming("The loss is its paraboloid, L* + 1/2 d^T H d: largest difference at a random point")
        .is(off_paraboloid, AtMost(1e-9))
        .claiming("The gradient 2/N X^T (X phi - y) is the slope: largest difference to central differences")
        .is(off_slope, AtMost(1e-9))
        .claim("There is one minimum: least eigenvalue of the Hessian, above 0", flattest, AtLeast(1e-6));
    Ok(())
}

/// The descent written out here against the one that trains the zoo's networks, step by step.
fn same_as_the_zoo(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (problems, steps) = (settings.choose(50, 10), 100);
    let (examples, noise) = (settings.whole(EXAMPLES), settings.number(NOISE));
    let (mut apart, mut shortest) = (0.0_f64, f64::INFINITY);
    for stream in 0..problems {
        let dimensions = 1 + stream as usize % 5;
        let mut random = Stream::numbered(settings.seed, 3000 + stream);
        let problem = LinearProblem::random(examples, dimensions, noise, &mut random);
        let rate = settings.number(RATE) * problem.rate();
        let zoo = zoo::path(&problem, rate, steps, settings.seed.wrapping_add(1000 * stream))?;
        let ours = problem.path(zoo[0].clone(), rate, 0.0, steps);
        ensure!(ours.len() == zoo.len(), "{} places of one walk and {} of the other", ours.len(), zoo.len());
        let between = ours.iter().zip(&zoo).map(|(ours, zoo)| largest_gap(ours, zoo));
        apart = between.fold(apart, larger);
        shortest = shortest.min(largest_gap(&ours[0], &ours[steps]));
    }
    // The zoo computes in single precision: a step rounds numbers of size 1 to 4 a few times, by 2^-24 of each, so by less than 1e-6 in
    // all, and descent does not enlarge what earlier steps were off: 100 steps are off by less than 1e-4.
    findings
        .claiming(
            "The zoo's SGD on Burn's mean squared error, from the zoo's first weights, walks the same path as the \
             descent written out here: largest difference of a parameter after any step",
        )
        .is(apart, AtMost(1e-4))
        .measured_with(format!(
            " ({problems} problems of 1 to 5 inputs, {steps} steps each, in which some parameter moves by {} or more)",
            number(shortest)
        ));
    Ok(())
}

/// How far the gradient beside the minimum, along `step`, is from the rise of the loss over two steps.
fn distance_to_slope(problem: &LinearProblem, minimum: &[f64], step: &[f64]) -> f64 {
    let at =
        |factor: f64| -> Vec<f64> { minimum.iter().zip(step).map(|(value, step)| value + factor * step).collect() };
    let rise = (problem.loss(&at(2.0)) - problem.loss(&at(0.0))) / 2.0;
    (dot(&problem.gradient(&at(1.0)), step) - rise).abs()
}

fn distance_to_paraboloid(problem: &LinearProblem, minimum: &[f64], step: &[f64]) -> f64 {
    let there: Vec<f64> = minimum.iter().zip(step).map(|(value, step)| value + step).collect();
    let rise = 0.5 * dot(step, &problem.hessian().times(step));
    (problem.loss(&there) - problem.loss(minimum) - rise).abs()
}

/// The angle between gradients and level lines, all around the minimum and at several heights.
fn level_lines(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let problem = line_to_fit(settings);
    let minimum = minimum(&problem)?;
    let least = problem.loss(&minimum);
    let angles = settings.choose(360, 60);
    let mut largest = 0.0_f64;
    for height in [0.01, 0.1, 1.0, 10.0] {
        for place in 0..angles {
            let angle = std::f64::consts::TAU * f64::from(place) / f64::from(angles);
            let cosine = cosine_to_level_line(&problem, &minimum, angle, least + height).context("no level line")?;
            largest = larger(largest, cosine.abs());
        }
    }
    findings
        .claiming("The gradient is orthogonal to the level lines: largest cosine of the angle between them")
        .is(largest, AtMost(1e-5));
    findings
        .figure(
            "level_lines",
            "Level lines of the mean squared error",
            "The mean squared error over intercept and slope of a line: level lines are ellipses around one minimum. \
             The short lines, in the direction of steepest descent, stand upright on them; where ellipses are long \
             that is not the direction of the minimum, so descent crosses the valley first and then creeps along it, \
             or swings across it at a rate 1.8 times as large.",
            figures::level_lines(&problem, &minimum),
        )
        .figure(
            "fitted_line",
            "Examples and fitted line",
            "100 examples of 0.5 + x with noise of deviation 0.3, the line of the normal equations, and where \
             descent from 0 is after 1 and after 5 steps.",
            figures::fitted_line(&problem, &minimum),
        );
    Ok(())
}

/// How near the minimum each epsilon stops.
fn stop_rule(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let problem = line_to_fit(settings);
    let minimum = minimum(&problem)?;
    let (mut rows, mut points, mut ran_out) = (Vec::new(), Vec::new(), 0);
    for exponent in [4, 6, 8, 10, 12, 14, 16] {
        let epsilon = 10.0_f64.powi(-exponent);
        let descent = problem.descend(vec![0.0, 0.0], settings.number(RATE) * problem.rate(), epsilon, MOST_STEPS);
        ran_out += i32::from(!descent.stopped);
        let apart = largest_gap(&descent.parameters, &minimum);
        rows.push(row![format!("1e-{exponent}"), descent.steps, apart]);
        points.push((epsilon, apart));
    }
    findings.table(
        "Where the stop rule ends",
        &["epsilon", "steps", "largest distance of a parameter to the closed form"],
        rows,
    );
    // Near the minimum a step lowers the loss in proportion to the square of the distance.
    findings
        .claiming("The distance at which the rule stops falls as the square root of epsilon: exponent")
        .is(FittedLine::of_logarithms(&points).slope, Near(0.5, 0.02));
    findings.claim("Descents of these that ran out of a million steps", f64::from(ran_out), Exactly(0.0));
    Ok(())
}

/// The exponents of N and D in the closed form, from counted multiplications and from seconds.
fn closed_form_cost(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let examples = settings.choose(vec![2000, 4000, 8000, 16_000, 32_000], vec![500, 1000, 2000]);
    let widths = settings.choose(vec![32, 64, 128, 256, 512], vec![32, 64, 128]);
    let by_examples = measure(examples.iter().map(|&count| (count, 32)), settings)?;
    let by_width = measure(widths.iter().map(|&width| (500, width)), settings)?;
    let parts = [
        CostPart { name: "X^T X, in N", expected: 1.0, costs: &by_examples, size: |cost| cost.examples, part: 0 },
        CostPart { name: "X^T X, in D", expected: 2.0, costs: &by_width, size: |cost| cost.width, part: 0 },
        CostPart { name: "its factorization, in D", expected: 3.0, costs: &by_width, size: |cost| cost.width, part: 1 },
    ];
    for part in &parts {
        let sentence =
            format!("Multiplications, divisions and roots of {}, counted in the code that solves: exponent", part.name);
        // The sum 1 + .. + D is D^2 / 2 + D / 2: at D = 32 the smaller term still bends the power law by a few percent.
        let tolerance = settings.choose(0.05, 0.1);
        let counted = part.exponent(|cost, part| cost.counted[part] as f64);
        findings.claim(&sentence, counted, Near(part.expected, tolerance));
    }
    let exponents = parts.each_ref().map(|part| part.row());
    findings
        .table("Exponents of the cost", &["part", "theory", "multiplications", "seconds"], exponents.to_vec())
        .table(
            "What the closed form cost",
            &COST_HEAD,
            by_examples.iter().chain(&by_width).map(ClosedFormCost::row).collect(),
        )
        .panels(
            "cost",
            "What the closed form costs",
            "Seconds of both parts of the closed form by the number of examples (left) and of parameters (right), \
             both axes logarithmic: a power is a straight line there and its exponent the slope.",
            2,
            figures::costs(&by_examples, &by_width),
        )
        .note(
            "The exponents of seconds are measured and drawn, not checked: caches and other programs have a part in \
             them, by up to half a power on a busy machine, and short inner loops take longer per multiplication, so \
             small D cost more than their share.",
        );
    Ok(())
}

/// One power law of the closed form.
struct CostPart<'a> {
    name: &'static str,
    expected: f64,
    costs: &'a [ClosedFormCost],
    size: fn(&ClosedFormCost) -> usize,
    /// 0: `X^T X`; 1: the factorization.
    part: usize,
}

impl CostPart<'_> {
    fn exponent(&self, cost: fn(&ClosedFormCost, usize) -> f64) -> f64 {
        let point = |one: &ClosedFormCost| ((self.size)(one) as f64, cost(one, self.part));
        FittedLine::of_logarithms(&self.costs.iter().map(point).collect::<Vec<_>>()).slope
    }

    fn row(&self) -> Vec<String> {
        let counted = self.exponent(|cost, part| cost.counted[part] as f64);
        let timed = self.exponent(|cost, part| cost.seconds[part]);
        row![self.name, self.expected, counted, timed]
    }
}

/// The problem of one input that is drawn, or the points that are set.
fn line_to_fit(settings: &Setup) -> LinearProblem {
    let (examples, noise) = (settings.whole(EXAMPLES), settings.number(NOISE));
    let drawn = || LinearProblem::random(examples, 1, noise, &mut Stream::numbered(settings.seed, 1000));
    settings.points(POINTS).map_or_else(drawn, LinearProblem::of_points)
}

fn minimum(problem: &LinearProblem) -> Result<Vec<f64>> {
    problem.closed_form().context("the inputs are linearly dependent, as where x is the same in all rows; give others")
}
