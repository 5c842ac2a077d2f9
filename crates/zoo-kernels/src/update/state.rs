//! What an optimizer remembers of a parameter between steps, and how that is recorded.

use super::rule::Rule;
use burn::optim::{RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};
use std::marker::PhantomData;

/// What a rule remembers of one parameter. Its record has the names of [`Rule::SLOTS`] and [`Rule::TIME`].
#[derive(Clone, Debug)]
pub struct State<const D: usize, R, const N: usize> {
    /// Steps done; rules that do not count know 0 and 1 only.
    pub(super) time: usize,
    pub(super) slots: [Tensor<D>; N],
    rule: PhantomData<R>,
}

impl<const D: usize, R: Rule<N>, const N: usize> State<D, R, N> {
    /// Before the first step of `parameter`.
    pub(super) fn start(parameter: &Tensor<D>) -> Self {
        let zeros = |_| parameter.zeros_like();
        Self { time: 0, slots: std::array::from_fn(zeros), rule: PhantomData }
    }

    pub(super) fn new(time: usize, slots: [Tensor<D>; N]) -> Self {
        let time = if R::TIME.is_some() { time } else { 1 };
        Self { time, slots, rule: PhantomData }
    }

    #[allow(clippy::wrong_self_convention)] // Burn's name: `Optimizer::to_device`.
    pub(super) fn to_device(self, device: &Device) -> Self {
        Self { slots: self.slots.map(|slot| slot.to_device(device)), ..self }
    }
}

impl<const D: usize, R: Rule<N>, const N: usize> RecordState for State<D, R, N> {
    fn state_flatten(&self, prefix: &str, sink: &mut StateSink) {
        for (name, slot) in R::SLOTS.into_iter().zip(&self.slots) {
            sink.push_tensor(prefix, name, slot.to_data());
        }
        if let Some(name) = R::TIME {
            sink.push_scalar(prefix, name, self.time.into());
        }
    }

    fn state_unflatten(prefix: &str, source: &mut StateSource, device: &Device) -> Option<Self> {
        let time = match R::TIME {
            Some(name) => usize::try_from(source.take_scalar(prefix, name)?).ok()?,
            None => 1,
        };
        let mut slots = Vec::with_capacity(N);
        for name in R::SLOTS {
            slots.push(Tensor::from_data(source.take_tensor(prefix, name)?, device));
        }
        Some(Self { time, slots: slots.try_into().ok()?, rule: PhantomData })
    }
}
