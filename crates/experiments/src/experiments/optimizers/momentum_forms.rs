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
use crate::prelude::*;

const STEPS: usize = 80;
const DROP: usize = 20;
const RATES: [f64; 2] = [0.02, 0.002];

/// On `theta^2 / 2`, whose gradient is `theta`.
pub(super) fn of_one_recursion(settings: &Setup, findings: &mut Findings) {
    let alpha = settings.number(ALPHA);
    let constant = |_: usize| RATES[0];
    let stepped = |step: usize| if step < DROP { RATES[0] } else { RATES[1] };
    let (change, velocity) = (by_change(stepped, alpha), by_velocity(stepped, alpha));
    let last = change[DROP - 1] - change[DROP - 2];
    findings
        .claiming(
            "At a constant rate theta - eta g + alpha dtheta is theta - eta v, v <- alpha v + g: largest distance",
        )
        .is(largest_gap(&by_change(constant, alpha), &by_velocity(constant, alpha)), AtMost(1e-9))
        .claiming(format!(
            "Where a schedule divides the rate by ten they part: distance after that step, over the change before it, \
             {alpha} (1 - 1/10)"
        ))
        .is(((change[DROP] - velocity[DROP]) / last).abs(), Near(alpha * (1.0 - RATES[1] / RATES[0]), 1e-9));
}

/// The places after every step from 10, as below.
fn by_change(rate: impl Fn(usize) -> f64, alpha: f64) -> Vec<f64> {
    let (mut theta, mut change) = (10.0, 0.0);
    let step = |step| {
        change = -rate(step) * theta + alpha * change;
        theta += change;
        theta
    };
    (0..STEPS).map(step).collect()
}

fn by_velocity(rate: impl Fn(usize) -> f64, beta: f64) -> Vec<f64> {
    let (mut theta, mut velocity) = (10.0, 0.0);
    let step = |step| {
        velocity = beta * velocity + theta;
        theta -= rate(step) * velocity;
        theta
    };
    (0..STEPS).map(step).collect()
}
