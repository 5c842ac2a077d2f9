//! From a recipe's `[data]` to three parts in memory and the batches made of them.

use anyhow::{Context, Result, bail};
use zoo_data::{
    Augmentation, Batcher, Dataset, Examples, Inputs, Normalizer, Provenance, Store, sha256_hex, stratified_holdout,
};
use zoo_recipe::{
    Augmentation as RecipeAugmentation, Data, DataName, Frame, Holdout, Normalization, Padding, Recipe, Target,
    TestSplit,
};

/// A recipe's data: three disjoint parts and the batcher fitted on the training part.
#[derive(Clone, Debug)]
pub struct Splits {
    /// The data set's name.
    pub name: String,
    /// Whether the files were the published ones.
    pub provenance: Provenance,
    /// What the model tells apart, in the order of its logits; for one logit: the negative class, then the positive one.
    pub class_names: Vec<String>,
    /// The names of a table's columns; none for images.
    pub columns: Vec<String>,
    /// What the optimizer sees.
    pub train: Examples,
    /// What early stopping and choice see.
    pub valid: Examples,
    /// Read once, at the end.
    pub test: Examples,
    /// Turns examples into batches, with the normalisation fitted on `train`.
    pub batcher: Batcher,
}

impl Splits {
    /// A digest of the three parts: all labels, all numbers of tables, and every 61st byte of images.
    pub fn digest(&self) -> String {
        let mut bytes = Vec::new();
        for part in [&self.train, &self.valid, &self.test] {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(&part.labels);
            match &part.inputs {
                Inputs::Images(images) => bytes.extend(images.pixels.iter().step_by(61)),
                Inputs::Table(table) => bytes.extend(table.values.iter().flat_map(|value| value.to_le_bytes())),
            }
        }
        sha256_hex(&bytes)
    }
}

/// Loads a recipe's data set, cuts its parts and fits its normalisation; `seed` drives the augmentation.
///
/// # Errors
/// If files are missing, damaged or cannot be fetched, or the recipe's class is not in the data set.
pub fn prepare(recipe: &Recipe, store: &Store, seed: u64) -> Result<Splits> {
    let dataset = load(recipe.data.name, store)?;
    split(&recipe.data, dataset, seed)
}

/// Reads a data set, fetching it first where it is not on disk.
///
/// # Errors
/// If its files are missing, damaged or cannot be fetched.
pub fn load(name: DataName, store: &Store) -> Result<Dataset> {
    Ok(match name {
        DataName::BreastCancer => zoo_breast_cancer::load(),
        DataName::Digits => zoo_digits::load(),
        DataName::Digits32 => zoo_digits::load_32x32x3(),
        DataName::Cifar10 => zoo_cifar10::load(store)?,
        DataName::EmnistLetters => zoo_emnist::load(store, zoo_emnist::Split::Letters)?,
    })
}

fn split(data: &Data, dataset: Dataset, seed: u64) -> Result<Splits> {
    let Dataset { name, class_names, provenance, train, test } = relabel(dataset, &data.target)?;
    let (train, test) = match (&data.test, test) {
        (TestSplit::Given, Some(test)) => (train, test),
        (TestSplit::Given, None) => {
            bail!("the data set {name} comes without a test part; data.test wants kind = \"stratified\"")
        }
        (TestSplit::Stratified { .. }, Some(_)) => {
            bail!("the data set {name} comes with a test part; data.test wants kind = \"given\"")
        }
        (TestSplit::Stratified { fraction, seed }, None) => {
            hold_out(&train, &Holdout { fraction: *fraction, seed: *seed })
        }
    };
    let (train, test) = (frame(train, data.frame), frame(test, data.frame));
    let (train, valid) = hold_out(&train, &data.valid);
    for (part, examples) in [("training", &train), ("validation", &valid), ("test", &test)] {
        if examples.is_empty() {
            bail!("the {part} part of {name} is empty; choose other fractions in [data]");
        }
    }
    let batcher = Batcher {
        normalizer: fit(&data.normalization, &train)?,
        augmentations: data.augmentation.iter().map(augmentation).collect(),
        seed,
    };
    let columns = match &train.inputs {
        Inputs::Table(table) => table.columns.clone(),
        Inputs::Images(_) => Vec::new(),
    };
    Ok(Splits { name, provenance, class_names, columns, train, valid, test, batcher })
}

/// Makes the labels say what the recipe's target asks.
fn relabel(mut dataset: Dataset, target: &Target) -> Result<Dataset> {
    let Target::OneVsRest { class } = target else {
        return Ok(dataset);
    };
    let Some(index) = dataset.class_names.iter().position(|name| name == class) else {
        bail!("data.target.class is {class:?}; the classes of {} are {}", dataset.name, dataset.class_names.join(", "));
    };
    let index = u8::try_from(index).context("a data set has at most 256 classes")?;
    dataset.train = dataset.train.one_vs_rest(index);
    dataset.test = dataset.test.map(|test| test.one_vs_rest(index));
    dataset.class_names = vec![format!("not {class}"), class.clone()];
    Ok(dataset)
}

fn frame(examples: Examples, frame: Frame) -> Examples {
    match frame {
        Frame::None => examples,
        Frame::Black { side } => examples.framed(side),
    }
}

fn hold_out(examples: &Examples, holdout: &Holdout) -> (Examples, Examples) {
    let parts = stratified_holdout(&examples.labels, holdout.fraction, holdout.seed);
    (examples.select(&parts.kept), examples.select(&parts.held))
}

fn fit(normalization: &Normalization, train: &Examples) -> Result<Normalizer> {
    Ok(match (normalization, &train.inputs) {
        (Normalization::None, _) => Normalizer::identity(),
        (Normalization::Unit, Inputs::Images(_)) => Normalizer::unit(),
        (Normalization::Channels, Inputs::Images(_)) => Normalizer::fit_channels(train)?,
        (Normalization::Standardize, Inputs::Table(_)) => Normalizer::fit_columns(train)?,
        (other, _) => bail!("data.normalization {other:?} does not fit this kind of data"),
    })
}

fn augmentation(recipe: &RecipeAugmentation) -> Augmentation {
    match *recipe {
        RecipeAugmentation::Flip => Augmentation::Flip,
        RecipeAugmentation::Shift { pixels, padding } => Augmentation::Shift { pixels, padding: outside(padding) },
        RecipeAugmentation::Rotate { degrees, padding } => Augmentation::Rotate { degrees, padding: outside(padding) },
        RecipeAugmentation::Brightness { amount } => Augmentation::Brightness { amount },
        RecipeAugmentation::AlternateFlip => Augmentation::AlternateFlip,
        RecipeAugmentation::Cutout { pixels } => Augmentation::Cutout { pixels },
    }
}

fn outside(padding: Padding) -> zoo_data::Padding {
    match padding {
        Padding::Zero => zoo_data::Padding::Zero,
        Padding::Edge => zoo_data::Padding::Edge,
        Padding::Reflect => zoo_data::Padding::Reflect,
    }
}
