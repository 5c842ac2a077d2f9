//! The network of each peer that this worker answers for.

use super::network::TimedNetwork;
use super::{stock, zoo};
use crate::cases::BenchFamily;
use crate::peers::Peer;
use anyhow::{Result, bail};
use burn::tensor::Device;

/// The device a peer runs on.
pub(super) fn device(peer: Peer) -> Result<Device> {
    match peer {
        Peer::Zoo | Peer::ZooAvx2 | Peer::Flex => Ok(Device::flex()),
        #[cfg(feature = "ndarray")]
        #[expect(deprecated, reason = "the last Burn that has it, kept as a peer")]
        Peer::Ndarray => Ok(Device::ndarray()),
        peer => bail!("{} is not measured by this worker", peer.label()),
    }
}

/// A family's network as a peer runs it, at the start of a training: the same weights for every peer.
pub(super) fn timed_network(family: BenchFamily, peer: Peer) -> Result<Box<dyn TimedNetwork>> {
    let device = device(peer)?;
    Ok(match peer {
        Peer::Flex => {
            let recipe = zoo::recipe(family)?;
            let weights = zoo::initial_weights(family)?;
            Box::new(stock::step(recipe.clone(), &weights, &device, zoo::learning_rate(&recipe))?)
        }
        _ => Box::new(zoo::step(family, &device)?),
    })
}
