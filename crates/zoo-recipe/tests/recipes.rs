//! The shipped recipes: all of them, resolved, and with the claims that can be checked without training.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{shipped, shipped_files};
use zoo_recipe::{Model, Recipe};

#[test]
fn the_zoo_ships_these_recipes() {
    let names: Vec<_> = shipped().into_iter().map(|recipe| recipe.name).collect();
    insta::assert_snapshot!(names.join("\n"), @r#"
    cnn_cifar10
    cnn_cifar10_best
    cnn_cifar10_fast
    cnn_digits
    cnn_emnist
    logistic_breast_cancer
    logistic_cifar10
    mlp_breast_cancer
    mlp_digits
    mlp_emnist
    mlp_emnist_wide
    softmax_cifar10
    softmax_digits
    softmax_emnist
    svm_cifar10
    "#);
}

/// What each recipe resolves to. A change shows in review; `INSTA_UPDATE=always` rewrites the files.
#[test]
fn resolved_recipes_stay_as_they_are() {
    for recipe in shipped() {
        insta::assert_snapshot!(recipe.name.clone(), recipe.to_toml());
    }
}

#[test]
fn the_canonical_form_is_the_same_recipe() {
    for recipe in shipped() {
        let again = Recipe::parse(&recipe.to_toml(), "recipe.toml").unwrap();
        assert_eq!(again, recipe);
        assert_eq!(again.sha256(), recipe.sha256());
        assert!(again.diff(&recipe).is_empty());
    }
}

#[test]
fn every_file_opens_with_its_claim() {
    for file in shipped_files() {
        let text = fs::read_to_string(&file).unwrap();
        let opening = text.lines().take_while(|line| line.starts_with("# ")).count();
        assert!(opening >= 3, "{}: cost, figure and source come first", file.display());
        assert!(text.contains("SOURCES S"), "{}: which section asks for it?", file.display());
    }
}

#[test]
fn the_claimed_parameters_are_those_of_the_formula() {
    for recipe in shipped() {
        assert_eq!(recipe.claim.parameters, parameters(&recipe), "{}", recipe.name);
    }
}

fn parameters(recipe: &Recipe) -> usize {
    let (features, logits) = (recipe.data.features(), recipe.logits());
    match &recipe.model {
        Model::LogisticRegression { .. } | Model::Softmax { .. } => dense(&[features, logits]),
        Model::Mlp { hidden, batch_norm, .. } => {
            let widths = [&[features][..], hidden, &[logits]].concat();
            // A scale and a shift for every normalized unit.
            let normalization = if *batch_norm { 2 * hidden.iter().sum::<usize>() } else { 0 };
            dense(&widths) + normalization
        }
        Model::Cnn { .. } => {
            let convolution = |kernel: usize, from, to| kernel * kernel * from * to + to;
            let channels = features / (32 * 32);
            convolution(5, channels, 32)
                + convolution(5, 32, 32)
                + convolution(5, 32, 64)
                + convolution(4, 64, 64)
                + dense(&[64, logits])
        }
    }
}

/// Weights and biases of linear layers with these widths.
fn dense(widths: &[usize]) -> usize {
    widths.windows(2).map(|pair| pair[0] * pair[1] + pair[1]).sum()
}
