//! L1, L2 and both along the path of lambda; and L1 as the trainer adds it to the loss.

use super::linear::{Task, zeros};
use crate::prelude::*;
use burn::nn::{Linear, LinearConfig};
use burn::optim::GradientsParams;
use trainer::optimizer::{add_l1, optimizer};
use zoo_recipe::{Optimizer, WeightDecay};

const EXAMPLES: usize = 60;
const FEATURES: usize = 8;

/// The weights at one lambda: of the lasso, of ridge regression, of half of each.
type PathStep = (f64, [Vec<f64>; 3]);

/// The three paths on one task, and their conditions on many.
pub(super) fn paths(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let task = Task::draw(EXAMPLES, FEATURES, &mut Stream::numbered(settings.seed, 30_000));
    let path = path(&task)?;
    let norms: Vec<f64> = path.iter().map(|(_, [_, ridge, _])| norm(ridge)).collect();
    lasso_conditions(settings, findings);
    findings
        .claiming("L2 leaves no weight exactly zero: zeros along its path")
        .is(path.iter().map(|(_, [_, ridge, _])| zeros(ridge)).sum::<usize>() as f64, Exactly(0.0))
        .claiming("L2 shrinks: largest ratio of the weights' length from one lambda to the next larger, below 1")
        .is(norms.windows(2).map(|pair| pair[1] / pair[0]).fold(0.0, larger), AtMost(1.0 - 1e-6))
        .panels(
            "paths",
            "Weights along the path of lambda",
            "Eight weights along the path of lambda. L1 (left) takes them to zero one after another, at different \
             lambdas, and keeps them there; L2 (middle) shrinks all and takes none to zero; half of each (right) \
             does both.",
            3,
            draw(&path, &task.truth),
        )
        .table(
            "Weights that are exactly zero, of 8 (5 are zero in truth)",
            &["lambda", "L1", "L2", "both", "length under L1", "length under L2"],
            table(&path),
        );
    grouping(settings, findings);
    Ok(())
}

/// From a thousandth of the lambda at which L1 leaves nothing, to it and a little beyond.
fn path(task: &Task) -> Result<Vec<PathStep>> {
    let largest = task.largest_lambda();
    let step = |place: i32| {
        let lambda = largest * 10.0_f64.powf(f64::from(place) / 20.0 - 3.0);
        let ridge = task.ridge(lambda).context("the inputs are linearly dependent")?;
        Ok((lambda, [task.lasso(lambda), ridge, task.elastic_net(lambda / 2.0, lambda / 2.0)]))
    };
    (0..=64).map(step).collect()
}

/// Coordinate descent, proximal steps and the conditions of the minimum, on random tasks.
fn lasso_conditions(settings: &Setup, findings: &mut Findings) {
    let tasks = settings.choose(100, 15);
    let (mut violated, mut apart, mut other_zeros, mut with_zeros) = (0.0_f64, 0.0_f64, 0, 0);
    for stream in 0..tasks {
        let mut random = Stream::numbered(settings.seed, 31_000 + stream);
        let task = Task::draw(EXAMPLES, FEATURES, &mut random);
        let lambda = random.uniform(0.05, 0.5) * task.largest_lambda();
        let (weights, again) = (task.lasso(lambda), task.lasso_by_proximal_steps(lambda, 2000));
        violated = larger(violated, task.violation(&weights, lambda, 0.0));
        violated =
            larger(violated, task.violation(&task.elastic_net(lambda / 2.0, lambda / 2.0), lambda / 2.0, lambda / 2.0));
        for (one, other) in weights.iter().zip(&again) {
            apart = larger(apart, (one - other).abs());
            other_zeros += usize::from((*one == 0.0) != (*other == 0.0));
        }
        with_zeros += usize::from(zeros(&weights) > 0);
    }
    findings
        .claim("L1 gives exact zeros: tasks with at least one, of all", with_zeros as f64 / tasks as f64, AtLeast(0.8))
        .measured_with(format!(" ({tasks} tasks, lambda 5 to 50 % of the largest)"))
        .claiming("They belong to the minimum: coordinate descent violates the KKT conditions by at most")
        .is(violated, AtMost(1e-9))
        .claim("Proximal gradient steps end at the same weights: largest difference", apart, AtMost(1e-8))
        .claiming("and at the same zeros: weights that are zero in one and not in the other")
        .is(f64::from(other_zeros as u32), Exactly(0.0));
}

/// With an input doubled, both penalties together treat the twins alike.
fn grouping(settings: &Setup, findings: &mut Findings) {
    let mut task = Task::draw(EXAMPLES, FEATURES, &mut Stream::numbered(settings.seed, 32_000));
    let doubled: Vec<Vec<f64>> =
        (0..EXAMPLES).map(|row| [task.inputs.row(row), &task.inputs.row(row)[..1]].concat()).collect();
    task.inputs = Matrix::from_rows(&doubled);
    let (both, lasso) = (task.elastic_net(0.3, 0.3), task.lasso(0.3));
    findings
        .claiming("Both penalties together give an input and its copy the same weight: difference")
        .is((both[0] - both[FEATURES]).abs(), AtMost(1e-9))
        .measured_with(format!(
            " (weights {} and {}; L1 alone leaves them to chance, here {} and {})",
            number(both[0]),
            number(both[FEATURES]),
            number(lasso[0]),
            number(lasso[FEATURES])
        ));
}

/// How the zoo trains with L1: its gradient, `lambda sign w`, added to that of the loss.
pub(super) fn subgradients(settings: &Setup, findings: &mut Findings) -> Result<()> {
    const RATE: f64 = 0.02;
    let task = Task::draw(EXAMPLES, FEATURES, &mut Stream::numbered(settings.seed, 30_000));
    let lambda = 0.2 * task.largest_lambda();
    let exact = task.lasso(lambda);
    let trained = train_with_l1(&task, lambda, RATE, settings.choose(2000, 500), settings.seed)?;
    let pairs = exact.iter().zip(&trained);
    let small = pairs.filter(|(exact, _)| **exact == 0.0).map(|(_, weight)| weight.abs()).fold(0.0, larger);
    let apart = largest_gap(&exact, &trained);
    findings
        // A step moves a weight by the rate times lambda and the loss's slope, which is below lambda where the minimum is at zero; a
        // tenth more for the others, which swing too.
        .claiming("L1 as the trainer adds it keeps these weights within one step of zero, 2.2 rate lambda: largest")
        .is(small, AtMost(2.2 * RATE * lambda))
        .claim("and ends within such a step of the lasso: largest difference", apart, AtMost(2.2 * RATE * lambda))
        .claiming("L1 drives weights to exactly zero: zeros after training with L1 added to the loss")
        .should_be(
            zeros(&trained) as f64,
            Exactly(zeros(&exact) as f64),
            "The minimum has these zeros, but steps of gradient descent do not land on them: the slope of |w| is +1 \
             or -1 however near w is to zero, so each step goes past it. Exact zeros need a soft threshold (proximal \
             steps, coordinate descent), or a smallest weight below which one is set to zero.",
        )
        .known_as("l1_zeros");
    Ok(())
}

fn train_with_l1(task: &Task, lambda: f64, rate: f64, steps: usize, seed: u64) -> Result<Vec<f64>> {
    let device = training_device();
    device.seed(seed);
    let inputs: Vec<&[f64]> = (0..EXAMPLES).map(|row| task.inputs.row(row)).collect();
    let targets: Vec<[f64; 1]> = task.targets.iter().map(|target| [*target]).collect();
    let (x, y) = (rows(&inputs, &device), rows(&targets, &device));
    let mut model: Linear = LinearConfig::new(FEATURES, 1).with_bias(false).init(&device);
    let mut optimizer = optimizer(&Optimizer::Sgd, &WeightDecay::None, &Device::flex());
    for _ in 0..steps {
        let errors = model.forward(x.clone()) - y.clone();
        let loss = (errors.clone() * errors).mean() / 2.0;
        let mut gradients = GradientsParams::from_grads(loss.backward(), &model);
        add_l1(&mut gradients, &model, lambda);
        model = optimizer.step(rate, model, gradients);
    }
    values(model.valid().weight.val())
}

fn draw(path: &[PathStep], truth: &[f64]) -> Vec<Chart> {
    let panel = |(place, heading): (usize, &str)| {
        let mut chart = Chart::new(Axis::log("lambda"), Axis::linear("weight")).heading(heading);
        for feature in 0..FEATURES {
            let label = format!("truly {}", number(truth[feature]));
            let line: Vec<_> = path.iter().map(|(lambda, weights)| (*lambda, weights[place][feature])).collect();
            chart = chart.line(&label, &line);
        }
        chart
    };

    ["L1", "L2", "half of each"].into_iter().enumerate().map(panel).collect()
}

fn table(path: &[PathStep]) -> Vec<Vec<String>> {
    let row = |(lambda, [lasso, ridge, both]): &PathStep| {
        let counts = [lasso, ridge, both].map(|weights| zeros(weights).to_string());
        [vec![number(*lambda)], counts.to_vec(), row![norm(lasso), norm(ridge)]].concat()
    };
    path.iter().step_by(8).map(row).collect()
}
