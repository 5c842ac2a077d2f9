//! Lines of equal value through a field, by marching squares.

use crate::field::Field;

/// The segments along which `field` has the value `level`, joined into lines where they meet.
pub(crate) fn lines(field: &Field, level: f64) -> Vec<Vec<(f64, f64)>> {
    let mut segments = Vec::new();
    for row in 0..field.rows.saturating_sub(1) {
        for column in 0..field.columns.saturating_sub(1) {
            cell(field, column, row, level, &mut segments);
        }
    }
    join(segments)
}

type Segment = [(f64, f64); 2];

/// The segments in the square between four neighboring centers.
fn cell(field: &Field, column: usize, row: usize, level: f64, segments: &mut Vec<Segment>) {
    let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)];
    let corners = corners.map(|(column, row)| (field.center(column, row), field.at(column, row) - level));
    if corners.iter().any(|(_, value)| !value.is_finite()) {
        return;
    }
    let crossings: Vec<(f64, f64)> =
        (0..4).filter_map(|side| crossing(corners[side], corners[(side + 1) % 4])).collect();
    match crossings[..] {
        [a, b] => segments.push([a, b]),
        // A saddle: which two belong together is the question of the value in the middle.
        [a, b, c, d] => {
            let middle: f64 = corners.iter().map(|(_, value)| value).sum();
            let pairs = if (middle > 0.0) == (corners[0].1 > 0.0) { [[a, b], [c, d]] } else { [[d, a], [b, c]] };
            segments.extend(pairs);
        }
        _ => {}
    }
}

/// Where the value is zero between two corners, if it changes sign there.
fn crossing((from, start): ((f64, f64), f64), (to, end): ((f64, f64), f64)) -> Option<(f64, f64)> {
    if (start > 0.0) == (end > 0.0) {
        return None;
    }
    // From the smaller corner on, so that both cells of a side find the very same point.
    let ((from, start), (to, end)) = if from <= to { ((from, start), (to, end)) } else { ((to, end), (from, start)) };
    let part = start / (start - end);
    Some((from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1)))
}

/// Lines from segments with common ends.
fn join(segments: Vec<Segment>) -> Vec<Vec<(f64, f64)>> {
    use std::collections::HashMap;
    let key = |point: (f64, f64)| (point.0.to_bits(), point.1.to_bits());
    let mut at: HashMap<(u64, u64), Vec<usize>> = HashMap::new();
    for (index, segment) in segments.iter().enumerate() {
        segment.iter().for_each(|&end| at.entry(key(end)).or_default().push(index));
    }
    let mut used = vec![false; segments.len()];
    let follow = |line: &mut Vec<(f64, f64)>, used: &mut Vec<bool>| {
        while let Some(&end) = line.last() {
            let next = at.get(&key(end)).into_iter().flatten().copied().find(|&index| !used[index]);
            let Some(index) = next else { break };
            used[index] = true;
            let [a, b] = segments[index];
            line.push(if key(a) == key(end) { b } else { a });
        }
    };
    let mut lines = Vec::new();
    for index in 0..segments.len() {
        if !used[index] {
            used[index] = true;
            let mut line = segments[index].to_vec();
            follow(&mut line, &mut used);
            line.reverse();
            follow(&mut line, &mut used);
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_one_closed_line_on_its_radius() {
        let field = Field::sample(-2.0..2.0, -2.0..2.0, [80, 80], |x, y| x * x + y * y);
        let lines = lines(&field, 1.0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].iter().all(|(x, y)| (x.hypot(*y) - 1.0).abs() < 1e-2));
    }

    #[test]
    fn a_level_that_is_not_reached_has_no_line() {
        let field = Field::sample(0.0..1.0, 0.0..1.0, [5, 5], |x, _| x);
        assert!(lines(&field, 2.0).is_empty());
    }
}
