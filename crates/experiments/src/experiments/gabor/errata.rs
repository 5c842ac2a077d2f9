//! What [UniTs] calls the model: linear.

use crate::prelude::*;
use zoo_toys::gabor::{Form, REACH, SETTINGS};

/// What a linear model answers half way between two settings of its parameters is the mean of its answers there.
pub(super) fn linear_model(settings: &Setup, findings: &mut Findings) {
    let line = |[offset, slope]: [f64; 2], x: f64| offset + slope * x;
    let bend = |model: &dyn Fn([f64; 2], f64) -> f64, bounds: [[f64; 2]; 2]| {
        let mut random = Stream::numbered(settings.seed, 70);
        let mut draw = || bounds.map(|[low, high]| random.uniform(low, high));
        let mut most = 0.0_f64;
        for place in 0..1000 {
            let (p, q, x) = (draw(), draw(), REACH * (f64::from(place) / 500.0 - 1.0));
            let middle = [(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0];
            most = larger(most, (model(middle, x) - (model(p, x) + model(q, x)) / 2.0).abs());
        }
        most
    };
    let gabor = |form: Form| move |parameters: [f64; 2], x: f64| form.predict(parameters, x);
    let least = SETTINGS.iter().map(|one| bend(&gabor(one.form), one.bounds)).fold(f64::INFINITY, f64::min);
    findings
        .claiming("A straight line is a linear model: largest distance of its middle from the mean of both ends")
        .is(bend(&line, SETTINGS[0].bounds), AtMost(1e-12))
        .claiming("The Gabor model is a linear model: the same distance, of the form where it is smaller")
        .should_be(
            least,
            AtMost(1e-9),
            "Both parameters stand inside a sine and an exponential. The loss of a linear model is a paraboloid with \
             one minimum; that of this one has several, and saddles, which is why it is taken as the example.",
        )
        .known_as("linear_model");
}
