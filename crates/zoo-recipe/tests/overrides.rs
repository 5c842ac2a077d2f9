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
    insta::assert_snapshot!(changes.collect::<Vec<_>>().join("\n"), @r#"
    model.hidden: [128, 64] -> [64, 32]
    model.activation: "relu" -> "tanh"
    optimizer.beta1: 0.9 -> 0.8
    "#);
}

#[test]
fn a_whole_table_is_replaced() {
    let recipe = recipe("mlp_digits");
    let changed = with(&recipe, &["optimizer={kind=\"momentum\", momentum=0.9, dampening=0}"]).unwrap();
    assert_eq!(changed.optimizer, Optimizer::Momentum { momentum: 0.9, dampening: 0.0 });
    let changes = recipe.diff(&changed).into_iter().map(|(key, before, after)| format!("{key}: {before} -> {after}"));
    insta::assert_snapshot!(changes.collect::<Vec<_>>().join("\n"), @r#"
    optimizer.kind: "adam" -> "momentum"
    optimizer.beta1: 0.9 -> absent
    optimizer.beta2: 0.999 -> absent
    optimizer.epsilon: 1e-8 -> absent
    optimizer.momentum: absent -> 0.9
    optimizer.dampening: absent -> 0.0
    "#);
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
    insta::assert_snapshot!(said(&["training.epochs=0"]), @r#"--set training.epochs=0: `training.epochs` is 0, expected an integer from 1 to 100000"#);
    insta::assert_snapshot!(said(&["training.epochs=4", "optimizer.beta3=0.8"]), @r#"--set optimizer.beta3=0.8: unknown key `optimizer.beta3` (did you mean one of `beta1`, `beta2`?), accepted here: `kind`, `beta1`, `beta2`, `epsilon`"#);
    insta::assert_snapshot!(said(&["learning_rate=0.1"]), @r#"--set learning_rate=0.1: unknown key `learning_rate` (did you mean `schedule.learning_rate`?), accepted here: `name`, `claim`, `data`, `model`, `loss`, `optimizer`, `schedule`, `regularization`, `early_stopping`, `training`"#);
    insta::assert_snapshot!(said(&["optimizer.kind=sgd"]), @r#"--set optimizer.kind=sgd: unknown key `optimizer.beta1` (did you mean `optimizer.beta1`?), accepted here: `kind`; a new kind needs a new table, so set it whole: --set 'optimizer={kind="sgd"}'"#);
    insta::assert_snapshot!(said(&["optimizer.kind=momentum"]), @r#"--set optimizer.kind=momentum: unknown key `optimizer.beta1` (did you mean `optimizer.beta1`?), accepted here: `kind`, `momentum`, `dampening`; a new kind needs a new table, so set it whole: --set 'optimizer={kind="momentum", momentum=..., dampening=...}'"#);
    insta::assert_snapshot!(said(&["optimizer.kind=adma"]), @r#"--set optimizer.kind=adma: `optimizer.kind` is "adma", expected "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw" or "muon" (did you mean `adam`?)"#);
    insta::assert_snapshot!(said(&["model.activation=\"reul\""]), @r#"--set model.activation="reul": `model.activation` is "reul", expected "relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh" or "softplus" (did you mean `relu`?)"#);
    insta::assert_snapshot!(said(&["training.epochs.first=1"]), @r#"--set training.epochs.first=1: `epochs` has no keys of its own, so `first` cannot be set in it; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`"#);
    insta::assert_snapshot!(said(&["model.hidden=[64, 32"]), @r#"--set model.hidden=[64, 32: the value is not TOML, unclosed array, expected `]`; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`"#);
    insta::assert_snapshot!(said(&["training.seeds=[18446744073709551615]"]), @r#"--set training.seeds=[18446744073709551615]: the value is not TOML, u64 value was too large; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`"#);
    insta::assert_snapshot!(said(&["training.epochs=1\nname=\"other\""]), @r#"--set training.epochs=1\nname="other": the value is not TOML, unexpected content, expected nothing; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`"#);
}

#[test]
fn a_rule_between_two_keys_names_the_one_that_was_not_set() {
    let best = recipe("mlp_emnist_wide");
    insta::assert_snapshot!(with(&best, &["optimizer.kind=adam"]).unwrap_err(), @r#"--set optimizer.kind=adam: `regularization.weight_decay.kind` is "decoupled", expected "l2" or "none", as only the optimizers "adamw" and "muon" decouple weight decay"#);
}

#[test]
fn what_is_not_key_and_value_is_refused() {
    let said = |text: &str| parse_override(text).unwrap_err().to_string();
    insta::assert_snapshot!(said("epochs"), @r#"--set epochs: there is no `=`; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`"#);
    insta::assert_snapshot!(said("=3"), @r#"--set =3: there is no key before `=`; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`"#);
    insta::assert_snapshot!(said("training.epochs="), @r#"--set training.epochs=: there is no value after `=`; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`"#);
}
