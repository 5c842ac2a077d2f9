//! A parameter of flex with what its step needs, as plain numbers.

use super::rule::{Numbers, Rule, Shrink};
use crate::buffer::whole;
use burn::backend::{BackendTensor, DispatchAutodiffContext, DispatchTensor, DispatchTensorKind, TensorMetadata};
use burn::tensor::{DType, Tensor};
use burn_flex::FlexTensor;

/// A parameter of the flex backend with all that its step needs, each buffer whole and in order.
pub(super) struct Buffers<const D: usize, const N: usize> {
    parameter: FlexTensor,
    gradient: FlexTensor,
    slots: [FlexTensor; N],
}

type Tensors<const D: usize, const N: usize> = (Tensor<D>, Tensor<D>, [Tensor<D>; N]);

impl<const D: usize, const N: usize> Buffers<D, N> {
    /// The tensors' buffers, or the tensors back where one is not of flex, not f32, or part of an autodiff graph.
    pub(super) fn take(
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        slots: [Tensor<D>; N],
    ) -> Result<Self, Box<Tensors<D, N>>> {
        let (parameter, gradient, slots) =
            (parameter.into_dispatch(), gradient.into_dispatch(), slots.map(Tensor::into_dispatch));
        let same = |tensor: &DispatchTensor| is_flex_f32(tensor) && tensor.shape() == parameter.shape();
        if same(&parameter) && same(&gradient) && slots.iter().all(same) {
            let (parameter, gradient, slots) = (buffer(parameter), buffer(gradient), slots.map(buffer));
            return Ok(Self { parameter, gradient, slots });
        }
        let slots = slots.map(Tensor::from_dispatch);
        Err(Box::new((Tensor::from_dispatch(parameter), Tensor::from_dispatch(gradient), slots)))
    }

    /// The step, in place where a buffer has no second owner, else in a copy of it.
    pub(super) fn update<R: Rule<N>>(mut self, scalars: R::Scalars, shrink: Shrink) -> (Tensor<D>, [Tensor<D>; N]) {
        R::run(Numbers {
            scalars,
            shrink,
            parameter: self.parameter.storage_mut(),
            gradient: self.gradient.storage(),
            slots: self.slots.each_mut().map(|slot| slot.storage_mut()),
        });
        (tensor(self.parameter), self.slots.map(tensor))
    }
}

fn is_flex_f32(tensor: &DispatchTensor) -> bool {
    matches!(&tensor.kind, DispatchTensorKind::Flex(BackendTensor::Float(tensor)) if tensor.dtype() == DType::F32)
}

/// The tensor of flex inside, its values in order.
fn buffer(tensor: DispatchTensor) -> FlexTensor {
    let DispatchTensorKind::Flex(tensor) = tensor.kind else { unreachable!("only tensors of flex come here") };
    whole(tensor.float())
}

fn tensor<const D: usize>(tensor: FlexTensor) -> Tensor<D> {
    Tensor::from_dispatch(DispatchTensor {
        kind: DispatchTensorKind::Flex(BackendTensor::Float(tensor)),
        autodiff: DispatchAutodiffContext::Disabled,
    })
}
