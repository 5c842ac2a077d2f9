//! Shallow ReLU networks of one input and one output, and what composing them makes.

use crate::prelude::*;

/// `y = offset + sum_k weight_k relu(bias_k + slope_k x)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shallow {
    pub(crate) offset: f64,
    pub(crate) units: Vec<Unit>,
}

/// One hidden unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unit {
    pub(crate) weight: f64,
    pub(crate) bias: f64,
    pub(crate) slope: f64,
}

impl Shallow {
    /// All parameters standard normal.
    pub(crate) fn random(units: usize, random: &mut Stream) -> Self {
        let mut unit = || Unit { weight: random.normal(), bias: random.normal(), slope: random.normal() };
        let units = (0..units).map(|_| unit()).collect();
        Self { offset: random.normal(), units }
    }

    /// Three units that fold the line four times: every linear piece runs over all of `0..1`, and all joints lie in `0..1`.
    ///
    /// The slopes are 8, -16, 4, -4 with joints at 1/4, 5/16, 9/16, whose values are 1, 0, 1: all are sums of few powers of two, so a composition of
    /// folds is exact in `f64`.
    pub(crate) fn fold() -> Self {
        let unit = |weight, joint: f64, slope: f64| Unit { weight, bias: -joint * slope, slope };
        let units = vec![unit(-24.0, 0.25, 1.0), unit(20.0, 0.3125, 1.0), unit(-8.0, 0.5625, -1.0)];
        Self { offset: 3.5, units }
    }

    pub(crate) fn value(&self, x: f64) -> f64 {
        self.offset + self.units.iter().map(|unit| unit.value(x)).sum::<f64>()
    }

    /// The slope at `x`, the sum of the active units' slopes.
    pub(crate) fn slope(&self, x: f64) -> f64 {
        let active = self.units.iter().filter(|unit| unit.bias + unit.slope * x > 0.0);
        active.map(|unit| unit.weight * unit.slope).sum()
    }

    /// Where a unit switches on or off, ascending: `-bias / slope`.
    pub(crate) fn joints(&self) -> Vec<f64> {
        let bending = self.units.iter().filter(|unit| unit.slope != 0.0);
        sorted(bending.map(|unit| -unit.bias / unit.slope).collect())
    }
}

impl Unit {
    /// What the unit adds to the output.
    pub(crate) fn value(&self, x: f64) -> f64 {
        self.weight * (self.bias + self.slope * x).max(0.0)
    }
}

/// A random network of three units whose joints lie well apart, for a figure.
pub(super) fn well_spread(seed: u64, first_stream: u64) -> Result<Shallow> {
    let networks = (first_stream..).map(|stream| Shallow::random(3, &mut Stream::numbered(seed, stream)));
    let is_clear = |network: &Shallow| {
        let joints = network.joints();
        let gaps = joints.windows(2).map(|pair| pair[1] - pair[0]);
        let weakest = network.units.iter().map(|unit| (unit.weight * unit.slope).abs()).fold(f64::INFINITY, f64::min);
        gaps.clone().fold(f64::INFINITY, f64::min) > 0.4 && gaps.sum::<f64>() < 3.0 && weakest > 0.3
    };
    networks.take(100_000).find(is_clear).context("no network has joints apart enough")
}

/// Networks applied one after another, the first to the input.
pub(crate) fn value_of(networks: &[Shallow], x: f64) -> f64 {
    networks.iter().fold(x, |x, network| network.value(x))
}

fn slope_of(networks: &[Shallow], x: f64) -> f64 {
    let chain = networks.iter().fold((x, 1.0), |(x, slope), network| (network.value(x), slope * network.slope(x)));
    chain.1
}

/// Every place where a composition may bend, ascending: where the input of one of its networks lies on a joint.
fn bends(networks: &[Shallow]) -> Vec<f64> {
    let mut places = Vec::new();
    for (depth, network) in networks.iter().enumerate() {
        let before = &networks[..depth];
        let found: Vec<f64> = network.joints().iter().flat_map(|joint| preimages(before, &places, *joint)).collect();
        places = sorted([places, found].concat());
    }
    places
}

/// All `x` that the networks take to `target`, between neighbors of `places`, where they are linear.
fn preimages(networks: &[Shallow], places: &[f64], target: f64) -> Vec<f64> {
    pieces(places)
        .into_iter()
        .filter_map(|([low, high], inside)| {
            let x = inside + (target - value_of(networks, inside)) / slope_of(networks, inside);
            (x.is_finite() && low <= x && x < high).then_some(x)
        })
        .collect()
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

/// The number of linear pieces of a composition: neighbors of equal slope count as one.
pub(crate) fn count_pieces(networks: &[Shallow]) -> usize {
    let slopes: Vec<f64> = pieces(&bends(networks)).iter().map(|(_, inside)| slope_of(networks, *inside)).collect();
    1 + slopes.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {

        #[test]
        fn a_composition_has_at_most_the_product_of_pieces(seed: u64, first in 1..6usize, second in 1..6usize) {
            let mut random = Stream::numbered(seed, 0);
            let networks = [Shallow::random(first, &mut random), Shallow::random(second, &mut random)];
            prop_assert!(count_pieces(&networks) <= (first + 1) * (second + 1));
        }
    }

    #[test]
    fn folds_multiply() {
        let counts: Vec<usize> = (1..=4).map(|depth| count_pieces(&vec![Shallow::fold(); depth])).collect();
        assert_eq!(counts, [4, 16, 64, 256]);
    }

    #[test]
    fn the_fold_has_the_values_it_promises() {
        let values = [0.0, 0.25, 0.3125, 0.5625, 1.0].map(|x| Shallow::fold().value(x));
        assert_eq!(values, [-1.0, 1.0, 0.0, 1.0, -0.75]);
    }
}
