//! Why central differences cannot do better: their error by their step.

use super::network::{SigmoidNetwork, zeros_and_ones};
use crate::prelude::*;
use crate::statistics::apart;

pub(super) fn of_differences(settings: &Setup, findings: &mut Findings) {
    let steps = (4..=40).map(|quarter| 10_f64.powf(-f64::from(quarter) / 4.0));
    let networks = settings.choose(40, 10);
    let error = |step: f64, stream: u64| {
        let mut random = Stream::numbered(settings.seed, 20_000 + stream);
        let network = SigmoidNetwork::random(&[3, 2, 3, 2], &mut random);
        let (x, y) = (random.normals(3), zeros_and_ones(2, &mut random));
        apart(&network.gradient(&x, &y), &network.central_differences(&x, &y, step))
    };
    let median = |step| quantile(&(0..networks).map(|stream| error(step, stream)).collect::<Vec<_>>(), 0.5);
    let medians: Vec<(f64, f64)> = steps.map(|step| (step, median(step))).collect();
    let slope = |low: f64, high: f64| {
        let inside = medians.iter().copied().filter(|(step, _)| (low..=high).contains(step));
        fitted_exponent(&inside.collect::<Vec<_>>())
    };
    let best = medians.iter().fold((0.0, f64::INFINITY), |best, one| if one.1 < best.1 { *one } else { best });
    findings
        .claim("Central differences err by the square of a large step: exponent", slope(1e-3, 0.1), Near(2.0, 0.1))
        .claim("and by the rounding of the cost over a small one: exponent", slope(1e-9, 1e-6), Near(-1.0, 0.25))
        .claiming("so that a step near the cube root of epsilon, 6e-6, is best: logarithm of the best step over it")
        .is((best.0 / f64::EPSILON.cbrt()).log10(), Within(-1.0..=1.0))
        .figure(
            "step",
            "Error of central differences by step",
            "The error of central differences by their step, for 3-2-3-2 networks: truncation on the right, rounding \
             on the left.",
            by_step(&medians),
        );
}

fn by_step(medians: &[(f64, f64)]) -> Chart {
    let largest = medians[0]; // Through it goes the line that shows the slope of truncation.
    let slope = medians.iter().map(|(step, _)| (*step, largest.1 * (step / largest.0).powi(2)));
    let truncation: Vec<(f64, f64)> = slope.filter(|one| one.1 > 1e-12).collect();
    let rounding: Vec<(f64, f64)> = medians.iter().map(|(step, _)| (*step, f64::EPSILON / step)).collect();
    Chart::new(Axis::log("step h"), Axis::log("relative error, median"))
        .line("central differences", medians)
        .dashed("slope 2", &truncation)
        .dashed("epsilon / h, slope -1", &rounding)
}
