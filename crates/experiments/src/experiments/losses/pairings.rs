//! Outputs and losses that belong together, and what becomes of training when they do not.

use super::formulas::{binary_cross_entropy, zoo};
use super::gradients::one_hot;
use crate::autodiff::{apply, gradient};
use crate::prelude::*;
use burn::tensor::activation;
use zoo_recipe::Loss as Zoo;

const BCE: Zoo = Zoo::BinaryCrossEntropy { positive_weight: 1.0 };
const CROSS_ENTROPY: Zoo = Zoo::CrossEntropy { label_smoothing: 0.0 };
const RATE: f64 = 0.1;
/// Steps of a tenth follow the continuous descent, from which the expected numbers come, to within half the rate's size.
const FROM_CONTINUOUS: f64 = 0.05;
const CLASSES: usize = 10;
/// The probability at which a label counts as learned.
const SURE: f64 = 0.9;

/// Where training goes, step by step.
type Trajectory = Vec<(f64, f64)>;

/// Squared error has the sigmoid's slope as a factor, which a confidently wrong start makes almost 0.
pub(super) fn sigmoid_with_squared_error(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let scores: Vec<f64> = (-80..=80).map(|step| f64::from(step) / 10.0).collect();
    let [squared, matched] = [gradients(&Zoo::MeanSquaredError, &scores)?, gradients(&BCE, &scores)?];
    let ratio = |place: usize| {
        let expected = 2.0 * sigmoid(scores[place]) * sigmoid(-scores[place]);
        (squared[place] / matched[place] / expected - 1.0).abs()
    };
    let start = settings.choose(-6.0, -4.0);
    let [slow, fast] = [recover(&Zoo::MeanSquaredError, start)?, recover(&BCE, start)?];
    let (slow_expected, fast_expected) = (squared_error_time(start) / RATE, cross_entropy_time(start) / RATE);
    let near = |expected: f64| Near(expected, FROM_CONTINUOUS * expected + 1.0);
    findings
        // Single precision keeps 1 - σ(8) = 3e-4 to 2e-4 of it.
        .claiming("Sigmoid with squared error has 2 σ'(z) times cross-entropy's gradient: largest difference, |z| <= 8")
        .is((0..scores.len()).map(ratio).fold(0.0, larger), AtMost(1e-3))
        .claiming(format!("From z = {start} (label 1) cross-entropy needs (1 - z - e^z) / 0.1 steps to p = 1/2"))
        .is(steps(&fast), near(fast_expected))
        .claim("and squared error (5/2 - 3z + e^-z - 3e^z - e^2z/2) / 0.2", steps(&slow), near(slow_expected))
        .table(
            "Steps of gradient descent on one logit until it is right, label 1, rate 0.1",
            &["loss", "start z", "p at the start", "gradient there", "steps", "expected"],
            vec![
                row("cross-entropy", start, gradients(&BCE, &[start])?[0], &fast, fast_expected),
                row("squared error", start, gradients(&Zoo::MeanSquaredError, &[start])?[0], &slow, slow_expected),
            ],
        );
    figure(start, &fast, &slow, findings)
}

fn row(name: &str, start: f64, slope: f64, way: &Trajectory, expected: f64) -> Vec<String> {
    named_row(name, [start, sigmoid(start), slope, steps(way), expected])
}

fn steps(way: &Trajectory) -> f64 {
    (way.len() - 1) as f64
}

/// The zoo's gradient by each score, label 1.
fn gradients(kind: &Zoo, scores: &[f64]) -> Result<Vec<f64>> {
    let targets = vec![vec![1.0]; scores.len()];
    // The mean over the batch is undone, so that each score has its own.
    let count = scores.len() as f64;
    gradient(scores, [scores.len(), 1], |z: Tensor<2>| zoo(kind, z, &targets) * count)
}

/// Descent on one logit until the probability of its label is one half: step and probability.
fn recover(kind: &Zoo, start: f64) -> Result<Trajectory> {
    let mut score = start;
    let mut way = vec![(0.0, sigmoid(score))];
    while score < 0.0 && way.len() < 20_000 {
        score -= RATE * gradients(kind, &[score])?[0];
        way.push((way.len() as f64, sigmoid(score)));
    }
    Ok(way)
}

/// `dz/dt = 1 - σ(z) = 1 / (1 + e^z)`, so the time from `z` to 0 is the integral of `1 + e^z`.
fn cross_entropy_time(z: f64) -> f64 {
    1.0 - z - z.exp()
}

/// `dz/dt = 2 (1 - σ)² σ = 2 e^z / (1 + e^z)³`, so the time is the integral of `(e^-z + 3 + 3 e^z + e^2z) / 2`.
fn squared_error_time(z: f64) -> f64 {
    (2.5 + (-z).exp() - 3.0 * z - 3.0 * z.exp() - (2.0 * z).exp() / 2.0) / 2.0
}

/// A linear output leaves `0..1`, where cross-entropy has no logarithm to take, or rewards leaving.
pub(super) fn linear_with_cross_entropy(findings: &mut Findings) -> Result<()> {
    let below = (1..=20).map(|step| -0.1 * f64::from(step));
    let outside: Vec<f64> = below.flat_map(|output| [output, 1.0 - output]).collect();
    let (mut wrong_side, mut apart, mut as_coded) = (0, 0.0_f64, 0);
    for &output in &outside {
        // Beyond 0 label 1 is wrong, beyond 1 label 0.
        let (right, wrong) = if output < 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
        wrong_side += usize::from(loss_of_output(output, wrong)?.is_finite());
        as_coded += usize::from(loss_of_output(output, right)?.is_finite());
        // How far the output has gone beyond the label.
        let beyond = (output - right).abs();
        apart = larger(apart, (surviving_term(output, right)? + beyond.ln_1p()).abs());
    }
    let start = 0.05;
    let slope = gradient(&[start], [1, 1], |p| binary_cross_entropy(p, &[vec![1.0]]))?[0];
    findings
        .claiming("Cross-entropy of a linear output beyond the wrong end of 0..1 is undefined: finite losses of 40")
        .is(wrong_side as f64, AtMost(0.0))
        .claiming("Beyond the right end by d the label's term is -ln(1 + d), unbounded below: largest difference")
        .is(apart, AtMost(1e-12))
        .claiming("but the formula as coded adds 0 times an undefined logarithm: finite losses of 40")
        .is(as_coded as f64, AtMost(0.0))
        .claiming("and one step of descent leads there: the output after 0.05, label 1, gradient -1/0.05, rate 0.1")
        .is(start - RATE * slope, Near(2.05, 1e-9))
        .note(
            "On a linear output cross-entropy rewards leaving 0..1 at the right end, the farther the better, and is \
             not defined beyond the wrong one. That programs give no number at either end is due to the term whose \
             factor is 0: 0 times not-a-number is none.",
        );
    Ok(())
}

/// The one term of the cross-entropy whose factor is not 0, by Burn.
fn surviving_term(output: f64, label: f64) -> Result<f64> {
    let probability = |p: Tensor<1>| if label == 1.0 { p } else { p.neg() + 1.0 };
    Ok(apply(&[output], [1], |p| probability(p).log().neg())?[0])
}

fn loss_of_output(output: f64, label: f64) -> Result<f64> {
    // 0 times the logarithm of a negative number is not a number either.
    Ok(apply(&[output], [1, 1], |p| binary_cross_entropy(p, &[vec![label]]))?[0])
}

/// A network that ends in softmax, trained by a loss that applies it again.
pub(super) fn softmax_twice(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let uniform = vec![0.0; CLASSES];
    let [first, second] = [scores_gradient(self::once, &uniform)?[0], scores_gradient(self::twice, &uniform)?[0]];
    let certain = one_hot(CLASSES, 0).iter().map(|one| 1e3 * one).collect::<Vec<_>>();
    let floor = apply(&certain, [1, CLASSES], |z| self::twice(z, &[one_hot(CLASSES, 0)]))?[0];
    findings
        .claiming("Softmax twice has 1/K of the gradient where all K = 10 classes are alike")
        .is(second / first, Near(1.0 / CLASSES as f64, 1e-5))
        .claiming("and a loss that cannot fall below ln(1 + (K - 1)/e), even when the answer is certain and right")
        .is(floor, Near((1.0 + (CLASSES - 1) as f64 / 1.0_f64.exp()).ln(), 1e-5));
    steps_of_softmax(settings, findings)
}

/// From all classes alike, and from a label that lags behind all others.
fn steps_of_softmax(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut rows = Vec::new();
    for lead in settings.choose([0.0, -3.0], [0.0, -1.0]) {
        let [once, twice] = [score_way(once, lead)?, score_way(twice, lead)?];
        let [expected_once, expected_twice] = [|_| 1.0, slowing].map(|factor| continuous_steps(lead, factor));
        for (name, way, expected) in [("once", &once, expected_once), ("twice", &twice, expected_twice)] {
            findings
                .claiming(format!(
                    "Softmax {name}, label's score {lead} above the others: steps at rate 0.1 to p = 0.9, by the \
                 integral of 1/(du/dt)"
                ))
                .is(steps(way), Near(expected, FROM_CONTINUOUS * expected + 1.0));
        }
        let ratio = number(steps(&twice) / steps(&once));
        rows.push(row![lead, steps(&once), steps(&twice), ratio]);
    }
    findings.table(
        "Steps of gradient descent on ten scores until the label has p = 0.9, rate 0.1",
        &["label's score above the others", "softmax once", "softmax twice", "times as many"],
        rows,
    );
    Ok(())
}

fn once(scores: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    zoo(&CROSS_ENTROPY, scores, targets)
}

fn twice(scores: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    zoo(&CROSS_ENTROPY, activation::softmax(scores, 1), targets)
}

fn scores_gradient(loss: fn(Tensor<2>, &[Vec<f64>]) -> Tensor<1>, scores: &[f64]) -> Result<Vec<f64>> {
    gradient(scores, [1, CLASSES], |z: Tensor<2>| loss(z, &[one_hot(CLASSES, 0)]))
}

/// Descent on ten scores, label 0, from this lead over the others until its probability is `SURE`.
fn score_way(loss: fn(Tensor<2>, &[Vec<f64>]) -> Tensor<1>, lead: f64) -> Result<Trajectory> {
    let mut scores = vec![0.0; CLASSES];
    scores[0] = lead;
    let mut way = vec![(0.0, label_probability(lead))];
    while way[way.len() - 1].1 < SURE && way.len() < 20_000 {
        let slopes = scores_gradient(loss, &scores)?;
        scores.iter_mut().zip(slopes).for_each(|(score, slope)| *score -= RATE * slope);
        way.push((way.len() as f64, softmax(&scores)[0]));
    }
    Ok(way)
}

/// The steps that continuous descent would take: the lead `u` of the label's score grows at `(1 - p) K / (K - 1)` times `factor(p)`,
/// where `p = 1 / (1 + (K - 1) e^-u)`. Summed by the midpoint rule.
fn continuous_steps(lead: f64, factor: fn(f64) -> f64) -> f64 {
    let others = (CLASSES - 1) as f64;
    let (end, parts) = ((others * SURE / (1.0 - SURE)).ln(), 10_000);
    let width = (end - lead) / f64::from(parts);
    let time = |part: i32| {
        let p = label_probability(lead + (f64::from(part) + 0.5) * width);
        width / ((1.0 - p) * (1.0 + 1.0 / others) * factor(p))
    };
    (0..parts).map(time).sum::<f64>() / RATE
}

fn label_probability(lead: f64) -> f64 {
    1.0 / (1.0 + (CLASSES - 1) as f64 * (-lead).exp())
}

/// The first softmax's slope `p K / (K - 1)` times the second's error `1 - q`, where `q` is what becomes of `p` and the rest.
fn slowing(p: f64) -> f64 {
    let others = (CLASSES - 1) as f64;
    let q = label_probability(p - (1.0 - p) / others);
    p * (1.0 - q) * (1.0 + 1.0 / others)
}

fn figure(start: f64, fast: &Trajectory, slow: &Trajectory, findings: &mut Findings) -> Result<()> {
    let scores: Vec<f64> = (-80..=80).map(|step| f64::from(step) / 10.0).collect();
    let curve = |kind: &Zoo| -> Result<Trajectory> {
        Ok(scores.iter().copied().zip(gradients(kind, &scores)?).map(|(z, slope)| (z, -slope)).collect())
    };
    let slopes = Chart::new(Axis::linear("score z"), Axis::linear("pull toward the label, -dL/dz"))
        .heading("Label 1")
        .line("sigmoid + cross-entropy", &curve(&BCE)?)
        .line("sigmoid + squared error", &curve(&Zoo::MeanSquaredError)?);
    let after_start = |way: &Trajectory| way[1..].to_vec();
    let recovery = Chart::new(Axis::log("step"), Axis::linear("probability of the label"))
        .heading(&format!("Recovery from z = {start}, rate 0.1"))
        .line("sigmoid + cross-entropy", &after_start(fast))
        .line("sigmoid + squared error", &after_start(slow));
    findings.panels(
        "pairings",
        "A wrong pairing stalls",
        "Left: cross-entropy pulls the harder the more wrong the score is; squared error hardly pulls at all where \
         the sigmoid is flat. Right: from a confidently wrong start both reach one half, but squared error spends \
         most of its steps where nothing moves.",
        2,
        vec![slopes, recovery],
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn matched_pairs_pull_by_the_error_alone(z in -8.0..8.0f32) {
            let z = f64::from(z);
            prop_assert!((gradients(&BCE, &[z]).unwrap()[0] - (sigmoid(z) - 1.0)).abs() < 1e-6);
        }

        #[test]
        fn the_lead_grows_as_the_formula_says(lead in 0.0..6.0f32) {
            let mut scores = vec![0.0; CLASSES];
            scores[0] = f64::from(lead);
            let p = softmax(&scores)[0];
            for (loss, factor) in [(once as fn(Tensor<2>, &[Vec<f64>]) -> Tensor<1>, 1.0), (twice, slowing(p))] {
                let slopes = scores_gradient(loss, &scores).unwrap();
                let expected = (1.0 - p) * CLASSES as f64 / (CLASSES - 1) as f64 * factor;
                prop_assert!((slopes[1] - slopes[0] - expected).abs() < 1e-5);
            }
        }
    }
}
