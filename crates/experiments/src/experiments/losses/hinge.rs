//! The binary hinge beside the multi-class one (S1), with which `svm_cifar10` is trained.
//!
//! One score `s` and a label `t = 1` or `-1`: `max(0, 1 - t s)` is 0 where `t s` is at least 1, right and far enough. For `K` classes
//! there are two ways on. One against the rest asks it of every score by itself, `t_k = 1` for the label and `-1` for the others. The
//! multi-class hinge asks that the label's score lead each other by 1: `Σ_{j≠y} max(0, s_j - s_y + 1)`, which knows differences alone.

use super::formulas::{binary_hinge, hinge, one_hot};
use crate::prelude::*;

pub(super) fn both_forms(settings: &Setup, findings: &mut Findings) {
    // Scores from -3 to 3 in eighths, which are exact.
    let scores = (-24..=24).map(|eighth| f64::from(eighth) / 8.0);
    let wrong = scores.filter(|&s| (binary_hinge(s, 1.0) == 0.0) != (s >= 1.0));
    // max(0, s_0 - s_1 + 1) is the binary hinge of s_1 - s_0.
    let mut random = Stream::numbered(settings.seed, 400);
    let mut apart = 0.0_f64;
    for _ in 0..settings.choose(1000, 100) {
        let (pair, label) = ([random.uniform(-3.0, 3.0), random.uniform(-3.0, 3.0)], random.index(2));
        let of_lead = binary_hinge(pair[1] - pair[0], label as f64);
        apart = larger(apart, (hinge(&pair, &one_hot(2, label)) - of_lead).abs());
    }
    let (lead_of_one, target) = ([1.0, 0.0, 0.0, 0.0], one_hot(4, 0));
    let one_against_rest: f64 = lead_of_one.iter().zip(&target).map(|(s, t)| binary_hinge(*s, *t)).sum();
    findings
        .claiming("The binary hinge is 0 from t s = 1 on and nowhere below: scores where it is not so, of 49")
        .is(wrong.count() as f64, Exactly(0.0))
        .claiming("Of two classes the multi-class hinge is the binary hinge of s_1 - s_0: largest difference")
        .is(apart, AtMost(1e-12))
        .claiming("Of four it is not: scores (1, 0, 0, 0) have multi-class loss 0, one against the rest")
        .is(one_against_rest - hinge(&lead_of_one, &target), Exactly(3.0));
}
