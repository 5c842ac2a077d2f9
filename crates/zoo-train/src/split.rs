//! Parts of the examples that are held out.

use std::borrow::Cow;
use zoo_core::{Examples, quantile_bins, stratified_holdout};
use zoo_recipe::Holdout;

/// Cuts the examples by the recipe's rule: those kept, then those held out.
pub fn hold_out(examples: &Examples, holdout: &Holdout) -> (Examples, Examples) {
    let every = (1.0 / holdout.fraction).ceil() as usize;
    let parts = stratified_holdout(&strata(examples, every), holdout.fraction, holdout.seed);
    (examples.select(&parts.kept), examples.select(&parts.held))
}

/// What a cut keeps alike in all parts: the classes, or for regression the tenths of the targets, each of at least `least` examples.
pub fn strata(examples: &Examples, least: usize) -> Cow<'_, [u8]> {
    match examples.targets.as_slice() {
        [] => Cow::Borrowed(&examples.labels),
        targets => Cow::Owned(quantile_bins(targets, 10, least)),
    }
}
