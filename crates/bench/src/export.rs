//! The examples of a recipe as plain files, so that a peer trains on exactly what the trainer trains on.

use crate::family::Family;
use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use trainer::data::prepare;
use zoo_core::{Examples, Inputs, Normalizer, Progress, Store};

/// `FAMILY.data.json`: what the files beside it hold.
#[derive(Serialize)]
struct Contents<'a> {
    recipe: String,
    shape: Vec<usize>,
    classes: usize,
    train: usize,
    valid: usize,
    normalizer: &'a Normalizer,
}

/// Writes `FAMILY.{train,valid}.{inputs,labels}` (bytes of images, little-endian f32 of tables) and `FAMILY.data.json`.
///
/// # Errors
/// If the data is not there (nothing is downloaded) or a file cannot be written.
pub fn export(family: Family, data_dir: Option<PathBuf>, folder: &Path) -> Result<String> {
    let recipe = family.recipe()?;
    let store = Store::new(data_dir, true, Progress::Hidden)?;
    let splits = prepare(&recipe, &store, 1)?;
    let name = family.recipe_name();
    for (part, examples) in [("train", &splits.train), ("valid", &splits.valid)] {
        write(&folder.join(format!("{name}.{part}.inputs")), &bytes(examples))?;
        write(&folder.join(format!("{name}.{part}.labels")), &examples.labels)?;
    }
    let contents = Contents {
        recipe: recipe.to_toml(),
        shape: splits.train.inputs.shape(),
        classes: splits.class_names.len(),
        train: splits.train.len(),
        valid: splits.valid.len(),
        normalizer: &splits.batcher.normalizer,
    };
    write(&folder.join(format!("{name}.data.json")), &serde_json::to_vec(&contents)?)?;
    Ok(format!("{} training and {} validation examples", contents.train, contents.valid))
}

fn bytes(examples: &Examples) -> Vec<u8> {
    match &examples.inputs {
        Inputs::Images(images) => images.pixels.clone(),
        Inputs::Table(table) => table.values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
