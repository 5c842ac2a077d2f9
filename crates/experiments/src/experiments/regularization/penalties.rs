//! L1, L2 and both on the weights of a linear model; and L1 as a part of the loss.

use crate::autodiff::{gradient, largest_difference};
use crate::prelude::*;
use burn::nn::{Linear, LinearConfig};
use zoo_recipe::Optimizer;

const EXAMPLES: usize = 60;
const FEATURES: usize = 8;
/// The weights behind the targets: five are zero.
const TRUTH: [f64; FEATURES] = [3.0, -2.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0];

/// Inputs, and targets to predict from them.
struct Task {
    inputs: Matrix,
    targets: Vec<f64>,
}

impl Task {
    /// Standard normal inputs, noise of deviation 1.
    fn draw(random: &mut Stream) -> Self {
        let inputs = Matrix { rows: EXAMPLES, columns: FEATURES, values: random.normals(EXAMPLES * FEATURES) };
        let targets = inputs.times(&TRUTH).into_iter().map(|target| target + random.normal()).collect();
        Self { inputs, targets }
    }

    /// The least `l1` that leaves no weight.
    fn largest_lambda(&self) -> f64 {
        let pulls = self.inputs.transposed_times(&self.targets);
        pulls.iter().fold(0.0, |most, pull| larger(most, pull.abs())) / EXAMPLES as f64
    }

    /// The minimum of `1/(2N) |X w - y|^2 + l1 sum |w| + l2/2 |w|^2`, a weight at a time: each has its minimum at a soft threshold.
    fn minimum(&self, l1: f64, l2: f64) -> Vec<f64> {
        let count = EXAMPLES as f64;
        let (gram, pulls) = (self.inputs.gram(), self.inputs.transposed_times(&self.targets));
        let mut weights = vec![0.0; self.inputs.columns];
        for _sweep in 0..500 {
            for place in 0..weights.len() {
                let own = gram.at(place, place);
                let pull = pulls[place] - dot(gram.row(place), &weights) + own * weights[place];
                weights[place] = soft_threshold(pull / count, l1) / (own / count + l2);
            }
        }
        weights
    }
}

/// Toward zero by `amount`, and zero within it: the minimum of `1/2 (w - x)^2 + amount |w|`.
fn soft_threshold(x: f64, amount: f64) -> f64 {
    x.signum() * (x.abs() - amount).max(0.0)
}

fn zeros(weights: &[f64]) -> f64 {
    weights.iter().filter(|weight| **weight == 0.0).count() as f64
}

/// The weights at one lambda under L1, L2 and half of each.
type PathStep = (f64, [Vec<f64>; 3]);

/// What each penalty makes of the same weights.
pub(super) fn on_a_linear_model(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let task = Task::draw(&mut Stream::numbered(settings.seed, 30_000));
    paths(&task, findings);
    descent_with_l1(&task, settings, findings)
}

fn paths(task: &Task, findings: &mut Findings) {
    // From a thousandth of the lambda at which L1 leaves nothing, to it and a little beyond.
    let step = |place: i32| {
        let lambda = task.largest_lambda() * 10.0_f64.powf(f64::from(place) / 20.0 - 3.0);
        (lambda, [(1.0, 0.0), (0.0, 1.0), (0.5, 0.5)].map(|(l1, l2)| task.minimum(l1 * lambda, l2 * lambda)))
    };
    let path: Vec<PathStep> = (0..=64).map(step).collect();
    let lengths: Vec<f64> = path.iter().map(|(_, [_, by_l2, _])| norm(by_l2)).collect();
    findings
        .claiming("L2 leaves no weight exactly zero: zeros along its path")
        .is(path.iter().map(|(_, [_, by_l2, _])| zeros(by_l2)).sum::<f64>(), Exactly(0.0))
        .claiming("L2 shrinks: largest ratio of the weights' length from one lambda to the next larger, below 1")
        .is(lengths.windows(2).map(|pair| pair[1] / pair[0]).fold(0.0, larger), AtMost(1.0 - 1e-6))
        .panels(
            "paths",
            "Weights along the path of lambda",
            "Eight weights along the path of lambda. L1 (left) takes them to zero one after another, at different \
             lambdas, and keeps them there; L2 (middle) shrinks all and takes none to zero; half of each (right) \
             does both.",
            3,
            draw(&path),
        );
}

fn draw(path: &[PathStep]) -> Vec<Chart> {
    let panel = |(place, heading): (usize, &str)| {
        let chart = Chart::new(Axis::log("lambda"), Axis::linear("weight")).heading(heading);
        TRUTH.iter().enumerate().fold(chart, |chart, (feature, truth)| {
            let line: Vec<_> = path.iter().map(|(lambda, weights)| (*lambda, weights[place][feature])).collect();
            chart.line(&format!("truly {}", number(*truth)), &line)
        })
    };
    ["L1", "L2", "half of each"].into_iter().enumerate().map(panel).collect()
}

/// What [Intro] says of the derivative of L1, and what it is.
pub(super) fn derivative_of_l1(findings: &mut Findings) -> Result<()> {
    let weights: Vec<f64> = (1..=40).map(|tenth| f64::from(tenth) / 10.0).flat_map(|w| [-w, w]).collect();
    let found = gradient(&weights, [weights.len()], |w: Tensor<1>| w.abs())?;
    let signs: Vec<f64> = weights.iter().map(|w| w.signum()).collect();
    findings
        .claiming("The derivative of L1, |w|, is the sign of the weight: largest difference from Burn's autodiff")
        .is(largest_difference(&found, &signs), Exactly(0.0))
        .claiming("The derivative of L1 is 1: largest difference from Burn's autodiff, w from -4 to 4")
        .should_be(
            largest_difference(&found, &vec![1.0; weights.len()]),
            AtMost(1e-8),
            "It is 1 for positive weights alone, and -1 for negative ones: the sign. Descent by a derivative of 1 \
             would drive negative weights away from 0.",
        )
        .known_as("l1_slope");
    Ok(())
}

/// The zeros of the minimum, and how near descent comes to them.
fn descent_with_l1(task: &Task, settings: &Setup, findings: &mut Findings) -> Result<()> {
    const RATE: f64 = 0.02;
    let lambda = 0.2 * task.largest_lambda();
    let minimum = task.minimum(lambda, 0.0);
    let trained = train_with_l1(task, lambda, RATE, settings)?;
    findings
        .claim("L1 gives exact zeros: of eight weights at the minimum", zeros(&minimum), AtLeast(1.0))
        // A step moves a weight by the rate times lambda and the loss's slope, which is below lambda where the minimum is at zero; a
        // tenth more for the others, which swing too.
        .claiming("Descent with L1 ends within one step, 2.2 rate lambda, of that minimum: largest difference")
        .is(largest_gap(&minimum, &trained), AtMost(2.2 * RATE * lambda))
        .claiming("L1 drives weights to exactly zero: zeros after training with L1 added to the loss")
        .should_be(
            zeros(&trained),
            Exactly(zeros(&minimum)),
            "The minimum has these zeros, but steps of gradient descent do not land on them: the slope of |w| is +1 \
             or -1 however near w is to zero, so each step goes past it. Exact zeros need a soft threshold (proximal \
             steps, coordinate descent), or a smallest weight below which one is set to zero.",
        )
        .known_as("l1_zeros");
    Ok(())
}

fn train_with_l1(task: &Task, lambda: f64, rate: f64, settings: &Setup) -> Result<Vec<f64>> {
    let device = training_device();
    device.seed(settings.seed);
    let inputs: Vec<&[f64]> = task.inputs.values.chunks_exact(FEATURES).collect();
    let targets: Vec<&[f64]> = task.targets.chunks_exact(1).collect();
    let (x, y) = (rows(&inputs, &device), rows(&targets, &device));
    let start: Linear = LinearConfig::new(FEATURES, 1).with_bias(false).init(&device);
    let loss = |model: &Linear, _step: usize| {
        let errors = model.forward(x.clone()) - y.clone();
        (errors.clone() * errors).mean() / 2.0 + model.weight.val().abs().sum() * lambda
    };
    let model = train(start, &Optimizer::Sgd, settings.choose(2000, 500), |_| rate, loss);
    values(model.valid().weight.val())
}
