//! What is to be learned, and how.

use super::settings::{POINTS, RATE, SCALE};
use crate::prelude::*;

/// A point and what the network is to answer: (1, 0) for the first class, (0, 1) for the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ClassPoint {
    pub(super) x: [f64; 3],
    pub(super) y: [f64; 2],
}

/// The points, and the numbers of the descent.
pub(super) struct NetbpTask {
    pub(super) points: Vec<ClassPoint>,
    /// The learning rate.
    pub(super) rate: f64,
    /// First weights and biases are so many times `randn`.
    pub(super) scale: f64,
}

impl ClassPoint {
    fn new(x: [f64; 3], is_first: bool) -> Self {
        Self { x, y: if is_first { [1.0, 0.0] } else { [0.0, 1.0] } }
    }
}

impl NetbpTask {
    /// The thesis's, but for what is set.
    pub(super) fn of(settings: &Setup) -> Self {
        let points = match settings.points(POINTS) {
            Some(rows) => rows.iter().map(|row| ClassPoint::new([row[0], row[1], row[2]], row[3] == 1.0)).collect(),
            None => {
                zoo_toys::netbp::POINTS.iter().enumerate().map(|(place, x)| ClassPoint::new(*x, place < 5)).collect()
            }
        };
        Self { points, rate: settings.number(RATE), scale: settings.number(SCALE) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::EXPERIMENT;
    use super::*;

    #[test]
    fn the_points_are_those_of_the_thesis() {
        let task = NetbpTask::of(&Setup::default());
        let column = |k: usize| task.points.iter().map(|point| point.x[k]).collect::<Vec<_>>();
        assert_eq!(column(0), [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7]);
        assert_eq!(column(1), [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]);
        assert_eq!(column(2), [0.1, 0.2, 0.6, 0.9, 0.4, 0.5, 0.1, 0.2, 0.3, 0.8]);
        assert!(task.points.iter().enumerate().all(|(place, point)| (point.y == [1.0, 0.0]) == (place < 5)));
        assert_eq!((task.rate, task.scale), (0.05, 0.5));
    }

    #[test]
    fn what_is_set_is_the_task() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("points.csv");
        std::fs::write(&file, "class,x3,x2,x1\n2,0.3,0.2,0.1\n1,0.6,0.5,0.4\n").unwrap();
        let texts = [format!("points={}", file.display()), "rate=0.5".to_string(), "scale=2".to_string()];
        let task = NetbpTask::of(&Setup { set: EXPERIMENT.set(&texts).unwrap(), ..Setup::default() });
        assert_eq!(task.points, [ClassPoint::new([0.1, 0.2, 0.3], false), ClassPoint::new([0.4, 0.5, 0.6], true)]);
        assert_eq!((task.rate, task.scale), (0.5, 2.0));
    }
}
