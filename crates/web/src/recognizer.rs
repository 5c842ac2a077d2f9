//! Trained networks that answer pictures, and what they look at.

use crate::error::EngineError;
use crate::tiles::{Tiles, filters};
use burn::tensor::{Device, Transaction};
use serde::Serialize;
use zoo_cnn::{Cnn, CnnConfig};
use zoo_core::image::{DynamicImage, RgbaImage};
use zoo_core::weights::{Facts, Weights};
use zoo_core::{Classification, Classifier, ClassifyError, ModelConfig, probabilities};
use zoo_kernels::{FastConv2d, Pointwise, Pool};
use zoo_train::readback::ReadBack;

/// A picture's side is so many times as long as that of the rectangle that hides a part of it: 8 of 32 pixels.
const COVERS: usize = 4;
/// And so many times as long as the way that it moves.
const STRIDES: usize = 8;

/// A picture as a canvas of the page has it.
#[derive(Clone, Copy, Debug)]
pub struct Canvas<'a> {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue and opacity of each pixel, row by row.
    pub rgba: &'a [u8],
}

/// A trained network of any of the zoo's models, from its weights file.
pub struct Recognizer {
    classifier: Box<dyn AnswersPixels>,
    /// The same network where it has convolutions to show.
    cnn: Option<Cnn>,
    filters: Option<Tiles>,
}

/// What a network says of a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// By class, in the order of [`Recognizer::class_names`]; they sum to 1.
    pub probabilities: Vec<f64>,
    /// The most probable class.
    pub best: usize,
    /// What was done to the picture, in words.
    pub steps: Vec<String>,
    /// Why the answer may mean nothing.
    pub warning: Option<String>,
    /// The shape of what the network saw, `[channels, height, width]`.
    pub shape: Vec<usize>,
    /// What the network saw, channel by channel, row by row.
    #[serde(skip)]
    pub pixels: Vec<u8>,
}

/// How much each part of a picture speaks for a class.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// Rows of parts.
    pub rows: usize,
    /// Columns of parts.
    pub columns: usize,
    /// By how much the class's probability falls when the part is hidden, row by row; negative where it rises.
    pub values: Vec<f32>,
}

/// A classifier of whatever model.
trait AnswersPixels {
    fn known(&self) -> &Facts;
    fn answer(&self, pixels: &[u8]) -> Result<Vec<Classification>, ClassifyError>;
}

impl<C: ModelConfig> AnswersPixels for Classifier<C> {
    fn known(&self) -> &Facts {
        self.facts()
    }

    fn answer(&self, pixels: &[u8]) -> Result<Vec<Classification>, ClassifyError> {
        self.classify_pixels(pixels)
    }
}

macro_rules! classifier {
    ($($variant:ident: $config:ty,)+) => {
        fn classifier(weights: Weights, device: &Device) -> Result<Box<dyn AnswersPixels>, EngineError> {
            let model = weights.facts.model.as_object().and_then(|model| model.keys().next().cloned());
            let model = model.unwrap_or_default();
            $(if model == <$config as ModelConfig>::KEY {
                return Ok(Box::new(Classifier::<$config>::of_weights(weights, device)?));
            })+
            Err(EngineError::UnknownModel(model))
        }
    };
}

zoo_recipe::for_each_model!(classifier);

impl Canvas<'_> {
    fn picture(&self) -> Result<DynamicImage, EngineError> {
        let Self { width, height, rgba } = *self;
        let refused = || EngineError::Canvas { width, height, found: rgba.len() };
        if rgba.len() as u64 != 4 * u64::from(width) * u64::from(height) {
            return Err(refused());
        }
        let picture = RgbaImage::from_raw(width, height, rgba.to_vec()).ok_or_else(refused)?;
        Ok(DynamicImage::ImageRgba8(picture))
    }
}

impl Recognizer {
    /// The network of the bytes of a weights file.
    ///
    /// # Errors
    /// If they are none, or of a model that gives no classes.
    pub fn from_weights(bytes: &[u8]) -> Result<Self, EngineError> {
        let (weights, device) = (Weights::parse(bytes)?, Device::flex());
        let is_cnn = weights.facts.model.get(CnnConfig::KEY).is_some();
        let cnn = is_cnn.then(|| weights.clone().build::<CnnConfig>(&device)).transpose()?;
        let filters = filters(&weights.tensors, &weights.facts.input_shape);
        Ok(Self { classifier: classifier(weights, &device)?, cnn, filters })
    }

    /// What it tells apart, in the order of its probabilities.
    pub fn class_names(&self) -> &[String] {
        &self.classifier.known().class_names
    }

    /// The recipe that it was trained by, as TOML.
    pub fn recipe(&self) -> &str {
        &self.classifier.known().recipe
    }

    /// What its first layer looks for; `None` where that is no picture.
    pub fn filters(&self) -> Option<&Tiles> {
        self.filters.as_ref()
    }

    /// What it says of a picture of any size, prepared as its training data were.
    ///
    /// # Errors
    /// If the bytes are no picture, the network takes none, or there is no ink where handwriting is looked for.
    pub fn recognize(&self, canvas: Canvas<'_>) -> Result<Answer, EngineError> {
        let prepared = self.classifier.known().prepare(&canvas.picture()?)?;
        let answer = self.of_pixels(prepared.pixels)?;
        Ok(Answer { steps: prepared.steps, warning: prepared.warning, ..answer })
    }

    /// What it says of an image that is as the network wants it, `[channels, height, width]`.
    ///
    /// # Errors
    /// If it is not one whole image.
    pub fn of_pixels(&self, pixels: Vec<u8>) -> Result<Answer, EngineError> {
        let probabilities = self.probabilities(&pixels)?.into_iter().next().unwrap_or_default();
        let larger = |best: usize, class: usize| if probabilities[class] > probabilities[best] { class } else { best };
        let best = (0..probabilities.len()).fold(0, larger);
        let shape = self.classifier.known().input_shape.clone();
        Ok(Answer { probabilities, best, steps: Vec::new(), warning: None, shape, pixels })
    }

    /// What the filters of the first convolution find in an image, each bright where it finds it; `None` without convolutions.
    ///
    /// # Errors
    /// If it is not one whole image.
    pub fn first_maps(&self, pixels: &[u8]) -> Result<Option<Tiles>, EngineError> {
        let Some(cnn) = &self.cnn else { return Ok(None) };
        let image = self.classifier.known().preprocessing().images::<4>(pixels, &Device::flex())?;
        let maps = cnn.conv1.forward_block(image, Pointwise::Relu, Pool::None); // [1, filters, height, width]
        let [_, count, height, width] = maps.dims();
        let values = ReadBack::of(Transaction::default().register(maps))?.values()?;
        Ok(Some(Tiles::positive(&values, [count, 1, height, width])))
    }

    /// Which parts of an image speak for `class`: each is hidden in turn under the image's mean color.
    ///
    /// # Errors
    /// If it is not one whole image.
    pub fn occlusion(&self, pixels: &[u8], class: usize) -> Result<HeatMap, EngineError> {
        let shape = &self.classifier.known().input_shape;
        let [_, height, width] = **shape else { return Err(self.no_pictures()) };
        let of_class = |rows: Vec<Vec<f64>>| rows.into_iter().map(move |row| row.get(class).copied().unwrap_or(0.0));
        let Some(whole) = of_class(self.probabilities(pixels)?).next() else {
            return Ok(HeatMap { rows: 0, columns: 0, values: Vec::new() });
        };
        let sides = [height, width];
        let [cover, stride] = [COVERS, STRIDES].map(|parts| sides.map(|side| (side / parts).max(1)));
        let [rows, columns] = [0_usize, 1].map(|axis| sides[axis].saturating_sub(cover[axis]) / stride[axis] + 1);
        let corners = (0..rows * columns).map(|part| [part / columns * stride[0], part % columns * stride[1]]);
        let hidden: Vec<u8> = corners.flat_map(|corner| with_hidden(pixels, sides, corner, cover)).collect();
        let values = of_class(self.probabilities(&hidden)?).map(|rest| (whole - rest) as f32).collect();
        Ok(HeatMap { rows, columns, values })
    }

    /// Of each image.
    fn probabilities(&self, pixels: &[u8]) -> Result<Vec<Vec<f64>>, EngineError> {
        let answers = self.classifier.answer(pixels)?;
        Ok(answers.iter().map(|answer| probabilities(&answer.logits)).collect())
    }

    fn no_pictures(&self) -> EngineError {
        ClassifyError::NoPictures { columns: self.classifier.known().columns.len() }.into()
    }
}

/// The image with a rectangle `[rows, columns]` of its mean color, channel by channel.
fn with_hidden(
    pixels: &[u8],
    [height, width]: [usize; 2],
    [top, left]: [usize; 2],
    [rows, columns]: [usize; 2],
) -> Vec<u8> {
    let mut pixels = pixels.to_vec();
    for plane in pixels.chunks_exact_mut(height * width) {
        let sum: usize = plane.iter().map(|value| usize::from(*value)).sum();
        let mean = (sum / plane.len()) as u8;
        for row in plane.chunks_exact_mut(width).skip(top).take(rows) {
            let end = (left + columns).min(width);
            row[left..end].fill(mean);
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_hidden_in_every_channel() {
        let (black, white) = (vec![0; 16 * 16], vec![255; 16 * 16]);
        let half: Vec<u8> = [vec![0; 8 * 16], vec![200; 8 * 16]].concat();
        let hidden = with_hidden(&[black.clone(), white.clone(), half].concat(), [16, 16], [8, 4], [8, 8]);
        assert_eq!(hidden[..512], [black, white].concat());
        let rows: Vec<&[u8]> = hidden[512..].chunks_exact(16).collect();
        assert_eq!(rows[7], [0; 16]);
        assert_eq!(rows[8], [200, 200, 200, 200, 100, 100, 100, 100, 100, 100, 100, 100, 200, 200, 200, 200]);
    }

    #[test]
    fn bytes_that_are_no_picture_are_refused() {
        let said = Canvas { width: 2, height: 3, rgba: &[0; 23] }.picture().map_err(|error| error.to_string());
        let expected = "a picture of 2x3 has 24 bytes, red, green, blue and opacity, not 23".to_string();
        assert_eq!(said.map(drop), Err(expected));
    }
}
