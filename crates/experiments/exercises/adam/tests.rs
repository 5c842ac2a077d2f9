//! What `adam` has to do.

use super::*;
use hints::found;

#[path = "../hints.rs"]
mod hints;

#[test]
fn a_running_mean_begins_too_small() {
    for (number, beta) in [(3.0, 0.9), (-2.0, 0.75)] {
        let mut mean = 0.0;
        for t in 1..=6 {
            mean = running_mean(mean, number, beta);
            let kept = 1.0 - f64::powi(beta, t);
            found(format!("the running mean of {number} and beta {beta} after {t}"), [mean])
                .mistake(
                    [number * kept / (1.0 - beta)],
                    "the factor 1 - beta of what is new is missing: a sum, not a mean",
                )
                .mistake([number * (1.0 - f64::powi(1.0 - beta, t))], "beta and 1 - beta are the wrong way round")
                .is([number * kept]);
        }
    }
}

#[test]
fn corrected_a_mean_of_one_number_is_that_number() {
    for (number, beta) in [(3.0, 0.9), (-2.0, 0.75)] {
        for t in [1, 2, 5, 40] {
            let kept = 1.0 - f64::powi(beta, t);
            let mean = number * kept;
            found(format!("corrected({mean}, {beta}, {t})"), [corrected(mean, beta, t)])
                .mistake([mean / (1.0 - beta)], "the exponent t is missing: 1 - beta^t, which grows to 1")
                .mistake([mean * kept], "multiplied: the mean is too small, so divide")
                .mistake([mean], "this is the mean as it was")
                .mistake(
                    [mean / f64::powi(beta, t)],
                    "divided by beta^t; what is missing is beta^t, what is there 1 - beta^t",
                )
                .is([number]);
        }
    }
}

#[test]
fn the_first_step_is_the_rate_whatever_the_gradient() {
    for gradient in [0.01, 1.0, 500.0, -7.0] {
        let eta = 0.5;
        let (m, v) = ((1.0 - BETA1) * gradient, (1.0 - BETA2) * gradient * gradient);
        found(
            format!("the first step of rate {eta} with the gradient {gradient}"),
            [Adam::default().step(gradient, eta)],
        )
        .mistake([-eta * m / v.sqrt()], "nothing is corrected: m and v begin at zero")
        .mistake([-eta * gradient / v.sqrt()], "v is not corrected, only m")
        .mistake([-eta * m / gradient.abs()], "m is not corrected, only v")
        .mistake([-eta / gradient], "the root of v is missing")
        .mistake([f64::NAN], "0 / 0: the first step has t = 1, so count it before you correct")
        .mistake([eta * gradient.signum()], "the sign: this climbs")
        .is([-eta * gradient.signum() / (1.0 + EPSILON / gradient.abs())]);
    }
}

#[test]
fn later_steps_follow_the_means() {
    let gradients = [1.0, -2.0, 0.5, 3.0, 0.0];
    let mut adam = Adam::default();
    for t in 1..=gradients.len() {
        let mean = |beta: f64, power: i32, kept: f64| {
            let old =
                |(i, gradient): (usize, &f64)| (1.0 - beta) * beta.powi((t - 1 - i) as i32) * gradient.powi(power);
            gradients[..t].iter().enumerate().map(old).sum::<f64>() / kept
        };
        let right = |beta: f64| 1.0 - beta.powi(t as i32);
        let step = |first: f64, second: f64| [-mean(BETA1, 1, first) / mean(BETA2, 2, second).sqrt()];
        found(format!("step {t}"), [adam.step(gradients[t - 1], 1.0)])
            .mistake(step(1.0, 1.0), "nothing is corrected: m and v begin at zero")
            .mistake([f64::NAN], "0 / 0: the first step has t = 1, so count it before you correct")
            .mistake(
                step(1.0 - BETA1, 1.0 - BETA2),
                "as if t stayed at 1: is every step counted, and is t the exponent in `corrected`?",
            )
            .is(step(right(BETA1), right(BETA2)));
    }
}

#[test]
fn epsilon_is_added_to_the_root() {
    found("the first step with the gradient 1e-8", [Adam::default().step(1e-8, 1.0)])
        .mistake([-1e-8 / (1e-16 + EPSILON).sqrt()], "epsilon stands outside the root: sqrt(v^) + epsilon")
        .mistake([-1.0], "epsilon is missing")
        .mistake([f64::NAN], "0 / 0: the first step has t = 1, so count it before you correct")
        .is([-0.5]);
    found("the first step with the gradient 0", [Adam::default().step(0.0, 1.0)])
        .mistake([f64::NAN], "0 / 0: epsilon is missing, or t was still zero")
        .is([0.0]);
}
