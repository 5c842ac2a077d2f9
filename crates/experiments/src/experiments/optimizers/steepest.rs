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

pub(super) fn direction(findings: &mut Findings) {
    let angles = [0.04, 0.02, 0.01, 0.005, 0.0025].map(|step| (step, best_angle(step)));
    findings
        .claiming(
            "On the bowl the direction in which a step falls farthest turns to -g as the step shrinks, in proportion to \
             it: exponent of the angle",
        )
        .is(fitted_exponent(&angles), Near(1.0, 0.1))
        .measured_with(format!(" (from {} to {} radians)", number(angles[0].1), number(angles[4].1)));
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
