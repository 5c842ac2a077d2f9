//! The Kullback-Leibler divergence is not symmetric: numbers, and one Gaussian fitted to two peaks both ways.

use super::formulas::divergence;
use crate::autodiff::{double, gradient};
use crate::prelude::*;
use std::f64::consts::{LN_2, PI};

/// The density to fit: half of each of two Gaussians at `-PEAK` and `PEAK`.
const PEAK: f64 = 2.0;
const WIDTH: f64 = 0.6;
/// Where a walker starts: a mean and the logarithm of a deviation.
const STARTS: [[f64; 2]; 6] = [[-3.0, 0.0], [-1.5, 0.0], [-0.5, 0.0], [0.5, 0.0], [1.5, 0.0], [3.0, 0.0]];
/// The integrals run over `-REACH..REACH`.
const REACH: f64 = 14.0;

#[derive(Clone, Copy)]
enum Direction {
    /// `KL(p || q)`: data first, as in maximum likelihood.
    Forward,
    /// `KL(q || p)`: model first, as in variational inference.
    Reverse,
}

/// Two coins, for which both divergences can be written down: `ln(5/3)` and `0.9 ln 1.8 + 0.1 ln 0.2`.
pub(super) fn asymmetry(findings: &mut Findings) {
    let (fair, loaded) = ([0.5, 0.5], [0.9, 0.1]);
    let there = Near((5.0_f64 / 3.0).ln(), 1e-12);
    let back = Near(0.9 * 1.8_f64.ln() + 0.1 * 0.2_f64.ln(), 1e-12);
    let (narrow, wide) = ([0.0, 1.0], [1.0, 2.0]);
    let apart = |a, b| (integral_of_gaussians(a, b) - of_gaussians(a, b)).abs();
    findings
        .claim("KL(fair coin || coin of 0.9) is ln(5/3)", divergence(&fair, &loaded), there)
        .claiming("KL(coin of 0.9 || fair coin) is 0.9 ln 1.8 + 0.1 ln 0.2, not the same")
        .is(divergence(&loaded, &fair), back)
        .claiming(
            "Between Gaussians it is ln(σ2/σ1) + (σ1² + (μ1 - μ2)²) / (2 σ2²) - 1/2: largest difference from the \
             integral, both ways",
        )
        .is(larger(apart(narrow, wide), apart(wide, narrow)), AtMost(1e-9));
    let row = |name: &str, there: f64, back: f64| row![name, there, back];
    findings.table(
        "Both directions, in nats",
        &["p and q", "KL(p || q)", "KL(q || p)"],
        vec![
            row("fair coin, coin of 0.9", divergence(&fair, &loaded), divergence(&loaded, &fair)),
            row("certain coin, fair coin", divergence(&[1.0, 0.0], &fair), divergence(&fair, &[1.0, 0.0])),
            row("N(0, 1), N(1, 4)", of_gaussians(narrow, wide), of_gaussians(wide, narrow)),
        ],
    );
}

/// Of Gaussians given as mean and deviation.
fn of_gaussians([mean, deviation]: [f64; 2], [other, wide]: [f64; 2]) -> f64 {
    (wide / deviation).ln() + (deviation.powi(2) + (mean - other).powi(2)) / (2.0 * wide * wide) - 0.5
}

fn integral_of_gaussians(p: [f64; 2], q: [f64; 2]) -> f64 {
    let (log_p, log_q) = (|x: f64| log_gaussian(x, p), |x: f64| log_gaussian(x, q));
    // Twice as far as for the fits: fifteen of the largest deviations leave nothing outside.
    grid(2801).iter().map(|x| 2.0 * x).map(|x| log_p(x).exp() * (log_p(x) - log_q(x))).sum::<f64>()
        * (4.0 * REACH / 2800.0)
}

fn log_gaussian(x: f64, [mean, deviation]: [f64; 2]) -> f64 {
    -((x - mean) / deviation).powi(2) / 2.0 - deviation.ln() - (2.0 * PI).ln() / 2.0
}

fn log_target(x: f64) -> f64 {
    let [left, right] = [-PEAK, PEAK].map(|peak| log_gaussian(x, [peak, WIDTH]) - LN_2);
    left.max(right) + (-(left - right).abs()).exp().ln_1p()
}

fn grid(points: usize) -> Vec<f64> {
    (0..points).map(|step| REACH * (2.0 * step as f64 / (points - 1) as f64 - 1.0)).collect()
}

/// One Gaussian for two peaks, by the zoo's Adam: forward it covers both, reverse it takes one.
pub(super) fn two_peaks(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let forward = descend(Direction::Forward, settings)?;
    let reverse = descend(Direction::Reverse, settings)?;
    covers_both(&ends(&forward), settings, findings);
    takes_one(&ends(&reverse), settings, findings);
    let spread = (WIDTH * WIDTH + PEAK * PEAK).sqrt();
    let fits = [
        ("mean 0, deviation 2.088: least KL(p || q)", [0.0, spread]),
        ("mean 2, deviation 0.6: one peak", [PEAK, WIDTH]),
        ("mean 0, deviation 1.8: between them", BETWEEN),
    ];
    let row = |(name, fit): (&str, [f64; 2])| {
        let [forward, reverse] = [Direction::Forward, Direction::Reverse].map(|way| number(exact(way, fit)));
        row![name, forward, reverse]
    };
    findings.table("Divergences of three fits, in nats", &["fit", "KL(p || q)", "KL(q || p)"], fits.map(row).to_vec());
    figure(&forward, &reverse, findings);
    Ok(())
}

fn ends(paths: &[Vec<[f64; 2]>]) -> Vec<[f64; 2]> {
    paths.iter().filter_map(|path| path.last()).map(|&[mean, log_deviation]| [mean, log_deviation.exp()]).collect()
}

/// The divergence from the data is least where mean and deviation are the data's.
fn covers_both(ends: &[[f64; 2]], settings: &Setup, findings: &mut Findings) {
    let spread = (WIDTH * WIDTH + PEAK * PEAK).sqrt();
    let farthest = ends.iter().map(|end| apart(*end, [0.0, spread])).fold(0.0, larger);
    // Adam in single precision settles to about its last rate, 1e-4.
    findings
        .claiming("Minimizing KL(p || q) from six starts finds the data's mean and deviation: largest difference")
        .is(farthest, AtMost(settings.choose(5e-3, 2e-2)));
}

/// The other divergence is least on a peak, but has a third valley between them.
fn takes_one(ends: &[[f64; 2]], settings: &Setup, findings: &mut Findings) {
    let from_peak = |end: &[f64; 2]| apart([end[0].abs(), end[1]], [PEAK, WIDTH]);
    let best =
        ends.iter().copied().min_by(|a, b| exact(Direction::Reverse, *a).total_cmp(&exact(Direction::Reverse, *b)));
    let overlap = (-(2.0 * PEAK).powi(2) / (8.0 * WIDTH * WIDTH)).exp();
    findings
        // The other peak's tail draws mean and deviation by some thousandths.
        .claiming("The best of six descents on KL(q || p) ends on one peak, at ±2 with deviation 0.6: difference")
        .is(best.as_ref().map_or(f64::INFINITY, from_peak), AtMost(settings.choose(1e-2, 2e-2)))
        .claiming("No Gaussian on a grid is nearer: least KL(q || p) of the grid less that of the best descent")
        .is(
            least_on_grid(settings) - best.map_or(f64::INFINITY, |end| exact(Direction::Reverse, end)),
            AtLeast(-settings.choose(1e-6, 1e-3)),
        )
        .claiming("Half of the data has no model: KL(q || p) of one peak is ln 2, less at most the overlap of both")
        .is(exact(Direction::Reverse, [PEAK, WIDTH]), Within(LN_2 - overlap..=LN_2));
    from_elsewhere(ends, settings, findings);
}

/// Which of the starts, all fixed, end on a peak, and which between them.
fn from_elsewhere(ends: &[[f64; 2]], settings: &Setup, findings: &mut Findings) {
    let near = |fit: [f64; 2], tolerance: f64| {
        ends.iter().filter(|end| apart([end[0].abs(), end[1]], fit) <= tolerance).count() as f64
    };
    let exactly = |expected| Exactly(expected);
    // The starts are fixed and nothing is drawn, so no seed changes where they end; which end where was seen, not derived.
    findings
        .claiming("Of six descents on KL(q || p) those from ±3 and ±1.5 end on a peak")
        .is(near([PEAK, WIDTH], settings.choose(1e-2, 2e-2)), exactly(4.0))
        .claiming("and those from ±0.5 in a third, shallower valley, mean 0 and deviation 1.8 within 0.05")
        .is(near(BETWEEN, 0.05), exactly(2.0))
        .claiming("which is one: KL(q || p) there less the least of what lies 0.1 away in mean or deviation")
        .is(deeper_than_around(BETWEEN), AtMost(0.0))
        .note(
            "Minimizing KL(q || p) is said to seek a mode. The least divergence does lie on the peaks, but a descent \
             seeks one only from near enough to it: between the peaks, where the model covers both, lies a third \
             valley.",
        );
}

fn deeper_than_around([mean, deviation]: [f64; 2]) -> f64 {
    let around = [[mean - 0.1, deviation], [mean + 0.1, deviation], [mean, deviation - 0.1], [mean, deviation + 0.1]];
    let least = around.map(|fit| exact(Direction::Reverse, fit)).into_iter().fold(f64::INFINITY, f64::min);
    exact(Direction::Reverse, [mean, deviation]) - least
}

/// The third valley of `KL(q || p)`, found by the descents from near the middle, to a twentieth.
const BETWEEN: [f64; 2] = [0.0, 1.8];

fn apart(fit: [f64; 2], wanted: [f64; 2]) -> f64 {
    larger((fit[0] - wanted[0]).abs(), (fit[1] - wanted[1]).abs())
}

fn least_on_grid(settings: &Setup) -> f64 {
    let parts = settings.choose(40, 12);
    let place = |step: i32| f64::from(step) / f64::from(parts);
    let fits =
        (0..=parts).flat_map(|mean| (1..=parts).map(move |deviation| [4.0 * place(mean), 3.0 * place(deviation)]));
    fits.map(|fit| exact(Direction::Reverse, fit)).fold(f64::INFINITY, f64::min)
}

/// The ways of six walkers, each a mean and the logarithm of a deviation.
fn descend(direction: Direction, settings: &Setup) -> Result<Vec<Vec<[f64; 2]>>> {
    let steps = settings.choose(1500, 800);
    let (x, points) = (grid(401), 401);
    let log_p: Vec<f64> = x.iter().map(|&x| log_target(x)).collect();
    let mut walkers = Walkers::new(&ADAM, &STARTS, &Device::flex());
    let mut paths: Vec<Vec<[f64; 2]>> = STARTS.iter().map(|&start| vec![start]).collect();
    for step in 0..steps {
        let places = walkers.places()?;
        let flat: Vec<f64> = places.iter().flatten().copied().collect();
        let slopes = gradient(&flat, [STARTS.len(), 2], |places: Tensor<2>| {
            let device = places.device();
            let row = |values: &[f64]| double(values, [1, points], &device);
            divergences(direction, places, row(&x), row(&log_p))
        })?;
        let slopes: Vec<[f64; 2]> = slopes.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        // Falls to a thousandth, so that Adam comes to rest.
        let rate = 0.1 * 1e-3_f64.powf(f64::from(step) / f64::from(steps));
        walkers = walkers.step(rate, &slopes);
        paths.iter_mut().zip(walkers.places()?).for_each(|(path, place)| path.push(place));
    }
    Ok(paths)
}

/// The integral of each walker `[walkers, 2]` over the places `x` `[1, points]`.
fn divergences(direction: Direction, places: Tensor<2>, x: Tensor<2>, log_p: Tensor<2>) -> Tensor<2> {
    let [walkers, _] = places.dims();
    let [_, points] = x.dims();
    let mean = places.clone().narrow(1, 0, 1); // [walkers, 1]
    let log_deviation = places.narrow(1, 1, 1);
    let all = [walkers, points];
    let scaled = (x.expand(all) - mean.expand(all)) * log_deviation.clone().neg().exp().expand(all);
    let log_q = scaled.square() * -0.5 - log_deviation.expand(all) - (2.0 * PI).ln() / 2.0; // [walkers, points]
    let log_p = log_p.expand(all);
    let terms = match direction {
        Direction::Forward => log_p.clone().exp() * (log_p - log_q),
        Direction::Reverse => log_q.clone().exp() * (log_q - log_p),
    };
    terms.sum_dim(1) * (2.0 * REACH / (points - 1) as f64)
}

/// The divergence of a Gaussian with this mean and deviation, by a finer grid.
fn exact(direction: Direction, gaussian: [f64; 2]) -> f64 {
    let points = 2801;
    let term = |x: f64| {
        let (p, q) = (log_target(x), log_gaussian(x, gaussian));
        match direction {
            Direction::Forward => p.exp() * (p - q),
            Direction::Reverse => q.exp() * (q - p),
        }
    };
    grid(points).iter().map(|&x| term(x)).sum::<f64>() * (2.0 * REACH / (points - 1) as f64)
}

fn figure(forward: &[Vec<[f64; 2]>], reverse: &[Vec<[f64; 2]>], findings: &mut Findings) {
    let panels = vec![
        densities("KL(data || model): covers both", &forward[..1]),
        densities("KL(model || data): takes one", &[reverse[1].clone(), reverse[4].clone()]),
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

fn densities(heading: &str, fits: &[Vec<[f64; 2]>]) -> Chart {
    let curve =
        |f: &dyn Fn(f64) -> f64| (-300..=300).map(|step| f64::from(step) / 50.0).map(|x| (x, f(x))).collect::<Vec<_>>();
    let chart = Chart::new(Axis::linear("x"), Axis::linear("density")).heading(heading);
    let chart = chart.line("data", &curve(&|x| log_target(x).exp()));
    fits.iter().filter_map(|path| path.last()).fold(chart, |chart, &[mean, log_deviation]| {
        chart.line("fitted Gaussian", &curve(&|x| log_gaussian(x, [mean, log_deviation.exp()]).exp()))
    })
}

fn ways(heading: &str, direction: Direction, paths: &[Vec<[f64; 2]>]) -> Chart {
    let values = Field::sample(-4.0..4.0, 0.3..4.0, [60, 40], |mean, deviation| exact(direction, [mean, deviation]));
    let axes =
        Chart::new(Axis::linear("mean of the model").range(-4.0..4.0), Axis::linear("its deviation").range(0.3..4.0));
    let chart = axes.heading(heading).contours(&values, &[0.4, 0.5, 0.7, 0.8, 1.0, 1.5, 2.5, 5.0, 10.0]);
    paths.iter().fold(chart, |chart, path| {
        let points: Vec<(f64, f64)> = path.iter().map(|&[mean, log]| (mean, log.exp())).collect();
        chart.path("fitted Gaussian", &points)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::values;
    use crate::scalar::softmax;
    use burn::tensor::Device;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn divergences_are_never_negative(p in prop::collection::vec(-5.0..5.0f64, 4), q in prop::collection::vec(-5.0..5.0f64, 4)) {
            let (p, q) = (softmax(&p), softmax(&q));
            prop_assert!(divergence(&p, &q) >= -1e-12 && divergence(&p, &p).abs() < 1e-12);
        }

        #[test]
        fn the_gaussian_form_is_the_integral(mean in -1.0..1.0f64, deviation in 0.5..1.5f64) {
            let (p, q) = ([mean, deviation], [0.3, 1.2]);
            prop_assert!((integral_of_gaussians(p, q) - of_gaussians(p, q)).abs() < 1e-9);
        }
    }

    #[test]
    fn tensors_and_numbers_give_one_divergence() {
        let device = Device::flex();
        let x = grid(401);
        let log_p: Vec<f64> = x.iter().map(|&x| log_target(x)).collect();
        for direction in [Direction::Forward, Direction::Reverse] {
            let places = double(&[0.5, 0.2], [1, 2], &device);
            let found =
                divergences(direction, places, double(&x, [1, 401], &device), double(&log_p, [1, 401], &device));
            let expected = exact(direction, [0.5, 0.2_f64.exp()]);
            assert!((values(found).unwrap()[0] - expected).abs() < 1e-6);
        }
    }
}
