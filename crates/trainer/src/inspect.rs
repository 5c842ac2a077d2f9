//! What can be seen in a trained model: examples it gets right and wrong, its first layer as pictures, its coefficients.

use crate::data::{self, Splits};
use crate::error::TrainError;
use crate::evaluate::predict;
use crate::network::Network;
use crate::run_folder;
use crate::trained::TrainedModel;
use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use burn::tensor::Device;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use std::path::Path;
use zoo_core::{Batcher, Examples, Images, Inputs, Store, predicted_class, probabilities};
use zoo_results::{ClassCoefficients, Coefficient, Gallery, Inspection, LayerPicture, Seen};

/// Test images in the grid.
const GRID: usize = 40;
/// Errors shown, those made with the highest probability.
const ERRORS: usize = 20;
/// Why there is nothing to show of a table's model that is not linear.
const NOTHING_TO_SHOW: &str = "the examples are rows of a table, and the model has more than one layer, so that no single weight \
    belongs to a column; only a linear model has coefficients";

/// Pictures of the weights, and of test images where their data is at hand. `seed` is the run's.
///
/// # Errors
/// If the data does not fit the model, or the device fails.
pub fn inspect(model: &TrainedModel, store: &Store, seed: u64, device: &Device) -> Result<Inspection, TrainError> {
    inspect_on(model, data::prepare(&model.recipe, store, seed), device)
}

/// The same of a run, or one fold's, with the test images that it has not seen.
///
/// # Errors
/// As [`inspect`] and [`TrainedModel::of_run`].
pub fn inspect_run(run: &Path, store: &Store, device: &Device) -> Result<Inspection, TrainError> {
    let (recipe, settings) = run_folder::read(run)?;
    inspect_on(&TrainedModel::of_run(run, device)?, settings.splits(&recipe, store), device)
}

fn inspect_on(
    model: &TrainedModel,
    splits: Result<Splits, TrainError>,
    device: &Device,
) -> Result<Inspection, TrainError> {
    let (images, reason) = match splits {
        Ok(mut splits) => {
            splits.batcher.normalizer = model.facts.normalizer.clone();
            (gallery(model, &splits.batcher, &splits.test, device)?, None)
        }
        Err(TrainError::Data(error)) => (None, Some(error.to_string())),
        Err(error) => return Err(error),
    };
    let (first_layer, (coefficients, class_coefficients)) = (first_layer(model)?, coefficients(model));
    let is_without_data = reason.is_some();
    let is_bare = images.is_none() && coefficients.is_empty() && class_coefficients.is_empty();
    let reason = reason.or_else(|| is_bare.then(|| NOTHING_TO_SHOW.to_string()));
    let model = model.recipe.name.clone();
    Ok(Inspection { model, images, reason, is_without_data, first_layer, coefficients, class_coefficients })
}

/// Chooses and draws examples of the test split; `None` for tables.
fn gallery(
    model: &TrainedModel,
    batcher: &Batcher,
    test: &Examples,
    device: &Device,
) -> Result<Option<Gallery>, TrainError> {
    let Inputs::Images(images) = &test.inputs else {
        return Ok(None);
    };
    let predictions = predict(&model.network, &model.recipe.loss, batcher, test, device, |_| {})?;
    let names = &model.facts.class_names;
    let judged: Vec<(usize, f64)> = predictions
        .rows()
        .map(|row| {
            let class = predicted_class(row);
            (class, probabilities(row)[class])
        })
        .collect();
    let see = |index: usize| {
        let (class, probability) = judged[index];
        let label = names[usize::from(test.labels[index])].clone();
        Ok(Seen {
            index,
            source: test.file(index).map(str::to_owned),
            png: STANDARD.encode(png_of(images, index)?),
            label,
            predicted: names[class].clone(),
            probability,
        })
    };
    let count = test.len().min(GRID);
    let mut errors: Vec<usize> = (0..test.len()).filter(|&at| judged[at].0 != usize::from(test.labels[at])).collect();
    errors.sort_by(|left, right| judged[*right].1.total_cmp(&judged[*left].1));
    Ok(Some(Gallery {
        grid: (0..count).map(|place| see(place * test.len() / count)).collect::<Result<_, TrainError>>()?,
        wrong: errors.len(),
        errors: errors.into_iter().take(ERRORS).map(see).collect::<Result<_, TrainError>>()?,
    }))
}

/// One image as PNG.
pub(crate) fn png_of(images: &Images, index: usize) -> Result<Vec<u8>, TrainError> {
    let planes: Vec<&[u8]> = images.image(index).chunks_exact(images.height * images.width).collect();
    encode(&planes, [images.height, images.width])
}

/// The first layer's weights as pictures, where the model looks at pictures: filters of a convolution, a template per unit of a
/// linear layer.
fn first_layer(model: &TrainedModel) -> Result<Vec<LayerPicture>, TrainError> {
    let &[channels, height, width] = model.facts.input_shape.as_slice() else {
        return Ok(Vec::new());
    };
    let tensors = model.network.named_tensors();
    let (_, weights) = tensors.first().expect("a model has weights");
    let values: Vec<f32> = weights.iter::<f32>().collect();
    let (units, size) = match *weights.shape().to_vec() {
        [units, _, height, width] => ((0..units).map(|unit| filter(&values, unit, units)).collect(), [height, width]),
        [inputs, units] => ((0..units).map(|unit| column(&values, unit, [inputs, units])).collect(), [height, width]),
        _ => (Vec::new(), [height, width]),
    };
    let names = unit_names(model, units.len());
    units
        .iter()
        .zip(names)
        .map(|(unit, name)| Ok(LayerPicture { name, png: weights_png(unit, channels, size)? }))
        .collect()
}

fn filter(values: &[f32], unit: usize, units: usize) -> Vec<f32> {
    let size = values.len() / units;
    values[unit * size..][..size].to_vec()
}

fn column(values: &[f32], unit: usize, [inputs, units]: [usize; 2]) -> Vec<f32> {
    (0..inputs).map(|input| values[input * units + unit]).collect()
}

/// A linear classifier's units are its classes; others have a number.
fn unit_names(model: &TrainedModel, units: usize) -> Vec<String> {
    let classes = &model.facts.class_names;
    match &model.network {
        Network::Softmax(_) => classes.clone(),
        Network::LogisticRegression(_) => classes.iter().skip(1).cloned().collect(),
        _ => (1..=units).map(|unit| unit.to_string()).collect(),
    }
}

/// Middle gray is 0; the largest weight of the unit, either way, is black or white.
fn weights_png(unit: &[f32], channels: usize, size: [usize; 2]) -> Result<String, TrainError> {
    let largest = unit.iter().fold(f32::MIN_POSITIVE, |largest, weight| largest.max(weight.abs()));
    let bytes: Vec<u8> = unit.iter().map(|weight| (127.5 + 127.5 * weight / largest).round() as u8).collect();
    let planes: Vec<&[u8]> = bytes.chunks_exact(unit.len() / channels).collect();
    Ok(STANDARD.encode(encode(&planes, size)?))
}

/// The weights of a table's columns, of a model that is one linear layer: with one output, or else by class.
fn coefficients(model: &TrainedModel) -> (Vec<Coefficient>, Vec<ClassCoefficients>) {
    let (columns, classes) = (&model.facts.columns, &model.facts.class_names);
    let tensors = model.network.named_tensors();
    let ([(_, weights)] | [(_, weights), _]) = tensors.as_slice() else {
        return (Vec::new(), Vec::new());
    };
    let values: Vec<f64> = weights.iter::<f64>().collect();
    let of_unit = |unit: usize, units: usize| -> Vec<Coefficient> {
        let pairs = columns.iter().cloned().zip(values.iter().copied().skip(unit).step_by(units));
        pairs.map(|(column, weight)| Coefficient { column, weight }).collect()
    };
    match *weights.shape().to_vec() {
        [inputs, 1] if inputs == columns.len() => (of_unit(0, 1), Vec::new()),
        [inputs, units] if inputs == columns.len() && units == classes.len() => {
            let of_class = |(unit, class): (usize, &String)| ClassCoefficients {
                class: class.clone(),
                coefficients: of_unit(unit, units),
            };
            (Vec::new(), classes.iter().enumerate().map(of_class).collect())
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// One plane in gray or three in color, as PNG.
fn encode(planes: &[&[u8]], [height, width]: [usize; 2]) -> Result<Vec<u8>, TrainError> {
    let (bytes, color) = match planes {
        [red, green, blue] => {
            let pixels = red.iter().zip(*green).zip(*blue).flat_map(|((red, green), blue)| [*red, *green, *blue]);
            (pixels.collect(), ExtendedColorType::Rgb8)
        }
        [gray, ..] => (gray.to_vec(), ExtendedColorType::L8),
        [] => return Err(TrainError::Picture("it has no pixels".to_string())),
    };
    let mut png = Vec::new();
    let written = PngEncoder::new(&mut png).write_image(&bytes, width as u32, height as u32, color);
    written.map_err(|error| TrainError::Picture(error.to_string()))?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_pixels() {
        let png = encode(&[&[1, 2], &[3, 4], &[5, 6]], [1, 2]).expect("three planes");
        assert!(png.starts_with(b"\x89PNG\r\n"), "the signature of PNG");
        assert!(encode(&[], [1, 1]).is_err());
    }
}
