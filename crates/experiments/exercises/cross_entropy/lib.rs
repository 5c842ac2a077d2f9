//! # The gradient of softmax and cross-entropy
//!
//! A classifier's scores s become probabilities p by softmax; the cross-entropy of an example of class y is
//!
//! ```text
//! C = -ln p_y = -s_y + ln(sum over i of exp(s_i))
//! ```
//!
//! Its gradient in the scores is as simple as it can be:
//!
//! ```text
//! dC/ds_k = p_k - 1    for k = y
//!           p_k        for every other class
//! ```
//!
//! that is p - (y as a one-hot vector): each wrong class is pushed down by its probability, the right one is pulled up by what it
//! lacks. With scores s = W x the chain rule gives dC/dW_kj = dC/ds_k x_j; over a batch of N examples the cost is the mean, and so
//! is the gradient.

/// The probabilities of the classes.
pub fn softmax(scores: &[f64]) -> Vec<f64> {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// The scores W x, one per class.
pub fn scores(weights: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    weights.iter().map(|row| row.iter().zip(x).map(|(weight, x)| weight * x).sum()).collect()
}

/// The cross-entropy of an example with these scores whose class is `class`.
pub fn loss(scores: &[f64], class: usize) -> f64 {
    -softmax(scores)[class].ln()
}

/// dC/ds of one example: a number per class.
pub fn gradient(scores: &[f64], class: usize) -> Vec<f64> {
    // answer: p minus the one-hot vector of the class
    let mut gradient = softmax(scores);
    gradient[class] -= 1.0;
    gradient
    // mistake: nothing was subtracted at the right class
    // | softmax(scores)
    // mistake: the sign
    // | let mut gradient: Vec<f64> = softmax(scores).iter().map(|p| -p).collect();
    // | gradient[class] += 1.0;
    // | gradient
    // mistake: in the probability, not in the scores
    // | let mut gradient = vec![0.0; scores.len()];
    // | gradient[class] = -1.0 / softmax(scores)[class];
    // | gradient
    // end of answer
}

/// dC/dW of a batch, shaped like `weights`. `examples` are inputs and their classes; C is the mean of their cross-entropies.
pub fn batch_gradient(weights: &[Vec<f64>], examples: &[(Vec<f64>, usize)]) -> Vec<Vec<f64>> {
    let mut mean: Vec<Vec<f64>> = weights.iter().map(|row| vec![0.0; row.len()]).collect();
    for (x, class) in examples {
        // answer: add what this example gives the mean
        let pulls = gradient(&scores(weights, x), *class);
        for (row, pull) in mean.iter_mut().zip(pulls) {
            for (sum, x) in row.iter_mut().zip(x) {
                *sum += pull * x / examples.len() as f64;
            }
        }
        // mistake: the sum over the batch
        // | let pulls = gradient(&scores(weights, x), *class);
        // | for (row, pull) in mean.iter_mut().zip(pulls) {
        // |     for (sum, x) in row.iter_mut().zip(x) {
        // |         *sum += pull * x;
        // |     }
        // | }
        // mistake: the last example alone
        // | let pulls = gradient(&scores(weights, x), *class);
        // | for (row, pull) in mean.iter_mut().zip(pulls) {
        // |     for (sum, x) in row.iter_mut().zip(x) {
        // |         *sum = pull * x;
        // |     }
        // | }
        // end of answer
    }
    mean
}

#[cfg(test)]
mod tests;
