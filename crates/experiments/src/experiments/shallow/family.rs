//! Shallow ReLU networks of one input and one output, and what composing them makes.

use crate::prelude::*;

/// `y = offset + sum_k weight_k relu(bias_k + slope_k x)`.
#[derive(Clone)]
pub(super) struct Shallow {
    pub(super) offset: f64,
    pub(super) units: Vec<Unit>,
}

/// One hidden unit.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) weight: f64,
    pub(super) bias: f64,
    pub(super) slope: f64,
}

impl Shallow {
    fn of(offset: f64, units: &[[f64; 3]]) -> Self {
        let unit = |&[weight, bias, slope]: &[f64; 3]| Unit { weight, bias, slope };
        Self { offset, units: units.iter().map(unit).collect() }
    }

    /// All parameters standard normal.
    pub(super) fn random(units: usize, random: &mut Stream) -> Self {
        let mut unit = || Unit { weight: random.normal(), bias: random.normal(), slope: random.normal() };
        let units = (0..units).map(|_| unit()).collect();
        Self { offset: random.normal(), units }
    }

    /// Three units with joints at -1, 0.2 and 1.3, for figures.
    pub(super) fn example() -> Self {
        Self::of(0.5, &[[1.2, 1.0, 1.0], [-1.8, -0.2, 1.0], [-0.9, 1.3, -1.0]])
    }

    /// Three units that fold the line four times: every linear piece runs over all of `0..1`, and all joints lie in `0..1`.
    ///
    /// The slopes are 8, -16, 4, -4 with joints at 1/4, 5/16, 9/16, whose values are 1, 0, 1: all are sums of few powers of two, so a
    /// composition of folds is exact in `f64`.
    pub(super) fn fold() -> Self {
        Self::of(3.5, &[[-24.0, -0.25, 1.0], [20.0, -0.3125, 1.0], [-8.0, 0.5625, -1.0]])
    }

    /// Another output of the same units.
    pub(super) fn weighed(&self, weights: &[f64]) -> Self {
        let units = self.units.iter().zip(weights).map(|(unit, &weight)| Unit { weight, ..*unit }).collect();
        Self { offset: self.offset, units }
    }

    /// The network whose output is the sum of both.
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self { offset: self.offset + other.offset, units: [self.units.as_slice(), other.units.as_slice()].concat() }
    }

    pub(super) fn value(&self, x: f64) -> f64 {
        self.offset + self.units.iter().map(|unit| unit.value(x)).sum::<f64>()
    }

    /// The slope at `x`, the sum of the active units' slopes.
    fn slope(&self, x: f64) -> f64 {
        let active = self.units.iter().filter(|unit| unit.bias + unit.slope * x > 0.0);
        active.map(|unit| unit.weight * unit.slope).sum()
    }

    /// Where a unit switches on or off, ascending.
    pub(super) fn joints(&self) -> Vec<f64> {
        sorted(self.units.iter().map(Unit::joint).collect())
    }
}

impl Unit {
    /// What the unit adds to the output.
    pub(super) fn value(&self, x: f64) -> f64 {
        self.weight * (self.bias + self.slope * x).max(0.0)
    }

    pub(super) fn joint(&self) -> f64 {
        -self.bias / self.slope
    }
}

/// Networks applied one after another, the first to the input.
pub(super) fn value_of(networks: &[Shallow], x: f64) -> f64 {
    networks.iter().fold(x, |x, network| network.value(x))
}

fn slope_of(networks: &[Shallow], x: f64) -> f64 {
    let chain = networks.iter().fold((x, 1.0), |(x, slope), network| (network.value(x), slope * network.slope(x)));
    chain.1
}

/// The number of linear pieces of a composition: neighbors of equal slope count as one.
pub(super) fn count_pieces(networks: &[Shallow]) -> usize {
    let slopes: Vec<f64> = pieces(&bends(networks)).iter().map(|(_, inside)| slope_of(networks, *inside)).collect();
    1 + slopes.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// Every place where a composition may bend, ascending: where the input of one of its networks lies on a joint.
fn bends(networks: &[Shallow]) -> Vec<f64> {
    let mut places = Vec::new();
    for (depth, network) in networks.iter().enumerate() {
        let (before, joints) = (&networks[..depth], network.joints());
        for ([low, high], inside) in pieces(&places) {
            // Here the networks before are linear, so that at most one x leads to each joint.
            let (value, slope) = (value_of(before, inside), slope_of(before, inside));
            let leading = joints.iter().map(|joint| inside + (joint - value) / slope);
            places.extend(leading.filter(|x| x.is_finite() && low <= *x && *x < high));
        }
        places = sorted(places);
    }
    places
}

/// The intervals between places, the two unbounded ones included, each with a point inside.
fn pieces(places: &[f64]) -> Vec<([f64; 2], f64)> {
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return vec![([f64::NEG_INFINITY, f64::INFINITY], 0.0)];
    };
    let mut pieces = vec![([f64::NEG_INFINITY, *first], first - 1.0)];
    pieces.extend(places.windows(2).map(|pair| ([pair[0], pair[1]], (pair[0] + pair[1]) / 2.0)));
    pieces.push(([*last, f64::INFINITY], last + 1.0));
    pieces
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}
