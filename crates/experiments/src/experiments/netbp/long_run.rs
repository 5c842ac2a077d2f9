//! Sixteen million steps, where the thesis has one.

use super::network::NetbpNetwork;
use super::task::NetbpTask;
use super::training::STEPS;
use crate::prelude::*;
use rayon::prelude::*;

/// The cost long after the thesis's million steps: by which power of the number of steps does it fall?
pub(super) fn power_law(task: &NetbpTask, settings: &Setup, findings: &mut Findings) {
    let (starts, doublings) = (settings.choose(10, 4), settings.choose(4, 2));
    let costs = |start: u64| costs_at_doublings(task, &mut Stream::numbered(settings.seed, start), doublings);
    let costs: Vec<Vec<f64>> = (0..starts).into_par_iter().map(costs).collect();
    let exponent = |window: usize| Mean::over(costs.iter().map(|costs| (costs[window + 1] / costs[window]).log2()));
    let (first, last) = (exponent(0), exponent(doublings));
    findings
        .claiming("It falls as a power of the number of steps instead: mean exponent over the last doubling of it")
        .is(last.value, Near(-1.0, settings.choose(0.2, 0.3)))
        .measured_with(format!(
            " ± {} (95 %, {starts} starts, {} million steps)",
            number(last.half_width()),
            1 << doublings
        ))
        .claiming("and comes nearer to 1/t the longer it falls: exponent of the last doubling less that of the first")
        .is(last.value - first.value, AtLeast(0.05))
        .note(
            "Why about 1/t: near the end an output misses its target by a small e, and the sigmoid passes on only e \
             (1 - e) of it, so the step in z is about e^2. As e falls like exp(-|z|), de/dt is about -e^3, hence e ~ \
             t^(-1/2), and the cost, a sum of e^2, falls as 1/t. That is the limit: the clock of this law starts \
             only after the fast fall, and the weights into the outputs, which multiply the step, still grow.",
        );
}

/// The cost after half a million steps, after a million, and after every further doubling.
fn costs_at_doublings(task: &NetbpTask, random: &mut Stream, doublings: usize) -> Vec<f64> {
    let mut network = NetbpNetwork::draw(task, random);
    let mut after = |steps: usize| {
        network.learn(task, steps, random);
        network.cost(&task.points)
    };
    let half = after(STEPS / 2);
    std::iter::once(half).chain((0..=doublings).map(|doubling| after((STEPS / 2) << doubling))).collect()
}
