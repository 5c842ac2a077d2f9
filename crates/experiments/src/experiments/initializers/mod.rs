//! Initializers (S9): what zero and constant can never learn, and which scale keeps a deep network's values alive.

mod lesson;
mod settings;

mod depth;
mod signal;
mod training;

use zoo_core::Initializer;
use zoo_mlp::Activation;

use self::settings::NEURONS;
use self::training::{CONSTANT, difference_of_neurons, first_weights, fit, perceptron};
use crate::initializers::XAVIER;
use crate::prelude::*;
use crate::rings::Rings;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "initializers",
    sources: &[SourceSection(9)],
    title: "Initializers: symmetry and scale",
    says: "Zero and constant weights leave all neurons of a layer equal for ever. He's variance 2/n keeps ReLU \
         networks alive, Xavier's 1/n keeps tanh and sigmoid; orthogonal matrices keep lengths.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    Device::flex().seed(settings.seed);
    neurons_stay_equal(settings, &mut findings)?;
    depth::homogeneous(settings, &mut findings)?;
    depth::xavier_and_tanh(settings, &mut findings)?;
    depth::xavier_and_sigmoid(settings, &mut findings)?;
    depth::every_pair(settings, &mut findings)?;
    training::from_every_start(settings, &mut findings)?;
    findings.note(
        "The notes give Xavier's variance as 1/n. Glorot and Bengio's is 2/(n_in + n_out), which is 1/n only for \
         square layers; the zoo follows Glorot and Bengio.",
    );
    Ok(findings)
}

/// Two neurons that answer alike have the same gradient: training moves them, and never apart. Random weights part them.
fn neurons_stay_equal(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let rings = Rings::draw(&mut Stream::numbered(settings.seed, 5_000));
    let (neurons, steps) = (settings.whole(NEURONS), settings.choose(300, 60));
    let trained = |activation, weights| fit(&rings, &perceptron(&[neurons; 2], activation, weights), steps, settings).0;
    let (mut equal, mut moved, mut random) = (0.0_f64, f64::INFINITY, f64::INFINITY);
    for activation in [Activation::Relu, Activation::Tanh, Activation::Sigmoid] {
        let [zero, constant, by_xavier] = [Initializer::Zero, CONSTANT, XAVIER].map(|start| trained(activation, start));
        equal = larger(equal, larger(difference_of_neurons(&zero)?, difference_of_neurons(&constant)?));
        moved = moved.min((first_weights(&constant)?[0] - 0.3).abs());
        random = random.min(difference_of_neurons(&by_xavier)?);
    }
    findings
        .claiming("From zero or constant weights all neurons of a layer stay equal: largest difference")
        .is(equal, AtMost(1e-5))
        .claim("although training moves them, from a constant: least change of a weight", moved, AtLeast(1e-3))
        .claim("From random weights they differ: least of the largest differences", random, AtLeast(0.1))
        .figure(
            "symmetry",
            "Neurons after training",
            format!(
                "The incoming weights of all {neurons} neurons in the first layer after training the same tanh \
                 perceptron on rings. From zero and from a constant they lie on one point: they are one neuron \
                 {neurons} times. Random starts spread them."
            ),
            training::incoming_weights(|start| trained(Activation::Tanh, start))?,
        );
    Ok(())
}
