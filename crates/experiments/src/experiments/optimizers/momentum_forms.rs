//! Momentum written two ways.
//!
//! Part II adds a part of the last change: `theta <- theta - eta g + alpha dtheta`. The other notes, PyTorch and the zoo keep a velocity:
//! `v <- beta v + g`, `theta <- theta - eta v`. As `dtheta = -eta v`, the first is
//!
//! `dtheta_t = -eta_t g_t + alpha dtheta_{t-1} = -eta_t (g_t + alpha eta_{t-1} / eta_t v_{t-1})`,
//!
//! the second with `beta_t = alpha eta_{t-1} / eta_t`. At a constant rate that is `alpha`, and both are one. Where a schedule lowers the
//! rate, the first goes on with the old one's change: at the drop its step is longer by `alpha (eta_old - eta_new) v`.

use super::settings::ALPHA;
use super::walks::by_step;
use crate::prelude::*;
use zoo_toys::Surface;

const START: [f64; 2] = [10.0, 1.0];
const STEPS: usize = 80;
const DROP: usize = 20;
const RATES: [f64; 2] = [0.02, 0.002];

/// The places of a walk, the start included.
type Walk = Vec<[f64; 2]>;

pub(super) fn of_one_recursion(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let alpha = settings.number(ALPHA);
    let constant = |_| RATES[0];
    let stepped = |step| if step < DROP { RATES[0] } else { RATES[1] };
    let (change, velocity) = (by_change(stepped, alpha), by_velocity(stepped, alpha));
    let last = length(change[DROP], change[DROP - 1]);
    findings
        .claiming(
            "At a constant rate theta - eta g + alpha dtheta is theta - eta v, v <- alpha v + g: largest distance",
        )
        .is(farthest(&by_change(constant, alpha), &by_velocity(constant, alpha)), AtMost(1e-9))
        .claiming(format!(
            "Where a schedule divides the rate by ten they part: distance after that step, over the change before it, \
             {alpha} (1 - 1/10)"
        ))
        .is(length(change[DROP + 1], velocity[DROP + 1]) / last, Near(alpha * (1.0 - RATES[1] / RATES[0]), 1e-9));
    let along = |walk: &Walk| by_step(walk.iter().map(|place| place[0]));
    let chart = Chart::new(Axis::linear("step"), Axis::linear("place along the ravine"))
        .line("theta - eta g + alpha dtheta", &along(&change))
        .line("v <- beta v + g", &along(&velocity))
        .rule_x("rate divided by ten", DROP as f64);
    findings.figure(
        "momentum_forms",
        "Two momenta under a schedule",
        "Both forms from the same start in the ravine. Until the rate falls they are one; then the velocity is \
         followed at the new rate, while the last change goes on at the old one until it has died down.",
        chart,
    );
    Ok(())
}

fn by_change(rate: impl Fn(usize) -> f64, alpha: f64) -> Walk {
    let mut change = [0.0; 2];
    walk(|step, gradient| {
        change = [0, 1].map(|axis| -rate(step) * gradient[axis] + alpha * change[axis]);
        change
    })
}

fn by_velocity(rate: impl Fn(usize) -> f64, beta: f64) -> Walk {
    let mut velocity = [0.0; 2];
    walk(|step, gradient| {
        velocity = [0, 1].map(|axis| beta * velocity[axis] + gradient[axis]);
        velocity.map(|part| -rate(step) * part)
    })
}

fn walk(mut change: impl FnMut(usize, [f64; 2]) -> [f64; 2]) -> Walk {
    let mut places = vec![START];
    for step in 0..STEPS {
        let here = places[step];
        let change = change(step, Surface::RAVINE.gradient(here));
        places.push([here[0] + change[0], here[1] + change[1]]);
    }
    places
}

fn farthest(one: &[[f64; 2]], other: &[[f64; 2]]) -> f64 {
    one.iter().zip(other).map(|(one, other)| length(*one, *other)).fold(0.0, larger)
}

fn length(one: [f64; 2], other: [f64; 2]) -> f64 {
    norm(&[one[0] - other[0], one[1] - other[1]])
}
