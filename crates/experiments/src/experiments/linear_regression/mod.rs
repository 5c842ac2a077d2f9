//! Linear regression (S12): the line through points, found in two ways.
//!
//! The loss of `y = phi_0 + phi_1 x_1 + ..` is the mean squared error, `L(phi) = |X phi - y|^2 / N`, where the first column of `X` is 1. Its
//! second derivative, `H = 2/N X^T X`, is the same everywhere, so the loss is a paraboloid. [Descent](LinearProblem::descend) steps against
//! the gradient until the loss changes by less than epsilon. The [normal equations](LinearProblem::closed_form) put the gradient to zero and
//! solve for `phi = (X^T X)^-1 X^T y`.

mod lesson;
mod settings;

mod cost;
mod figures;
mod line;

use self::line::LinearProblem;
use self::settings::{EXAMPLES, NOISE, POINTS, RATE};
use crate::prelude::*;
use std::f64::consts::TAU;

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

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    one_minimum(settings, &mut findings)?;

    let problem = line_to_fit(settings);
    let minimum = problem.closed_form()?;
    level_lines(&problem, &minimum, settings, &mut findings)?;
    stop_rule(&problem, &minimum, settings, &mut findings);
    figures::draw(&problem, &minimum, &mut findings);

    cost::check(settings, &mut findings)?;
    Ok(findings)
}

/// The loss changes by less than this in the last step of a descent.
///
/// At the minimum it is about 0.09, where neighboring doubles lie 1.4e-17 apart: descent stops where two losses are the same to the last bit.
const EPSILON: f64 = 1e-17;
/// Steps after which a descent gives up.
const MOST_STEPS: usize = 1_000_000;

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
        let minimum = problem.closed_form()?;
        let rate = settings.number(RATE) * problem.rate();
        let descent = problem.descend(vec![0.0; dimensions + 1], rate, EPSILON, MOST_STEPS);
        ran_out += i32::from(descent.steps == MOST_STEPS);
        apart = larger(apart, largest_gap(&descent.parameters, &minimum));
        let step = random.normals(dimensions + 1);
        off_slope = larger(off_slope, problem.distance_to_slope(&minimum, &step));
        off_paraboloid = larger(off_paraboloid, problem.distance_to_paraboloid(&minimum, &step));
        flattest = flattest.min(problem.hessian().eigenvalues()[0]);
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
        // Five inputs uniform in 0..2 give one of 0.106 for endless examples: twice the smaller root of l^2 - (5 + 4/3) l + 1/3.
        .claim("There is one minimum: least eigenvalue of the Hessian, above 0", flattest, AtLeast(0.05));
    Ok(())
}

/// The problem of one input that is drawn, or the points that are set.
fn line_to_fit(settings: &Setup) -> LinearProblem {
    let (examples, noise) = (settings.whole(EXAMPLES), settings.number(NOISE));
    let drawn = || LinearProblem::random(examples, 1, noise, &mut Stream::numbered(settings.seed, 1000));
    settings.points(POINTS).map_or_else(drawn, LinearProblem::of_points)
}

/// The angle between gradients and level lines, all around the minimum and at several heights.
fn level_lines(problem: &LinearProblem, minimum: &[f64], settings: &Setup, findings: &mut Findings) -> Result<()> {
    let angles = settings.choose(360, 60);
    let mut largest = 0.0_f64;
    for height in [0.01, 0.1, 1.0, 10.0] {
        let level = problem.loss(minimum) + height;
        for place in 0..angles {
            let angle = TAU * f64::from(place) / f64::from(angles);
            let cosine = problem.cosine_to_level_line(minimum, angle, level).context("no level line")?;
            largest = larger(largest, cosine.abs());
        }
    }
    findings
        .claiming("The gradient is orthogonal to the level lines: largest cosine of the angle between them")
        .is(largest, AtMost(1e-5));
    Ok(())
}

/// How near the minimum each epsilon stops: there a step lowers the loss in proportion to the square of the distance.
fn stop_rule(problem: &LinearProblem, minimum: &[f64], settings: &Setup, findings: &mut Findings) {
    let (mut rows, mut points) = (Vec::new(), Vec::new());
    for exponent in [4, 6, 8, 10, 12, 14, 16] {
        let epsilon = 10.0_f64.powi(-exponent);
        let descent = problem.descend(vec![0.0, 0.0], settings.number(RATE) * problem.rate(), epsilon, MOST_STEPS);
        let apart = largest_gap(&descent.parameters, minimum);
        rows.push(row![format!("1e-{exponent}"), descent.steps, apart]);
        points.push((epsilon, apart));
    }
    let exponent = fitted_exponent(&points);
    findings
        .claiming("The distance at which the rule stops falls as the square root of epsilon: exponent")
        .is(exponent, Near(0.5, 0.02));
    if exponent.is_nan() {
        findings.measured_with(", as a descent ends on the very minimum, whose distance of 0 has no logarithm");
    }
    findings.table(
        "Where the stop rule ends",
        &["epsilon", "steps", "largest distance of a parameter to the closed form"],
        rows,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_of_no_distances_is_not_measurable() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("points.csv");
        // The first descent starts at the minimum.
        std::fs::write(&file, "x,y\n0,0\n1,0\n2,0\n").unwrap();
        let set = EXPERIMENT.set(&[format!("points={}", file.display())]).unwrap();
        let settings = Setup { set, ..Setup::default() };
        let problem = line_to_fit(&settings);
        let minimum = problem.closed_form().unwrap();
        let mut findings = Findings::default();
        stop_rule(&problem, &minimum, &settings, &mut findings);
        let measured = &findings.claims[0].measured;
        assert!(measured.starts_with("not measurable, as a descent ends on the very minimum"), "{measured}");
    }
}
