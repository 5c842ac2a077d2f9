//! A trained model with all it needs to answer: pictures or rows in, names with probabilities out.

use std::fmt;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use rayon::prelude::*;
use serde::Serialize;
use zoo_pictures::image::DynamicImage;
use zoo_pictures::{PictureError, PictureFileError, Preparation, PreparedPicture};

use crate::weights::{Facts, LoadError, RUN_WEIGHTS_FILE, ShippedWeights, Weights, WeightsError};
use crate::{Images, LogitModule, ModelConfig, probabilities};

/// Examples in a batch: enough for the speed of many, little memory.
const BATCH: usize = 256;

/// A trained model, ready to answer. It can be shared between threads: [`classify`](Self::classify) changes nothing.
///
/// Each model crate names its own with the feature `classifier`: `zoo_cnn::Classifier`.
#[derive(Debug)]
pub struct Classifier<C: ModelConfig> {
    model: C::Model,
    /// Of the same weights, where the CPU answers and has the kernels for it.
    #[cfg(feature = "flex")]
    prepared: Option<zoo_kernels::PreparedNetwork>,
    facts: Facts,
    device: Device,
}

/// What a model says of one example.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Classification {
    /// Every class, the most probable first.
    pub classes: Vec<ClassProbability>,
    /// What the model gave, in the order of its classes; a single one for two classes.
    pub logits: Vec<f32>,
    /// What was done to a picture first, in words.
    #[serde(rename = "preprocessing")]
    pub steps: Vec<String>,
    /// Why the answer may mean nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// A class and how probable it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassProbability {
    /// The class.
    #[serde(rename = "class")]
    pub name: String,
    /// From 0 to 1; those of all classes sum to 1.
    pub probability: f64,
}

/// Why a classifier cannot be had, or does not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClassifyError {
    /// The weights are not those of the model, or the input is not one of its own.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The weights file cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The folder holds no weights.
    #[error("{} is not the folder of a finished run: there is no {RUN_WEIGHTS_FILE} in it", path.display())]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// The model gives a number.
    #[error(
        "these weights are of a regression, which gives a number and tells no classes apart; build the model by `Weights::build`"
    )]
    Regression,
    /// The picture cannot be used.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The file cannot be used as a picture.
    #[error(transparent)]
    PictureFile(#[from] PictureFileError),
    /// The model reads tables.
    #[error("this model reads rows of {columns} columns, not pictures; give it rows")]
    NoPictures {
        /// Of a row.
        columns: usize,
    },
    /// The weights are of an older schema, or of data that nobody has pictures of.
    #[error(
        "the weights do not say how a picture is prepared; give it pixels of shape {shape:?}, or write the weights anew by `trainer export`"
    )]
    Unprepared {
        /// `[channels, height, width]`.
        shape: Vec<usize>,
    },
    /// Rows of numbers far from those of the training, or weights that are too large.
    #[error("the model gives values that are not finite: the numbers given, or its weights, are too large")]
    NotFinite,
    /// The device did not hand a result back.
    #[error("the device did not hand its result back: {0}")]
    Device(String),
}

/// Where one picture is answered soonest: the prepared network runs on the CPU, whatever else is compiled in.
fn usual_device() -> Device {
    #[cfg(feature = "flex")]
    return Device::flex();
    #[cfg(not(feature = "flex"))]
    return Device::default();
}

impl<C: ModelConfig> Classifier<C> {
    /// The classifier of weights that ship with the model's crate, on the CPU; without the feature `flex`, on the first device compiled in.
    ///
    /// # Errors
    /// If the file compiled in is not the one that was recorded.
    pub fn pretrained(weights: impl ShippedWeights<Config = C>) -> Result<Self, ClassifyError> {
        Self::of_weights(weights.shipped().open()?, &usual_device())
    }

    /// The classifier of a weights file or the folder of a finished run, on the CPU; without the feature `flex`, on the first
    /// device compiled in.
    ///
    /// # Errors
    /// If there are no weights, they are damaged, or another model's.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ClassifyError> {
        let path = path.as_ref();
        let file = if path.is_dir() { path.join(RUN_WEIGHTS_FILE) } else { path.to_owned() };
        if path.is_dir() && !file.exists() {
            return Err(ClassifyError::Unfinished { path: path.to_owned() });
        }
        Self::of_weights(Weights::read(&file)?, &usual_device())
    }

    /// The classifier of these weights, on that device.
    ///
    /// # Errors
    /// If they are another model's.
    pub fn of_weights(weights: Weights, device: &Device) -> Result<Self, ClassifyError> {
        let facts = weights.facts.clone();
        if facts.target.is_some() {
            return Err(ClassifyError::Regression);
        }
        let model = weights.build::<C>(device)?;
        Ok(Self {
            #[cfg(feature = "flex")]
            prepared: if *device == Device::flex() { model.prepare(&facts.input_shape) } else { None },
            model,
            facts,
            device: device.clone(),
        })
    }

    /// What it tells apart, in the order of its logits; of a single logit the negative, then the positive class.
    pub fn class_names(&self) -> &[String] {
        &self.facts.class_names
    }

    /// What its weights file says besides: the shape of an example, a table's columns, the recipe.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The network itself.
    pub fn model(&self) -> &C::Model {
        &self.model
    }

    /// Classifies a picture of any size, prepared as its training data were.
    ///
    /// # Errors
    /// If the model takes no pictures, or shows no ink where handwriting is looked for.
    pub fn classify(&self, picture: &DynamicImage) -> Result<Classification, ClassifyError> {
        self.of_prepared(self.facts.prepare(picture)?)
    }

    /// Reads a picture, turned as the camera noted, and classifies it.
    ///
    /// # Errors
    /// If the file is not a picture, or as [`classify`](Self::classify).
    pub fn classify_file(&self, file: impl AsRef<Path>) -> Result<Classification, ClassifyError> {
        self.of_prepared(self.facts.read_picture(file.as_ref())?)
    }

    /// Classifies many pictures, prepared on several threads and answered in batches, in order.
    ///
    /// # Errors
    /// As [`classify`](Self::classify), of the first picture that cannot be used.
    pub fn classify_all(&self, pictures: &[DynamicImage]) -> Result<Vec<Classification>, ClassifyError> {
        let facts = &self.facts;
        let prepared = pictures.par_iter().map(|picture| facts.prepare(picture));
        let prepared: Vec<PreparedPicture> = prepared.collect::<Result<_, _>>()?;
        let pixels: Vec<u8> = prepared.iter().flat_map(|picture| picture.pixels.iter().copied()).collect();
        let mut answers = self.classify_pixels(&pixels)?;
        for (answer, PreparedPicture { steps, warning, .. }) in answers.iter_mut().zip(prepared) {
            (answer.steps, answer.warning) = (steps, warning);
        }
        Ok(answers)
    }

    /// Classifies images that are as the model wants them: bytes `[count, channels, height, width]`.
    ///
    /// # Errors
    /// If these are not whole images.
    pub fn classify_pixels(&self, pixels: &[u8]) -> Result<Vec<Classification>, ClassifyError> {
        self.in_batches(pixels, |pixels| self.facts.preprocessing().pixels(pixels))
    }

    /// Classifies rows of a table: `[count, columns]`, in the order and the units of [`Facts::columns`].
    ///
    /// # Errors
    /// If these are not whole rows, or their numbers are too large for the model.
    pub fn classify_rows(&self, values: &[f32]) -> Result<Vec<Classification>, ClassifyError> {
        self.in_batches(values, |values| self.facts.preprocessing().numbers(values))
    }

    fn of_prepared(&self, picture: PreparedPicture) -> Result<Classification, ClassifyError> {
        let answer = self.classify_pixels(&picture.pixels)?.pop().expect("a picture has an answer");
        Ok(Classification { steps: picture.steps, warning: picture.warning, ..answer })
    }

    fn in_batches<T>(
        &self,
        values: &[T],
        inputs: impl Fn(&[T]) -> Result<Vec<f32>, WeightsError>,
    ) -> Result<Vec<Classification>, ClassifyError> {
        let features: usize = self.facts.input_shape.iter().product();
        let mut answers = Vec::with_capacity(values.len() / features);
        for batch in values.chunks(BATCH * features) {
            let inputs = inputs(batch)?;
            let count = inputs.len() / features;
            let logits = self.logits(inputs)?;
            if !logits.iter().all(|logit| logit.is_finite()) {
                return Err(ClassifyError::NotFinite);
            }
            answers.extend(
                logits.chunks_exact(logits.len() / count).map(|row| Classification::new(self.class_names(), row)),
            );
        }
        Ok(answers)
    }

    fn logits(&self, inputs: Vec<f32>) -> Result<Vec<f32>, ClassifyError> {
        #[cfg(feature = "flex")]
        if let Some(logits) = self.prepared.as_ref().and_then(|prepared| prepared.forward(&inputs)) {
            return Ok(logits);
        }
        let logits = self.model.logits(self.facts.preprocessing().batch(inputs, &self.device));
        let data = logits.into_data().convert::<f32>();
        data.try_to_vec::<f32>().map_err(|error| ClassifyError::Device(format!("{error:?}")))
    }
}

impl Facts {
    /// A picture as the model's input: prepared as its training data were, and in the middle of black where its inputs are larger.
    ///
    /// # Errors
    /// If the model takes no pictures, or shows no ink where handwriting is looked for.
    pub fn prepare(&self, picture: &DynamicImage) -> Result<PreparedPicture, ClassifyError> {
        Ok(self.framed(self.preparation()?.prepare(picture)?))
    }

    /// A picture in a file, likewise.
    ///
    /// # Errors
    /// If the file is not a picture, or as [`prepare`](Self::prepare).
    pub fn read_picture(&self, file: &Path) -> Result<PreparedPicture, ClassifyError> {
        Ok(self.framed(self.preparation()?.read(file)?))
    }

    fn preparation(&self) -> Result<&Preparation, ClassifyError> {
        match (&self.picture, &*self.input_shape) {
            (Some(picture), _) => Ok(picture),
            (None, [columns]) => Err(ClassifyError::NoPictures { columns: *columns }),
            (None, shape) => Err(ClassifyError::Unprepared { shape: shape.to_vec() }),
        }
    }

    fn framed(&self, mut picture: PreparedPicture) -> PreparedPicture {
        let [channels, height, width] = picture.shape;
        if let [_, side, _] = *self.input_shape
            && *self.input_shape != picture.shape
        {
            picture.pixels = Images { channels, height, width, pixels: picture.pixels }.padded(side).pixels;
            picture.shape = [channels, side, side];
            picture.steps.push(format!("in the middle of {side}x{side}"));
        }
        picture
    }
}

impl Classification {
    /// What these logits say of classes of these names; of a single logit the negative, then the positive class.
    pub fn new(class_names: &[String], logits: &[f32]) -> Self {
        let named = class_names.iter().zip(probabilities(logits));
        let mut classes: Vec<_> =
            named.map(|(name, probability)| ClassProbability { name: name.clone(), probability }).collect();
        classes.sort_by(|left, right| right.probability.total_cmp(&left.probability));
        Self { classes, logits: logits.to_vec(), steps: Vec::new(), warning: None }
    }

    /// The most probable class.
    ///
    /// # Panics
    /// If there are no classes, which no model has.
    pub fn best(&self) -> &ClassProbability {
        &self.classes[0]
    }
}

/// `cat 87.3 %, dog 10.1 %`: what has a thousandth or more.
impl fmt::Display for Classification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let likely = self.classes.iter().filter(|class| class.probability >= 0.001);
        let texts: Vec<String> = likely.map(ToString::to_string).collect();
        formatter.write_str(&texts.join(", "))
    }
}

/// `cat 87.3 %`.
impl fmt::Display for ClassProbability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {:.1} %", self.name, 100.0 * self.probability)
    }
}

#[cfg(test)]
mod tests;
