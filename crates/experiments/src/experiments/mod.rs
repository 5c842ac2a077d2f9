//! The experiments, in the order of the notes.

use crate::Experiment;

mod convolution;
mod gabor;
mod initialisers;
mod linear_regression;
mod optimisers;
mod regularisation;
mod shallow;

/// Every experiment, in the order of the notes.
pub const ALL: &[Experiment] = &[
    optimisers::EXPERIMENT,
    initialisers::EXPERIMENT,
    regularisation::EXPERIMENT,
    linear_regression::EXPERIMENT,
    shallow::EXPERIMENT,
    gabor::EXPERIMENT,
    convolution::EXPERIMENT,
];
