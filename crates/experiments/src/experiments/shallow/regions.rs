//! Into how many linear regions the hidden units of a shallow network cut their input space, counted exactly.
//!
//! A ReLU unit on `n` inputs changes its slope on the hyperplane `a_1 x_1 + .. + a_n x_n + c = 0`. All numbers here are whole, so no rounding
//! decides a count.

use super::figures;
use crate::prelude::*;

/// The notes' bound: the sum over `j <= inputs` of `units` over `j`, which Zaslavsky's theorem says generic units meet.
fn bound(units: usize, inputs: usize) -> usize {
    (0..=inputs.min(units)).map(|chosen| binomial(units, chosen)).sum()
}

fn binomial(from: usize, chosen: usize) -> usize {
    (0..chosen).fold(1, |product, step| product * (from - step) / (step + 1))
}

/// The regions into which hyperplanes, rows `a_1, .., a_n, c`, cut the space: one, and for each hyperplane as many more as the earlier ones
/// make of it, which is the same question in one dimension less.
fn count_regions(planes: &[Vec<i128>]) -> usize {
    let added = planes.iter().enumerate().map(|(place, plane)| {
        let inputs = plane.len() - 1;
        // A unit without a slope bends nowhere.
        let Some(pivot) = plane[..inputs].iter().position(|factor| *factor != 0) else { return 0 };
        let earlier: Vec<Vec<i128>> = planes[..place].iter().map(|other| drawn_on(plane, other, pivot)).collect();
        let is_there_already = earlier.iter().any(|other| other.iter().all(|value| *value == 0));
        if is_there_already { 0 } else { count_regions(&earlier) }
    });
    1 + added.sum::<usize>()
}

/// What `other` draws on `plane`, by whose equation the variable in place `pivot` is eliminated.
fn drawn_on(plane: &[i128], other: &[i128], pivot: usize) -> Vec<i128> {
    let left = (0..plane.len()).filter(|place| *place != pivot);
    left.map(|place| plane[pivot] * other[place] - other[pivot] * plane[place]).collect()
}

/// Units on so many inputs: whole coefficients up to 30,000, which eliminating three variables leaves within 128 bits.
fn random_planes(units: usize, inputs: usize, random: &mut Stream) -> Vec<Vec<i128>> {
    let mut coefficient = || random.uniform(-3e4, 3e4) as i128;
    (0..units).map(|_| (0..=inputs).map(|_| coefficient()).collect()).collect()
}

/// Regions of random units on two inputs and on three, counted, against the bound.
pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let of_each = settings.choose(100, 20);
    let (in_plane, in_space) = ([1, 2, 3, 4, 6, 8, 12, 16, 24], [3, 4, 5, 6, 7]);
    let (mut off_plane, mut off_space) = (0, 0);
    for stream in 0..of_each {
        for units in in_plane {
            let mut random = Stream::numbered(settings.seed, 30_000 + stream);
            off_plane += usize::from(count_regions(&random_planes(units, 2, &mut random)) != bound(units, 2));
        }
        for units in in_space {
            let mut random = Stream::numbered(settings.seed, 73_000 + stream);
            off_space += usize::from(count_regions(&random_planes(units, 3, &mut random)) != bound(units, 3));
        }
    }
    let off_notes = [(3, 8), (5, 26), (7, 64)].iter().filter(|(units, regions)| bound(*units, 3) != *regions).count();
    let patterns = figures::regions(findings);
    findings
        .claiming("Three units drawn on 200 x 200 points of the plane: patterns of active units seen")
        .is(patterns as f64, Exactly(7.0))
        .claiming("On three inputs 3, 5 and 7 units make at most 8, 26 and 64 regions: sums that differ")
        .is(off_notes as f64, Exactly(0.0))
        .claiming("Generic units meet the bound: random networks whose regions, counted, are not as many")
        .is(off_plane as f64, Exactly(0.0))
        .measured_with(format!(" of {}", in_plane.len() as u64 * of_each))
        .claiming("On three inputs, too: random networks of 3 to 7 units whose regions, counted, are not as many")
        .is(off_space as f64, Exactly(0.0))
        .measured_with(format!(" of {}", in_space.len() as u64 * of_each));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_are_not_generic_make_fewer() {
        let with_axes = |line: [i128; 3]| count_regions(&[vec![1, 0, 0], vec![0, 1, 0], line.to_vec()]);
        assert_eq!([[1, 1, -1], [1, 1, 0], [2, 0, 0], [0, 0, 1]].map(with_axes), [7, 6, 4, 4]);
        let faces = [[1, 0, 0, 0], [1, 0, 0, -1], [0, 1, 0, 0], [0, 1, 0, -1], [0, 0, 1, 0], [0, 0, 1, -1]];
        assert_eq!(count_regions(&faces.map(|face: [i128; 4]| face.to_vec())), 27, "of a cube");
    }
}
