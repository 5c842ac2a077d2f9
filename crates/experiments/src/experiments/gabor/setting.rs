//! The two forms of the model with their data, and where descent starts.

use super::model::Form;
use std::f64::consts::PI;

/// As many examples as in Prince's book, from `-REACH` to `REACH`.
pub(super) const EXAMPLES: usize = 28;

pub(super) const REACH: f64 = 15.0;

/// A form of the model with the parameters that its data comes from and the rectangle in which descent starts.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) file: &'static str,
    pub(super) form: Form,
    pub(super) truth: [f64; 2],
    pub(super) bounds: [[f64; 2]; 2],
}

/// The notes give no data. Ours: an envelope that falls to 1/e at a third of the reach, and starts at all phases and at all frequencies
/// that 28 examples in 30 units can tell apart, half a period an example. Prince's: his parameters, and starts over his figure's plane.
pub(super) const SETTINGS: [Setting; 2] = [
    Setting {
        name: "the notes' form",
        file: "notes",
        form: Form::Notes,
        truth: [0.0, 3.0 / REACH],
        bounds: [[-PI, PI], [-PI * EXAMPLES as f64 / (2.0 * REACH), PI * EXAMPLES as f64 / (2.0 * REACH)]],
    },
    Setting {
        name: "Prince's form",
        file: "prince",
        form: Form::Prince,
        truth: [0.0, 16.6],
        bounds: [[-10.0, 10.0], [2.5, 22.5]],
    },
];

pub(super) const HARDLY_ONE_SWING: &str = "Not in every sample of 28 noisy examples: this envelope leaves hardly \
                                           more than one swing of the sine, so the data decide whether the plain \
                                           around the lowest basin has hollows of its own.";

/// Minima and saddles in the rectangle of the starts.
pub(super) struct Critical {
    pub(super) minima: Vec<[f64; 2]>,
    pub(super) saddles: Vec<[f64; 2]>,
}
