//! The shipped weights against what onnxruntime and PyTorch make of their exports, `fixtures/check_export.py` having run both.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::tensor::Device;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use trainer::trained::TrainedModel;
use zoo_core::weights::Facts;
use zoo_core::{Images, Inputs, Table};

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

#[test]
fn onnxruntime_and_pytorch_give_our_logits() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/export.json");
    let fixture: Fixture = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
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
