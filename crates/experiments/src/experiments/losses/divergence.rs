//! The Kullback-Leibler divergence is not symmetric: two coins, and one Gaussian fitted to two peaks both ways.

use super::formulas::divergence;
use crate::autodiff::{double, gradient};
use crate::prelude::*;
use std::f64::consts::{LN_2, PI};

/// The density to fit: half of each of two Gaussians at `-PEAK` and `PEAK`.
const PEAK: f64 = 2.0;
const WIDTH: f64 = 0.6;
/// Where a walker starts: a mean and the logarithm of a deviation.
const STARTS: [[f64; 2]; 6] = [[-3.0, 0.0], [-1.5, 0.0], [-0.5, 0.0], [0.5, 0.0], [1.5, 0.0], [3.0, 0.0]];
/// The integrals run over `-REACH..REACH`, by so many points.
const REACH: f64 = 14.0;
const POINTS: usize = 401;
const SPACING: f64 = 2.0 * REACH / (POINTS - 1) as f64;

#[derive(Clone, Copy)]
enum Direction {
    /// `KL(p || q)`: data first, as in maximum likelihood.
    Forward,
    /// `KL(q || p)`: model first, as in variational inference.
    Reverse,
}

/// The mean and the deviation of a Gaussian, from step to step.
type FitPath = Vec<(f64, f64)>;

/// Two coins, for which both divergences can be written down.
pub(super) fn asymmetry(findings: &mut Findings) {
    let (fair, loaded) = ([0.5, 0.5], [0.9, 0.1]);
    findings
        .claiming("KL(fair coin || coin of 0.9) is ln(5/3)")
        .is(divergence(&fair, &loaded), Near((5.0_f64 / 3.0).ln(), 1e-12))
        .claiming("KL(coin of 0.9 || fair coin) is 0.9 ln 1.8 + 0.1 ln 0.2, not the same")
        .is(divergence(&loaded, &fair), Near(0.9 * 1.8_f64.ln() + 0.1 * 0.2_f64.ln(), 1e-12));
}

/// One Gaussian for two peaks, by the zoo's Adam: forward it covers both, reverse it takes one.
pub(super) fn two_peaks(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let [forward, reverse] = [descend(Direction::Forward, settings)?, descend(Direction::Reverse, settings)?];
    let of_data = (0.0, (WIDTH * WIDTH + PEAK * PEAK).sqrt());
    let farthest = forward.iter().map(|path| end_apart(path, of_data)).fold(0.0, larger);
    let ending_near = |fit: (f64, f64), tolerance: f64| {
        reverse.iter().filter(|path| end_apart(path, fit) <= tolerance).count() as f64
    };
    findings
        // Adam in single precision settles to about its last rate, 1e-4.
        .claiming("Minimizing KL(p || q) from six starts finds the data's mean and deviation: largest difference")
        .is(farthest, AtMost(settings.choose(5e-3, 2e-2)))
        // The other peak's tail draws mean and deviation by some thousandths. The starts are fixed and nothing is drawn, so no seed
        // changes where they end; which end where was seen, not derived.
        .claiming("Of six descents on KL(q || p) those from ±3 and ±1.5 end on a peak")
        .is(ending_near((PEAK, WIDTH), settings.choose(1e-2, 2e-2)), Exactly(4.0))
        .claiming("and those from ±0.5 in a third, shallower valley, mean 0 and deviation 1.8 within 0.05")
        .is(ending_near((0.0, 1.8), 0.05), Exactly(2.0));
    figure(&forward, &reverse, findings);
    Ok(())
}

/// How far the end of a path is from this mean, or its negative, and deviation.
fn end_apart(path: &FitPath, (mean, deviation): (f64, f64)) -> f64 {
    path.last().map_or(f64::INFINITY, |end| larger((end.0.abs() - mean).abs(), (end.1 - deviation).abs()))
}

/// The ways of six walkers.
fn descend(direction: Direction, settings: &Setup) -> Result<Vec<FitPath>> {
    let steps = settings.choose(1500, 800);
    let x = grid();
    let log_p: Vec<f64> = x.iter().map(|x| log_target(*x)).collect();
    let mut walkers = Walkers::new(&ADAM, &STARTS, &Device::flex());
    let mut paths: Vec<FitPath> = STARTS.iter().map(|[mean, log]| vec![(*mean, log.exp())]).collect();
    for step in 0..steps {
        let slopes = gradient(walkers.places()?.as_flattened(), [STARTS.len(), 2], |places: Tensor<2>| {
            let row = |values: &[f64]| double(values, [1, POINTS], &places.device());
            let (x, log_p) = (row(&x), row(&log_p));
            divergences(direction, places, x, log_p)
        })?;
        // Falls to a thousandth, so that Adam comes to rest.
        let rate = 0.1 * 1e-3_f64.powf(f64::from(step) / f64::from(steps));
        walkers = walkers.step(rate, slopes.as_chunks::<2>().0);
        for (path, [mean, log]) in paths.iter_mut().zip(walkers.places()?) {
            path.push((mean, log.exp()));
        }
    }
    Ok(paths)
}

/// The integral of each walker `[walkers, 2]` over the places `x` `[1, points]`.
fn divergences(direction: Direction, places: Tensor<2>, x: Tensor<2>, log_p: Tensor<2>) -> Tensor<2> {
    let [walkers, _] = places.dims();
    let mean = places.clone().narrow(1, 0, 1); // [walkers, 1]
    let log_deviation = places.narrow(1, 1, 1);
    let all = [walkers, POINTS];
    let scaled = (x.expand(all) - mean.expand(all)) * log_deviation.clone().neg().exp().expand(all);
    let log_q = scaled.square() * -0.5 - log_deviation.expand(all) - (2.0 * PI).ln() / 2.0; // [walkers, points]
    let log_p = log_p.expand(all);
    let terms = match direction {
        Direction::Forward => log_p.clone().exp() * (log_p - log_q),
        Direction::Reverse => log_q.clone().exp() * (log_q - log_p),
    };
    terms.sum_dim(1) * SPACING
}

/// The same of one Gaussian, in plain numbers.
fn divergence_of(direction: Direction, mean: f64, deviation: f64) -> f64 {
    let term = |x: f64| {
        let (p, q) = (log_target(x), log_gaussian(x, mean, deviation));
        match direction {
            Direction::Forward => p.exp() * (p - q),
            Direction::Reverse => q.exp() * (q - p),
        }
    };
    grid().into_iter().map(term).sum::<f64>() * SPACING
}

fn log_target(x: f64) -> f64 {
    let [left, right] = [-PEAK, PEAK].map(|peak| log_gaussian(x, peak, WIDTH) - LN_2);
    left.max(right) + (-(left - right).abs()).exp().ln_1p()
}

fn log_gaussian(x: f64, mean: f64, deviation: f64) -> f64 {
    -((x - mean) / deviation).powi(2) / 2.0 - deviation.ln() - (2.0 * PI).ln() / 2.0
}

fn grid() -> Vec<f64> {
    (0..POINTS).map(|step| REACH * (2.0 * step as f64 / (POINTS - 1) as f64 - 1.0)).collect()
}

fn figure(forward: &[FitPath], reverse: &[FitPath], findings: &mut Findings) {
    let panels = vec![
        densities("KL(data || model): covers both", [&forward[0]]),
        densities("KL(model || data): takes one", [&reverse[1], &reverse[4]]),
        ways("Descent on KL(data || model)", Direction::Forward, forward),
        ways("Descent on KL(model || data)", Direction::Reverse, reverse),
    ];
    findings.panels(
        "two_peaks",
        "One Gaussian for two peaks",
        "One Gaussian fitted to two peaks. With the data first the fit must not be small where data is, so it covers \
         both peaks and puts most of its mass between them (mean-seeking). With the model first it must not be where \
         data is not, so it takes the nearer peak (mode-seeking). Below: level lines of both divergences over mean \
         and deviation, and Adam from six starts (rings): on the right four descents end on a peak (dots), two in a \
         shallower valley between them.",
        2,
        panels,
    );
}

fn densities<const N: usize>(heading: &str, fits: [&FitPath; N]) -> Chart {
    let curve = |log_density: &dyn Fn(f64) -> f64| {
        let grid = (-300..=300).map(|step| f64::from(step) / 50.0);
        grid.map(|x| (x, log_density(x).exp())).collect::<Vec<_>>()
    };
    let chart = Chart::new(Axis::linear("x"), Axis::linear("density")).heading(heading);
    let chart = chart.line("data", &curve(&log_target));
    fits.into_iter().filter_map(|path| path.last()).fold(chart, |chart, &(mean, deviation)| {
        chart.line("fitted Gaussian", &curve(&|x| log_gaussian(x, mean, deviation)))
    })
}

fn ways(heading: &str, direction: Direction, paths: &[FitPath]) -> Chart {
    let (means, deviations) = (-4.0..4.0, 0.3..4.0);
    let values = Field::sample(means.clone(), deviations.clone(), [60, 40], |m, d| divergence_of(direction, m, d));
    let axes =
        Chart::new(Axis::linear("mean of the model").range(means), Axis::linear("its deviation").range(deviations));
    let chart = axes.heading(heading).contours(&values, &[0.4, 0.5, 0.7, 0.8, 1.0, 1.5, 2.5, 5.0, 10.0]);
    paths.iter().fold(chart, |chart, path| chart.path("fitted Gaussian", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_and_numbers_give_one_divergence() {
        let x = grid();
        let log_p: Vec<f64> = x.iter().map(|x| log_target(*x)).collect();
        let tensor = |values: &[f64]| double(values, [1, values.len()], &Device::flex());
        for direction in [Direction::Forward, Direction::Reverse] {
            let found = divergences(direction, tensor(&[0.5, 0.2]), tensor(&x), tensor(&log_p));
            let expected = divergence_of(direction, 0.5, 0.2_f64.exp());
            assert!((values(found).unwrap()[0] - expected).abs() < 1e-9);
        }
    }
}
