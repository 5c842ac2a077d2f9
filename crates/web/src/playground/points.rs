//! The points, and the plane as the network sees it.

use serde::{Deserialize, Serialize};
use zoo_core::{Examples, Inputs, Stream, Table, stratified_holdout};
use zoo_toys::{netbp, points};

/// The fraction of the points that are drawn that is not learned from.
const HELD_OUT: f64 = 0.25;

/// Which points are to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointSet {
    /// One ring within another.
    Rings,
    /// Two half circles that reach into each other.
    Moons,
    /// Two spirals.
    Spirals,
    /// The second class where exactly one coordinate is positive.
    Xor,
    /// The thesis's ten points, of three coordinates.
    Netbp,
    /// The user's own.
    Own,
}

/// A point in the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanePoint {
    /// Where it is drawn.
    pub place: [f64; 2],
    /// Its class.
    pub is_second: bool,
    /// Whether it is not learned from.
    pub is_held_out: bool,
}

/// How a place becomes what the network sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Plane {
    /// `(x, y)`.
    Cartesian,
    /// `(r, theta)`.
    Polar,
    /// The thesis's three coordinates; the plane lies at this value of the third.
    Netbp { third: f64 },
}

/// The points in their plane.
pub(super) struct Sheet {
    pub(super) plane: Plane,
    pub(super) points: Vec<PlanePoint>,
    /// Of the thesis's points, in their order; of others none.
    third: Vec<f64>,
}

impl Sheet {
    pub(super) fn draw(set: PointSet, polar: bool, count: usize, seed: u64) -> Self {
        let mut random = Stream::numbered(seed, 0);
        let drawn = match set {
            PointSet::Rings => points::rings(count, points::OUTER_RING, &mut random),
            PointSet::Moons => points::moons(count, &mut random),
            PointSet::Spirals => points::spirals(count, &mut random),
            PointSet::Xor => points::xor(count, &mut random),
            PointSet::Own => Vec::new(),
            PointSet::Netbp => return Self::netbp(),
        };
        let plane = if polar { Plane::Polar } else { Plane::Cartesian };
        let of = |(place, is_second)| PlanePoint { place, is_second, is_held_out: false };
        let mut points: Vec<PlanePoint> = drawn.into_iter().map(of).collect();
        hold_some_out(&mut points);
        Self { plane, points, third: Vec::new() }
    }

    fn netbp() -> Self {
        let third: Vec<f64> = netbp::POINTS.iter().map(|point| point[2]).collect();
        let plane = Plane::Netbp { third: third.iter().sum::<f64>() / third.len() as f64 };
        let of = |(index, [x, y, _]): (usize, [f64; 3])| PlanePoint {
            place: [x, y],
            is_second: index >= netbp::POINTS.len() / 2,
            is_held_out: false,
        };
        Self { plane, points: netbp::POINTS.into_iter().enumerate().map(of).collect(), third }
    }

    /// Those to learn from, and those held out, if there are any.
    pub(super) fn examples(&self) -> (Examples, Option<Examples>) {
        let of = |is_held_out: bool| {
            let chosen = self.points.iter().enumerate().filter(move |(_, point)| point.is_held_out == is_held_out);
            let (mut values, mut labels) = (Vec::new(), Vec::new());
            for (index, point) in chosen {
                values.extend(self.plane.input(point.place, self.third.get(index).copied()));
                labels.push(u8::from(point.is_second));
            }
            let columns = (0..self.plane.features()).map(|column| format!("x{}", column + 1)).collect();
            Examples::of_classes(Inputs::Table(Table { columns, values }), labels)
        };
        (of(false), Some(of(true)).filter(|held| !held.is_empty()))
    }
}

impl Plane {
    /// Values that the network sees of a place.
    pub(super) fn features(self) -> usize {
        match self {
            Self::Cartesian | Self::Polar => 2,
            Self::Netbp { .. } => 3,
        }
    }

    /// From and to, of either coordinate.
    pub(super) fn bounds(self) -> [f64; 2] {
        match self {
            Self::Cartesian | Self::Polar => [-3.0, 3.0],
            Self::Netbp { .. } => [0.0, 1.0],
        }
    }

    /// What the network sees of a place, whose third coordinate may be known.
    fn input(self, [x, y]: [f64; 2], third: Option<f64>) -> impl Iterator<Item = f32> {
        let [first, second] = if self == Self::Polar { points::polar([x, y]) } else { [x, y] };
        let third = match self {
            Self::Netbp { third: plane } => Some(third.unwrap_or(plane)),
            Self::Cartesian | Self::Polar => None,
        };
        [Some(first), Some(second), third].into_iter().flatten().map(|value| value as f32)
    }

    /// What the network sees of the places of a square grid, row by row from the top.
    pub(super) fn grid(self, side: usize) -> Vec<f32> {
        let [from, to] = self.bounds();
        let at = |place: usize| from + (to - from) * (place as f64 + 0.5) / side as f64;
        let place = |index: usize| [at(index % side), at(side - 1 - index / side)];
        (0..side * side).flat_map(|index| self.input(place(index), None)).collect()
    }
}

/// By the rule that recipes cut by.
fn hold_some_out(points: &mut [PlanePoint]) {
    let labels: Vec<u8> = points.iter().map(|point| u8::from(point.is_second)).collect();
    for index in stratified_holdout(&labels, HELD_OUT, 0).held {
        points[index as usize].is_held_out = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_points_is_held_out_of_each_class() {
        let sheet = Sheet::draw(PointSet::Moons, false, 100, 1);
        let held = |is_second: bool| {
            sheet.points.iter().filter(|point| point.is_held_out && point.is_second == is_second).count()
        };
        assert_eq!((held(false), held(true)), (25, 25));
        let (train, test) = sheet.examples();
        assert_eq!((train.len(), test.map(|test| test.len())), (150, Some(50)));
    }

    #[test]
    fn the_grid_begins_at_the_top_on_the_left() {
        assert_eq!(Plane::Cartesian.grid(2), [-1.5, 1.5, 1.5, 1.5, -1.5, -1.5, 1.5, -1.5]);
        assert_eq!(Plane::Netbp { third: 0.5 }.grid(1), [0.5, 0.5, 0.5]);
    }

    #[test]
    fn the_thesiss_points_have_three_coordinates_and_none_is_held_out() {
        let (train, test) = Sheet::draw(PointSet::Netbp, false, 1, 1).examples();
        assert_eq!(train.labels, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
        assert!(test.is_none());
        let Inputs::Table(table) = train.inputs else { panic!("points are rows") };
        assert_eq!(table.values[3..6], [0.3, 0.4, 0.2]);
    }
}
