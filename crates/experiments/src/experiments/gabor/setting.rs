//! The two forms of the model with their data, and where descent starts.

pub(super) use zoo_toys::gabor::{EXAMPLES, REACH, SETTINGS, Setting};

pub(super) const HARDLY_ONE_SWING: &str = "Not in every sample of 28 noisy examples: this envelope leaves hardly \
                                           more than one swing of the sine, so the data decide whether the plain \
                                           around the lowest basin has hollows of its own.";

/// Minima and saddles in the rectangle of the starts.
pub(super) struct Critical {
    pub(super) minima: Vec<[f64; 2]>,
    pub(super) saddles: Vec<[f64; 2]>,
}
