//! Recipes, and how a user names several of them.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use zoo_core::nearest;
use zoo_recipe::{DataName, Recipe};

/// A recipe and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct RecipeEntry {
    /// The folder in `models/`.
    pub(crate) family: String,
    pub(crate) recipe: Recipe,
}

/// The data set of a recipe of the zoo.
///
/// # Panics
/// If it is a user's own data.
pub(crate) fn zoo_data(recipe: &Recipe) -> DataName {
    recipe.data.zoo().unwrap_or_else(|| panic!("the recipe {} of the zoo is on {}", recipe.name, recipe.data.name))
}

/// The recipes in the folder of a model.
pub(crate) fn recipe_files(family: &Path) -> Result<Vec<PathBuf>> {
    let folder = family.join("recipes");
    let mut files = if folder.is_dir() { entries(&folder)? } else { Vec::new() };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    Ok(files)
}

/// The folders in a folder, in alphabetical order.
pub(crate) fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = entries(folder)?;
    folders.retain(|entry| entry.is_dir());
    Ok(folders)
}

/// Everything in a folder, in alphabetical order.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    let mut entries = read().with_context(|| format!("cannot read the folder {}", folder.display()))?;
    entries.sort();
    Ok(entries)
}

/// What a user asks for by name: `cnn_cifar10`, `cnn_*`. Without any pattern everything is asked for.
pub(crate) struct NamePatterns(Vec<glob::Pattern>);

impl NamePatterns {
    /// Patterns of which each fits at least one of `names`, which are names of a `kind` of thing.
    pub(crate) fn parse(texts: &[String], names: &[&str], kind: &str) -> Result<Self> {
        Ok(Self(texts.iter().map(|text| parse(text, names, kind)).collect::<Result<_>>()?))
    }

    pub(crate) fn fit(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(name))
    }
}

fn parse(text: &str, names: &[&str], kind: &str) -> Result<glob::Pattern> {
    let pattern = glob::Pattern::new(text)
        .with_context(|| format!("{text:?} is no pattern; patterns are like cnn_cifar10 or cnn_*"))?;
    if !names.iter().any(|name| pattern.matches(name)) {
        match nearest(text, names.iter().copied()).as_slice() {
            [] => bail!("no {kind} fits {text:?}; there are {}", names.join(", ")),
            close => bail!("no {kind} fits {text:?}; did you mean {}?", close.join(", ")),
        }
    }
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    const NAMES: [&str; 4] = ["cnn_cifar10", "cnn_digits", "softmax_digits", "svm_cifar10"];

    fn chosen(patterns: &[&str]) -> Result<Vec<&'static str>> {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_string()).collect();
        let patterns = NamePatterns::parse(&patterns, &NAMES, "recipe")?;
        Ok(NAMES.into_iter().filter(|name| patterns.fit(name)).collect())
    }

    #[test]
    fn patterns_choose_names() {
        assert_eq!(chosen(&[]).unwrap(), NAMES);
        assert_eq!(chosen(&["*_digits", "svm_cifar10"]).unwrap(), NAMES[1..]);
    }

    #[test]
    fn a_pattern_that_fits_nothing_is_an_error() {
        let error = chosen(&["cnn_cifar11"]).unwrap_err().to_string();
        assert!(error.starts_with("no recipe fits \"cnn_cifar11\"; did you mean cnn_cifar10"), "{error}");
        assert!(chosen(&["["]).unwrap_err().to_string().contains("is no pattern"));
    }
}
