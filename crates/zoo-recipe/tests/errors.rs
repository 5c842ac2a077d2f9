//! What a wrong recipe is told: one sentence with file, line, key, what was found and what is accepted.
//!
//! The sentences of a test are one snapshot, so that they are read together. `INSTA_UPDATE=always` rewrites them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{recipe, with};
use zoo_recipe::{Recipe, RecipeError};

/// What is said of the canonical text of shipped recipes with `before` replaced by `after`, and the line blamed.
fn said_of(cases: &[(&str, &str, &str)]) -> String {
    let said = cases.iter().map(|(name, before, after)| {
        let text = recipe(name).to_toml();
        assert!(text.contains(before), "{name} has no {before:?}:\n{text}");
        let text = text.replacen(before, after, 1);
        let error = Recipe::parse(&text, "my/recipe.toml").unwrap_err();
        format!("{error}\n    {}\n", blamed(&error, &text))
    });
    said.collect()
}

fn blamed<'a>(error: &RecipeError, text: &'a str) -> &'a str {
    let (RecipeError::Invalid { place, .. } | RecipeError::Syntax { place, .. }) = error else {
        panic!("{error} has no place");
    };
    place.line.map_or("(no line)", |line| text.lines().nth(line - 1).unwrap())
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_one() {
    insta::assert_snapshot!(said_of(&[
        ("cnn_cifar10", "beta2 =", "beta3 ="),
        ("cnn_cifar10", "[optimizer.adam]", "[optimiser.adam]"),
        ("cnn_cifar10", "[optimizer.adam]", "[optimizer.sgd]\n[optimizer.adam]"),
        ("cnn_cifar10", "[regularization]", "[regularization]\nlearning_rate = 0.1"),
        ("cnn_cifar10", "epochs = 10", "epochs = 10\nstop = 3"),
        ("mlp_digits", "hidden =", "layers ="),
        ("cnn_cifar10_best", "pixels =", "pixel ="),
        ("mlp_digits", "[model.mlp]", "[model.cnn]"),
    ]));
}

#[test]
fn a_missing_key_is_named() {
    insta::assert_snapshot!(said_of(&[
        ("cnn_cifar10", "epsilon = 0.0000001\n", ""),
        ("cnn_cifar10", "epochs = 10\n", ""),
        ("cnn_cifar10", "name = \"cnn_cifar10\"\n", ""),
        ("softmax_digits", "early_stopping = ", "# early_stopping = "),
        ("cnn_cifar10", "[data.valid]", "[data.invalid]"),
        ("mlp_breast_cancer", "fraction = 0.25\n", ""),
    ]));
}

#[test]
fn a_wrong_type_is_named() {
    insta::assert_snapshot!(said_of(&[
        ("cnn_cifar10", "epochs = 10", "epochs = \"ten\""),
        ("cnn_cifar10", "batch_size = 32", "batch_size = 32.0"),
        ("cnn_cifar10", "batch_size = 32", "batch_size = [32]"),
        ("mlp_digits", "hidden = [128, 64]", "hidden = [128, \"64\"]"),
        ("mlp_digits", "hidden = [128, 64]", "hidden = 128"),
        ("mlp_digits", "batch_norm = false", "batch_norm = 0"),
        ("cnn_cifar10", "summary = ", "summary = 3 # "),
        ("cnn_cifar10", "test = \"given\"", "test = 3"),
        ("cnn_cifar10", "test = \"given\"", "test = \"stratified\""),
        ("cnn_cifar10", "test = \"given\"", "test = { given = { fraction = 0.5 } }"),
        ("cnn_cifar10", "augmentation = []", "augmentation = [\"flip\", \"shift\"]"),
        ("cnn_cifar10", "augmentation = []", "augmentation = \"flip\""),
    ]));
}

#[test]
fn a_value_out_of_range_is_named() {
    insta::assert_snapshot!(said_of(&[
        ("cnn_cifar10", "learning_rate = 0.001", "learning_rate = -1"),
        ("cnn_cifar10", "learning_rate = 0.001", "learning_rate = nan"),
        ("cnn_cifar10", "learning_rate = 0.001", "learning_rate = 1e999"),
        ("cnn_cifar10", "dropout = 0.0", "dropout = 1"),
        ("cnn_cifar10", "epochs = 10", "epochs = 0"),
        ("cnn_cifar10", "seeds = [11,", "seeds = [-1,"),
        ("cnn_cifar10", "seeds = [11, 12, 13, 14, 15]", "seeds = []"),
        ("mlp_digits", "hidden = [128, 64]", "hidden = [0]"),
        ("mlp_digits", "biases = \"zero\"", "biases = { uniform = { min = 0.1, max = 0.1 } }"),
        ("mlp_digits", "biases = \"zero\"", "biases = { orthogonal = { gain = 1 } }"),
    ]));
}

#[test]
fn an_unknown_choice_is_named_with_the_nearest_one() {
    insta::assert_snapshot!(said_of(&[
        ("mlp_digits", "\"relu\"", "\"leaky\""),
        ("mlp_digits", "keep = \"", "keep = \"the_"),
        ("mlp_digits", "name = \"digits\"", "name = \"digit\""),
        ("mlp_digits", "[optimizer.adam]", "[optimizer.adm]"),
        ("mlp_digits", "[model.mlp]", "[model.perceptron]"),
        ("softmax_digits", "[model.softmax]", "[model.resnet]"),
        ("mlp_digits", "[optimizer.adam]", "[optimizer]\n[other]"),
        ("mlp_digits", "biases = \"zero\"", "biases = { normall = { mean = 0, std = 1 } }"),
    ]));
}

#[test]
fn what_is_not_toml_is_said_with_its_line() {
    insta::assert_snapshot!(said_of(&[
        ("cnn_cifar10", "epochs = 10", "epochs ="),
        ("cnn_cifar10", "epochs = 10", "epochs = 10\nepochs = 11"),
        ("cnn_cifar10", "seeds = [11,", "seeds = [9223372036854775808,"),
        ("cnn_cifar10", "[optimizer.adam]", "[optimizer.adam"),
    ]));
}

#[test]
fn an_integer_is_a_number_too() {
    let recipe = recipe("cnn_cifar10");
    let text = recipe.to_toml().replace("gain = 1.0", "gain = 1").replace("l1 = 0.0", "l1 = 0");
    assert_eq!(Recipe::parse(&text, "recipe.toml").unwrap(), recipe);
}

#[test]
fn an_error_carries_its_facts() {
    let text = recipe("softmax_digits").to_toml().replace("beta1 =", "beta =");
    let RecipeError::Invalid { place, key, .. } = Recipe::parse(&text, "recipe.toml").unwrap_err() else {
        panic!("the text is TOML");
    };
    let line = 1 + text.lines().position(|line| line.starts_with("beta =")).unwrap();
    assert_eq!((place.file.as_str(), place.line), ("recipe.toml", Some(line)));
    assert_eq!(key, "optimizer.adam.beta");
}

/// Each rule between keys, broken once.
#[test]
fn keys_that_do_not_fit_each_other_are_named() {
    let cases = [
        ("cnn_digits", "name=Digits"),
        ("cnn_digits", "data.test=given"),
        ("cnn_cifar10", "data.test={stratified={fraction=0.2, seed=0}}"),
        ("mlp_breast_cancer", "data.normalization=channels"),
        ("cnn_digits", "data.normalization=standardize"),
        ("mlp_breast_cancer", "data.augmentation=[\"flip\"]"),
        ("mlp_digits", "data.augmentation=[\"flip\", {shift={pixels=8, padding=\"zero\"}}]"),
        ("cnn_digits", "data.name=digits"),
        ("mlp_digits", "model.hidden=[65536, 65536]"),
        ("mlp_emnist", "data.pad={black={side=27}}"),
        ("mlp_breast_cancer", "data.pad={black={side=32}}"),
        ("mlp_digits", "optimizer={muon={momentum=0.9, beta1=0.9, beta2=0.99, epsilon=1e-8}}"),
        ("logistic_cifar10", "data.target=classes"),
        ("logistic_cifar10", "data.target.class=catt"),
        ("mlp_breast_cancer", "data.target=value"),
        ("mlp_digits", "loss={huber={delta=1}}"),
        ("logistic_cifar10", "loss={hinge={margin=1}}"),
        ("softmax_digits", "loss={binary_cross_entropy={positive_weight=1}}"),
        ("mlp_digits", "loss={binary_cross_entropy={positive_weight=1}}"),
        ("cnn_cifar10", "regularization.weight_decay={decoupled={rate=0.01}}"),
        ("cnn_cifar10_best", "regularization.weight_decay={l2={rate=0.01}}"),
        ("cnn_cifar10", "regularization.weight_decay={normalized={rate=0.01, step=20}}"),
        ("cnn_cifar10", "schedule={cosine={learning_rate=0.1, warmup_steps=0, final_learning_rate=0.2}}"),
        ("cnn_cifar10", "claim.metric=auroc"),
        ("cnn_cifar10", "claim.metric=r2"),
        ("mlp_digits", "early_stopping={patience={metric=\"rmse\", patience=3, min_delta=0}}"),
        ("cnn_cifar10", "early_stopping={patience={metric=\"auroc\", patience=3, min_delta=0}}"),
        ("cnn_cifar10", "claim.floors=[{metric=\"auroc\", least=0.9}]"),
        ("mlp_breast_cancer", "claim.floors=[{metric=\"loss\", least=0.9}]"),
        ("cnn_cifar10", "claim.measured={folds={folds=10}}"),
        ("cnn_cifar10", "claim.expected=72"),
        ("cnn_cifar10", "training.seeds=[1, 2, 1]"),
    ];
    let said: Vec<_> = cases.iter().map(|(name, set)| with(&recipe(name), &[set]).unwrap_err()).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_recipe_made_in_code_is_checked_alike() {
    let mut recipe = recipe("softmax_digits");
    recipe.training.epochs = 0;
    let too_few = recipe.check().unwrap_err();
    recipe.training.epochs = 1;
    recipe.training.seeds = vec![u64::MAX];
    let too_large = recipe.check().unwrap_err();
    insta::assert_snapshot!(format!("{too_few}\n{too_large}"));
    recipe.training.seeds = vec![i64::MAX as u64];
    recipe.check().unwrap();
}
