//! Why descent goes against the gradient: Cauchy and Schwarz (thesis 3.4).
//!
//! A small step `h u` with `|u| = 1` changes the value by `h g . u`, and `|g . u| <= |g| |u|` with equality for parallel vectors alone. So
//! no direction falls faster than `u = -g / |g|`, along which the slope is `-|g|`. It is a statement about small steps: the curvature
//! adds `h^2 / 2 u^T H u`, which turns the best direction of a step of length `h` away from `-g` by an angle that grows with `h`.

use crate::prelude::*;
use std::f64::consts::PI;
use zoo_toys::Surface;

/// Places far from any minimum.
const PLACES: [(&str, Surface, [f64; 2]); 2] =
    [("bowl", Surface::BOWL, [3.0, 2.5]), ("Rosenbrock's valley", Surface::Rosenbrock, [-1.2, 1.0])];
/// Lengths of steps, each half of the one before.
const LENGTHS: [f64; 5] = [0.04, 0.02, 0.01, 0.005, 0.0025];

pub(super) fn direction(settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 400);
    let draws = settings.choose(10_000, 1000);
    let (mut beyond, mut off) = (0, 0.0_f64);
    for _ in 0..draws {
        let dimensions = 1 + random.index(20);
        let (gradient, other) = (random.normals(dimensions), random.normals(dimensions));
        let slope = |direction: &[f64]| dot(&gradient, direction) / norm(direction) / norm(&gradient);
        let against: Vec<f64> = gradient.iter().map(|part| -part).collect();
        // Rounding may take either by a few units in the last place.
        beyond += usize::from(slope(&other) < slope(&against) - 1e-12);
        off = larger(off, (slope(&against) + 1.0).abs());
    }
    findings
        .claiming("No direction falls faster than -g: random gradients and directions, 1 to 20 dimensions, that do")
        .is(beyond as f64, Exactly(0.0))
        .measured_with(format!(" of {draws}"))
        .claim("along which the slope is -|g|: largest relative difference", off, AtMost(1e-12));
    for (name, surface, place) in PLACES {
        let angles: Vec<(f64, f64)> = LENGTHS.iter().map(|&step| (step, best_angle(surface, place, step))).collect();
        let exponent = FittedLine::of_logarithms(&angles).slope;
        let (longest, shortest) = (angles[0].1, angles[LENGTHS.len() - 1].1);
        findings
            .claiming(format!(
                "On the {name} the direction in which a step falls farthest turns to -g as the step shrinks, in \
                 proportion to it: exponent of the angle"
            ))
            .is(exponent, Near(1.0, 0.1))
            .measured_with(format!(" (from {} to {} radians)", number(longest), number(shortest)));
    }
    figure(findings);
}

/// The angle to `-g` of the direction in which a step of this length falls farthest, by halving an interval around `-g`.
fn best_angle(surface: Surface, place: [f64; 2], step: f64) -> f64 {
    let (mut low, mut high) = (-0.5, 0.5);
    for _ in 0..60 {
        let third = (high - low) / 3.0;
        let [left, right] = [low + third, high - third].map(|angle| after(surface, place, step, angle));
        if left < right { high -= third } else { low += third }
    }
    ((low + high) / 2.0_f64).abs()
}

/// The value after a step at this angle to `-g`.
fn after(surface: Surface, place: [f64; 2], step: f64, angle: f64) -> f64 {
    let [x, y] = surface.gradient(place);
    let towards = (-y).atan2(-x) + angle;
    surface.value([place[0] + step * towards.cos(), place[1] + step * towards.sin()])
}

fn figure(findings: &mut Findings) {
    let (_, surface, place) = PLACES[0];
    let slope = norm(&surface.gradient(place));
    let angles = || (-180..=180).map(|degree| f64::from(degree) * PI / 180.0);
    let change = |step: f64| {
        let before = surface.value(place);
        let relative = |angle| (after(surface, place, step, angle) - before) / (step * slope);
        angles().map(|angle| (angle.to_degrees(), relative(angle))).collect::<Vec<_>>()
    };
    let cosine: Vec<(f64, f64)> = angles().map(|angle| (angle.to_degrees(), -angle.cos())).collect();
    let chart = [0.5, 2.0, 4.0].into_iter().fold(
        Chart::new(Axis::linear("angle to -g in degrees"), Axis::linear("change of value over h |g|"))
            .dashed("h near 0: -cos", &cosine),
        |chart, step| chart.line(&format!("h = {step}"), &change(step)),
    );
    findings.figure(
        "steepest",
        "The steepest direction",
        "How much a step of length h from one place on the bowl changes the value, by its angle to the negative \
         gradient. For a small step it is the cosine, least at 0; a long one falls farther in another direction, \
         and at last not at all.",
        chart,
    );
}
