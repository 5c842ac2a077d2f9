//! The zoo's optimisers on four surfaces: their paths, and how many steps they need.

use anyhow::Result;
use zoo_recipe::Optimizer;

use super::rates::{ADAGRAD, RMSPROP, momentum, walk};
use super::surface::Surface;
use crate::descent::ADAM;
use crate::{Check, Findings, Settings, number};

/// The value that counts as arrived; all surfaces have 0 for their least.
const ARRIVED: f64 = 1e-6;

pub(super) const SURFACES: [(&str, Surface, [f64; 2]); 4] = [
    ("bowl", Surface::BOWL, [3.0, 2.5]),
    ("ravine", Surface::RAVINE, [10.0, 1.0]),
    ("Rosenbrock", Surface::Rosenbrock, [-1.2, 1.0]),
    ("saddle", Surface::Saddle, [1.5, 0.001]),
];

pub(super) fn optimisers() -> [(&'static str, Optimizer); 6] {
    [
        ("gradient descent", Optimizer::Sgd),
        ("momentum 0.9", momentum(0.9)),
        ("Nesterov 0.9", Optimizer::Nesterov { momentum: 0.9 }),
        ("AdaGrad", ADAGRAD),
        ("RMSProp", RMSPROP),
        ("Adam", ADAM),
    ]
}

/// An optimiser's best walk over a grid of rates.
struct Best {
    rate: f64,
    /// To arrival; `None` if no rate arrives.
    steps: Option<usize>,
    path: Vec<[f64; 2]>,
}

/// Every optimiser on every surface at the rate of a grid that arrives first.
pub(super) fn on_every_surface(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let most = settings.choose(5000, 300);
    let mut rows = Vec::new();
    let bar = settings.progress("optimisers on surfaces", 24);
    for (surface_name, surface, start) in SURFACES {
        for (name, recipe) in optimisers() {
            let best = best(surface, &recipe, start, most)?;
            let steps = best.steps.map_or(format!("more than {most}"), |steps| steps.to_string());
            rows.push(vec![surface_name.into(), name.into(), number(best.rate), steps]);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    findings.table(
        "Steps until the value is below 1e-6, each at the best rate of 0.0001, 0.00032, 0.001, .. 3.2",
        &["surface", "optimiser", "rate", "steps"],
        rows,
    );
    saddle(findings)
}

fn best(surface: Surface, recipe: &Optimizer, start: [f64; 2], most: usize) -> Result<Best> {
    let mut best = Best { rate: f64::NAN, steps: None, path: vec![start] };
    let mut lowest = f64::INFINITY;
    for half_decade in (-8..=1).rev() {
        let rate = 10.0_f64.powf(f64::from(half_decade) / 2.0);
        let path = until_arrival(surface, recipe, rate, start, best.steps.unwrap_or(most))?;
        let end = path.last().map_or(f64::INFINITY, |place| surface.value(*place));
        if end < lowest || end < ARRIVED {
            lowest = end;
            best = Best { rate, steps: (end < ARRIVED).then_some(path.len() - 1), path };
        }
    }
    Ok(best)
}

fn until_arrival(
    surface: Surface,
    recipe: &Optimizer,
    rate: f64,
    start: [f64; 2],
    most: usize,
) -> Result<Vec<[f64; 2]>> {
    let mut path = walk(surface, recipe, rate, start, most)?;
    if let Some(arrival) = path.iter().position(|place| surface.value(*place) < ARRIVED) {
        path.truncate(arrival + 1);
    }
    Ok(path)
}

/// Leaving the saddle takes descent the longer the nearer it starts to the ridge: `ln(1 / y) / ln(1 + rate)` steps.
fn saddle(findings: &mut Findings) -> Result<()> {
    let rate = 0.1;
    let steps_out = |from: f64| -> Result<f64> {
        let path = walk(Surface::Saddle, &Optimizer::Sgd, rate, [1.0, from], 2000)?;
        Ok(path.iter().position(|place| place[1].abs() > 0.1).unwrap_or(path.len()) as f64)
    };
    let (near, nearer) = (steps_out(1e-3)?, steps_out(1e-9)?);
    let on_ridge = walk(Surface::Saddle, &Optimizer::Sgd, rate, [1.0, 0.0], 500)?;
    let end = on_ridge.last().map_or(f64::NAN, |place| Surface::Saddle.value(*place));
    findings
        .claim(
            "Descent leaves a saddle in logarithmic time: extra steps from 1e-9 instead of 1e-3 beside the ridge",
            nearer - near,
            Check::Near { expected: 1e6_f64.ln() / (1.0 + rate).ln(), tolerance: 2.0 },
        )
        .claim(
            "Started on the ridge it ends in the saddle: value there",
            end,
            Check::Near { expected: 0.25, tolerance: 1e-6 },
        );
    Ok(())
}

/// Zig-zag and rates on the ravine, whose curvatures differ by 50.
pub(super) fn in_the_ravine(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let (surface, start) = (Surface::RAVINE, [10.0, 1.0]);
    let (flat, steep) = (1.0_f64, 50.0_f64);
    let best_rate = 2.0 / (flat + steep);
    let plain = until_arrival(surface, &Optimizer::Sgd, best_rate, start, 5000)?;
    let same_rate = until_arrival(surface, &momentum(0.9), best_rate, start, 5000)?;
    let (root_flat, root_steep) = (flat.sqrt(), steep.sqrt());
    let best_momentum = ((root_steep - root_flat) / (root_steep + root_flat)).powi(2);
    let heavy_rate = 4.0 / (root_steep + root_flat).powi(2);
    let heavy = until_arrival(surface, &momentum(best_momentum), heavy_rate, start, 5000)?;
    let expected = steps_of_best_descent(start, flat, steep);
    findings
        .claim(
            "Descent at its best rate, 2 / (l_1 + l_2), zig-zags: share of steps that cross the ravine",
            crossings(&plain),
            Check::AtLeast(0.95),
        )
        .claim("Momentum smooths it: share at the same rate", crossings(&same_rate), Check::AtMost(0.6))
        .claim(
            "Descent at its best rate needs as many steps as theory says",
            (plain.len() - 1) as f64,
            Check::Near { expected, tolerance: 2.0 },
        )
        .claim("Momentum at its best rate needs fewer: steps", (heavy.len() - 1) as f64, Check::AtMost(expected / 2.0));
    rates_too_small_and_too_large(settings, findings)
}

/// Both coordinates shrink by `(l_2 - l_1) / (l_2 + l_1)` a step, so the value by its square.
fn steps_of_best_descent(start: [f64; 2], flat: f64, steep: f64) -> f64 {
    let factor = (steep - flat) / (steep + flat);
    let value = Surface::RAVINE.value(start);
    ((ARRIVED / value).ln() / (2.0 * factor.ln())).ceil()
}

fn crossings(path: &[[f64; 2]]) -> f64 {
    let crossed = path.windows(2).filter(|pair| pair[0][1] * pair[1][1] < 0.0).count();
    crossed as f64 / (path.len() - 1) as f64
}

fn rates_too_small_and_too_large(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let (surface, start) = (Surface::BOWL, [3.0, 2.5]);
    let most = settings.choose(5000, 1500);
    let threshold = 2.0 / surface.steepest();
    let mut rows = Vec::new();
    let mut ends = Vec::new();
    for part in [0.01, 0.1, 0.5, 0.9, 0.99, 1.01, 1.1] {
        let path = until_arrival(surface, &Optimizer::Sgd, part * threshold, start, most)?;
        let end = path.last().map_or(f64::NAN, |place| surface.value(*place));
        let outcome = if end < ARRIVED { format!("{} steps", path.len() - 1) } else { "diverges".into() };
        rows.push(vec![number(part), number(part * threshold), outcome]);
        ends.push((path.len() - 1, end));
    }
    findings
        .table("Descent on the bowl by rate", &["rate in parts of 2 / lambda_max", "rate", "until below 1e-6"], rows)
        .claim(
            "A rate of a hundredth of the threshold crawls: steps over those at half of it",
            ends[0].0 as f64 / ends[2].0 as f64,
            Check::AtLeast(10.0),
        )
        .claim(
            "A rate of 1.01 times the threshold climbs: value at the end over value at the start",
            ends[5].1 / surface.value(start),
            Check::AtLeast(10.0),
        );
    Ok(())
}
#[allow(dead_code)]
fn unused(best: Best) -> usize {
    best.path.len()
}
