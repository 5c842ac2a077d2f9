//! Layers without a non-linearity are one layer.
//!
//! `W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2)`: however many layers, one matrix `W*` and one bias do the same. Nothing in `W*` can
//! have more independent rows than went through the narrowest layer: its rank is at most that width. So a deep linear network is a linear
//! classifier, and with a narrow layer a worse one.

use super::rings::draw;
use super::settings::RING;
use crate::digits::{CLASSES, Course, Digits, PIXELS, accuracy, new_network};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use burn::nn::Linear;
use zoo_mlp::{Mlp, MlpConfig};

/// Below this part of the largest pivot there is rounding alone: of `f64`, and of answers in single precision.
const ROUNDING: f64 = 1e-9;
const SINGLE: f64 = 1e-4;

pub(super) fn collapse(settings: &Setup, findings: &mut Findings) -> Result<()> {
    random_networks(settings, findings);
    on_rings(settings, findings)?;
    on_digits(settings, findings)
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
    let (mut apart, mut above, mut below) = (0.0_f64, 0, 0);
    for stream in 0..networks {
        let mut random = Stream::numbered(settings.seed, 70_000 + stream);
        let widths: Vec<usize> = (0..3 + random.index(3)).map(|_| 1 + random.index(8)).collect();
        let layers: Vec<Affine> = widths.windows(2).map(|pair| Affine::random(pair[0], pair[1], &mut random)).collect();
        let x = random.normals(widths[0]);
        let answer = layers.iter().fold(x.clone(), |x, layer| layer.forward(&x));
        let one = layers.iter().skip(1).fold(layers[0].clone(), |one, layer| one.then(layer));
        apart = larger(apart, largest_gap(&one.forward(&x), &answer) / norm(&answer).max(1.0));
        let narrowest = widths.iter().copied().min().unwrap_or(0);
        let rank = one.weights.rank(ROUNDING);
        above += usize::from(rank > narrowest);
        below += usize::from(rank < narrowest);
    }
    findings
        .claiming("Two to four linear layers answer as their one matrix W* = W_L ... W_1: largest difference, relative")
        .is(apart, AtMost(1e-12))
        .measured_with(format!(" ({networks} random networks)"))
        .claim("The rank of W* is at most the narrowest layer's width: networks above it", above as f64, Exactly(0.0))
        .claim("and for random weights no less: networks below it", below as f64, Exactly(0.0));
}

/// Two rings, which no line parts: a network 2-12-12-2 with ReLU and without.
fn on_rings(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let points = draw(300, settings.number(RING), &mut Stream::numbered(settings.seed, 71_900));
    let places: Vec<[f64; 2]> = points.iter().map(|point| point.0).collect();
    let classes: Vec<usize> = points.iter().map(|point| usize::from(point.1)).collect();
    let device = training_device();
    let fit = |forward: Forward| -> Result<f64> {
        device.seed(settings.seed);
        let network = MlpConfig { hidden: vec![12, 12], ..MlpConfig::default() }.init(2, 2, &device);
        let (x, y) = (rows(&places, &device), labels(&classes, &device));
        let loss = |network: &Mlp, _| trainer::loss::loss(&CROSS_ENTROPY, forward(network, x.clone()), y.clone());
        let network = train(network, &ADAM, settings.choose(600, 200), |_| 0.02, loss).valid();
        accuracy(forward(&network, rows(&places, &Device::flex())), &classes)
    };
    findings
        .claiming("Two hidden layers of 12 without non-linearity read points in rings as badly as a line: accuracy")
        .is(fit(without_activation)?, AtMost(0.7))
        .claim("and with ReLU nearly all of them", fit(perceptron)?, AtLeast(0.98));
    Ok(())
}

const WIDTHS: [usize; 6] = [1, 2, 3, 5, 9, 32];

/// Accuracy by split, and the largest rank.
#[derive(Clone, Default)]
struct Narrowed {
    right: Vec<f64>,
    rank: usize,
}

/// A hidden layer of each width, without an activation, on digits; and none.
fn on_digits(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let splits = settings.choose(6, 3);
    let mut found = vec![Narrowed::default(); WIDTHS.len()];
    let (mut single, mut apart) = (Vec::new(), 0.0_f64);
    for split in 0..splits {
        let (training, test) = all.split(1000, &mut Stream::numbered(settings.seed, 71_000 + split));
        let seed = settings.seed.wrapping_add(1000 * split);
        let right =
            |network: &Mlp| accuracy(without_activation(network, test.tensors(&Device::flex()).0), &test.classes);
        single.push(right(&learn(&[], &training, settings, seed))?);
        for (found, width) in found.iter_mut().zip(WIDTHS) {
            let network = learn(&[width], &training, settings, seed);
            found.right.push(right(&network)?);
            found.rank = found.rank.max(answered(&network)?.rank(SINGLE));
            apart = larger(apart, off_collapsed(&network, &test)?);
        }
    }
    claims(&found, apart, findings);
    let rows = found.iter().zip(WIDTHS).map(|(one, width)| row![width, one.rank, Mean::of(&one.right)]);
    findings.table(
        format!(
            "Digits read through a hidden layer without non-linearity, 1000 learned from (± 95 %, {splits} splits)"
        ),
        &["width", "rank of W*, largest", "new digits right"],
        rows.chain([row!["no hidden layer", "-", Mean::of(&single)]]).collect(),
    );
    figure(&found, &single, findings);
    Ok(())
}

fn claims(found: &[Narrowed], apart: f64, findings: &mut Findings) {
    let [full, narrow] = [WIDTHS.len() - 1, 1].map(|place| &found[place].right);
    let gain = Mean::over(full.iter().zip(narrow).map(|(full, narrow)| full - narrow));
    let above = found.iter().zip(WIDTHS).filter(|(one, width)| one.rank > *width).count();
    findings
        .claiming("Trained on digits they are one matrix, too: logits of W* against the layers', single precision")
        .is(apart, AtMost(1e-3))
        .claiming("The matrix that such a network answers with has at most the hidden layer's width for rank: widths")
        .is(above as f64, Exactly(0.0))
        .measured_with(format!(" of {} above it", WIDTHS.len()))
        .claiming("A W* of rank 2 reads fewer than one of full rank: gain of width 32 over 2, lower end (95 %)")
        .is(gain.interval().0, AtLeast(0.1))
        .measured_with(format!(" ({gain}, {} splits)", gain.count));
}

/// The answer of a network of these layers.
type Forward = fn(&Mlp, Tensor<2>) -> Tensor<2>;

fn perceptron(network: &Mlp, x: Tensor<2>) -> Tensor<2> {
    network.forward(x)
}

fn without_activation(network: &Mlp, x: Tensor<2>) -> Tensor<2> {
    let x = network.hidden.iter().fold(x, |x, layer| layer.linear.forward(x));
    network.output.forward(x)
}

fn learn(hidden: &[usize], training: &Digits, settings: &Setup, seed: u64) -> Mlp {
    let config = MlpConfig { hidden: hidden.to_vec(), ..MlpConfig::default() };
    let course = Course { optimizer: ADAM, rate: 0.01, steps: settings.choose(400, 150), batch: 50 };
    let loss = |network: &Mlp, digits: &Digits| {
        let (x, y) = digits.tensors(&training_device());
        trainer::loss::loss(&CROSS_ENTROPY, without_activation(network, x), y)
    };
    training.teach(new_network(&config, CLASSES, seed), &course, seed, loss).valid()
}

/// `W*` as the network answers it, `[64, 10]`: a row is what one pixel alone adds to the answer to none.
fn answered(network: &Mlp) -> Result<Matrix> {
    let pixels = Matrix::zeros(PIXELS, PIXELS).with_ridge(1.0);
    let inputs: Vec<&[f64]> = (0..PIXELS).map(|pixel| pixels.row(pixel)).collect();
    let none = Tensor::zeros([1, PIXELS], &Device::flex());
    let added = without_activation(network, rows(&inputs, &Device::flex())) - without_activation(network, none);
    Ok(Matrix { rows: PIXELS, columns: CLASSES, values: values(added)? })
}

/// How far the logits are from those of the layers' product.
fn off_collapsed(network: &Mlp, test: &Digits) -> Result<f64> {
    let [hidden] = network.hidden.as_slice() else { bail!("the network has not one hidden layer") };
    let one = affine(&hidden.linear)?.then(&affine(&network.output)?);
    let logits = values(without_activation(network, test.tensors(&Device::flex()).0))?;
    let expected: Vec<f64> = test.pixels.iter().flat_map(|pixels| one.forward(pixels)).collect();
    Ok(largest_gap(&logits, &expected))
}

/// Burn keeps weights as `[inputs, outputs]`.
fn affine(layer: &Linear) -> Result<Affine> {
    let [inputs, outputs] = layer.weight.val().dims();
    let weights = Matrix { rows: inputs, columns: outputs, values: values(layer.weight.val().inner())? };
    let biases = values(layer.bias.as_ref().context("a layer without bias")?.val().inner())?;
    Ok(Affine { weights: weights.transposed(), biases })
}

fn figure(found: &[Narrowed], single: &[f64], findings: &mut Findings) {
    let means = || found.iter().zip(WIDTHS).map(|(one, width)| (width as f64, Mean::of(&one.right)));
    let line: Vec<_> = means().map(|(width, mean)| (width, mean.value)).collect();
    let intervals: Vec<_> = means().map(|(width, mean)| (width, mean.interval().0, mean.interval().1)).collect();
    let chart = Chart::new(Axis::log("width of the hidden layer"), Axis::linear("new digits right"))
        .line("hidden layer without non-linearity", &line)
        .intervals("hidden layer without non-linearity", &intervals)
        .rule_y("no hidden layer", Mean::of(single).value);
    findings.figure(
        "linear_layers",
        "A hidden layer without non-linearity",
        "Digits read by a network with one hidden layer and no activation, which is one matrix of rank at most the \
         width. A narrow one cannot tell ten classes apart; nine dimensions are enough for that, and a wider layer \
         is a linear classifier still, as is none at all (level line).",
        chart,
    );
}
