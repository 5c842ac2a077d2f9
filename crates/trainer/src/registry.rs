//! Every recipe of the zoo, by name.

use anyhow::{Result, bail};
use zoo_core::nearest;
use zoo_recipe::Recipe;

include!(concat!(env!("OUT_DIR"), "/recipes.rs"));

/// The names of all recipes, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|(name, _)| *name)
}

/// The recipe of that name.
///
/// # Errors
/// If there is none: the error names the nearest ones.
pub fn recipe(name: &str) -> Result<Recipe> {
    let Some((name, text)) = RECIPES.iter().find(|(known, _)| *known == name) else {
        let close = nearest(name, names());
        match close.as_slice() {
            [] => bail!("unknown model {name:?}; known are {}", names().collect::<Vec<_>>().join(", ")),
            close => {
                bail!("unknown model {name:?}; did you mean {}? `trainer list` shows all of them", close.join(", "))
            }
        }
    };
    Ok(Recipe::parse(text, &format!("{name}.toml"))?)
}
