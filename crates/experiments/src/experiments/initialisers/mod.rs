//! Initialisers (S9): what zero and constant can never learn, and which scale keeps a deep network's values alive.

mod signal;
mod symmetry;

use anyhow::{Context, Result};
use burn::nn::Initializer as Drawn;
use burn::tensor::{Device, Tensor};
use trainer::network::initializer;
use zoo_recipe::{Activation, Initializer};

use self::signal::{Deep, variance};
use crate::descent::{scalar, values};
use crate::random::Random;
use crate::statistics::Mean;
use crate::{Check, Experiment, Findings, Settings, number};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "initialisers",
    sources: &["S9"],
    title: "Initialisers: symmetry and scale",
    says: "Zero and constant weights leave all neurons of a layer equal for ever. He's variance 2/n keeps ReLU networks alive, Xavier's \
           1/n keeps tanh and sigmoid; orthogonal matrices keep lengths.",
    run,
};

pub(crate) const HE: Initializer = Initializer::HeNormal { gain: std::f64::consts::SQRT_2 };
pub(crate) const XAVIER: Initializer = Initializer::XavierNormal { gain: 1.0 };
pub(crate) const ORTHOGONAL: Initializer = Initializer::Orthogonal { gain: 1.0 };
const LAYERS: usize = 20;

fn run(settings: &Settings) -> Result<Findings> {
    let mut findings = Findings::default();
    Device::flex().seed(settings.seed);
    symmetry::neurons_stay_equal(settings, &mut findings)?;
    weights_have_their_variance(&mut findings)?;
    orthogonality(&mut findings)?;
    variance_by_depth(settings, &mut findings)?;
    symmetry::training_curves(settings, &mut findings)?;
    Ok(findings)
}

/// The variance of 60,000 drawn weights against each definition, on a layer with more inputs than outputs.
fn weights_have_their_variance(findings: &mut Findings) -> Result<()> {
    let (fan_in, fan_out) = (300, 200);
    let gain = 1.0;
    let all = [
        ("uniform", Initializer::Uniform { min: -0.1, max: 0.3 }),
        ("normal", Initializer::Normal { mean: 0.5, std: 0.2 }),
        ("Xavier uniform", Initializer::XavierUniform { gain }),
        ("Xavier normal", XAVIER),
        ("He uniform", Initializer::HeUniform { gain: std::f64::consts::SQRT_2 }),
        ("He normal", HE),
        ("orthogonal", ORTHOGONAL),
    ];
    let mut rows = Vec::new();
    let mut largest = 0.0_f64;
    for (name, by) in all {
        let weight: Tensor<2> =
            initializer(&by).init_with([fan_in, fan_out], Some(fan_in), Some(fan_out), &Device::flex()).val();
        let drawn = values(weight)?;
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let found = drawn.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / drawn.len() as f64;
        let expected = variance(&by, fan_in, fan_out);
        largest = largest.max((found / expected - 1.0).abs());
        rows.push(vec![name.into(), number(expected), number(found)]);
    }
    findings
        // The standard error of a normal sample's variance is sqrt(2 / 60,000) of it, 0.6 %.
        .claim(
            "Every initialiser's weights have the variance of its definition: largest relative difference",
            largest,
            Check::AtMost(0.03),
        )
        .table(
            "Variance of 60,000 weights, 300 inputs and 200 outputs",
            &["initialiser", "by definition", "measured"],
            rows,
        );
    Ok(())
}

/// `W^T W` of square, tall and wide matrices.
fn orthogonality(findings: &mut Findings) -> Result<()> {
    let by: Drawn = initializer(&ORTHOGONAL);
    let mut largest = 0.0_f64;
    for shape in [[64, 64], [64, 32], [32, 64]] {
        let weight: Tensor<2> = by.init_with(shape, Some(shape[0]), Some(shape[1]), &Device::flex()).val();
        let narrow = if shape[0] < shape[1] { weight.transpose() } else { weight };
        let [_, columns] = narrow.dims();
        let off = narrow.clone().transpose().matmul(narrow) - Tensor::eye(columns, &Device::flex());
        largest = largest.max(scalar(off.abs().max())?);
    }
    findings.claim(
        "Orthogonal matrices are: largest entry of W^T W - I, square, tall and wide",
        largest,
        Check::AtMost(1e-5),
    );
    Ok(())
}

/// One way to start a deep network, and what theory says about it.
struct Case {
    name: &'static str,
    weights: Initializer,
    activation: Option<Activation>,
    /// Whether theory says that the variance is kept.
    keeps: bool,
}

const CASES: [Case; 7] = [
    Case { name: "He, ReLU", weights: HE, activation: Some(Activation::Relu), keeps: true },
    Case { name: "Xavier, ReLU", weights: XAVIER, activation: Some(Activation::Relu), keeps: false },
    Case { name: "Xavier, linear", weights: XAVIER, activation: None, keeps: true },
    Case { name: "Xavier, tanh", weights: XAVIER, activation: Some(Activation::Tanh), keeps: false },
    Case { name: "He, tanh", weights: HE, activation: Some(Activation::Tanh), keeps: false },
    Case { name: "Xavier, sigmoid", weights: XAVIER, activation: Some(Activation::Sigmoid), keeps: false },
    Case { name: "orthogonal, linear", weights: ORTHOGONAL, activation: None, keeps: true },
];

/// The variance before the activation of each of 20 layers, measured and expected.
fn variance_by_depth(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let tolerance = settings.choose(0.1, 0.35);
    let mut rows = Vec::new();
    let bar = settings.progress("variance by depth", CASES.len());
    for case in &CASES {
        let (means, expected) = measure(case, settings)?;
        let last = means.last().copied().context("a network without layers")?;
        let (theory, kept) = (expected[LAYERS - 1], last.value / expected[0]);
        let sentence = format!("{}: variance in layer {LAYERS} over that of theory", case.name);
        findings.claim(&sentence, last.value / theory, Check::Near { expected: 1.0, tolerance });
        if case.keeps {
            let sentence = format!("{} keeps the variance over {LAYERS} layers: last over first", case.name);
            findings.claim(&sentence, kept, Check::Near { expected: 1.0, tolerance });
        }
        rows.push(vec![
            case.name.into(),
            number(expected[0]),
            number(theory),
            number(last.value),
            number(1.96 * last.error),
        ]);
        bar.inc(1);
    }
    bar.finish_and_clear();
    findings.table(
        "Variance before the activation",
        &["start", "layer 1, theory", "layer 20, theory", "layer 20, measured", "± 95 %"],
        rows,
    );
    xavier_and_tanh(settings, findings)
}

fn measure(case: &Case, settings: &Settings) -> Result<(Vec<Mean>, Vec<f64>)> {
    let is_fixed = matches!(case.weights, Initializer::Orthogonal { .. });
    let networks = if is_fixed { settings.choose(20, 5) } else { settings.choose(800, 120) };
    let deep =
        Deep { weights: case.weights, activation: case.activation, width: settings.choose(128, 64), layers: LAYERS };
    let draws = (0..networks).map(|stream| deep.measure(&mut Random::new(settings.seed, stream)));
    let draws = draws.collect::<Result<Vec<_>>>()?;
    let layer = |layer: usize| Mean::of(&draws.iter().map(|draw| draw[layer]).collect::<Vec<_>>());
    Ok(((0..LAYERS).map(layer).collect(), deep.expected()))
}

/// What the notes say of Xavier and tanh, taken at its word.
fn xavier_and_tanh(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let (means, expected) = measure(&CASES[3], settings)?;
    let last = means.last().copied().context("a network without layers")?;
    findings.source_says(
        "Xavier keeps the variance of tanh networks over 20 layers: last over first",
        last.value / expected[0],
        Check::Near { expected: 1.0, tolerance: 0.1 },
        "Xavier's 1/n keeps linear layers; tanh takes a little of every value, so the variance falls, but only about as one over twice the \
         number of layers where Xavier with ReLU halves it in each. A gain of 5/3 makes up for it.",
    );
    Ok(())
}
