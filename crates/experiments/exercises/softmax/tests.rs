//! What `softmax` has to do.

use super::*;
use hints::found;

#[path = "../hints.rs"]
mod hints;

#[test]
fn an_input_of_a_single_one_gives_a_column_of_the_weights_and_the_biases() {
    let weights = [vec![1.0, 2.0, 3.0], vec![-1.0, 0.5, 2.0]];
    let biases = [0.25, -3.0];
    for j in 0..3 {
        let x: Vec<f64> = (0..3).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
        found(format!("scores(weights, biases, {x:?})"), scores(&weights, &biases, &x))
            .mistake([weights[0][j], weights[1][j]], "the bias is missing: s = W x + b")
            .is([weights[0][j] + biases[0], weights[1][j] + biases[1]]);
    }
}

#[test]
fn scores_add_up_over_the_inputs() {
    let weights = [vec![0.5, -1.5], vec![2.0, 0.25], vec![-1.0, 4.0]];
    let sums = [0.5 * 3.0 - 1.5 * 2.0, 2.0 * 3.0 + 0.25 * 2.0, -3.0 + 4.0 * 2.0];
    for biases in [[0.0, 1.0, 2.0], [-7.0, 0.5, 3.0]] {
        let expected = [sums[0] + biases[0], sums[1] + biases[1], sums[2] + biases[2]];
        found(format!("scores(weights, {biases:?}, [3, 2])"), scores(&weights, &biases, &[3.0, 2.0]))
            .mistake(sums, "the bias is missing: s = W x + b")
            .is(expected);
    }
}

#[test]
fn two_probabilities_are_as_far_apart_as_their_scores_say() {
    for scores in [[0.2, 1.7, -0.4], [3.0, 2.5, 2.9], [-1.0, -1.0, 4.0]] {
        let p = softmax(&scores);
        found(format!("ln(p_0 / p_1) by softmax({scores:?})"), [(p[0] / p[1]).ln()])
            .mistake([(scores[0] / scores[1]).ln()], "these are the scores themselves over their sum; p_k has exp(s_k)")
            .is([scores[0] - scores[1]]);
    }
}

#[test]
fn the_probabilities_add_up_to_one() {
    for scores in [vec![0.0, 0.0], vec![0.2, 1.7, -0.4], vec![3.0, 2.5, 2.9, -8.0]] {
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers = |shift: f64| [scores.iter().map(|score| (score - shift).exp()).sum::<f64>()];
        found(format!("the sum over softmax({scores:?})"), [softmax(&scores).iter().sum::<f64>()])
            .mistake(powers(largest), "nothing divides by their sum")
            .mistake(powers(0.0), "nothing divides by their sum")
            .is([1.0]);
    }
}

#[test]
fn large_scores_do_no_harm() {
    let sum = 1.0 + (-1.0f64).exp() + (-2.0f64).exp();
    for shift in [1000.0, -1000.0, 12_345.0] {
        let scores = [shift, shift + 1.0, shift - 1.0];
        let p = softmax(&scores);
        let hint = if shift > 0.0 {
            "exp(1000) is infinite, and infinite / infinite is not a number: subtract the largest score first"
        } else {
            "exp(-1000) is 0, and 0 / 0 is not a number: subtract the largest score first"
        };
        found(format!("softmax({scores:?})"), &p).mistake([f64::NAN; 3], hint).is([
            (-1.0f64).exp() / sum,
            1.0 / sum,
            (-2.0f64).exp() / sum,
        ]);
    }
}
