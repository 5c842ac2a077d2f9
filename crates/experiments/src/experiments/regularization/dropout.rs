//! Dropout against the average of sub-networks, every one of them enumerated, and against Burn's layer.

use crate::prelude::*;
use burn::tensor::activation::relu;
use zoo_core::Initializer;
use zoo_mlp::{Mlp, MlpConfig};

/// The mean of `output` over all `2^values.len()` ways to drop values, each dropped with probability `rate` and otherwise divided by
/// `1 - rate`: what training with dropout sees on average, without any drawing.
fn mean_over_masks(values: &[f64], rate: f64, output: impl Fn(&[f64]) -> f64) -> f64 {
    let mut mean = 0.0;
    for mask in 0..1_u32 << values.len() {
        let kept = |place: usize| mask >> place & 1 == 1;
        let masked = |(place, value): (usize, &f64)| if kept(place) { value / (1.0 - rate) } else { 0.0 };
        let values: Vec<f64> = values.iter().enumerate().map(masked).collect();
        let dropped = values.len() as i32 - mask.count_ones() as i32;
        mean += rate.powi(dropped) * (1.0 - rate).powi(mask.count_ones() as i32) * output(&values);
    }
    mean
}

/// A linear model: the average of its sub-networks is the model itself.
pub(super) fn linear(settings: &Setup, findings: &mut Findings) {
    let models = settings.choose(200, 30);
    let off_mean = (0..models).map(|stream| {
        let mut random = Stream::numbered(settings.seed, 40_000 + stream);
        let rate = random.uniform(0.1, 0.6);
        let (values, weights) = (random.normals(10), random.normals(10));
        (mean_over_masks(&values, rate, |kept| dot(kept, &weights)) - dot(&values, &weights)).abs()
    });
    findings
        .claiming("A linear model is the average of its sub-networks, all 2^10 of them enumerated: largest difference")
        .is(off_mean.fold(0.0, larger), AtMost(1e-9))
        .measured_with(format!(" ({models} models of 10 inputs, rate 0.1 to 0.6)"));
}

const RATE: f64 = 0.4;
const INPUTS: usize = 4;

/// A ReLU network: sampled by Burn's layer, enumerated, and without dropout.
pub(super) fn network(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let device = training_device();
    device.seed(settings.seed);
    let samples = settings.choose(40_000, 4000);
    // The zoo's perceptron, which drops values after both hidden layers; what follows the second is linear.
    let network = MlpConfig {
        hidden: vec![10, 8],
        dropout: RATE,
        weights: Initializer::Normal { mean: 0.0, std: 0.6 },
        biases: Initializer::Normal { mean: 0.0, std: 0.5 },
        ..MlpConfig::default()
    }
    .init(INPUTS, 1, &device);
    let mut random = Stream::numbered(settings.seed, 41_000);
    let (mut worst, mut gap) = (0.0_f64, 0.0_f64);
    for _input in 0..5 {
        let x = random.normals(INPUTS);
        let sampled = Mean::of(&values(network.forward(rows(&vec![&x; samples], &device)).inner())?);
        let enumerated = enumerate(&network.valid(), &x)?;
        let without = values(network.valid().forward(rows(&[&x], &Device::flex())))?[0];
        worst = larger(worst, ((sampled.value - enumerated) / sampled.error).abs());
        gap = larger(gap, (without - enumerated).abs());
    }
    findings
        .claiming("Dropout gives the mean of the sub-networks of a ReLU network: largest error, in standard errors")
        .is(worst, AtMost(5.0))
        .measured_with(format!(" (5 inputs, {samples} draws of Burn's Dropout each)"))
        .claiming("Prediction without dropout is the average of sub-networks: largest difference in a ReLU network")
        .should_be(
            gap,
            AtMost(1e-6),
            "Exact for a linear model; where a ReLU follows the dropped values, the average of its outputs is not \
             its output on the average (relu is convex: for each unit the average lies above). Prediction without \
             dropout is a fast approximation of the average.",
        )
        .known_as("dropout_average");
    Ok(())
}

/// The mean output over all masks of the first hidden layer. Those of the second need no enumeration: the output is linear in its
/// values, so their mean is the output with none dropped.
fn enumerate(network: &Mlp, x: &[f64]) -> Result<f64> {
    let device = Device::flex();
    let [first, second] = network.hidden.as_slice() else { bail!("the network has not two hidden layers") };
    let output = |kept: &[f64]| {
        let hidden = relu(second.linear.forward(rows(&[kept], &device)));
        values(network.output.forward(hidden)).map_or(f64::NAN, |output| output[0])
    };
    let hidden = values(relu(first.linear.forward(rows(&[x], &device))))?;
    Ok(mean_over_masks(&hidden, RATE, output))
}
