//! Two classes in rings around the origin: no straight line parts them as `(x, y)`, one does as `(r, theta)`.

use crate::prelude::*;

pub(crate) use zoo_toys::points::{ClassPoint as RingPoint, polar, rings as draw};

/// An inner point as a mean of three outer ones: then no line has all outer points on one side and the inner point on the other.
#[derive(Debug, PartialEq)]
pub(crate) struct MeanOfThree {
    inner: [f64; 2],
    outer: [[f64; 2]; 3],
    /// None below zero.
    weights: [f64; 3],
}

impl MeanOfThree {
    /// How far this is from true: the distance of the mean to the point, or of the weights' sum to 1.
    pub(crate) fn residual(&self) -> f64 {
        let along =
            |axis: usize| self.outer.iter().zip(self.weights).map(|(point, weight)| weight * point[axis]).sum::<f64>();
        let apart = (along(0) - self.inner[0]).hypot(along(1) - self.inner[1]);
        larger(apart, (self.weights.iter().sum::<f64>() - 1.0).abs())
    }
}

/// The first inner point as such a mean, if it is one.
pub(crate) fn inner_in_outer(points: &[RingPoint]) -> Option<MeanOfThree> {
    let inner = points.iter().find(|point| !point.1)?.0;
    let outer: Vec<[f64; 2]> = points.iter().filter(|point| point.1).map(|point| point.0).collect();
    let first = *outer.first()?;
    for &second in &outer {
        for &third in &outer {
            if let Some(weights) = barycentric(inner, [first, second, third]) {
                return Some(MeanOfThree { inner, outer: [first, second, third], weights });
            }
        }
    }
    None
}

/// The weights of a point in a triangle, `None` outside.
fn barycentric(point: [f64; 2], [a, b, c]: [[f64; 2]; 3]) -> Option<[f64; 3]> {
    let area = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
    let whole = area(a, b, c);
    let weights = [area(point, b, c), area(a, point, c), area(a, b, point)].map(|part| part / whole);
    weights.iter().all(|weight| (0.0..=1.0).contains(weight)).then_some(weights)
}

/// Whether a threshold on the first coordinate tells the rings apart, and where: halfway between them.
pub(crate) fn threshold(points: &[RingPoint]) -> Option<f64> {
    let radii = |is_outer: bool| points.iter().filter(move |point| point.1 == is_outer).map(|point| polar(point.0)[0]);
    let (inner, outer) = (radii(false).reduce(f64::max)?, radii(true).reduce(f64::min)?);
    (inner < outer).then_some((inner + outer) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rings_lie_in_each_other(seed: u64) {
            let points = draw(50, 1.5, &mut Stream::numbered(seed, 0));
            prop_assert!(inner_in_outer(&points).is_some() && threshold(&points).is_some());
        }
    }

    #[test]
    fn clouds_beside_each_other_are_not_in_each_other() {
        let points = [([0.0, 0.0], false), ([2.0, 1.0], true), ([2.0, -1.0], true), ([3.0, 0.0], true)];
        assert_eq!(inner_in_outer(&points), None);
    }
}
