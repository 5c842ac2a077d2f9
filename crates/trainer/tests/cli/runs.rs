//! Training from start to end, and what it leaves behind.

use crate::{Desk, files_in, last_line};
use serde_json::Value;

#[test]
fn a_run_leaves_recipe_report_metrics_weights_and_log() {
    let desk = Desk::new();
    let report = desk.train("--model softmax_digits --epochs 3", "run");
    assert_eq!(
        files_in(&desk.path("run")),
        [
            "checkpoints",
            "log.txt",
            "metrics.csv",
            "model.safetensors",
            "recipe.toml",
            "report.json",
            "run.json",
            "run.lock"
        ]
    );
    assert_eq!((report.model.as_str(), report.parameters, report.epochs_run), ("softmax_digits", 650, 3));
    assert_eq!(report.overrides.len(), 1, "{:?}", report.overrides);
    assert_eq!((report.device.as_str(), report.threads, report.burn.as_str()), ("flex", 1, "0.22.1"));
    assert_eq!(report.data.train + report.data.valid + report.data.test, 1797);
    assert_eq!(report.confusion.iter().flatten().sum::<u64>() as usize, report.data.test);
    assert!(report.test.top_k.is_some() && report.test.auroc.is_none());
    let metrics = std::fs::read_to_string(desk.path("run/metrics.csv")).unwrap();
    assert_eq!(metrics.lines().count(), 4, "{metrics}");
    assert!(std::fs::read_to_string(desk.path("run/log.txt")).unwrap().contains("epoch 3"));
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_seed_others() {
    let desk = Desk::new();
    let words = "--model mlp_digits --epochs 2";
    let first = desk.train(words, "first");
    let again = desk.train(words, "again");
    let other = desk.train(&format!("{words} --seed 77"), "other");
    assert_eq!(first.weights_sha256, again.weights_sha256);
    assert_eq!(first.test, again.test);
    assert_ne!(first.weights_sha256, other.weights_sha256);
}

#[test]
fn two_classes_are_scored_with_the_sigmoid_applied() {
    let desk = Desk::new();
    let report = desk.train("--model logistic_breast_cancer --seed 1", "run");
    assert!(report.test.accuracy >= 0.95, "{:?}", report.test);
    assert!(report.test.auroc.unwrap() >= 0.99, "{:?}", report.test);
    let balanced = (report.test.sensitivity.unwrap() + report.test.specificity.unwrap()) / 2.0;
    assert!((report.test.balanced_accuracy.unwrap() - balanced).abs() < 1e-12);
    assert!(report.overrides.is_empty());
    let text = std::fs::read_to_string(desk.path("run/log.txt")).unwrap();
    assert!(text.contains("about --folds 10, so it is not judged"), "{text}");
}

#[test]
fn a_changed_recipe_says_what_changed() {
    let desk = Desk::new();
    let words =
        "--model mlp_digits --epochs 1 --set model.hidden=[8] --batch-size 64 --learning-rate 0.01 --offline --out run";
    let output = desk.trainer(words).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for key in ["training.epochs", "model.mlp.hidden", "training.batch_size", "schedule.cosine.learning_rate"] {
        assert!(text.contains(&format!("changed {key}")), "{text}");
    }
    let recipe = desk.path("run/recipe.toml");
    let repeated = desk.train(&format!("--recipe {} --seed 1", recipe.display()), "repeated");
    let original = desk.report("run");
    assert_eq!(repeated.recipe_sha256, original.recipe_sha256);
}

#[test]
fn silence_leaves_only_the_folder() {
    let desk = Desk::new();
    let output =
        desk.trainer("--model softmax_digits --epochs 1 --progress none --offline --out run").assert().success();
    assert_eq!(output.get_output().stdout, b"run\n");
    assert!(output.get_output().stderr.is_empty());
}

#[test]
fn batch_norm_dropout_and_every_regularizer_train_together() {
    let desk = Desk::new();
    let words = "--model mlp_digits --epochs 2 --set model.batch_norm=true --set model.dropout=0.2 --set regularization.l1=1e-4 \
                 --set regularization.gradient_clipping={norm={max=1.0}}";
    let first = desk.train(words, "first");
    assert_eq!(desk.train(words, "again").weights_sha256, first.weights_sha256);
    assert!(first.valid.accuracy > 0.5, "{:?}", first.valid);
}

#[test]
fn eval_repeats_the_reports_figures() {
    let desk = Desk::new();
    let report = desk.train("--model mlp_breast_cancer --epochs 5 --seed 1", "run");
    for (split, expected) in [("test", &report.test), ("valid", &report.valid)] {
        let output = desk.trainer(&format!("eval --run run --split {split} --json --threads 1")).assert().success();
        let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
        let scores: zoo_core::Scores = serde_json::from_value(answer["scores"].clone()).unwrap();
        assert_eq!(&scores, expected);
    }
    let table = desk.trainer("eval --run run --split train").assert().success();
    assert!(String::from_utf8_lossy(&table.get_output().stdout).contains("malignant"));
}

#[test]
fn list_show_and_devices_answer() {
    let desk = Desk::new();
    let list = desk.trainer("list --json").assert().success();
    let recipes: Vec<Value> = serde_json::from_slice(&list.get_output().stdout).unwrap();
    assert!(recipes.len() >= 13);
    for recipe in &recipes {
        let name = recipe["name"].as_str().unwrap();
        let shown = desk.trainer(&format!("show {name}")).assert().success();
        let text = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
        let parsed = zoo_recipe::Recipe::parse(&text, &format!("{name}.toml")).unwrap();
        assert_eq!(recipe["recipe_sha256"], parsed.sha256());
        assert_eq!(recipe["weights"], trainer::pretrained::find(name).is_ok(), "{name}");
    }
    let devices = desk.trainer("devices").assert().success();
    assert!(String::from_utf8_lossy(&devices.get_output().stdout).lines().next().unwrap().ends_with("works"));
    let devices = desk.trainer("devices --json").assert().success();
    let devices: Vec<Value> = serde_json::from_slice(&devices.get_output().stdout).unwrap();
    assert_eq!((&devices[0]["name"], &devices[0]["works"]), (&"flex".into(), &true.into()));
    assert!(devices.iter().all(|one| one["works"] == true || one["why_not"].is_string()), "{devices:?}");
    desk.trainer("fetch digits breast_cancer --offline").assert().success();
}

#[test]
fn a_reader_that_goes_away_stops_nothing() {
    use std::process::{Command, Stdio};
    let desk = Desk::new();
    for words in ["show mlp_digits", "list", "--model softmax_digits --epochs 2 --offline --out run"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trainer"))
            .current_dir(desk.0.path())
            .args(words.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(desk.report("run").epochs_run, 2);
}

#[test]
fn runs_started_in_the_same_second_get_folders_of_their_own() {
    let desk = Desk::new();
    let words = "--model softmax_digits --epochs 1 --offline --progress none";
    let runs: Vec<Vec<u8>> =
        (0..3).map(|_| desk.trainer(words).assert().success().get_output().stdout.clone()).collect();
    assert!(runs[0] != runs[1] && runs[1] != runs[2] && runs[0] != runs[2]);
}

/// The kernels round otherwise than Burn's own operations, but train as well: as near as another seed.
#[test]
fn kernels_and_burns_own_operations_reach_the_same_accuracy() {
    let desk = Desk::new();
    let words = "--model cnn_digits --epochs 4 --offline --out";
    let train = |name: &str, seed: usize, kernels: &str| {
        let mut command = desk.trainer(&format!("{words} {name} --seed {seed}"));
        command.env("ZOO_KERNELS_ISA", kernels).assert().success();
        desk.report(name).test.accuracy
    };
    let fast = [1, 2, 3].map(|seed| train(&format!("fast{seed}"), seed, ""));
    let stock = train("stock", 1, "off");
    let (least, most) =
        fast.iter().fold((1.0f64, 0.0f64), |(least, most), value| (least.min(*value), most.max(*value)));
    let spread = (most - least).max(0.01);
    assert!(
        stock >= least - spread && stock <= most + spread,
        "{stock} with Burn's operations, {fast:?} with the kernels"
    );
}
