//! What shallow networks look like.

use super::family::{Shallow, count_pieces, value_of};
use crate::prelude::*;
use std::collections::BTreeSet;

/// One network of three units: each unit by itself, their sum with its joints, and two outputs of the same units.
pub(super) fn family(findings: &mut Findings) {
    let network = Shallow::example();
    let joints = network.joints();
    // Places from left of the first joint to right of the last, the joints among them so that no corner is cut.
    let places = [&[-2.0], joints.as_slice(), &[2.3]].concat();
    let panel = |heading| Chart::new(Axis::linear("x"), Axis::linear("value")).heading(heading);
    let mut units = panel("phi_k relu(theta_k0 + theta_k1 x)");
    let mut sum = panel("their sum with phi_0").line("network", &curve(&places, |x| network.value(x)));
    for (unit, label) in network.units.iter().zip(["unit 1", "unit 2", "unit 3"]) {
        let joint = unit.joint();
        units = units.line(label, &curve(&places, |x| unit.value(x))).scatter(label, &[(joint, 0.0)]);
        sum = sum.scatter(label, &[(joint, network.value(joint))]);
    }
    let mut outputs = panel("two outputs of the same units");
    for (label, output) in [("output 1", &network), ("output 2", &network.weighed(&[-0.7, 1.1, 0.6]))] {
        let value = |x| output.value(x);
        outputs = outputs.line(label, &curve(&places, value)).scatter(label, &curve(&joints, value));
    }
    findings.panels(
        "family",
        "Three ReLU units and their sum",
        "Three hidden units by themselves, each with its joint (left), and their sum (right): four straight pieces \
         whose slopes are the sums of the slopes of the units active there. Two outputs of one network (below) weigh \
         the units each in its own way, so the slopes differ, but both bend where the units do.",
        2,
        vec![units, sum, outputs],
    );
}

/// The plane colored by which of three units are active; gives how many patterns were seen.
pub(super) fn regions(findings: &mut Findings) -> usize {
    // Units `a x + b y + c` that bend on the sides of a triangle.
    let units = [[0.0, 1.0, 0.8], [1.8, -1.1, 0.92], [-1.8, -0.9, 1.08]];
    let mut seen = BTreeSet::new();
    let patterns = Field::sample(-2.0..2.0, -2.0..2.0, [200, 200], |x, y| {
        // The active units are the ones of a binary number.
        let active = units.map(|[a, b, c]| u8::from(a * x + b * y + c > 0.0));
        let pattern = active.into_iter().fold(0, |number, digit| 2 * number + digit);
        seen.insert(pattern);
        f64::from(pattern)
    });
    findings.figure(
        "regions",
        "Regions of three units on two inputs",
        "Three units on two inputs: one color for each pattern of active units. Of eight patterns one (none active, \
         here) would need a point on the far side of all three lines, and there is none. In each region the network is \
         a plane.",
        Chart::new(Axis::linear("x1"), Axis::linear("x2")).equal_units().heat("pattern of active units", &patterns),
    );
    seen.len()
}

/// The fold, and the fold of the fold.
pub(super) fn folds(findings: &mut Findings) {
    let places: Vec<f64> = (0..=2048).map(|step| f64::from(step) / 2048.0).collect();
    let panel = |depth: usize| {
        let networks = vec![Shallow::fold(); depth];
        Chart::new(Axis::linear("x"), Axis::linear("output").range(-0.1..1.1))
            .heading(&format!("{depth} composed: {} pieces", count_pieces(&networks)))
            .line("", &curve(&places, |x| value_of(&networks, x)))
    };
    findings.panels(
        "folds",
        "A fold and its compositions",
        "A network of three units that folds the line (left), applied to its own output (right) and once more (below), \
         each cut off below 0: every piece of the first becomes a whole copy of the next, 4, 16, 64 pieces from 10, \
         20, 30 parameters.",
        2,
        (1..=3).map(panel).collect(),
    );
}

fn curve(places: &[f64], value: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    places.iter().map(|&x| (x, value(x))).collect()
}
