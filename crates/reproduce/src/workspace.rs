//! The folders of the zoo: where recipes, weights and records are.

use crate::catalog::{RecipeEntry, folders};
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use zoo_recipe::Recipe;
use zoo_results::Record;

/// The zoo's workspace, or a copy of it.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

/// Refuses what a flag names if it is no folder, or cannot be searched: its own entry is looked up as any file in it is.
pub(crate) fn check_folder(flag: &str, folder: &Path, contents: &str) -> Result<()> {
    let path = folder.display();
    match fs::metadata(folder.join(".")) {
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            bail!("cannot read {flag} {path}: {error}")
        }
        Err(_) => bail!("{flag} {path} is no folder; name the one that holds {contents}"),
        Ok(_) => Ok(()),
    }
}

/// Refuses to record what no commit holds. `what` asks for the record.
pub(crate) fn check_commit(what: &str, workspace: &Workspace) -> Result<()> {
    let is_built_dirty = trainer::commit().is_some_and(|commit| commit.ends_with("-dirty"));
    match workspace.is_clean().filter(|_| trainer::commit().is_some()) {
        None => bail!("{what} states the commit that was measured, and this is no clone; clone the repository"),
        Some(is_clean) if is_built_dirty || !is_clean => {
            bail!("{what} states the commit that was measured, and tracked files differ from it; commit first")
        }
        Some(_) => Ok(()),
    }
}

impl Workspace {
    /// The one this program was built from.
    pub fn here() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
        Self::at(root.to_path_buf())
    }

    /// The one in a folder.
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The records of recipes, a file each.
    pub(crate) fn results(&self) -> PathBuf {
        self.root.join("results")
    }

    /// What the benchmark measured.
    pub(crate) fn bench(&self) -> PathBuf {
        self.results().join("bench.json")
    }

    /// The outcomes of experiments, a folder each.
    pub(crate) fn outcomes(&self) -> PathBuf {
        self.results().join("experiments")
    }

    /// The folders of the models, in alphabetical order.
    pub(crate) fn families(&self) -> Result<Vec<PathBuf>> {
        folders(&self.root.join("models"))
    }

    /// All recipes, in alphabetical order.
    pub(crate) fn recipes(&self) -> Result<Vec<RecipeEntry>> {
        let mut recipes = Vec::new();
        for family in self.families()? {
            let name = family.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for file in crate::catalog::recipe_files(&family)? {
                let path = file.display().to_string();
                let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read the recipe {path}"))?;
                let recipe = Recipe::parse(&text, &path)?;
                if recipe.claim.is_none() || recipe.data.zoo().is_none() {
                    bail!("{path} has no [claim], or data of its own, expected one of the zoo's; add what it claims");
                }
                recipes.push(RecipeEntry { family: name.clone(), recipe });
            }
        }
        recipes.sort_by(|left, right| left.recipe.name.cmp(&right.recipe.name));
        Ok(recipes)
    }

    /// The recorded runs of a recipe, if there are any.
    pub(crate) fn record(&self, recipe: &str) -> Result<Option<Record>> {
        record_in(&self.results(), recipe)
    }

    /// Where the runs by fresh seeds are recorded, in the folder of the results.
    pub(crate) const FRESH: &str = "fresh";

    /// The recorded runs of a recipe by fresh seeds, if there are any.
    pub(crate) fn fresh_record(&self, recipe: &str) -> Result<Option<Record>> {
        record_in(&self.results().join(Self::FRESH), recipe)
    }

    /// The weights that ship of a recipe.
    pub(crate) fn weights_file(&self, entry: &RecipeEntry) -> PathBuf {
        let folder = self.root.join("models").join(&entry.family).join("weights");
        folder.join(format!("{}.safetensors", entry.recipe.name))
    }

    /// Whether no tracked file differs from the commit; `None` outside a clone.
    pub(crate) fn is_clean(&self) -> Option<bool> {
        let status = ["status", "--porcelain", "--untracked-files=no"];
        let output = Command::new("git").arg("-C").arg(&self.root).args(status).output().ok()?;
        output.status.success().then(|| output.stdout.trim_ascii().is_empty())
    }
}

/// The record of a recipe in a folder, if there is one.
pub(crate) fn record_in(folder: &Path, recipe: &str) -> Result<Option<Record>> {
    let file = record_file(folder, recipe);
    Ok(if file.exists() { Some(Record::read(&file)?) } else { None })
}

/// Where a folder has the record of a recipe.
pub(crate) fn record_file(folder: &Path, recipe: &str) -> PathBuf {
    folder.join(format!("{recipe}.json"))
}
