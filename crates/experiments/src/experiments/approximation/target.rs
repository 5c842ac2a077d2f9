//! The target of every dimension.

use super::harmonic::Harmonic;
use crate::prelude::*;
use std::f64::consts::TAU;

/// Dimensions from 1 to this.
pub(super) const MOST_DIMENSIONS: usize = 10;
/// The length of the target's frequencies in every dimension: about one period along their direction.
pub(super) const FREQUENCY: f64 = 6.0;
/// The dimensions that the figure shows.
pub(super) const SHOWN: [usize; 4] = [1, 3, 6, MOST_DIMENSIONS];

/// `cos(a . x + b)`: all entries of `a` as large, their signs and `b` random.
pub(super) fn target(dimensions: usize, settings: &Setup) -> Harmonic {
    let mut random = Stream::numbered(settings.seed, 100 + dimensions as u64);
    let size = FREQUENCY / (dimensions as f64).sqrt();
    let frequencies = (0..dimensions).map(|_| if random.unit() < 0.5 { -size } else { size }).collect();
    Harmonic { frequencies, phase: random.uniform(0.0, TAU) }
}
