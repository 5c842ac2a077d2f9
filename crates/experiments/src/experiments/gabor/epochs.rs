//! What mini-batches are, whatever becomes of the starts: claims that hold on every sample.

use super::case::GaborCase;
use super::descent::{WalkStep, epochs};
use super::setting::EXAMPLES;
use crate::prelude::*;
use std::collections::HashSet;
use zoo_toys::gabor::GaborSample;

/// Epochs of every walk that are looked at.
const WATCHED: usize = 3;

/// Epochs for the noise: enough for five standard errors to tell drawing with replacement, an eighth above, from without.
const NOISY: usize = 4000;

pub(super) fn check(case: &GaborCase, settings: &Setup, findings: &mut Findings) -> Result<()> {
    walked(case, settings, findings)?;
    plain(case, settings, findings)?;
    mean(case, settings, findings);
    noise(case, settings, findings);
    Ok(())
}

/// The walks on a few examples per step, as they begin.
fn walked(case: &GaborCase, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (mut off, mut batches, size) = (0.0, Vec::new(), case.batch);
    let steps = WATCHED * EXAMPLES / size;
    case.descent(settings).of(steps).walk(&case.starts, size, &case.constant(1.0), |step| {
        off = larger(off, apart(case.sample, &step, |start| &step.batches[start]));
        batches.push(step.batches.to_vec());
    })?;
    let orders: Vec<Vec<usize>> = batches
        .chunks(EXAMPLES / size)
        .flat_map(|epoch| {
            (0..case.starts.len()).map(|start| epoch.iter().flat_map(|step| step[start].clone()).collect())
        })
        .collect();
    let not_once: usize = orders.iter().map(|order| not_once(order)).sum();
    let distinct = orders.iter().collect::<HashSet<_>>().len();
    let (name, count) = (case.setting.name, orders.len());
    findings
        .claiming(format!("{name}: an epoch's batches of {size} see each example once: violations in {count} epochs"))
        .is(not_once as f64, Exactly(0.0))
        .claiming(format!("{name}: every start and epoch has an order of its own: how many of {count}"))
        .is(distinct as f64, Exactly(count as f64))
        .claiming(format!("{name}: every step follows its own batch's gradient, in f32: largest relative difference"))
        .is(off, AtMost(1e-6));
    Ok(())
}

/// Examples that are not there exactly once.
fn not_once(order: &[usize]) -> usize {
    (0..EXAMPLES).filter(|example| order.iter().filter(|one| *one == example).count() != 1).count()
}

/// The walks on all examples.
fn plain(case: &GaborCase, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (mut off, every) = (0.0, case.sample.every());
    case.descent(settings).of(WATCHED * EXAMPLES / case.batch).walk(
        &case.starts,
        EXAMPLES,
        &case.constant(1.0),
        |step| off = larger(off, apart(case.sample, &step, |_| &every)),
    )?;
    findings.claiming(format!(
        "{}: with all {EXAMPLES} in a batch every step is one of plain gradient descent, in f32: largest difference \
         over place and step",
        case.setting.name
    )).is(off, AtMost(1e-6));
    Ok(())
}

/// How far a step led from where the gradient over `batch(start)` leads, at most, over the size of what is rounded: place and step.
fn apart<'a>(sample: &GaborSample, step: &WalkStep, batch: impl Fn(usize) -> &'a [usize]) -> f64 {
    let off = |start: usize| {
        let (from, to) = (step.before[start], step.after[start]);
        let stride = sample.gradient(from, batch(start)).map(|slope| step.rate * slope);
        let parts = [0, 1].map(|k| (to[k] - (from[k] - stride[k])).abs() / (from[k].abs() + stride[k].abs()));
        larger(parts[0], parts[1])
    };
    (0..step.before.len()).map(off).fold(0.0, larger)
}

/// At a fixed place the batches of an epoch have together the gradient of all, also where the last is smaller.
fn mean(case: &GaborCase, settings: &Setup, findings: &mut Findings) {
    let sizes = [1, case.batch, 8];
    let (mut off, mut largest) = (0.0, 0.0);
    for size in sizes {
        let mut batches = epochs(settings.seed, 60, size, EXAMPLES);
        for place in &case.starts {
            let mut sum = [0.0; 2];
            for _ in 0..EXAMPLES.div_ceil(size) {
                let batch = batches.next();
                let slope = case.sample.gradient(*place, &batch);
                (0..2).for_each(|k| sum[k] += slope[k] * batch.len() as f64 / EXAMPLES as f64);
            }
            let all = case.sample.gradient(*place, &case.sample.every());
            off = (0..2).map(|k| (sum[k] - all[k]).abs()).fold(off, larger);
            largest = all.into_iter().map(f64::abs).fold(largest, larger);
        }
    }
    findings
        .claiming(format!(
            "{}: at every start the mean of an epoch's batch gradients, weighted by size (1, {}, 8 with a last one \
             of {}), is the gradient of all: largest difference over the largest gradient",
            case.setting.name,
            case.batch,
            EXAMPLES % 8
        ))
        .is(off / largest, AtMost(1e-12));
}

/// How much a batch's gradient strays from that of all, at the lowest point: of `b` of `N` examples without replacement, on average over
/// all orders, `(N - b) / (b (N - 1))` of what one example strays, in squares; with replacement it would be `1 / b`.
fn noise(case: &GaborCase, settings: &Setup, findings: &mut Findings) {
    let (every, size) = (case.sample.every(), case.batch);
    let all = case.sample.gradient(case.minimum, &every);
    let strays = |batch: &[usize]| {
        let slope = case.sample.gradient(case.minimum, batch);
        (slope[0] - all[0]).powi(2) + (slope[1] - all[1]).powi(2)
    };
    let single = every.iter().map(|example| strays(&[*example])).sum::<f64>() / EXAMPLES as f64;
    let mut batches = epochs(settings.seed, 61, size, EXAMPLES);
    let steps = EXAMPLES / size;
    let mut epoch = || (0..steps).map(|_| strays(&batches.next())).sum::<f64>() / steps as f64 / single;
    let noise = Mean::over((0..NOISY).map(|_| epoch()));
    let expected = (EXAMPLES - size) as f64 / (size * (EXAMPLES - 1)) as f64;
    findings
        .claiming(format!(
            "{}: the noise of a step at the lowest point is that of {size} of {EXAMPLES} drawn without replacement, to \
             five standard errors of {NOISY} epochs: mean square over a single example's",
            case.setting.name
        ))
        .is(noise.value, Near(expected, 5.0 * noise.error));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_or_met_again_is_counted() {
        let mut order: Vec<usize> = (0..EXAMPLES).collect();
        assert_eq!(not_once(&order), 0);
        order[3] = 5;
        assert_eq!(not_once(&order), 2);
        assert_eq!(not_once(&[7; EXAMPLES]), EXAMPLES);
    }
}
