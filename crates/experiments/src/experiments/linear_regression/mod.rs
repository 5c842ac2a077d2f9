//! Linear regression (S12): gradient descent with a stop rule against the normal equations, the paraboloid they both
//! descend, and what the closed form costs.

mod cost;
mod line;

use anyhow::{Context, Result};

use self::line::{Problem, cosine_to_level_line};
use crate::matrix::dot;
use crate::random::Random;
use crate::statistics::Line;
use crate::{Check, Experiment, Findings, Settings, number};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "linear_regression",
    sources: &["S12"],
    title: "Linear regression: two ways to one minimum",
    says: "Gradient descent on the mean squared error, stopped when the loss changes by less than epsilon, ends where \
           the normal equations (X^T X)^-1 X^T y lie. The loss is a paraboloid with one minimum, its gradient is \
           orthogonal to its level lines, and the closed form costs O(N D^2 + D^3).",
    run,
};

/// The loss changes by less than this in the last step of a descent.
const EPSILON: f64 = 1e-17;

fn run(settings: &Settings) -> Result<Findings> {
    let mut findings = Findings::default();
    one_minimum(settings, &mut findings)?;
    level_lines(settings, &mut findings)?;
    stop_rule(settings, &mut findings)?;
    closed_form_cost(settings, &mut findings);
    Ok(findings)
}

/// Descent against the normal equations on random problems of 1 to 5 inputs, and the shape of the loss around the minimum.
fn one_minimum(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let problems = settings.choose(200, 20);
    let (mut apart, mut off_paraboloid, mut flattest) = (0.0_f64, 0.0_f64, f64::INFINITY);
    for stream in 0..problems {
        let mut random = Random::new(settings.seed, stream);
        let dimensions = 1 + stream as usize % 5;
        let problem = Problem::random(100, dimensions, 0.3, &mut random);
        let minimum = minimum(&problem)?;
        let curvatures = problem.hessian().eigenvalues();
        let found = problem.descend(vec![0.0; dimensions + 1], rate(&problem), EPSILON, 1_000_000).parameters;
        apart = apart.max(largest_difference(&found, &minimum));
        flattest = flattest.min(curvatures[0]);
        let step = random.normals(dimensions + 1);
        off_paraboloid = off_paraboloid.max(distance_to_paraboloid(&problem, &minimum, &step));
    }
    findings
        .claim("Descent ends at the parameters of the normal equations: largest difference", apart, Check::AtMost(1e-6))
        .measured_with(&format!(" ({problems} problems of 100 examples and 1 to 5 inputs)"))
        .claim(
            "The loss is its paraboloid, L* + 1/2 d^T H d: largest difference at a random point",
            off_paraboloid,
            Check::AtMost(1e-9),
        )
        .claim("There is one minimum: least eigenvalue of the Hessian, above 0", flattest, Check::AtLeast(1e-6));
    Ok(())
}

fn distance_to_paraboloid(problem: &Problem, minimum: &[f64], step: &[f64]) -> f64 {
    let there: Vec<f64> = minimum.iter().zip(step).map(|(value, step)| value + step).collect();
    let rise = 0.5 * dot(step, &problem.hessian().times(step));
    (problem.loss(&there) - problem.loss(minimum) - rise).abs()
}

/// The angle between gradients and level lines, all around the minimum and at several heights.
fn level_lines(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let problem = Problem::random(100, 1, 0.3, &mut Random::new(settings.seed, 1000));
    let minimum = minimum(&problem)?;
    let least = problem.loss(&minimum);
    let angles = settings.choose(360, 60);
    let mut largest = 0.0_f64;
    for height in [0.01, 0.1, 1.0, 10.0] {
        for place in 0..angles {
            let angle = std::f64::consts::TAU * f64::from(place) / f64::from(angles);
            let cosine = cosine_to_level_line(&problem, &minimum, angle, least + height).context("no level line")?;
            largest = largest.max(cosine.abs());
        }
    }
    findings.claim(
        "The gradient is orthogonal to the level lines: largest cosine of the angle between them",
        largest,
        Check::AtMost(1e-5),
    );
    Ok(())
}

/// How near the minimum each epsilon stops.
fn stop_rule(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let problem = Problem::random(100, 1, 0.3, &mut Random::new(settings.seed, 1000));
    let minimum = minimum(&problem)?;
    let mut rows = Vec::new();
    let mut points = Vec::new();
    for exponent in [4, 6, 8, 10, 12, 14, 16] {
        let epsilon = 10.0_f64.powi(-exponent);
        let descent = problem.descend(vec![0.0, 0.0], rate(&problem), epsilon, 1_000_000);
        let apart = largest_difference(&descent.parameters, &minimum);
        rows.push(vec![format!("1e-{exponent}"), descent.steps.to_string(), number(apart)]);
        points.push((epsilon.ln(), apart.ln()));
    }
    findings.table(
        "Where the stop rule ends",
        &["epsilon", "steps", "largest distance of a parameter to the closed form"],
        rows,
    );
    // Near the minimum a step lowers the loss in proportion to the square of the distance.
    findings.claim(
        "The distance at which the rule stops falls as the square root of epsilon: exponent",
        Line::fit(&points).slope,
        Check::Near { expected: 0.5, tolerance: 0.02 },
    );
    Ok(())
}

/// The exponents of N and D in the closed form, from counted multiplications and from seconds.
fn closed_form_cost(settings: &Settings, findings: &mut Findings) {
    let examples = settings.choose(vec![2000, 4000, 8000, 16_000, 32_000], vec![500, 1000, 2000]);
    let widths = settings.choose(vec![32, 64, 128, 256, 512], vec![32, 64, 128]);
    let by_examples = measure(examples.iter().map(|&count| (count, 32)), settings);
    let by_width = measure(widths.iter().map(|&width| (500, width)), settings);
    let exponents = |cost: fn(&Cost) -> f64, costs: &[Cost], size: fn(&Cost) -> usize| {
        let points: Vec<_> = costs.iter().map(|one| ((size(one) as f64).ln(), cost(one).ln())).collect();
        Line::fit(&points).slope
    };
    let (of_examples, of_width) = (|cost: &Cost| cost.examples, |cost: &Cost| cost.width);
    let counted = [
        ("X^T X, in N", 1.0, exponents(|cost| cost.counted.products as f64, &by_examples, of_examples)),
        ("X^T X, in D", 2.0, exponents(|cost| cost.counted.products as f64, &by_width, of_width)),
        ("its factorization, in D", 3.0, exponents(|cost| cost.counted.factorization as f64, &by_width, of_width)),
    ];
    for (part, expected, found) in counted {
        let sentence = format!("Multiplications of {part}: exponent");
        findings.claim(&sentence, found, Check::Near { expected, tolerance: settings.choose(0.05, 0.1) });
    }
    let timed = [
        exponents(|cost| cost.seconds[0], &by_examples, of_examples),
        exponents(|cost| cost.seconds[0], &by_width, of_width),
        exponents(|cost| cost.seconds[1], &by_width, of_width),
    ];
    findings.table(
        "What the closed form cost",
        &COST_HEAD,
        by_examples.iter().chain(&by_width).map(Cost::row).collect(),
    );
    findings.note(format!(
        "In seconds the exponents are {} for X^T X in N, {} for it in D and {} for the factorization in D. They are reported and \
         not checked: caches and other programs have a part in them, and short inner loops take longer per multiplication.",
        number(timed[0]),
        number(timed[1]),
        number(timed[2])
    ));
}

const COST_HEAD: [&str; 6] =
    ["N", "D", "multiplications of X^T X", "seconds", "multiplications of the factorization", "seconds "];

struct Cost {
    examples: usize,
    width: usize,
    counted: cost::Operations,
    seconds: [f64; 2],
}

impl Cost {
    fn row(&self) -> Vec<String> {
        let Self { examples, width, counted, seconds } = self;
        let operations = [counted.products, counted.factorization].map(|count| count.to_string());
        let [products, factorization] = operations;
        let [first, second] = seconds.map(number);
        vec![examples.to_string(), width.to_string(), products, first, factorization, second]
    }
}

fn measure(sizes: impl Iterator<Item = (usize, usize)>, settings: &Settings) -> Vec<Cost> {
    let mut random = Random::new(settings.seed, 2000);
    let repeats = settings.choose(5, 2);
    let one = |(examples, width)| Cost {
        examples,
        width,
        counted: cost::count(examples, width),
        seconds: cost::seconds(examples, width, repeats, &mut random),
    };
    sizes.map(one).collect()
}

fn minimum(problem: &Problem) -> Result<Vec<f64>> {
    problem.closed_form().context("the inputs are linearly dependent")
}

/// One over the largest curvature: half the rate at which descent would diverge.
fn rate(problem: &Problem) -> f64 {
    problem.hessian().eigenvalues().last().map_or(0.0, |steepest| 1.0 / steepest)
}

fn largest_difference(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right).abs()).fold(0.0, f64::max)
}
