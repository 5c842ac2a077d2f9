//! Ways to descend, and which starts reach the lowest basin by them.

use crate::statistics::fraction_interval;

/// One way to descend, and which starts reach the lowest basin by it.
pub(super) struct Way {
    pub(super) batch: usize,
    pub(super) rate: &'static str,
    /// What becomes of every start.
    pub(super) fates: Vec<Fate>,
    /// The rate (where it falls, the first) times lambda_max.
    pub(super) part: f64,
    /// The largest curvature of batches at the lowest point over that of all examples, lambda_max; epoch by epoch.
    pub(super) curvatures: Vec<f64>,
}

/// What becomes of a start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// It reaches the lowest basin.
    Lowest,
    /// It ends in another minimum.
    Other,
    /// It is still on its way, not in the lowest basin.
    Moving,
}

impl Way {
    /// The fraction of batches whose largest curvature at the lowest point is above `limit` times lambda_max.
    pub(super) fn above(&self, limit: f64) -> f64 {
        self.curvatures.iter().filter(|curvature| **curvature > limit).count() as f64 / self.curvatures.len() as f64
    }

    pub(super) fn fraction(&self) -> f64 {
        self.hits() as f64 / self.fates.len() as f64
    }

    /// Wilson's, of 95 %.
    pub(super) fn interval(&self) -> (f64, f64) {
        fraction_interval(self.hits(), self.fates.len())
    }

    pub(super) fn reached(&self) -> impl Iterator<Item = bool> {
        self.fates.iter().map(|fate| *fate == Fate::Lowest)
    }

    fn hits(&self) -> usize {
        self.count(Fate::Lowest)
    }

    pub(super) fn count(&self, fate: Fate) -> usize {
        self.fates.iter().filter(|one| **one == fate).count()
    }
}

pub(super) fn find<'a>(ways: &'a [Way], batch: usize, rate: &str) -> Option<&'a Way> {
    ways.iter().find(|way| way.batch == batch && way.rate == rate)
}
