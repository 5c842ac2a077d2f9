//! The zoo's optimizers on four surfaces: their paths, and how many steps they need.

use super::rates::{ADAGRAD, RMSPROP, momentum, walk};
use super::recursions;
use crate::prelude::*;
use std::ops::{Range, RangeInclusive};
use zoo_recipe::Optimizer;
use zoo_toys::{LANDS, Land, Surface};

/// The value that counts as arrived; all surfaces have 0 for their least.
pub(super) const ARRIVED: f64 = 1e-6;

fn optimizers() -> [(&'static str, Optimizer); 6] {
    [
        ("gradient descent", Optimizer::Sgd),
        ("momentum 0.9", momentum(0.9)),
        ("Nesterov 0.9", Optimizer::Nesterov { momentum: 0.9 }),
        ("AdaGrad", ADAGRAD),
        ("RMSProp", RMSPROP),
        ("Adam", ADAM),
    ]
}

/// Every optimizer against the recursion that the notes give for it, under gradients that are noise.
pub(super) fn follow_their_recursions(settings: &Setup, findings: &mut Findings) -> Result<()> {
    // Beside gradients of size 1 the usual 1e-8 would not show where it is added.
    let epsilon = 0.01;
    for (name, recipe) in optimizers() {
        let recipe = match recipe {
            Optimizer::Adagrad { learning_rate_decay, .. } => Optimizer::Adagrad { epsilon, learning_rate_decay },
            Optimizer::Rmsprop { alpha, momentum, centered, .. } => {
                Optimizer::Rmsprop { alpha, epsilon, momentum, centered }
            }
            Optimizer::Adam { beta1, beta2, .. } => Optimizer::Adam { beta1, beta2, epsilon },
            other => other,
        };
        // Single precision: a few of its 6e-8 per step, and the 0.001 of 1 - beta2, the smallest difference taken, known to 3e-5.
        findings
            .claiming(format!("{name} follows its recursion under 50 random gradients: largest relative difference"))
            .is(off_recursion(&recipe, settings)?, AtMost(1e-4));
    }
    Ok(())
}

/// The largest distance from where the recursion leads, relative to the way gone so far.
fn off_recursion(recipe: &Optimizer, settings: &Setup) -> Result<f64> {
    let (rate, mut random) = (0.1, Stream::numbered(settings.seed, 8_000));
    let gradients = random.normals(50);
    let mut walkers = Walkers::new(recipe, &[[0.0, 0.0]], &Device::flex());
    let (mut place, mut way, mut apart) = (0.0, 0.0, 0.0_f64);
    for (gradient, step) in gradients.iter().zip(recursions::steps(recipe, &gradients, rate)?) {
        walkers = walkers.step(rate, &[[*gradient, -gradient]]);
        (place, way) = (place - step, way + step.abs());
        let [x, y] = walkers.places()?[0];
        apart = larger(larger(apart, (x - place).abs() / way), (y + place).abs() / way);
    }
    Ok(apart)
}

/// The rates tried: powers of the root of 10, from 0.0001 to 32.
const HALF_DECADES: RangeInclusive<i32> = -8..=3;

fn grid_rate(half_decade: i32) -> f64 {
    10.0_f64.powf(f64::from(half_decade) / 2.0)
}

/// An optimizer's best walk over a grid of rates.
struct BestWalk {
    rate: f64,
    /// To arrival; `None` if no rate arrives.
    steps: Option<usize>,
}

/// Every optimizer on every surface at the rate of a grid that arrives first.
pub(super) fn on_every_surface(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let most = settings.choose(5000, 300);
    let (mut all, mut charts) = (Vec::new(), Vec::new());
    let bar = settings.progress("optimizers on surfaces", 24);
    for land in &LANDS {
        let mut chart = chart_of(land);
        for (name, recipe) in optimizers() {
            let best = best(land.surface, &recipe, land.start, most)?;
            let gentle = until_arrival(land.surface, &recipe, best.rate / 10.0, land.start, most)?;
            chart = chart.path(name, &drawn(&gentle, (land.x.end - land.x.start) / 400.0));
            all.push((land.name, name, best));
            bar.inc(1);
        }
        charts.push(chart);
    }
    bar.finish_and_clear();
    tabulate(&all, most, findings);
    orderings(&all, findings);
    let caption = "Level lines, a factor of 4 apart, and the path of every optimizer at a tenth of its best rate, so \
                   that it can be followed, from the ring to the dot. Descent follows the steepest slope and creeps \
                   where it is flat; momentum overshoots and comes back; the adaptive ones scale both directions by \
                   themselves and leave along the diagonal, whatever the slope. RMSProp's best rate in the ravine is \
                   a jump that happens to land near the middle, so a tenth of it still leaps.";
    findings.panels("paths", "Paths of the optimizers on four surfaces", caption, 2, charts);
    saddle(findings)
}

fn tabulate(all: &[(&str, &str, BestWalk)], most: usize, findings: &mut Findings) {
    let row = |(land, name, best): &(&str, &str, BestWalk)| {
        let steps = best.steps.map_or(format!("more than {most}"), |steps| steps.to_string());
        row![(*land), (*name), best.rate, steps]
    };
    let (lowest, highest) = (number(grid_rate(*HALF_DECADES.start())), number(grid_rate(*HALF_DECADES.end())));
    let caption = format!(
        "Steps until the value is below 1e-6, each at the best rate of a grid from {lowest} to {highest}, two a \
         power of ten"
    );
    findings.table(&caption, &["surface", "optimizer", "rate", "steps"], all.iter().map(row).collect());
}

/// What theory says of the table: a pair of complex roots shrinks the distance by `sqrt(0.9)` per step whatever the curvatures, so
/// momentum is the better one where descent's `(l_2 - l_1) / (l_2 + l_1)` is worse, and the other way round.
fn orderings(all: &[(&str, &str, BestWalk)], findings: &mut Findings) {
    let steps = |land: &Land, name: &str| {
        let best = all.iter().find(|row| row.0 == land.name && row.1 == name);
        best.and_then(|row| row.2.steps).map_or(f64::NAN, |steps| steps as f64)
    };
    let [bowl, ravine, ..] = &LANDS;
    let ratio = |land| steps(land, "momentum 0.9") / steps(land, "gradient descent");
    let at_edge = |best: &BestWalk| best.steps.is_some() && (best.rate == grid_rate(*HALF_DECADES.end()));
    findings
        .claiming("In the ravine descent at its best rate of the grid needs as many steps as its two factors say")
        .is(steps(ravine, "gradient descent"), Near(descent_on_grid(ravine), 1.0))
        // Descent's best factor there is 0.961, momentum's 0.949: about 0.76 as many steps on a fine grid.
        .claim("In the ravine momentum 0.9 is faster: its steps over descent's", ratio(ravine), AtMost(1.0))
        // 0.6 against 0.949: on a grid where descent's best factor is 0.684, about 7 times as many.
        .claim("On the round bowl it is slower: its steps over descent's", ratio(bowl), AtLeast(2.0));
    for (land, name, _) in all.iter().filter(|row| at_edge(&row.2)) {
        findings.note(format!(
            "{name} on the surface {land:?} is best at the highest rate of the grid: a still higher one may be better."
        ));
    }
}

/// The least number of steps over the grid, from both coordinates' factors `1 - rate l`.
fn descent_on_grid(ravine: &Land) -> f64 {
    let arrived = |rate: f64, steps: i32| {
        let place = [0, 1].map(|k| ravine.start[k] * (1.0 - rate * [1.0, 50.0][k]).powi(steps));
        ravine.surface.value(place) < ARRIVED
    };
    let steps = |rate| (0..5000).find(|steps| arrived(rate, *steps)).map_or(f64::INFINITY, f64::from);
    HALF_DECADES.map(|half_decade| steps(grid_rate(half_decade))).fold(f64::INFINITY, f64::min)
}

fn chart_of(land: &Land) -> Chart {
    let field = Field::sample(land.x.clone(), land.y.clone(), [90, 70], |x, y| land.surface.value([x, y]));
    let high = land.surface.value(land.start);
    let levels: Vec<f64> = (-3..6).map(|power| high * 4.0_f64.powi(-power)).collect();
    let axis = |name, range: &Range<f64>| Axis::linear(name).range(range.clone());
    Chart::new(axis("first parameter", &land.x), axis("second parameter", &land.y))
        .heading(land.name)
        .contours(&field, &levels)
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

fn best(surface: Surface, recipe: &Optimizer, start: [f64; 2], most: usize) -> Result<BestWalk> {
    let mut best = BestWalk { rate: f64::NAN, steps: None };
    let mut lowest = f64::INFINITY;
    for rate in HALF_DECADES.rev().map(grid_rate) {
        let path = until_arrival(surface, recipe, rate, start, best.steps.unwrap_or(most))?;
        let end = path.last().map_or(f64::INFINITY, |place| surface.value(*place));
        if end < lowest || end < ARRIVED {
            lowest = end;
            best = BestWalk { rate, steps: (end < ARRIVED).then_some(path.len() - 1) };
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
        .claiming("Descent leaves a saddle in logarithmic time: extra steps from 1e-9 instead of 1e-3 beside the ridge")
        .is(nearer - near, Near(1e6_f64.ln() / (1.0 + rate).ln(), 2.0))
        .claim("Started on the ridge it ends in the saddle: value there", end, Near(0.25, 1e-6));
    Ok(())
}
