//! What a wrong recipe is told: one sentence with file, line, key, what was found and what is accepted.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{recipe, with};
use zoo_recipe::{Fault, Recipe, RecipeError};

/// The canonical text of a shipped recipe with `before` replaced by `after`, and what is said of it.
fn said_of(name: &str, before: &str, after: &str) -> String {
    let text = recipe(name).to_toml();
    assert!(text.contains(before), "{name} has no {before:?}");
    let error = Recipe::parse(&text.replacen(before, after, 1), "my/recipe.toml").unwrap_err();
    error.to_string()
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_one() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "beta2 =", "beta3 ="), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "[optimizer]", "[optimiser]"), @"");
    insta::assert_snapshot!(said_of("softmax_digits", "kind = \"adam\"", "kind = \"sgd\""), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10_best", "pixels =", "pixel ="), @"");
}

#[test]
fn a_missing_key_is_named() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "epsilon = 1e-7\n", ""), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "[schedule]\nkind = \"constant\"", "[schedule]"), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "name = \"cnn_cifar10\"", ""), @"");
}

#[test]
fn a_wrong_type_is_named() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "epochs = 10", "epochs = \"ten\""), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "batch_size = 32", "batch_size = 32.0"), @"");
    insta::assert_snapshot!(said_of("mlp_digits", "hidden = [128, 64]", "hidden = [128, \"64\"]"), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "test = { kind = \"given\" }", "test = \"given\""), @"");
}

#[test]
fn a_value_out_of_range_is_named() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "learning_rate = 0.001", "learning_rate = -1"), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "learning_rate = 0.001", "learning_rate = nan"), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "dropout = 0.0", "dropout = 1"), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "seeds = [1,", "seeds = [-1,"), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "seeds = [1, 2, 3]", "seeds = []"), @"");
    insta::assert_snapshot!(said_of("mlp_digits", "\"relu\"", "\"leaky\""), @"");
}

#[test]
fn what_is_not_toml_is_said_with_its_line() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "epochs = 10", "epochs ="), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "epochs = 10", "epochs = 10\nepochs = 11"), @"");
    insta::assert_snapshot!(said_of("cnn_cifar10", "seeds = [1,", "seeds = [9223372036854775808,"), @"");
}

#[test]
fn an_integer_is_a_number_too() {
    let recipe = recipe("cnn_cifar10");
    let text = recipe.to_toml().replace("gain = 1.0", "gain = 1").replace("l1 = 0.0", "l1 = 0");
    assert_eq!(Recipe::parse(&text, "recipe.toml").unwrap(), recipe);
}

#[test]
fn a_file_bears_its_recipes_name() {
    let text = recipe("cnn_cifar10").to_toml();
    let error = Recipe::parse(&text, "runs/mine.toml").unwrap_err();
    insta::assert_snapshot!(error, @"");
    assert!(Recipe::parse(&text, "models/cnn/recipes/cnn_cifar10.toml").is_ok());
    assert!(Recipe::parse(&text, "standard input").is_ok());
}

#[test]
fn an_error_carries_its_facts() {
    let text = recipe("softmax_digits").to_toml().replace("beta1 =", "beta =");
    let RecipeError::Invalid { place, fault } = Recipe::parse(&text, "recipe.toml").unwrap_err() else {
        panic!("the text is TOML");
    };
    let line = 1 + text.lines().position(|line| line.starts_with("beta =")).unwrap();
    assert_eq!(place.line, Some(line));
    assert_eq!(fault.key(), "optimizer.beta");
    assert!(matches!(fault, Fault::UnknownKey { nearest, .. } if nearest == ["beta1", "beta2"]));
}

/// Each rule between keys, broken once. Every message is a sentence of its own, so they are read together here.
#[test]
fn keys_that_do_not_fit_each_other_are_named() {
    let cases = [
        ("cnn_digits", "name=Digits"),
        ("cnn_digits", "data.test={kind=\"given\"}"),
        ("cnn_cifar10", "data.test={kind=\"stratified\", fraction=0.2, seed=0}"),
        ("mlp_breast_cancer", "data.normalization.kind=channels"),
        ("cnn_digits", "data.normalization.kind=standardize"),
        ("mlp_breast_cancer", "data.augmentation=[{kind=\"flip\"}]"),
        ("mlp_digits", "data.augmentation=[{kind=\"flip\"}, {kind=\"shift\", pixels=8, padding=\"zero\"}]"),
        ("cnn_digits", "data.name=digits"),
        ("logistic_cifar10", "data.target={kind=\"classes\"}"),
        ("logistic_cifar10", "loss={kind=\"hinge\", margin=1}"),
        ("softmax_digits", "loss={kind=\"binary_cross_entropy\"}"),
        ("mlp_digits", "loss={kind=\"binary_cross_entropy\"}"),
        ("mlp_digits", "model.weights={kind=\"uniform\", min=0.1, max=0.1}"),
        ("cnn_cifar10", "regularization.weight_decay={kind=\"decoupled\", rate=0.01}"),
        ("cnn_cifar10_best", "regularization.weight_decay.kind=l2"),
        ("cnn_cifar10", "schedule={kind=\"cosine\", learning_rate=0.1, warmup_steps=0, final_learning_rate=0.2}"),
        ("cnn_cifar10", "claim.metric=auroc"),
        ("cnn_cifar10", "early_stopping={kind=\"patience\", metric=\"auroc\", patience=3, min_change=0}"),
        ("cnn_cifar10", "claim.expected=72"),
        ("cnn_cifar10", "training.seeds=[1, 2, 1]"),
    ];
    let said: Vec<_> = cases.iter().map(|(name, set)| with(&recipe(name), &[set]).unwrap_err()).collect();
    insta::assert_snapshot!(said.join("\n"), @"");
}

#[test]
fn a_recipe_made_in_code_is_checked_alike() {
    let mut recipe = recipe("softmax_digits");
    recipe.training.epochs = 0;
    insta::assert_snapshot!(recipe.check().unwrap_err(), @"");
    recipe.training.epochs = 1;
    recipe.training.seeds = vec![u64::MAX];
    insta::assert_snapshot!(recipe.check().unwrap_err(), @"");
    recipe.training.seeds = vec![i64::MAX as u64];
    recipe.check().unwrap();
}
