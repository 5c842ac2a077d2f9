//! A rule as one vector loop over flex's buffers.

use super::{Rule, Shrink};
use crate::buffer::whole;
use burn::backend::{BackendTensor, DispatchAutodiffContext, DispatchTensor, DispatchTensorKind, TensorMetadata};
use burn::tensor::{DType, Tensor};
use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};

/// From here on a second thread saves more than it costs to wake.
const PARALLEL_FROM: usize = 1 << 17;

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
        let pass = Pass::<R, N> {
            scalars,
            shrink,
            parameter: self.parameter.storage_mut(),
            gradient: self.gradient.storage(),
            slots: self.slots.each_mut().map(|slot| slot.storage_mut()),
        };
        pass.run();
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

/// One pass over slices of equal length.
struct Pass<'a, R: Rule<N>, const N: usize> {
    scalars: R::Scalars,
    shrink: Shrink,
    parameter: &'a mut [f32],
    gradient: &'a [f32],
    slots: [&'a mut [f32]; N],
}

impl<R: Rule<N>, const N: usize> Pass<'_, R, N> {
    /// Every number is calculated from its own alone, so where the slices are cut changes nothing.
    fn run(self) {
        let length = self.parameter.len();
        if length < PARALLEL_FROM {
            return Arch::new().dispatch(self);
        }
        let middle = length / 2 / LANES * LANES;
        let (scalars, shrink) = (self.scalars, self.shrink);
        let (parameter, parameter_rest) = self.parameter.split_at_mut(middle);
        let (gradient, gradient_rest) = self.gradient.split_at(middle);
        let mut rest = Vec::with_capacity(N);
        let slots = self.slots.map(|slot| {
            let (slot, slot_rest) = slot.split_at_mut(middle);
            rest.push(slot_rest);
            slot
        });
        let mut rest = rest.into_iter();
        let slots_rest = std::array::from_fn(|_| rest.next().unwrap_or_default());
        let first = Pass::<R, N> { scalars, shrink, parameter, gradient, slots };
        let second =
            Pass::<R, N> { scalars, shrink, parameter: parameter_rest, gradient: gradient_rest, slots: slots_rest };
        rayon::join(|| first.run(), || second.run());
    }

    /// The numbers from `start` on, at most [`LANES`].
    #[inline(always)]
    fn block(&mut self, start: usize, length: usize) {
        let range = start..start + length;
        let [mut parameter, mut gradient] = [[0.0f32; LANES]; 2];
        let mut slots = [[0.0f32; LANES]; N];
        parameter[..length].copy_from_slice(&self.parameter[range.clone()]);
        gradient[..length].copy_from_slice(&self.gradient[range.clone()]);
        for (lanes, slot) in slots.iter_mut().zip(&self.slots) {
            lanes[..length].copy_from_slice(&slot[range.clone()]);
        }
        for lane in 0..LANES {
            let remembered = std::array::from_fn(|slot| slots[slot][lane]);
            let (shrunk, pulled) = self.shrink.apply(parameter[lane], gradient[lane]);
            let (next, remembered) = R::apply(self.scalars, shrunk, pulled, remembered);
            parameter[lane] = next;
            for slot in 0..N {
                slots[slot][lane] = remembered[slot];
            }
        }
        self.parameter[range.clone()].copy_from_slice(&parameter[..length]);
        for (lanes, slot) in slots.iter().zip(&mut self.slots) {
            slot[range.clone()].copy_from_slice(&lanes[..length]);
        }
    }
}

/// Long enough that the compiler keeps the loop over them a loop, and makes vector instructions of it.
const LANES: usize = 64;

impl<R: Rule<N>, const N: usize> WithSimd for Pass<'_, R, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _simd: S) {
        let length = self.parameter.len();
        let rest = length % LANES;
        for start in (0..length - rest).step_by(LANES) {
            self.block(start, LANES);
        }
        if rest > 0 {
            self.block(length - rest, rest);
        }
    }
}
