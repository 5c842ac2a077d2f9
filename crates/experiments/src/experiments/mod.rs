//! The experiments, in the order of the notes.

use crate::experiment::Experiment;

mod activations;
mod approximation;
mod backprop;
mod convolution;
mod gabor;
mod initializers;
mod linear_regression;
mod losses;
mod netbp;
mod optimizers;
mod regularization;
mod shallow;
mod vanishing;

/// Every experiment, in the order of the notes.
pub const ALL: &[Experiment] = &[
    netbp::EXPERIMENT,
    activations::EXPERIMENT,
    vanishing::EXPERIMENT,
    losses::EXPERIMENT,
    optimizers::EXPERIMENT,
    initializers::EXPERIMENT,
    backprop::EXPERIMENT,
    regularization::EXPERIMENT,
    linear_regression::EXPERIMENT,
    shallow::EXPERIMENT,
    approximation::EXPERIMENT,
    gabor::EXPERIMENT,
    convolution::EXPERIMENT,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Other programs find experiments by their files, and nothing that was written may be left out of the list.
    #[test]
    fn every_file_is_an_experiment_of_its_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/experiments");
        let stem = |entry: std::fs::DirEntry| entry.path().file_stem().unwrap().to_string_lossy().into_owned();
        let mut files: BTreeSet<String> = folder.read_dir().unwrap().map(|entry| stem(entry.unwrap())).collect();
        files.remove("mod");
        let listed: BTreeSet<String> = ALL.iter().map(|experiment| experiment.name.into()).collect();
        assert_eq!(files, listed);
    }
}
