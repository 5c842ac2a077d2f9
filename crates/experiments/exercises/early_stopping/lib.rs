//! # Early stopping with patience
//!
//! After every epoch the loss on validation data is measured. While it falls, training goes on; when it has not come below its best
//! for `patience` epochs in a row, training stops, and the weights of the best epoch come back:
//!
//! ```text
//! loss < best:    best = loss, keep the weights, waited = 0
//! otherwise:      waited = waited + 1; stop if waited = patience
//! ```
//!
//! The comparison is with the best epoch, not with the one before. A loss that is not a number (NaN) is no improvement; note that
//! every comparison with NaN is false.

/// Waits for a better epoch.
pub struct EarlyStopping {
    /// So many epochs in a row without improvement end training.
    pub patience: usize,
    /// The lowest loss; infinite before the first epoch.
    pub best_loss: f64,
    /// The weights of that epoch.
    pub best_weights: Vec<f64>,
    /// Epochs since then.
    pub waited: usize,
}

impl EarlyStopping {
    /// Before the first epoch.
    pub fn new(patience: usize) -> Self {
        Self { patience, best_loss: f64::INFINITY, best_weights: Vec::new(), waited: 0 }
    }

    /// Takes note of an epoch: the loss on validation data and the weights behind it. Returns whether training shall stop.
    pub fn stops(&mut self, loss: f64, weights: &[f64]) -> bool {
        // answer: an improvement is kept, anything else is waited for
        if loss < self.best_loss {
            self.best_loss = loss;
            self.best_weights = weights.to_vec();
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        self.waited >= self.patience
        // mistake: set back to zero
        // | if loss < self.best_loss {
        // |     self.best_loss = loss;
        // |     self.best_weights = weights.to_vec();
        // | } else {
        // |     self.waited += 1;
        // | }
        // | self.waited >= self.patience
        // mistake: one epoch too late
        // | if loss < self.best_loss {
        // |     self.best_loss = loss;
        // |     self.best_weights = weights.to_vec();
        // |     self.waited = 0;
        // | } else {
        // |     self.waited += 1;
        // | }
        // | self.waited > self.patience
        // mistake: the epoch before
        // | if loss < self.best_loss {
        // |     self.best_weights = weights.to_vec();
        // |     self.waited = 0;
        // | } else {
        // |     self.waited += 1;
        // | }
        // | self.best_loss = loss;
        // | self.waited >= self.patience
        // mistake: weights of the last epoch
        // | if loss < self.best_loss {
        // |     self.best_loss = loss;
        // |     self.waited = 0;
        // | } else {
        // |     self.waited += 1;
        // | }
        // | self.best_weights = weights.to_vec();
        // | self.waited >= self.patience
        // mistake: equal loss
        // | if loss <= self.best_loss {
        // |     self.best_loss = loss;
        // |     self.best_weights = weights.to_vec();
        // |     self.waited = 0;
        // | } else {
        // |     self.waited += 1;
        // | }
        // | self.waited >= self.patience
        // mistake: NaN counted as an improvement
        // | if loss >= self.best_loss {
        // |     self.waited += 1;
        // | } else {
        // |     self.best_loss = loss;
        // |     self.best_weights = weights.to_vec();
        // |     self.waited = 0;
        // | }
        // | self.waited >= self.patience
        // end of answer
    }
}

#[cfg(test)]
mod tests;
