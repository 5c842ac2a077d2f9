//! What `momentum` has to do.

use super::*;
use hints::found;

#[path = "../hints.rs"]
mod hints;

const GRADIENTS: [f64; 5] = [1.0, -0.5, 2.0, 0.25, 3.0];
const BETA: f64 = 0.8;

/// The sum over the gradients up to the one at `last`, each with `weight(how many steps ago)`.
fn remembered(last: usize, weight: impl Fn(i32) -> f64) -> f64 {
    (0..=last).map(|i| weight((last - i) as i32) * GRADIENTS[i]).sum()
}

#[test]
fn the_velocity_is_the_sum_of_the_gradients_that_fade() {
    let mut parameter = WithVelocity::default();
    for (n, gradient) in GRADIENTS.into_iter().enumerate() {
        parameter.step(gradient, 0.1, BETA);
        let fading = remembered(n, |ago| BETA.powi(ago));
        found(format!("the velocity after {} steps", n + 1), [parameter.velocity])
            .mistake(
                [(1.0 - BETA) * fading],
                "a factor 1 - beta: that is a mean of the gradients (Adam's), this is their sum",
            )
            .mistake([0.1 * fading], "the rate is in the velocity already; here it belongs to theta alone")
            .mistake([gradient], "this remembers nothing: beta v is missing, or v was not kept")
            .is([fading]);
    }
}

#[test]
fn theta_moves_by_the_new_velocity() {
    for eta in [0.1, 0.02] {
        let mut parameter = WithVelocity { theta: 5.0, velocity: 0.0 };
        let (mut moved, mut late, mut plain) = (0.0, 0.0, 0.0);
        for (n, gradient) in GRADIENTS.into_iter().enumerate() {
            parameter.step(gradient, eta, BETA);
            late = moved;
            moved += remembered(n, |ago| BETA.powi(ago));
            plain += gradient;
        }
        found(format!("theta after five steps of rate {eta} from 5"), [parameter.theta])
            .mistake([5.0 - eta * late], "theta moved by the velocity of the step before: first v, then theta")
            .mistake([5.0 + eta * moved], "the sign: this climbs")
            .mistake([5.0 - eta * plain], "this is gradient descent that remembers nothing")
            .mistake([5.0 - eta * (1.0 - BETA) * moved], "a factor 1 - beta too much")
            .mistake([5.0 - moved], "the rate eta is missing")
            .is([5.0 - eta * moved]);
    }
}

#[test]
fn the_last_change_does_the_same_at_a_constant_rate() {
    for eta in [0.1, 0.02] {
        let mut parameter = WithLastChange { theta: 5.0, change: 0.0 };
        for (n, gradient) in GRADIENTS.into_iter().enumerate() {
            parameter.step(gradient, eta, BETA);
            // Times a hundred: changes are small.
            let change = |weight: &dyn Fn(i32) -> f64| [-100.0 * eta * remembered(n, weight)];
            found(format!("100 dtheta of step {} of rate {eta}", n + 1), [100.0 * parameter.change])
                .mistake(
                    change(&|ago| (-BETA).powi(ago)),
                    "the sign of alpha dtheta: the last change goes on, it is not undone",
                )
                .mistake(
                    change(&|ago| (eta * BETA).powi(ago)),
                    "eta is applied to alpha dtheta, too; dtheta has it already from its own step",
                )
                .mistake(
                    change(&|ago| f64::from(u8::from(ago == 0))),
                    "this remembers nothing: alpha dtheta is missing",
                )
                .is(change(&|ago| BETA.powi(ago)));
        }
        let moved: f64 = (0..5).map(|n| remembered(n, |ago| BETA.powi(ago))).sum();
        found(format!("theta after five steps of rate {eta} from 5"), [parameter.theta])
            .mistake([5.0 + eta * moved], "the sign: dtheta is negative where g is positive, and theta adds it")
            .is([5.0 - eta * moved]);
    }
}

#[test]
fn under_a_schedule_they_part() {
    let (mut one, mut other) = (WithVelocity::default(), WithLastChange::default());
    for (gradient, eta) in [(3.0, 0.5), (-1.0, 0.05)] {
        one.step(gradient, eta, BETA);
        other.step(gradient, eta, BETA);
    }
    let first = -0.5 * 3.0;
    found("theta by its velocity, after rates 0.5 and 0.05", [one.theta])
        .mistake([first - 0.05 * (1.0 - BETA * 3.0)], "the sign within v <- beta v + g")
        .mistake([first + 0.05], "this remembers nothing: beta v is missing, or v was not kept")
        .mistake([first + 0.05 + BETA * first], "this is the other form: eta belongs before the whole of v")
        .is([first - 0.05 * (BETA * 3.0 - 1.0)]);
    found("theta by its last change, after rates 0.5 and 0.05", [other.theta])
        .mistake(
            [first - 0.05 * (BETA * 3.0 - 1.0)],
            "this is the other form: the first gradient was to keep its rate of 0.5",
        )
        .mistake([first + 0.05 - BETA * first], "the sign of alpha dtheta: the last change goes on, it is not undone")
        .mistake([first + 0.05 + 0.05 * BETA * first], "eta is applied to alpha dtheta, too; dtheta has it already")
        .is([first + 0.05 + BETA * first]);
}
