//! The digits, cut as the recipe asks.

use crate::error::EngineError;
use crate::tiles::Tiles;
use zoo_core::{Batcher, Examples, Images, Inputs};
use zoo_recipe::{Data, Recipe, TestSplit, ValidSplit};
use zoo_train::split::hold_out;

/// Three disjoint splits, and the batcher fitted on the training split.
pub(super) struct Parts {
    pub(super) class_names: Vec<String>,
    pub(super) train: Examples,
    pub(super) valid: Examples,
    pub(super) test: Examples,
    pub(super) batcher: Batcher,
}

/// Refuses what only the trainer can do: other data, and a start from trained weights.
pub(super) fn check(recipe: &Recipe, usual: &Recipe) -> Result<(), EngineError> {
    let Data { augmentation, normalization, .. } = recipe.data.clone();
    let usual = Data { augmentation, normalization, ..usual.data.clone() };
    match &recipe.init {
        _ if recipe.data != usual => Err(EngineError::ForTheTrainer("data")),
        Some(_) => Err(EngineError::ForTheTrainer("init")),
        None => Ok(()),
    }
}

impl Parts {
    /// As the trainer cuts them.
    pub(super) fn of(recipe: &Recipe, seed: u64) -> Result<Self, EngineError> {
        let dataset = match recipe.data.name.as_str() {
            zoo_digits::NAME => zoo_digits::load(),
            zoo_digits::NAME_32 => zoo_digits::load_32x32x3(),
            _ => return Err(EngineError::ForTheTrainer("data.name")),
        };
        let (TestSplit::Stratified(test), ValidSplit::Cut(valid)) = (recipe.data.test, recipe.data.valid) else {
            return Err(EngineError::ForTheTrainer("data.test"));
        };
        let (rest, test) = hold_out(&dataset.train, &test);
        let (train, valid) = hold_out(&rest, &valid);
        let batcher = Batcher {
            normalizer: recipe.data.normalization.fit(&train)?,
            augmentations: recipe.data.augmentation.clone(),
            seed,
        };
        Ok(Self { class_names: dataset.class_names, train, valid, test, batcher })
    }

    /// The first channel of these validation images.
    pub(super) fn pictures(&self, indices: impl Iterator<Item = usize>) -> Tiles {
        let Inputs::Images(images) = &self.valid.inputs else {
            return Tiles::default();
        };
        let Images { height, width, .. } = *images;
        let (mut count, mut bytes) = (0, Vec::new());
        for index in indices {
            count += 1;
            bytes.extend_from_slice(&images.image(index)[..height * width]);
        }
        Tiles { count, channels: 1, height, width, bytes }
    }
}
