//! Every function and its derivative by hand against the zoo's function and Burn's autodiff of it.

use crate::activations::{FUNCTIONS, Formula};
use crate::autodiff::{apply, gradient, largest_difference};
use crate::prelude::*;

/// Burn's softplus is linear above 20, where that is off by e^-20 = 2e-9, in value and derivative.
const IN_DOUBLE: f64 = 1e-8;

pub(super) fn by_hand_and_by_autodiff(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 0);
    let mut worst = [0.0_f64; 2];
    for function in &FUNCTIONS {
        // Places that single precision has too.
        let places: Vec<f64> =
            (0..settings.choose(4000, 400)).map(|_| random.uniform(-40.0, 40.0) as f32).map(f64::from).collect();
        let found = compare(function, &places)?;
        worst = [0, 1].map(|place| larger(worst[place], found[place]));
    }
    let way =
        |what: &str| format!("{what}: largest difference from the formula by hand, relative to the larger of 1 and it");
    findings.claim(way("The zoo's functions"), worst[0], AtMost(IN_DOUBLE)).claim(
        way("Their derivatives by autodiff in double precision"),
        worst[1],
        AtMost(IN_DOUBLE),
    );
    Ok(())
}

/// How far value and derivative lie apart at these places, away from kinks.
fn compare(function: &Formula, places: &[f64]) -> Result<[f64; 2]> {
    let smooth = |x: &&f64| function.kink.is_none_or(|kink| (**x - kink).abs() > 1e-3);
    let places: Vec<f64> = places.iter().filter(smooth).copied().collect();
    let by_hand = |f: fn(f64) -> f64| places.iter().map(|x| f(*x)).collect::<Vec<_>>();
    let values = apply(&places, [places.len()], function.on_tensor)?;
    let derivatives = gradient(&places, [places.len()], function.on_tensor)?;
    Ok([
        largest_difference(&values, &by_hand(function.value)),
        largest_difference(&derivatives, &by_hand(function.derivative)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_derivative_is_noticed() {
        let wrong = Formula { derivative: |x| x.tanh(), ..FUNCTIONS[3] };
        assert!(compare(&wrong, &[0.5]).unwrap()[1] > 0.1);
    }
}
