//! The binary hinge beside the multi-class one (S1).
//!
//! One score `s` and a label `t = 1` or `-1`: `max(0, 1 - t s)` is 0 where `t s` is at least 1, right and far enough. For `K` classes
//! there are two ways on. One against the rest asks it of every score by itself, `t_k = 1` for the label and `-1` for the others. The
//! multi-class hinge asks that the label's score lead each other by 1: `Σ_{j≠y} max(0, s_j - s_y + 1)`, which knows differences alone.

use super::formulas::{LossFormula, binary_hinge, binary_hinge_slope, named, one_against_rest};
use super::gradients::one_hot;
use crate::digits::{CLASSES, Course, Digits, accuracy, new_network};
use crate::prelude::*;
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::Loss;

const MULTI_CLASS: &str = "multi-class hinge (zoo)";
const ONE_AGAINST_REST: &str = "binary hinge, one against the rest";

pub(super) fn both_forms(settings: &Setup, findings: &mut Findings) -> Result<()> {
    far_enough(findings);
    let [multi, rest] = [loss_named(MULTI_CLASS)?, loss_named(ONE_AGAINST_REST)?];
    two_classes(multi, settings, findings);
    against_each_other(multi, rest, settings, findings);
    on_digits(settings, findings)
}

fn loss_named(name: &str) -> Result<&'static LossFormula> {
    named(name).with_context(|| format!("the table has no loss {name}"))
}

/// Scores from -3 to 3 in eighths, which are exact.
fn far_enough(findings: &mut Findings) {
    let scores = || (-24..=24).map(|eighth| f64::from(eighth) / 8.0);
    let wrong = scores().filter(|&s| (binary_hinge(s, 1.0) == 0.0) != (s >= 1.0));
    let right_but_near = scores().filter(|&s| s > 0.0 && s < 1.0);
    let least = right_but_near.map(|s| binary_hinge(s, 1.0)).fold(f64::INFINITY, f64::min);
    findings
        .claiming("The binary hinge is 0 from t s = 1 on and nowhere below: scores where it is not so, of 49")
        .is(wrong.count() as f64, Exactly(0.0))
        .claiming("Right is not enough: the least loss of scores that are right but nearer than 1, at t s = 7/8")
        .is(least, Exactly(0.125));
}

/// `max(0, s_0 - s_1 + 1)` is the binary hinge of `s_1 - s_0`.
fn two_classes(multi: &LossFormula, settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 400);
    let (mut apart, mut slopes_apart) = (0.0_f64, 0.0_f64);
    for _ in 0..settings.choose(1000, 100) {
        let (scores, label) = ([random.uniform(-3.0, 3.0), random.uniform(-3.0, 3.0)], random.index(2));
        let target = one_hot(2, label);
        let (lead, label) = (scores[1] - scores[0], label as f64);
        apart = larger(apart, ((multi.value)(&scores, &target) - binary_hinge(lead, label)).abs());
        let slope = binary_hinge_slope(lead, label);
        slopes_apart = larger(slopes_apart, largest_gap(&(multi.gradient)(&scores, &target), &[-slope, slope]));
    }
    findings
        .claiming("Of two classes the multi-class hinge is the binary hinge of s_1 - s_0: largest difference")
        .is(apart, AtMost(1e-12))
        .claim("and its gradient is that one's by s_1, its negative by s_0", slopes_apart, Exactly(0.0));
}

/// Of four classes: what the one form leaves at 0 the other does, too, but not the other way about.
fn against_each_other(multi: &LossFormula, rest: &LossFormula, settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 401);
    let target = one_hot(4, 0);
    let (mut satisfied, mut not_by_multi, mut moved) = (0, 0, 0.0_f64);
    let draws = settings.choose(2000, 400);
    for _ in 0..draws {
        let scores = [0; 4].map(|_| random.uniform(-4.0, 4.0));
        let scores = [scores[0].abs(), scores[1], scores[2], scores[3]];
        let is_zero = |loss: &LossFormula| (loss.value)(&scores, &target) == 0.0;
        satisfied += usize::from(is_zero(rest));
        not_by_multi += usize::from(is_zero(rest) && !is_zero(multi));
        let raised = scores.map(|score| score + 2.0);
        moved = larger(moved, ((multi.value)(&raised, &target) - (multi.value)(&scores, &target)).abs());
    }
    let lead_of_one = [1.0, 0.0, 0.0, 0.0];
    findings
        .claiming("Where one against the rest asks no more, the multi-class hinge does not either: exceptions")
        .is(not_by_multi as f64, Exactly(0.0))
        .measured_with(format!(" of {satisfied} ({draws} draws)"))
        .claim("of which there are some", satisfied as f64, AtLeast(1.0))
        .claiming("But not the other way about: scores (1, 0, 0, 0) have multi-class loss 0, one against the rest")
        .is((rest.value)(&lead_of_one, &target) - (multi.value)(&lead_of_one, &target), Exactly(3.0))
        .claiming("A constant added to all scores changes nothing for the multi-class hinge: largest change")
        .is(moved, AtMost(1e-12));
}

/// One linear layer on real digits, by either hinge and by cross-entropy.
fn on_digits(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let splits = settings.choose(10, 2);
    let mut accuracies = vec![Vec::new(); LEARNED.len()];
    for split in 0..splits {
        let (training, test) = all.split(500, &mut Stream::numbered(settings.seed, 410 + split));
        for (found, (_, loss)) in accuracies.iter_mut().zip(LEARNED) {
            let course = Course { optimizer: ADAM, rate: 0.01, steps: settings.choose(500, 300), batch: 50 };
            let seed = settings.seed.wrapping_add(1000 * split);
            let linear = MlpConfig { hidden: Vec::new(), ..MlpConfig::default() };
            let network = training.teach(new_network(&linear, CLASSES, seed), &course, seed, loss).valid();
            found.push(accuracy(network.forward(test.tensors(&Device::flex()).0), &test.classes)?);
        }
    }
    let lead: Vec<f64> = accuracies[0].iter().zip(&accuracies[1]).map(|(multi, rest)| multi - rest).collect();
    let lead = Mean::of(&lead);
    let row = |((name, _), found): (&(&str, DigitLoss), &Vec<f64>)| row![*name, Mean::of(found)];
    findings
        // A linear layer reads 94 to 96 of 100 digits; a hinge that pulled the wrong way would read one in ten.
        .claiming("A linear layer learns digits by either hinge: accuracy on new digits, the lesser of both means")
        .is(Mean::of(&accuracies[0]).value.min(Mean::of(&accuracies[1]).value), AtLeast(0.9))
        .measured_with(format!(" (multi-class less one against the rest: {lead}, 95 %, {splits} splits)"))
        .table(
            "One linear layer on 500 digits: accuracy on the others (± 95 %)",
            &["loss", "accuracy"],
            LEARNED.iter().zip(&accuracies).map(row).collect(),
        );
    Ok(())
}

type DigitLoss = fn(&Mlp, &Digits) -> Tensor<1>;

const LEARNED: [(&str, DigitLoss); 3] = [
    ("multi-class hinge", |network, digits| {
        let (x, y) = digits.tensors(&training_device());
        trainer::loss::loss(&Loss::Hinge { margin: 1.0 }, network.forward(x), y)
    }),
    ("binary hinge, one against the rest", |network, digits| {
        let targets: Vec<Vec<f64>> = digits.classes.iter().map(|&class| one_hot(CLASSES, class)).collect();
        one_against_rest(network.forward(digits.tensors(&training_device()).0), &targets)
    }),
    ("softmax and cross-entropy", crate::digits::cross_entropy),
];
