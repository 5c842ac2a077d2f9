//! Flex's tensors as the plain values they hold.

use burn::backend::{DispatchTensor, DispatchTensorKind};
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
