//! The shipped weights against what onnxruntime and PyTorch make of their exports, `fixtures/check_export.py` having run both, and
//! `fixtures/check_int8.py` those in integers.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::tensor::Device;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;
use trainer::trained::TrainedModel;
use zoo_core::weights::Facts;
use zoo_core::{Images, Inputs, Progress, Store, Table};

const EXAMPLES: usize = 3;
const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct Fixture {
    models: BTreeMap<String, Logits>,
}

#[derive(Deserialize)]
struct Logits {
    weights_sha256: String,
    onnxruntime: Vec<Vec<f32>>,
    pytorch: Vec<Vec<f32>>,
}

/// The same made-up examples as the script's.
fn raw(facts: &Facts) -> Inputs {
    let shape = &facts.input_shape;
    let count: usize = EXAMPLES * shape.iter().product::<usize>();
    let pattern = (0..count).map(|place| ((place * place * 31 + place * 17) % 256) as u8);
    if let &[channels, height, width] = shape.as_slice() {
        return Inputs::Images(Images { channels, height, width, pixels: pattern.collect() });
    }
    let columns = facts.columns.len();
    let value = |(place, byte): (usize, u8)| {
        let [mean, std] =
            [&facts.normalizer.mean, &facts.normalizer.std].map(|values| f64::from(values[place % columns]));
        (mean + std * (f64::from(byte) / 128.0 - 1.0)) as f32
    };
    Inputs::Table(Table { columns: facts.columns.clone(), values: pattern.enumerate().map(value).collect() })
}

#[derive(Deserialize)]
struct Int8Fixture {
    models: BTreeMap<String, Int8Logits>,
}

#[derive(Deserialize)]
struct Int8Logits {
    weights_sha256: String,
    onnxruntime: Vec<Vec<f32>>,
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn onnxruntime_and_pytorch_give_our_logits() {
    let fixture: Fixture = read("export.json");
    for shipped in trainer::pretrained::all() {
        let model = TrainedModel::pretrained(shipped.name(), &Device::flex()).unwrap();
        let is_embedded = model.recipe.data.zoo().is_some_and(|data| data.facts().fetch.is_none());
        assert_eq!(
            fixture.models.contains_key(shipped.name()),
            is_embedded,
            "{}: run fixtures/check_export.py",
            shipped.name()
        );
    }
    for (name, expected) in &fixture.models {
        let shipped = trainer::pretrained::find(name).unwrap().entry().unwrap();
        assert_eq!(shipped.sha256, expected.weights_sha256, "{name} was recorded since: run fixtures/check_export.py");
        let model = TrainedModel::pretrained(name, &Device::flex()).unwrap();
        let ours = model.logits(raw(&model.facts), EXAMPLES).unwrap();
        for theirs in [&expected.onnxruntime, &expected.pytorch] {
            assert_eq!((ours.len(), ours[0].len()), (theirs.len(), theirs[0].len()), "{name}");
            let pairs = ours.iter().flatten().zip(theirs.iter().flatten());
            let difference = pairs.map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f32::max);
            assert!(difference <= TOLERANCE, "{name}: {difference}");
        }
    }
}

/// A byte that onnxruntime rounds to its neighbor, as it multiplies in another order, moves every logit a little: by so much of the largest.
const INT8_TOLERANCE: f32 = 0.02;

#[test]
fn onnxruntime_gives_our_logits_in_integers() {
    let fixture: Int8Fixture = read("int8.json");
    let store = Store::new(Some("none".into()), true, Progress::Hidden).unwrap();
    for shipped in trainer::pretrained::all() {
        let name = shipped.name();
        let model = TrainedModel::pretrained(name, &Device::flex()).unwrap();
        let is_embedded = model.recipe.data.zoo().is_some_and(|data| data.facts().fetch.is_none());
        assert_eq!(fixture.models.contains_key(name), is_embedded, "{name}: run fixtures/check_int8.py");
        let Some(expected) = fixture.models.get(name) else { continue };
        let recorded = shipped.entry().unwrap().sha256;
        assert_eq!(recorded, expected.weights_sha256, "{name} was recorded since: run fixtures/check_int8.py");
        let splits = trainer::data::prepare(&model.recipe, &store, 0).unwrap();
        let inputs = model.facts.normalizer.apply(&raw(&model.facts));
        let ours = model.int8(&splits.train).unwrap().forward(&inputs).unwrap();
        let theirs = expected.onnxruntime.concat();
        assert_eq!(ours.len(), theirs.len(), "{name}");
        let largest = ours.iter().fold(0.0_f32, |largest, logit| largest.max(logit.abs()));
        let difference = ours.iter().zip(&theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f32::max);
        assert!(difference <= INT8_TOLERANCE * largest, "{name}: {difference} of {largest}");
    }
}
