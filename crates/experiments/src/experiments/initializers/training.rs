//! Training from each start: the zoo's perceptron on points in rings.

use zoo_core::{Bounds, Initializer};
use zoo_mlp::{Activation, Mlp, MlpConfig};

use super::settings::RATE;
use crate::initializers::{HE, ORTHOGONAL, XAVIER};
use crate::prelude::*;
use crate::rings::Rings;

pub(super) fn perceptron(hidden: &[usize], activation: Activation, weights: Initializer) -> MlpConfig {
    MlpConfig { hidden: hidden.to_vec(), activation, weights, ..MlpConfig::default() }
}

/// The network after so many steps, and the loss before each of them.
pub(super) fn fit(rings: &Rings, config: &MlpConfig, steps: usize, settings: &Setup) -> (Mlp, Vec<Tensor<1>>) {
    let mut losses = Vec::with_capacity(steps);
    let loss = |network: &Mlp, _: usize| {
        let loss = rings.loss(network);
        losses.push(loss.clone());
        loss
    };
    let rate = settings.number(RATE);
    let network = train(config.init(2, 2, &training_device()), &ADAM, steps, |_| rate, loss);
    (network, losses)
}

/// The weights of the first hidden layer, `[inputs, width]`.
pub(super) fn first_weights(network: &Mlp) -> Result<Vec<f64>> {
    values(network.hidden[0].linear.weight.val().inner())
}

/// The largest difference between the incoming weights of two neurons of one hidden layer.
pub(super) fn difference_of_neurons(network: &Mlp) -> Result<f64> {
    let mut largest = 0.0_f64;
    for layer in &network.hidden {
        let weight = layer.linear.weight.val().inner(); // [inputs, width]
        let spread = weight.clone().max_dim(1) - weight.min_dim(1); // [inputs, 1]
        largest = values(spread)?.into_iter().fold(largest, larger);
    }
    Ok(largest)
}

pub(super) const CONSTANT: Initializer = Initializer::Constant { value: 0.3 };

/// The weights into every neuron of the first hidden layer, as `trained` gives it from several starts: one point where all neurons are
/// equal.
pub(super) fn incoming_weights(trained: impl Fn(Initializer) -> Mlp) -> Result<Chart> {
    let starts =
        [("zero", Initializer::Zero), ("constant 0.3", CONSTANT), ("uniform -0.5..0.5", UNIFORM), ("Xavier", XAVIER)];
    let mut chart = Chart::new(Axis::linear("weight of the first input"), Axis::linear("weight of the second input"));
    for (name, start) in starts {
        let weights = first_weights(&trained(start))?; // [2, neurons]
        let (first, second) = weights.split_at(weights.len() / 2);
        let points: Vec<_> = first.iter().copied().zip(second.iter().copied()).collect();
        chart = chart.scatter(name, &points);
    }
    Ok(chart)
}

const UNIFORM: Initializer = Initializer::Uniform(Bounds { min: -0.5, max: 0.5 });

const STARTS: [(&str, Initializer); 7] = [
    ("zero", Initializer::Zero),
    ("constant 0.1", Initializer::Constant { value: 0.1 }),
    ("normal, deviation 0.01", Initializer::Normal { mean: 0.0, std: 0.01 }),
    ("uniform -0.5..0.5", UNIFORM),
    ("Xavier", XAVIER),
    ("He", HE),
    ("orthogonal", ORTHOGONAL),
];
const ZERO_START: usize = 0;
const HE_START: usize = 5;

/// The loss of one deep perceptron from every start.
pub(super) fn from_every_start(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let runs = settings.choose(4, 2);
    let mut ends = Vec::new();
    let mut chart = Chart::new(Axis::linear("step"), Axis::log("mean loss").range(1e-5..2.0));
    let bar = settings.progress("training from each start", STARTS.len());
    for (name, weights) in STARTS {
        let curves = (0..runs).map(|run| curve(weights, run, settings)).collect::<Result<Vec<_>>>()?;
        let at = |place: usize| Mean::over(curves.iter().map(|curve| curve[place]));
        let line: Vec<_> = (0..curves[0].len()).map(|ten| (10.0 * ten as f64, at(ten).value)).collect();
        chart = chart.line(name, &line);
        ends.push(at(line.len() - 1).value);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let entropy = Mean::over((0..runs).map(|run| rings(run, settings).entropy()));
    findings
        // Only the output's bias has a gradient; Adam brings it to the minimum to within its last steps.
        .claiming("From zero a deep ReLU network learns only the class frequencies: final loss, against their entropy")
        .is(ends[ZERO_START], Near(entropy.value, settings.choose(1e-3, 5e-3)))
        .claiming("and from He's start it learns: loss after training")
        .is(ends[HE_START], AtMost(settings.choose(0.15, 0.5)))
        .figure(
            "training",
            "Training from every start",
            "Cross-entropy of one perceptron, six hidden layers of 32 with ReLU, on points in rings, the mean of \
             several runs. Zero weights learn the classes' frequencies only; from a constant the layers stay one \
             neuron wide; tiny weights start slowly, if at all; weights of the right scale learn at once.",
            chart,
        );
    Ok(())
}

fn rings(run: u64, settings: &Setup) -> Rings {
    Rings::draw(&mut Stream::numbered(settings.seed, 6_000 + run))
}

/// The loss every ten steps.
fn curve(weights: Initializer, run: u64, settings: &Setup) -> Result<Vec<f64>> {
    training_device().seed(settings.seed + run);
    let config = perceptron(&[32; 6], Activation::Relu, weights);
    let (_, losses) = fit(&rings(run, settings), &config, settings.choose(500, 60), settings);
    losses.iter().step_by(10).chain(losses.last()).map(|loss| scalar(loss.clone().inner())).collect()
}
