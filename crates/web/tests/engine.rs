//! The page's engine beside the trainer: the same probabilities, the same steps.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use burn::tensor::Device;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use trainer::interrupt::StopFlag;
use trainer::observer::Silent;
use trainer::state::Identity;
use trainer::train::{Fit, fit};
use trainer::training::FitOptions;
use zoo_core::image::{DynamicImage, RgbaImage};
use zoo_core::weights::Weights;
use zoo_core::{Classifier, Inputs, Progress, Store, Stream};
use zoo_web::learning::TrainingSession;
use zoo_web::playground::{Playground, PlaygroundSettings, PointSet};
use zoo_web::recognizer::{Canvas, Recognizer};
use zoo_web::{EngineError, Setting};

/// Initial values and dropout are drawn from the backend's one generator: trainings take turns.
fn taking_turns() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn weights_file(model: &str, name: &str) -> PathBuf {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    models.join(model).join("weights").join(format!("{name}.safetensors"))
}

fn recognizer(model: &str, name: &str) -> Recognizer {
    Recognizer::from_weights(&fs::read(weights_file(model, name)).unwrap()).unwrap()
}

fn set(settings: &[(&str, &str)]) -> Vec<Setting> {
    settings.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

/// A picture of a thick bar on white paper, from one corner of the middle to the other.
fn stroke(side: u32) -> Vec<u8> {
    let dark = |x: u32, y: u32| x.abs_diff(y) < side / 12 && (side / 5..side * 4 / 5).contains(&x);
    let pixel = |index: u32| if dark(index % side, index / side) { [10, 10, 10, 255] } else { [255; 4] };
    (0..side * side).flat_map(pixel).collect()
}

#[test]
fn letters_and_photographs_are_answered_as_the_classifier_answers_them() {
    let side = 140;
    let (rgba, picture) = (stroke(side), RgbaImage::from_raw(side, side, stroke(side)).unwrap());
    for (model, name) in [("mlp", "mlp_emnist"), ("cnn", "cnn_emnist"), ("cnn", "cnn_cifar10_best")] {
        let answer = recognizer(model, name).recognize(Canvas { width: side, height: side, rgba: &rgba }).unwrap();
        let file = weights_file(model, name);
        let picture: DynamicImage = picture.clone().into();
        let expected = match model {
            "mlp" => Classifier::<zoo_recipe::configs::Mlp>::load(file).unwrap().classify(&picture).unwrap(),
            _ => Classifier::<zoo_recipe::configs::Cnn>::load(file).unwrap().classify(&picture).unwrap(),
        };
        assert_eq!(answer.steps, expected.steps, "{name}");
        assert_eq!(answer.probabilities, zoo_core::probabilities(&expected.logits), "{name}");
        assert_eq!(answer.probabilities[answer.best], expected.best().probability, "{name}");
        assert_eq!(answer.pixels.len(), answer.shape.iter().product::<usize>(), "{name}");
    }
}

#[test]
fn probabilities_are_those_of_the_trainers_own_pass() {
    let recognizer = recognizer("mlp", "mlp_digits");
    let weights = Weights::read(&weights_file("mlp", "mlp_digits")).unwrap();
    let recipe = trainer::registry::recipe("mlp_digits").unwrap();
    let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).unwrap();
    let splits = trainer::data::prepare(&recipe, &store, 0).unwrap();
    let sizes = zoo_core::Sizes { input: weights.facts.input_shape.clone(), outputs: 10 };
    let device = Device::flex();
    let network = trainer::network::Network::of_tensors(&recipe.model, &sizes, &weights.tensors, &device).unwrap();
    let (loss, batcher) = (&recipe.loss, &splits.batcher);
    let expected = trainer::evaluate::predict(&network, loss, batcher, &splits.test, &device, |_| {}).unwrap();
    let Inputs::Images(images) = &splits.test.inputs else { panic!("digits are images") };
    for (index, logits) in expected.rows().enumerate().take(10) {
        let answer = recognizer.of_pixels(images.image(index).to_vec()).unwrap();
        for (found, expected) in answer.probabilities.iter().zip(zoo_core::probabilities(logits)) {
            assert!((found - expected).abs() < 1e-5, "{index}: {found} for {expected}");
        }
    }
}

#[test]
fn what_a_network_looks_at_can_be_seen() {
    let side = 32;
    let mut random = Stream::numbered(1, 0);
    let pixels: Vec<u8> = (0..3 * side * side).map(|_| (255.0 * random.unit()) as u8).collect();
    let recognizer = recognizer("cnn", "cnn_cifar10_best");
    let maps = recognizer.first_maps(&pixels).unwrap().unwrap();
    assert_eq!((maps.count, maps.height, maps.width, maps.bytes.len()), (32, side, side, 32 * side * side));
    assert!(maps.bytes.contains(&255));
    let filters = recognizer.filters().unwrap();
    assert_eq!((filters.count, filters.channels, filters.height, filters.width), (32, 3, 5, 5));
    let best = recognizer.of_pixels(pixels.clone()).unwrap().best;
    let heat = recognizer.occlusion(&pixels, best).unwrap();
    assert_eq!((heat.rows, heat.columns, heat.values.len()), (7, 7, 49));
    assert!(heat.values.iter().any(|value| *value != 0.0));
    // An image of one color hides nothing.
    let gray = vec![90; 3 * side * side];
    assert!(recognizer.occlusion(&gray, 0).unwrap().values.iter().all(|value| value.abs() < 1e-4));
    assert!(self::recognizer("mlp", "mlp_emnist").first_maps(&[0; 784]).unwrap().is_none());
}

#[test]
fn a_small_gray_perceptron_is_looked_at_likewise() {
    let recognizer = recognizer("mlp", "mlp_digits");
    let filters = recognizer.filters().unwrap();
    assert_eq!((filters.channels, filters.height, filters.width), (1, 8, 8));
    assert_eq!(filters.bytes.len(), filters.count * 64);
    // A bright stroke from top to bottom.
    let pixels: Vec<u8> = (0..64).map(|place| if [3, 4].contains(&(place % 8)) { 255 } else { 0 }).collect();
    let best = recognizer.of_pixels(pixels.clone()).unwrap().best;
    let heat = recognizer.occlusion(&pixels, best).unwrap();
    assert_eq!((heat.rows, heat.columns, heat.values.len()), (7, 7, 49));
    assert!(heat.values.iter().any(|value| *value != 0.0));
    let gray = recognizer.recognize(Canvas { width: 140, height: 140, rgba: &stroke(140) }).unwrap();
    assert_eq!((gray.shape, gray.pixels.len()), (vec![1, 8, 8], 64));
}

#[test]
fn pixels_that_are_no_image_are_refused() {
    let said = recognizer("mlp", "mlp_emnist").of_pixels(vec![0; 783]).map_err(|error| error.to_string());
    assert!(said.unwrap_err().contains("783 values"));
    assert!(Recognizer::from_weights(b"no weights").is_err());
}

/// The last weights of a training to the end.
fn trained(session: &mut TrainingSession) -> Vec<u8> {
    while !session.is_over() {
        assert!(!session.advance(1000).unwrap().is_empty());
    }
    session.weights().unwrap()
}

#[test]
fn the_digits_are_learned_by_their_recipe_and_a_seed_gives_the_same_bits() {
    let _turn = taking_turns();
    let run = || {
        let mut session = TrainingSession::new("mlp_digits", &[], 11).unwrap();
        let weights = trained(&mut session);
        (weights, session)
    };
    let ((weights, session), (again, _)) = (run(), run());
    assert_eq!(weights, again);
    let accuracy = session.test_accuracy().unwrap();
    assert!(accuracy >= 0.97, "{accuracy}");
    let progress = session.progress();
    assert_eq!((progress.epoch, progress.history.len(), progress.is_over), (40, 40, true));
    // What it learned answers a digit that it has not seen.
    let recognizer = Recognizer::from_weights(&weights).unwrap();
    assert_eq!(recognizer.class_names()[7], "7");
    let (mistakes, pictures) = session.mistakes();
    assert_eq!(mistakes.len(), pictures.count);
    let wrong: u64 = session.confusion().iter().flatten().sum::<u64>()
        - (0..10).map(|class| session.confusion()[class][class]).sum::<u64>();
    assert_eq!(wrong as usize, mistakes.len());
}

#[test]
fn it_takes_the_steps_that_the_trainer_takes() {
    let _turn = taking_turns();
    for name in ["mlp_digits", "cnn_digits"] {
        let settings = set(&[("training.epochs", "1")]);
        let mut session = TrainingSession::new(name, &settings, 11).unwrap();
        let weights = Weights::parse(&trained(&mut session)).unwrap();
        let recipe = trainer::registry::recipe(name).unwrap().with_overrides(&settings).unwrap();
        let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).unwrap();
        let splits = trainer::data::prepare(&recipe, &store, 11).unwrap();
        let (identity, stop) = (Identity { seed: 11, ..Identity::default() }, StopFlag::default());
        let options =
            FitOptions { identity, device: Device::flex(), folder: None, resume: None, init: None, stop: &stop };
        let Fit::Finished(fitted) = fit(&recipe, &splits, &options, &mut Silent).unwrap() else {
            panic!("nobody stopped it");
        };
        let mut expected = fitted.network.named_tensors();
        expected.sort_by(|(left, _), (right, _)| left.cmp(right));
        assert_eq!(weights.tensors, expected, "{name}");
        assert_eq!(weights.facts.normalizer, splits.batcher.normalizer, "{name}");
        // The recipe that is shown is the one that was trained.
        let shown = zoo_recipe::Recipe::parse(&session.recipe(), "the page's recipe").unwrap();
        assert_eq!((shown.sha256(), shown.training.seeds), (recipe.sha256(), vec![11]), "{name}");
    }
}

#[test]
fn settings_that_are_not_the_pages_are_refused_in_a_sentence() {
    let _turn = taking_turns();
    let refused = |name: &str, settings: &[(&str, &str)]| match TrainingSession::new(name, &set(settings), 1) {
        Ok(_) => panic!("{settings:?} were taken"),
        Err(error) => error.to_string(),
    };
    assert!(refused("mlp_digits", &[("optimizer", "adan")]).contains("--set optimizer=adan"));
    assert!(refused("mlp_digits", &[("schedule.learning_rate", "-1")]).contains("expected a number above 0"));
    assert!(
        refused("mlp_digits", &[("data.test", "{ stratified = { fraction = 0.5, seed = 0 } }")]).contains("trainer")
    );
    assert!(refused("mlp", &[]).contains("mlp_digits, cnn_digits"));
}

#[test]
fn training_that_diverges_says_so_and_stays_at_that() {
    let _turn = taking_turns();
    let settings = set(&[("optimizer", "sgd"), ("schedule.learning_rate", "1e30")]);
    let mut session = TrainingSession::new("mlp_digits", &settings, 1).unwrap();
    let error = (0..100).find_map(|_| session.advance(1).err());
    assert!(matches!(error, Some(EngineError::Diverged { .. })), "{error:?}");
    assert!(matches!(session.advance(1), Err(EngineError::Failed)));
}

fn playground(points: PointSet, polar: bool, settings: &[(&str, &str)]) -> Playground {
    let settings = PlaygroundSettings { points, polar, set: set(settings), ..PlaygroundSettings::default() };
    Playground::new(&settings).unwrap()
}

#[test]
fn points_are_learned_and_a_seed_gives_the_same_maps() {
    let _turn = taking_turns();
    let learned = || {
        let mut playground = playground(PointSet::Xor, false, &[("optimizer", "adam")]);
        playground.advance(2000).unwrap();
        (playground.scores().unwrap(), playground.maps(20).unwrap(), playground.weights().unwrap())
    };
    let (first, again) = (learned(), learned());
    assert_eq!(first, again);
    let (scores, maps, weights) = first;
    assert!(scores.train_accuracy > 0.95 && scores.test_accuracy.unwrap() > 0.9, "{scores:?}");
    assert_eq!((maps.region.len(), maps.units.len()), (400, 8 * 400));
    assert_eq!(weights.len(), 2 * 4 + 4 * 4 + 4 * 2);
    // The second class is where the signs differ: at the top on the left, not on the right.
    assert!(maps.region[2 * 20 + 2] > 200 && maps.region[2 * 20 + 17] < 55);
}

#[test]
fn rings_want_a_hidden_layer_or_polar_coordinates() {
    let _turn = taking_turns();
    let accuracy = |polar| {
        let settings = [("model.mlp.hidden", "[]"), ("schedule.learning_rate", "0.1")];
        let mut playground = playground(PointSet::Rings, polar, &settings);
        playground.advance(2000).unwrap();
        let maps = playground.maps(4).unwrap();
        assert_eq!((maps.region.len(), maps.units.len()), (16, 0));
        playground.scores().unwrap().train_accuracy
    };
    let (cartesian, polar) = (accuracy(false), accuracy(true));
    assert!(cartesian < 0.75 && polar > 0.98, "{cartesian} and {polar}");
}

#[test]
fn clicks_are_learned_from() {
    let _turn = taking_turns();
    let mut playground = playground(PointSet::Own, false, &[]);
    playground.advance(10).unwrap();
    assert!(playground.scores().unwrap().train_loss.is_nan());
    playground.add([1.0, 1.0], true);
    playground.add([-1.0, -1.0], false);
    playground.advance(500).unwrap();
    let scores = playground.scores().unwrap();
    assert_eq!((scores.steps, scores.train_accuracy, scores.test_accuracy), (500, 1.0, None));
}

#[test]
fn networks_that_cannot_be_looked_at_are_refused() {
    let _turn = taking_turns();
    let exponential = "{ exponential = { learning_rate = 0.1, warmup_steps = 0, factor = 0.9 } }";
    let cases = [("model.mlp.hidden", "[17]"), ("model.mlp.batch_norm", "true"), ("schedule", exponential)];
    for (key, value) in cases {
        let settings = PlaygroundSettings { set: set(&[(key, value)]), ..PlaygroundSettings::default() };
        assert!(matches!(Playground::new(&settings), Err(EngineError::ForTheTrainer(_))), "{key}");
    }
}
