//! The zoo's optimizers on four surfaces: their paths.

use super::walks::{momentum, plane, points, walk};
use crate::prelude::*;
use zoo_recipe::Optimizer;
use zoo_toys::{LANDS, Land};

const ADAGRAD: Optimizer = Optimizer::Adagrad { epsilon: 1e-10, learning_rate_decay: 0.0 };
const RMSPROP: Optimizer = Optimizer::Rmsprop { alpha: 0.99, epsilon: 1e-8, momentum: 0.0, centered: false };

pub(super) fn draw(findings: &mut Findings) -> Result<()> {
    let charts = LANDS.iter().map(panel).collect::<Result<Vec<_>>>()?;
    let caption = "Level lines, a factor of 4 apart, and 300 steps of every optimizer from the ring to the dot, at \
                   rates small enough to be followed: those of descent and momentum are a tenth over lambda_max, the \
                   others' the same on every surface. Descent follows the steepest slope and creeps where it is \
                   flat; momentum overshoots and comes back; the adaptive ones scale both directions by themselves \
                   and leave along the diagonal, whatever the slope.";
    findings.panels("paths", "Paths of the optimizers on four surfaces", caption, 2, charts);
    Ok(())
}

fn panel(land: &Land) -> Result<Chart> {
    let Land { name, surface, start, x, y } = land;
    let high = surface.value(*start);
    let levels: Vec<f64> = (-3..6).map(|power| high * 4.0_f64.powi(-power)).collect();
    let sides = [("first parameter", x.clone()), ("second parameter", y.clone())];
    let mut chart = plane(sides, &levels, |x, y| surface.value([x, y])).heading(name);
    let gentle = 0.1 / surface.steepest();
    for (name, recipe, rate) in [
        ("gradient descent", Optimizer::Sgd, gentle),
        ("momentum 0.9", momentum(0.9), gentle),
        ("AdaGrad", ADAGRAD, 0.3),
        ("RMSProp", RMSPROP, 0.02),
        ("Adam", ADAM, 0.03),
    ] {
        chart = chart.path(name, &points(&walk(*surface, &recipe, rate, *start, 300)?));
    }
    Ok(chart)
}
