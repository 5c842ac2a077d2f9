//! The weights that ship with the zoo, measured again.

use crate::{Desk, last_line};
use serde_json::Value;

#[test]
fn eval_agrees_with_the_record_and_says_so() {
    let desk = Desk::new();
    let output = desk.trainer("eval --pretrained mlp_digits --json --offline").assert().success();
    let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
    assert_eq!((&answer["model"], &answer["split"]), (&Value::from("mlp_digits"), &Value::from("test")));
    assert_eq!(answer["agrees"], true);
    assert_eq!(answer["weights_sha256"].as_str().unwrap().len(), 64);
    let [found, recorded] =
        ["scores", "recorded"].map(|key| serde_json::from_value::<zoo_core::Scores>(answer[key].clone()).unwrap());
    assert!((found.accuracy - recorded.accuracy).abs() <= 5e-4 && recorded.accuracy > 0.97);
    let text = desk.trainer("eval --pretrained mlp_digits --offline").assert().success();
    let text = String::from_utf8_lossy(&text.get_output().stdout).into_owned();
    assert!(text.contains("\nagrees with the recorded accuracy 0.9"), "{text}");
}

#[test]
fn only_the_test_part_is_compared() {
    let desk = Desk::new();
    let output = desk.trainer("eval --pretrained softmax_digits --split train --json --offline").assert().success();
    let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
    assert!(answer["recorded"].is_null() && answer["agrees"].is_null() && answer["scores"]["accuracy"].is_f64());
}

#[test]
fn all_measures_what_has_its_data_and_skips_the_rest_with_a_reason() {
    let desk = Desk::new();
    let output = desk.trainer("eval --pretrained all --json --data-dir empty").assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (measured, skipped): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer["skipped"].is_null());
    let names: Vec<_> = measured.iter().map(|answer| answer["model"].as_str().unwrap()).collect();
    let embedded = ["cnn_digits", "logistic_breast_cancer", "mlp_breast_cancer", "mlp_digits", "softmax_digits"];
    assert!(embedded.iter().all(|name| names.contains(name)), "{names:?}");
    assert!(measured.iter().all(|answer| answer["agrees"] == true));
    assert!(skipped.len() >= 8);
    for answer in skipped {
        let reason = answer["skipped"].as_str().unwrap();
        assert!(reason.contains(" is not in empty: put there ") && reason.contains("trainer fetch"), "{reason}");
    }
}

#[test]
fn mirror_images_are_measured_where_training_mirrored() {
    let desk = Desk::new();
    let output = desk.trainer("eval --pretrained cnn_digits --tta --json --offline").assert().success();
    let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
    assert!(answer.as_object().unwrap().contains_key("tta") && answer["tta"].is_null());
    assert!(answer["tta_reason"].as_str().unwrap().contains("did not mirror"), "{answer}");
    for (run, changes) in [("flips", r#"["flip"]"#), ("moves", r#"["flip",{shift={pixels=2,padding="zero"}}]"#)] {
        let report = desk.train(&format!("--model cnn_digits --epochs 1 --set data.augmentation={changes}"), run);
        let output = desk.trainer(&format!("eval --run {run} --tta --json --threads 1")).assert().success();
        let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
        let of = |key: &str| -> Option<zoo_core::Scores> { serde_json::from_value(answer[key].clone()).unwrap() };
        assert_eq!((of("tta"), of("tta_six_views")), (report.test_mirrored, report.test_six_views.clone()));
        assert_eq!(report.test_six_views.is_some(), run == "moves");
        assert!(answer["tta_reason"].is_null(), "{answer}");
    }
}

#[test]
fn in_integers_scores_and_changed_answers_stand_beside_those_of_f32() {
    let desk = Desk::new();
    for name in ["cnn_digits", "logistic_breast_cancer", "mlp_breast_cancer", "softmax_digits"] {
        let words = format!("eval --pretrained {name} --int8 --json --offline --list {name}.csv");
        let output = desk.trainer(&words).assert().success();
        let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
        let int8 = &answer["int8"];
        let accuracy = |scores: &Value| serde_json::from_value::<zoo_core::Scores>(scores.clone()).unwrap().accuracy;
        let [before, after] = [&answer["scores"], &int8["scores"]].map(accuracy);
        assert!((before - after).abs() < 0.02, "{name}: {before}, {after}");
        let [difference, largest] = ["largest_difference", "largest_logit"].map(|key| int8[key].as_f64().unwrap());
        // A table has rows far from all others, beyond the range that its bytes are best spent on: their logits stop there.
        let most = if name.ends_with("breast_cancer") { 0.3 } else { 0.05 };
        assert!(difference > 0.0 && difference < most * largest, "{name}: {difference} of {largest}");
        assert!((300..=512).contains(&int8["calibration_examples"].as_u64().unwrap()));
        assert!(int8["bytes"].as_u64() > Some(0) && int8["f32_bytes"].as_u64() > Some(0));
        let list = std::fs::read_to_string(desk.path(&format!("{name}.csv"))).unwrap();
        let mut rows = list.lines();
        assert_eq!(rows.next(), Some("example,class,predicted,probability,int8_predicted,int8_probability"));
        let is_changed = |row: &&str| {
            let cells: Vec<&str> = row.split(',').collect();
            cells[2] != cells[4]
        };
        assert_eq!(int8["changed"].as_u64(), Some(rows.clone().filter(is_changed).count() as u64));
        for row in rows.filter(|row| !is_changed(row)) {
            let cells: Vec<&str> = row.split(',').collect();
            let [before, after] = [3, 5].map(|place: usize| cells[place].parse::<f64>().unwrap());
            assert!((before - after).abs() < 0.05, "{name}: {row}");
        }
    }
    let text = desk.trainer("eval --pretrained cnn_digits --int8 --offline").assert().success();
    let text = String::from_utf8_lossy(&text.get_output().stdout).into_owned();
    assert!(
        text.contains("\nin 8-bit integers: loss 0.0")
            && text.contains(", accuracy 0.98")
            && text.contains(" answers changed, logits of up to "),
        "{text}"
    );
    let plain = desk.trainer("eval --pretrained cnn_digits --json --offline").assert().success();
    assert!(!String::from_utf8_lossy(&plain.get_output().stdout).contains("int8"));
}

#[test]
fn a_run_or_shipped_weights_but_not_both() {
    let desk = Desk::new();
    assert!(desk.refused("eval").contains("--pretrained"));
    assert!(desk.refused("eval --run run --pretrained mlp_digits").contains("cannot be used with"));
    let text = desk.refused("eval --pretrained mlp_digit --offline");
    assert!(text.contains("no weights ship as \"mlp_digit\"; did you mean mlp_digits"), "{text}");
    let text = desk.refused("eval --pretrained mlp_emnist --offline --data-dir empty");
    assert!(text.contains("emnist_letters is not in empty, and --offline forbids downloading it"), "{text}");
}
