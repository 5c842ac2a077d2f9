//! All that a run measures.

use crate::cases::{BenchCase, cases};
use crate::layers::{LayerCase, layer_cases};
use std::collections::BTreeSet;

/// Networks and single layers.
pub(super) struct Plan {
    pub(super) networks: Vec<BenchCase>,
    pub(super) layers: Vec<LayerCase>,
}

impl Plan {
    /// What is named by one of the patterns; without a pattern, everything, or with `quick` a little of each.
    pub(super) fn new(quick: bool, patterns: &[String]) -> Self {
        Self { networks: cases(quick, patterns), layers: layer_cases(quick, patterns) }
    }

    pub(super) fn count(&self) -> usize {
        self.networks.len() + self.layers.len()
    }

    /// The thread counts, in rising order.
    pub(super) fn threads(&self) -> BTreeSet<usize> {
        let networks = self.networks.iter().map(|case| case.threads);
        networks.chain(self.layers.iter().map(|case| case.threads)).collect()
    }

    /// What is measured on so many threads.
    pub(super) fn on(&self, threads: usize) -> Self {
        Self {
            networks: self.networks.iter().filter(|case| case.threads == threads).copied().collect(),
            layers: self.layers.iter().filter(|case| case.threads == threads).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_divided_by_threads() {
        let plan = Plan::new(false, &[]);
        assert_eq!(plan.threads(), BTreeSet::from([1, 2]));
        assert_eq!(plan.on(1).count() + plan.on(2).count(), plan.count());
        assert_eq!(plan.on(1).threads(), BTreeSet::from([1]));
    }

    #[test]
    fn patterns_choose_among_networks_and_layers() {
        let plan = Plan::new(false, &["layer/".to_string()]);
        assert!(plan.networks.is_empty() && !plan.layers.is_empty());
        let plan = Plan::new(true, &["train_step/".to_string()]);
        assert!(!plan.networks.is_empty() && plan.layers.is_empty());
        assert_eq!(Plan::new(false, &["transformer".to_string()]).count(), 0);
    }
}
