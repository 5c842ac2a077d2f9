//! Rates on quadratics, where theory says exactly how fast descent is.

use super::walks::{ARRIVED, by_step, until_arrival, walk};
use crate::prelude::*;
use zoo_recipe::Optimizer;
use zoo_toys::Surface;

/// What multiplies the distance to the minimum in a step of gradient descent, in the long run: the largest `|1 - rate l|`.
fn descent_factor(curvatures: [f64; 2], rate: f64) -> f64 {
    curvatures.map(|curvature| (1.0 - rate * curvature).abs()).into_iter().fold(0.0, larger)
}

/// The factor that is measured on random quadratics, turned by random angles, and the rate from which they diverge.
pub(super) fn against_theory(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let surfaces = settings.choose(20, 4);
    let (mut apart, mut wrong) = (0.0_f64, 0);
    for stream in 0..surfaces {
        let mut random = Stream::numbered(settings.seed, stream);
        let curvatures = [random.uniform(0.5, 2.0), random.uniform(4.0, 10.0)];
        let surface = Surface::Quadratic { curvatures, angle: random.uniform(0.0, 3.0) };
        let threshold = 2.0 / curvatures[1];
        let rate = random.uniform(0.1, 0.95) * threshold;
        apart = larger(apart, (measured_factor(surface, rate)? - descent_factor(curvatures, rate)).abs());
        let shrinks = measured_factor(surface, 0.999 * threshold)? < 1.0;
        let grows = measured_factor(surface, 1.001 * threshold)? > 1.0;
        wrong += usize::from(!shrinks) + usize::from(!grows);
    }
    let count = format!(" ({surfaces} random quadratics)");
    findings
        .claiming("Gradient descent shrinks the distance by max |1 - rate lambda| per step: largest difference")
        .is(apart, AtMost(2e-3))
        .measured_with(&count)
        .claiming(
            "Descent diverges from 2 / lambda_max on: how many grow at 0.999 times that, or shrink at 1.001 times",
        )
        .is(wrong as f64, Exactly(0.0))
        .measured_with(&count);
    Ok(())
}

/// The mean factor of the distance to the minimum, at the origin, over the last 20 steps of a walk.
fn measured_factor(surface: Surface, rate: f64) -> Result<f64> {
    let path = walk(surface, &Optimizer::Sgd, rate, [1.0, -0.7], 1500)?;
    let last = path.len() - 1;
    let first = last.saturating_sub(20);
    Ok((norm(&path[last]) / norm(&path[first])).powf(1.0 / (last - first) as f64))
}

/// A rate of a hundredth of the threshold, and values by step for others around it.
pub(super) fn too_small(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (surface, start, curvatures) = (Surface::BOWL, [3.0, 2.5], [1.0, 4.0]);
    let threshold = 2.0 / surface.steepest();
    let (small, most) = (0.01 * threshold, settings.choose(5000, 2000));
    let steps = until_arrival(surface, &Optimizer::Sgd, small, start, most)?.len() - 1;
    // The slowest direction decides; it starts somewhat below the whole value, which costs a few steps at most.
    let expected = (ARRIVED / surface.value(start)).ln() / (2.0 * descent_factor(curvatures, small).ln());
    let mut chart = Chart::new(Axis::linear("step"), Axis::log("value").range(1e-7..1e5));
    for part in [0.01, 0.5, 0.99, 1.01] {
        let path = walk(surface, &Optimizer::Sgd, part * threshold, start, 100)?;
        let values = path.iter().map(|place| surface.value(*place));
        chart = chart.line(&format!("{part} of 2 / lambda_max"), &by_step(values));
    }
    findings
        .claiming("A rate of a hundredth of the threshold crawls: steps over those that theory's factor gives")
        .is(steps as f64 / expected, Near(1.0, 0.1))
        .measured_with(format!(" ({steps} steps)"))
        .figure(
            "rates",
            "Rates too small and too large",
            "Descent on the quadratic with curvatures 1 and 4. Too small a rate crawls, one just below 2 / lambda_max \
             jumps from side to side and barely shrinks, above it the value grows.",
            chart,
        );
    Ok(())
}
