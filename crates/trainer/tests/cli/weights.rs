//! Weights files that are damaged or made to do harm: every command that reads them refuses them in one sentence.

use crate::{Desk, last_line};
use serde_json::{Value, json};
use std::fs;
use zoo_core::weights::{Weights, rounded_to_16_bits};

/// A safetensors file in parts.
struct WeightsFile {
    header: Value,
    /// Of the zoo's metadata.
    facts: Value,
    body: Vec<u8>,
}

impl WeightsFile {
    fn read(bytes: &[u8]) -> Self {
        let (length, rest) = bytes.split_first_chunk().unwrap();
        let (header, body) = rest.split_at(u64::from_le_bytes(*length) as usize);
        let header: Value = serde_json::from_slice(header).unwrap();
        let facts = serde_json::from_str(header["__metadata__"]["zoo"].as_str().unwrap()).unwrap();
        Self { header, facts, body: body.to_vec() }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut header = self.header.clone();
        header["__metadata__"]["zoo"] = self.facts.to_string().into();
        let header = header.to_string();
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &self.body].concat()
    }
}

/// A change, and a part of what is said of it.
type Case = (fn(&mut WeightsFile), &'static str);

/// Trains a model, and wants its weights refused with every change by every command that reads them.
fn assert_refused(model: &str, input: (&str, &str), cases: &[Case]) {
    let desk = Desk::new();
    desk.train(&format!("--model {model} --epochs 1"), "run");
    let (name, text) = input;
    fs::write(desk.path(name), text).unwrap();
    let file = desk.path("run/model.safetensors");
    let good = fs::read(&file).unwrap();
    for (change, reason) in cases {
        let mut weights = WeightsFile::read(&good);
        change(&mut weights);
        fs::write(&file, weights.to_bytes()).unwrap();
        let predict = format!("predict --run run {name}");
        for words in [
            "eval --run run --offline",
            "inspect --json --run run --offline",
            "export --run run out.onnx",
            predict.as_str(),
        ] {
            let said = desk.refused(words);
            assert!(said.starts_with("error: ") && said.contains(reason), "{words}, wanted {reason}: {said}");
            assert!(said.trim_end().lines().count() == 1 && said.contains("model.safetensors"), "{words}: {said}");
            assert!(!said.trim_end().contains(char::is_control), "{said:?}");
        }
        assert!(!desk.path("out.onnx").exists());
    }
}

#[test]
fn weights_that_the_report_is_not_of() {
    let desk = Desk::new();
    for (seed, run) in [("1", "run"), ("99", "other")] {
        desk.train(&format!("--model softmax_digits --epochs 1 --seed {seed}"), run);
    }
    let file = desk.path("run/model.safetensors");
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for bytes in [flipped, fs::read(desk.path("other/model.safetensors")).unwrap()] {
        fs::write(&file, bytes).unwrap();
        for command in ["eval --run run --offline", "export --run run out.onnx", "inspect --run run --json --offline"] {
            let text = desk.refused(command);
            assert!(
                text.contains("has the sha256 ") && text.contains("and the run's report is of "),
                "{command}: {text}"
            );
        }
    }
    fs::write(&file, whole).unwrap();
    desk.trainer("eval --run run --offline").assert().success();
}

#[test]
fn weights_kept_in_16_bits_are_half_the_file_and_what_is_measured() {
    let desk = Desk::new();
    let train = "--model mlp_digits --epochs 1";
    desk.train(train, "whole");
    desk.train(&format!("{train} --set training.keep_as=f16"), "half");
    let tensors = |run: &str| {
        let bytes = fs::read(desk.path(run).join("model.safetensors")).unwrap();
        (Weights::parse(&bytes).unwrap().tensors, bytes.len())
    };
    let ((whole, long), (half, short)) = (tensors("whole"), tensors("half"));
    assert_eq!(half, rounded_to_16_bits(whole));
    let numbers: usize = half.iter().map(|(_, data)| data.num_elements()).sum();
    assert!((2 * numbers - 500..2 * numbers).contains(&(long - short)), "{long} to {short}, {numbers} numbers");
    let output = desk.trainer("eval --run half --json --offline").assert().success();
    let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
    let (found, reported) = (answer["scores"]["loss"].as_f64().unwrap(), desk.report("half").test.loss);
    assert!((found - reported).abs() < 1e-9, "the report is of the rounded weights: {found}, {reported}");
    assert!((desk.report("whole").test.loss - reported).abs() > 1e-9);
    let report = desk.report("half");
    assert_eq!(report.valid.loss.to_bits(), report.curves[0].valid_loss.to_bits(), "so is the curve");
    let large = "--set model.weights={uniform={min=-70000.0,max=70000.0}}";
    let train = format!("{train} {large} --set training.keep_as=f16 --offline --threads 1 --out large");
    let output = desk.trainer(&train).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(said.contains("is kept in 32 bits, as it holds a number beyond 65504"), "{said}");
    desk.trainer("export --run half --format safetensors again.safetensors").assert().success();
    assert_eq!(fs::read(desk.path("again.safetensors")).unwrap().len(), short);
}

#[test]
fn weights_to_start_from_are_held_against_their_report() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "run");
    let (file, start) = (desk.path("run/model.safetensors"), "--model softmax_digits --init run --offline --out new");
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for bytes in [flipped, Vec::new()] {
        fs::write(&file, bytes).unwrap();
        let text = desk.refused(start);
        assert!(text.contains("run/model.safetensors has the sha256 "), "{text}");
    }
    fs::write(&file, whole).unwrap();
    // Without a report that can be read, nobody knows.
    fs::write(desk.path("run/report.json"), "{").unwrap();
    for words in [start, "eval --run run --offline"] {
        assert!(desk.refused(words).contains("run/report.json is not a report"));
    }
    assert!(!desk.path("new").exists());
}

#[test]
fn facts_and_tensors_of_images() {
    let cases: [Case; 15] = [
        (
            |file| file.facts["input_shape"] = json!([1, 1_u64 << 20, 1_u64 << 20]),
            "input_shape is [1, 1048576, 1048576]",
        ),
        (|file| file.facts["input_shape"] = json!([1, 1_u64 << 32, 1_u64 << 32]), "input_shape is "),
        (|file| file.facts["input_shape"] = json!([1, 0, 0]), "input_shape is [1, 0, 0]"),
        (|file| file.facts["input_shape"] = json!([1, 4, 16]), "picture has the shape [1, 8, 8], which does not fit"),
        (|file| file.facts["picture"]["kind"] = json!("letter"), "picture is a letter of shape [1, 8, 8], expected"),
        (|file| file.facts["picture"]["kind"] = json!("photograph"), "its picture is "),
        (|file| file.facts["class_names"] = json!([]), "there are 0 class_names"),
        (|file| file.facts["class_names"][3] = json!("\u{1b}]0;x\u{7}"), "holds a control character"),
        (|file| file.facts["class_names"][3] = json!("four"), "class_names is "),
        (|file| file.facts["class_names"] = json!(["a", "b"]), "2 class_names do not fit output.bias"),
        (|file| file.facts["normalizer"] = json!({ "scale": 1.0, "mean": [0.0], "std": [0.0] }), "not usable: std 0"),
        (|file| file.facts["normalizer"]["std"] = json!([1.0]), "normalization for 1 channels or columns"),
        (|file| file.facts["\u{1b}[2J"] = file.facts["nothing"].clone(), "unknown field"),
        (|file| file.body[..4].copy_from_slice(&f32::NAN.to_le_bytes()), "holds values that are not finite"),
        (|file| file.body[..4].copy_from_slice(&f32::INFINITY.to_le_bytes()), "holds values that are not finite"),
    ];
    assert_refused("softmax_digits", ("digit.png", ""), &cases);
}

#[test]
fn facts_and_tensors_of_tables() {
    let cases: [Case; 5] = [
        (|file| file.facts["columns"][0] = json!("width"), "columns is "),
        (|file| _ = file.facts["columns"].as_array_mut().unwrap().pop(), "there are 29 columns, expected 30"),
        (
            |file| file.facts["normalizer"]["std"].as_array_mut().unwrap().push(json!(1.0)),
            "normalization for 31 channels",
        ),
        (|file| file.facts["model"]["mlp"]["hidden"] = json!([65_536, 4_000]), "its model is "),
        // A recipe of a model that is larger than the file.
        (
            |file| {
                let hidden = file.facts["model"]["mlp"]["hidden"].to_string();
                let recipe =
                    file.facts["recipe"].as_str().unwrap().replace(&hidden.replace(',', ", "), "[65536, 4000]");
                file.facts["model"]["mlp"]["hidden"] = json!([65_536, 4_000]);
                file.facts["recipe"] = recipe.into();
            },
            "hidden.0.linear.weight has shape",
        ),
    ];
    assert_refused("mlp_breast_cancer", ("rows.csv", "mean radius\n1\n"), &cases);
}
