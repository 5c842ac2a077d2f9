//! Initializers (S9): what zero and constant can never learn, and which scale keeps a deep network's values alive.

mod lesson;
mod settings;

mod depth;
mod sigmoid;
mod signal;
mod symmetry;

use zoo_core::{Bounds, Initializer};

use crate::initializers::{HE, ORTHOGONAL, XAVIER, variance};
use crate::prelude::*;

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
    symmetry::neurons_stay_equal(settings, &mut findings)?;
    weights_have_their_variance(&mut findings)?;
    orthogonality(&mut findings)?;
    depth::variance_by_depth(settings, &mut findings)?;
    symmetry::training_curves(settings, &mut findings)?;
    findings.note(
        "The notes give Xavier's variance as 1/n. Glorot and Bengio's is 2/(n_in + n_out), which is 1/n only for \
         square layers; the zoo follows Glorot and Bengio.",
    );
    Ok(findings)
}

/// The variance of 60,000 drawn weights against each definition, on a layer with more inputs than outputs.
fn weights_have_their_variance(findings: &mut Findings) -> Result<()> {
    let (fan_in, fan_out) = (300, 200);
    let gain = 1.0;
    let all = [
        ("uniform", Initializer::Uniform(Bounds { min: -0.1, max: 0.3 })),
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
        let weight: Tensor<2> = by.init([fan_in, fan_out], [fan_in, fan_out], &Device::flex()).val();
        let drawn = values(weight)?;
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let found = drawn.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / drawn.len() as f64;
        let expected = variance(&by, fan_in, fan_out);
        largest = larger(largest, (found / expected - 1.0).abs());
        rows.push(row![name, expected, found]);
    }
    findings
        // The standard error of a normal sample's variance is sqrt(2 / 60,000) of it, 0.6 %.
        .claiming("Every initializer's weights have the variance of its definition: largest relative difference")
        .is(largest, AtMost(0.03))
        .table(
            "Variance of 60,000 weights, 300 inputs and 200 outputs",
            &["initializer", "by definition", "measured"],
            rows,
        );
    Ok(())
}

/// `W^T W` of square, tall and wide matrices.
fn orthogonality(findings: &mut Findings) -> Result<()> {
    let by = &ORTHOGONAL;
    let mut largest = 0.0_f64;
    for shape in [[64, 64], [64, 32], [32, 64]] {
        let weight: Tensor<2> = by.init(shape, shape, &Device::flex()).val();
        let narrow = if shape[0] < shape[1] { weight.transpose() } else { weight };
        let [_, columns] = narrow.dims();
        let off = narrow.clone().transpose().matmul(narrow) - Tensor::eye(columns, &Device::flex());
        largest = values(off.abs())?.into_iter().fold(largest, larger);
    }
    findings.claim("Orthogonal matrices are: largest entry of W^T W - I, square, tall and wide", largest, AtMost(1e-5));
    Ok(())
}
