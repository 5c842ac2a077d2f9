//! What shallow networks look like.

use super::family::{Shallow, count_pieces, value_of};
use super::regions::BendLine;
use super::rings::{RingPoint, polar};
use crate::prelude::*;
use std::collections::BTreeSet;
use std::f64::consts::PI;
use std::ops::Range;

/// One network of three units: each unit by itself, and their sum with its joints.
pub(super) fn family(network: &Shallow) -> Vec<Chart> {
    let places = around(&network.joints());
    let mut units = panel("phi_k relu(theta_k0 + theta_k1 x)");
    let mut sum = panel("their sum with phi_0").line("network", &curve(&places, |x| network.value(x)));
    for (index, unit) in network.units.iter().enumerate() {
        let (label, joint) = (format!("unit {}", index + 1), -unit.bias / unit.slope);
        units = units.line(&label, &curve(&places, |x| unit.value(x))).scatter(&label, &[(joint, 0.0)]);
        sum = sum.scatter(&label, &[(joint, network.value(joint))]);
    }
    vec![units, sum]
}

/// The outputs of one network with the units they share.
pub(super) fn outputs(outputs: &[Shallow]) -> Chart {
    let joints = outputs.first().map(Shallow::joints).unwrap_or_default();
    let places = around(&joints);
    let mut chart = Chart::new(Axis::linear("x"), Axis::linear("output"));
    for (index, output) in outputs.iter().enumerate() {
        let label = format!("output {}", index + 1);
        let bends: Vec<_> = joints.iter().map(|&joint| (joint, output.value(joint))).collect();
        chart = chart.line(&label, &curve(&places, |x| output.value(x))).scatter(&label, &bends);
    }
    for &joint in &joints {
        chart = chart.rule_x("joint of a shared unit", joint);
    }
    chart
}

/// The plane colored by which of three units are active, and a network's output there.
pub(super) fn regions(lines: &[BendLine; 3], weights: [f64; 3]) -> (Vec<Chart>, usize) {
    let value = |line: &BendLine, x: f64, y: f64| (line[0] as f64 * x + line[1] as f64 * y + line[2] as f64) / 100.0;
    let pattern = |x: f64, y: f64| lines.map(|line| value(&line, x, y) > 0.0);
    let mut seen = BTreeSet::new();
    let sides = || (-2.0..2.0, -2.0..2.0);
    let ((across, up), cells) = (sides(), [200, 200]);
    Field::sample(across.clone(), up.clone(), cells, |x, y| f64::from(seen.insert(pattern(x, y))));
    let number = |x, y| seen.iter().position(|one| *one == pattern(x, y)).map_or(0.0, |place| place as f64 + 1.0);
    let output = |x, y| (0..3).map(|unit| weights[unit] * value(&lines[unit], x, y).max(0.0)).sum::<f64>();
    let numbers = Field::sample(across.clone(), up.clone(), cells, number);
    let heights = Field::sample(across, up, cells, output);
    let levels: Vec<f64> = (-40..=40).map(|level| 0.5 * f64::from(level)).collect();
    let axes = |heading| {
        let plane = Chart::new(Axis::linear("x1").range(-2.0..2.0), Axis::linear("x2").range(-2.0..2.0));
        plane.equal_units().heading(heading)
    };
    let mut borders = axes("level lines of the output").contours(&heights, &levels);
    for (unit, line) in lines.iter().enumerate() {
        borders = borders.line(&format!("unit {} bends", unit + 1), &ends(*line));
    }
    let map = axes("one color for each pattern of active units").heat("number of the region", &numbers);
    (vec![map, borders], seen.len())
}

/// Where a line enters and leaves the drawn part of the plane.
fn ends([a, b, c]: BendLine) -> Vec<(f64, f64)> {
    let [a, b, c] = [a, b, c].map(|value| value as f64);
    if a.abs() > b.abs() {
        [-2.0, 2.0].map(|y| (-(b * y + c) / a, y)).to_vec()
    } else {
        [-2.0, 2.0].map(|x| (x, -(a * x + c) / b)).to_vec()
    }
}

/// The fold, and the fold of the fold.
pub(super) fn folds() -> Vec<Chart> {
    let places: Vec<f64> = (0..=2048).map(|step| f64::from(step) / 2048.0).collect();
    let panel = |depth: usize| {
        let networks = vec![Shallow::fold(); depth];
        let heading = match depth {
            1 => "one network: 4 pieces".into(),
            _ => format!("{depth} composed: {} pieces", count_pieces(&networks)),
        };
        Chart::new(Axis::linear("x"), Axis::linear("output").range(-0.1..1.1))
            .heading(&heading)
            .line("", &curve(&places, |x| value_of(&networks, x)))
    };
    (1..=3).map(panel).collect()
}

/// What a model says over a rectangle.
pub(super) type LogitsOf<'a> = &'a dyn Fn(&[[f64; 2]]) -> Result<Vec<f64>>;

/// The rings with what parts them, or fails to: a line in the plane, a line in polar coordinates, a network in the plane.
pub(super) fn rings(
    points: &[RingPoint],
    units: usize,
    [line, polar_line, network]: [LogitsOf; 3],
) -> Result<Vec<Chart>> {
    let plane = || (-3.0..3.0, -3.0..3.0);
    let whole_turn = || (0.0..3.0, -PI..PI);
    let of_units = format!("{units} ReLU units on (x, y)");
    let panels = vec![
        ring_panel("logistic regression on (x, y)", ["x", "y"], points, |place| place, field(plane(), line)?),
        ring_panel("the same on (r, theta)", ["r", "theta in rad"], points, polar, field(whole_turn(), polar_line)?),
        ring_panel(&of_units, ["x", "y"], points, |place| place, field(plane(), network)?),
    ];
    Ok(panels)
}

fn ring_panel(
    heading: &str,
    names: [&str; 2],
    points: &[RingPoint],
    view: fn([f64; 2]) -> [f64; 2],
    logits: Field,
) -> Chart {
    let of = |is_outer: bool| -> Vec<(f64, f64)> {
        let ring = points.iter().filter(|point| point.1 == is_outer);
        // All of them would hide the border.
        ring.take(100).map(|point| view(point.0).into()).collect()
    };
    Chart::new(Axis::linear(names[0]), Axis::linear(names[1]))
        .heading(heading)
        .scatter("inner ring", &of(false))
        .scatter("outer ring", &of(true))
        .contours(&logits, &[0.0])
}

/// A model's logits on a grid, asked for all at once.
fn field((x, y): (Range<f64>, Range<f64>), logits: LogitsOf) -> Result<Field> {
    let cells = [120, 120];
    let mut places = Vec::new();
    Field::sample(x.clone(), y.clone(), cells, |x, y| {
        places.push([x, y]);
        0.0
    });
    let mut found = logits(&places)?.into_iter();
    let field = Field::sample(x, y, cells, |_, _| found.next().unwrap_or(f64::NAN));
    found.next().is_none().then_some(field).context("a model answered more than it was asked")
}

fn panel(heading: &str) -> Chart {
    Chart::new(Axis::linear("x"), Axis::linear("value")).heading(heading)
}

fn curve(places: &[f64], value: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    places.iter().map(|&x| (x, value(x))).collect()
}

/// Places from left of the first joint to right of the last, the joints among them so that no corner is cut.
fn around(joints: &[f64]) -> Vec<f64> {
    let (Some(first), Some(last)) = (joints.first(), joints.last()) else { return vec![-1.0, 1.0] };
    let room = 0.4 * (last - first) + 0.1;
    [&[first - room], joints, &[last + room]].concat()
}
