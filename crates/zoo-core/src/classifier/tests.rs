#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::weights::{WEIGHTS_SCHEMA, parameters};
use crate::{InputBatch, Layer, Misfit, Normalizer, Outputs, Sizes};
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use serde::Deserialize;
use zoo_pictures::PictureKind;
use zoo_pictures::image::GrayImage;

/// One linear layer, for whatever it is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct LineConfig {}

#[derive(Module, Debug)]
struct Line {
    output: Linear,
}

impl ModelConfig for LineConfig {
    const KEY: &'static str = "line";
    const MEANING: &'static str = "A line";
    const OUTPUTS: Outputs = Outputs::Either;
    type Model = Line;

    fn check(&self, _: &Sizes) -> Result<(), Misfit> {
        Ok(())
    }

    fn init(&self, sizes: &Sizes, device: &Device) -> Line {
        Line { output: LinearConfig::new(sizes.input.iter().product(), sizes.outputs).init(device) }
    }
}

impl LogitModule for Line {
    fn logits(&self, inputs: InputBatch) -> Tensor<2> {
        self.output.forward(inputs.flat())
    }

    fn layers(&self) -> Vec<Layer> {
        vec![Layer::linear("output")]
    }
}

/// A classifier whose every weight is `weight`, but for a bias of 1 for the second class.
fn classifier(shape: &[usize], picture: Option<Preparation>, weight: f32) -> Classifier<LineConfig> {
    let device = Device::flex();
    let line = LineConfig {}.init(&Sizes { input: shape.to_vec(), outputs: 2 }, &device);
    let mut tensors = parameters(&line);
    for (name, data) in &mut tensors {
        let values = if name == "output.bias" { vec![0.0, 1.0] } else { vec![weight; data.num_elements()] };
        *data = burn::tensor::TensorData::new(values, data.shape().clone());
    }
    let columns = if let [columns] = shape { vec!["x".to_string(); *columns] } else { vec![] };
    let facts = Facts {
        schema: WEIGHTS_SCHEMA,
        recipe: String::new(),
        model: serde_json::json!({ "line": {} }),
        input_shape: shape.to_vec(),
        class_names: ["cat", "dog"].map(String::from).to_vec(),
        columns,
        picture,
        normalizer: Normalizer { scale: 1.0, mean: vec![], std: vec![] },
        target: None,
        fill: vec![],
    };
    Classifier::of_weights(Weights { tensors, facts }, &device).unwrap()
}

#[test]
fn names_come_with_probabilities_best_first() {
    let answer = classifier(&[3], None, 0.0).classify_rows(&[1.0, 2.0, 3.0]).unwrap().remove(0);
    assert_eq!((answer.best().name.as_str(), answer.logits.as_slice()), ("dog", &[0.0, 1.0][..]));
    assert_eq!(answer.to_string(), "dog 73.1 %, cat 26.9 %");
    assert!((answer.classes.iter().map(|class| class.probability).sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn a_picture_smaller_than_the_models_inputs_stands_in_the_middle_of_black() {
    let preparation = Preparation { kind: PictureKind::Photograph, shape: [1, 2, 2] };
    let classifier = classifier(&[1, 4, 4], Some(preparation), 1.0);
    let gray = |width, height| DynamicImage::from(GrayImage::from_pixel(width, height, [7].into()));
    let prepared = classifier.facts().prepare(&gray(2, 2)).unwrap();
    assert_eq!(prepared.pixels, [0, 0, 0, 0, 0, 7, 7, 0, 0, 7, 7, 0, 0, 0, 0, 0]);
    assert_eq!(
        classifier.classify(&gray(9, 9)).unwrap().steps,
        ["middle 9x9 of 9x9, scaled to 2x2", "in the middle of 4x4"]
    );
    let many: Vec<DynamicImage> = (1..600).map(|side| gray(side % 9 + 1, 3)).collect();
    let answers = classifier.classify_all(&many).unwrap();
    assert_eq!(answers.len(), 599);
    assert_eq!(answers[598], classifier.classify(&many[598]).unwrap());
    assert!(classifier.classify_all(&[]).unwrap().is_empty());
}

#[test]
fn what_cannot_be_answered_is_said() {
    let picture = DynamicImage::from(GrayImage::new(3, 3));
    let complaint = |result: Result<Vec<Classification>, ClassifyError>| result.unwrap_err().to_string();
    let rows = classifier(&[3], None, 1.0);
    assert!(rows.classify(&picture).unwrap_err().to_string().contains("rows of 3 columns, not pictures"));
    assert!(complaint(rows.classify_rows(&[1.0; 4])).contains("no whole number of examples"));
    assert!(complaint(rows.classify_rows(&[f32::MAX; 3])).contains("not finite"));
    assert!(complaint(rows.classify_pixels(&[1; 3])).contains("no whole number of examples"));
    let unprepared = classifier(&[1, 2, 2], None, 1.0);
    assert!(unprepared.classify(&picture).unwrap_err().to_string().contains("pixels of shape [1, 2, 2]"));
    assert_eq!(unprepared.classify_pixels(&[0; 8]).unwrap().len(), 2);
    let letter = Preparation { kind: PictureKind::Letter, shape: [1, 28, 28] };
    let letters = classifier(&[1, 28, 28], Some(letter), 1.0);
    assert!(letters.classify(&picture).unwrap_err().to_string().contains("no ink is to be seen"));
}

#[test]
fn folders_and_files_that_hold_no_weights_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let complaint = |path: &Path| Classifier::<LineConfig>::load(path).unwrap_err().to_string();
    assert!(complaint(folder.path()).contains("is not the folder of a finished run: there is no model.safetensors"));
    assert!(complaint(&folder.path().join("none.safetensors")).starts_with("cannot read the weights"));
    std::fs::write(folder.path().join(RUN_WEIGHTS_FILE), "text").unwrap();
    assert!(complaint(folder.path()).contains("model.safetensors: not a whole safetensors file"));
}

#[test]
fn a_classifier_is_shared_between_threads() {
    fn shared<T: Send + Sync>(value: T) -> T {
        value
    }
    let classifier = shared(classifier(&[2], None, 0.5));
    let alone = classifier.classify_rows(&[1.0, 2.0]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(classifier.classify_rows(&[1.0, 2.0]).unwrap(), alone));
        }
    });
}
