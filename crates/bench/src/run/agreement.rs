//! A layer that computes something else is not worth timing: all who run one are compared with the zoo before.

use super::workers::Workers;
use crate::layers::{BenchLayer, LayerPass};
use crate::peers::Peer;
use crate::protocol::LayerDistance;
use anyhow::{Result, ensure};

/// The largest difference let pass between outputs, as a fraction of the largest: what f32 sums of some thousand terms may differ by.
const OUTPUTS: f32 = 1e-4;

/// The same between gradients, of root mean squares. A value next to zero may fall on either side of ReLU, and one of two equal ones may be
/// the maximum: each such value, of the ten thousand and more that a layer has, moves the gradients by less than 1 %.
const GRADIENTS: f32 = 2e-2;

/// A peer, and how far it is from the zoo on the layer where it is farthest; or why it cannot be compared.
pub(super) type ComparedPeer = (Peer, Result<LayerDistance, String>);

/// Compares all who are there with the zoo on all of these layers; if they disagree, there is nothing worth timing.
pub(super) fn compare(layers: &[BenchLayer], workers: &mut Workers<'_>) -> Result<Vec<ComparedPeer>> {
    // Stock Burn is the first of them: the worker that compares it leaves the files that the others read.
    let others = Peer::ALL.into_iter().filter(|peer| *peer != Peer::Zoo && peer.runs_layers(LayerPass::Forward));
    let present: Vec<_> = others.filter(|peer| workers.has(*peer)).collect();
    present.into_iter().map(|peer| Ok((peer, farthest(peer, layers, workers)?))).collect()
}

fn farthest(peer: Peer, layers: &[BenchLayer], workers: &mut Workers<'_>) -> Result<Result<LayerDistance, String>> {
    let mut farthest = LayerDistance { outputs: 0.0, gradients: None };
    for layer in layers {
        let apart = match workers.check_layer(layer, peer)? {
            Ok(apart) => apart,
            Err(reason) => return Ok(Err(reason)),
        };
        let (who, name, said) = (peer.label(), &layer.name, words(apart));
        ensure!(agree(peer, apart), "{name}: zoo and {who} disagree: they are {said} apart");
        let gradients = [farthest.gradients, apart.gradients].into_iter().flatten().reduce(f32::max);
        farthest = LayerDistance { outputs: farthest.outputs.max(apart.outputs), gradients };
    }
    Ok(Ok(farthest))
}

/// Whether a distance is small enough. A peer that trains must have compared its gradients.
fn agree(peer: Peer, apart: LayerDistance) -> bool {
    let gradients = match apart.gradients {
        Some(gradients) => gradients <= GRADIENTS,
        None => !peer.runs_layers(LayerPass::ForwardBackward),
    };
    apart.outputs <= OUTPUTS && gradients
}

/// A distance as part of a sentence.
pub(super) fn words(apart: LayerDistance) -> String {
    let gradients = apart.gradients.map(|gradients| format!(", gradients {gradients:.1e} of their root mean square"));
    format!("{:.1e} of the largest output{}", apart.outputs, gradients.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: LayerDistance = LayerDistance { outputs: 1e-6, gradients: Some(1e-3) };

    #[test]
    fn a_wrong_result_is_noticed() {
        assert!(agree(Peer::Flex, NEAR));
        for wrong in [1e-3, f32::INFINITY, f32::NAN] {
            assert!(!agree(Peer::Flex, LayerDistance { outputs: wrong, ..NEAR }));
            assert!(!agree(Peer::Flex, LayerDistance { gradients: Some(100.0 * wrong), ..NEAR }));
        }
    }

    #[test]
    fn gradients_are_wanted_of_those_who_train() {
        let without = LayerDistance { gradients: None, ..NEAR };
        assert!(agree(Peer::OnnxRuntime, without));
        assert!(!agree(Peer::Flex, without) && !agree(Peer::PytorchChannelsLast, without));
    }

    #[test]
    fn stock_burn_is_compared_first() {
        let first = Peer::ALL.into_iter().find(|peer| *peer != Peer::Zoo && peer.runs_layers(LayerPass::Forward));
        assert_eq!(first, Some(Peer::Flex));
    }

    #[test]
    fn distances_are_told_in_words() {
        assert_eq!(words(NEAR), "1.0e-6 of the largest output, gradients 1.0e-3 of their root mean square");
        assert_eq!(words(LayerDistance { gradients: None, ..NEAR }), "1.0e-6 of the largest output");
    }
}
