//! A user's own table, from the command line to a model that is applied; beside what scikit-learn makes of the same tables.

use crate::Desk;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use zoo_core::Metric;
use zoo_results::FoldsReport;

/// Written by `tests/fixtures/make_table_references.py`.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tables").join(name)
}

/// Everything that a command that works says on standard output.
fn said(desk: &Desk, words: &str) -> String {
    let output = desk.trainer(words).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn assert_refused(desk: &Desk, words: &str, expected: &str) {
    let text = desk.refused(words);
    assert_eq!(text.trim_end().lines().count(), 1, "one sentence: {text}");
    assert!(text.contains(expected), "{words}\nsaid: {text}\nwithout: {expected}");
}

/// The score's mean over 5 times 10 folds, by what `trainer new` writes, and what scikit-learn reaches by the same cut.
fn cross_validated(table: &str, label: &str, metric: Metric) -> (f64, Value) {
    let desk = Desk::new();
    let data = fixture(&format!("{table}.csv"));
    said(&desk, &format!("new {table} --data {} --label {label}", data.display()));
    said(&desk, &format!("--recipe {table}.toml --folds 10 --repeats 5 --threads 1 --progress none --out run"));
    let report = FoldsReport::read(&desk.path("run/folds.json")).unwrap();
    let references: Value = serde_json::from_str(&fs::read_to_string(fixture("tables.json")).unwrap()).unwrap();
    (report.mean.value(metric).unwrap(), references[table].clone())
}

/// Within the 95 % interval of the mean of logistic regression or of a network with 16 hidden units.
#[test]
fn iris_and_wine_are_told_apart_as_by_scikit_learn() {
    for table in ["iris", "wine"] {
        let (found, references) = cross_validated(table, "class", Metric::Accuracy);
        let is_within = |peer: &str| {
            let figure = |name: &str| references[peer][name].as_f64().unwrap();
            (found - figure("mean")).abs() <= 1.96 * figure("deviation") / figure("models").sqrt()
        };
        assert!(is_within("logistic_regression") || is_within("mlp"), "{table}: {found}, scikit-learn {references}");
    }
}

#[test]
fn diabetes_is_predicted_as_by_ridge_regression() {
    let (found, references) = cross_validated("diabetes", "progression", Metric::R2);
    let expected = references["ridge"]["mean"].as_f64().unwrap();
    assert!((found - expected).abs() <= 0.02, "{found}, scikit-learn {expected}");
}

#[test]
fn numbers_are_predicted_in_their_own_unit_and_exported_so() {
    let desk = Desk::new();
    let data = fixture("diabetes.csv");
    let train = format!("--data {} --label progression --threads 1", data.display());
    let text = said(&desk, &format!("{train} --epochs 15 --out run"));
    assert!(text.contains("progression is a number from 25 to 346, so this is regression"), "{text}");
    assert!(text.contains("RMSE") && text.contains("R2") && !text.contains("accuracy"), "{text}");
    let report = desk.report("run");
    let [rmse, mae, r2] = [Metric::Rmse, Metric::Mae, Metric::R2].map(|metric| report.test.value(metric).unwrap());
    assert!(rmse > mae && mae > 20.0 && r2 > 0.2, "{:?}", report.test);
    assert!(report.test.value(Metric::Accuracy).is_none() && report.confusion.is_empty());
    let again: Value = serde_json::from_str(&said(&desk, "eval --run run --json")).unwrap();
    assert_eq!(again["scores"]["rmse"].as_f64(), Some(rmse));

    let mut lines = said(&desk, &format!("predict --run run --json {}", data.display()));
    lines.truncate(lines.trim_end().len());
    let values: Vec<f64> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["value"].as_f64().unwrap()).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!(values.len() == 442 && (mean - 152.0).abs() < 8.0, "{mean}");
    let plain = said(&desk, &format!("predict --run run {}", data.display()));
    let number = plain.lines().next().unwrap().split_once(".csv:2: ").unwrap().1;
    assert!((number.parse::<f64>().unwrap() - values[0]).abs() < 0.01, "{number} {}", values[0]);
    said(&desk, "export --run run run.onnx");
    assert!(fs::read(desk.path("run.onnx")).unwrap().windows(11).any(|bytes| bytes == b"target_mean"));
    assert!(said(&desk, "inspect --run run --json").contains("\"column\""));
}

#[test]
fn other_losses_and_a_network_learn_numbers_too() {
    let desk = Desk::new();
    let train = format!("--data {} --label progression --epochs 10", fixture("diabetes.csv").display());
    for (out, loss) in [("mae", "mean_absolute_error"), ("huber", "{huber={delta=1}}")] {
        let report = desk.train(&format!("{train} --set loss={loss} --set model.hidden=[16]"), out);
        assert!(report.test.r2.unwrap() > 0.2, "{loss}: {:?}", report.test);
        assert!(
            said(&desk, &format!("predict --run {out} {}", fixture("diabetes.csv").display())).lines().count() == 442
        );
    }
    assert_refused(&desk, &format!("{train} --set loss={{hinge={{margin=1}}}}"), "as the target is a number");
    assert_refused(&desk, &format!("{train} --set training.keep=best_valid_accuracy"), "as the target is a number");
    assert_refused(&desk, &format!("{train} --model softmax_digits"), "\"mlp\" or \"cnn\", as the target is a number");
    assert_refused(&desk, &format!("{train} --set data.target=classes"), "\"value\"");
}

#[test]
fn few_whole_numbers_are_classes_or_values_as_their_user_says() {
    let desk = Desk::new();
    let rows: String = (0..60).map(|row| format!("{}.5,{}\n", row % 9, row % 9 / 3)).collect();
    fs::write(desk.path("t.csv"), format!("x,y\n{rows}")).unwrap();
    let train = "--data t.csv --label y --threads 1 --epochs 5";
    let text = said(&desk, &format!("{train} --out classes"));
    assert!(
        text.contains("y has 3 classes (0 21, 1 21, 2 18), as its numbers are few; --target value predicts"),
        "{text}"
    );
    let text = said(&desk, &format!("{train} --target value --out value"));
    assert!(text.contains("y is a number from 0 to 2, so this is regression"), "{text}");
    assert!(desk.report("value").test.value(Metric::Rmse).is_some());
    said(&desk, &format!("{train} --target value --set model.hidden=[4] --out hidden"));
    let text = said(&desk, &format!("{train} --target classes --init hidden --out from_value"));
    assert!(
        text.contains("loss: \"mean_squared_error\" -> "),
        "classes are not learned by the loss of a number: {text}"
    );
    let text = said(&desk, "new mine --data t.csv --label y --target value");
    assert!(text.contains("so this is regression"), "{text}");
    said(&desk, "--recipe mine.toml --epochs 1 --threads 1 --out by_recipe");
    assert!(desk.report("by_recipe").test.value(Metric::Rmse).is_some());
    assert_refused(
        &desk,
        &format!("{train} --set data.target=value"),
        "look at the table with --data, --label and --target value",
    );
    assert!(desk.refused(&format!("{train} --target numbers")).contains("[possible values: classes, value]"));
    assert!(desk.refused("--data t.csv --target value").contains("--label"));
}

#[test]
fn a_model_of_two_classes_says_what_takes_more_and_few_steps_are_noted() {
    let desk = Desk::new();
    let data = format!("--data {} --label class --threads 1", fixture("iris.csv").display());
    let words = format!("--model logistic_breast_cancer {data} --epochs 2 --out run");
    let target = "data.target={one_vs_rest={class=\"setosa\"}}";
    for part in
        ["iris has 3 classes, and the model logistic_regression tells two apart", "--model mlp_breast_cancer", target]
    {
        assert_refused(&desk, &words, part);
    }
    assert_refused(&desk, &format!("{words} --set data.target=setosa"), "--set data.target=setosa: `data.target` is");
    let output = desk.trainer(&format!("{words} --set {target}")).assert().success();
    let note = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(note.contains("a model gets only ") && note.contains("(2 epochs of "), "{note}");
    let output =
        desk.trainer(&format!("--model mlp_breast_cancer {data} --epochs 100 --out several")).assert().success();
    assert!(output.get_output().stderr.is_empty(), "{output:?}");
}

/// A semicolon, a decimal comma, an id, a category and what is missing.
fn pots() -> String {
    let row = |row: usize| {
        let (color, height) = (
            ["red", "blue", ""][row % 5 % 3],
            if row == 7 { "?".to_string() } else { format!("{},{}", row % 9, row % 7) },
        );
        format!("{row};{color};{height};{}\n", if row % 9 > 4 { "tall" } else { "low" })
    };
    "pot_id;color;height;kind\n".to_string() + &(0..90).map(row).collect::<String>()
}

#[test]
fn categories_and_missing_values_are_predicted_as_they_were_trained() {
    let desk = Desk::new();
    fs::write(desk.path("pots.csv"), pots()).unwrap();
    let text = said(&desk, "--data pots.csv --label kind --threads 1 --out run");
    for part in [
        "kind has 2 classes (low 50, tall 40)",
        "color (blue, red)",
        "left out: pot_id (its name is that of an id)",
        "the training split's median stands in",
    ] {
        assert!(text.contains(part), "{text}\nwithout: {part}");
    }
    assert!(desk.report("run").test.value(Metric::Accuracy).unwrap() > 0.9, "{:?}", desk.report("run").test);
    fs::write(desk.path("new.csv"), "height,color\n8.5,red\n0.5,\n,blue\n").unwrap();
    let answers = said(&desk, "predict --run run --top 1 new.csv");
    let answers: Vec<&str> = answers.lines().collect();
    assert!(answers[0].starts_with("new.csv:2: tall") && answers[1].starts_with("new.csv:3: low"), "{answers:?}");
    fs::write(desk.path("new.csv"), "height,color\n8.5,green\n").unwrap();
    assert_refused(&desk, "predict --run run new.csv", "new.csv:2: color is \"green\", expected one of blue, red");
    fs::write(desk.path("pots.csv"), pots().replace("red", "rot")).unwrap();
    assert_refused(&desk, "eval --run run", "changed");
}

#[test]
fn tables_that_cannot_be_learned_from_leave_no_run() {
    let desk = Desk::new();
    fs::write(desk.path("pots.csv"), pots()).unwrap();
    assert_refused(&desk, "--data pots.csv --label king", "pots.csv has no column \"king\"; did you mean kind?");
    assert_refused(&desk, "--data pots.csv", "name the column of pots.csv to predict with --label");
    fs::write(desk.path("empty.csv"), "a,b\n").unwrap();
    assert_refused(&desk, "--data empty.csv --label b", "no rows below its header");
    fs::write(desk.path("one.csv"), "a,b\n1,x\n2.5,x\n").unwrap();
    assert_refused(&desk, "--data one.csv --label b", "b is \"x\" in every row");
    fs::write(desk.path("nothing.csv"), "").unwrap();
    assert_refused(&desk, "--data nothing.csv --label b", "its first line should name the columns, b among them");
    let cnn = "--model cnn_cifar10_fast --data pots.csv --label kind";
    assert_refused(
        &desk,
        cnn,
        "pots is a table, and the model cnn_cifar10_fast reads pictures of 32x32; leave out --model and --init",
    );
    assert_refused(&desk, "--data nowhere.csv --label b", "nowhere.csv");
    assert!(desk.refused("--model mlp_digits --label b").contains("--data"));
    assert!(!desk.path("runs").exists());
}

#[test]
fn a_recipe_whose_data_has_no_path_is_refused_by_its_key() {
    let desk = Desk::new();
    fs::write(desk.path("pots.csv"), pots()).unwrap();
    said(&desk, "new mine --data pots.csv --label kind");
    let recipe = fs::read_to_string(desk.path("mine.toml")).unwrap();
    let line = recipe.lines().find(|line| line.starts_with("path = ")).unwrap();
    fs::write(desk.path("mine.toml"), recipe.replace(line, "path = \"\"")).unwrap();
    assert_refused(
        &desk,
        "--recipe mine.toml",
        "`data.files.path` is \"\", expected the file or the folder that holds the data; write its path",
    );
}

#[test]
fn one_number_spelled_in_two_ways_is_not_trained_on_and_a_commented_row_is_told() {
    let desk = Desk::new();
    let spelled: String = (0..40).map(|row| format!("{}.5,{}\n", row * row, ["1", "1.0"][row % 2])).collect();
    fs::write(desk.path("t.csv"), format!("x,y\n{spelled}")).unwrap();
    let expected = "y is \"1\" in every row; there is nothing to tell apart";
    assert_refused(&desk, "--data t.csv --label y --target value", expected);
    assert_refused(&desk, "--data t.csv --label y", expected);
    assert_refused(&desk, "new mine --data t.csv --label y --target value", expected);
    let row =
        |row: usize| format!("{}n{},{}.5,{}\n", if row == 4 { "#" } else { "" }, row % 7, row, ["p", "q"][row % 2]);
    let named: String = (0..40).map(row).collect();
    fs::write(desk.path("t.csv"), format!("name,x,y\n{named}")).unwrap();
    let text = said(&desk, "new mine --data t.csv --label y");
    assert!(text.contains("warning: line 6 begins with # as a comment does, and is read as a row"), "{text}");
    // Once, whoever listens.
    for words in [
        "--progress none --out a",
        "--progress json --out b",
        "--progress none --seeds 1,2 --out c",
        "--progress none --seeds 1,2 --out d --plan",
    ] {
        let words = format!("--data t.csv --label y --epochs 1 --threads 1 {words}");
        let output = desk.trainer(&words).assert().success();
        let warned = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert_eq!(warned.matches("warning: line 6 begins with #").count(), 1, "{words}: {warned}");
    }
}

#[test]
fn a_table_in_windows_1252_is_trained_on_and_predicted_from() {
    let desk = Desk::new();
    let row = |row: usize| {
        let (color, kind) = if row.is_multiple_of(2) { (b"gr\xFCn", b"f\xFCr") } else { (b"gr\xE4n", b"f\xE4r") };
        [format!("{};", row % 7).as_bytes(), color, b";", kind, b"\n"].concat()
    };
    let rows: Vec<u8> = (0..60).flat_map(row).collect();
    fs::write(desk.path("t.csv"), [b"size;color;kind\n".as_slice(), &rows].concat()).unwrap();
    let text = said(&desk, "--data t.csv --label kind --threads 1 --out run");
    for part in ["kind has 2 classes (fär 30, für 30)", "read as Windows-1252, as it is not UTF-8"] {
        assert!(text.contains(part), "{text}\nwithout: {part}");
    }
    fs::write(desk.path("new.csv"), b"size;color\n3;gr\xFCn\n3;gr\xE4n\n").unwrap();
    let output = desk.trainer("predict --run run --top 1 new.csv").assert().success().get_output().clone();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "new.csv: read as Windows-1252, as it is not UTF-8\n");
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert!(answers[0].starts_with("new.csv:2: für") && answers[1].starts_with("new.csv:3: fär"), "{answers:?}");
}

#[test]
fn tables_that_would_be_misread_leave_no_recipe() {
    let desk = Desk::new();
    let table = |row: fn(usize) -> String| {
        fs::write(desk.path("t.csv"), "x;y\n".to_string() + &(0..40).map(row).collect::<String>()).unwrap();
    };
    let refused = |expected: &str| assert_refused(&desk, "new zz --data t.csv --label y", expected);
    table(|row| format!("{}.{:03};{}\n", 1 + row, row * 7, ["p", "q"][row % 2]));
    refused("has the number \"1.000\", whose point may stand before decimals or after thousands");
    table(|row| format!("{};{}\n", 1_700_000_000_000_u64 + 10 * row as u64, ["p", "q"][row % 2]));
    refused("the numbers of x are too large beside their differences");
    table(|row| format!("{};p\u{1b}[2J{}\n", row * row, row % 2));
    refused("t.csv:2: y is \"p\\u{1b}[2J0\", which holds a control character; correct it");
    assert!(!desk.path("zz.toml").exists());
}
