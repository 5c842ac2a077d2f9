//! Layers without a non-linearity are one layer.
//!
//! `W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2)`: however many layers, one matrix `W*` and one bias do the same. Nothing in `W*` can
//! have more independent rows than went through the narrowest layer: its rank is at most that width. So a deep linear network is a linear
//! classifier, which no more layers help to part rings.

use super::rings::RingPoints;
use super::settings::RING;
use crate::digits::accuracy;
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use zoo_mlp::{Mlp, MlpConfig};

pub(super) fn check(settings: &Setup, findings: &mut Findings) -> Result<()> {
    random_networks(settings, findings);
    on_rings(settings, findings)
}

/// A layer: weights `[outputs, inputs]` and biases.
#[derive(Clone)]
struct Affine {
    weights: Matrix,
    biases: Vec<f64>,
}

impl Affine {
    fn random(inputs: usize, outputs: usize, random: &mut Stream) -> Self {
        let weights = Matrix { rows: outputs, columns: inputs, values: random.normals(outputs * inputs) };
        Self { weights, biases: random.normals(outputs) }
    }

    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let mut answer = self.weights.times(x);
        add_scaled(&mut answer, 1.0, &self.biases);
        answer
    }

    /// First `self`, then `next`, as one layer.
    fn then(&self, next: &Self) -> Self {
        Self { weights: next.weights.product(&self.weights), biases: next.forward(&self.biases) }
    }
}

fn random_networks(settings: &Setup, findings: &mut Findings) {
    let networks = settings.choose(1000, 100);
    let (mut apart, mut off_rank) = (0.0_f64, 0);
    for stream in 0..networks {
        let mut random = Stream::numbered(settings.seed, 70_000 + stream);
        let widths: Vec<usize> = (0..3 + random.index(3)).map(|_| 1 + random.index(8)).collect();
        let layers: Vec<Affine> = widths.windows(2).map(|pair| Affine::random(pair[0], pair[1], &mut random)).collect();
        let x = random.normals(widths[0]);
        let answer = layers.iter().fold(x.clone(), |x, layer| layer.forward(&x));
        let one = layers.iter().skip(1).fold(layers[0].clone(), |one, layer| one.then(layer));
        apart = larger(apart, largest_gap(&one.forward(&x), &answer) / norm(&answer).max(1.0));
        // Below a part of 1e-9 of the largest pivot there is rounding alone.
        off_rank += usize::from(Some(one.weights.rank(1e-9)) != widths.iter().copied().min());
    }
    findings
        .claiming("Two to four linear layers answer as their one matrix W* = W_L ... W_1: largest difference, relative")
        .is(apart, AtMost(1e-12))
        .measured_with(format!(" ({networks} random networks)"))
        .claiming(
            "The rank of W* is at most the narrowest layer's width, and for random weights no less: networks off it",
        )
        .is(off_rank as f64, Exactly(0.0));
}

/// The answer of a network of these layers.
type Forward = fn(&Mlp, Tensor<2>) -> Tensor<2>;

fn without_activation(network: &Mlp, x: Tensor<2>) -> Tensor<2> {
    let x = network.hidden.iter().fold(x, |x, layer| layer.linear.forward(x));
    network.output.forward(x)
}

/// Two rings, which no line parts: a network 2-12-12-2 with ReLU and without.
fn on_rings(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let points = RingPoints::draw(300, settings.number(RING), &mut Stream::numbered(settings.seed, 71_900));
    let fit = |forward: Forward| {
        let config = MlpConfig { hidden: vec![12, 12], ..MlpConfig::default() };
        let course = (0.02, settings.choose(600, 200));
        let network = points.fit(&config, &CROSS_ENTROPY, course, settings.seed, forward);
        accuracy(forward(&network, rows(&points.places, &Device::flex())), &points.classes)
    };
    findings
        .claiming("Two hidden layers of 12 without non-linearity read points in rings as badly as a line: accuracy")
        .is(fit(without_activation)?, AtMost(0.7))
        .claim("and with ReLU nearly all of them", fit(Mlp::forward)?, AtLeast(0.98));
    Ok(())
}
