//! Every derivative three ways: by hand, by Burn's autodiff of the zoo's function, by central differences.

use crate::activations::{FUNCTIONS, Formula, PRELU_SLOPE};
use crate::autodiff::{apply, central_difference, gradient, largest_difference};
use crate::prelude::*;
use burn::tensor::activation;

/// Burn's softplus is linear above 20, where that is off by e^-20 = 2e-9, in value and derivative.
pub(super) const IN_DOUBLE: f64 = 1e-8;
/// What the issue asks for in single precision.
const IN_SINGLE: f64 = 1e-5;
/// A curvature of 1 and rounding of 1e-11 leave a central difference some 1e-10 off; values of 40 lose two digits more.
pub(super) const BY_DIFFERENCE: f64 = 1e-7;

/// How far the ways lie apart at these places.
pub(super) struct ActivationGaps {
    pub(super) value: f64,
    pub(super) double: f64,
    pub(super) single: f64,
    pub(super) difference: f64,
}

pub(super) fn three_ways(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 0);
    let mut worst = [0.0_f64; 4];
    let mut rows = Vec::new();
    for function in &FUNCTIONS {
        // Places that single precision has too.
        let places: Vec<f64> =
            (0..settings.choose(4000, 400)).map(|_| random.uniform(-40.0, 40.0) as f32).map(f64::from).collect();
        let ActivationGaps { value, double, single, difference } = compare(function, &places)?;
        let found = [value, double, single, difference];
        worst = [0, 1, 2, 3].map(|place| larger(worst[place], found[place]));
        rows.push(named_row(function.name, found));
    }
    let way =
        |what: &str| format!("{what}: largest difference from the formula by hand, relative to the larger of 1 and it");
    findings
        .claim(way("The zoo's functions"), worst[0], AtMost(IN_DOUBLE))
        .claim(way("Their derivatives by autodiff in double precision"), worst[1], AtMost(IN_DOUBLE))
        .claim(way("and in single, in which networks are trained"), worst[2], AtMost(IN_SINGLE))
        .claim(way("Derivatives by central differences"), worst[3], AtMost(BY_DIFFERENCE))
        .table(
            "Largest difference from the formulas by hand, at random places between -40 and 40",
            &["activation", "value", "derivative, autodiff in f64", "autodiff in f32", "central difference"],
            rows,
        );
    learned_slope(findings)
}

pub(super) fn compare(function: &Formula, places: &[f64]) -> Result<ActivationGaps> {
    let smooth = |x: &&f64| function.kink.is_none_or(|kink| (**x - kink).abs() > 1e-3);
    let places: Vec<f64> = places.iter().filter(smooth).copied().collect();
    let shape = [places.len()];
    let derivatives: Vec<f64> = places.iter().map(|&x| (function.derivative)(x)).collect();
    let values: Vec<f64> = places.iter().map(|&x| (function.value)(x)).collect();
    let differences: Vec<f64> = places.iter().map(|&x| central_difference(function.value, x)).collect();
    let single = |x: Tensor<1>| (function.on_tensor)(x.cast(DType::F32));
    Ok(ActivationGaps {
        value: largest_difference(&apply(&places, shape, function.on_tensor)?, &values),
        double: largest_difference(&gradient(&places, shape, function.on_tensor)?, &derivatives),
        single: largest_difference(&gradient(&places, shape, single)?, &derivatives),
        difference: largest_difference(&differences, &derivatives),
    })
}

/// PReLU's slope is a parameter: the derivative by it is `min(x, 0)`.
fn learned_slope(findings: &mut Findings) -> Result<()> {
    let places = [-3.0, -0.5, 0.25, 2.0];
    let mut found = Vec::new();
    for place in places {
        let answer = |slope: Tensor<1>| {
            let x = Tensor::<2>::full([1, 1], place, (&slope.device(), slope.dtype()));
            activation::prelu(x, slope)
        };
        found.extend(gradient(&[PRELU_SLOPE], [1], answer)?);
    }
    findings
        .claiming("The derivative of PReLU by its slope a is min(x, 0): largest difference from autodiff")
        .is(largest_difference(&found, &places.map(|x: f64| x.min(0.0))), AtMost(IN_DOUBLE));
    Ok(())
}

/// Gradients far from 0, where a formula that multiplies infinity by 0 gives no number.
pub(super) fn far_out(findings: &mut Findings) -> Result<()> {
    let places: Vec<f64> = [50.0, 100.0, 1e3, 1e4, 1e6].into_iter().flat_map(|x| [-x, x]).collect();
    let missing = |function: fn(Tensor<1>) -> Tensor<1>| {
        let single = move |x: Tensor<1>| function(x.cast(DType::F32));
        gradient(&places, [places.len()], single).map(|found| found.iter().filter(|one| !one.is_finite()).count())
    };
    let mut zoo = 0;
    for function in &FUNCTIONS {
        zoo += missing(function.on_tensor)?;
    }
    let [elu, selu] = [missing(|x| activation::elu(x, 1.0))?, missing(activation::selu)?];
    findings
        .claiming("Gradients of the zoo's activations in single precision, out to ±1e6, that are not finite")
        .is(zoo as f64, AtMost(0.0));
    if elu + selu > 0 {
        findings.note(format!(
            "Burn's own ELU and SELU give no finite gradient at {elu} and {selu} of the same {} places: they \
             multiply the gradient of a branch that is not taken, which is infinite, by 0. The zoo's take min(x, 0) \
             before the exponential.",
            places.len()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_derivative_is_noticed() {
        let wrong = Formula { derivative: |x| x.tanh(), ..FUNCTIONS[3] };
        let ActivationGaps { double, difference, .. } = compare(&wrong, &[0.5]).unwrap();
        assert!(double > 0.1 && difference > 0.1);
    }
}
