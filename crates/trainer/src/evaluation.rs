//! A trained model measured again on a split of its data.

use crate::agreement::Agreement;
use crate::data::{self, Splits};
use crate::device::DeviceName;
use crate::error::TrainError;
use crate::evaluate::{Measure, Predictions, TtaScores, go_on};
use crate::run_folder;
use crate::trained::TrainedModel;
use clap::ValueEnum;
use serde::Serialize;
use std::ops::ControlFlow::Continue;
use std::path::Path;
use zoo_core::weights::{Entry, Shipped};
use zoo_core::{Examples, Provenance, Scores, Store, predicted_class, probabilities};
use zoo_results::Int8Scores;

/// Which split of the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SplitName {
    /// The test split
    #[default]
    Test,
    /// The validation split
    Valid,
    /// The training split, not augmented
    Train,
}

impl SplitName {
    /// As in reports: `test`.
    pub(crate) fn label(self) -> &'static str {
        match self {
            SplitName::Test => "test",
            SplitName::Valid => "valid",
            SplitName::Train => "train",
        }
    }
}

/// What to measure, and on what.
#[derive(Clone, Copy, Debug, Default)]
pub struct EvalOptions {
    /// The examples.
    pub split: SplitName,
    /// With test-time augmentation, too.
    pub tta: bool,
    /// In integers of 8 bits, too.
    pub int8: bool,
    /// With a row per example, too.
    pub list: bool,
    /// What to compute on.
    pub device: DeviceName,
}

/// A model measured on a split of its data.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The recipe's name.
    pub model: String,
    /// What it was measured on, and how.
    pub options: EvalOptions,
    /// Examples in the split.
    pub examples: usize,
    /// The data set's name.
    pub data: String,
    /// Whether its files are the published ones.
    pub provenance: Provenance,
    /// In the order of the confusion matrix.
    pub class_names: Vec<String>,
    /// The scores.
    pub scores: Scores,
    /// Examples by true class (row) and predicted class (column).
    pub confusion: Vec<Vec<u64>>,
    /// With test-time augmentation, if asked for; `None` within where training does not flip images.
    pub tta: Option<Option<TtaScores>>,
    /// In integers of 8 bits, if asked for.
    pub int8: Option<Int8Scores>,
    /// If asked for, a row per example as CSV: its file, line, index or number, the true and the predicted class with its probability, or
    /// the target and the prediction; and what the network in integers predicts, if that was asked for, too.
    pub list: Option<String>,
    /// Of shipped weights: what was recorded of them, and how the scores of the test split compare.
    pub shipped: Option<(Entry, Option<Agreement>)>,
}

impl Evaluation {
    /// Measures the model of a finished run. `store` has its data.
    ///
    /// # Errors
    /// If the folder does not hold a finished run, or its data cannot be had.
    pub fn of_run(run: &Path, store: &Store, options: EvalOptions) -> Result<Self, TrainError> {
        let (_, settings) = run_folder::read(run)?;
        let model = TrainedModel::of_run(run, &options.device.open()?)?;
        let splits = settings.splits(&model.recipe, store).map_err(TrainError::of_begun_run)?;
        Self::of(&model, splits, options)
    }

    /// Measures weights that ship with the zoo and compares them with their record, which is about the test split.
    ///
    /// # Errors
    /// If the weights do not fit their recipe, or the data cannot be had: [`TrainError::Data`].
    pub fn of_shipped(shipped: &Shipped, store: &Store, options: EvalOptions) -> Result<Self, TrainError> {
        let entry = shipped.entry()?;
        let model = TrainedModel::pretrained(shipped.name(), &options.device.open()?)?;
        let splits = data::prepare(&model.recipe, store, entry.seed)?;
        let evaluation = Self::of(&model, splits, options)?;
        let is_test = options.split == SplitName::Test;
        let agreement = is_test.then(|| Agreement::new(&entry, &evaluation.scores, options.device));
        Ok(Self { shipped: Some((entry, agreement)), ..evaluation })
    }

    /// Whether nothing speaks against the scores: they agree with what was recorded, or nothing was.
    pub fn agrees(&self) -> bool {
        let agreement = self.shipped.as_ref().and_then(|(_, agreement)| *agreement);
        agreement.is_none_or(|agreement| agreement.agrees)
    }

    fn of(model: &TrainedModel, mut splits: Splits, options: EvalOptions) -> Result<Self, TrainError> {
        let TrainedModel { network, recipe, facts, .. } = model;
        splits.batcher.normalizer = facts.normalizer.clone();
        let device = options.device.open()?;
        let measure = Measure { network, recipe, splits: &splits, device: &device };
        let examples = options.split.of(&splits);
        // First: a network that integers are not for is refused before it is measured.
        let int8 = options.int8.then(|| model.int8(&splits.train)).transpose()?;
        let Continue(plain) = measure.on(examples, go_on)?;
        if !plain.evaluated.scores.loss.is_finite() {
            let sentence =
                format!("{} gives values that are not finite: its weights are too large; train again", recipe.name);
            return Err(TrainError::Trained(sentence));
        }
        let tta = match options.tta {
            true => {
                let Continue(tta) = measure.with_tta(examples, &plain, go_on)?;
                Some(tta)
            }
            false => None,
        };
        let in_integers = |int8| model.measure_int8(&int8, &splits, examples, &plain.predictions);
        let int8 = int8.map(in_integers).transpose()?;
        let (int8, in_int8) = int8.unzip();
        let list = || rows_as_csv(&plain.predictions, in_int8.as_ref(), options.split, &splits);
        let list = options.list.then(list).transpose()?;
        Ok(Self {
            model: recipe.name.clone(),
            options,
            examples: examples.len(),
            tta,
            int8,
            list,
            scores: plain.evaluated.scores,
            confusion: plain.evaluated.confusion,
            data: splits.name,
            provenance: splits.provenance,
            class_names: splits.class_names,
            shipped: None,
        })
    }
}

impl SplitName {
    fn of(self, splits: &Splits) -> &Examples {
        match self {
            Self::Test => &splits.test,
            Self::Valid => &splits.valid,
            Self::Train => &splits.train,
        }
    }

    /// The numbers to predict, as the data has them.
    fn raw_targets(self, splits: &Splits) -> &[f32] {
        let [train, valid, test] = &splits.raw_targets;
        match self {
            Self::Test => test,
            Self::Valid => valid,
            Self::Train => train,
        }
    }
}

/// A row per example, as CSV, by where the example comes from. What the network in integers predicts stands last.
fn rows_as_csv(
    predictions: &Predictions,
    in_int8: Option<&Predictions>,
    split: SplitName,
    splits: &Splits,
) -> Result<String, TrainError> {
    let (examples, targets) = (split.of(splits), split.raw_targets(splits));
    let mut table = csv::Writer::from_writer(Vec::new());
    let unwritten = |error: csv::Error| TrainError::Trained(format!("cannot list the examples: {error}"));
    let first = examples.sources.kind();
    let (truth, columns): (_, &[&str]) = match splits.target {
        Some(_) => ("target", &["prediction"]),
        None => ("class", &["predicted", "probability"]),
    };
    let of_int8 = columns.iter().map(|column| format!("int8_{column}")).filter(|_| in_int8.is_some());
    let columns = [first, truth].into_iter().chain(columns.iter().copied()).map(str::to_owned).chain(of_int8);
    table.write_record(columns).map_err(unwritten)?;
    let mut in_int8 = in_int8.map(Predictions::rows);
    for (index, row) in predictions.rows().enumerate() {
        let name = examples.sources.name(index);
        let truth = match &splits.target {
            Some(_) => targets[index].to_string(),
            None => splits.class_names[usize::from(examples.labels[index])].clone(),
        };
        let int8_row = in_int8.as_mut().and_then(Iterator::next);
        let answers = [Some(row), int8_row].into_iter().flatten().flat_map(|row| answer_of(row, splits));
        table.write_record([name, truth].into_iter().chain(answers)).map_err(unwritten)?;
    }
    let bytes = table.into_inner().map_err(|error| unwritten(error.into_error().into()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The class with its probability, or the number.
fn answer_of(row: &[f32], splits: &Splits) -> Vec<String> {
    match &splits.target {
        Some(unit) => vec![unit.undo(row[0]).to_string()],
        None => {
            let class = predicted_class(row);
            vec![splits.class_names[class].clone(), probabilities(row)[class].to_string()]
        }
    }
}
