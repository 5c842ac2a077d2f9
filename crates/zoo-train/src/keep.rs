//! Which epoch's weights are kept, and how.

use crate::network::Network;
use zoo_core::Scores;
use zoo_core::weights::{WeightsError, rounded_to_16_bits};
use zoo_recipe::{Keep, KeepAs};

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

/// The network with its weights as precise as they are kept: it is what validation and test measure.
///
/// # Errors
/// None but of a fault of ours: the weights are the network's own.
pub fn as_kept(network: Network, keep_as: KeepAs) -> Result<Network, WeightsError> {
    match keep_as {
        KeepAs::F32 => Ok(network),
        KeepAs::F16 => {
            let rounded = rounded_to_16_bits(network.named_tensors());
            network.install(&rounded)
        }
    }
}
