//! The recipes of the workspace, read from their files: this program links no trainer.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_core::nearest;
use zoo_recipe::Recipe;

/// A recipe and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Shipped {
    /// The folder in `models/`.
    pub(crate) family: String,
    pub(crate) recipe: Recipe,
}

/// All of them, in alphabetical order.
///
/// # Errors
/// If a file cannot be read or is no recipe.
pub(crate) fn all() -> Result<Vec<Shipped>> {
    let mut recipes = Vec::new();
    for family in entries(&workspace::root().join("models"))? {
        let folder = family.join("recipes");
        if !folder.is_dir() {
            continue;
        }
        for file in entries(&folder)?.iter().filter(|file| file.extension().is_some_and(|is| is == "toml")) {
            recipes.push(Shipped { family: name(&family), recipe: read(file)? });
        }
    }
    recipes.sort_by(|left, right| left.recipe.name.cmp(&right.recipe.name));
    Ok(recipes)
}

fn read(file: &Path) -> Result<Recipe> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read the recipe {}", file.display()))?;
    Ok(Recipe::parse(&text, &file.display().to_string())?)
}

pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Those whose names fit one of the patterns: `cnn_*`. All of them without a pattern.
///
/// # Errors
/// If a pattern fits none or is no pattern.
pub(crate) fn named(all: Vec<Shipped>, patterns: &[String]) -> Result<Vec<Shipped>> {
    let names: Vec<&str> = all.iter().map(|shipped| shipped.recipe.name.as_str()).collect();
    let patterns = Patterns::parse(patterns, &names, "recipe")?;
    Ok(all.into_iter().filter(|shipped| patterns.fit(&shipped.recipe.name)).collect())
}

/// What a user asks for by name: `cnn_cifar10`, `cnn_*`. Without any pattern all is asked for.
pub(crate) struct Patterns(Vec<glob::Pattern>);

impl Patterns {
    /// Patterns of which each fits at least one of `names`, which are names of a `kind` of thing.
    ///
    /// # Errors
    /// If one fits none or is no pattern.
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

    fn names(patterns: &[&str]) -> Result<Vec<String>> {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_string()).collect();
        Ok(named(all().unwrap(), &patterns)?.into_iter().map(|shipped| shipped.recipe.name).collect())
    }

    #[test]
    fn patterns_choose_recipes() {
        assert_eq!(names(&[]).unwrap().len(), all().unwrap().len());
        assert_eq!(
            names(&["*_digits", "svm_cifar10"]).unwrap(),
            ["cnn_digits", "mlp_digits", "softmax_digits", "svm_cifar10"]
        );
    }

    #[test]
    fn a_pattern_that_fits_nothing_is_an_error() {
        let error = names(&["cnn_cifar11"]).unwrap_err().to_string();
        assert!(error.starts_with("no recipe fits \"cnn_cifar11\"; did you mean cnn_cifar10"), "{error}");
        assert!(names(&["["]).unwrap_err().to_string().contains("is no pattern"));
    }
}
