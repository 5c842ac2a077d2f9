//! From a recipe's `[data]` to three splits in memory and the batches made of them.

use crate::error::TrainError;
use crate::own;
use serde::{Deserialize, Serialize};
use zoo_core::weights::{Facts, WEIGHTS_SCHEMA};
use zoo_core::{
    Batcher, Dataset, Evaluated, Examples, Inputs, Provenance, SplitError, Standardization, Store, cache_folder,
    sha256_hex, stratified_k_fold,
};
use zoo_import::Import;
use zoo_recipe::{Data, DataFormat, Pad, Recipe, Target, TestSplit, ValidSplit};
use zoo_train::predictions::Predictions;
use zoo_train::split::{hold_out, strata};

/// A recipe's data: three disjoint splits and the batcher fitted on the training split.
#[derive(Clone, Debug)]
pub struct Splits {
    /// The data set's name.
    pub name: String,
    /// Whether the files were the published ones.
    pub provenance: Provenance,
    /// What the model tells apart, in the order of its logits; for one logit: the negative class, then the positive one; none for
    /// regression.
    pub class_names: Vec<String>,
    /// For regression the unit of the targets, which the splits hold standardized by it, as the training split has it.
    pub target: Option<Standardization>,
    /// The names of a table's columns; none for images.
    pub columns: Vec<String>,
    /// For regression the targets of the three splits as the data has them; else none.
    pub raw_targets: [Vec<f32>; 3],
    /// What the optimizer sees.
    pub train: Examples,
    /// What early stopping and choice see.
    pub valid: Examples,
    /// Read once, at the end.
    pub test: Examples,
    /// What stands in for missing values of a table, one per column; none where none may be missing.
    pub fill: Vec<f32>,
    /// Turns examples into batches, with the normalization fitted on `train`.
    pub batcher: Batcher,
    /// What its user should know, a sentence each.
    pub notes: Vec<String>,
}

/// One fold of a cross-validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fold {
    /// How many the data is cut into.
    pub folds: usize,
    /// The one to test on, counted from 1.
    pub fold: usize,
}

impl Splits {
    /// A digest of the three splits: all labels and targets, all numbers of tables, and every 61st byte of images.
    pub fn digest(&self) -> String {
        digest(&[&self.train, &self.valid, &self.test])
    }

    /// The same of the test split alone.
    pub fn test_digest(&self) -> String {
        digest(&[&self.test])
    }

    /// The scores of predictions for `examples`, one of the splits.
    pub fn evaluate(&self, predictions: &Predictions, examples: &Examples) -> Evaluated {
        predictions.evaluate(examples, self.class_names.len(), self.target.as_ref())
    }

    /// What a model trained on this data by a recipe needs besides its parameters.
    pub fn facts(&self, recipe: &Recipe) -> Facts {
        Facts {
            schema: WEIGHTS_SCHEMA,
            // What is claimed of runs may be stated anew when they have run.
            recipe: recipe.of_run(&recipe.training.seeds[..1]).to_toml(),
            model: serde_json::to_value(&recipe.model).expect("a recipe is texts and numbers"),
            input_shape: self.train.inputs.shape(),
            class_names: self.class_names.clone(),
            columns: self.columns.clone(),
            picture: recipe.data.picture(),
            normalizer: self.batcher.normalizer.clone(),
            target: self.target,
            fill: self.fill.clone(),
        }
    }
}

fn digest(parts: &[&Examples]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(&part.labels);
        bytes.extend(part.targets.iter().flat_map(|value| value.to_le_bytes()));
        match &part.inputs {
            Inputs::Images(images) => bytes.extend(images.pixels.iter().step_by(61)),
            Inputs::Table(table) => bytes.extend(table.values.iter().flat_map(|value| value.to_le_bytes())),
        }
    }
    sha256_hex(&bytes)
}

/// Loads a recipe's data set, cuts its splits and fits its normalization; `seed` drives the augmentation.
///
/// # Errors
/// If files are missing, damaged or cannot be fetched, or the recipe's class is not in the data set.
pub fn prepare(recipe: &Recipe, store: &Store, seed: u64) -> Result<Splits, TrainError> {
    cut(recipe, load(&recipe.data, store)?, seed)
}

/// The same of a data set that is loaded already.
///
/// # Errors
/// If it cannot be cut as the recipe asks.
pub(crate) fn cut(recipe: &Recipe, dataset: Dataset, seed: u64) -> Result<Splits, TrainError> {
    let mut dataset = as_asked(recipe, dataset)?;
    let test = take_test_split(&recipe.data, &mut dataset)?;
    split(&recipe.data, &dataset, &dataset.train, test, seed)
}

/// A recipe's data set with labels that say what its target asks and images of the size it asks for, but not yet cut.
///
/// # Errors
/// As [`prepare`].
pub fn load_for(recipe: &Recipe, store: &Store) -> Result<Dataset, TrainError> {
    as_asked(recipe, load(&recipe.data, store)?)
}

fn as_asked(recipe: &Recipe, dataset: Dataset) -> Result<Dataset, TrainError> {
    let mut dataset = relabel(dataset, &recipe.data)?;
    if let Pad::Black { side } = recipe.data.pad {
        dataset.train = dataset.train.padded(side);
        dataset.valid = dataset.valid.map(|valid| valid.padded(side));
        dataset.test = dataset.test.map(|test| test.padded(side));
    }
    Ok(dataset)
}

/// A data set of the zoo, or a user's own data, whose decoded pictures are kept in the platform's cache folder.
fn load(data: &Data, store: &Store) -> Result<Dataset, TrainError> {
    match (&data.files, data.zoo()) {
        (Some(files), _) => {
            let import = Import { cache: cache_folder(), progress: store.progress };
            Ok(zoo_import::load(&data.name, files, &import)?)
        }
        (None, Some(name)) => {
            let dataset = (name.facts().load)(store)?;
            check(&dataset, data)?;
            Ok(dataset)
        }
        (None, None) => Err(TrainError::Splits(format!("{} is not a data set of the zoo", data.name))),
    }
}

/// Refuses what a loader gave if it is not what the data set's record says: a mistake in its crate, which would panic far from here.
fn check(dataset: &Dataset, data: &Data) -> Result<(), TrainError> {
    let (shape, classes) = (data.shape(), data.labels().len());
    let splits =
        [("training", Some(&dataset.train)), ("validation", dataset.valid.as_ref()), ("test", dataset.test.as_ref())];
    let fault = splits.into_iter().find_map(|(split, examples)| {
        let Examples { inputs, labels, .. } = examples?;
        let values = match inputs {
            Inputs::Images(images) => images.pixels.len(),
            Inputs::Table(table) => table.values.len(),
        };
        let expected = labels.len() * inputs.features();
        let wrong_label = labels.iter().find(|label| usize::from(**label) >= classes);
        let fault = match wrong_label {
            _ if inputs.shape() != shape => format!("examples of {:?} values, expected {shape:?}", inputs.shape()),
            _ if values != expected => format!("{values} values, expected {expected} for its {} labels", labels.len()),
            Some(label) => format!("the label {label}, expected one below {classes}, the number of classes"),
            None => return None,
        };
        Some(format!("its {split} split has {fault}"))
    });
    let fault = fault.or_else(|| {
        let (found, wanted) = (dataset.class_names.len(), classes);
        (found != wanted).then(|| format!("it names {found} classes, expected {wanted}"))
    });
    match fault {
        None => Ok(()),
        Some(fault) => {
            let name = &dataset.name;
            Err(TrainError::Splits(format!("the loader of {name} is at odds with the data set's record: {fault}")))
        }
    }
}

/// The splits of one fold of what [`load_for`] gave: the fold is the test split, and validation is cut from the rest, unless the data
/// comes with it.
///
/// The folds are cut by `seed`, which also drives the augmentation. A test split that the data set comes with is not read.
///
/// # Errors
/// If the data cannot be cut so.
pub fn cut_fold(recipe: &Recipe, dataset: &Dataset, seed: u64, fold: Fold) -> Result<Splits, TrainError> {
    let all = &dataset.train;
    let parts = stratified_k_fold(&strata(all, fold.folds), fold.folds, seed);
    let mut parts = parts.map_err(|error| no_folds(&error, &dataset.class_names))?;
    if !(1..=fold.folds).contains(&fold.fold) {
        return Err(TrainError::Splits(format!(
            "there is no fold {} of {}; folds are counted from 1",
            fold.fold, fold.folds
        )));
    }
    let test = parts.swap_remove(fold.fold - 1);
    let mut rest = parts.concat();
    rest.sort_unstable();
    split(&recipe.data, dataset, &all.select(&rest), all.select(&test), seed)
}

fn no_folds(error: &SplitError, class_names: &[String]) -> TrainError {
    TrainError::Splits(match error {
        SplitError::Class { examples, folds, .. } if class_names.is_empty() => {
            format!("{examples} examples are too few for {folds} folds; choose --folds {examples} or less")
        }
        SplitError::Class { label, examples: 1, .. } => {
            let class = &class_names[usize::from(*label)];
            format!(
                "the class {class} has 1 example, and every fold wants one; use data with at least two of each class"
            )
        }
        SplitError::Class { label, examples, folds } => format!(
            "the class {} has {examples} examples, too few to be in each of {folds} folds; choose --folds {examples} or less",
            class_names[usize::from(*label)]
        ),
        SplitError::Folds { folds } => format!("cannot cut examples into {folds} folds; choose --folds 2 or more"),
    })
}

/// Takes the test split out of the data set, or out of its examples where it comes without one.
fn take_test_split(data: &Data, dataset: &mut Dataset) -> Result<Examples, TrainError> {
    let name = &dataset.name;
    match (&data.test, dataset.test.take()) {
        (TestSplit::Given, Some(test)) => Ok(test),
        (TestSplit::Given, None) => {
            let wanted = "data.test wants { stratified = ... }";
            Err(TrainError::Splits(format!("the data set {name} comes without a test split; {wanted}")))
        }
        (TestSplit::Stratified(_), Some(_)) => {
            Err(TrainError::Splits(format!("the data set {name} comes with a test split; data.test wants \"given\"")))
        }
        (TestSplit::Stratified(holdout), None) => {
            let (train, test) = hold_out(&dataset.train, holdout);
            dataset.train = train;
            Ok(test)
        }
    }
}

/// Cuts validation from `train`, unless the data comes with it, and fits the normalization on what remains.
fn split(data: &Data, dataset: &Dataset, train: &Examples, test: Examples, seed: u64) -> Result<Splits, TrainError> {
    let Dataset { name, class_names, provenance, .. } = dataset;
    let (mut train, mut valid) = match (&data.valid, &dataset.valid) {
        (ValidSplit::Cut(holdout), _) => hold_out(train, holdout),
        (ValidSplit::Given, Some(valid)) => (train.clone(), valid.clone()),
        (ValidSplit::Given, None) => {
            let wanted = "data.valid wants { fraction = ..., seed = ... }";
            return Err(TrainError::Splits(format!("{name} comes without a validation split; {wanted}")));
        }
    };
    let mut test = test;
    if *provenance == Provenance::Own {
        own::check_classes(name, class_names, [&train, &valid, &test])?;
    }
    for (part, examples) in [("training", &train), ("validation", &valid), ("test", &test)] {
        if examples.is_empty() {
            return Err(TrainError::Splits(format!(
                "the {part} split of {name} is empty; choose other fractions in [data]"
            )));
        }
    }
    let raw_targets = [&train, &valid, &test].map(|part| part.targets.clone());
    let target = (data.target == Target::Value).then(|| Standardization::fit(&train.targets));
    if let Some(unit) = &target {
        let parts = [&mut train, &mut valid, &mut test];
        parts.into_iter().flat_map(|part| &mut part.targets).for_each(|value| *value = unit.apply(*value));
    }
    let fill = fill_missing(data, [&mut train, &mut valid, &mut test]);
    let misfit = |error| TrainError::Splits(format!("data.normalization does not fit the data: {error}"));
    let batcher = Batcher {
        normalizer: data.normalization.fit(&train).map_err(misfit)?,
        augmentations: data.augmentation.clone(),
        seed,
    };
    let columns = match &train.inputs {
        Inputs::Table(table) => table.columns.clone(),
        Inputs::Images(_) => Vec::new(),
    };
    let (name, class_names, provenance) = (name.clone(), class_names.clone(), *provenance);
    let notes = dataset.notes.clone();
    let mut splits = Splits {
        name,
        provenance,
        class_names,
        target,
        columns,
        raw_targets,
        train,
        valid,
        test,
        fill,
        batcher,
        notes,
    };
    if provenance == Provenance::Own {
        let parts = [&splits.train, &splits.valid, &splits.test];
        let of_splits = own::notes(&splits.class_names, parts);
        splits.notes.extend(of_splits);
    }
    Ok(splits)
}

/// Puts in what stands in for missing values by the training split, the first part, and returns it.
fn fill_missing(data: &Data, parts: [&mut Examples; 3]) -> Vec<f32> {
    let (Some(DataFormat::Table(format)), Inputs::Table(train)) =
        (data.files.as_ref().map(|files| &files.format), &parts[0].inputs)
    else {
        return Vec::new();
    };
    let fill = zoo_table::fill_values(train, format.missing);
    for part in parts {
        if let Inputs::Table(table) = &mut part.inputs {
            zoo_table::fill(&mut table.values, &fill);
        }
    }
    fill
}

/// Makes the labels say what the recipe's target asks.
fn relabel(mut dataset: Dataset, data: &Data) -> Result<Dataset, TrainError> {
    let Target::OneVsRest { class } = &data.target else {
        return Ok(dataset);
    };
    let Some(index) = dataset.class_names.iter().position(|name| name == class) else {
        return Err(TrainError::Splits(format!(
            "data.target.class is {class:?}; the classes of {} are {}",
            dataset.name,
            dataset.class_names.join(", ")
        )));
    };
    let index = u8::try_from(index).expect("labels are bytes, so a data set has at most 256 classes");
    dataset.train = dataset.train.one_vs_rest(index);
    dataset.valid = dataset.valid.map(|valid| valid.one_vs_rest(index));
    dataset.test = dataset.test.map(|test| test.one_vs_rest(index));
    dataset.class_names = data.class_names();
    Ok(dataset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_core::Progress;

    #[test]
    fn a_loader_that_miscounts_is_refused_in_words() {
        let recipe = crate::registry::recipe("mlp_breast_cancer").expect("a recipe");
        let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).expect("a store");
        let good = load_for(&recipe, &store).expect("it is compiled in");
        assert!(check(&good, &recipe.data).is_ok());
        let spoiled = |spoil: fn(&mut Dataset)| {
            let mut dataset = good.clone();
            spoil(&mut dataset);
            check(&dataset, &recipe.data).expect_err("it is spoiled").to_string()
        };
        let values = |dataset: &mut Dataset| {
            if let Inputs::Table(table) = &mut dataset.train.inputs {
                table.values.pop();
            }
        };
        assert!(spoiled(values).contains("training split has 17069 values, expected 17070 for its 569 labels"));
        assert!(spoiled(|dataset| dataset.train.labels.push(0)).contains("expected 17100 for its 570 labels"));
        assert!(spoiled(|dataset| dataset.train.labels[3] = 2).contains("the label 2, expected one below 2"));
        assert!(spoiled(|dataset| dataset.class_names.truncate(1)).contains("names 1 classes, expected 2"));
        let columns = |dataset: &mut Dataset| {
            if let Inputs::Table(table) = &mut dataset.train.inputs {
                table.columns.pop();
            }
        };
        assert!(spoiled(columns).contains("[29] values, expected [30]"));
    }
}
