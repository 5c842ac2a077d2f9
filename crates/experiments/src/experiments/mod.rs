//! The experiments, in the order of the notes.

use crate::Experiment;

mod gabor;
mod initialisers;
mod linear_regression;
mod optimisers;
mod shallow;
mod vanishing;

/// Every experiment, in the order of the notes.
pub const ALL: &[Experiment] = &[
    vanishing::EXPERIMENT,
    optimisers::EXPERIMENT,
    initialisers::EXPERIMENT,
    linear_regression::EXPERIMENT,
    shallow::EXPERIMENT,
    gabor::EXPERIMENT,
];
