//! The experiments, in the order of the notes.

use crate::Experiment;

mod activations;
mod backprop;
mod gabor;
mod initialisers;
mod linear_regression;
mod netbp;
mod optimisers;
mod shallow;

/// Every experiment, in the order of the notes.
pub const ALL: &[Experiment] = &[
    netbp::EXPERIMENT,
    activations::EXPERIMENT,
    optimisers::EXPERIMENT,
    initialisers::EXPERIMENT,
    backprop::EXPERIMENT,
    linear_regression::EXPERIMENT,
    shallow::EXPERIMENT,
    gabor::EXPERIMENT,
];
