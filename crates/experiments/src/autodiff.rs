//! Burn's automatic differentiation in double precision: what formulas written by hand are held against.

use crate::descent::{training_device, values};
use crate::statistics::larger;
use anyhow::{Context, Result};
use burn::tensor::{DType, Device, Tensor, TensorData};

/// The values of `f` at `x`, as Burn computes them without gradients.
pub(crate) fn apply<const D: usize, const E: usize>(
    x: &[f64],
    shape: [usize; D],
    f: impl Fn(Tensor<D>) -> Tensor<E>,
) -> Result<Vec<f64>> {
    values(f(double(x, shape, &Device::flex())))
}

/// The gradient at `x` of the sum of what `f` gives: for a function of single values its derivative at each.
///
/// # Errors
///
/// If `f` does not depend on its argument in a way that Burn follows.
pub(crate) fn gradient<const D: usize, const E: usize>(
    x: &[f64],
    shape: [usize; D],
    f: impl Fn(Tensor<D>) -> Tensor<E>,
) -> Result<Vec<f64>> {
    let x = double(x, shape, &training_device()).require_grad();
    let gradients = f(x.clone()).sum().backward();
    values(x.grad(&gradients).context("autodiff gives no gradient")?)
}

/// The gradient of `cost` by parameters that are listed one after another and have these shapes, in the given precision.
///
/// # Errors
///
/// If `cost` does not depend on one of them.
pub(crate) fn gradient_by_parts(
    parameters: &[f64],
    shapes: &[[usize; 2]],
    precision: DType,
    cost: impl Fn(&[Tensor<2>]) -> Tensor<1>,
) -> Result<Vec<f64>> {
    let mut rest = parameters;
    let mut leaves = Vec::with_capacity(shapes.len());
    for shape in shapes {
        let (own, others) = rest.split_at(shape[0] * shape[1]);
        leaves.push(matrix(own, *shape, precision).require_grad());
        rest = others;
    }
    let gradients = cost(&leaves).backward();
    let of = |leaf: &Tensor<2>| values(leaf.grad(&gradients).context("a parameter has no gradient")?);
    Ok(leaves.iter().map(of).collect::<Result<Vec<_>>>()?.concat())
}

/// Numbers as a matrix of the given precision, where gradients are kept.
pub(crate) fn matrix(numbers: &[f64], shape: [usize; 2], precision: DType) -> Tensor<2> {
    Tensor::from_data(TensorData::new(numbers.to_vec(), shape), (&training_device(), precision))
}

/// A tensor of `f64`, whatever the device would choose.
pub(crate) fn double<const D: usize>(values: &[f64], shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), (device, DType::F64))
}

/// `(C(p + h) - C(p - h)) / 2h` for one parameter after the other.
pub(crate) fn central_differences(parameters: &[f64], step: f64, cost: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let moved = |place: usize, by: f64| {
        let mut moved = parameters.to_vec();
        moved[place] += by;
        cost(&moved)
    };
    (0..parameters.len()).map(|place| (moved(place, step) - moved(place, -step)) / (2.0 * step)).collect()
}

/// How far apart two numbers are, relative to the larger of 1 and the second.
fn difference(found: f64, expected: f64) -> f64 {
    let apart = (found - expected).abs() / expected.abs().max(1.0);
    if apart.is_nan() { f64::INFINITY } else { apart }
}

/// How far apart two equally long lists are at most, each pair relative to the larger of 1 and the second.
pub(crate) fn largest_difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len(), "two lists to compare are not equally long");
    found.iter().zip(expected).map(|(&found, &expected)| difference(found, expected)).fold(0.0, larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cube_has_its_derivative_in_double_precision() {
        let x = [0.1, 1.0 / 3.0];
        let found = gradient(&x, [2], |x| x.clone() * x.clone() * x).unwrap();
        assert!(largest_difference(&found, &x.map(|x| 3.0 * x * x)) < 1e-15);
        let differences = central_differences(&x, 1e-5, |x| x.iter().map(|x| x.powi(3)).sum());
        assert!(largest_difference(&differences, &found) < 1e-9);
        assert_eq!(apply(&x, [2], |x| x).unwrap(), x);
    }

    #[test]
    fn what_is_not_a_number_is_infinitely_far() {
        assert_eq!(difference(f64::NAN, 1.0), f64::INFINITY);
    }
}
