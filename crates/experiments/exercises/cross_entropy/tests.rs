//! What `cross_entropy` has to do.

use super::*;
use hints::{found, slope, uniform};

#[path = "../hints.rs"]
mod hints;

const SCORES: [[f64; 3]; 3] = [[0.2, 1.7, -0.4], [3.0, 2.5, 2.9], [-1.0, -1.5, 4.0]];

#[test]
fn the_gradient_is_how_the_loss_follows_every_score() {
    for scores in SCORES {
        for class in 0..3 {
            let moved = |k: usize, score: f64| {
                let mut scores = scores;
                scores[k] = score;
                loss(&scores, class)
            };
            let expected: Vec<f64> = (0..3).map(|k| slope(|score| moved(k, score), scores[k])).collect();
            let p = softmax(&scores);
            let mut of_the_probability = [0.0; 3];
            of_the_probability[class] = -1.0 / p[class];
            let negative: Vec<f64> = expected.iter().map(|slope| -slope).collect();
            found(format!("gradient({scores:?}, {class})"), gradient(&scores, class))
                .mistake(&p, "this is p; nothing was subtracted at the right class")
                .mistake(negative, "the sign: this points downhill, the gradient uphill, and training subtracts it")
                .mistake(
                    of_the_probability,
                    "this is the derivative in the probability, not in the scores: softmax is missing",
                )
                .is(expected);
        }
    }
}

#[test]
fn what_the_wrong_classes_lose_the_right_one_gains() {
    for scores in SCORES {
        let p = softmax(&scores);
        found(format!("the sum over gradient({scores:?}, 1)"), [gradient(&scores, 1).iter().sum::<f64>()])
            .mistake([1.0], "this is p; nothing was subtracted at the right class")
            .mistake([-1.0 / p[1]], "this is the derivative in the probability, not in the scores: softmax is missing")
            .is([0.0]);
    }
}

#[test]
fn the_batch_gradient_is_how_the_mean_loss_follows_every_weight() {
    let mut draw = uniform(1);
    for size in [2, 5] {
        let mut row = || -> Vec<f64> { (0..4).map(|_| 2.0 * draw() - 1.0).collect() };
        let weights: Vec<Vec<f64>> = (0..3).map(|_| row()).collect();
        let examples: Vec<(Vec<f64>, usize)> = (0..size).map(|i| (row(), i % 3)).collect();
        let mean = |weights: &[Vec<f64>], examples: &[(Vec<f64>, usize)]| {
            examples.iter().map(|(x, class)| loss(&scores(weights, x), *class)).sum::<f64>() / examples.len() as f64
        };
        let slopes = |examples: &[(Vec<f64>, usize)], times: f64| -> Vec<f64> {
            let place = |i: usize| {
                let moved = |weight: f64| {
                    let mut weights = weights.clone();
                    weights[i / 4][i % 4] = weight;
                    mean(&weights, examples)
                };
                times * slope(moved, weights[i / 4][i % 4])
            };
            (0..12).map(place).collect()
        };
        let last = &examples[size - 1..];
        found(format!("batch_gradient of {size} examples"), batch_gradient(&weights, &examples).concat())
            .mistake(slopes(&examples, size as f64), "this is the sum over the batch, not its mean")
            .mistake(slopes(last, 1.0), "this is the last example alone: what it gives has to be added")
            .mistake(slopes(last, 1.0 / size as f64), "this is the last example alone: what it gives has to be added")
            .is(slopes(&examples, 1.0));
    }
}
