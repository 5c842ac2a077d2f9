//! Classifying a user's own files.

use crate::{Desk, breast_cancer, last_line};
use image::{GrayImage, RgbImage};
use serde_json::Value;
use std::fs;

fn classes(desk: &Desk, words: &str) -> Vec<Value> {
    let output = desk.trainer(words).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn pictures_of_any_size_and_kind_are_classified() {
    let desk = Desk::new();
    desk.train("--model mlp_digits --epochs 15", "run");
    // An upright stroke: a one, drawn large, small, gray and in color.
    let stroke = |x: u32, width: u32| if (width * 3 / 8..width * 5 / 8).contains(&x) { 255 } else { 0 };
    GrayImage::from_fn(8, 8, |x, _| [stroke(x, 8)].into()).save(desk.path("small.png")).unwrap();
    GrayImage::from_fn(400, 400, |x, _| [stroke(x, 400)].into()).save(desk.path("large.jpg")).unwrap();
    RgbImage::from_fn(300, 200, |x, _| [stroke(x, 300); 3].into()).save(desk.path("wide.png")).unwrap();
    let answers = classes(&desk, "predict --run run --json --top 10 small.png large.jpg wide.png");
    assert_eq!(answers.len(), 3);
    for answer in &answers {
        let sum: f64 =
            answer["classes"].as_array().unwrap().iter().map(|class| class["probability"].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{answer}");
        assert_eq!(answer["classes"][0]["class"], "1", "{answer}");
    }
    let text = desk.trainer("predict --run run small.png").assert().success();
    assert!(last_line(&text.get_output().stdout).starts_with("small.png: 1 "));
}

#[test]
fn rows_of_a_table_are_classified_by_column_name() {
    let desk = Desk::new();
    desk.train("--model logistic_breast_cancer --seed 1", "run");
    let dataset = breast_cancer();
    let zoo_core::Inputs::Table(table) = &dataset.train.inputs else {
        panic!("a table");
    };
    // Columns in reverse, one more beside them.
    let mut text = format!("patient,{}\n", table.columns.iter().rev().cloned().collect::<Vec<_>>().join(","));
    for (index, row) in table.values.chunks_exact(table.columns.len()).take(50).enumerate() {
        let values: Vec<String> = row.iter().rev().map(f32::to_string).collect();
        text += &format!("{index},{}\n", values.join(","));
    }
    fs::write(desk.path("rows.csv"), &text).unwrap();
    let answers = classes(&desk, "predict --run run --json rows.csv");
    let right = answers
        .iter()
        .zip(&dataset.train.labels)
        .filter(|(answer, label)| answer["classes"][0]["class"] == dataset.class_names[usize::from(**label)]);
    assert!(right.count() >= 47, "{answers:?}");
    fs::write(desk.path("cut.csv"), text.replacen("worst", "wurst", 1)).unwrap();
    assert!(desk.refused("predict --run run cut.csv").contains("cut.csv has no column"));
    fs::write(desk.path("word.csv"), text.replacen("\n0,", "\n0,none", 1)).unwrap();
    let refused = desk.refused("predict --run run word.csv");
    assert!(refused.contains("word.csv:2") && refused.contains("expected a number"), "{refused}");
}

/// The header that Kaggle and UCI give the Wisconsin table: `radius_mean`, `concave points_mean`, `radius_se`, `radius_worst`.
fn kaggle_name(column: &str) -> String {
    let underlined =
        |property: &str, end| format!("{}{end}", property.replace("fractal dimension", "fractal_dimension"));
    let mean = column.strip_prefix("mean ").map(|property| underlined(property, "_mean"));
    let worst = column.strip_prefix("worst ").map(|property| underlined(property, "_worst"));
    let error = column.strip_suffix(" error").map(|property| underlined(property, "_se"));
    mean.or(worst).or(error).unwrap()
}

#[test]
fn tables_as_kaggle_and_spreadsheets_write_them_get_the_same_answers() {
    let desk = Desk::new();
    let dataset = breast_cancer();
    let zoo_core::Inputs::Table(table) = &dataset.train.inputs else {
        panic!("a table");
    };
    let (columns, rows) = (table.columns.len(), [0, 19, 20]);
    let lines = |separator: &str, change: &dyn Fn(String) -> String| -> String {
        let row = |row: usize| table.row(row).iter().map(|value| change(value.to_string())).collect::<Vec<_>>();
        rows.map(|index| row(index).join(separator) + "\r\n").concat()
    };
    let (plain, commas) = (|text| text, |text: String| text.replace('.', ","));
    let header = table.columns.join(",");
    let kaggle = table.columns.iter().map(|column| format!("{:?},", kaggle_name(column))).collect::<String>();
    let kaggle_rows = lines(",", &plain).lines().map(|row| format!("842302,M,{row}\n")).collect::<String>();
    let utf16 = format!("\u{FEFF}{}\r\n{}", header.replace(',', "\t"), lines("\t", &commas));
    for (name, text) in [
        ("plain.csv", format!("{header}\n{}", lines(",", &plain)).into_bytes()),
        ("kaggle.csv", format!("\"id\",\"diagnosis\",{kaggle}\n{kaggle_rows}").into_bytes()),
        ("excel.csv", format!("sep=;\r\n{}\r\n{}", header.replace(',', ";"), lines(";", &commas)).into_bytes()),
        ("unicode.txt", utf16.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ] {
        fs::write(desk.path(name), text).unwrap();
        let answers = classes(&desk, &format!("predict --pretrained mlp_breast_cancer --json {name}"));
        let found: Vec<_> = answers.iter().map(|answer| answer["classes"][0]["class"].as_str().unwrap()).collect();
        assert_eq!(found, ["malignant", "benign", "benign"], "{name}");
        let line = if name == "excel.csv" { 3 } else { 2 };
        assert_eq!(answers[0]["input"], format!("{name}:{line}"));
    }
    let twice = format!("mean radius,{header}\n9999,{}\n", vec!["1"; columns].join(","));
    fs::write(desk.path("twice.csv"), twice).unwrap();
    let refused = desk.refused("predict --pretrained mlp_breast_cancer twice.csv");
    assert!(refused.contains("twice.csv: the header names \"mean radius\" twice"), "{refused}");
    #[cfg(target_os = "linux")]
    assert!(
        desk.refused("predict --pretrained mlp_breast_cancer /dev/zero").contains("/dev/zero: it holds zero bytes")
    );
}

#[test]
fn a_text_file_is_no_picture() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "run");
    fs::write(desk.path("text.png"), "hello").unwrap();
    fs::create_dir(desk.path("folder.png")).unwrap();
    for name in ["text.png", "folder.png", "nowhere.png"] {
        assert!(desk.refused(&format!("predict --run run {name}")).contains(name));
    }
}

/// The stroke of a one.
fn one() -> GrayImage {
    GrayImage::from_fn(60, 80, |x, y| [if (25..35).contains(&x) && (10..70).contains(&y) { 20 } else { 230 }].into())
}

#[test]
fn a_bad_picture_does_not_stop_the_others() {
    let desk = Desk::new();
    one().save(desk.path("good.png")).unwrap();
    fs::write(desk.path("bad.png"), "hello").unwrap();
    let output = desk.trainer("predict --pretrained mlp_digits bad.png good.png nowhere.png good.png").assert().code(2);
    let [told, wrong] =
        [&output.get_output().stdout, &output.get_output().stderr].map(|text| String::from_utf8(text.clone()).unwrap());
    assert_eq!(told.lines().filter(|line| line.starts_with("good.png: 1 ")).count(), 2, "{told}");
    assert_eq!(wrong.matches("error: ").count(), 2, "{wrong}");
    assert!(wrong.contains("bad.png: this is not a") && wrong.contains("nowhere.png"), "{wrong}");
}

#[test]
#[cfg(unix)]
fn a_picture_may_come_through_a_pipe() {
    let desk = Desk::new();
    one().save(desk.path("good.png")).unwrap();
    let mut trainer = desk.trainer("predict --pretrained mlp_digits /dev/stdin");
    let output = trainer.write_stdin(fs::read(desk.path("good.png")).unwrap()).assert().success();
    assert!(last_line(&output.get_output().stdout).starts_with("/dev/stdin: 1 "));
    let output = desk.trainer("predict --pretrained mlp_digits /dev/stdin").assert().code(2);
    assert!(String::from_utf8_lossy(&output.get_output().stderr).contains("/dev/stdin: the file is empty"));
}

#[test]
fn no_saved_input_replaces_another_or_a_picture() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("a")).unwrap();
    fs::create_dir(desk.path("out")).unwrap();
    for name in ["1.png", "a/1.png", "a/1.bmp", "1-input.png", "a/2.png"] {
        one().save(desk.path(name)).unwrap();
    }
    let before = fs::read(desk.path("1-input.png")).unwrap();
    for (words, expected) in [
        ("--save-input out 1.png a/1.png", "both be saved as out/1-input.png"),
        ("--save-input out a/1.png a/1.bmp", "both be saved as out/1-input.png"),
        ("--save-input . 1.png 1-input.png", "would replace the picture ./1-input.png"),
        ("--save-input 1.png 1.png", "would replace the picture 1.png"),
    ] {
        let refused = desk.refused(&format!("predict --pretrained mlp_digits {words}"));
        assert!(refused.contains(expected), "{refused}");
    }
    assert_eq!(fs::read_dir(desk.path("out")).unwrap().count(), 0);
    assert_eq!(fs::read(desk.path("1-input.png")).unwrap(), before);
    desk.trainer("predict --pretrained mlp_digits --save-input out 1.png a/2.png").assert().success();
    assert_eq!(crate::files_in(&desk.path("out")), ["1-input.png", "2-input.png"]);
}

#[test]
fn a_saved_input_replaces_a_file_only_by_force() {
    let desk = Desk::new();
    fs::create_dir(desk.path("out")).unwrap();
    one().save(desk.path("1.png")).unwrap();
    one().save(desk.path("2.png")).unwrap();
    for name in ["mine.csv", "out/2-input.png"] {
        fs::write(desk.path(name), "mine").unwrap();
    }
    for (words, expected) in [
        ("mine.csv 1.png", "mine.csv is there already; name another file, or replace it with --force"),
        ("out 1.png 2.png", "out/2-input.png is there already"),
        ("nowhere/seen.png 1.png", "there is no folder nowhere"),
    ] {
        let refused = desk.refused(&format!("predict --pretrained mlp_digits --save-input {words}"));
        assert!(refused.contains(expected) && refused.trim_end().lines().count() == 1, "{refused}");
    }
    assert_eq!(crate::files_in(&desk.path("out")), ["2-input.png"], "nothing is written before all are checked");
    assert_eq!(fs::read(desk.path("mine.csv")).unwrap(), b"mine");
    desk.trainer("predict --pretrained mlp_digits --force --save-input out 1.png 2.png").assert().success();
    assert!(image::open(desk.path("out/2-input.png")).is_ok());
    let refused = desk.refused("predict --pretrained mlp_digits --force --save-input 1.png 1.png");
    assert!(refused.contains("would replace the picture 1.png"), "{refused}");
}

#[test]
fn a_file_of_the_other_kind_is_called_so() {
    let desk = Desk::new();
    one().save(desk.path("one.png")).unwrap();
    fs::write(desk.path("rows.csv"), "BMI,age\n1,2\n").unwrap();
    let refused = desk.refused("predict --pretrained mlp_breast_cancer one.png");
    assert!(refused.contains("one.png is a picture, and this model reads the rows of tables"), "{refused}");
    let refused = desk.refused("predict --pretrained mlp_digits rows.csv");
    assert!(refused.contains("rows.csv is a table, and this model reads pictures"), "{refused}");
    let refused = desk.refused("predict --pretrained mlp_breast_cancer rows.csv");
    assert!(refused.contains("rows.csv has no column"), "{refused}");
}

#[test]
fn several_characters_in_a_picture_are_warned_of() {
    let desk = Desk::new();
    let mut row = GrayImage::from_pixel(200, 80, [230].into());
    (0..3).for_each(|place| image::imageops::overlay(&mut row, &one(), 60 * place, 0));
    row.save(desk.path("row.png")).unwrap();
    let output = desk.trainer("predict --pretrained mlp_digits --json row.png").assert().success();
    let wrong = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(wrong.starts_with("warning: row.png: 3 characters"), "{wrong}");
    let answer: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert!(answer["warning"].as_str().unwrap().starts_with("3 characters"), "{answer}");
}

#[test]
fn tables_without_rows_or_with_impossible_values_are_refused() {
    let desk = Desk::new();
    desk.train("--model logistic_breast_cancer --epochs 1 --seed 1", "run");
    let zoo_core::Inputs::Table(table) = breast_cancer().train.inputs else {
        panic!("a table");
    };
    let header = table.columns.join(",");
    let huge = vec!["3e38"; table.columns.len()].join(",");
    for (name, text, expected) in [
        ("empty.csv", String::new(), "is empty"),
        ("header.csv", format!("{header}\r\n"), "no rows"),
        ("huge.csv", format!("{header}\r\n{huge}\r\n"), "huge.csv:2"),
    ] {
        fs::write(desk.path(name), text).unwrap();
        let refused = desk.refused(&format!("predict --run run {name}"));
        assert!(refused.contains(name) && refused.contains(expected), "{refused}");
    }
}

#[test]
fn the_file_that_ships_is_read_by_the_model_that_ships() {
    let desk = Desk::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets/breast-cancer/data/breast_cancer.csv");
    let answers = classes(&desk, &format!("predict --pretrained mlp_breast_cancer --json {file}"));
    let dataset = breast_cancer();
    assert_eq!(answers.len(), dataset.train.len());
    let named = |label: &u8| &dataset.class_names[usize::from(*label)];
    let right = answers
        .iter()
        .zip(&dataset.train.labels)
        .filter(|(answer, label)| answer["classes"][0]["class"] == **named(label));
    assert!(right.count() > 540, "its columns are in the order of the model's");
    // Other counts are another table's.
    let other = fs::read_to_string(file).unwrap().replacen("569,30,", "569,29,", 1);
    fs::write(desk.path("other.csv"), other).unwrap();
    let refused = desk.refused("predict --pretrained mlp_breast_cancer other.csv");
    assert!(refused.contains("other.csv:2 has 31 fields, expected 4 as in the header"), "{refused}");
}
