//! Flex's tensors as the plain values they hold.

use crate::cpu::geometry::{Order, StridedImages};
use burn::backend::{DispatchTensor, DispatchTensorKind, TensorMetadata};
use burn::tensor::{Bytes, DType, Shape};
use burn_flex::{FlexTensor, Layout};

/// Whether the tensor is one of flex, inside autodiff or not.
pub(crate) fn is_on_flex(tensor: &DispatchTensor) -> bool {
    match &tensor.kind {
        DispatchTensorKind::Flex(_) => true,
        DispatchTensorKind::Autodiff(inner) => matches!(**inner, DispatchTensorKind::Flex(_)),
        #[allow(unreachable_patterns)] // Reached where other backends are compiled in.
        _ => false,
    }
}

/// The tensor over a buffer that holds nothing but its values in order.
pub(crate) fn whole(tensor: FlexTensor) -> FlexTensor {
    let bytes = tensor.layout().num_elements() * tensor.dtype().size();
    let is_whole = tensor.is_contiguous() && tensor.layout().start_offset() == 0 && tensor.bytes().len() == bytes;
    if is_whole { tensor } else { tensor.to_contiguous() }
}

/// A tensor of these values in order.
pub(crate) fn contiguous(values: Vec<f32>, shape: Shape) -> FlexTensor {
    FlexTensor::new(Bytes::from_elems(values), Layout::contiguous(shape), DType::F32)
}

/// Class indices of any integer type.
pub(crate) fn indices(tensor: &FlexTensor) -> Option<Vec<usize>> {
    let tensor = whole(tensor.clone());
    Some(match tensor.dtype() {
        DType::I64 => tensor.storage::<i64>().iter().map(|&index| index as usize).collect(),
        DType::I32 => tensor.storage::<i32>().iter().map(|&index| index as usize).collect(),
        DType::U8 => tensor.storage::<u8>().iter().map(|&index| usize::from(index)).collect(),
        _ => return None,
    })
}

pub(crate) fn dims(tensor: &FlexTensor) -> [usize; 4] {
    tensor.shape().dims()
}

/// A tensor whose strides are all positive.
pub(crate) fn readable(tensor: &FlexTensor) -> FlexTensor {
    if tensor.layout().strides().iter().all(|stride| *stride > 0) { tensor.clone() } else { tensor.to_contiguous() }
}

/// A tensor whose values stand in one run, in one of the orders.
pub(crate) fn in_one_run(tensor: &FlexTensor) -> FlexTensor {
    let [_, channels, height, width] = dims(tensor);
    if tensor.layout().start_offset() == 0 && images(tensor).is_channels_last([channels, height, width]) {
        tensor.clone()
    } else {
        tensor.to_contiguous()
    }
}

/// The values of a tensor with positive strides, and where they stand.
pub(crate) fn images(tensor: &FlexTensor) -> StridedImages<'_> {
    let strides: Vec<usize> = tensor.layout().strides().iter().map(|stride| stride.unsigned_abs()).collect();
    let values = &tensor.storage::<f32>()[tensor.layout().start_offset()..];
    let [batch, channels, height, width] = dims(tensor);
    StridedImages::new(values, [strides[0], strides[1], strides[2], strides[3]], batch, [channels, height, width])
}

pub(crate) fn values(tensor: &FlexTensor) -> &[f32] {
    let start = tensor.layout().start_offset();
    &tensor.storage::<f32>()[start..start + tensor.layout().num_elements()]
}

/// A tensor `[batch, channels, height, width]` of values in this order.
pub(crate) fn tensor(values: Vec<f32>, shape: [usize; 4], order: Order) -> FlexTensor {
    let strides = order.strides([shape[1], shape[2], shape[3]]).map(|stride| stride as isize);
    FlexTensor::new(Bytes::from_elems(values), Layout::new(Shape::from(shape), strides.to_vec(), 0), DType::F32)
}
