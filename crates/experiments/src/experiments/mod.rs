//! The experiments, in the order of the notes.

use crate::Experiment;

mod activations;
mod approximation;
mod gabor;
mod initialisers;
mod linear_regression;
mod losses;
mod optimisers;
mod shallow;

/// Every experiment, in the order of the notes.
pub const ALL: &[Experiment] = &[
    activations::EXPERIMENT,
    losses::EXPERIMENT,
    optimisers::EXPERIMENT,
    initialisers::EXPERIMENT,
    linear_regression::EXPERIMENT,
    shallow::EXPERIMENT,
    approximation::EXPERIMENT,
    gabor::EXPERIMENT,
];
