//! The shipped recipes, all that the folders hold, with the claims that can be checked without training.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use burn::tensor::Device;
use common::{shipped, shipped_files};
use zoo_core::{LogitModule, ModelConfig, weights};
use zoo_recipe::{Model, Recipe};

#[test]
fn the_canonical_form_is_the_same_recipe() {
    for recipe in shipped() {
        let again = Recipe::parse(&recipe.to_toml(), "recipe.toml").unwrap();
        assert_eq!(again, recipe);
        assert_eq!(again.sha256(), recipe.sha256());
        assert!(again.diff(&recipe).is_empty());
        let section = format!("\n[model.{}]\n", recipe.model.key());
        assert!(
            recipe.to_toml().contains(&section),
            "{}: the list has another name than the config's KEY",
            recipe.name
        );
    }
}

#[test]
fn every_file_opens_with_its_claim() {
    for file in shipped_files() {
        let text = fs::read_to_string(&file).unwrap();
        let recipe = Recipe::parse(&text, "recipe.toml").unwrap();
        assert_eq!(
            Some(recipe.name.as_ref()),
            file.file_stem(),
            "{}: a result is filed under the name",
            file.display()
        );
        assert!(recipe.claim.is_some() && recipe.data.zoo().is_some(), "{}: what does it claim?", file.display());
        let opening = text.lines().take_while(|line| line.starts_with("# ")).count();
        assert!(opening >= 3, "{}: cost, figure and source come first", file.display());
        assert!(text.contains("SOURCES S"), "{}: which section asks for it? (SOURCES S3)", file.display());
    }
}

#[test]
fn the_claimed_parameters_are_those_of_the_model() {
    for recipe in shipped() {
        let (name, claim) = (&recipe.name, recipe.zoo_claim());
        let has = parameters(&recipe);
        assert_eq!(
            claim.parameters,
            Some(has),
            "{name} claims {:?} parameters, its network has {has}",
            claim.parameters
        );
    }
}

macro_rules! parameters_of_each {
    ($($variant:ident: $config:ty,)+) => {
        /// The trainable parameters of the recipe's network.
        fn parameters(recipe: &Recipe) -> usize {
            match &recipe.model {
                $(Model::$variant(config) => trainable(&ModelConfig::init(config, &recipe.sizes(), &Device::flex())),)+
            }
        }
    };
}

zoo_recipe::for_each_model!(parameters_of_each);

/// Burn counts the running statistics of batch norm among the parameters; nothing trains them.
fn trainable(model: &impl LogitModule) -> usize {
    let parameters = weights::parameters(model);
    let trained = parameters.iter().filter(|(name, _)| !name.contains(".running_"));
    trained.map(|(_, data)| data.num_elements()).sum()
}
