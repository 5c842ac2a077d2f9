//! Why descent goes against the gradient: Cauchy and Schwarz (thesis 3.4).
//!
//! A small step `h u` with `|u| = 1` changes the value by `h g . u`, and `|g . u| <= |g| |u|` with equality for parallel vectors alone. So
//! no direction falls faster than `u = -g / |g|`, along which the slope is `-|g|`. It is a statement about small steps: the curvature
//! adds `h^2 / 2 u^T H u`, which turns the best direction of a step of length `h` away from `-g` by an angle that grows with `h`.

use crate::prelude::*;
use zoo_toys::Surface;

const BOWL: Surface = Surface::BOWL;
/// Far from the minimum.
const PLACE: [f64; 2] = [3.0, 2.5];
/// Lengths of steps, each half of the one before.
const LENGTHS: [f64; 5] = [0.04, 0.02, 0.01, 0.005, 0.0025];

pub(super) fn direction(settings: &Setup, findings: &mut Findings) {
    let (draws, mut random) = (settings.choose(10_000, 1000), Stream::numbered(settings.seed, 400));
    let is_faster = |_: &i32| {
        let dimensions = 1 + random.index(20);
        let (gradient, other) = (random.normals(dimensions), random.normals(dimensions));
        // Rounding may take it by a few units in the last place.
        dot(&gradient, &other) / norm(&gradient) / norm(&other) < -1.0 - 1e-12
    };
    let faster = (0..draws).filter(is_faster).count();
    let angles = LENGTHS.map(|step| (step, best_angle(step)));
    findings
        .claiming("No direction falls faster than -g: random gradients and directions, 1 to 20 dimensions, that do")
        .is(faster as f64, Exactly(0.0))
        .measured_with(format!(" of {draws}"))
        .claiming(
            "On the bowl the direction in which a step falls farthest turns to -g as the step shrinks, in proportion to \
             it: exponent of the angle",
        )
        .is(fitted_exponent(&angles), Near(1.0, 0.1))
        .measured_with(format!(" (from {} to {} radians)", number(angles[0].1), number(angles[LENGTHS.len() - 1].1)));
    figure(findings);
}

/// The angle to `-g` of the direction in which a step of this length falls farthest, by narrowing an interval around `-g`.
fn best_angle(step: f64) -> f64 {
    let (mut low, mut high) = (-0.5, 0.5);
    for _ in 0..60 {
        let third = (high - low) / 3.0;
        let [left, right] = [low + third, high - third].map(|angle| after(step, angle));
        if left < right { high -= third } else { low += third }
    }
    ((low + high) / 2.0_f64).abs()
}

/// The value after a step at this angle to `-g`.
fn after(step: f64, angle: f64) -> f64 {
    let [x, y] = BOWL.gradient(PLACE);
    let towards = (-y).atan2(-x) + angle;
    BOWL.value([PLACE[0] + step * towards.cos(), PLACE[1] + step * towards.sin()])
}

fn figure(findings: &mut Findings) {
    let (slope, before) = (norm(&BOWL.gradient(PLACE)), BOWL.value(PLACE));
    let curve = |change: &dyn Fn(f64) -> f64| {
        let angles = (-180_i32..=180).map(f64::from);
        angles.map(|degrees| (degrees, change(degrees.to_radians()))).collect::<Vec<_>>()
    };
    let chart = Chart::new(Axis::linear("angle to -g in degrees"), Axis::linear("change of value over h |g|"));
    let chart = chart.dashed("h near 0: -cos", &curve(&|angle: f64| -angle.cos()));
    let chart = [0.5, 2.0, 4.0].into_iter().fold(chart, |chart, step| {
        chart.line(&format!("h = {step}"), &curve(&|angle| (after(step, angle) - before) / (step * slope)))
    });
    findings.figure(
        "steepest",
        "The steepest direction",
        "How much a step of length h from one place on the bowl changes the value, by its angle to the negative \
         gradient. For a small step it is the cosine, least at 0; a long one falls farther in another direction, \
         and at last not at all.",
        chart,
    );
}
