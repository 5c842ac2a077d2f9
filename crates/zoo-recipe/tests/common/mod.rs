//! What the tests of this crate share.
#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking; not every test uses all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use zoo_recipe::{Recipe, parse_override};

/// Every `models/*/recipes/*.toml`, sorted by name.
pub(crate) fn shipped_files() -> Vec<PathBuf> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let folders = entries(&models).into_iter().map(|model| model.join("recipes"));
    let mut files: Vec<_> = folders.filter(|folder| folder.is_dir()).flat_map(|folder| entries(&folder)).collect();
    files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
    assert!(!files.is_empty(), "no recipe in {}", models.display());
    files
}

/// All shipped recipes, sorted by name.
pub(crate) fn shipped() -> Vec<Recipe> {
    shipped_files().iter().map(|file| read(file)).collect()
}

/// One shipped recipe.
pub(crate) fn recipe(name: &str) -> Recipe {
    shipped().into_iter().find(|recipe| recipe.name == name).unwrap()
}

/// The recipe with `KEY=VALUE` set.
pub(crate) fn with(recipe: &Recipe, overrides: &[&str]) -> Result<Recipe, String> {
    let pairs: Result<Vec<_>, _> = overrides.iter().map(|text| parse_override(text)).collect();
    let overridden = pairs.and_then(|pairs| recipe.with_overrides(&pairs));
    overridden.map_err(|error| error.to_string())
}

fn read(file: &Path) -> Recipe {
    let text = fs::read_to_string(file).unwrap();
    Recipe::parse(&text, file.to_str().unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
