//! What linear regression looks like.

use super::line::LinearProblem;
use crate::prelude::*;
use std::f64::consts::TAU;

/// A point of the drawn plane, or where a line breaks.
type PlanePoint = (f64, f64);
const BREAK: PlanePoint = (f64::NAN, f64::NAN);

/// Half the side of the drawn part of the parameter plane.
const REACH: f64 = 1.75;

pub(super) fn draw(problem: &LinearProblem, minimum: &[f64], findings: &mut Findings) {
    findings
        .figure(
            "level_lines",
            "Level lines of the mean squared error",
            "The mean squared error over intercept and slope of a line: level lines are ellipses around one minimum. \
             The short lines, in the direction of steepest descent, stand upright on them; where ellipses are long \
             that is not the direction of the minimum, so descent crosses the valley first and then creeps along it, \
             or swings across it at a rate 1.8 times as large.",
            level_lines(problem, minimum),
        )
        .figure(
            "fitted_line",
            "Examples and fitted line",
            "100 examples of 0.5 + x with noise of deviation 0.3, the line of the normal equations, and where \
             descent from 0 is after 1 and after 5 steps.",
            fitted_line(problem, minimum),
        );
}

/// Level lines of the loss of a line, the way down by two rates, and the direction of steepest descent on level lines.
fn level_lines(problem: &LinearProblem, minimum: &[f64]) -> Chart {
    let least = problem.loss(minimum);
    let [across, up] = [0, 1].map(|axis| minimum[axis] - REACH..minimum[axis] + REACH);
    let field = Field::sample(across.clone(), up.clone(), [140, 140], |x, y| problem.loss(&[x, y]));
    let levels = [0.01, 0.03, 0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0].map(|height| least + height);
    let way = |start: [f64; 2], part: f64| -> Vec<PlanePoint> {
        let start = vec![minimum[0] + start[0], minimum[1] + start[1]];
        let path = problem.path(start, part * problem.rate(), 1e-9, 400);
        path.iter().map(|point| (point[0], point[1])).collect()
    };

    Chart::new(Axis::linear("phi0, the intercept").range(across), Axis::linear("phi1, the slope").range(up))
        .equal_units()
        .contours(&field, &levels)
        .line("direction of steepest descent", &steepest(problem, minimum, least))
        .path("descent, rate 1 / lambda_max", &way([-0.4, 1.5], 1.0))
        .path("descent, rate 1.8 / lambda_max", &way([1.5, 0.6], 1.8))
        .scatter("normal equations", &[(minimum[0], minimum[1])])
}

/// Short lines against the gradient, from points on three level lines.
fn steepest(problem: &LinearProblem, minimum: &[f64], least: f64) -> Vec<PlanePoint> {
    let mut lines = Vec::new();
    for height in [0.1, 0.3, 1.0] {
        for place in 0..12 {
            let angle = TAU * (f64::from(place) + 0.5) / 12.0;
            let Some(from) = problem.on_level(minimum, angle, least + height) else { continue };
            let gradient = problem.gradient(&from);
            let length = 0.14 / norm(&gradient);
            let to = (from[0] - length * gradient[0], from[1] - length * gradient[1]);
            lines.extend([(from[0], from[1]), to, BREAK]);
        }
    }
    lines
}

/// The points, the line of the normal equations, and the lines that descent passes through.
fn fitted_line(problem: &LinearProblem, minimum: &[f64]) -> Chart {
    let points: Vec<PlanePoint> =
        (0..problem.targets.len()).map(|row| (problem.inputs.at(row, 1), problem.targets[row])).collect();
    let path = problem.path(vec![0.0, 0.0], problem.rate(), 1e-9, 1000);
    // Drawn examples lie between 0 and 2.
    let low = points.iter().map(|point| point.0).fold(0.0, f64::min);
    let high = points.iter().map(|point| point.0).fold(2.0, f64::max);
    let line = |parameters: &[f64]| [low, high].map(|x| (x, parameters[0] + parameters[1] * x));

    Chart::new(Axis::linear("x"), Axis::linear("y"))
        .scatter("examples", &points)
        .line("normal equations", &line(minimum))
        .dashed("after 1 step of descent", &line(&path[1.min(path.len() - 1)]))
        .dashed("after 5 steps", &line(&path[5.min(path.len() - 1)]))
}
