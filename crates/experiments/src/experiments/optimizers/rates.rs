//! Rates on quadratics, where theory says exactly how fast descent is.

use super::walks::{ARRIVED, by_step, until_arrival, walk};
use crate::prelude::*;
use zoo_recipe::Optimizer;
use zoo_toys::Surface;

/// The rate from which random quadratics, turned by random angles, diverge.
pub(super) fn too_large(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let surfaces = settings.choose(20, 4);
    let mut wrong = 0;
    for stream in 0..surfaces {
        let mut random = Stream::numbered(settings.seed, stream);
        let curvatures = [random.uniform(0.5, 2.0), random.uniform(4.0, 10.0)];
        let surface = Surface::Quadratic { curvatures, angle: random.uniform(0.0, 3.0) };
        let threshold = 2.0 / curvatures[1];
        // In the long run, here the last of 1500 steps, the steeper direction decides.
        let grows = |part: f64| -> Result<bool> {
            let path = walk(surface, &Optimizer::Sgd, part * threshold, [1.0, -0.7], 1500)?;
            Ok(path.windows(2).next_back().is_some_and(|pair| norm(&pair[1]) > norm(&pair[0])))
        };
        wrong += usize::from(grows(0.999)?) + usize::from(!grows(1.001)?);
    }
    findings
        .claiming(
            "Descent diverges from 2 / lambda_max on: how many grow at 0.999 times that, or shrink at 1.001 times",
        )
        .is(wrong as f64, Exactly(0.0))
        .measured_with(format!(" ({surfaces} random quadratics)"));
    Ok(())
}

/// A rate of a hundredth of the threshold, and values by step for others around it.
pub(super) fn too_small(findings: &mut Findings) -> Result<()> {
    let (surface, start) = (Surface::BOWL, [3.0, 2.5]);
    let threshold = 2.0 / surface.steepest();
    let small = 0.01 * threshold;
    let steps = until_arrival(surface, &Optimizer::Sgd, small, start)?.len() - 1;
    // The direction of curvature 1 decides; it starts somewhat below the whole value, which costs a few steps at most. The value shrinks
    // by the square of what the distance does.
    let expected = (ARRIVED / surface.value(start)).ln() / (2.0 * (1.0 - small).ln());
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
