//! Patience: how long training has gone on without a new best value.

/// The best value of a metric so far, larger being better, and how often it has not been beaten since.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Waiting {
    /// The best value so far; `None` before the first.
    pub best: Option<f64>,
    /// Values since then. Training stops when they reach the patience.
    pub stale: usize,
}

impl Waiting {
    /// Counts one more value; whether it is a new best, which takes more than `min_change` above the last one. What is not a number
    /// never is, except as the first.
    ///
    /// ```
    /// use trainer::patience::Waiting;
    ///
    /// let mut waiting = Waiting::default();
    /// let seen = [-0.9, -0.5, -0.6, -0.5].map(|value| waiting.see(value, 0.0));
    /// assert_eq!(seen, [true, true, false, false]);
    /// assert_eq!(waiting, Waiting { best: Some(-0.5), stale: 2 });
    /// ```
    pub fn see(&mut self, value: f64, min_change: f64) -> bool {
        let improved = self.best.is_none_or(|best| value > best + min_change);
        if improved {
            *self = Self { best: Some(value), stale: 0 };
        } else {
            self.stale += 1;
        }
        improved
    }
}
