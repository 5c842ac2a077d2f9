//! The same descent as the zoo's trainer does it: its perceptron without hidden layers, its SGD, Burn's mean squared error.

use super::line::LinearProblem;
use crate::prelude::*;
use burn::nn::loss::{MseLoss, Reduction};
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::Optimizer;

/// Every parameter vector, intercept first, of a descent from where the zoo's initializer starts; that start included.
pub(super) fn path(problem: &LinearProblem, rate: f64, steps: usize, seed: u64) -> Result<Vec<Vec<f64>>> {
    let device = training_device();
    device.seed(seed);
    let model = MlpConfig { hidden: Vec::new(), ..MlpConfig::default() }.init(problem.inputs.columns - 1, 1, &device);
    let inputs: Vec<&[f64]> = (0..problem.inputs.rows).map(|row| &problem.inputs.row(row)[1..]).collect();
    let targets: Vec<[f64; 1]> = problem.targets.iter().map(|&target| [target]).collect();
    let (x, y) = (rows(&inputs, &device), rows(&targets, &device)); // [examples, D] and [examples, 1]
    let mut path = Vec::with_capacity(steps + 1);
    let last = train(
        model,
        &Optimizer::Sgd,
        steps,
        |_| rate,
        |model, _| {
            path.push(parameters(model));
            MseLoss::new().forward(model.forward(x.clone()), y.clone(), Reduction::Mean)
        },
    );
    path.push(parameters(&last));
    path.into_iter().collect()
}

fn parameters(model: &Mlp) -> Result<Vec<f64>> {
    let bias = model.output.bias.as_ref().context("a perceptron without an intercept")?;
    Ok([values(bias.val().inner())?, values(model.output.weight.val().inner())?].concat())
}
