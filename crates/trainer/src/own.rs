//! A user's own data in a recipe that was written for other data, and what is told of it.

use crate::error::TrainError;
use zoo_core::{Examples, LEAST_OF_A_CLASS, Normalization, Outputs, joined, shortened};
use zoo_import::{Found, repeated};
use zoo_recipe::{
    Data, DataFiles, DataFormat, DataName, EarlyStopping, Ema, GivenSplit, GradientClipping, Holdout, Keep, KeepAs,
    Loss, Model, Optimizer, Pad, Recipe, RecipeError, Regularization, Schedule, Target, TestSplit, Training,
    ValidSplit, WeightDecay, configs,
};
use zoo_report::table::counted;
use zoo_table::TargetKind;

use std::path::{Path, PathBuf};

/// The fraction of the examples that is tested on where the data comes without a test split.
const TEST: Holdout = Holdout { fraction: 0.2, seed: 0 };
/// The fraction of the rest that is validated on.
const VALID: Holdout = Holdout { fraction: 0.1, seed: 0 };

/// The recipe for data that was found: model and training are the recipe's, or without one what is usual for a table.
///
/// # Errors
/// If there is no recipe and the data is no table, or the recipe's model reads pictures and the data is none.
pub(crate) fn adopted(recipe: Option<&Recipe>, mut found: Found) -> Result<Recipe, TrainError> {
    let Some(recipe) = recipe else {
        let Some(table) = found.table.take() else {
            let name = &found.name;
            return Err(TrainError::Splits(format!(
                "{name} wants a model: name one with --model, such as cnn_cifar10 for pictures, or weights to start from with --init, such as \
                 speednet_cifar10; `trainer new` writes a recipe for it"
            )));
        };
        return Ok(table_recipe(&plain(&found.name), found, table.rows));
    };
    let mut adopted = Recipe { name: format!("{}_{}", recipe.name, plain(&found.name)), claim: None, ..recipe.clone() };
    adopted.data = data(found, recipe.data.clone());
    // A mean squared error takes classes, too, but was chosen for a number.
    if recipe.is_regression() && !adopted.is_regression() {
        adopted.loss = Loss::CrossEntropy { label_smoothing: 0.0 };
    }
    fit(&mut adopted, recipe.data.image_shape());
    check_kind(recipe, &adopted)?;
    Ok(adopted)
}

/// Refuses rows of numbers for a model that reads pictures.
fn check_kind(recipe: &Recipe, adopted: &Recipe) -> Result<(), TrainError> {
    let Some([_, height, width]) = recipe.data.image_shape() else { return Ok(()) };
    let is_table = adopted.data.image_shape().is_none();
    if !is_table || adopted.model.check(&adopted.sizes()).is_ok() {
        return Ok(());
    }
    let (data, model) = (&adopted.data.name, &recipe.name);
    Err(TrainError::Splits(format!(
        "{data} is a table, and the model {model} reads pictures of {width}x{height}; leave out --model and --init, or name one that takes \
         rows of numbers, such as mlp_breast_cancer"
    )))
}

/// What is wrong with an adopted recipe under these overrides; where its model tells two classes apart and the data has more, what to
/// take instead.
pub(crate) fn refused(adopted: &Recipe, overrides: &[(String, String)], error: RecipeError) -> TrainError {
    const TARGET: &str = "data.target";
    let is_about_target = matches!(&error, RecipeError::Invalid { key, .. } if key == TARGET);
    let is_chosen = overrides.iter().any(|(key, _)| key.starts_with(TARGET));
    let asked = overrides.iter().filter(|(key, _)| key == TARGET);
    let asked = asked.filter_map(|(_, value)| TargetKind::named(value.trim_matches('"'))).next();
    if let (true, Some(kind), Some(label)) = (is_about_target, asked, table_label(&adopted.data)) {
        let name = kind.name();
        return TrainError::Splits(format!(
            "{error}; to have the column {label} read otherwise, look at the table with --data, --label and --target {name}"
        ));
    }
    let classes = adopted.data.labels();
    let fits = adopted.model.outputs() != Outputs::One || classes.len() < 3;
    if !is_about_target || is_chosen || fits || adopted.data.files.is_none() {
        return error.into();
    }
    let (data, key, count, first) = (&adopted.data.name, adopted.model.key(), classes.len(), &classes[0]);
    let other = if adopted.data.image_shape().is_some() { "cnn_cifar10" } else { "mlp_breast_cancer" };
    TrainError::Splits(format!(
        "{data} has {count} classes, and the model {key} tells two apart; name one for more, such as --model {other}, or ask for one class \
         against the others: --set '{TARGET}={{one_vs_rest={{class={first:?}}}}}'"
    ))
}

/// The column to predict of a user's table.
fn table_label(data: &Data) -> Option<&str> {
    match &data.files.as_ref()?.format {
        DataFormat::Table(format) => Some(&format.label),
        _ => None,
    }
}

/// Refuses a run folder among folders of pictures, where the next training would take it for a class.
///
/// # Errors
/// If `folder` lies in the data's folder.
pub(crate) fn check_run_folder(data: &Data, folder: &Path) -> Result<(), TrainError> {
    let Some(DataFiles { path, format: DataFormat::Pictures { .. }, .. }) = &data.files else { return Ok(()) };
    match real(folder).starts_with(real(path)) {
        true => Err(TrainError::Splits(format!(
            "the run folder {} lies in the data folder {}, where the next training would take it for pictures; name one outside of it \
             with --out or --runs",
            folder.display(),
            path.display()
        ))),
        false => Ok(()),
    }
}

/// The path through links, also where its end is not there yet.
pub(crate) fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let known = path.ancestors().find_map(|above| {
        let (known, rest) = (above.canonicalize().ok()?, path.strip_prefix(above).ok()?);
        // Joined with nothing, a file would look like a folder.
        Some(if rest.as_os_str().is_empty() { known } else { known.join(rest) })
    });
    known.unwrap_or_else(|| path.clone())
}

/// The data section for data that was found; what it does not decide is as in `data`.
pub(crate) fn data(Found { name, files, .. }: Found, data: Data) -> Data {
    let has = |split| files.splits.contains(&split);
    let is_table = files.shape.len() == 1;
    Data {
        // No data set of the zoo may be meant.
        name: if DataName::find(&name).is_some() { format!("my_{name}") } else { name },
        target: if files.class_names.is_empty() { Target::Value } else { Target::Classes },
        test: if has(GivenSplit::Test) { TestSplit::Given } else { TestSplit::Stratified(TEST) },
        valid: if has(GivenSplit::Valid) { ValidSplit::Given } else { ValidSplit::Cut(VALID) },
        pad: Pad::None,
        normalization: match (data.normalization, is_table) {
            (Normalization::Unit | Normalization::Channels, true) => Normalization::Standardize,
            (Normalization::Standardize, false) => Normalization::Channels,
            (fitting, _) => fitting,
        },
        augmentation: if is_table { Vec::new() } else { data.augmentation },
        files: Some(files),
    }
}

/// Changes what another number of classes or another shape leaves no choice in. `made_for` is the shape the model was made for.
pub(crate) fn fit(recipe: &mut Recipe, made_for: Option<[usize; 3]>) {
    if recipe.is_regression() && !recipe.loss.is_for_numbers() {
        recipe.loss = Loss::MeanSquaredError;
    }
    if recipe.is_regression() && recipe.training.keep == Keep::BestValidAccuracy {
        recipe.training.keep = Keep::BestValidLoss;
    }
    if let EarlyStopping::Patience { metric, .. } = &mut recipe.early_stopping
        && *metric != zoo_core::Metric::Loss
        && metric.needs_numbers() != recipe.data.labels().is_empty()
    {
        *metric = zoo_core::Metric::Loss;
    }
    if !recipe.is_binary() && !recipe.is_regression() {
        // A model with one logit has no other, and its user may yet ask for one class against the others.
        let has_choice = recipe.model.outputs() != Outputs::One;
        if has_choice && matches!(recipe.loss, Loss::BinaryCrossEntropy { .. }) {
            recipe.loss = Loss::CrossEntropy { label_smoothing: 0.0 };
        }
        if let EarlyStopping::Patience { metric, .. } = &mut recipe.early_stopping
            && metric.needs_two_classes()
        {
            *metric = zoo_core::Metric::Loss;
        }
    }
    // Arrays have the shape they have: smaller images are padded, as those of the zoo are.
    if let (Some([_, side, _]), Some([_, height, width])) = (made_for, recipe.data.image_shape())
        && height.max(width) < side
        && recipe.model.check(&recipe.sizes()).is_err()
    {
        recipe.data.pad = Pad::Black { side };
    }
}

/// With fewer rows a linear model is the better guess.
const FEW_ROWS: usize = 1000;

/// Fewer validation examples would choose an epoch by chance.
const FEW_VALID: usize = 50;

/// Which epoch's weights to keep, by the number of validation examples.
pub(crate) fn keep(valid: usize) -> Keep {
    if valid < FEW_VALID { Keep::Last } else { Keep::BestValidLoss }
}

/// About how many validation examples there are: those that are `given`, or a cut from `examples`.
pub(crate) fn valid_count(data: &Data, examples: usize, given: usize) -> usize {
    let ValidSplit::Cut(valid) = &data.valid else { return given };
    let rest = match &data.test {
        TestSplit::Given => examples as f64,
        TestSplit::Stratified(test) => examples as f64 * (1.0 - test.fraction),
    };
    (rest * valid.fraction).round() as usize
}

/// A sensible recipe for a table of so many rows.
pub(crate) fn table_recipe(name: &str, found: Found, rows: usize) -> Recipe {
    let is_small = rows < FEW_ROWS;
    let template = crate::registry::recipe("mlp_digits").expect("a recipe of the zoo");
    let data = data(found, template.data);
    let keep = keep(valid_count(&data, rows, 0));
    let (hidden, patience) = if is_small { (vec![], 0) } else { (vec![64, 32], 10) };
    let patience = EarlyStopping::Patience { metric: zoo_core::Metric::Loss, patience, min_delta: 0.0 };
    let loss = match data.target {
        Target::Value => Loss::MeanSquaredError,
        _ => Loss::CrossEntropy { label_smoothing: 0.0 },
    };
    Recipe {
        name: name.to_owned(),
        claim: None,
        data,
        model: Model::Mlp(configs::Mlp { hidden, ..configs::Mlp::default() }),
        loss,
        optimizer: Optimizer::Adamw { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        schedule: Schedule::Cosine {
            learning_rate: if is_small { 0.05 } else { 0.005 },
            warmup_steps: 0,
            final_learning_rate: 0.0,
        },
        regularization: Regularization {
            weight_decay: WeightDecay::Decoupled { rate: 0.01 },
            l1: 0.0,
            gradient_clipping: GradientClipping::None,
        },
        early_stopping: if is_small { EarlyStopping::None } else { patience },
        training: Training {
            epochs: (20_000 / rows.max(1)).clamp(20, 100),
            batch_size: if rows < 10_000 { 32 } else { 128 },
            ema: Ema::None,
            keep,
            keep_as: KeepAs::F32,
            seeds: vec![1, 2, 3, 4, 5],
        },
        init: None,
    }
}

/// A name as recipes have them: lowercase letters, digits and `_`.
pub(crate) fn plain(name: &str) -> String {
    let letter = |one: char| if one.is_ascii_alphanumeric() { one.to_ascii_lowercase() } else { '_' };
    name.chars().map(letter).collect()
}

/// The data, in one line: `pets: 3 classes (cat 200, frog 200, ship 200), 600 pictures scaled to 32x32`.
pub(crate) fn described(data: &Data, files: &DataFiles, counts: &[usize]) -> String {
    let names = data.class_names();
    let count = |(name, count): (&String, &usize)| format!("{} {count}", shortened(name));
    let classes: Vec<String> = names.iter().zip(counts).map(count).collect();
    let (all, shown) = (counts.iter().sum::<usize>(), joined(&classes, 12));
    let what = match (files.shape.as_slice(), &files.format) {
        (&[channels, height, width], format) => {
            let gray = if channels == 1 { " in gray" } else { "" };
            match format {
                DataFormat::Pictures { .. } => format!("pictures scaled to {width}x{height}{gray}"),
                _ => format!("images of {width}x{height}{gray}"),
            }
        }
        _ => format!("rows of {}", counted(data.features(), "number")),
    };
    match &files.format {
        DataFormat::Table(format) if names.is_empty() => {
            format!("{}: {} is a number, {all} {what}", data.name, format.label)
        }
        _ => format!("{}: {} classes ({shown}), {all} {what}", data.name, names.len()),
    }
}

/// How the splits came about: `stratified, seed 0`.
pub(crate) fn cut_in_words(data: &Data) -> String {
    let cut = |holdout: &Holdout| format!("stratified, seed {}", holdout.seed);
    match (&data.valid, &data.test) {
        (ValidSplit::Given, TestSplit::Given) => "as given".to_string(),
        (ValidSplit::Given, TestSplit::Stratified(test)) => format!("validation as given, test {}", cut(test)),
        (ValidSplit::Cut(valid), TestSplit::Given) => format!("test as given, validation {}", cut(valid)),
        (ValidSplit::Cut(valid), TestSplit::Stratified(test)) if valid.seed == test.seed => cut(test),
        (ValidSplit::Cut(valid), TestSplit::Stratified(test)) => {
            format!("test {}, validation {}", cut(test), cut(valid))
        }
    }
}

/// Refuses classes with too few examples to be in each of the splits `[training, validation, test]`.
///
/// # Errors
/// With the first such class.
pub(crate) fn check_classes(name: &str, classes: &[String], parts: [&Examples; 3]) -> Result<(), TrainError> {
    let counts = parts.map(|part| part.class_counts(classes.len().max(1)));
    for (index, class) in classes.iter().enumerate() {
        let [train, valid, test] = [0, 1, 2].map(|part| counts[part][index]);
        let found = counted(train + valid + test, "example");
        let wanted = match () {
            () if train + valid + test < LEAST_OF_A_CLASS => format!(
                "too few to be in the training, the validation and the test split, expected at least {LEAST_OF_A_CLASS}"
            ),
            () if train == 0 => "none of which is left to train on, expected more in the training split".to_owned(),
            () => continue,
        };
        return Err(TrainError::Splits(format!(
            "the class {} of {name} has {found}, {wanted}; add some, or leave the class out",
            shortened(class)
        )));
    }
    Ok(())
}

/// Fewer steps leave most networks near their random start.
const FEW_STEPS: usize = 100;

/// What the user should know of a training that is over after a few steps.
pub(crate) fn few_steps(recipe: &Recipe, examples: usize) -> Option<String> {
    let Training { epochs, batch_size, .. } = recipe.training;
    let per_epoch = examples.div_ceil(batch_size);
    let steps = epochs.saturating_mul(per_epoch);
    (recipe.data.files.is_some() && steps < FEW_STEPS).then(|| {
        format!(
            "warning: a model gets only {} of the optimizer ({} of {per_epoch}), which may be too few to learn much; give it more epochs \
             (--epochs) or a smaller batch (--batch-size)",
            counted(steps, "step"),
            counted(epochs, "epoch")
        )
    })
}

/// What the user should know of the splits `[training, validation, test]`.
pub(crate) fn notes(classes: &[String], parts: [&Examples; 3]) -> Vec<String> {
    let counts = parts.map(|part| part.class_counts(classes.len().max(1)));
    let [training, valid, test] = parts;
    let mut notes = Vec::new();
    for (class, name) in classes.iter().enumerate() {
        let [train, valid, test] = [0, 1, 2].map(|part| counts[part][class]);
        let all = train + valid + test;
        for (part, count) in [("validation", valid), ("test", test)] {
            if count == 0 {
                notes.push(format!("warning: the {part} split has no example of {name}, which has {all} in all"));
            }
        }
    }
    for (name, part) in [("validation", valid), ("test", test)] {
        let count = repeated(training, part);
        if count > 0 {
            let (all, are) = (part.len(), if count == 1 { "is" } else { "are" });
            notes.push(format!(
                "warning: {count} of the {all} {name} examples {are} also in the training split, value by value: scores on them say \
                 nothing about new data"
            ));
        }
    }
    notes
}
