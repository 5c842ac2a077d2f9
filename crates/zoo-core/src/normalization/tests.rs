#![allow(clippy::unwrap_used)]

use proptest::{collection::vec, prelude::*};

use super::*;

fn table(columns: usize, values: Vec<f32>) -> Examples {
    let labels = vec![0; values.len() / columns];
    let columns = (0..columns).map(|column| column.to_string()).collect();
    let inputs = Inputs::Table(Table { columns, values });
    Examples::of_classes(inputs, labels)
}

/// Two pixels per image.
fn images(channels: usize, pixels: Vec<u8>) -> Examples {
    let (height, width) = (1, 2);
    let labels = vec![0; pixels.len() / (2 * channels)];
    let inputs = Inputs::Images(Images { channels, height, width, pixels });
    Examples::of_classes(inputs, labels)
}

fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / count).sqrt())
}

/// The values of one channel or column out of `[count, groups, size]`.
fn group(values: &[f32], groups: usize, size: usize, group: usize) -> Vec<f64> {
    let chunks = values.chunks(size).skip(group).step_by(groups);
    chunks.flatten().copied().map(f64::from).collect()
}

proptest! {
    #[test]
    fn fitted_channels_have_mean_0_and_deviation_1(pixels in vec(any::<u8>(), 60..=60)) {
        let train = images(3, pixels);
        let normalizer = Normalizer::fit_channels(&train).unwrap();
        let values = normalizer.apply(&train.inputs);
        for channel in 0..3 {
            let (mean, std) = mean_and_std(&group(&values, 3, 2, channel));
            prop_assert!(mean.abs() < 1e-5, "mean {mean}");
            prop_assert!((std - 1.0).abs() < 1e-5, "deviation {std}");
        }
    }

    #[test]
    fn fitted_columns_have_mean_0_and_deviation_1(values in vec(-1e3f32..1e3, 40..=40)) {
        let train = table(2, values);
        let values = Normalizer::fit_columns(&train).unwrap().apply(&train.inputs);
        for column in 0..2 {
            let (mean, std) = mean_and_std(&group(&values, 2, 1, column));
            prop_assert!(mean.abs() < 1e-5, "mean {mean}");
            prop_assert!((std - 1.0).abs() < 1e-5, "deviation {std}");
        }
    }

    #[test]
    fn every_byte_is_mapped_as_the_formula_says(mean in 0f32..1.0, std in 0.01f32..2.0) {
        let inputs = images(1, (0..=255).collect()).inputs;
        let normalizer = Normalizer { scale: 1.0 / 255.0, mean: vec![mean], std: vec![std] };
        for (byte, found) in normalizer.apply(&inputs).into_iter().enumerate() {
            let exact = (byte as f64 / 255.0 - f64::from(mean)) / f64::from(std);
            let largest = 1.0 / f64::from(std);
            prop_assert!((f64::from(found) - exact).abs() <= 4.0 * largest * f64::from(f32::EPSILON));
        }
    }
}

#[test]
fn bytes_are_kept_or_brought_to_one() {
    let inputs = images(1, vec![0, 51, 102, 255]).inputs;
    assert_eq!(Normalizer::identity().apply(&inputs), [0.0, 51.0, 102.0, 255.0]);
    let unit = Normalizer::unit().apply(&inputs);
    for (found, expected) in unit.into_iter().zip([0.0, 0.2, 0.4, 1.0]) {
        assert!((found - expected).abs() <= f32::EPSILON);
    }
}

#[test]
fn a_constant_keeps_its_scale() {
    let train = table(1, vec![0.1; 7]);
    let normalizer = Normalizer::fit_columns(&train).unwrap();
    assert_eq!((normalizer.mean, normalizer.std), (vec![0.1], vec![1.0]));
    let normalizer = Normalizer::fit_channels(&images(1, vec![51; 6])).unwrap();
    assert_eq!((normalizer.mean, normalizer.std), (vec![0.2], vec![1.0]));
}

#[test]
fn the_wrong_kind_and_no_examples_are_refused() {
    let kind = Normalizer::fit_channels(&table(1, vec![1.0])).unwrap_err();
    assert!(matches!(kind, NormalizationError::Kind { found: "a table", .. }));
    let kind = Normalizer::fit_columns(&images(1, vec![1, 2])).unwrap_err();
    assert!(matches!(kind, NormalizationError::Kind { found: "images", .. }));
    for empty in [Normalizer::fit_channels(&images(1, vec![])), Normalizer::fit_columns(&table(1, vec![]))] {
        assert_eq!(empty, Err(NormalizationError::Empty));
    }
}

#[test]
fn a_normalizer_read_from_a_file_is_checked() {
    let shape = [3, 1, 2];
    let normalizer = |mean: &[f32], std: &[f32]| Normalizer { scale: 1.0, mean: mean.to_vec(), std: std.to_vec() };
    assert_eq!(normalizer(&[], &[]).check(&shape), Ok(()));
    assert_eq!(normalizer(&[0.0; 3], &[1.0; 3]).check(&shape), Ok(()));
    for (mean, std) in [(1, 1), (3, 2), (0, 3)] {
        let error = normalizer(&vec![0.0; mean], &vec![1.0; std]).check(&shape);
        assert!(matches!(error, Err(NormalizationError::Count { .. })));
    }
    for bad in [0.0, -1.0, f32::NAN, f32::INFINITY, f32::MIN_POSITIVE] {
        let error = normalizer(&[0.0; 3], &[1.0, bad, 1.0]).check(&shape);
        assert!(matches!(error, Err(NormalizationError::Number { key: "std", .. })));
    }
    for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let error = Normalizer { scale: bad, ..Normalizer::identity() }.check(&shape);
        assert!(matches!(error, Err(NormalizationError::Number { key: "scale", .. })));
    }
    let error = normalizer(&[0.0, f32::NAN, 0.0], &[1.0; 3]).check(&shape);
    assert!(matches!(error, Err(NormalizationError::Number { key: "mean", .. })));
    assert_eq!(normalizer(&[0.0], &[f32::MIN_POSITIVE]).check(&[1]), Ok(()), "a table's columns may vary that little");
}

#[test]
fn a_recipes_normalization_is_fitted_or_refused() {
    let (pictures, rows) = (images(1, vec![0, 255]), table(1, vec![1.0, 3.0]));
    assert_eq!(Normalization::None.fit(&rows), Ok(Normalizer::identity()));
    assert_eq!(Normalization::Unit.fit(&pictures), Ok(Normalizer::unit()));
    assert_eq!(Normalization::Channels.fit(&pictures), Normalizer::fit_channels(&pictures));
    assert_eq!(Normalization::Standardize.fit(&rows), Normalizer::fit_columns(&rows));
    for (normalization, examples, message) in [
        (Normalization::Unit, &rows, "this data set holds a table: normalization of bytes needs the other kind"),
        (Normalization::Channels, &rows, "this data set holds a table: normalization of channels needs the other kind"),
        (
            Normalization::Standardize,
            &pictures,
            "this data set holds images: normalization of columns needs the other kind",
        ),
    ] {
        assert_eq!(normalization.fit(examples).map_err(|error| error.to_string()), Err(message.to_string()));
    }
    assert_eq!(Normalization::Channels.fit(&images(1, vec![])), Err(NormalizationError::Empty));
}
