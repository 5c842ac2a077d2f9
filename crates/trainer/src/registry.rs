//! Every recipe of the zoo, by name.

use zoo_core::nearest;
use zoo_recipe::{Recipe, RecipeError};

include!(concat!(env!("OUT_DIR"), "/recipes.rs"));

/// Why a recipe of the zoo cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// There is none of that name.
    #[error("unknown model {name:?}; {hint}")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest names, or all of them.
        hint: String,
    },
    /// The file compiled in is not one.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
}

/// The names of all recipes, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|(name, _, _)| *name)
}

/// The folder in `models/` that a recipe's file is in: `cnn`.
pub fn folder(name: &str) -> Option<&'static str> {
    RECIPES.iter().find(|(known, _, _)| *known == name).map(|(_, folder, _)| *folder)
}

/// The recipe of that name, which has a claim.
///
/// # Errors
/// If there is none: the error names the nearest ones.
pub fn recipe(name: &str) -> Result<Recipe, RegistryError> {
    let Some((name, _, text)) = RECIPES.iter().find(|(known, _, _)| *known == name) else {
        let close = nearest(name, names());
        let hint = match close.as_slice() {
            [] => format!("known are {}", names().collect::<Vec<_>>().join(", ")),
            close => format!("did you mean {}? `trainer list` shows all of them", close.join(", ")),
        };
        return Err(RegistryError::Unknown { name: name.to_string(), hint });
    };
    Ok(Recipe::parse(text, &format!("{name}.toml"))?)
}
