//! A million steps from one start.

use super::network::NetbpNetwork;
use super::task::NetbpTask;
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
    pub(super) fn from_start(task: &NetbpTask, random: &mut Stream) -> Self {
        let mut network = NetbpNetwork::draw(task, random);
        let mut costs = vec![network.cost(&task.points)];
        for _ in 0..STEPS / SAMPLED {
            network.learn(task, SAMPLED, random);
            costs.push(network.cost(&task.points));
        }
        Self { network, costs }
    }

    /// Whether it puts every point into its class.
    pub(super) fn has_learned(&self, task: &NetbpTask) -> bool {
        self.network.right(&task.points) == task.points.len()
    }

    pub(super) fn start(&self) -> f64 {
        self.costs[0]
    }

    pub(super) fn end(&self) -> f64 {
        self.costs[self.costs.len() - 1]
    }
}
