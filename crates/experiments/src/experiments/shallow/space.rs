//! Linear regions in three dimensions: 8, 26 and 64 for 3, 5 and 7 units, counted two ways.
//!
//! A unit on three inputs bends on a plane `a x + b y + c z + d = 0`. The bound is the same sum, now to `j = 3`:
//! `1 + D + D (D - 1) / 2 + D (D - 1) (D - 2) / 6`. Around the corner of three planes lie all eight patterns of these three units, and every
//! region has a corner. And a further plane cuts in two as many regions as the earlier planes make of it: that count, plane after plane,
//! knows nothing of patterns. All numbers are whole, so no rounding decides.

use super::regions::{BendLine, bound, count_faces};
use crate::prelude::*;
use std::collections::BTreeSet;

/// The unit `relu(a x + b y + c z + d)` and the plane where it bends.
type BendPlane = [i64; 4];

const UNITS: [usize; 5] = [3, 4, 5, 6, 7];
const NOTES: [(usize, u64); 3] = [(3, 8), (5, 26), (7, 64)];

pub(super) fn regions(settings: &Setup, findings: &mut Findings) {
    let repetitions = settings.choose(100, 20);
    let (mut off_bound, mut disagreements, mut rows) = (0, 0, Vec::new());
    for units in UNITS {
        let mut counted = 0;
        for stream in 0..repetitions {
            let mut random = Stream::numbered(settings.seed, 73_000 + stream);
            let planes = random_planes(units, &mut random);
            counted = count_patterns(&planes).unwrap_or(0);
            off_bound += usize::from(counted != bound(units, 3));
            disagreements += usize::from(counted != count_cells(&planes));
        }
        rows.push([units as u64, bound(units, 2), bound(units, 3), counted].map(|count| count.to_string()).to_vec());
    }
    let off_notes = NOTES.iter().filter(|(units, regions)| bound(*units, 3) != *regions).count();
    let networks = UNITS.len() as u64 * repetitions;
    findings
        .claim(
            "On three inputs 3, 5 and 7 units make at most 8, 26 and 64 regions: sums that differ",
            off_notes as f64,
            Exactly(0.0),
        )
        .claiming("Random units meet that bound: networks of 3 to 7 units whose patterns, counted, are not as many")
        .is(off_bound as f64, Exactly(0.0))
        .measured_with(format!(" of {networks}"))
        .claim("Counted plane after plane they are as many: networks where not", disagreements as f64, Exactly(0.0))
        .measured_with(format!(" of {networks}"))
        .table(
            "Regions of generic units on three inputs",
            &["units D", "bound on two inputs", "bound on three inputs", "counted"],
            rows,
        );
}

/// Whole coefficients up to a million, none 0: the determinants below stay far within 128 bits.
fn random_planes(units: usize, random: &mut Stream) -> Vec<BendPlane> {
    let mut coefficient = || match random.uniform(-1e6, 1e6) as i64 {
        0 => 1,
        other => other,
    };
    (0..units).map(|_| [0; 4].map(|_: i32| coefficient())).collect()
}

/// The patterns of active units at all corners. `None` if three planes have no single corner, or a fourth goes through it.
fn count_patterns(planes: &[BendPlane]) -> Option<u64> {
    let mut patterns = BTreeSet::new();
    for first in 0..planes.len() {
        for second in first + 1..planes.len() {
            for third in second + 1..planes.len() {
                let own = [first, second, third];
                let corner = corner(own.map(|place| planes[place]))?;
                let mut pattern = vec![false; planes.len()];
                for other in (0..planes.len()).filter(|other| !own.contains(other)) {
                    pattern[other] = side(planes[other], corner)?;
                }
                for sides in 0..8 {
                    own.iter().enumerate().for_each(|(bit, place)| pattern[*place] = sides >> bit & 1 == 1);
                    patterns.insert(pattern.clone());
                }
            }
        }
    }
    Some(patterns.len() as u64)
}

/// Where three planes meet, as `(x, y, z, w)` for the point `(x, y, z) / w` with `w > 0`, by Cramer's rule.
fn corner(planes: [BendPlane; 3]) -> Option<[i128; 4]> {
    let column = |place: usize| planes.map(|plane| i128::from(plane[place]));
    let [a, b, c, d] = [0, 1, 2, 3].map(column);
    let w = determinant(a, b, c);
    let numerators = [determinant(d, b, c), determinant(a, d, c), determinant(a, b, d)];
    let [x, y, z] = numerators.map(|numerator| -numerator * w.signum());
    (w != 0).then_some([x, y, z, w.abs()])
}

/// Of the matrix with these columns.
fn determinant(a: [i128; 3], b: [i128; 3], c: [i128; 3]) -> i128 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1])
}

fn side(plane: BendPlane, point: [i128; 4]) -> Option<bool> {
    let value: i128 = plane.iter().zip(point).map(|(factor, place)| i128::from(*factor) * place).sum();
    (value != 0).then_some(value > 0)
}

/// One region, and for every plane as many more as the earlier planes make of it.
fn count_cells(planes: &[BendPlane]) -> u64 {
    let added = planes.iter().enumerate().map(|(place, plane)| {
        let lines: Vec<BendLine> = planes[..place].iter().map(|other| line_on(*plane, *other)).collect();
        count_faces(&lines)
    });
    1 + added.sum::<u64>()
}

/// The line that `other` draws on `plane`, in the plane's `x` and `y`: `z` is eliminated.
fn line_on(plane: BendPlane, other: BendPlane) -> BendLine {
    [0, 1, 3].map(|place| plane[2] * other[place] - other[2] * plane[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faces_of_a_cube_cut_space_into_27() {
        let faces = [[1, 0, 0, 0], [1, 0, 0, -1], [0, 1, 0, 0], [0, 1, 0, -1], [0, 0, 1, 0], [0, 0, 1, -1]];
        // Slightly turned, so that z can be eliminated; parallel faces stay parallel.
        let turned = faces.map(|[a, b, c, d]| [10 * a + b + c, 10 * b + c - a, 10 * c + a - b, 10 * d]);
        assert_eq!(count_cells(&turned), 27);
        assert_eq!(count_patterns(&turned), None);
    }
}
