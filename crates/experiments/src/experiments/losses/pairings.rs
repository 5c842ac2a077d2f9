//! Outputs and losses that belong together, and what becomes of training when they do not.

use super::formulas::{binary_cross_entropy, one_hot, zoo};
use crate::autodiff::{apply, gradient};
use crate::prelude::*;
use burn::tensor::activation;
use zoo_recipe::Loss as Zoo;

const BCE: Zoo = Zoo::BinaryCrossEntropy { positive_weight: 1.0 };
const RATE: f64 = 0.1;

/// The probability of the label, step by step.
type Trajectory = Vec<(f64, f64)>;

/// Squared error has the sigmoid's slope as a factor, which a confidently wrong start makes almost 0.
pub(super) fn sigmoid_with_squared_error(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let scores: Vec<f64> = (-80..=80).map(|step| f64::from(step) / 10.0).collect();
    let [squared, matched] = [slopes(&Zoo::MeanSquaredError, &scores)?, slopes(&BCE, &scores)?];
    let ratio = |place: usize| {
        let expected = 2.0 * sigmoid(scores[place]) * sigmoid(-scores[place]);
        (squared[place] / matched[place] / expected - 1.0).abs()
    };
    let z: f64 = settings.choose(-6.0, -4.0);
    let [slow, fast] = [recover(&Zoo::MeanSquaredError, z)?, recover(&BCE, z)?];
    // dz/dt = 1 - σ(z) = 1 / (1 + e^z), so the time from z to 0 is the integral of 1 + e^z; and of squared error, as dz/dt =
    // 2 (1 - σ)² σ = 2 e^z / (1 + e^z)³, that of (e^-z + 3 + 3 e^z + e^2z) / 2.
    let fast_expected = (1.0 - z - z.exp()) / RATE;
    let slow_expected = (2.5 + (-z).exp() - 3.0 * z - 3.0 * z.exp() - (2.0 * z).exp() / 2.0) / 2.0 / RATE;
    // Steps of a tenth follow the continuous descent to within half the rate's size.
    let near = |expected: f64| Near(expected, RATE / 2.0 * expected + 1.0);
    let steps = |way: &Trajectory| (way.len() - 1) as f64;
    findings
        // Single precision keeps 1 - σ(8) = 3e-4 to 2e-4 of it.
        .claiming("Sigmoid with squared error has 2 σ'(z) times cross-entropy's gradient: largest difference, |z| <= 8")
        .is((0..scores.len()).map(ratio).fold(0.0, larger), AtMost(1e-3))
        .claiming(format!("From z = {z} (label 1) cross-entropy needs (1 - z - e^z) / 0.1 steps to p = 1/2"))
        .is(steps(&fast), near(fast_expected))
        .claim("and squared error (5/2 - 3z + e^-z - 3e^z - e^2z/2) / 0.2", steps(&slow), near(slow_expected));
    let pull = |slopes: &[f64]| scores.iter().zip(slopes).map(|(z, slope)| (*z, -slope)).collect::<Vec<_>>();
    let pulls = Chart::new(Axis::linear("score z"), Axis::linear("pull toward the label, -dL/dz"))
        .heading("Label 1")
        .line("sigmoid + cross-entropy", &pull(&matched))
        .line("sigmoid + squared error", &pull(&squared));
    let recovery = Chart::new(Axis::log("step"), Axis::linear("probability of the label"))
        .heading(&format!("Recovery from z = {z}, rate 0.1"))
        .line("sigmoid + cross-entropy", &fast[1..])
        .line("sigmoid + squared error", &slow[1..]);
    findings.panels(
        "pairings",
        "A wrong pairing stalls",
        "Left: cross-entropy pulls the harder the more wrong the score is; squared error hardly pulls at all where \
         the sigmoid is flat. Right: from a confidently wrong start both reach one half, but squared error spends \
         most of its steps where nothing moves.",
        2,
        vec![pulls, recovery],
    );
    Ok(())
}

/// The zoo's gradient by each score, label 1.
fn slopes(kind: &Zoo, scores: &[f64]) -> Result<Vec<f64>> {
    let targets = vec![vec![1.0]; scores.len()];
    // The mean over the batch is undone, so that each score has its own.
    let count = scores.len() as f64;
    gradient(scores, [scores.len(), 1], |z: Tensor<2>| zoo(kind, z, &targets) * count)
}

/// Descent on one logit until the probability of its label is one half.
fn recover(kind: &Zoo, start: f64) -> Result<Trajectory> {
    let mut score = start;
    let mut way = vec![(0.0, sigmoid(score))];
    while score < 0.0 && way.len() < 20_000 {
        score -= RATE * slopes(kind, &[score])?[0];
        way.push((way.len() as f64, sigmoid(score)));
    }
    Ok(way)
}

/// A linear output leaves `0..1`, where cross-entropy has no logarithm to take.
pub(super) fn linear_with_cross_entropy(findings: &mut Findings) -> Result<()> {
    let (mut finite, start) = (0, 0.05);
    for beyond in (1..=20).map(|step| 0.1 * f64::from(step)) {
        // Below 0 label 1 is wrong, above 1 label 0.
        for (output, wrong) in [(-beyond, 1.0), (1.0 + beyond, 0.0)] {
            let loss = apply(&[output], [1, 1], |p| binary_cross_entropy(p, &[vec![wrong]]))?[0];
            finite += usize::from(loss.is_finite());
        }
    }
    let slope = gradient(&[start], [1, 1], |p| binary_cross_entropy(p, &[vec![1.0]]))?[0];
    findings
        .claiming("Cross-entropy of a linear output beyond the wrong end of 0..1 is undefined: finite losses of 40")
        .is(finite as f64, AtMost(0.0))
        .claiming("and one step of descent leads there: the output after 0.05, label 1, gradient -1/0.05, rate 0.1")
        .is(start - RATE * slope, Near(2.05, 1e-9));
    Ok(())
}

/// A network that ends in softmax, trained by a loss that applies it again.
pub(super) fn softmax_twice(findings: &mut Findings) -> Result<()> {
    const CLASSES: usize = 10;
    let target = [one_hot(CLASSES, 0)];
    let once = |z: Tensor<2>| zoo(&Zoo::CrossEntropy { label_smoothing: 0.0 }, z, &target);
    let twice = |z: Tensor<2>| once(activation::softmax(z, 1));
    let alike = [0.0; CLASSES];
    let [first, second] = [gradient(&alike, [1, CLASSES], once)?[0], gradient(&alike, [1, CLASSES], twice)?[0]];
    let certain: Vec<f64> = target[0].iter().map(|one| 1e3 * one).collect();
    let floor = apply(&certain, [1, CLASSES], twice)?[0];
    findings
        .claiming("Softmax twice has 1/K of the gradient where all K = 10 classes are alike")
        .is(second / first, Near(1.0 / CLASSES as f64, 1e-5))
        .claiming("and a loss that cannot fall below ln(1 + (K - 1)/e), even when the answer is certain and right")
        .is(floor, Near((1.0 + (CLASSES - 1) as f64 / 1.0_f64.exp()).ln(), 1e-5));
    Ok(())
}
