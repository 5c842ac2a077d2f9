//! Walks down a surface by the zoo's optimizers, and how they are drawn.

use crate::prelude::*;
use std::ops::Range;
use zoo_recipe::Optimizer;
use zoo_toys::Surface;

/// The places of a walk, the start included.
pub(super) type Walk = Vec<[f64; 2]>;

/// The value that counts as arrived; all surfaces have 0 for their least.
pub(super) const ARRIVED: f64 = 1e-6;

/// Heavy-ball momentum as the notes have it.
pub(super) const fn momentum(momentum: f64) -> Optimizer {
    Optimizer::Momentum { momentum, dampening: 0.0 }
}

/// Where walking from `start` leads; it ends early where numbers leave `1e-30..1e6`.
pub(super) fn walk(surface: Surface, recipe: &Optimizer, rate: f64, start: [f64; 2], steps: usize) -> Result<Walk> {
    let mut walkers = Walkers::new(recipe, &[start], &Device::flex());
    let mut path = vec![start];
    let mut here = start;
    for _ in 0..steps {
        walkers = walkers.step(rate, &[surface.gradient(here)]);
        here = walkers.places()?[0];
        if !(1e-30..1e6).contains(&norm(&here)) {
            break;
        }
        path.push(here);
    }
    Ok(path)
}

/// A walk that ends where it arrives, or after 5000 steps.
pub(super) fn until_arrival(surface: Surface, recipe: &Optimizer, rate: f64, start: [f64; 2]) -> Result<Walk> {
    let mut path = walk(surface, recipe, rate, start, 5000)?;
    if let Some(arrival) = path.iter().position(|place| surface.value(*place) < ARRIVED) {
        path.truncate(arrival + 1);
    }
    Ok(path)
}

/// A plane with the level lines of a function.
pub(super) fn plane(
    [(across, x), (up, y)]: [(&str, Range<f64>); 2],
    levels: &[f64],
    value: impl FnMut(f64, f64) -> f64,
) -> Chart {
    let field = Field::sample(x.clone(), y.clone(), [90, 70], value);
    Chart::new(Axis::linear(across).range(x), Axis::linear(up).range(y)).contours(&field, levels)
}

/// Places as a chart takes them.
pub(super) fn points(places: &[[f64; 2]]) -> Vec<(f64, f64)> {
    places.iter().copied().map(<(f64, f64)>::from).collect()
}

/// A value at the start and after every step, as a chart takes them.
pub(super) fn by_step(values: impl IntoIterator<Item = f64>) -> Vec<(f64, f64)> {
    values.into_iter().enumerate().map(|(step, value)| (step as f64, value)).collect()
}
