//! Which epoch's weights are kept.

use zoo_core::Scores;
use zoo_recipe::Keep;

/// What decides, larger being better: of an epoch's validation scores; 0 where the last epoch is kept.
pub fn kept_by(keep: Keep, valid: &Scores) -> f64 {
    match keep {
        Keep::Last => 0.0,
        Keep::BestValidLoss => -valid.loss,
        Keep::BestValidAccuracy => valid.accuracy,
    }
}

/// Whether the weights of an epoch of that value are the ones to keep, after those of the best value so far.
pub fn is_kept(keep: Keep, value: f64, best: Option<f64>) -> bool {
    keep == Keep::Last || best.is_none_or(|best| value > best)
}
