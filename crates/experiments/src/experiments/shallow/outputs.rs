//! Several outputs of one network: they share the hidden units, and with them the joints.

use burn::nn::Linear;
use zoo_core::Initializer;
use zoo_mlp::{Mlp, MlpConfig};

use super::family::{Shallow, Unit, count_pieces, well_spread};
use super::figures;
use crate::prelude::*;

/// Two outputs of the zoo's perceptron against two networks of one output each.
pub(super) fn shared_units(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let device = Device::flex();
    device.seed(settings.seed);
    let networks = settings.choose(100, 20);
    let (mut off_formula, mut shared, mut separate) = (0.0_f64, 0, 0);
    for _ in 0..networks {
        let network = two_outputs(&device);
        let outputs = outputs_of(&network)?;
        off_formula = larger(off_formula, distance(&network, &outputs, &device)?);
        let other = outputs_of(&two_outputs(&device))?;
        shared += usize::from(count_pieces(&[sum(&outputs[0], &outputs[1])]) != 4);
        separate += usize::from(count_pieces(&[sum(&outputs[0], &other[1])]) != 7);
    }
    let exactly_none = || Exactly(0.0);
    findings
        .claiming(
            "Each output of a perceptron is a sum over the same units, y_j = phi_j0 + sum_k phi_jk relu(theta_k0 + \
             theta_k1 x): largest difference to the zoo's own, in f32",
        )
        .is(off_formula, AtMost(1e-5))
        .claiming("Outputs share their joints: sums of two outputs of three shared units that have not 4 pieces")
        .is(shared as f64, exactly_none())
        .measured_with(format!(" of {networks}"))
        .claiming("Separate networks do not: sums of two networks of three units each that have not 7 pieces")
        .is(separate as f64, exactly_none())
        .measured_with(format!(" of {networks}"));
    draw(settings, findings)
}

fn two_outputs(device: &Device) -> Mlp {
    let normal = Initializer::Normal { mean: 0.0, std: 1.0 };
    MlpConfig { hidden: vec![3], weights: normal, biases: normal, ..MlpConfig::default() }.init(1, 2, device)
}

/// Each output of a network of one input and one hidden layer, written out.
fn outputs_of(network: &Mlp) -> Result<Vec<Shallow>> {
    let hidden = &network.hidden.first().context("a network without hidden layer")?.linear;
    let (slopes, biases) = (values(hidden.weight.val())?, biases(hidden)?); // [1, units], [units]
    let (weights, offsets) = (values(network.output.weight.val())?, self::biases(&network.output)?); // [units, outputs], [outputs]
    let count = offsets.len();
    let unit = |unit: usize, output: usize| Unit {
        weight: weights[unit * count + output],
        bias: biases[unit],
        slope: slopes[unit],
    };
    let output = |output: usize| Shallow {
        offset: offsets[output],
        units: (0..biases.len()).map(|place| unit(place, output)).collect(),
    };
    Ok((0..count).map(output).collect())
}

fn biases(layer: &Linear) -> Result<Vec<f64>> {
    values(layer.bias.as_ref().context("a layer without bias")?.val())
}

/// The largest difference between what the network computes and what its outputs, written out, give.
fn distance(network: &Mlp, outputs: &[Shallow], device: &Device) -> Result<f64> {
    let places: Vec<[f64; 1]> = (-8..=8).map(|step| [f64::from(step) / 4.0]).collect();
    let found = values(network.forward(rows(&places, device)))?;
    let wanted = places.iter().flat_map(|[x]| outputs.iter().map(|output| output.value(*x)));
    Ok(largest_gap(&found, &wanted.collect::<Vec<_>>()))
}

/// The network whose output is the sum of two others'.
fn sum(left: &Shallow, right: &Shallow) -> Shallow {
    Shallow { offset: left.offset + right.offset, units: [left.units.clone(), right.units.clone()].concat() }
}

fn draw(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let first = well_spread(settings.seed, 60_000)?;
    let mut random = Stream::numbered(settings.seed, 59_999);
    let mut second = first.clone();
    second.units.iter_mut().for_each(|unit| unit.weight = random.normal());
    findings.figure(
        "outputs",
        "Two outputs of one network",
        "Two outputs of one network with three hidden units: each weighs the units in its own way, so the slopes \
         differ, but both bend where the units do.",
        figures::outputs(&[first, second]),
    );
    Ok(())
}
