//! Lines cut off at the edges of a chart.

/// A rectangle: lowest and highest x, lowest and highest y.
pub(crate) type ClipRect = [f64; 4];

/// The parts of a line through `points` that lie inside `frame`; a `None` breaks it.
pub(crate) fn line(points: &[Option<(f64, f64)>], frame: ClipRect) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in points.windows(2) {
        let (Some(from), Some(to)) = (pair[0], pair[1]) else { continue };
        let Some((start, end)) = segment(from, to, frame) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&start) => part.push(end),
            _ => parts.push(vec![start, end]),
        }
    }
    parts
}

/// Liang and Barsky: the part of a segment inside the frame.
fn segment(from: (f64, f64), to: (f64, f64), [left, right, low, high]: ClipRect) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (step, room) in [(-dx, from.0 - left), (dx, right - from.0), (-dy, from.1 - low), (dy, high - from.1)] {
        if step == 0.0 && room < 0.0 {
            return None;
        }
        if step < 0.0 {
            enter = enter.max(room / step);
        } else if step > 0.0 {
            leave = leave.min(room / step);
        }
    }
    let at = |part: f64| (from.0 + part * dx, from.1 + part * dy);
    // The ends themselves where nothing is cut, so that neighboring segments join exactly.
    let start = if enter == 0.0 { from } else { at(enter) };
    let end = if leave == 1.0 { to } else { at(leave) };
    (enter <= leave).then_some((start, end))
}

/// Whether a point lies inside, the edges included.
pub(crate) fn contains([left, right, low, high]: ClipRect, (x, y): (f64, f64)) -> bool {
    (left..=right).contains(&x) && (low..=high).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UNIT: ClipRect = [0.0, 1.0, 0.0, 1.0];

    #[test]
    fn a_line_that_leaves_and_returns_is_two() {
        let points = [Some((0.5, 0.5)), Some((0.5, 1.5)), Some((0.75, 1.5)), Some((0.75, 0.5))];
        let parts = line(&points, UNIT);
        assert_eq!(parts, [vec![(0.5, 0.5), (0.5, 1.0)], vec![(0.75, 1.0), (0.75, 0.5)]]);
    }

    #[test]
    fn a_gap_breaks_a_line() {
        assert_eq!(line(&[Some((0.0, 0.0)), None, Some((1.0, 1.0))], UNIT).len(), 0);
    }

    proptest! {
        #[test]
        fn nothing_lies_outside(points in prop::collection::vec((-2.0..3.0, -2.0..3.0), 2..20)) {
            let points: Vec<_> = points.into_iter().map(Some).collect();
            for point in line(&points, UNIT).concat() {
                prop_assert!(contains([-1e-9, 1.0 + 1e-9, -1e-9, 1.0 + 1e-9], point));
            }
        }
    }
}
