//! Points in the plane that belong to two classes, drawn from a stream.

use std::f64::consts::{PI, TAU};

use zoo_core::Stream;

/// A point and whether it belongs to the second class; of rings, to the outer one.
pub type ClassPoint = ([f64; 2], bool);

/// How far a point of the moons or the spirals lies from its line, in standard deviations of a normal distribution.
const NOISE: f64 = 0.1;

/// The radius from which the outer one of [`rings`] begins in the notes' picture.
pub const OUTER_RING: f64 = 1.5;

/// `count` points a ring around the origin: the inner one of radii `0..1`, the outer one from `begin` to 2.5. No straight line parts
/// them as `(x, y)`, one does as `(r, theta)`.
pub fn rings(count: usize, begin: f64, random: &mut Stream) -> Vec<ClassPoint> {
    let mut ring = |low, high, is_outer| {
        let (radius, angle) = (random.uniform(low, high), random.uniform(-PI, PI));
        ([radius * angle.cos(), radius * angle.sin()], is_outer)
    };
    (0..count).flat_map(|_| [ring(0.0, 1.0, false), ring(begin, 2.5, true)]).collect()
}

/// `(x, y)` as `(r, theta)`.
pub fn polar([x, y]: [f64; 2]) -> [f64; 2] {
    [x.hypot(y), y.atan2(x)]
}

/// `count` points each of two half circles that reach into each other.
pub fn moons(count: usize, random: &mut Stream) -> Vec<ClassPoint> {
    let mut moon = |is_lower: bool| {
        let angle = random.uniform(0.0, PI);
        let (x, y) = if is_lower { (1.0 - angle.cos(), 0.5 - angle.sin()) } else { (angle.cos(), angle.sin()) };
        // In the middle of the plane, and as large as the rings.
        let [x, y] = [1.5 * (x - 0.5), 1.5 * (y - 0.25)];
        ([x + NOISE * random.normal(), y + NOISE * random.normal()], is_lower)
    };
    (0..count).flat_map(|_| [moon(false), moon(true)]).collect()
}

/// `count` points each of two spirals of one and a half turns.
pub fn spirals(count: usize, random: &mut Stream) -> Vec<ClassPoint> {
    let mut arm = |is_second: bool| {
        let along = random.unit();
        let (radius, angle) = (0.2 + 2.2 * along, 1.5 * TAU * along + if is_second { PI } else { 0.0 });
        let [x, y] = [radius * angle.cos(), radius * angle.sin()];
        ([x + 0.5 * NOISE * random.normal(), y + 0.5 * NOISE * random.normal()], is_second)
    };
    (0..count).flat_map(|_| [arm(false), arm(true)]).collect()
}

/// `count` points a class: the second where exactly one coordinate is positive, with a gap along the axes.
pub fn xor(count: usize, random: &mut Stream) -> Vec<ClassPoint> {
    let mut square = |is_second: bool| {
        let [across, up] = [random.uniform(0.2, 2.2), random.uniform(0.2, 2.2)];
        let side = if random.unit() < 0.5 { 1.0 } else { -1.0 };
        ([side * across, if is_second { -side } else { side } * up], is_second)
    };
    (0..count).flat_map(|_| [square(false), square(true)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn polar_coordinates_lead_back(x in -3.0..3.0f64, y in -3.0..3.0f64) {
            let [radius, angle] = polar([x, y]);
            prop_assert!((radius * angle.cos() - x).abs() < 1e-12 && (radius * angle.sin() - y).abs() < 1e-12);
            prop_assert!(radius >= 0.0 && angle.abs() <= PI);
        }

        #[test]
        fn classes_are_even_and_within_sight(seed: u64) {
            let notes: fn(usize, &mut Stream) -> Vec<ClassPoint> = |count, random| rings(count, OUTER_RING, random);
            for draw in [notes, moons, spirals, xor] {
                let points = draw(50, &mut Stream::numbered(seed, 0));
                prop_assert_eq!(points.iter().filter(|point| point.1).count(), 50);
                prop_assert!(points.iter().all(|(place, _)| place.iter().all(|side| side.abs() < 3.0)));
            }
        }

        #[test]
        fn xor_is_by_the_signs(seed: u64) {
            let points = xor(50, &mut Stream::numbered(seed, 0));
            prop_assert!(points.iter().all(|([x, y], is_second)| (x * y < 0.0) == *is_second));
        }
    }

    #[test]
    fn a_seed_draws_the_same_points() {
        let draw = |seed| spirals(10, &mut Stream::numbered(seed, 0));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
