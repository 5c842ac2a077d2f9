//! A million steps from one start.

use super::network::NetbpNetwork;
use crate::prelude::*;

pub(super) const STEPS: usize = 1_000_000;
/// The cost is looked at every so many steps.
pub(super) const SAMPLED: usize = 10_000;
/// What the thesis reports at the start and at the end.
pub(super) const REPORTED: [f64; 2] = [6.3, 7.3e-4];

/// What came of one start.
pub(super) struct TrainedStart {
    pub(super) network: NetbpNetwork,
    /// The cost at the start, and after every 10,000 steps.
    pub(super) costs: Vec<f64>,
}

impl TrainedStart {
    /// A million steps, each on a point drawn uniformly with replacement.
    pub(super) fn from_start(random: &mut Stream) -> Self {
        let mut network = NetbpNetwork::draw(random);
        let mut costs = vec![network.cost()];
        for _ in 0..STEPS / SAMPLED {
            network.learn(SAMPLED, random);
            costs.push(network.cost());
        }
        Self { network, costs }
    }

    pub(super) fn start(&self) -> f64 {
        self.costs[0]
    }

    pub(super) fn end(&self) -> f64 {
        self.costs[self.costs.len() - 1]
    }
}
