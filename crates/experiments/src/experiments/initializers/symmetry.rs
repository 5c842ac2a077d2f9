//! Training from each start: the zoo's perceptron on points in rings.

use zoo_core::{Bounds, Initializer};
use zoo_mlp::{Activation, Mlp, MlpConfig};

use super::settings::{NEURONS, RATE};
use crate::initializers::{HE, ORTHOGONAL, XAVIER};
use crate::prelude::*;
use crate::rings::Rings;

/// The largest difference between two neurons of a hidden layer after training, from constant and from random weights.
pub(super) fn neurons_stay_equal(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let rings = Rings::draw(&mut Stream::numbered(settings.seed, 5_000));
    let (hidden, course) = ([settings.whole(NEURONS); 2], course(settings, [300, 60]));
    let (mut equal, mut moved, mut random) = (0.0_f64, f64::INFINITY, f64::INFINITY);
    for activation in [Activation::Relu, Activation::Tanh, Activation::Sigmoid] {
        for weights in [Initializer::Zero, Initializer::Constant { value: 0.3 }] {
            let network = fit(&rings, &weights, activation, &hidden, &course, |_| {});
            equal = larger(equal, difference_of_neurons(&network)?);
            if matches!(weights, Initializer::Constant { .. }) {
                moved = moved.min((values(network.hidden[0].linear.weight.val().inner())?[0] - 0.3).abs());
            }
        }
        let network = fit(&rings, &XAVIER, activation, &hidden, &course, |_| {});
        random = random.min(difference_of_neurons(&network)?);
    }
    incoming_weights(&rings, settings, findings)?;
    findings
        .claiming("From zero or constant weights all neurons of a layer stay equal: largest difference")
        .is(equal, AtMost(1e-5))
        .claim("although training moves them, from a constant: least change of a weight", moved, AtLeast(1e-3))
        .claim("From random weights they differ: least of the largest differences", random, AtLeast(0.1));
    Ok(())
}

/// The weights into every neuron of the first hidden layer after training: one point where all neurons are equal.
fn incoming_weights(rings: &Rings, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (hidden, course) = ([settings.whole(NEURONS); 2], course(settings, [300, 60]));
    let mut chart = Chart::new(Axis::linear("weight of the first input"), Axis::linear("weight of the second input"));
    let starts = [
        ("zero", Initializer::Zero),
        ("constant 0.3", Initializer::Constant { value: 0.3 }),
        ("uniform -0.5..0.5", Initializer::Uniform(Bounds { min: -0.5, max: 0.5 })),
        ("Xavier", XAVIER),
    ];
    for (name, weights) in starts {
        let network = fit(rings, &weights, Activation::Tanh, &hidden, &course, |_| {});
        let weight = values(network.hidden[0].linear.weight.val().inner())?; // [2, neurons]
        let (first, second) = weight.split_at(hidden[0]);
        let points: Vec<_> = first.iter().copied().zip(second.iter().copied()).collect();
        chart = chart.scatter(name, &points);
    }
    let caption = "The incoming weights of all 16 neurons in the first layer after training the same tanh perceptron \
                   on rings. From zero and from a constant the 16 neurons lie on one point: they are one neuron \
                   sixteen times. Stream starts spread them.";
    findings.figure("symmetry", "Neurons after training", caption, chart);
    Ok(())
}

/// The largest difference between the incoming weights of two neurons of one hidden layer.
fn difference_of_neurons(network: &Mlp) -> Result<f64> {
    let mut largest = 0.0_f64;
    for layer in &network.hidden {
        let weight = layer.linear.weight.val().inner(); // [inputs, width]
        let spread = weight.clone().max_dim(1) - weight.min_dim(1); // [inputs, 1]
        largest = values(spread)?.into_iter().fold(largest, larger);
    }
    Ok(largest)
}

/// The loss of one deep perceptron from every start.
pub(super) fn training_curves(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let starts = [
        ("zero", Initializer::Zero),
        ("constant 0.1", Initializer::Constant { value: 0.1 }),
        ("normal, deviation 0.01", Initializer::Normal { mean: 0.0, std: 0.01 }),
        ("uniform -0.5..0.5", Initializer::Uniform(Bounds { min: -0.5, max: 0.5 })),
        ("Xavier", XAVIER),
        ("He", HE),
        ("orthogonal", ORTHOGONAL),
    ];
    let runs = settings.choose(4, 2);
    let mut rows = Vec::new();
    let mut ends = Vec::new();
    let mut chart = Chart::new(Axis::linear("step"), Axis::log("mean loss").range(1e-5..2.0));
    let bar = settings.progress("training from each start", starts.len());
    for (name, weights) in starts {
        let losses = (0..runs).map(|run| curve(&weights, run, settings)).collect::<Result<Vec<_>>>()?;
        let at = |place: usize| Mean::over(losses.iter().map(|curve| curve[place]));
        let means: Vec<Mean> = (0..losses[0].len()).map(at).collect();
        let end = means[means.len() - 1];
        chart = chart.line(
            name,
            &means.iter().enumerate().map(|(ten, mean)| (10.0 * ten as f64, mean.value)).collect::<Vec<_>>(),
        );
        rows.push(row![name, end.value, end.half_width()]);
        ends.push(end.value);
        bar.inc(1);
    }
    bar.finish_and_clear();
    judge(&ends, runs, settings, findings);
    let caption = "Cross-entropy of one perceptron, six hidden layers of 32 with ReLU, on points in rings, the mean \
                   of several runs. Zero weights learn the classes' frequencies only; from a constant the layers \
                   stay one neuron wide; tiny weights start slowly, if at all, as the table's intervals show; \
                   weights of the right scale learn at once.";
    findings
        .table(
            "Loss of a perceptron 2-32-32-32-32-32-32-2 with ReLU after training",
            &["start", "mean loss", "± 95 %"],
            rows,
        )
        .figure("training", "Training from every start", caption, chart);
    Ok(())
}

fn judge(ends: &[f64], runs: u64, settings: &Setup, findings: &mut Findings) {
    let entropy = |run| Rings::draw(&mut Stream::numbered(settings.seed, 6_000 + run)).entropy();
    let entropy = (0..runs).map(entropy).sum::<f64>() / runs as f64;
    findings
        // Only the output's bias has a gradient; Adam brings it to the minimum to within its last steps.
        .claiming("From zero a deep ReLU network learns only the class frequencies: final loss, against their entropy")
        .is(ends[0], Near(entropy, settings.choose(1e-3, 5e-3)))
        .claim("and from He's start it learns: loss after training", ends[5], AtMost(settings.choose(0.15, 0.5)));
}

/// The loss every ten steps.
fn curve(weights: &Initializer, run: u64, settings: &Setup) -> Result<Vec<f64>> {
    let rings = Rings::draw(&mut Stream::numbered(settings.seed, 6_000 + run));
    training_device().seed(settings.seed + run);
    let mut losses = Vec::new();
    fit(&rings, weights, Activation::Relu, &[32; 6], &course(settings, [500, 60]), |loss| losses.push(loss));
    losses.iter().step_by(10).chain(losses.last()).map(|loss| scalar(loss.clone().inner())).collect()
}

/// How long, and at which rate, networks are trained.
struct FitCourse {
    steps: usize,
    rate: f64,
}

fn course(settings: &Setup, [full, quick]: [usize; 2]) -> FitCourse {
    FitCourse { steps: settings.choose(full, quick), rate: settings.number(RATE) }
}

fn fit(
    rings: &Rings,
    weights: &Initializer,
    activation: Activation,
    hidden: &[usize],
    course: &FitCourse,
    mut see: impl FnMut(Tensor<1>),
) -> Mlp {
    let config = MlpConfig { hidden: hidden.to_vec(), activation, weights: *weights, ..MlpConfig::default() };
    let network = config.init(2, 2, &training_device());
    train(
        network,
        &ADAM,
        course.steps,
        |_| course.rate,
        |network, _| {
            let loss = rings.loss(network);
            see(loss.clone());
            loss
        },
    )
}
