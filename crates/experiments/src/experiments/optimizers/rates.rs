//! How fast descent is on quadratics, where theory says it exactly.

use super::factors::{descent_factor, momentum_factor};
use crate::prelude::*;
use zoo_recipe::Optimizer;
use zoo_toys::Surface;

/// Heavy-ball momentum as the notes have it.
pub(super) const fn momentum(momentum: f64) -> Optimizer {
    Optimizer::Momentum { momentum, dampening: 0.0 }
}

pub(super) const ADAGRAD: Optimizer = Optimizer::Adagrad { epsilon: 1e-10, learning_rate_decay: 0.0 };
pub(super) const RMSPROP: Optimizer = Optimizer::Rmsprop { alpha: 0.99, epsilon: 1e-8, momentum: 0.0, centered: false };

/// Where walking from `start` leads, the start included; it ends early where numbers leave `1e-30..1e6`.
pub(super) fn walk(
    surface: Surface,
    recipe: &Optimizer,
    rate: f64,
    start: [f64; 2],
    steps: usize,
) -> Result<Vec<[f64; 2]>> {
    let mut walkers = Walkers::new(recipe, &[start], &Device::flex());
    let mut path = vec![start];
    let mut here = start;
    for _ in 0..steps {
        walkers = walkers.step(rate, &[surface.gradient(here)]);
        here = walkers.places()?[0];
        if !(1e-30..1e6).contains(&norm(&here)) {
            break;
        }
        path.push(here);
    }
    Ok(path)
}

/// The measured factors per step of gradient descent and of momentum, and the rates from which they diverge.
pub(super) fn compare_with_theory(settings: &Setup, findings: &mut Findings) -> Result<()> {
    descent_against_theory(settings, findings)?;
    momentum_against_theory(settings, findings)?;
    thresholds(settings, findings)
}

/// A random quadratic, turned by a random angle, and its curvatures.
fn quadratic(random: &mut Stream) -> (Surface, [f64; 2]) {
    let curvatures = [random.uniform(0.5, 2.0), random.uniform(4.0, 10.0)];
    (Surface::Quadratic { curvatures, angle: random.uniform(0.0, 3.0) }, curvatures)
}

fn descent_against_theory(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let surfaces = settings.choose(20, 4);
    let mut apart = 0.0_f64;
    for stream in 0..surfaces {
        let mut random = Stream::numbered(settings.seed, stream);
        let (surface, curvatures) = quadratic(&mut random);
        let rate = random.uniform(0.1, 0.95) * 2.0 / curvatures[1];
        let found = factor(surface, &Optimizer::Sgd, rate, 20)?;
        apart = larger(apart, (found - descent_factor(curvatures, rate)).abs());
    }
    findings
        .claiming("Gradient descent shrinks the distance by max |1 - rate lambda| per step: largest difference")
        .is(apart, AtMost(2e-3))
        .measured_with(format!(" ({surfaces} random quadratics)"));
    Ok(())
}

/// Momentum `b` at rates up to nearly its threshold: its recursion has complex roots in some walks, real ones in others.
fn momentum_against_theory(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let walks = settings.choose(60, 20);
    let (mut apart, mut circling) = (Vec::new(), 0);
    for stream in 0..walks {
        let mut random = Stream::numbered(settings.seed, 100 + stream);
        let (surface, curvatures) = quadratic(&mut random);
        let b = random.uniform(0.0, 0.9);
        let rate = random.uniform(0.1, 0.95) * 2.0 * (1.0 + b) / curvatures[1];
        let expected = momentum_factor(curvatures, rate, b);
        circling += usize::from(expected == b.sqrt());
        apart.push((slope(surface, &momentum(b), rate)? - expected).abs());
    }
    let sentence = "Momentum b shrinks it by the largest root of its recursion, b from 0 to 0.9";
    // Where two roots nearly meet, the logarithm of the distance is no straight line: it bends by `ln t`, or by the phase of a
    // slow circle, and in the second half of a walk of some 100 steps either tilts it by about 2 / 100: of 3000 draws
    // simulated beforehand the worst was off by 0.0196, the median by 5.4e-5. The limits leave room above both.
    findings
        .claim(format!("{sentence}: largest difference"), quantile(&apart, 1.0), AtMost(0.03))
        .measured_with(format!(" ({walks} random quadratics)"))
        .claim(format!("{sentence}: median difference"), quantile(&apart, 0.5), AtMost(0.002))
        .claiming("Both kinds of roots occur: walks decided by a complex pair, of size sqrt(b)")
        .is(circling as f64, Within(1.0..=(walks - 1) as f64))
        .measured_with(format!(" (of {walks})"));
    Ok(())
}

fn thresholds(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let surfaces = settings.choose(20, 4);
    let (mut plain, mut heavy) = (0.0_f64, 0.0_f64);
    for stream in 0..surfaces {
        let (surface, curvatures) = quadratic(&mut Stream::numbered(settings.seed, stream));
        let beyond = |recipe| -> Result<f64> { Ok(divergence_threshold(surface, recipe)? * curvatures[1] / 2.0) };
        plain = larger(plain, (beyond(&Optimizer::Sgd)? - 1.0).abs());
        heavy = larger(heavy, (beyond(&momentum(0.5))? / 1.5 - 1.0).abs());
    }
    let count = format!(" ({surfaces} random quadratics)");
    findings
        .claiming("Descent diverges from 2 / lambda_max on: largest relative difference of the rate found by bisection")
        .is(plain, AtMost(1e-3))
        .measured_with(&count)
        .claiming("Momentum b diverges only from 2 (1 + b) / lambda_max on: largest relative difference, b = 0.5")
        .is(heavy, AtMost(1e-3))
        .measured_with(&count);
    Ok(())
}

/// The factor of the distance per step over the second half of a walk, by a line through its logarithms.
fn slope(surface: Surface, recipe: &Optimizer, rate: f64) -> Result<f64> {
    let path = walk(surface, recipe, rate, [1.0, -0.7], 1500)?;
    let logarithms = path.iter().enumerate().map(|(step, place)| (step as f64, norm(place).ln()));
    Ok(FittedLine::fit(&logarithms.skip(path.len() / 2).collect::<Vec<_>>()).slope.exp())
}

/// The mean factor of the distance to the minimum, at the origin, over the last `window` steps of a walk.
fn factor(surface: Surface, recipe: &Optimizer, rate: f64, window: usize) -> Result<f64> {
    let path = walk(surface, recipe, rate, [1.0, -0.7], 1500)?;
    let last = path.len() - 1;
    let first = last.saturating_sub(window);
    Ok((norm(&path[last]) / norm(&path[first])).powf(1.0 / (last - first) as f64))
}

/// The rate from which an optimizer leads away from the minimum, by bisection.
fn divergence_threshold(surface: Surface, recipe: &Optimizer) -> Result<f64> {
    let mut bounds = [0.0, 10.0];
    for _ in 0..24 {
        let middle = (bounds[0] + bounds[1]) / 2.0;
        let path = walk(surface, recipe, middle, [1.0, -0.7], 150)?;
        let grows = farthest(&path, 0) > farthest(&path, 10);
        bounds[usize::from(grows)] = middle;
    }
    Ok((bounds[0] + bounds[1]) / 2.0)
}

/// The largest distance from the minimum in the ten places before the last `skipped` ones: momentum circles, so one step says nothing.
fn farthest(path: &[[f64; 2]], skipped: usize) -> f64 {
    path.iter().rev().skip(skipped).take(10).map(|place| norm(place)).fold(0.0, larger)
}

/// What the formulas of the adaptive optimizers give for their first steps.
pub(super) fn first_steps(findings: &mut Findings) -> Result<()> {
    let rate = 0.01;
    // Against a gradient of (3, -0.02), whatever its size.
    let first = |recipe: &Optimizer| -> Result<f64> {
        let walkers = Walkers::new(recipe, &[[0.0, 0.0]], &Device::flex()).step(rate, &[[3.0, -0.02]]);
        let [x, y] = walkers.places()?[0];
        Ok(larger((-x / rate - 1.0).abs(), (y / rate - 1.0).abs()))
    };
    let scaled = Walkers::new(&RMSPROP, &[[0.0, 0.0]], &Device::flex()).step(rate, &[[3.0, -0.02]]).places()?[0];
    findings
        .claiming("Adam's first step, its bias corrected, is the rate in every direction: relative difference")
        .is(first(&ADAM)?, AtMost(1e-4))
        .claiming("AdaGrad's first step is the rate in every direction: relative difference")
        .is(first(&ADAGRAD)?, AtMost(1e-4))
        .claiming("RMSProp's first step is the rate over sqrt(1 - alpha): relative difference")
        .is((-scaled[0] / rate * (1.0_f64 - 0.99).sqrt() - 1.0).abs(), AtMost(1e-3))
        .claiming("AdaGrad's steps against a constant gradient fall as 1 / sqrt(t): relative difference of 100 of them")
        .is(adagrad_decay(rate)?, AtMost(1e-3));
    Ok(())
}

fn adagrad_decay(rate: f64) -> Result<f64> {
    let mut walkers = Walkers::new(&ADAGRAD, &[[0.0, 0.0]], &Device::flex());
    for _ in 0..100 {
        walkers = walkers.step(rate, &[[2.0, 2.0]]);
    }
    let expected: f64 = (1..=100).map(|step| rate / f64::from(step).sqrt()).sum();
    Ok((-walkers.places()?[0][0] / expected - 1.0).abs())
}
