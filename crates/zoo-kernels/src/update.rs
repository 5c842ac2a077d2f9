//! Parameter updates: a step of gradient descent in one pass over parameter, gradient and state.
//!
//! Burn's own optimizers are made of a dozen tensor operations a step, each a pass over memory of its own. An [`Update`] is a
//! drop-in for them: on the flex backend one loop that overwrites the parameter and the state where nothing else holds their
//! buffers, on every other backend (and for other floats than f32) the same operations of Burn. The arithmetic is that of Burn's
//! optimizers in the same order, never contracted to fused multiply-adds: the same bits on every instruction set, with any number
//! of threads, and as Burn has them.
//!
//! ```
//! use burn::optim::ModuleOptimizer;
//! use zoo_kernels::update::{Adam, Decay, Update};
//!
//! let rule = Adam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };
//! let adamw = ModuleOptimizer::from(Update::new(rule, Decay::Decoupled(0.01)));
//! ```

#[cfg(feature = "flex")]
mod flex;
#[cfg(feature = "flex")]
mod pass;
mod rule;
mod rules;
mod state;

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};
use rule::Shrink;

pub use rule::{Rule, Value};
pub use rules::{AdaGrad, Adam, CenteredRmsProp, HeavyRmsProp, Momentum, RmsProp, RmsPropAll, Sgd};
pub use state::State;

/// What else makes parameters smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Decay {
    /// Nothing.
    #[default]
    None,
    /// That many times the parameter is added to its gradient: a penalty on the sum of squares, seen by the rule.
    Coupled(f64),
    /// The parameter is multiplied by one minus learning rate times this before the rule is applied: AdamW's.
    Decoupled(f64),
}

/// An optimizer for [`ModuleOptimizer`](burn::optim::ModuleOptimizer): a rule, and a decay of the parameters.
#[derive(Clone, Debug)]
pub struct Update<R, const N: usize> {
    rule: R,
    decay: Decay,
}

impl<R: Rule<N>, const N: usize> Update<R, N> {
    /// The optimizer at its start.
    pub fn new(rule: R, decay: Decay) -> Self {
        Self { rule, decay }
    }
}

impl<R: Rule<N>, const N: usize> Optimizer for Update<R, N> {
    type State<const D: usize> = State<D, R, N>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let state = state.unwrap_or_else(|| State::start(&parameter));
        let time = state.time + 1;
        let scalars = self.rule.scalars(learning_rate, time);
        let shrink = self.decay.at(learning_rate);
        let (parameter, slots) = apply::<R, D, N>(scalars, shrink, parameter, gradient, state.slots);
        (parameter, Some(State::new(time, slots)))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        state.to_device(device)
    }
}

/// One step by the fastest way there is for where the tensors live.
fn apply<R: Rule<N>, const D: usize, const N: usize>(
    scalars: R::Scalars,
    shrink: Shrink,
    parameter: Tensor<D>,
    gradient: Tensor<D>,
    slots: [Tensor<D>; N],
) -> (Tensor<D>, [Tensor<D>; N]) {
    #[cfg(feature = "flex")]
    let (parameter, gradient, slots) = match flex::Buffers::take(parameter, gradient, slots) {
        Ok(buffers) => return buffers.update::<R>(scalars, shrink),
        Err(tensors) => *tensors,
    };
    let (parameter, gradient) = shrink.apply(parameter, gradient);
    R::apply(scalars, parameter, gradient, slots)
}

impl Decay {
    fn at(self, learning_rate: LearningRate) -> Shrink {
        match self {
            Decay::None => Shrink::None,
            Decay::Coupled(rate) => Shrink::Gradient(rate as f32),
            Decay::Decoupled(rate) => Shrink::Parameter((1.0 - learning_rate * rate) as f32),
        }
    }
}
