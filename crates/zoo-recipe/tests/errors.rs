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
    insta::assert_snapshot!(said_of("cnn_cifar10", "beta2 =", "beta3 ="), @r#"my/recipe.toml:39: unknown key `optimizer.beta3` (did you mean one of `beta1`, `beta2`?), accepted here: `kind`, `beta1`, `beta2`, `epsilon`"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "[optimizer]", "[optimizer]"), @r#"my/recipe.toml:36: unknown key `optimizer` (did you mean `optimizer`?), accepted here: `name`, `claim`, `data`, `model`, `loss`, `optimizer`, `schedule`, `regularization`, `early_stopping`, `training`"#);
    insta::assert_snapshot!(said_of("softmax_digits", "kind = \"adam\"", "kind = \"sgd\""), @r#"my/recipe.toml:36: unknown key `optimizer.beta1` (did you mean `optimizer.beta1`?), accepted here: `kind`"#);
    insta::assert_snapshot!(said_of("cnn_cifar10_best", "pixels =", "pixel ="), @r#"my/recipe.toml:23: unknown key `data.augmentation[1].pixel` (did you mean `pixels`?), accepted here: `kind`, `pixels`, `padding`"#);
}

#[test]
fn a_missing_key_is_named() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "epsilon = 1e-7\n", ""), @r#"my/recipe.toml:36: the key `optimizer.epsilon` is missing, expected a number above 0"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "[schedule]\nkind = \"constant\"", "[schedule]"), @r#"my/recipe.toml:42: the key `schedule.kind` is missing, expected "constant", "step", "exponential", "cosine" or "one_cycle""#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "name = \"cnn_cifar10\"", ""), @r#"my/recipe.toml: the key `name` is missing, expected a text in quotes"#);
}

#[test]
fn a_wrong_type_is_named() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "epochs = 10", "epochs = \"ten\""), @r#"my/recipe.toml:56: `training.epochs` is "ten", expected an integer from 1 to 100000"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "batch_size = 32", "batch_size = 32.0"), @r#"my/recipe.toml:57: `training.batch_size` is 32.0, expected an integer from 1 to 65536"#);
    insta::assert_snapshot!(said_of("mlp_digits", "hidden = [128, 64]", "hidden = [128, \"64\"]"), @r#"my/recipe.toml:27: `model.hidden[1]` is "64", expected an integer from 1 to 65536"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "test = { kind = \"given\" }", "test = \"given\""), @r#"my/recipe.toml:19: `data.test` is "given", expected a table with kind = "given" or "stratified""#);
}

#[test]
fn a_value_out_of_range_is_named() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "learning_rate = 0.001", "learning_rate = -1"), @r#"my/recipe.toml:44: `schedule.learning_rate` is -1, expected a number above 0"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "learning_rate = 0.001", "learning_rate = nan"), @r#"my/recipe.toml:44: `schedule.learning_rate` is nan, expected a number above 0"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "dropout = 0.0", "dropout = 1"), @r#"my/recipe.toml:27: `model.dropout` is 1, expected a number of at least 0 and below 1"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "seeds = [11,", "seeds = [-1,"), @r#"my/recipe.toml:60: `training.seeds[0]` is -1, expected an integer of at least 0"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "seeds = [11, 12, 13, 14, 15]", "seeds = []"), @r#"my/recipe.toml:60: `training.seeds` is [], expected a list of 1 to 1000 items, each an integer of at least 0"#);
    insta::assert_snapshot!(said_of("mlp_digits", "\"relu\"", "\"leaky\""), @r#"my/recipe.toml:28: `model.activation` is "leaky", expected "relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh" or "softplus" (did you mean `leaky_relu`?)"#);
}

#[test]
fn what_is_not_toml_is_said_with_its_line() {
    insta::assert_snapshot!(said_of("cnn_cifar10", "epochs = 10", "epochs ="), @r#"my/recipe.toml:56: this is not TOML: string values must be quoted, expected literal string"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "epochs = 10", "epochs = 10\nepochs = 11"), @r#"my/recipe.toml:57: this is not TOML: duplicate key"#);
    insta::assert_snapshot!(said_of("cnn_cifar10", "seeds = [11,", "seeds = [9223372036854775808,"), @r#"my/recipe.toml:60: this is not TOML: u64 value was too large"#);
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
    insta::assert_snapshot!(error, @r#"runs/mine.toml:1: `name` is "cnn_cifar10", expected "mine", the name of its file"#);
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
    assert!(matches!(*fault, Fault::UnknownKey { nearest, .. } if nearest == ["beta1", "beta2"]));
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
        ("mlp_emnist", "data.frame={kind=\"black\", side=27}"),
        ("mlp_breast_cancer", "data.frame={kind=\"black\", side=32}"),
        ("mlp_digits", "optimizer={kind=\"muon\", momentum=0.9, beta1=0.9, beta2=0.99, epsilon=1e-8}"),
        ("logistic_cifar10", "data.target={kind=\"classes\"}"),
        ("logistic_cifar10", "loss={kind=\"hinge\", margin=1}"),
        ("softmax_digits", "loss={kind=\"binary_cross_entropy\", positive_weight=1}"),
        ("mlp_digits", "loss={kind=\"binary_cross_entropy\", positive_weight=1}"),
        ("mlp_digits", "model.weights={kind=\"uniform\", min=0.1, max=0.1}"),
        ("cnn_cifar10", "regularization.weight_decay={kind=\"decoupled\", rate=0.01}"),
        ("cnn_cifar10_best", "regularization.weight_decay.kind=l2"),
        ("cnn_cifar10", "schedule={kind=\"cosine\", learning_rate=0.1, warmup_steps=0, final_learning_rate=0.2}"),
        ("cnn_cifar10", "claim.metric=auroc"),
        ("cnn_cifar10", "early_stopping={kind=\"patience\", metric=\"auroc\", patience=3, min_change=0}"),
        ("cnn_cifar10", "claim.floors=[{metric=\"auroc\", least=0.9}]"),
        ("cnn_cifar10", "claim.measured={kind=\"folds\", folds=10}"),
        ("cnn_cifar10", "claim.expected=72"),
        ("cnn_cifar10", "training.seeds=[1, 2, 1]"),
    ];
    let said: Vec<_> = cases.iter().map(|(name, set)| with(&recipe(name), &[set]).unwrap_err()).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    --set name=Digits: `name` is "Digits", expected lower-case letters, digits and `_` alone
    --set data.test={kind="given"}: `data.test.kind` is "given", expected "stratified", as this data set comes without a test part
    --set data.test={kind="stratified", fraction=0.2, seed=0}: `data.test.kind` is "stratified", expected "given", as this data set comes with a test part
    --set data.normalization.kind=channels: `data.normalization.kind` is "channels", expected "none" or "standardize", as the data is a table
    --set data.normalization.kind=standardize: `data.normalization.kind` is "standardize", expected "none", "unit" or "channels", as the data is images
    --set data.augmentation=[{kind="flip"}]: `data.augmentation` is [{ kind = "flip" }], expected [], as the data is a table
    --set data.augmentation=[{kind="flip"}, {kind="shift", pixels=8, padding="zero"}]: `data.augmentation[1].pixels` is 8, expected less than 8, the side of an image
    --set data.name=digits: `data.name` is "digits", expected images of 32x32, as the model "cnn" takes them: "digits32", "cifar10", or smaller ones in a frame, data.frame = { kind = "black", side = 32 }
    --set data.frame={kind="black", side=27}: `data.frame.side` is 27, expected at least 28, the side of an image
    --set data.frame={kind="black", side=32}: `data.frame.kind` is "black", expected "none", as the data is a table
    --set optimizer={kind="muon", momentum=0.9, beta1=0.9, beta2=0.99, epsilon=1e-8}: `optimizer.kind` is "muon", expected any but "muon", as this model has no convolutions
    --set data.target={kind="classes"}: `data.target.kind` is "classes", expected "one_vs_rest", as logistic regression tells two classes apart
    --set loss={kind="hinge", margin=1}: `loss.kind` is "hinge", expected "binary_cross_entropy" or "mean_squared_error", as logistic regression has one logit
    --set loss={kind="binary_cross_entropy", positive_weight=1}: `loss.kind` is "binary_cross_entropy", expected a loss on one logit a class, "cross_entropy", "hinge" or "mean_squared_error"
    --set loss={kind="binary_cross_entropy", positive_weight=1}: `loss.kind` is "binary_cross_entropy", expected "cross_entropy", "hinge" or "mean_squared_error", as there are more than two classes
    --set model.weights={kind="uniform", min=0.1, max=0.1}: `model.weights.max` is 0.1, expected more than `min`
    --set regularization.weight_decay={kind="decoupled", rate=0.01}: `regularization.weight_decay.kind` is "decoupled", expected "l2" or "none", as only the optimizers "adamw" and "muon" decouple weight decay
    --set regularization.weight_decay.kind=l2: `regularization.weight_decay.kind` is "l2", expected "decoupled" or "none", as this optimizer decouples weight decay
    --set schedule={kind="cosine", learning_rate=0.1, warmup_steps=0, final_learning_rate=0.2}: `schedule.final_learning_rate` is 0.2, expected at most `learning_rate`
    --set claim.metric=auroc: `claim.metric` is "auroc", expected "loss" or "accuracy", as there are more than two classes
    --set early_stopping={kind="patience", metric="auroc", patience=3, min_change=0}: `early_stopping.metric` is "auroc", expected "loss" or "accuracy", as there are more than two classes
    --set claim.floors=[{metric="auroc", least=0.9}]: `claim.floors[0].metric` is "auroc", expected "accuracy", as there are more than two classes
    --set claim.measured={kind="folds", folds=10}: `claim.measured.kind` is "folds", expected "test", as this data set comes with a test part
    --set claim.expected=72: `claim.expected` is 72, expected at most 1 for this metric
    --set training.seeds=[1, 2, 1]: `training.seeds` is [1, 2, 1], expected seeds that all differ
    "#);
}

#[test]
fn a_recipe_made_in_code_is_checked_alike() {
    let mut recipe = recipe("softmax_digits");
    recipe.training.epochs = 0;
    insta::assert_snapshot!(recipe.check().unwrap_err(), @r#"recipe softmax_digits: `training.epochs` is 0, expected an integer from 1 to 100000"#);
    recipe.training.epochs = 1;
    recipe.training.seeds = vec![u64::MAX];
    insta::assert_snapshot!(recipe.check().unwrap_err(), @r#"recipe softmax_digits: `training.seeds` is [18446744073709551615], expected integers of at most 9223372036854775807"#);
    recipe.training.seeds = vec![i64::MAX as u64];
    recipe.check().unwrap();
}
