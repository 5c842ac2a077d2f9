//! `--set KEY=VALUE`: what it changes, and what it is told when it cannot.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{recipe, with};
use zoo_recipe::{Model, Optimizer, parse_override};

#[test]
fn a_key_is_set() {
    let recipe = recipe("mlp_digits");
    let changed = with(&recipe, &["optimizer.beta1=0.8", "model.hidden=[64, 32]", "model.activation = tanh"]);
    let changed = changed.unwrap();
    assert!(matches!(changed.optimizer, Optimizer::Adam { beta1: 0.8, beta2: 0.999, .. }));
    assert!(matches!(&changed.model, Model::Mlp { hidden, .. } if hidden == &[64, 32]));
    let changes = recipe.diff(&changed).into_iter().map(|(key, before, after)| format!("{key}: {before} -> {after}"));
    insta::assert_snapshot!(changes.collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn a_whole_table_is_replaced() {
    let recipe = recipe("mlp_digits");
    let changed = with(&recipe, &["optimizer={kind=\"momentum\", momentum=0.9, dampening=0}"]).unwrap();
    assert_eq!(changed.optimizer, Optimizer::Momentum { momentum: 0.9, dampening: 0.0 });
    let changes = recipe.diff(&changed).into_iter().map(|(key, before, after)| format!("{key}: {before} -> {after}"));
    insta::assert_snapshot!(changes.collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn a_kind_with_the_same_keys_needs_its_name_alone() {
    let changed = with(&recipe("mlp_digits"), &["optimizer.kind=adamw"]).unwrap();
    assert!(matches!(changed.optimizer, Optimizer::Adamw { .. }));
}

#[test]
fn the_last_of_two_values_counts() {
    let changed = with(&recipe("mlp_digits"), &["training.epochs=3", "training.epochs=4"]).unwrap();
    assert_eq!(changed.training.epochs, 4);
}

#[test]
fn an_override_at_fault_is_named() {
    let recipe = recipe("mlp_digits");
    let said = |overrides: &[&str]| with(&recipe, overrides).unwrap_err();
    insta::assert_snapshot!(said(&["training.epochs=0"]), @"");
    insta::assert_snapshot!(said(&["training.epochs=4", "optimizer.beta3=0.8"]), @"");
    insta::assert_snapshot!(said(&["learning_rate=0.1"]), @"");
    insta::assert_snapshot!(said(&["optimizer.kind=sgd"]), @"");
    insta::assert_snapshot!(said(&["optimizer.kind=momentum"]), @"");
    insta::assert_snapshot!(said(&["optimizer.kind=adma"]), @"");
    insta::assert_snapshot!(said(&["model.activation=\"reul\""]), @"");
    insta::assert_snapshot!(said(&["training.epochs.first=1"]), @"");
    insta::assert_snapshot!(said(&["model.hidden=[64, 32"]), @"");
    insta::assert_snapshot!(said(&["training.seeds=[18446744073709551615]"]), @"");
    insta::assert_snapshot!(said(&["training.epochs=1\nname=\"other\""]), @"");
}

#[test]
fn a_rule_between_two_keys_names_the_one_that_was_not_set() {
    let best = recipe("cnn_cifar10_best");
    insta::assert_snapshot!(with(&best, &["optimizer.kind=adam"]).unwrap_err(), @"");
}

#[test]
fn what_is_not_key_and_value_is_refused() {
    let said = |text: &str| parse_override(text).unwrap_err().to_string();
    insta::assert_snapshot!(said("epochs"), @"");
    insta::assert_snapshot!(said("=3"), @"");
    insta::assert_snapshot!(said("training.epochs="), @"");
}
