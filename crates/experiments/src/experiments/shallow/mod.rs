//! Shallow networks and what they can represent (S13, S6).
//!
//! A network of one input is `y = phi_0 + sum_k phi_k a(theta_k0 + theta_k1 x)` with `a(z) = max(0, z)`: straight between its
//! [joints](Shallow::joints), `-theta_k0 / theta_k1`. Its outputs share the units, and with them the joints. On `D_i` inputs a unit bends on
//! a hyperplane, and `D` of them cut the space into at most `sum_{j <= D_i} (D over j)` [regions](regions::count_regions). Without the bends layers
//! [collapse](linear_layers) into one. [Composing](count_pieces) networks multiplies pieces, and whether training finds a use for more layers
//! is [another question](depth). No line parts points in [rings] as `(x, y)`; one does as `(r, theta)`.

mod lesson;
mod settings;

mod depth;
mod family;
mod figures;
mod linear_layers;
mod regions;
mod rings;

use self::family::{Shallow, count_pieces};
use crate::prelude::*;
use zoo_mlp::MlpConfig;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "shallow",
    sources: &[SourceSection(13)],
    title: "Shallow networks: joints, regions, composition, rings",
    says: "Three ReLU units make four straight pieces with joints where a unit switches. D units on D_i inputs make at \
         most sum over j <= D_i of (D over j) regions: 7 for three units on two inputs, 8, 26 and 64 for 3, 5 and 7 \
         on three. Layers without a non-linearity collapse into one matrix W* = W2 W1, of rank at most the narrowest \
         layer. Composing two networks multiplies their regions, and more layers help. Points in rings cannot be \
         parted by a line as (x, y), and can as (r, theta).",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    three_units(settings, &mut findings);
    shared_units(settings, &mut findings);
    parameter_count(settings, &mut findings);
    regions::check(settings, &mut findings);
    linear_layers::check(settings, &mut findings)?;
    composition(settings, &mut findings);
    depth::check(settings, &mut findings)?;
    rings::check(settings, &mut findings)?;
    Ok(findings)
}

/// Random networks of three units: one piece more than joints.
fn three_units(settings: &Setup, findings: &mut Findings) {
    let members = settings.choose(10_000, 1000);
    let random = |stream| Shallow::random(3, &mut Stream::numbered(settings.seed, stream));
    let of_four_pieces = (0..members).filter(|stream| count_pieces(&[random(*stream)]) == 4).count();
    findings
        .claiming("A network of three units has four straight pieces: fraction of random members")
        .is(of_four_pieces as f64 / members as f64, Exactly(1.0));
    figures::family(findings);
}

/// Two outputs weigh the same units, each in its own way: their sum bends where the units do, and nowhere else.
fn shared_units(settings: &Setup, findings: &mut Findings) {
    let networks = settings.choose(100, 20);
    let bends_elsewhere = |&stream: &u64| {
        let mut random = Stream::numbered(settings.seed, 21_000 + stream);
        let first = Shallow::random(3, &mut random);
        let second = first.weighed(&random.normals(3));
        count_pieces(&[first.plus(&second)]) != 4
    };
    findings
        .claiming("Outputs share their joints: sums of two outputs of three shared units that have not 4 pieces")
        .is((0..networks).filter(bends_elsewhere).count() as f64, Exactly(0.0))
        .measured_with(format!(" of {networks}"));
}

/// `D_i D + D` into the hidden layer, `D D_o + D_o` out of it, against the zoo's own perceptron.
fn parameter_count(settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 20_000);
    let networks = settings.choose(200, 50);
    let is_wrong = |_: &i32| {
        let [inputs, units, outputs] = [0; 3].map(|_: i32| 1 + random.index(40));
        let network = MlpConfig { hidden: vec![units], ..MlpConfig::default() }.init(inputs, outputs, &Device::flex());
        network.num_params() != inputs * units + units + units * outputs + outputs
    };
    findings
        .claiming("A network has D_i D + D + D D_o + D_o parameters: networks for which the formula is wrong")
        .is((0..networks).filter(is_wrong).count() as f64, Exactly(0.0))
        .measured_with(format!(" of {networks}"));
}

/// A fold applied to its own output, again and again: every piece of the one becomes a whole copy of the next.
fn composition(settings: &Setup, findings: &mut Findings) {
    let depths: Vec<usize> = settings.choose(1..=6, 1..=4).collect();
    let pieces: Vec<usize> = depths.iter().map(|&depth| count_pieces(&vec![Shallow::fold(); depth])).collect();
    let is_power = depths.iter().zip(&pieces).all(|(&depth, &pieces)| pieces == 4_usize.pow(depth as u32));
    // A shallow network of one input and one output has 3 D + 1 parameters and D + 1 pieces.
    let row = |(&depth, &pieces): (&usize, &usize)| row![depth, 10 * depth, pieces, (10 * depth - 1) / 3 + 1];
    findings
        .claiming("Composing multiplies: k networks of 4 pieces make")
        .comes_out("4^k", if is_power { "4^k" } else { "other counts" }, is_power)
        .table(
            "Folds composed",
            &["networks", "parameters", "pieces", "pieces of a shallow network with as many parameters"],
            depths.iter().zip(&pieces).map(row).collect(),
        );
    figures::folds(findings);
}
