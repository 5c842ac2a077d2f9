//! Runs that start from trained weights, train some layers alone, or are made longer.
#![cfg(unix)]

use crate::Desk;
use crate::resume::{cut_run, resume};
use std::fs;
use std::process::Output;
use zoo_core::weights::{NamedTensor, Weights};
use zoo_recipe::Recipe;

/// With everything that could change a layer that is frozen.
const TUNED: &str = r#"--model mlp_digits --epochs 12 --init base --freeze hidden.0 --rates output=0.5,output.bias=0.1 --set model.dropout=0.1 --set model.batch_norm=true --set regularization.l1=1e-4 --set regularization.gradient_clipping={norm={max=1.0}} --set training.ema={exponential={decay=0.9}}"#;
const BASE: &str = "--model mlp_digits --epochs 2 --set model.batch_norm=true --seed 3";
const OPTIMIZERS: [&str; 4] = [
    "sgd",
    "{momentum={momentum=0.9,dampening=0.0}}",
    "{rmsprop={alpha=0.9,epsilon=1e-8,momentum=0.0,centered=false}}",
    "{adamw={beta1=0.9,beta2=0.999,epsilon=1e-8}}",
];

fn tensors(desk: &Desk, run: &str) -> Vec<NamedTensor> {
    Weights::parse(&fs::read(desk.path(run).join("model.safetensors")).unwrap()).unwrap().tensors
}

/// The names of the tensors that differ between two runs.
fn changed(desk: &Desk, one: &str, other: &str) -> Vec<String> {
    changed_by(desk, one, other, 0.0)
}

/// The names of those of which a value differs by more than `least`.
fn changed_by(desk: &Desk, one: &str, other: &str, least: f32) -> Vec<String> {
    let pairs = tensors(desk, one).into_iter().zip(tensors(desk, other));
    let differ = |((_, one), (_, other)): &(NamedTensor, NamedTensor)| {
        one.iter::<f32>().zip(other.iter::<f32>()).any(|(one, other)| (one - other).abs() > least)
    };
    pairs.filter(differ).map(|(one, _)| one.0).collect()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn said(desk: &Desk, words: &str) -> String {
    stdout(desk.trainer(&format!("{words} --offline --threads 1")).assert().success().get_output())
}

fn recipe(desk: &Desk, run: &str) -> Recipe {
    Recipe::parse(&fs::read_to_string(desk.path(run).join("recipe.toml")).unwrap(), "recipe.toml").unwrap()
}

#[test]
fn a_start_from_trained_weights_goes_on_to_the_same_bits_without_their_file() {
    let desk = Desk::new();
    let base = desk.train(BASE, "base").weights_sha256;
    let unbroken = desk.train(TUNED, "unbroken").weights_sha256;
    assert_eq!(recipe(&desk, "unbroken").init.unwrap().sha256, Some(base));
    let changed = changed(&desk, "base", "unbroken");
    let trained =
        tensors(&desk, "base").into_iter().map(|(name, _)| name).filter(|name| !name.starts_with("hidden.0."));
    assert_eq!(changed, trained.collect::<Vec<_>>(), "of hidden.0 nothing, not even the running statistics");

    cut_run(&desk, &format!("{TUNED} --out run"), 4, "-KILL");
    fs::rename(desk.path("base"), desk.path("elsewhere")).unwrap();
    fs::remove_dir_all(desk.path("run/checkpoints")).unwrap();
    assert_eq!(resume(&desk, "run"), unbroken, "from the beginning");
    fs::rename(desk.path("elsewhere"), desk.path("base")).unwrap();
    cut_run(&desk, &format!("{TUNED} --out killed"), 4, "-KILL");
    fs::remove_dir_all(desk.path("base")).unwrap();
    assert_eq!(resume(&desk, "killed"), unbroken, "from a checkpoint");
}

#[test]
fn frozen_layers_stay_and_rates_slow_others_down_with_every_optimizer() {
    let desk = Desk::new();
    desk.train("--model cnn_digits --epochs 1", "base");
    let muon = "{muon={momentum=0.9,beta1=0.9,beta2=0.99,epsilon=1e-8}}";
    for (number, optimizer) in OPTIMIZERS.into_iter().chain([muon]).enumerate() {
        let decay = if optimizer.contains("adamw") || optimizer.contains("muon") { "decoupled" } else { "l2" };
        let words = format!(
            "--model cnn_digits --epochs 1 --init base --freeze conv1,conv2.bias --rates conv4=1e-12 --set optimizer={optimizer} \
             --set regularization.weight_decay={{{decay}={{rate=0.01}}}} --learning-rate 0.001"
        );
        let run = format!("run{number}");
        desk.train(&words, &run);
        let changed = changed_by(&desk, "base", &run, 1e-9);
        assert!(!self::changed(&desk, "base", &run).iter().any(|name| name.starts_with("conv1")), "{optimizer}");
        let expected = ["conv2.weight", "conv3.bias", "conv3.weight", "output.bias", "output.weight"];
        assert_eq!(changed, expected, "{optimizer}");
    }
}

#[test]
fn what_is_taken_and_what_is_new_is_said() {
    let desk = Desk::new();
    let text = said(&desk, "--model cnn_digits --epochs 1 --init cnn_cifar10 --freeze conv1,conv2 --rates conv3=0.1");
    assert!(text.contains("from cnn_cifar10 (sha256 "), "{text}");
    assert!(text.contains("taken: 8 tensors (conv1, conv2, conv3, conv4); new: output (other classes)"), "{text}");
    assert!(text.contains("inputs are normalized as those weights"), "{text}");
    assert!(text.contains("frozen: conv1, conv2") && text.contains("rates: conv3 x 0.1"), "{text}");
    assert!(text.contains(" parameters (conv1, conv2 frozen) for 1 epoch in "), "{text}");
    assert!(text.contains("the recipe was changed"), "{text}");

    assert!(!text.contains("set otherwise than for those weights"), "{text}");
    let other = "--model mlp_digits --epochs 1 --init mlp_digits --set model.activation=tanh --set model.dropout=0.5";
    let text = said(&desk, other);
    let expected = "of the model, set otherwise than for those weights: model.mlp.activation \"relu\" -> \"tanh\"\n";
    assert!(text.contains(expected), "{text}");

    let text = said(&desk, "--model cnn_digits --epochs 1 --init cnn_emnist --freeze conv1");
    assert!(text.contains("new: conv1 (1 -> 3), output (26 -> 10)"), "{text}");
    assert!(text.contains("normalized anew") && text.contains("conv1 is frozen but new"), "{text}");

    let text = said(&desk, "--model mlp_digits --epochs 1 --init mlp_digits --set model.hidden=[128,64,32]");
    assert!(text.contains("taken: 4 tensors (hidden.0.linear, hidden.1.linear)"), "{text}");
    assert!(text.contains("new: hidden.2.linear (not in the weights), output (64 -> 32)"), "{text}");
}

#[test]
fn a_recipe_file_says_the_same_as_the_flags() {
    let desk = Desk::new();
    desk.train("--model mlp_digits --epochs 2 --init mlp_digits --freeze hidden.0 --rates output=0.5", "flags");
    let mut text = fs::read_to_string(desk.path("flags/recipe.toml")).unwrap();
    fs::write(desk.path("mlp_digits.toml"), &text).unwrap();
    let again = desk.train("--recipe mlp_digits.toml", "file").weights_sha256;
    assert_eq!(again, desk.report("flags").weights_sha256);
    let sha256 = recipe(&desk, "flags").init.unwrap().sha256.unwrap();
    text = text.replace(&sha256, &"0".repeat(64));
    fs::write(desk.path("mlp_digits.toml"), &text).unwrap();
    let refused = desk.refused("--recipe mlp_digits.toml --offline");
    assert!(refused.contains(&format!("have the sha256 {sha256}, expected 0000")), "{refused}");
}

#[test]
fn a_cross_validation_starts_every_fold_from_the_weights() {
    let desk = Desk::new();
    let words = "--model mlp_breast_cancer --seed 1 --epochs 1 --folds 2 --init mlp_breast_cancer --freeze hidden";
    desk.trainer(&format!("{words} --offline --threads 1 --out run")).assert().success();
    assert_eq!(changed(&desk, "run/seed1-fold01", "run/seed1-fold02"), ["output.bias", "output.weight"]);
    assert!(!desk.path("run/seed1-fold01/init.safetensors").exists());
    desk.trainer("--resume run").assert().success();
}

#[test]
fn what_cannot_be_started_from_or_frozen_is_one_sentence() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "softmax");
    fs::write(desk.path("text.safetensors"), "text").unwrap();
    fs::create_dir(desk.path("empty")).unwrap();
    let cases: [(&str, &[&str]); 14] = [
        ("--init mlp_digit", &["mlp_digit", "did you mean mlp_digits"]),
        ("--init empty", &["empty", "neither a run folder nor a weights file"]),
        ("--init text.safetensors", &["text.safetensors", "safetensors file"]),
        ("--init softmax", &["of the model softmax", "trains the model mlp"]),
        ("--init mlp_emnist", &["none of the layers fits", "hidden.0.linear ([784, 16] -> [64, 128])", "output"]),
        (
            "--freeze hiden.0",
            &["init.freeze", "hiden.0", "did you mean hidden.0?", "hidden.0.linear, hidden.1.linear, output"],
        ),
        ("--freeze hid", &["init.freeze", "no layer"]),
        ("--freeze hidden,output", &["every layer", "leave one out"]),
        ("--rates conv1=0.1", &["init.rates", "conv1"]),
        ("--rates output=0", &["init.rates.output", "0"]),
        ("--rates output", &["LAYER=FACTOR"]),
        ("--freeze hidden --rates hidden.0=0.1", &["init.rates.hidden.0", "init.freeze"]),
        ("--set init.sha256=abc", &["init.sha256", "hexadecimal"]),
        ("--set init.layers=3", &["init.layers", "freeze"]),
    ];
    for (words, expected) in cases {
        let refused = desk.refused(&format!("--model mlp_digits {words} --offline --out run"));
        assert!(refused.trim_end().lines().count() == 1, "{refused}");
        assert!(expected.iter().all(|part| refused.contains(part)), "{words}: {refused}");
    }
    assert!(!desk.path("run").exists());
}

/// As [`crate::resume::WORDS`], but with patience and a schedule that depends on the number of epochs.
const SHORT: &str = r#"--model mlp_digits --epochs 6 --set model.batch_norm=true --set training.keep=best_valid_loss --set schedule={one_cycle={learning_rate=0.01,pct_start=0.3,div_factor=25,final_div_factor=1e4}} --set early_stopping={patience={metric="loss",patience=5,min_delta=0.0}}"#;

#[test]
fn a_finished_run_is_trained_longer_to_the_same_bits_through_kills() {
    let desk = Desk::new();
    let short = desk.train(SHORT, "unbroken");
    desk.train(SHORT, "run");
    desk.trainer("--resume unbroken --epochs +6").assert().success();
    let unbroken = desk.report("unbroken");
    assert_eq!((unbroken.epochs_run, &unbroken.curves[..6]), (12, &short.curves[..]));
    let rates: Vec<f64> = unbroken.curves.iter().map(|row| row.learning_rate).collect();
    assert!(rates[5] < rates[6] && rates[11] < rates[6], "stretched, it is in its middle again: {rates:?}");
    let last = unbroken.overrides.last().unwrap();
    assert_eq!(last, "training.epochs: 6 -> 12 after epoch 6");

    let started = |words: &str| cut_run(&desk, words, 2, "-KILL");
    started("--resume run --epochs 12");
    let (before, shorter) = (desk.report("run"), fs::read(desk.path("run/model.safetensors")).unwrap());
    if before.epochs_run == 6 {
        assert_eq!(zoo_core::sha256_hex(&shorter), short.weights_sha256, "kept until the longer run is finished");
        desk.trainer("eval --run run --offline").assert().success();
    }
    started("--resume run");
    assert_eq!(resume(&desk, "run"), unbroken.weights_sha256);
    assert_eq!(desk.report("run").test, unbroken.test);
    desk.trainer("eval --run run --offline").assert().success();
    assert!(said(&desk, "--resume run").contains("already finished"));
}

#[test]
fn a_stopped_run_is_made_longer_and_patience_begins_anew() {
    let desk = Desk::new();
    cut_run(&desk, &format!("{SHORT} --out run"), 3, "-INT");
    if !desk.path("run/report.json").exists() {
        desk.trainer("--resume run --epochs +2").assert().success();
        assert_eq!(desk.report("run").epochs_run, 8);
    }
    let impatient =
        "--model mlp_digits --epochs 30 --set early_stopping={patience={metric=\"loss\",patience=1,min_delta=1.0}}";
    assert_eq!(desk.train(impatient, "impatient").epochs_run, 2);
    let text = said(&desk, "--resume impatient --epochs +1");
    assert!(text.contains("learning rate goes on at") && text.contains("as if 3 epochs"), "{text}");
    assert_eq!(desk.report("impatient").epochs_run, 3);
}

#[test]
fn what_cannot_be_made_longer_is_one_sentence_and_stays_as_it_is() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 2", "run");
    let before = fs::read(desk.path("run/run.json")).unwrap();
    let refused = |words: &str, expected: &str| {
        let text = desk.refused(words);
        assert!(text.trim_end().lines().count() == 1 && text.contains(expected), "{words}: {text}");
    };
    refused("--resume run --epochs 2", "no more than the 2");
    refused("--resume run --epochs +0", "no more than the 2");
    for many in ["999999999", "+99999999999999999999"] {
        let text = desk.refused(&format!("--resume run --epochs {many}"));
        assert!(text.contains("--epochs") && text.contains("of at most 100000"), "{text}");
    }
    refused("--model softmax_digits --epochs +2", "--resume RUN");
    assert_eq!(fs::read(desk.path("run/run.json")).unwrap(), before);
    fs::remove_dir_all(desk.path("run/checkpoints")).unwrap();
    refused("--resume run --epochs +2", "no checkpoint to go on from");
    assert_eq!(fs::read(desk.path("run/run.json")).unwrap(), before);
    let words = "--model mlp_breast_cancer --seed 1 --epochs 1 --folds 2 --offline --threads 1 --out folds";
    desk.trainer(words).assert().success();
    refused("--resume folds --epochs +2", "cross-validation");
}

#[test]
fn a_damaged_checkpoint_is_told_and_more_epochs_count_from_those_that_were_trained() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 4", "run");
    let checkpoint = |epoch: usize| desk.path(&format!("run/checkpoints/epoch-{epoch:06}-step-000000000.ckpt"));
    let bytes = fs::read(checkpoint(4)).unwrap();
    fs::write(checkpoint(4), &bytes[..bytes.len() - 5]).unwrap();
    let refused = desk.refused("--resume run --epochs 4");
    assert!(refused.contains("no more than the 4 that run has trained already"), "{refused}");
    assert!(refused.contains("; a damaged checkpoint was set aside as run/checkpoints/epoch-000004"), "{refused}");
    fs::write(checkpoint(4), &bytes[..bytes.len() - 5]).unwrap();
    let text = said(&desk, "--resume run --epochs +2");
    assert!(text.contains("a damaged checkpoint was set aside as run/checkpoints/epoch-000004"), "{text}");
    assert!(text.contains("going on after epoch 3, step 0"), "{text}");
    assert_eq!(desk.report("run").epochs_run, 6);

    for epoch in [5, 6] {
        fs::write(checkpoint(epoch), "").unwrap();
    }
    for _ in 0..2 {
        let refused = desk.refused("--resume run --epochs +1");
        assert!(
            refused.contains("run has no checkpoint to go on from, as all are damaged (they were set aside"),
            "{refused}"
        );
        assert!(refused.contains("start a new run from its weights by --init run"), "{refused}");
        assert_eq!(refused.lines().count(), 1, "{refused}");
    }
}
