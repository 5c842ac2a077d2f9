//! `--set KEY=VALUE`: what it changes, and what it is told when it cannot.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{recipe, with};
use zoo_recipe::{Model, Optimizer, Recipe, parse_override};

fn changes(before: &Recipe, after: &Recipe) -> String {
    let changes = before.diff(after).into_iter().map(|(key, before, after)| format!("{key}: {before} -> {after}"));
    changes.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_key_is_set_with_or_without_the_name_of_the_choice() {
    let recipe = recipe("mlp_digits");
    let changed = with(&recipe, &["optimizer.beta1=0.8", "model.hidden=[64, 32]", "model.mlp.activation = tanh"]);
    let changed = changed.unwrap();
    assert!(matches!(changed.optimizer, Optimizer::Adam { beta1: 0.8, beta2: 0.999, .. }));
    assert!(matches!(&changed.model, Model::Mlp(config) if config.hidden == [64, 32]));
    let whole = with(&recipe, &["optimizer.adam.beta1=0.8", "model.mlp.hidden=[64, 32]", "model.activation=\"tanh\""]);
    assert_eq!(whole.unwrap(), changed);
    insta::assert_snapshot!(changes(&recipe, &changed));
}

#[test]
fn another_choice_is_set_whole() {
    let recipe = recipe("mlp_digits");
    let changed = with(&recipe, &["optimizer={momentum={momentum=0.9, dampening=0}}"]).unwrap();
    assert_eq!(changed.optimizer, Optimizer::Momentum { momentum: 0.9, dampening: 0.0 });
    let plain = with(&changed, &["optimizer=sgd"]).unwrap();
    assert_eq!(plain.optimizer, Optimizer::Sgd);
    insta::assert_snapshot!([changes(&recipe, &changed), changes(&changed, &plain)].join("\n\n"));
}

#[test]
fn another_choice_takes_its_usual_values_and_keeps_what_all_have() {
    let recipe = recipe("mlp_digits");
    let sets: [&[&str]; 9] = [
        &["optimizer.kind=sgd"],
        &["optimizer=momentum"],
        &["optimizer=adamw", "regularization.weight_decay=decoupled"],
        &["optimizer.rmsprop.alpha=0.95"],
        &["optimizer={nesterov={momentum=0.8}}"],
        &["optimizer=sgd", "optimizer.adam.beta1=0.8"],
        &["schedule.kind=one_cycle", "schedule.pct_start=0.2"],
        &["loss=hinge", "early_stopping=patience"],
        &["optimizer=nesterov", "optimizer.momentum=0.7"],
    ];
    let said: Vec<_> =
        sets.iter().map(|set| format!("{set:?}\n{}", changes(&recipe, &with(&recipe, set).unwrap()))).collect();
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn a_key_that_is_left_out_changes_from_and_to_what_it_stands_for() {
    let second = recipe("speednet_small");
    let first = with(&second, &["model.pool_after=first", "training.keep_as=f32"]).unwrap();
    assert!(!first.to_toml().contains("pool_after") && !first.to_toml().contains("keep_as"));
    assert_eq!(changes(&first, &second), r#"model.speednet.pool_after: "first" -> "second""#);
    let rounded = with(&first, &["training.keep_as=f16"]).unwrap();
    assert_eq!(changes(&rounded, &first), r#"training.keep_as: "f16" -> "f32""#);
    // The model named anew takes it, like every usual value.
    let anew = with(&second, &["model={speednet={widths=[32, 64, 64], norm_momentum=0.2}}"]).unwrap();
    assert_eq!(changes(&second, &anew), r#"model.speednet.pool_after: "second" -> "first""#);
    // Where there is no such model, nothing stands for its key.
    assert!(changes(&second, &recipe("cnn_cifar10")).contains(r#"model.speednet.pool_after: "second" -> absent"#));
}

#[test]
fn the_last_of_two_values_counts() {
    let changed = with(&recipe("mlp_digits"), &["training.epochs=3", "training.epochs=4"]).unwrap();
    assert_eq!(changed.training.epochs, 4);
}

#[test]
fn an_override_at_fault_is_named() {
    let cases: &[&[&str]] = &[
        &["training.epochs=0"],
        &["training.epochs=4", "optimizer.beta3=0.8"],
        &["learning_rate=0.1"],
        &["beta1=0.8"],
        &["training.epoch=3"],
        &["optimizer.kind=adma"],
        &["optimizer.adam.momentum=0.9"],
        &["optimizer=sgd", "optimizer.beta1=0.9"],
        &["optimizer=sgd", "optimizer.sgd.rate=0.9"],
        &["optimizer=adma"],
        &["optimizer={momentum={momentum=0.9, decay=1}}"],
        &["optimizer.adam=0.9"],
        &["optimizer=3"],
        &["data.target=one_vs_rest"],
        &["model.hidden=64"],
        &["model.hidden=64 32"],
        &["data.augmentation=flip"],
        &["optimizer={sgd={}, adam={}}"],
        &["model.activation=\"reul\""],
        &["model.width=3"],
        &["training.epochs.first=1"],
        &["model.hidden=[64, 32"],
        &["training.seeds=[18446744073709551615]"],
        &["training.epochs=1\nname=\"other\""],
    ];
    let recipe = recipe("mlp_digits");
    let said: Vec<_> = cases.iter().map(|overrides| with(&recipe, overrides).unwrap_err()).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_rule_between_two_keys_names_the_one_that_was_not_set() {
    let best = recipe("mlp_emnist_wide");
    let adam = "optimizer={adam={beta1=0.9, beta2=0.999, epsilon=1e-8}}";
    insta::assert_snapshot!(with(&best, &[adam]).unwrap_err());
}

#[test]
fn what_is_not_key_and_value_is_refused() {
    let said = ["epochs", "=3", "training.epochs="].map(|text| parse_override(text).unwrap_err().to_string());
    insta::assert_snapshot!(said.join("\n"));
}
