//! Small pictures of numbers: filters, maps, examples.

use zoo_core::weights::NamedTensor;

/// The byte of a weight that is 0.
const MIDDLE: f32 = 128.0;

/// Small pictures of one size, one after another, each channel by channel and row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiles {
    /// How many.
    pub count: usize,
    /// 1 of gray ones, 3 of red, green and blue.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// `[count, channels, height, width]`.
    pub bytes: Vec<u8>,
}

impl Tiles {
    /// Values of both signs, `[count, channels, height, width]`: 0 becomes the middle gray, the largest of all 1 or 255.
    pub fn signed(values: &[f32], [count, channels, height, width]: [usize; 4]) -> Self {
        let bytes = signed_bytes(values);
        Self { count, channels, height, width, bytes }
    }

    /// Values that are not negative: 0 becomes black, the largest of all white.
    pub fn positive(values: &[f32], [count, channels, height, width]: [usize; 4]) -> Self {
        let largest = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let bytes = values.iter().map(|value| (255.0 * value / largest).round() as u8).collect();
        Self { count, channels, height, width, bytes }
    }
}

/// 0 becomes 128, the largest in absolute value 1 or 255.
pub(crate) fn signed_bytes(values: &[f32]) -> Vec<u8> {
    let largest = values.iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    values.iter().map(|value| (MIDDLE + 127.0 * value / largest).round() as u8).collect()
}

/// What the first layer looks for: a tile per filter of a convolution, or per unit of a linear layer that sees whole images; `None` where
/// the inputs are no images of one or three channels. The tensors are in forward order.
pub(crate) fn filters(tensors: &[NamedTensor], input_shape: &[usize]) -> Option<Tiles> {
    let [channels @ (1 | 3), height, width] = *input_shape else { return None };
    let (_, data) = tensors.iter().find(|(name, _)| name.ends_with(".weight"))?;
    let values = data.try_to_vec::<f32>().ok()?;
    match data.shape().to_vec()[..] {
        [count, of, rows, columns] if of == channels => Some(Tiles::signed(&values, [count, of, rows, columns])),
        [inputs, units] if inputs == channels * height * width => {
            let of_unit = |unit: usize| (0..inputs).map(move |input| input * units + unit);
            let by_unit: Vec<f32> = (0..units).flat_map(of_unit).map(|place| values[place]).collect();
            Some(Tiles::signed(&by_unit, [units, channels, height, width]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;

    #[test]
    fn zero_is_the_middle_and_the_largest_an_end() {
        assert_eq!(Tiles::signed(&[0.0, 2.0, -2.0, 1.0], [1, 1, 2, 2]).bytes, [128, 255, 1, 192]);
        assert_eq!(Tiles::positive(&[0.0, 2.0, 1.0, 0.5], [1, 1, 2, 2]).bytes, [0, 255, 128, 64]);
        assert_eq!(Tiles::signed(&[0.0; 4], [1, 1, 2, 2]).bytes, [128; 4]);
    }

    #[test]
    fn a_unit_of_a_linear_layer_is_seen_as_an_image() {
        // Four inputs, two units: inputs by rows.
        let weight = TensorData::new(vec![1.0_f32, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0], [4, 2]);
        let tensors = [("hidden.0.linear.weight".to_string(), weight)];
        let found = filters(&tensors, &[1, 2, 2]).unwrap_or_default();
        assert_eq!((found.count, found.bytes), (2, vec![255, 128, 128, 128, 128, 128, 128, 1]));
        assert_eq!(filters(&tensors, &[4]), None);
    }
}
