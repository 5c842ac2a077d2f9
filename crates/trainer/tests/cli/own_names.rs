//! Which file of a user's own pictures is meant, and what is said of a user's own table.

use crate::Desk;
use image::{Rgb, RgbImage};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Two classes that differ little, so that two epochs leave some wrong.
fn draw_all(desk: &Desk) {
    for (class, shade) in [("cat", 90), ("dog", 110)] {
        fs::create_dir_all(desk.path(&format!("pets/{class}"))).unwrap();
        for number in 0..30_u32 {
            let pixel = |x: u32, y: u32| Rgb([shade + ((x * number + y * 7) % 40) as u8; 3]);
            RgbImage::from_fn(16, 16, pixel).save(desk.path(&format!("pets/{class}/{number:04}.png"))).unwrap();
        }
    }
}

fn inspect(desk: &Desk, run: &str) -> Value {
    let output = desk.trainer(&format!("inspect --json --run {run}")).assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

/// The files that a list of pictures names, each of which must be there and in the folder of its true class.
fn sources(pictures: &Value, desk: &Desk) -> Vec<String> {
    let source = |seen: &Value| {
        let (source, label) = (seen["source"].as_str().unwrap(), seen["label"].as_str().unwrap());
        assert!(desk.path("pets").join(source).is_file() && source.starts_with(&format!("{label}/")), "{seen}");
        source.to_string()
    };
    pictures.as_array().unwrap().iter().map(source).collect()
}

#[test]
fn pictures_of_a_folder_are_called_by_their_file() {
    let desk = Desk::new();
    draw_all(&desk);
    fs::write(desk.path("pets/cat/0003.png"), "text").unwrap();
    desk.train("--model mlp_digits --data pets --skip-bad --epochs 2", "first");
    let first = sources(&inspect(&desk, "first")["images"]["grid"], &desk);
    assert!(!first.is_empty() && !first.contains(&"cat/0003.png".to_string()), "{first:?}");
    // Again, from the cache.
    assert_eq!(sources(&inspect(&desk, "first")["images"]["grid"], &desk), first);
    desk.trainer("inspect --run first --out seen").assert().success();
    let list: Value = serde_json::from_slice(&fs::read(desk.path("seen/inspection.json")).unwrap()).unwrap();
    let told = [sources(&list["right"], &desk), sources(&list["wrong"], &desk)].concat();
    assert!(told.iter().all(|source| first.contains(source)) && !told.is_empty(), "{told:?}");
}

#[test]
fn published_pictures_have_no_file() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --seed 1 --epochs 1", "run");
    let shown = inspect(&desk, "run");
    assert!(shown["images"]["grid"].as_array().unwrap().iter().all(|seen| seen.get("source").is_none()));
}

#[test]
fn a_linear_model_of_a_table_has_coefficients_and_another_says_why_not() {
    let desk = Desk::new();
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tables/iris.csv");
    let train = format!("--data {} --label class --epochs 2", table.display());
    desk.train(&format!("{train} --set model.hidden=[]"), "linear");
    let shown = inspect(&desk, "linear");
    let classes = shown["class_coefficients"].as_array().unwrap();
    assert!(classes.len() == 3 && shown["reason"].is_null(), "{shown}");
    assert!(classes.iter().all(|one| one["coefficients"].as_array().unwrap().len() == 4), "{shown}");
    desk.train(&format!("{train} --set model.hidden=[16]"), "deep");
    let shown = inspect(&desk, "deep");
    assert!(shown["reason"].as_str().unwrap().contains("only a linear model has coefficients"), "{shown}");
    let output = desk.trainer("inspect --run deep --out seen").assert().success().get_output().stdout.clone();
    assert!(String::from_utf8(output).unwrap().contains("nothing to see; listed in inspection.json"));
}

#[test]
fn every_example_is_listed_once_and_no_file_is_replaced() {
    let desk = Desk::new();
    draw_all(&desk);
    let report = desk.train("--model mlp_digits --data pets --epochs 2", "run");
    desk.trainer("eval --run run --list test.csv").assert().success();
    let text = fs::read_to_string(desk.path("test.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["file", "class", "predicted", "probability"]);
    assert_eq!(rows.len(), 1 + report.data.test);
    assert!(rows[1..].iter().all(|row| desk.path("pets").join(row[0]).is_file() && row[0].starts_with(row[1])));
    let right = rows[1..].iter().filter(|row| row[1] == row[2]).count();
    assert!((right as f64 / report.data.test as f64 - report.test.accuracy).abs() < 1e-9, "{text}");
    assert!(
        desk.refused("eval --run run --list test.csv")
            .contains("test.csv is there already; name another file, or replace it with --force")
    );
    desk.trainer("eval --run run --list test.csv --force").assert().success();
    assert_eq!(fs::read_to_string(desk.path("test.csv")).unwrap(), text);
    assert!(desk.refused("eval --pretrained all --list all.csv").contains("name one model"));
}

#[test]
fn predicted_numbers_are_listed_beside_their_targets() {
    let desk = Desk::new();
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tables/diabetes.csv");
    let report = desk.train(&format!("--data {} --label progression --epochs 2", table.display()), "run");
    desk.trainer("eval --run run --list test.csv").assert().success();
    let text = fs::read_to_string(desk.path("test.csv")).unwrap();
    assert!(text.starts_with("line,target,prediction\n"), "{text}");
    assert_eq!(text.lines().count(), 1 + report.data.test);
    // The lines are those of the table, as in predictions.
    let table_text = fs::read_to_string(&table).unwrap();
    let predictions = desk.trainer(&format!("predict --run run {}", table.display())).assert().success();
    let predictions = String::from_utf8(predictions.get_output().stdout.clone()).unwrap();
    for row in text.lines().skip(1) {
        let [line, target, prediction] = row.split(',').collect::<Vec<_>>()[..] else { panic!("three fields: {row}") };
        let written = table_text.lines().nth(line.parse::<usize>().unwrap() - 1).unwrap();
        let number = |text: &str| text.trim().parse::<f64>().unwrap();
        assert!((number(written.rsplit(',').next().unwrap()) - number(target)).abs() < 0.01, "{row}: {written}");
        let said = predictions.lines().find_map(|said| said.split_once(&format!(".csv:{line}: "))).unwrap().1;
        assert!((number(said) - number(prediction)).abs() < 0.01, "{row}: {said}");
    }
}

#[test]
fn numbers_of_any_size_are_shown_with_digits_that_count_and_targets_as_the_table_has_them() {
    let desk = Desk::new();
    for (name, unit) in [("tiny", "e-30"), ("small", "e-4"), ("plain", ""), ("huge", "e18")] {
        let row = |row: usize| format!("{}.5,{}.{:02}1{unit}\n", row % 23, 1 + row * 5 % 997, row * 37 % 100);
        let table = "x,y\n".to_string() + &(0..80).map(row).collect::<String>();
        fs::write(desk.path("t.csv"), &table).unwrap();
        let words = format!("--data t.csv --label y --target value --epochs 2 --threads 1 --out {name}");
        let trained = desk.trainer(&words).assert().success().get_output().stdout.clone();
        let trained = String::from_utf8(trained).unwrap();
        assert!(!trained.contains("RMSE 0.0000") && !trained.contains("MAE 0.0000"), "{trained}");

        desk.trainer(&format!("eval --run {name} --list {name}.csv")).assert().success();
        let listed = fs::read_to_string(desk.path(&format!("{name}.csv"))).unwrap();
        for row in listed.lines().skip(1) {
            let [line, target, _] = row.split(',').collect::<Vec<_>>()[..] else { panic!("three fields: {row}") };
            let written = table.lines().nth(line.parse::<usize>().unwrap() - 1).unwrap().split_once(',').unwrap().1;
            assert_eq!(target.parse::<f32>(), written.parse::<f32>(), "{row}: {written}");
            assert!(!unit.is_empty() || target == written, "{row}: {written}");
        }

        let said = desk.trainer(&format!("predict --run {name} t.csv")).assert().success().get_output().stdout.clone();
        let json =
            desk.trainer(&format!("predict --run {name} --json t.csv")).assert().success().get_output().stdout.clone();
        for (said, json) in String::from_utf8(said).unwrap().lines().zip(String::from_utf8(json).unwrap().lines()) {
            let shown: f64 = said.rsplit_once(": ").unwrap().1.parse().unwrap();
            let value = serde_json::from_str::<serde_json::Value>(json).unwrap()["value"].as_f64().unwrap();
            assert!((shown - value).abs() <= 1e-5 * value.abs(), "{said} {json}");
        }
    }
    for (out, epochs) in [("other", 3), ("third", 4)] {
        let table =
            "x,y\n".to_string() + &(0..80).map(|row| format!("{}.5,{}e-5\n", row % 23, row + 1)).collect::<String>();
        fs::write(desk.path("t.csv"), &table).unwrap();
        desk.train(&format!("--data t.csv --label y --target value --epochs {epochs}"), out);
    }
    let compared = desk.trainer("compare other third --metric rmse").assert().success().get_output().stdout.clone();
    let compared = String::from_utf8(compared).unwrap();
    assert!(!compared.contains("0.0000 ") && !compared.contains("0.0000\n"), "{compared}");
}

#[test]
fn rows_after_blank_lines_are_listed_by_the_line_of_the_file() {
    let desk = Desk::new();
    let row = |row: usize| {
        let kind = if row.is_multiple_of(2) { "even" } else { "odd" };
        format!("{}{}.5,{kind}\n", if row.is_multiple_of(7) { "\n" } else { "" }, row % 9)
    };
    let table = "x,y\n".to_string() + &(0..60).map(row).collect::<String>();
    fs::write(desk.path("t.csv"), &table).unwrap();
    desk.train("--data t.csv --label y --epochs 2", "run");
    desk.trainer("eval --run run --list test.csv").assert().success();
    let text = fs::read_to_string(desk.path("test.csv")).unwrap();
    assert!(text.starts_with("line,class,predicted,probability\n"), "{text}");
    let mut lines: Vec<usize> = Vec::new();
    for row in text.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        lines.push(fields[0].parse().unwrap());
        let written = table.lines().nth(lines[lines.len() - 1] - 1).unwrap();
        assert!(written.ends_with(&format!(",{}", fields[1])), "{row}: {written}");
    }
    assert!(lines.len() > 5 && lines.windows(2).any(|pair| pair[1] > pair[0] + 1), "{lines:?}");
}
