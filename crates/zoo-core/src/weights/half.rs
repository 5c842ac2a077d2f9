//! Weights of 16 bits.

use super::module::NamedTensor;
use burn::tensor::{DType, TensorData};

/// The weights with each filter and matrix rounded to floating-point numbers of 16 bits: [`Weights::to_bytes`](super::Weights::to_bytes)
/// then writes half as many bytes, and loses nothing. Biases and the statistics of normalization stay as they are, and so does a tensor
/// with a number that would be infinite: see [`beyond_16_bits`].
///
/// ```
/// use burn::tensor::TensorData;
/// use zoo_core::weights::rounded_to_16_bits;
///
/// let bias = ("output.bias".to_string(), TensorData::from([0.1_f32]));
/// let weight = ("output.weight".to_string(), TensorData::from([[0.1_f32, 2.0]]));
/// let rounded = rounded_to_16_bits(vec![bias.clone(), weight]);
/// assert_eq!(rounded[0], bias);
/// assert_eq!(rounded[1].1.try_to_vec::<f32>().unwrap(), [0.099_975_586, 2.0]);
/// ```
pub fn rounded_to_16_bits(tensors: Vec<NamedTensor>) -> Vec<NamedTensor> {
    let rounded = |data: TensorData| match is_large(&data) && !is_beyond(&data) {
        true => in_16_bits(&data).convert_dtype(DType::F32),
        false => data,
    };
    tensors.into_iter().map(|(name, data)| (name, rounded(data))).collect()
}

/// The first filter or matrix with a number beyond the largest of 16 bits, 65,504, or one that is not finite.
pub fn beyond_16_bits(tensors: &[NamedTensor]) -> Option<&str> {
    tensors.iter().find(|(_, data)| is_large(data) && is_beyond(data)).map(|(name, _)| name.as_str())
}

fn is_beyond(data: &TensorData) -> bool {
    !in_16_bits(data).iter::<f32>().all(f32::is_finite)
}

/// The tensor as a file holds it: in 16 bits if it is a filter or a matrix and every number is the same in them.
pub(super) fn shortest(data: &TensorData) -> TensorData {
    let half = in_16_bits(data);
    let is_exact = half.iter::<f32>().eq(data.iter::<f32>());
    if is_large(data) && is_exact { half } else { data.clone() }
}

/// Filters and matrices, not biases.
fn is_large(data: &TensorData) -> bool {
    data.shape().len() > 1
}

fn in_16_bits(data: &TensorData) -> TensorData {
    data.clone().convert_dtype(DType::F16)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use burn::tensor::f16;

    fn matrix(values: &[f32]) -> NamedTensor {
        ("weight".to_string(), TensorData::new(values.to_vec(), [1, values.len()]))
    }

    fn rounded(values: &[f32]) -> Vec<f32> {
        rounded_to_16_bits(vec![matrix(values)])[0].1.try_to_vec().unwrap()
    }

    #[test]
    fn numbers_are_rounded_to_the_nearest_of_16_bits() {
        let values = [1.0 + 1.0 / 1024.0, 1.0 + 1.0 / 2048.0, 1.0 + 3.0 / 2048.0, -0.1, 6e-8, 1e-9, -0.0];
        let nearest = [1.0 + 1.0 / 1024.0, 1.0, 1.0 + 2.0 / 1024.0, -0.099_975_586, 5.960_464_5e-8, 0.0, 0.0];
        assert_eq!(rounded(&values), nearest);
        assert_eq!(rounded(&nearest), nearest);
        assert_eq!(rounded(&values), values.map(|value| f16::from_f32(value).to_f32()));
    }

    #[test]
    fn what_16_bits_do_not_reach_stays_and_is_named() {
        assert_eq!(beyond_16_bits(&[matrix(&[65_519.0]), ("bias".to_string(), TensorData::from([1e5_f32]))]), None);
        assert_eq!(beyond_16_bits(&[matrix(&[1.0]), ("second".to_string(), matrix(&[-65_520.0]).1)]), Some("second"));
        assert_eq!(rounded(&[65_519.0, 0.1]), [65_504.0, 0.099_975_586]);
        assert_eq!(rounded(&[65_520.0, 0.1]), [65_520.0, 0.1]);
        assert_eq!(rounded(&[f32::NAN, 0.1])[1], 0.1);
    }

    #[test]
    fn a_file_holds_16_bits_where_nothing_is_lost() {
        let dtype = |tensor: &NamedTensor| shortest(&tensor.1).dtype();
        assert_eq!(dtype(&matrix(&[0.5, -0.0])), DType::F16);
        for of_32 in [&[0.5, 0.1][..], &[0.5, f32::NAN], &[0.5, 1e5]] {
            assert_eq!(dtype(&matrix(of_32)), DType::F32, "{of_32:?}");
        }
        assert_eq!(dtype(&("bias".to_string(), TensorData::from([0.5_f32]))), DType::F32);
    }
}
