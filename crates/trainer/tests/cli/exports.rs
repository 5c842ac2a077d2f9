//! Models for other programs.

use crate::Desk;
use image::{GrayImage, Luma};
use serde_json::Value;
use std::fs;

#[test]
fn a_run_is_written_in_both_formats_and_reads_back_as_itself() {
    let desk = Desk::new();
    desk.train("--model mlp_digits --seed 1 --epochs 1", "run");
    desk.trainer("export --run run model.safetensors").assert().success();
    assert_eq!(
        fs::read(desk.path("model.safetensors")).unwrap(),
        fs::read(desk.path("run/model.safetensors")).unwrap()
    );
    desk.trainer("export --run run --format onnx model.bin").assert().success();
    let onnx = fs::read(desk.path("model.bin")).unwrap();
    desk.trainer("export --run run model.onnx").assert().success();
    assert_eq!(fs::read(desk.path("model.onnx")).unwrap(), onnx, "the same bytes for the same model");
}

#[test]
fn a_file_is_replaced_only_by_force() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder.onnx")).unwrap();
    for name in ["p.onnx", "p.safetensors"] {
        fs::write(desk.path(name), "mine").unwrap();
        let refused = desk.refused(&format!("export --pretrained softmax_digits {name}"));
        let expected = format!("{name} is there already; name another file, or replace it with --force");
        assert!(refused.contains(&expected) && refused.trim_end().lines().count() == 1, "{refused}");
        assert_eq!(fs::read(desk.path(name)).unwrap(), b"mine");
        desk.trainer(&format!("export --pretrained softmax_digits --force {name}")).assert().success();
        assert_ne!(fs::read(desk.path(name)).unwrap(), b"mine");
    }
    for (file, expected) in [("folder.onnx", "is a folder"), ("nowhere/p.onnx", "there is no folder nowhere")] {
        let refused = desk.refused(&format!("export --pretrained softmax_digits {file}"));
        assert!(refused.contains(expected) && !refused.contains("os error"), "{refused}");
    }
}

#[test]
fn a_format_that_cannot_be_told_is_asked_for() {
    let desk = Desk::new();
    assert!(
        desk.refused("export --pretrained mlp_digits model.pt").contains("say --format onnx or --format safetensors")
    );
    let refused = desk.refused("export --pretrained mlp_digits --format onnx model.safetensors");
    assert!(refused.contains("named like another format"), "{refused}");
    assert!(desk.refused("export --pretrained mlp_digit model.onnx").contains("did you mean mlp_digits"));
    assert!(!desk.path("model.onnx").exists());
}

#[test]
fn in_integers_a_model_is_a_quarter_as_large_and_the_same_each_time() {
    let desk = Desk::new();
    desk.trainer("export --pretrained cnn_digits cnn.onnx").assert().success();
    for threads in [1, 2] {
        desk.trainer(&format!(
            "export --pretrained cnn_digits --format int8 {threads}.onnx --offline --threads {threads}"
        ))
        .assert()
        .success();
    }
    let [f32, int8, again] = ["cnn.onnx", "1.onnx", "2.onnx"].map(|file| fs::read(desk.path(file)).unwrap());
    assert!(int8.len() < f32.len() / 3, "{} and {}", int8.len(), f32.len());
    assert!(int8 == again, "the same bytes for any number of threads");
    let output = desk.trainer("export --pretrained cnn_digits --format int8 3.onnx --offline").assert().success();
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    let (int8, f32) = (int8.len(), f32.len());
    let expected = format!("note: {int8} bytes, instead of {f32} of --format onnx; ");
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.contains("`trainer eval --pretrained cnn_digits --int8` measures what that costs"), "{said}");
    assert_eq!(output.get_output().stdout, b"3.onnx\n");
    desk.train("--model mlp_digits --seed 1 --epochs 1", "run");
    desk.trainer("export --run run --format int8 run.bin").assert().success();
    assert!(fs::read(desk.path("run.bin")).unwrap().windows(14).any(|bytes| bytes == b"QuantizeLinear"));
}

#[test]
fn in_integers_a_model_needs_its_training_data_and_layers_that_have_them() {
    let desk = Desk::new();
    let refused = desk.refused("export --pretrained mlp_emnist --format int8 m.onnx --offline --data-dir empty");
    let expected = "--format int8 is calibrated on training examples: emnist_letters is not in empty";
    assert!(refused.contains(expected) && refused.trim_end().lines().count() == 1, "{refused}");
    desk.train("--model mlp_digits --set model.activation=gelu --seed 1 --epochs 1", "run");
    for words in ["export --run run --format int8 m.onnx", "eval --run run --int8"] {
        let refused = desk.refused(words);
        let expected = "mlp_digits cannot be brought to 8-bit integers: int8 does not take the function Gelu";
        assert!(refused.contains(expected) && refused.trim_end().lines().count() == 1, "{refused}");
    }
    let refused = desk.refused("export --pretrained mlp_digits --format int8 m.safetensors");
    assert!(refused.contains("named like another format"), "{refused}");
    assert!(!desk.path("m.onnx").exists());
}

#[test]
fn in_integers_no_model_is_computed_without_kernels() {
    let desk = Desk::new();
    for words in ["export --pretrained cnn_digits --format int8 m.onnx", "eval --pretrained cnn_digits --int8"] {
        let output = desk.trainer(words).env("ZOO_KERNELS_ISA", "off").assert().code(2);
        let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(said.contains("ZOO_KERNELS_ISA=off turns these off; unset ZOO_KERNELS_ISA"), "{said}");
    }
}

#[test]
fn what_stands_in_for_missing_values_is_said_in_the_file() {
    let desk = Desk::new();
    let row = |row: usize| {
        format!("{},{row}.5,{}\n", if row.is_multiple_of(7) { String::new() } else { row.to_string() }, row % 2 + 1)
    };
    let rows: String = (1..=60).map(row).collect();
    fs::write(desk.path("holes.csv"), format!("a,b,k\n{rows}")).unwrap();
    desk.train("--data holes.csv --label k --epochs 1", "run");
    let sentence = b"to be replaced before, by those of the metadata key `fill`";
    for format in ["onnx", "int8"] {
        desk.trainer(&format!("export --run run --format {format} {format}.onnx")).assert().success();
        let bytes = fs::read(desk.path(&format!("{format}.onnx"))).unwrap();
        assert!(bytes.windows(sentence.len()).any(|part| part == sentence), "{format}");
    }
}

/// The first ten digits of the data set, 0 to 9, in dark ink on gray paper, twenty times as large and off the middle.
fn digits_on_paper() -> Vec<GrayImage> {
    let zoo_core::Inputs::Images(images) = zoo_digits::load().train.inputs else {
        panic!("digits are images");
    };
    let on_paper = |index: usize| {
        let digit = GrayImage::from_raw(8, 8, images.image(index).to_vec()).unwrap();
        let large = image::imageops::resize(&digit, 160, 160, image::imageops::FilterType::CatmullRom);
        GrayImage::from_fn(260, 220, |x, y| {
            let ink = large.get_pixel_checked(x.wrapping_sub(80), y.wrapping_sub(20)).map_or(0, |Luma([ink])| *ink);
            Luma([205 - (u32::from(ink) * 165 / 255) as u8])
        })
    };
    (0..10).map(on_paper).collect()
}

#[test]
fn digits_on_paper_are_read_and_what_was_done_to_them_is_said() {
    let desk = Desk::new();
    let mut words = "predict --pretrained mlp_digits --json --save-input .".to_string();
    for (index, picture) in digits_on_paper().iter().enumerate() {
        picture.save(desk.path(&format!("{index}.png"))).unwrap();
        words += &format!(" {index}.png");
    }
    let output = desk.trainer(&words).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let is_right = |(index, answer): &(usize, &Value)| {
        let expected = index.to_string();
        answer["classes"][0]["class"] == expected
    };
    assert!(answers.iter().enumerate().filter(is_right).count() >= 9, "{text}");
    for answer in &answers {
        assert!(answer["preprocessing"][0].as_str().unwrap().starts_with("inverted"), "{answer}");
        assert_eq!(answer["logits"].as_array().unwrap().len(), 10);
    }
    // What the model saw is ready: it is seen again as it is.
    let again = desk.trainer("predict --pretrained mlp_digits --json 0-input.png").assert().success();
    let again: Value = serde_json::from_slice(&again.get_output().stdout).unwrap();
    assert_eq!((&again["logits"], &again["preprocessing"]), (&answers[0]["logits"], &Value::Array(vec![])));
}

#[test]
fn blank_paper_and_two_pictures_for_one_file_are_refused() {
    let desk = Desk::new();
    GrayImage::from_pixel(50, 50, Luma([200])).save(desk.path("blank.png")).unwrap();
    digits_on_paper()[7].save(desk.path("seven.png")).unwrap();
    let refused = desk.refused("predict --pretrained mlp_digits blank.png");
    assert!(refused.contains("blank.png") && refused.contains("no ink is to be seen"), "{refused}");
    let refused = desk.refused("predict --pretrained mlp_digits --save-input one.png seven.png blank.png");
    assert!(refused.contains("--save-input one.png is no folder"), "{refused}");
}
