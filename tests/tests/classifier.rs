//! What an app gets of every model crate is what the trainer answers.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::tensor::Device;
use trainer::trained::TrainedModel;
use zoo_cnn::CnnWeights;
use zoo_core::image::{DynamicImage, Rgb, RgbImage};
use zoo_core::weights::ShippedWeights;
use zoo_core::{Classifier, Images, Inputs, ModelConfig, Table};
use zoo_logistic_regression::LogisticRegressionWeights;
use zoo_mlp::MlpWeights;
use zoo_softmax::SoftmaxWeights;

/// A dark hook on bright colored paper.
fn picture(width: u32) -> DynamicImage {
    RgbImage::from_fn(width, 120, |x, y| {
        let is_ink = (20..30).contains(&x) && (20..100).contains(&y) || (90..100).contains(&y) && (20..60).contains(&x);
        Rgb(if is_ink { [20, 10, 40] } else { [230, 240, 210 - (x % 7) as u8] })
    })
    .into()
}

fn agrees<C: ModelConfig>(weights: impl ShippedWeights<Config = C>) {
    let (name, device) = (weights.shipped().name(), Device::flex());
    let trained = TrainedModel::pretrained(name, &device).unwrap();
    // On one device: the default one is another backend, with other bits, where several are compiled in.
    let classifier = Classifier::<C>::of_weights(weights.shipped().open().unwrap(), &device).unwrap();
    assert_eq!(classifier.class_names(), Classifier::<C>::pretrained(weights).unwrap().class_names(), "{name}");
    let (inputs, answers) = match *trained.facts.input_shape {
        [channels, height, width] => {
            let pictures = [90, 150].map(picture);
            let pixels = pictures.iter().flat_map(|picture| trained.facts.prepare(picture).unwrap().pixels).collect();
            (Inputs::Images(Images { channels, height, width, pixels }), classifier.classify_all(&pictures).unwrap())
        }
        _ => {
            let mean = &trained.facts.normalizer.mean;
            let values: Vec<f32> = [0.9, 1.3].iter().flat_map(|by| mean.iter().map(move |value| value * by)).collect();
            let answers = classifier.classify_rows(&values).unwrap();
            (Inputs::Table(Table { columns: trained.facts.columns.clone(), values }), answers)
        }
    };
    let expected = trained.logits(inputs, 2).unwrap();
    assert_eq!(answers.iter().map(|answer| answer.logits.clone()).collect::<Vec<_>>(), expected, "{name}");
    let best = zoo_core::predicted_class(&expected[0]);
    assert_eq!(answers[0].best().name, trained.facts.class_names[best], "{name}");
}

#[test]
fn apps_get_the_trainers_answers() {
    CnnWeights::ALL.iter().for_each(|weights| agrees(*weights));
    LogisticRegressionWeights::ALL.iter().for_each(|weights| agrees(*weights));
    MlpWeights::ALL.iter().for_each(|weights| agrees(*weights));
    SoftmaxWeights::ALL.iter().for_each(|weights| agrees(*weights));
}

#[test]
fn another_models_weights_are_refused() {
    let folder = std::env::temp_dir().join(format!("classifier-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("model.safetensors"), SoftmaxWeights::Digits.bytes()).unwrap();
    assert_eq!(zoo_softmax::Classifier::load(&folder).unwrap().class_names().len(), 10);
    let refused = zoo_cnn::Classifier::load(folder.join("model.safetensors")).unwrap_err().to_string();
    assert!(refused.contains("it is not of a model cnn"), "{refused}");
    std::fs::remove_dir_all(&folder).unwrap();
}
