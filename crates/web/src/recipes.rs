//! The recipes that the page starts from, and what it sets in them: as `--set` of the trainer.

use crate::error::EngineError;
use zoo_recipe::{Optimizer, Recipe};

/// A key of a recipe and its value, as `--set KEY=VALUE`.
pub type Setting = (String, String);

/// The perceptron on the 8x8 digits.
pub(crate) const MLP_DIGITS: &str = "mlp_digits";

/// Name and text.
const RECIPES: [(&str, &str); 2] = [
    (MLP_DIGITS, include_str!("../../../models/mlp/recipes/mlp_digits.toml")),
    ("cnn_digits", include_str!("../../../models/cnn/recipes/cnn_digits.toml")),
];

/// The recipe of that name.
pub(crate) fn recipe(name: &str) -> Result<Recipe, EngineError> {
    let Some((name, text)) = RECIPES.iter().find(|(known, _)| *known == name) else {
        let known = RECIPES.map(|(name, _)| name).join(", ");
        return Err(EngineError::UnknownRecipe { name: name.to_string(), known });
    };
    Ok(Recipe::parse(text, &format!("{name}.toml"))?)
}

/// An optimizer by its name in recipes, with the constants that are usual.
pub(crate) fn usual_optimizer(name: &str) -> Result<Optimizer, EngineError> {
    let recipe = recipe(MLP_DIGITS)?;
    Ok(recipe.with_overrides(&[setting("optimizer", name)])?.optimizer)
}

/// A setting of these words.
pub(crate) fn setting(key: &str, value: &str) -> Setting {
    (key.to_string(), value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_optimizer_has_its_usual_constants() {
        let adam = usual_optimizer("adam").ok();
        assert_eq!(adam, Some(Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }));
        let refused = usual_optimizer("adan").map_err(|error| error.to_string());
        assert!(refused.is_err_and(|said| said.contains("`adam`") || said.contains("adam")));
    }

    #[test]
    fn recipes_that_are_not_here_are_named() {
        let said = recipe("cnn_cifar10").map_err(|error| error.to_string());
        assert_eq!(said, Err("no recipe is called \"cnn_cifar10\" here; there are mlp_digits, cnn_digits".to_string()));
    }
}
