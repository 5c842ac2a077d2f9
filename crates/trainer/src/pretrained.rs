//! The weights that ship with the zoo, of all families, by name.

use anyhow::{Result, bail};
use zoo_cnn::CnnWeights;
use zoo_core::nearest;
use zoo_logistic_regression::LogisticRegressionWeights;
use zoo_mlp::MlpWeights;
use zoo_softmax::SoftmaxWeights;
use zoo_weights::Shipped;

/// All of them, in alphabetical order of their recipes' names.
pub fn all() -> Vec<&'static Shipped> {
    let mut all: Vec<_> = CnnWeights::ALL.iter().map(|weights| weights.shipped()).collect();
    all.extend(LogisticRegressionWeights::ALL.iter().map(|weights| weights.shipped()));
    all.extend(MlpWeights::ALL.iter().map(|weights| weights.shipped()));
    all.extend(SoftmaxWeights::ALL.iter().map(|weights| weights.shipped()));
    all.sort_by_key(|shipped| shipped.name());
    all
}

/// The weights of that name.
///
/// # Errors
/// If there are none: the error names the nearest ones.
pub fn find(name: &str) -> Result<&'static Shipped> {
    let all = all();
    if let Some(shipped) = all.iter().find(|shipped| shipped.name() == name) {
        return Ok(*shipped);
    }
    let names = all.iter().map(|shipped| shipped.name());
    match nearest(name, names.clone()).as_slice() {
        [] => bail!("no weights ship as {name:?}; there are {}", names.collect::<Vec<_>>().join(", ")),
        close => bail!("no weights ship as {name:?}; did you mean {}?", close.join(", ")),
    }
}

#[cfg(test)]
mod tests;
