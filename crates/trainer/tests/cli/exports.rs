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

/// A seven in dark ink on grey paper, off the middle.
fn seven() -> GrayImage {
    GrayImage::from_fn(240, 180, |x, y| {
        let bar = (100..150).contains(&x) && (30..40).contains(&y);
        let slant = (40..120).contains(&y)
            && (145_u32.saturating_sub((y - 40) / 3)..157_u32.saturating_sub((y - 40) / 3)).contains(&x);
        Luma([if bar || slant { 40 } else { 205 }])
    })
}

#[test]
fn predict_says_what_it_did_to_a_picture_and_shows_what_the_model_sees() {
    let desk = Desk::new();
    seven().save(desk.path("seven.jpg")).unwrap();
    let output =
        desk.trainer("predict --pretrained mlp_digits --json --save-input seen.png seven.jpg").assert().success();
    let answer: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(answer["classes"][0]["class"], "7", "{answer}");
    let steps = answer["preprocessing"].as_array().unwrap();
    assert!(steps[0].as_str().unwrap().starts_with("inverted"), "{answer}");
    assert_eq!(answer["logits"].as_array().unwrap().len(), 10);
    assert_eq!(image::open(desk.path("seen.png")).unwrap().into_luma8().dimensions(), (8, 8));
    // What the model saw is ready: it is seen again as it is.
    let again = desk.trainer("predict --pretrained mlp_digits --json seen.png").assert().success();
    let again: Value = serde_json::from_slice(&again.get_output().stdout).unwrap();
    assert_eq!((&again["logits"], again["preprocessing"].as_array().unwrap().len()), (&answer["logits"], 0));
}

#[test]
fn blank_paper_and_two_pictures_for_one_file_are_refused() {
    let desk = Desk::new();
    GrayImage::from_pixel(50, 50, Luma([200])).save(desk.path("blank.png")).unwrap();
    seven().save(desk.path("seven.png")).unwrap();
    let refused = desk.refused("predict --pretrained mlp_digits blank.png");
    assert!(refused.contains("blank.png") && refused.contains("no ink is to be seen"), "{refused}");
    let refused = desk.refused("predict --pretrained mlp_digits --save-input one.png seven.png blank.png");
    assert!(refused.contains("--save-input one.png is no folder"), "{refused}");
}
