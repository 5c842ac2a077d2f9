//! Patience: how long training has gone on without a new best value.

/// The best value of a metric so far, larger being better, and how often it has not been beaten since.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Patience {
    /// The best value so far; `None` before the first.
    pub best: Option<f64>,
    /// Values since then.
    pub stale: usize,
}

impl Patience {
    /// Counts one more value; whether it is a new best, which takes more than `min_delta` above the last one. NaN never is,
    /// except as the first.
    ///
    /// ```
    /// use zoo_train::patience::Patience;
    ///
    /// let mut patience = Patience::default();
    /// let seen = [-0.9, -0.5, -0.6, -0.5].map(|value| patience.see(value, 0.0));
    /// assert_eq!(seen, [true, true, false, false]);
    /// assert_eq!(patience, Patience { best: Some(-0.5), stale: 2 });
    /// ```
    pub fn see(&mut self, value: f64, min_delta: f64) -> bool {
        let improved = self.best.is_none_or(|best| value > best + min_delta);
        if improved {
            *self = Self { best: Some(value), stale: 0 };
        } else {
            self.stale += 1;
        }
        improved
    }

    /// Whether so many values in a row were no new best.
    ///
    /// ```
    /// use zoo_train::patience::Patience;
    ///
    /// let patience = Patience { best: Some(-0.5), stale: 2 };
    /// assert_eq!([1, 2, 3].map(|values| patience.has_lasted(values)), [true, true, false]);
    /// ```
    pub fn has_lasted(&self, values: usize) -> bool {
        self.stale >= values
    }
}
