//! Muon: momentum whose step is made orthogonal, for the weights of convolutions.
//!
//! From K. Jordan, "Muon: An optimizer for hidden layers in neural networks" (2024), with the length of a step as in J. Liu et al.,
//! "Muon is Scalable for LLM Training" (2025): that of AdamW's, so that both go by one learning rate and one weight decay. Burn's own
//! takes matrices alone. Weights that are normalized go by Jordan's own length: see [`Shrinkage::Norm`].

use burn::optim::{LearningRate, Optimizer, RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};

/// The quintic of Jordan's that brings singular values near 1 in five steps.
const COEFFICIENTS: [f32; 3] = [3.4445, -4.775, 2.0315];
const STEPS: usize = 5;
/// The root mean square of AdamW's steps, as measured by Liu et al.
const ADAM_STEP: f64 = 0.2;
/// Keeps a norm of zero from being divided by.
const TINY: f64 = 1e-7;

/// Muon, and what keeps the weights small.
#[derive(Clone, Debug)]
pub struct Muon {
    /// The momentum coefficient.
    pub momentum: f64,
    /// Before each step.
    pub shrinkage: Shrinkage,
}

/// What keeps the weights small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shrinkage {
    /// Decoupled weight decay at this rate.
    Decay(f64),
    /// They are scaled to the Euclidean norm that as many rows of norm 1 have, as in Jordan's `airbench94_muon.py`: then a step does
    /// not have AdamW's length, but changes them by about `step` times the learning rate of that norm, if there are no more rows than
    /// columns, and less otherwise.
    Norm {
        /// In multiples of the learning rate.
        step: f64,
    },
}

/// The velocity of one parameter.
#[derive(Clone, Debug)]
pub struct MuonState<const D: usize>(Tensor<D>);

impl<const D: usize> RecordState for MuonState<D> {
    fn state_flatten(&self, prefix: &str, sink: &mut StateSink) {
        sink.push_tensor(prefix, "velocity", self.0.to_data());
    }

    fn state_unflatten(prefix: &str, source: &mut StateSource, device: &Device) -> Option<Self> {
        Some(Self(Tensor::from_data(source.take_tensor(prefix, "velocity")?, device)))
    }
}

impl Optimizer for Muon {
    type State<const D: usize> = MuonState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let velocity = match state {
            None => gradient.clone(),
            Some(MuonState(velocity)) => velocity * self.momentum + gradient.clone(),
        };
        let ahead = gradient + velocity.clone() * self.momentum;
        let shape = parameter.shape();
        let (rows, columns) = (shape[0], shape.num_elements() / shape[0]);
        let direction = orthogonal(ahead.reshape([rows, columns])).reshape(shape);
        let (shrunk, length) = match self.shrinkage {
            Shrinkage::Decay(rate) => {
                (parameter * (1.0 - learning_rate * rate), ADAM_STEP * (rows.max(columns) as f64).sqrt())
            }
            Shrinkage::Norm { step } => (of_norm(parameter, (rows as f64).sqrt()), step),
        };
        (shrunk - direction * (learning_rate * length), Some(MuonState(velocity)))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        MuonState(state.0.to_device(device))
    }
}

/// `x` scaled to that Euclidean norm.
fn of_norm<const D: usize>(x: Tensor<D>, norm: f64) -> Tensor<D> {
    let factor = (x.clone().square().sum().sqrt() + TINY).recip() * norm;
    x * factor.unsqueeze()
}

/// The orthogonal matrix nearest to `x`, nearly: its singular values are brought close to 1.
///
/// Each step of the iteration is a polynomial in `x x^T` times `x`. The polynomials commute, so their product is taken first, and all but
/// two of the matrix products are of `[rows, rows]`, where `x` may have many more columns. Of singular values below a thousandth of the
/// norm rounding takes some hundredths, as `x x^T` squares them; these stay far from 1 either way, and the source computes in 16 bits.
fn orthogonal(x: Tensor<2>) -> Tensor<2> {
    let [rows, columns] = x.dims();
    if rows > columns {
        return orthogonal(x.transpose()).transpose();
    }
    let [a, b, c] = COEFFICIENTS;
    let norm = x.clone().square().sum().sqrt() + TINY;
    let x = x / norm.unsqueeze();
    let identity = Tensor::<2>::eye(rows, &x.device());
    let mut products = x.clone().matmul(x.clone().transpose());
    let mut whole = identity.clone();
    for step in 1..=STEPS {
        let square = products.clone().matmul(products.clone());
        let polynomial = identity.clone() * a + products.clone() * b + square * c;
        whole = polynomial.clone().matmul(whole);
        if step < STEPS {
            products = polynomial.clone().matmul(products).matmul(polynomial);
        }
    }
    whole.matmul(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_values_come_near_one() {
        let device = Device::flex();
        let x = Tensor::<2>::from_floats([[3.0, 0.0, 0.1], [0.0, 0.5, 0.2]], &device);
        for x in [x.clone(), x.transpose()] {
            let found = orthogonal(x.clone());
            let [rows, columns] = x.dims();
            let products = match rows < columns {
                true => found.clone().matmul(found.transpose()),
                false => found.clone().transpose().matmul(found),
            };
            let products: Vec<f32> = products.into_data().try_to_vec().expect("floats");
            // Jordan's coefficients leave singular values between about 0.7 and 1.2.
            assert!(products[0] > 0.45 && products[0] < 1.5 && products[3] > 0.45 && products[3] < 1.5, "{products:?}");
            assert!(products[1].abs() < 0.1, "{products:?}");
        }
    }

    #[test]
    fn the_product_of_polynomials_is_what_steps_one_by_one_give() {
        let device = Device::flex();
        let [a, b, c] = COEFFICIENTS;
        let mut state = 1_u32;
        let mut drawn = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as f32 / u32::MAX as f32 - 0.5
        };
        let x: Vec<f32> = (0..16 * 90).map(|place| drawn() * if place < 90 { 1e-3 } else { 1.0 }).collect();
        let x = Tensor::<1>::from_floats(x.as_slice(), &device).reshape([16, 90]);
        let mut step_by_step = x.clone() / x.clone().square().sum().sqrt().unsqueeze();
        for _ in 0..STEPS {
            let products = step_by_step.clone().matmul(step_by_step.clone().transpose());
            let polynomial = products.clone() * b + products.clone().matmul(products) * c;
            step_by_step = step_by_step.clone() * a + polynomial.matmul(step_by_step);
        }
        let apart: f32 = (orthogonal(x) - step_by_step).abs().max().into_scalar();
        assert!(apart < 1e-4, "{apart}");
    }

    #[test]
    fn a_step_is_as_long_as_adams_and_goes_on_by_momentum() {
        let device = Device::flex();
        let muon = Muon { momentum: 0.9, shrinkage: Shrinkage::Decay(0.5) };
        let (start, gradient) = (Tensor::<2>::ones([4, 4], &device), Tensor::<2>::eye(4, &device));
        let (after, state) = muon.step(0.1, start, gradient.clone(), None);
        let moved: Vec<f32> =
            (Tensor::<2>::ones([4, 4], &device) * 0.95 - after.clone()).into_data().try_to_vec().expect("floats");
        let length = moved[0];
        assert!((0.028..0.049).contains(&length), "0.1 * 0.2 * 2 times a singular value: {length}");
        let (next, _) = muon.step(0.1, after.clone(), gradient.zeros_like(), state);
        let moved: Vec<f32> = (after * 0.95 - next).into_data().try_to_vec().expect("floats");
        assert!((moved[0] - length).abs() < 1e-6, "the velocity's direction is the same");
    }

    #[test]
    fn weights_are_brought_to_their_norm_before_the_step() {
        let device = Device::flex();
        let muon = Muon { momentum: 0.9, shrinkage: Shrinkage::Norm { step: 1.0 } };
        let start = Tensor::<4>::ones([4, 2, 3, 3], &device) * 7.0;
        let (after, _) = muon.step(0.0, start.clone(), start.ones_like(), None);
        let norm: f32 = after.square().sum().sqrt().into_scalar();
        assert!((norm - 2.0).abs() < 1e-5, "four filters of norm 1: {norm}");
    }

    #[test]
    fn a_step_is_the_same_part_of_a_norm_for_any_number_of_columns() {
        let device = Device::flex();
        let muon = Muon { momentum: 0.9, shrinkage: Shrinkage::Norm { step: 2.0 } };
        for count in [1, 16] {
            // All singular values of the gradient are equal.
            let gradient = Tensor::cat(vec![Tensor::<2>::eye(4, &device); count], 1);
            let start = gradient.ones_like();
            let [(before, _), (after, _)] =
                [0.0, 0.1].map(|rate| muon.step(rate, start.clone(), gradient.clone(), None));
            let moved: f32 = (after - before).square().sum().sqrt().into_scalar();
            assert!((0.28..0.49).contains(&moved), "0.1 * 2 of a norm of 2, times a singular value: {moved}");
        }
    }
}
