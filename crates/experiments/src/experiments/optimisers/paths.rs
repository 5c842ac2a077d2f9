//! The zoo's optimisers on four surfaces: their paths, and how many steps they need.

use std::ops::Range;

use anyhow::Result;
use zoo_plot::{Axis, Chart, Field, Figure};
use zoo_recipe::Optimizer;

use super::rates::{ADAGRAD, RMSPROP, momentum, walk};
use super::surface::Surface;
use crate::descent::ADAM;
use crate::matrix::norm;
use crate::{Check, Findings, Settings, number};

/// The value that counts as arrived; all surfaces have 0 for their least.
pub(super) const ARRIVED: f64 = 1e-6;

/// A surface, where walks on it start, and the part of the plane that is drawn.
struct Land {
    name: &'static str,
    surface: Surface,
    start: [f64; 2],
    x: Range<f64>,
    y: Range<f64>,
}

const LANDS: [Land; 4] = [
    Land {
        name: "quadratic, curvatures 1 and 4",
        surface: Surface::BOWL,
        start: [3.0, 2.5],
        x: -3.0..4.0,
        y: -2.5..3.2,
    },
    Land {
        name: "ravine, curvatures 1 and 50",
        surface: Surface::RAVINE,
        start: [10.0, 1.0],
        x: -6.0..11.0,
        y: -1.4..1.4,
    },
    Land { name: "Rosenbrock", surface: Surface::Rosenbrock, start: [-1.2, 1.0], x: -2.0..2.0, y: -1.0..3.0 },
    Land { name: "saddle", surface: Surface::Saddle, start: [1.5, 0.001], x: -1.0..2.0, y: -1.6..1.6 },
];

fn optimisers() -> [(&'static str, Optimizer); 6] {
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
}

/// Every optimiser on every surface at the rate of a grid that arrives first.
pub(super) fn on_every_surface(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let most = settings.choose(5000, 300);
    let (mut rows, mut charts) = (Vec::new(), Vec::new());
    let bar = settings.progress("optimisers on surfaces", 24);
    for land in &LANDS {
        let mut chart = land.chart();
        for (name, recipe) in optimisers() {
            let best = best(land.surface, &recipe, land.start, most)?;
            let steps = best.steps.map_or(format!("more than {most}"), |steps| steps.to_string());
            rows.push(vec![land.name.into(), name.into(), number(best.rate), steps]);
            let gentle = until_arrival(land.surface, &recipe, best.rate / 10.0, land.start, most)?;
            chart = chart.path(name, &drawn(&gentle, (land.x.end - land.x.start) / 400.0));
            bar.inc(1);
        }
        charts.push(chart);
    }
    bar.finish_and_clear();
    findings.table(
        "Steps until the value is below 1e-6, each at the best rate of 0.0001, 0.00032, 0.001, .. 3.2",
        &["surface", "optimiser", "rate", "steps"],
        rows,
    );
    let caption = "Level lines, a factor of 4 apart, and the path of every optimiser at a tenth of its best rate, so that it can be followed, from the ring to the dot. \
                   Descent follows the steepest slope and creeps where it is flat; momentum overshoots and comes back; the \
                   adaptive ones scale both directions by themselves and leave along the diagonal, whatever the slope.";
    findings.figure(
        "paths",
        caption,
        Figure::panels("Paths of the optimisers on four surfaces", caption, 2, charts).svg(),
    );
    saddle(findings)
}

impl Land {
    fn chart(&self) -> Chart {
        let field = Field::sample(self.x.clone(), self.y.clone(), [90, 70], |x, y| self.surface.value([x, y]));
        let high = self.surface.value(self.start);
        let levels: Vec<f64> = (-3..6).map(|power| high * 4.0_f64.powi(-power)).collect();
        let axis = |name, range: &Range<f64>| Axis::linear(name).range(range.clone());
        Chart::new(axis("first parameter", &self.x), axis("second parameter", &self.y))
            .heading(self.name)
            .contours(&field, &levels)
    }
}

/// The points of a path that lie `apart` or more from the last one drawn, and its end.
pub(super) fn drawn(path: &[[f64; 2]], apart: f64) -> Vec<(f64, f64)> {
    let mut last = [f64::INFINITY; 2];
    let mut points = Vec::new();
    for (index, &place) in path.iter().enumerate() {
        let far = norm(&[place[0] - last[0], place[1] - last[1]]) >= apart;
        if far || index + 1 == path.len() {
            points.push((place[0], place[1]));
            last = place;
        }
    }
    points
}

fn best(surface: Surface, recipe: &Optimizer, start: [f64; 2], most: usize) -> Result<Best> {
    let mut best = Best { rate: f64::NAN, steps: None };
    let mut lowest = f64::INFINITY;
    for half_decade in (-8..=1).rev() {
        let rate = 10.0_f64.powf(f64::from(half_decade) / 2.0);
        let path = until_arrival(surface, recipe, rate, start, best.steps.unwrap_or(most))?;
        let end = path.last().map_or(f64::INFINITY, |place| surface.value(*place));
        if end < lowest || end < ARRIVED {
            lowest = end;
            best = Best { rate, steps: (end < ARRIVED).then_some(path.len() - 1) };
        }
    }
    Ok(best)
}

/// A walk that ends where it arrives.
pub(super) fn until_arrival(
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
