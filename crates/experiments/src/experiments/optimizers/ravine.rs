//! A ravine, where descent zig-zags, and how momentum smooths it.

use super::settings::STEEP;
use super::walks::{momentum, plane, points, until_arrival};
use crate::prelude::*;
use std::f64::consts::PI;
use zoo_recipe::Optimizer;
use zoo_toys::Surface;

/// In the notes' picture it is fifty times as steep across as along.
pub(super) fn zigzag(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (flat, steep) = (1.0_f64, settings.number(STEEP));
    let surface = Surface::Quadratic { curvatures: [flat, steep], angle: 0.0 };
    let arrive = |recipe: Optimizer, rate: f64| until_arrival(surface, &recipe, rate, [10.0, 1.0]);
    let best_rate = 2.0 / (flat + steep);
    let (plain, same_rate) = (arrive(Optimizer::Sgd, best_rate)?, arrive(momentum(0.9), best_rate)?);
    let (root_flat, root_steep) = (flat.sqrt(), steep.sqrt());
    let best_momentum = ((root_steep - root_flat) / (root_steep + root_flat)).powi(2);
    let heavy = arrive(momentum(best_momentum), 4.0 / (root_steep + root_flat).powi(2))?;
    findings
        .claiming("Descent at its best rate, 2 / (l_1 + l_2), zig-zags: fraction of steps that cross the ravine")
        .is(crossings(&plain), AtLeast(0.95))
        // The steep direction turns by a fixed angle per step, so the fraction is known to one crossing in the whole walk.
        .claiming("Momentum smooths it: fraction at the same rate, in theory its complex root's angle over pi")
        .is(crossings(&same_rate), Near(crossing_fraction(steep, best_rate, 0.9), 1.5 / same_rate.len() as f64))
        .claiming("Momentum at its best rate needs at most half as many: steps")
        .is((heavy.len() - 1) as f64, AtMost((plain.len() - 1) as f64 / 2.0));
    let levels: Vec<f64> = (-1..5).map(|power| 75.0 * 3.0_f64.powi(-power)).collect();
    let sides = [("along the ravine", -6.0..11.0), ("across", -2.6..2.6)];
    let plane = plane(sides, &levels, |x, y| surface.value([x, y]));
    let panel = |(name, path): (&str, &[[f64; 2]])| {
        let heading = format!("{name}: {} steps", path.len() - 1);
        plane.clone().heading(&heading).path(name, &points(path))
    };
    let walks = [
        ("descent, rate 2 / (l_1 + l_2)", &*plain),
        ("momentum 0.9, same rate", &*same_rate),
        ("momentum, best rate", &*heavy),
    ];
    let caption = "The ravine from the same start until the value is below 1e-6. Descent at its best rate jumps from \
                   side to side in every step and creeps along. Momentum at the same rate crosses less often and gains \
                   way along the ravine; at the momentum and rate best for these curvatures it swings widely at first \
                   and is there soonest.";
    findings.panels("zigzag", "Zig-zag, and how momentum smooths it", caption, 2, walks.map(panel).to_vec());
    Ok(())
}

/// The argument over pi of the complex roots of `z^2 - (1 + momentum - rate l) z + momentum`, the recursion of momentum.
fn crossing_fraction(curvature: f64, rate: f64, momentum: f64) -> f64 {
    let cosine = (1.0 + momentum - rate * curvature) / (2.0 * momentum.sqrt());
    cosine.clamp(-1.0, 1.0).acos() / PI
}

fn crossings(path: &[[f64; 2]]) -> f64 {
    let crossed = path.windows(2).filter(|pair| pair[0][1] * pair[1][1] < 0.0).count();
    crossed as f64 / (path.len() - 1) as f64
}
