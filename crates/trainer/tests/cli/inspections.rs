//! What a report shows of a model.

use crate::Desk;
use serde_json::Value;

fn inspect(desk: &Desk, words: &str) -> Value {
    let output = desk.trainer(words).assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

#[test]
fn a_linear_model_of_images_shows_examples_and_a_template_a_class() {
    let desk = Desk::new();
    let report = desk.train("--model softmax_digits --seed 1 --epochs 3", "run");
    let shown = inspect(&desk, "inspect --json --run run");
    let grid = shown["images"]["grid"].as_array().unwrap();
    assert_eq!(grid.len(), 40);
    assert!(grid.iter().all(|seen| seen["png"].as_str().unwrap().starts_with("iVBORw0KGgo")));
    let errors = shown["images"]["errors"].as_array().unwrap();
    let wrong = (report.data.test as f64 * (1.0 - report.test.accuracy)).round() as usize;
    assert_eq!(errors.len(), wrong.min(20));
    assert!(errors.iter().all(|seen| seen["label"] != seen["predicted"]));
    let certain: Vec<f64> = errors.iter().map(|seen| seen["probability"].as_f64().unwrap()).collect();
    assert!(certain.is_sorted_by(|left, right| left >= right), "{certain:?}");
    let templates: Vec<&str> =
        shown["first_layer"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(templates, report.class_names);
}

#[test]
fn a_model_of_a_table_shows_its_coefficients() {
    let desk = Desk::new();
    desk.train("--model logistic_breast_cancer --seed 1 --epochs 3", "run");
    let shown = inspect(&desk, "inspect --json --run run");
    assert!(shown["images"].is_null() && shown["reason"].is_null());
    assert_eq!(shown["coefficients"].as_array().unwrap().len(), 30);
}

#[test]
fn without_their_data_shipped_weights_still_show_themselves() {
    let desk = Desk::new();
    let shown = inspect(&desk, "inspect --json --pretrained cnn_cifar10 --offline --data-dir .");
    assert!(shown["images"].is_null());
    assert!(shown["reason"].as_str().unwrap().contains("cifar10 is not in"));
    assert_eq!(shown["first_layer"].as_array().unwrap().len(), 32);
}

#[test]
fn something_to_inspect_must_be_named() {
    let desk = Desk::new();
    desk.trainer("inspect").assert().code(2);
    assert!(desk.refused("inspect --pretrained mlp_digits").contains("name --out DIR"));
    desk.trainer("inspect --json --pretrained cnn_cifar11").assert().code(2);
}

#[test]
fn a_folder_gets_pictures_and_their_list() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --seed 1 --epochs 3", "run");
    desk.trainer("inspect --run run --out seen").assert().success();
    let list: Value = serde_json::from_slice(&std::fs::read(desk.path("seen/inspection.json")).unwrap()).unwrap();
    for (key, folder) in [("first_layer", "first_layer"), ("right", "right"), ("wrong", "wrong")] {
        let listed: Vec<&str> = list[key].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
        let mut files: Vec<String> = listed.iter().map(|file| file.replace(&format!("{folder}/"), "")).collect();
        files.sort();
        assert_eq!(crate::files_in(&desk.path(&format!("seen/{folder}"))), files);
        let picture = image::open(desk.path(&format!("seen/{}", listed[0]))).unwrap();
        assert_eq!((picture.width(), picture.height()), (128, 128), "8 by 8, enlarged");
    }
    // Again into its own folder, but into no other.
    desk.trainer("inspect --run run --out seen").assert().success();
    assert!(desk.refused("inspect --run run --out run").contains("is not an empty folder"));
}
