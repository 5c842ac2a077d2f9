//! What a rule of gradient descent is.

use burn::optim::LearningRate;
use burn::tensor::Tensor;
use std::ops::{Add, Div, Mul, Sub};

/// What a rule calculates with: one number, or a tensor of them.
pub trait Value: Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> {
    /// Multiplies by a number.
    #[must_use]
    fn scale(self, number: f32) -> Self;
    /// Adds a number.
    #[must_use]
    fn shift(self, number: f32) -> Self;
    /// The square root.
    #[must_use]
    fn root(self) -> Self;
}

impl Value for f32 {
    #[inline(always)]
    fn scale(self, number: f32) -> Self {
        self * number
    }

    #[inline(always)]
    fn shift(self, number: f32) -> Self {
        self + number
    }

    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }
}

impl<const D: usize> Value for Tensor<D> {
    fn scale(self, number: f32) -> Self {
        self.mul_scalar(number)
    }

    fn shift(self, number: f32) -> Self {
        self.add_scalar(number)
    }

    fn root(self) -> Self {
        self.sqrt()
    }
}

/// A rule of gradient descent that remembers `N` numbers a parameter.
///
/// [`apply`](Rule::apply) wants `#[inline(always)]`: it becomes the body of a vector loop.
pub trait Rule<const N: usize>: Clone + Send + Sync + 'static {
    /// The names of what is remembered in an optimizer's record; those of Burn's optimizer, where it has one.
    const SLOTS: [&'static str; N];
    /// The name of the number of steps there, where the rule counts them.
    const TIME: Option<&'static str>;
    /// What is the same for all numbers of a parameter.
    type Scalars: Copy + Send + Sync;

    /// The scalars of a parameter's step `time`, the first being 1. Rules that do not count are told 2 ever after.
    fn scalars(&self, learning_rate: LearningRate, time: usize) -> Self::Scalars;

    /// The new parameter and what is remembered of it; all slots start at zero.
    fn apply<V: Value>(scalars: Self::Scalars, parameter: V, gradient: V, slots: [V; N]) -> (V, [V; N]);

    /// The step of all numbers. Not generic, so that the vector loop is compiled with this crate, at its level of optimization, and
    /// not in each program anew.
    #[cfg(feature = "flex")]
    #[doc(hidden)]
    fn run(numbers: Numbers<'_, Self::Scalars, N>);
}

/// A parameter's numbers at one step: slices of equal length.
#[cfg(feature = "flex")]
#[derive(Debug)]
pub struct Numbers<'a, S, const N: usize> {
    pub(super) scalars: S,
    pub(super) shrink: Shrink,
    pub(super) parameter: &'a mut [f32],
    pub(super) gradient: &'a [f32],
    pub(super) slots: [&'a mut [f32]; N],
}

/// A [`Decay`](super::Decay) at one step.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shrink {
    /// By nothing.
    None,
    /// That many times the parameter comes on top of the gradient.
    Gradient(f32),
    /// The parameter is multiplied by that.
    Parameter(f32),
}

impl Shrink {
    #[inline(always)]
    pub(super) fn apply<V: Value>(self, parameter: V, gradient: V) -> (V, V) {
        match self {
            Shrink::None => (parameter, gradient),
            Shrink::Gradient(rate) => (parameter.clone(), gradient + parameter.scale(rate)),
            Shrink::Parameter(factor) => (parameter.scale(factor), gradient),
        }
    }
}
