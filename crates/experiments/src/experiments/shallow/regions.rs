//! Into how many linear regions the hidden units of a shallow network cut their input space, counted exactly.
//!
//! A ReLU unit on two inputs changes its slope on the line `a x + b y + c = 0`. All numbers here are whole, so no rounding decides a count.

use std::collections::BTreeSet;

/// The unit `relu(a x + b y + c)` and the line where it bends.
pub(crate) type BendLine = [i64; 3];

/// The notes' bound: the sum over `j <= inputs` of `units` over `j`, which Zaslavsky's theorem says generic units meet.
pub(crate) fn bound(units: usize, inputs: usize) -> u64 {
    (0..=inputs.min(units)).map(|chosen| binomial(units as u64, chosen as u64)).sum()
}

fn binomial(from: u64, chosen: u64) -> u64 {
    (0..chosen).fold(1, |product, step| product * (from - step) / (step + 1))
}

/// The regions of generic lines, by what the units do in each: the number of different patterns of active units.
///
/// Every region of at least two crossing lines has a corner, and around the corner of two lines lie exactly the four patterns in
/// which these two are on or off and all others are what they are at the corner. `None` if three lines meet in a point, or two never.
pub(crate) fn count_patterns(lines: &[BendLine]) -> Option<u64> {
    let mut patterns = BTreeSet::new();
    for first in 0..lines.len() {
        for second in first + 1..lines.len() {
            let corner = crossing(lines[first], lines[second])?;
            let mut pattern = vec![false; lines.len()];
            for other in (0..lines.len()).filter(|other| *other != first && *other != second) {
                pattern[other] = side(lines[other], corner)?;
            }
            for corners in 0..4 {
                (pattern[first], pattern[second]) = (corners & 1 == 1, corners & 2 == 2);
                patterns.insert(pattern.clone());
            }
        }
    }
    Some(match lines.len() {
        0 | 1 => lines.len() as u64 + 1,
        _ => patterns.len() as u64,
    })
}

/// The regions of any lines, by drawing one after another: a line adds one region more than it has crossings with those before.
///
/// Units without a slope, and lines drawn already, add nothing.
pub(crate) fn count_faces(lines: &[BendLine]) -> u64 {
    faces(lines.iter().filter(|line| line[0] != 0 || line[1] != 0), |_| true)
}

/// The regions that have a part within `radius` of the origin, by the same count: lines that pass, and crossings that lie there.
///
/// Only what lies within a rounding error of the circle may be taken for the other side.
pub(crate) fn count_faces_within(radius: f64, lines: &[BendLine]) -> u64 {
    let passes = |line: &&BendLine| {
        let [a, b, c] = line.map(|value| value as f64);
        c.abs() < radius * a.hypot(b)
    };
    faces(lines.iter().filter(passes), |point| {
        let [x, y, w] = point.map(|value| value as f64);
        x.hypot(y) < radius * w
    })
}

fn faces<'a>(lines: impl Iterator<Item = &'a BendLine>, is_counted: impl Fn(&[i128; 3]) -> bool) -> u64 {
    let (mut drawn, mut faces) = (Vec::new(), 1);
    for &line in lines {
        if drawn.iter().any(|other| is_same(*other, line)) {
            continue;
        }
        let crossings = drawn.iter().filter_map(|other| crossing(*other, line)).filter(&is_counted);
        faces += 1 + crossings.map(in_lowest_terms).collect::<BTreeSet<_>>().len() as u64;
        drawn.push(line);
    }
    faces
}

/// The same regions by what the units do: the different patterns of active units at points beside every corner in the disc.
///
/// A region with a part in the disc has a corner there, of two lines or of a line and the circle, unless it is all of the disc.
pub(crate) fn count_patterns_within(radius: f64, lines: &[BendLine]) -> usize {
    let lines: Vec<[f64; 3]> = lines.iter().map(|line| line.map(|value| value as f64)).collect();
    let mut places = vec![[0.0, 0.0]];
    for (place, &line) in lines.iter().enumerate() {
        places.extend(beside_the_circle(radius, line));
        let corners = lines[..place].iter().flat_map(|&other| around_a_corner(line, other));
        places.extend(corners.filter(|[x, y]| x.hypot(*y) < radius));
    }
    let pattern = |[x, y]: &[f64; 2]| lines.iter().map(|[a, b, c]| a * x + b * y + c > 0.0).collect::<Vec<_>>();
    places.iter().map(pattern).collect::<BTreeSet<_>>().len()
}

/// How far beside a corner patterns are looked at: no third line is as near, and rounding is far smaller.
const BESIDE: f64 = 1e-8;

/// Four points around the crossing of two lines, one in each sector.
fn around_a_corner([a, b, c]: [f64; 3], [d, e, f]: [f64; 3]) -> Vec<[f64; 2]> {
    let w = a * e - b * d;
    if w == 0.0 {
        return Vec::new();
    }
    let corner = [(b * f - c * e) / w, (c * d - a * f) / w];
    let (first, second) = ([-b / a.hypot(b), a / a.hypot(b)], [-e / d.hypot(e), d / d.hypot(e)]);
    let signs = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
    let beside = |[left, right]: [f64; 2]| {
        [0, 1].map(|axis| corner[axis] + BESIDE * (left * first[axis] + right * second[axis]))
    };
    signs.map(beside).to_vec()
}

/// Two points at each end of a line in the disc, one on either side of it.
fn beside_the_circle(radius: f64, [a, b, c]: [f64; 3]) -> Vec<[f64; 2]> {
    let length = a.hypot(b);
    let (normal, distance) = ([a / length, b / length], -c / length);
    let half = (radius * radius - distance * distance).sqrt();
    if half.is_nan() {
        return Vec::new();
    }
    // Along the line a little more inwards, so that both sides are within the circle.
    let inside = half - 100.0 * BESIDE;
    let place = |along: f64, beside: f64| {
        [(distance + beside) * normal[0] - along * normal[1], (distance + beside) * normal[1] + along * normal[0]]
    };
    let ends = [inside, -inside];
    ends.iter().flat_map(|&along| [place(along, BESIDE), place(along, -BESIDE)]).collect()
}

/// Where two lines meet, as `(x, y, w)` for the point `(x / w, y / w)` with `w > 0`; `None` if they are parallel.
fn crossing([a, b, c]: BendLine, [d, e, f]: BendLine) -> Option<[i128; 3]> {
    let determinant = |a: i64, b: i64, c: i64, d: i64| i128::from(a) * i128::from(d) - i128::from(b) * i128::from(c);
    let w = determinant(a, b, d, e);
    let (x, y) = (determinant(b, c, e, f), determinant(c, a, f, d));
    (w != 0).then(|| [x * w.signum(), y * w.signum(), w.abs()])
}

/// Whether the unit is active at a point; `None` on its line.
fn side(line: BendLine, point: [i128; 3]) -> Option<bool> {
    let value: i128 = line.iter().zip(point).map(|(factor, place)| i128::from(*factor) * place).sum();
    (value != 0).then_some(value > 0)
}

fn is_same(left: BendLine, right: BendLine) -> bool {
    let pairs = [(0, 1), (0, 2), (1, 2)];
    pairs.iter().all(|&(i, j)| i128::from(left[i]) * i128::from(right[j]) == i128::from(left[j]) * i128::from(right[i]))
}

fn in_lowest_terms(point: [i128; 3]) -> [i128; 3] {
    let divisor = point.into_iter().fold(0, greatest_common_divisor);
    point.map(|value| value / divisor)
}

fn greatest_common_divisor(left: i128, right: i128) -> i128 {
    if right == 0 { left.abs() } else { greatest_common_divisor(right, left % right) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines() -> impl Strategy<Value = Vec<BendLine>> {
        prop::collection::vec(prop::array::uniform3(-1_000_000..1_000_000i64), 2..12)
    }

    proptest! {
        #[test]
        fn a_large_disc_holds_all_regions_and_a_smaller_one_no_more(lines in lines(), radius in 0.0..3.0f64) {
            prop_assert_eq!(count_faces_within(1e15, &lines), count_faces(&lines));
            prop_assert!(count_faces_within(radius, &lines) <= count_faces_within(2.0 * radius, &lines));
        }

        #[test]
        fn both_counts_agree_in_a_disc(lines in lines(), radius in 0.5..3.0f64) {
            prop_assume!(count_patterns(&lines).is_some());
            prop_assert_eq!(count_patterns_within(radius, &lines) as u64, count_faces_within(radius, &lines));
        }

        #[test]
        fn no_lines_exceed_the_bound(lines in prop::collection::vec(prop::array::uniform3(-2..3i64), 0..9)) {
            prop_assert!(count_faces(&lines) <= bound(lines.len(), 2));
        }
    }

    #[test]
    fn three_units_on_two_inputs_make_seven_regions() {
        let triangle = [[1, 0, 0], [0, 1, 0], [1, 1, -1]];
        assert_eq!((count_patterns(&triangle), count_faces(&triangle), bound(3, 2)), (Some(7), 7, 7));
    }

    #[test]
    fn a_small_disc_misses_what_lies_outside() {
        // The axes cross at the origin; the third line passes at 0.7, crossing the axes at 1.
        let triangle = [[1, 0, 0], [0, 1, 0], [1, 1, -1]];
        assert_eq!([0.5, 0.8, 1.1].map(|radius| count_faces_within(radius, &triangle)), [4, 5, 7]);
    }

    #[test]
    fn lines_that_are_not_generic_make_fewer() {
        let through_one_point = [[1, 0, 0], [0, 1, 0], [1, 1, 0]];
        assert_eq!((count_patterns(&through_one_point), count_faces(&through_one_point)), (None, 6));
        let parallel = [[1, 0, 0], [1, 0, 1], [2, 0, 2], [0, 0, 1]];
        assert_eq!(count_faces(&parallel), 3);
    }
}
