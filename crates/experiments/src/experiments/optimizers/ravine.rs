//! A ravine, where descent zig-zags; and rates too small and too large.

use super::factors::{descent_factor, momentum_factor};
use super::paths::{ARRIVED, drawn, until_arrival};
use super::rates::{momentum, walk};
use super::settings::STEEP;
use crate::prelude::*;
use std::f64::consts::PI;
use zoo_recipe::Optimizer;
use zoo_toys::Surface;

/// Zig-zag and rates on the ravine, in the notes' picture fifty times as steep across as along.
pub(super) fn in_the_ravine(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (flat, steep) = (1.0_f64, settings.number(STEEP));
    let (surface, start) = (Surface::Quadratic { curvatures: [flat, steep], angle: 0.0 }, [10.0, 1.0]);
    let best_rate = 2.0 / (flat + steep);
    let plain = until_arrival(surface, &Optimizer::Sgd, best_rate, start, 5000)?;
    let same_rate = until_arrival(surface, &momentum(0.9), best_rate, start, 5000)?;
    let (root_flat, root_steep) = (flat.sqrt(), steep.sqrt());
    let best_momentum = ((root_steep - root_flat) / (root_steep + root_flat)).powi(2);
    let heavy_rate = 4.0 / (root_steep + root_flat).powi(2);
    let heavy = until_arrival(surface, &momentum(best_momentum), heavy_rate, start, 5000)?;
    let expected = steps_of_best_descent(surface.value(start), flat, steep);
    findings
        .claiming("Descent at its best rate, 2 / (l_1 + l_2), zig-zags: fraction of steps that cross the ravine")
        .is(crossings(&plain), AtLeast(0.95))
        // The steep direction turns by a fixed angle per step, so the fraction is known to one crossing in the whole walk.
        .claiming("Momentum smooths it: fraction at the same rate, in theory its complex root's angle over pi")
        .is(crossings(&same_rate), Near(crossing_fraction(steep, best_rate, 0.9), 1.5 / same_rate.len() as f64))
        .claiming("Descent at its best rate needs as many steps as theory says")
        .is((plain.len() - 1) as f64, Near(expected, 2.0))
        .claim("Momentum at its best rate needs fewer: steps", (heavy.len() - 1) as f64, AtMost(expected / 2.0));
    zigzag(surface, [&plain, &same_rate, &heavy], findings);
    rates_too_small_and_too_large(settings, findings)
}

/// The argument over pi of the complex roots of `z^2 - (1 + momentum - rate l) z + momentum`.
fn crossing_fraction(curvature: f64, rate: f64, momentum: f64) -> f64 {
    let cosine = (1.0 + momentum - rate * curvature) / (2.0 * momentum.sqrt());
    cosine.clamp(-1.0, 1.0).acos() / PI
}

fn zigzag(surface: Surface, [plain, same_rate, heavy]: [&[[f64; 2]]; 3], findings: &mut Findings) {
    let (x, y) = (-6.0..11.0, -2.6..2.6);
    let field = Field::sample(x.clone(), y.clone(), [120, 70], |x, y| surface.value([x, y]));
    let levels: Vec<f64> = (-1..5).map(|power| 75.0 * 3.0_f64.powi(-power)).collect();
    let paths = [
        ("descent, rate 2 / (l_1 + l_2)", plain),
        ("momentum 0.9, same rate", same_rate),
        ("momentum, best rate", heavy),
    ];
    let mut values = Chart::new(Axis::linear("step"), Axis::log("value")).heading("value by step");
    let mut charts = Vec::new();
    for (name, path) in paths {
        let plane =
            Chart::new(Axis::linear("along the ravine").range(x.clone()), Axis::linear("across").range(y.clone()));
        let chart = plane.heading(&format!("{name}: {} steps", path.len() - 1)).contours(&field, &levels);
        charts.push(chart.path(name, &drawn(path, 0.02)));
        let by_step: Vec<_> =
            path.iter().enumerate().map(|(step, place)| (step as f64, surface.value(*place))).collect();
        values = values.line(name, &by_step);
    }
    charts.push(values);
    let caption = format!(
        "The ravine from the same start until the value is below 1e-6. Descent at its best rate jumps from side to \
         side in every step and creeps along: {} steps. Momentum at the same rate crosses less often and gains way \
         along the ravine: {}; at the momentum and rate best for these curvatures it swings widely at first and is \
         there in {}.",
        plain.len() - 1,
        same_rate.len() - 1,
        heavy.len() - 1
    );
    findings.panels("zigzag", "Zig-zag, and how momentum smooths it", caption, 2, charts);
}

/// Both coordinates shrink by `(l_2 - l_1) / (l_2 + l_1)` per step, so the value by its square.
fn steps_of_best_descent(value: f64, flat: f64, steep: f64) -> f64 {
    let factor = (steep - flat) / (steep + flat);
    ((ARRIVED / value).ln() / (2.0 * factor.ln())).ceil()
}

fn crossings(path: &[[f64; 2]]) -> f64 {
    let crossed = path.windows(2).filter(|pair| pair[0][1] * pair[1][1] < 0.0).count();
    crossed as f64 / (path.len() - 1) as f64
}

const PARTS: [f64; 7] = [0.01, 0.1, 0.5, 0.9, 0.99, 1.01, 1.1];

/// How a walk ends.
struct WalkEnd {
    /// To arrival; NaN if it has not arrived, so that no check passes on a cap.
    steps: f64,
    /// The value at the end over that at the start.
    growth: f64,
}

impl WalkEnd {
    fn of(surface: Surface, path: &[[f64; 2]]) -> Self {
        let [start, end] =
            [path.first(), path.last()].map(|place| place.map_or(f64::NAN, |place| surface.value(*place)));
        let steps = if end < ARRIVED { (path.len() - 1) as f64 } else { f64::NAN };
        Self { steps, growth: end / start }
    }

    fn outcome(&self, most: usize) -> String {
        match (self.steps.is_nan(), self.growth > 1.0) {
            (false, _) => format!("{} steps", self.steps),
            (true, false) => format!("more than {most} steps"),
            (true, true) => "diverges".into(),
        }
    }
}

fn rates_too_small_and_too_large(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (surface, start) = (Surface::BOWL, [3.0, 2.5]);
    let threshold = 2.0 / surface.steepest();
    // A hundredth of the threshold needs 1577 steps.
    let most = settings.choose(5000, 2000);
    let (mut rows, mut ends) = (Vec::new(), Vec::new());
    for part in PARTS {
        let path = until_arrival(surface, &Optimizer::Sgd, part * threshold, start, most)?;
        let end = WalkEnd::of(surface, &path);
        rows.push(row![part, part * threshold, end.outcome(most)]);
        ends.push(end);
    }
    findings.table(
        "Descent on the quadratic by rate",
        &["rate as a fraction of 2 / lambda_max", "rate", "until below 1e-6"],
        rows,
    );
    // The slowest direction decides; it starts somewhat below the whole value, which costs a few steps at most.
    let expected =
        |part: f64| (ARRIVED / surface.value(start)).ln() / (2.0 * descent_factor([1.0, 4.0], part * threshold).ln());
    findings
        .claiming("A rate of a hundredth of the threshold crawls: steps over those that theory's factor gives")
        .is(ends[0].steps / expected(0.01), Near(1.0, 0.1))
        .claiming("and takes this many times those of half the threshold")
        .is(ends[0].steps / ends[2].steps, Near(expected(0.01) / expected(0.5), 0.1 * expected(0.01) / expected(0.5)))
        .claiming("A rate of 1.01 times the threshold climbs: value at the end over value at the start")
        .is(ends[5].growth, AtLeast(10.0));
    by_rate(surface, start, threshold, findings)
}

/// Values by step for several rates, and the factor per step that theory gives for all of them.
fn by_rate(surface: Surface, start: [f64; 2], threshold: f64, findings: &mut Findings) -> Result<()> {
    let mut values = Chart::new(Axis::linear("step"), Axis::log("value").range(1e-7..1e5)).heading("value by step");
    for part in [0.01, 0.5, 0.99, 1.01] {
        let path = walk(surface, &Optimizer::Sgd, part * threshold, start, 100)?;
        let points: Vec<_> =
            path.iter().enumerate().map(|(step, place)| (step as f64, surface.value(*place))).collect();
        values = values.line(&format!("{part} of 2 / lambda_max"), &points);
    }
    let grid: Vec<f64> = (1..=220).map(|index| f64::from(index) / 100.0).collect();
    let plain = |part: f64| (part, descent_factor([1.0, 4.0], part * threshold));
    let heavy = |part: f64| (part, momentum_factor([1.0, 4.0], part * threshold, 0.9));
    let factors = Chart::new(
        Axis::linear("rate as a fraction of 2 / lambda_max"),
        Axis::linear("factor of the distance per step"),
    )
    .heading("theory's factor: below 1 it converges")
    .line("descent", &grid.iter().map(|&part| plain(part)).filter(|point| point.1 < 1.5).collect::<Vec<_>>())
    .line("momentum 0.9", &grid.iter().map(|&part| heavy(part)).collect::<Vec<_>>())
    .rule_y("", 1.0);
    let caption = "Left: descent on the quadratic with curvatures 1 and 4. Too small a rate crawls, one just below 2 \
                   / lambda_max jumps from side to side and barely shrinks, above it the value grows. Right: the \
                   factor by which theory says the distance shrinks a step. Descent ends at 2 / lambda_max, momentum \
                   0.9 at 1.9 times that.";
    findings.panels("rates", "Rates too small and too large", caption, 2, vec![values, factors]);
    Ok(())
}
