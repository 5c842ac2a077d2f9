//! Dropout against the average of sub-networks, every one of them enumerated, and against Burn's layer.

use burn::nn::Linear;
use zoo_core::Initializer;
use zoo_mlp::{Mlp, MlpConfig};

use super::masks::mean_over_masks;
use crate::prelude::*;

/// A linear model: the average of its sub-networks is the model itself.
pub(super) fn linear(settings: &Setup, findings: &mut Findings) {
    let (mut off_mean, mut off_penalty) = (0.0_f64, 0.0_f64);
    let models = settings.choose(200, 30);
    for stream in 0..models {
        let mut random = Stream::numbered(settings.seed, 40_000 + stream);
        let rate = random.uniform(0.1, 0.6);
        let (values, weights, target) = (random.normals(10), random.normals(10), random.normal());
        let output = dot(&values, &weights);
        let mean = mean_over_masks(&values, rate, |kept| dot(kept, &weights));
        off_mean = larger(off_mean, (mean - output).abs());
        let loss = mean_over_masks(&values, rate, |kept| (dot(kept, &weights) - target).powi(2));
        let penalty: f64 = values.iter().zip(&weights).map(|(value, weight)| (value * weight).powi(2)).sum();
        let expected = (output - target).powi(2) + rate / (1.0 - rate) * penalty;
        off_penalty = larger(off_penalty, (loss - expected).abs());
    }
    findings
        .claiming("A linear model is the average of its sub-networks, all 2^10 of them enumerated: largest difference")
        .is(off_mean, AtMost(1e-9))
        .measured_with(format!(" ({models} models of 10 inputs, rate 0.1 to 0.6)"))
        .claiming("Their mean squared error is the model's plus p / (1 - p) sum (w_i x_i)^2: largest difference")
        .is(off_penalty, AtMost(1e-9));
}

const RATE: f64 = 0.4;
const FIRST: usize = 10;
const INPUTS: usize = 4;

/// A ReLU network: sampled by Burn's layer, enumerated, and without dropout.
pub(super) fn network(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let device = training_device();
    device.seed(settings.seed);
    let samples = settings.choose(40_000, 4000);
    // The zoo's perceptron, which drops values after both hidden layers; what follows the second is linear.
    let network = MlpConfig {
        hidden: vec![FIRST, 8],
        dropout: RATE,
        weights: Initializer::Normal { mean: 0.0, std: 0.6 },
        biases: Initializer::Normal { mean: 0.0, std: 0.5 },
        ..MlpConfig::default()
    }
    .init(INPUTS, 1, &device);
    let mut random = Stream::numbered(settings.seed, 41_000);
    let (mut table, mut worst, mut gap) = (Vec::new(), 0.0_f64, 0.0_f64);
    let mut drawn = None;
    for input in 0..5 {
        let x = random.normals(INPUTS);
        let outputs = values(network.forward(rows(&vec![&x; samples], &device)).inner())?;
        let (sampled, enumerated) = (Mean::of(&outputs), enumerate(&network, &x)?);
        let scaled = values(network.valid().forward(rows(&[&x], &Device::flex())))?[0];
        let apart = (sampled.value - enumerated) / sampled.error;
        worst = larger(worst, apart.abs());
        table.push([input as f64 + 1.0, enumerated, sampled.value, sampled.error, apart, scaled].map(number).to_vec());
        if (scaled - enumerated).abs() > gap {
            gap = (scaled - enumerated).abs();
            drawn = Some(draw(&outputs, enumerated, scaled));
        }
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
        .known_as("dropout_average")
        .figure(
            "dropout",
            "Dropout as an average",
            "The input of the largest difference, through a ReLU network with dropout: the mean over more and more \
             sampled sub-networks, with two standard errors, nears the mean over all of them, not the prediction \
             without dropout.",
            drawn.context("no input was drawn")?,
        )
        .table(
            "A ReLU network with dropout 0.4 on five inputs",
            &[
                "input",
                "all sub-networks",
                "sampled mean",
                "standard error",
                "distance in standard errors",
                "without dropout",
            ],
            table,
        );
    Ok(())
}

/// The mean output over all masks of the first hidden layer. Those of the second need no enumeration: the output is linear in its
/// values, so their mean is the output with none dropped.
fn enumerate(network: &Mlp, x: &[f64]) -> Result<f64> {
    let [first, second] = network.hidden.as_slice() else { anyhow::bail!("the network has not two hidden layers") };
    let layers = [&first.linear, &second.linear, &network.output].map(DenseLayer::of);
    let [first, second, output] = layers;
    let (first, second, output) = (first?, second?, output?);
    let hidden = relu(first.forward(x));
    Ok(mean_over_masks(&hidden, RATE, |kept| output.forward(&relu(second.forward(kept)))[0]))
}

/// A linear layer's numbers.
struct DenseLayer {
    /// `[inputs, outputs]`, row after row.
    weights: Vec<f64>,
    biases: Vec<f64>,
}

impl DenseLayer {
    fn of(layer: &Linear) -> Result<Self> {
        let biases = values(layer.bias.as_ref().context("a layer without bias")?.val().inner())?;
        Ok(Self { weights: values(layer.weight.val().inner())?, biases })
    }

    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let mut sums = self.biases.clone();
        for (x, row) in x.iter().zip(self.weights.chunks_exact(self.biases.len())) {
            crate::matrix::add_scaled(&mut sums, *x, row);
        }
        sums
    }
}

fn relu(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|value| value.max(0.0)).collect()
}

fn draw(outputs: &[f64], enumerated: f64, scaled: f64) -> Chart {
    let counts = (0..).map(|step| (10.0 * 1.2_f64.powi(step)) as usize).take_while(|count| *count <= outputs.len());
    let means: Vec<(f64, Mean)> = counts.map(|count| (count as f64, Mean::of(&outputs[..count]))).collect();
    let band: Vec<_> = means
        .iter()
        .map(|(count, mean)| (*count, mean.value - 2.0 * mean.error, mean.value + 2.0 * mean.error))
        .collect();
    let line: Vec<_> = means.iter().map(|(count, mean)| (*count, mean.value)).collect();

    Chart::new(Axis::log("sampled sub-networks"), Axis::linear("mean output"))
        .band("mean of samples", &band)
        .line("mean of samples", &line)
        .rule_y("mean of all sub-networks", enumerated)
        .rule_y("without dropout", scaled)
}
