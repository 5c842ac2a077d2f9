//! The zoo's optimizers on four surfaces: their paths, and how many steps they need.

use super::walks::{ADAGRAD, ARRIVED, RMSPROP, drawn, momentum, plane, until_arrival};
use crate::prelude::*;
use std::ops::RangeInclusive;
use zoo_recipe::Optimizer;
use zoo_toys::{LANDS, Land};

const OPTIMIZERS: [(&str, Optimizer); 6] = [
    ("gradient descent", Optimizer::Sgd),
    ("momentum 0.9", momentum(0.9)),
    ("Nesterov 0.9", Optimizer::Nesterov { momentum: 0.9 }),
    ("AdaGrad", ADAGRAD),
    ("RMSProp", RMSPROP),
    ("Adam", ADAM),
];

/// The rates tried: powers of the root of 10, from 0.0001 to 32.
const HALF_DECADES: RangeInclusive<i32> = -8..=3;

/// An optimizer's best walk over a grid of rates.
struct BestWalk {
    land: &'static str,
    optimizer: &'static str,
    rate: f64,
    /// To arrival; `None` if no rate arrives.
    steps: Option<usize>,
}

/// Every optimizer on every surface at the rate of a grid that arrives first.
pub(super) fn compare(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let most = settings.choose(5000, 300);
    let (mut all, mut charts) = (Vec::new(), Vec::new());
    let bar = settings.progress("optimizers on surfaces", LANDS.len() * OPTIMIZERS.len());
    for land in &LANDS {
        let mut chart = chart_of(land);
        for (name, recipe) in OPTIMIZERS {
            let best = best(land, name, &recipe, most)?;
            let gentle = until_arrival(land.surface, &recipe, best.rate / 10.0, land.start, most)?;
            chart = chart.path(name, &drawn(&gentle, (land.x.end - land.x.start) / 400.0));
            all.push(best);
            bar.inc(1);
        }
        charts.push(chart);
    }
    bar.finish_and_clear();
    orderings(&all, findings);
    let row = |best: &BestWalk| {
        let steps = best.steps.map_or(format!("more than {most}"), |steps| steps.to_string());
        row![best.land, best.optimizer, best.rate, steps]
    };
    let caption = "Steps until the value is below 1e-6, each at the best rate of a grid from 0.0001 to 31.62, two a \
                   power of ten";
    findings.table(caption, &["surface", "optimizer", "rate", "steps"], all.iter().map(row).collect());
    let caption = "Level lines, a factor of 4 apart, and the path of every optimizer at a tenth of its best rate, so \
                   that it can be followed, from the ring to the dot. Descent follows the steepest slope and creeps \
                   where it is flat; momentum overshoots and comes back; the adaptive ones scale both directions by \
                   themselves and leave along the diagonal, whatever the slope. RMSProp's best rate in the ravine is \
                   a jump that happens to land near the middle, so a tenth of it still leaps.";
    findings.panels("paths", "Paths of the optimizers on four surfaces", caption, 2, charts);
    Ok(())
}

fn best(land: &Land, optimizer: &'static str, recipe: &Optimizer, most: usize) -> Result<BestWalk> {
    let mut best = BestWalk { land: land.name, optimizer, rate: f64::NAN, steps: None };
    let mut lowest = f64::INFINITY;
    for rate in HALF_DECADES.rev().map(|power| 10.0_f64.powf(f64::from(power) / 2.0)) {
        let path = until_arrival(land.surface, recipe, rate, land.start, best.steps.unwrap_or(most))?;
        let end = path.last().map_or(f64::INFINITY, |place| land.surface.value(*place));
        if end < lowest || end < ARRIVED {
            lowest = end;
            best = BestWalk { rate, steps: (end < ARRIVED).then_some(path.len() - 1), ..best };
        }
    }
    Ok(best)
}

/// What theory says of the table: a pair of complex roots shrinks the distance by `sqrt(0.9)` per step whatever the curvatures, so
/// momentum is the better one where descent's `(l_2 - l_1) / (l_2 + l_1)` is worse, and the other way round.
fn orderings(all: &[BestWalk], findings: &mut Findings) {
    let steps = |land: &Land, name: &str| {
        let best = all.iter().find(|best| best.land == land.name && best.optimizer == name);
        best.and_then(|best| best.steps).map_or(f64::NAN, |steps| steps as f64)
    };
    let [bowl, ravine, ..] = &LANDS;
    let ratio = |land| steps(land, "momentum 0.9") / steps(land, "gradient descent");
    findings
        // Descent's best factor there is 0.961, momentum's 0.949: about 0.76 as many steps on a fine grid.
        .claim("In the ravine momentum 0.9 is faster: its steps over descent's", ratio(ravine), AtMost(1.0))
        // 0.6 against 0.949: on a grid where descent's best factor is 0.684, about 7 times as many.
        .claim("On the round bowl it is slower: its steps over descent's", ratio(bowl), AtLeast(2.0));
}

fn chart_of(land: &Land) -> Chart {
    let high = land.surface.value(land.start);
    let levels: Vec<f64> = (-3..6).map(|power| high * 4.0_f64.powi(-power)).collect();
    let sides = [("first parameter", land.x.clone()), ("second parameter", land.y.clone())];
    plane(sides, &levels, |x, y| land.surface.value([x, y])).heading(land.name)
}
